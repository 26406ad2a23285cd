"""Faults of results and rendered pages, each named with its file: what --check prints."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from report import sources
from report.judging import calibration
from report.judging.family import StoredResults
from report.language import ptbr
from report.notebook import compose as notebook
from report.page import Page, page_path
from report.publishing.notices import command
from report.publishing.publish import Publication
from report.publishing.rendered import Rendered, without_notice
from report.rendering.environment import make_environment
from report.rendering.render import RenderedPage, render_page
from report.sections import PAGES, runs_of
from report.settings import NOTEBOOK
from vae.building.plan import State, Step, damages, status
from vae.errors import LaudoError, ResultsError, listed
from vae.grid import Grid
from vae.storage.store import ResultsStore

LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)[^)]*\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def faults(
    grid: Grid, store: ResultsStore, runs_dir: Path, rendered_dir: Path, docs: Path, tell: Callable[[str], None]
) -> Iterator[str]:
    """Yield every fault: of results, pages that differ from what would be rendered, typed numbers, links, alt texts.

    A page whose results are not there is passed over, and so are all if a result is damaged; tell says so.
    """
    tell("the simulation of the judging engine")
    yield from calibration.faults()
    tell("results against the manifest")
    rendered = Rendered(rendered_dir)
    publication = Publication(grid, store, rendered, docs)
    steps = status(grid, store, runs_dir)
    damaged = list(_damaged(steps, store, publication))
    yield from damaged
    if damaged:
        tell("no page was checked: results are damaged")
        return
    yield from _old_results(steps, store)
    linked = notebook.fault(publication.identity, sources.ROOT / NOTEBOOK)
    if linked:
        yield linked
    results = StoredResults(grid, store)
    pages = [page for page in PAGES if all(map(results.fresh_seeds, runs_of(page)))]
    if pages:
        evidence = publication.evidence(pages, results, cached=False)
        environment = make_environment()
    for page in PAGES:
        if page not in pages:
            tell(f"page {page.slug}: not checked, some of its results are missing or stale")
            continue
        tell(f"page {page.slug}")
        try:
            result = render_page(page, evidence, environment, publication.identity)
        except LaudoError as error:
            yield str(error)
            continue
        yield from _number_faults(page, result)
        old = [
            fault
            for name, content in result.files.items()
            for fault in _differs(rendered_dir, name, content, command(page, store.options))
        ]
        if old:
            yield old[0] + (f" ({len(old) - 1} more of its files are old)" if old[1:] else "")
        yield from link_faults(rendered_dir, page_path(page.slug))
    for name in rendered.old_docs(docs):
        yield f"{rendered_dir / name} is not what {docs / name} is now; run python build.py --all, which copies it"


def _damaged(steps: Iterable[Step], store: ResultsStore, publication: Publication) -> Iterator[str]:
    """Yield what is damaged: of the grid's results, then what else is wrong with the folder; each thing once."""
    told, remedy = damages(steps, store)
    if told:
        yield from (*told[:-1], f"{told[-1]} {remedy}".strip())
    try:
        # Each begins with the path of its file.
        yield from (fault for fault in store.faults() if fault.partition(" is ")[0] not in " ".join(told))
        publication.previous()
    except ResultsError as error:
        if str(error) not in told:
            yield str(error)


def _old_results(steps: Iterable[Step], store: ResultsStore) -> Iterator[str]:
    """Yield what is missing or stale, a line for each reason."""
    labels: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        if step.state is not State.FRESH:
            labels.setdefault((step.state.value, step.reason), []).append(step.label)
    for (state, reason), which in labels.items():
        verb = "is" if len(which) == 1 else "are"
        yield f"{listed(which)} {verb} {state}: {reason}; run {store.again()}"


def _number_faults(page: Page, result: RenderedPage) -> Iterator[str]:
    where = f"{page_path(page.slug)}, line"
    for line, excerpt in ptbr.unmarked_digits(result.marked):
        yield (
            f"{where} {line} as rendered: a number typed by hand: {excerpt!r}. "
            f"Take it from a metric, claim or spec (report/pages/{page.template})."
        )
    for line, number in ptbr.unfollowed(result.marked):
        yield (
            f"{where} {line} as rendered: the number {number!r} came through no metric, claim or spec. "
            f"Take it from one of these, or name it with report.origins.numbers.constant (report/pages/{page.template})."
        )


def _differs(rendered_dir: Path, name: str, content: bytes, renewed_by: str) -> Iterator[str]:
    path = rendered_dir / name
    if not path.is_file():
        yield f"{path} is missing; run {renewed_by}"
        return
    found = path.read_bytes()
    if name.endswith(".md"):
        if without_notice(found) != found:
            yield f"{path} is marked as out of date; run {renewed_by}"
        found = without_notice(found)
    if found != content:
        yield f"{path} is not what its results and template give; run {renewed_by}"


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
