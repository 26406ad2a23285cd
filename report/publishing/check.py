"""Faults of results and rendered pages, each named with its file: what --check prints."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

from report import sources
from report.judging import calibration
from report.judging.family import StoredResults
from report.language import ptbr
from report.notebook import compose as notebook
from report.page import page_path
from report.publishing.publish import Publication
from report.publishing.rendered import Rendered, without_notice
from report.rendering.environment import make_environment
from report.rendering.render import render_page
from report.sections import PAGES
from report.settings import NOTEBOOK
from vae.errors import ResultsError
from vae.grid import Grid
from vae.storage.store import ResultsStore

LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def faults(
    grid: Grid, store: ResultsStore, rendered_dir: Path, docs: Path, tell: Callable[[str], None]
) -> Iterator[str]:
    """Yield every fault: damaged results, pages that differ from what would be rendered, typed numbers, links, alt texts."""
    tell("the simulation of the judging engine")
    yield from calibration.faults()
    tell("results against the manifest")
    rendered = Rendered(rendered_dir)
    publication = Publication(grid, store, rendered, docs)
    try:
        damaged = store.faults()
        publication.previous()
    except ResultsError as error:
        damaged = [str(error)]
    yield from damaged
    if damaged:
        return  # nothing can be rendered from them
    linked = notebook.fault(publication.identity, sources.ROOT / NOTEBOOK)
    if linked:
        yield linked
    evidence = publication.evidence(PAGES, StoredResults(grid, store), cached=False)
    environment = make_environment()
    for page in PAGES:
        tell(f"page {page.slug}")
        result = render_page(page, evidence, environment, publication.identity)
        for line, excerpt in ptbr.unmarked_digits(result.marked):
            yield (
                f"{page_path(page.slug)}, line {line} as rendered: a number typed by hand: {excerpt!r}. "
                f"Take it from a metric, claim or spec (report/pages/{page.template})."
            )
        for line, number in ptbr.unfollowed(result.marked):
            yield (
                f"{page_path(page.slug)}, line {line} as rendered: the number {number!r} came through no metric, claim or spec. "
                f"Take it from one of these, or name it with report.origins.numbers.constant (report/pages/{page.template})."
            )
        old = [
            fault
            for name, content in result.files.items()
            for fault in _differs(rendered_dir, name, content, page.slug)
        ]
        if old:
            yield old[0] + (f" ({len(old) - 1} more of its files are old)" if old[1:] else "")
        yield from link_faults(rendered_dir, page_path(page.slug))
    for name in rendered.old_docs(docs):
        yield f"{rendered_dir / name} is not what {docs / name} is now; run python build.py --all, which copies it"


def _differs(rendered_dir: Path, name: str, content: bytes, slug: str) -> Iterator[str]:
    path = rendered_dir / name
    if not path.is_file():
        yield f"{path} is missing; run python build.py --section {slug}"
        return
    found = path.read_bytes()
    if name.endswith(".md"):
        if without_notice(found) != found:
            yield f"{path} is marked as out of date; run python build.py --section {slug}"
        found = without_notice(found)
    if found != content:
        yield f"{path} is not what its results and template give; run python build.py --section {slug}"


def link_faults(root: Path, name: str) -> Iterator[str]:
    """Yield the links and images of a Markdown file that lead nowhere, and the images without an alt text."""
    path = root / name
    if not path.is_file():
        return
    text = FENCE.sub(lambda match: "\n" * match.group().count("\n"), path.read_text(encoding="utf-8", errors="replace"))
    for number, line in enumerate(text.splitlines(), start=1):
        for match in LINK.finditer(line):
            target = unquote(match["target"])
            if match["image"] and not match["text"].strip():
                yield f"{path}, line {number}: image {target} has no alt text"
            if "://" in target or target.startswith(("#", "mailto:")):
                continue
            if not (path.parent / target.split("#")[0]).exists():
                yield f"{path}, line {number}: the link to {target} leads nowhere"
