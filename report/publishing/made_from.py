"""The source files that a page is made from: when one of them changes, the page is old."""

import functools
import re
from collections.abc import Iterator

from report import sources
from report.page import Page
from report.sections import PAGES

# Sources that every page depends on; its own .py and template come on top.
SHARED = (
    "report/comparison", "report/evidence.py", "report/judging", "report/language", "report/metrics.py", "report/origins",
    "report/page.py", "report/pages/by_dimension.py", "report/publishing/rendered.py", "report/references", "report/rendering",
    "report/pages/_claim.md.jinja", "report/pages/_columns.md.jinja", "report/pages/_figure.md.jinja",
    "report/pages/_origins.md.jinja",
    "vae/export.py", "vae/figures", "vae/data/datasets.py", "vae/metrics/holes.py", "vae/models/layers.py",
    # Pages lead to their lines.
    "vae/evaluate.py", "vae/grid.py", "vae/measurements", "vae/storage/provenance.py", "vae/spec.py",
    "vae/reproduction/tolerances.py",
)  # fmt: skip

PAGE_IMPORT = re.compile(r"^[ \t]*from report\.pages((?:\.\w+)*) import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)
NAMED_SOURCE = re.compile(r"\b(?:vae|report|benchmarks)/[\w/]+\.(?:py|json)\b")


def own_sources(page: Page) -> list[str]:
    """Return what a page is made from beside SHARED, by path from the root.

    Its template and modules (<slug>.py, <slug>_*.py), those of other pages that these import, those of the pages whose
    claims it quotes, because their sentences stand on it, and the source files that it names, because it shows them or
    links to their lines.
    """
    quoted = [other for other in PAGES if "*" in page.quotes or other.slug in page.quotes]
    own = [f"report/pages/{page.template}", *_modules(page.slug)]
    for source in own:  # grows as it is gone through
        own += [path for path in dict.fromkeys(_imported(source)) if path not in own]
    shown = {path for source in own for path in NAMED_SOURCE.findall(sources.read_source(source))}
    return sorted({*own, *shown, *(module for other in quoted for module in _modules(other.slug))})


def _imported(source: str) -> Iterator[str]:
    """Yield the modules below report/pages that a file imports, by path."""
    if not source.endswith(".py"):
        return
    # Line by line: a syntax tree of every page's modules is most of the time that --status takes.
    for module, several, line in PAGE_IMPORT.findall(sources.read_source(source)):
        names = [name.split()[0] for name in (several or line).split(",") if name.strip()]
        yield from (f"report/pages/{name}.py" for name in ([module[1:]] if module else names))


def _modules(slug: str) -> list[str]:
    stem = slug.replace("-", "_")
    return [path for path in _page_modules() if re.fullmatch(rf"report/pages/{stem}(_\w+)?\.py", path)]


@functools.cache
def _page_modules() -> tuple[str, ...]:
    return tuple(path for path in sources.code_files() if path.startswith("report/pages/"))
