"""The source files that a page is made from: when one of them changes, the page is old."""

import functools
import re
from collections.abc import Iterator

from report import sources
from report.page import Page
from report.sections import PAGES

# Sources that every page depends on; its own folder comes on top.
SHARED = (
    "report/comparison", "report/evidence.py", "report/judging", "report/language", "report/metrics.py", "report/origins",
    "report/page.py", "report/pages/by_dimension.py", "report/references", "report/rendering", "report/tables.py",
    "vae/export.py", "vae/figures", "vae/data/datasets.py", "vae/metrics/holes.py", "vae/metrics/limits.py", "vae/models/layers.py",
    # Pages lead to their lines.
    "vae/evaluate.py", "vae/grid.py", "vae/measurements", "vae/storage/provenance.py", "vae/storage/results.py",
    "vae/spec.py",
    "vae/reproduction/tolerances.py",
)  # fmt: skip

FOLDER = "report/pages"
PAGE_IMPORT = re.compile(r"^[ \t]*from report\.pages((?:\.\w+)*) import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)
NAMED_SOURCE = re.compile(r"\b(?:vae|report|benchmarks)/[\w/]+\.(?:py|json)\b")


def own_sources(page: Page) -> list[str]:
    """Return what a page is made from beside SHARED, by path from the root.

    Its folder, the modules of other pages that it imports, those of the pages whose claims it quotes, because their
    sentences stand on it, and the source files that it names, because it shows them or links to their lines, or says that it
    is made from.
    """
    quoted = [other for other in PAGES if "*" in page.quotes or other.slug in page.quotes]
    own = _folder(page)
    for source in own:  # grows as it is gone through
        own += [path for path in dict.fromkeys(_imported(source)) if path not in own]
    shown = {path for source in own for path in NAMED_SOURCE.findall(sources.read_source(source))}
    return sorted({*own, *shown, *page.made_from, *(path for other in quoted for path in _modules(other))})


def _imported(source: str) -> Iterator[str]:
    """Yield the modules below report/pages that a file imports, by path."""
    if not source.endswith(".py"):
        return
    # Line by line: a syntax tree of every page's modules is most of the time that --status takes.
    for module, several, line in PAGE_IMPORT.findall(sources.read_source(source)):
        here = FOLDER + module.replace(".", "/")
        names = [name.split()[0] for name in (several or line).split(",") if name.strip()]
        known = {f"{here}.py", *(f"{here}/{name}.py" for name in names)}
        yield from (path for path in _pages_files() if path in known)


def _modules(page: Page) -> list[str]:
    return [path for path in _folder(page) if path.endswith(".py")]


def _folder(page: Page) -> list[str]:
    return [path for path in _pages_files() if path.startswith(f"{FOLDER}/{page.folder}/")]


@functools.cache
def _pages_files() -> tuple[str, ...]:
    return tuple(path for path in sources.code_files() if path.startswith(f"{FOLDER}/"))
