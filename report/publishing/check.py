"""Faults of results and rendered pages, each named with its file: what --check prints."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import jinja2

from report import sources
from report.evidence import Evidence
from report.judging import calibration
from report.judging.claims import VerdictKind
from report.judging.family import StoredResults
from report.language import ptbr
from report.notebook import compose as notebook
from report.page import ACTIVITY, Page, PageError, page_path
from report.publishing.notices import command
from report.publishing.publish import Publication
from report.publishing.rendered import Rendered, without_notice
from report.rendering.environment import make_environment
from report.rendering.render import RenderedPage, Rendering, render_page, usable
from report.sections import PAGES, runs_of
from report.settings import MKDOCS, NOTEBOOK, read_settings
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
        yield from _sentence_faults(page, evidence, environment)
        yield from _number_faults(page, result)
        old = [
            fault
            for name, content in result.files.items()
            for fault in _differs(rendered_dir, name, content, command(page, store.options))
        ]
        if old:
            yield old[0] + (f" ({len(old) - 1} more of its files are old)" if old[1:] else "")
        yield from link_faults(rendered_dir, page_path(page.slug))
    yield from _nav_faults(docs)
    for name in rendered.old_docs(docs):
        yield f"{rendered_dir / name} is not what {docs / name} is now; run python build.py --all, which copies it"


def _damaged(steps: Iterable[Step], store: ResultsStore, publication: Publication) -> Iterator[str]:
    """Yield what is damaged: of the grid's results, then what else is wrong with the folder; each thing once."""
    told, remedy = damages(steps, store)
    if told:
        yield from (*told[:-1], f"{told[-1]} {remedy}".strip())
    try:
        known = {_path_of(reason) for reason in told}
        yield from (fault for fault in store.faults() if _path_of(fault) not in known)
        publication.previous()
    except ResultsError as error:
        if str(error) not in told:
            yield str(error)


def _path_of(fault: str) -> str:
    """Return the file with which a fault of the results begins."""
    found = re.match(r".*\.\w+(?= is )", fault)
    return found[0] if found else fault


def _old_results(steps: Iterable[Step], store: ResultsStore) -> Iterator[str]:
    """Yield what is missing or stale, a line for each reason."""
    labels: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        if step.state is not State.FRESH:
            labels.setdefault((step.state.value, step.reason), []).append(step.label)
    for (state, reason), which in labels.items():
        verb = "is" if len(which) == 1 else "are"
        yield f"{listed(which)} {verb} {state}: {reason}; run {store.again()}"


def _sentence_faults(page: Page, evidence: Evidence, environment: jinja2.Environment) -> Iterator[str]:
    """Yield what is wrong with the sentences of verdicts that a page's claims do not have now, and may have one day."""
    rendering = Rendering(page, usable(page, evidence), environment)
    for claim in page.claims:
        verdict = rendering.evidence.verdicts[claim.id]
        if verdict.estimate is None:
            continue
        for kind in (VerdictKind.CONFIRMED, VerdictKind.REFUTED, VerdictKind.INCONCLUSIVE):
            try:
                sentence = rendering.sentence_of(dataclasses.replace(verdict, kind=kind))
            except PageError as error:
                yield str(error)
                continue
            for _, excerpt in (*ptbr.unmarked_digits(sentence), *ptbr.unfollowed(sentence)):
                yield (
                    f"claim {claim.id}, {kind.value}: a number typed by hand: {excerpt!r}. Take it from the claim's values, "
                    f"a metric or a spec."
                )


def _nav_faults(docs: Path) -> Iterator[str]:
    """Yield the pages that mkdocs.yml's nav does not name, and those of the report that are none and it does."""
    mkdocs = docs.parent / MKDOCS
    if not mkdocs.is_file():
        return
    named = set(re.findall(r'"([^"]+\.md)"', json.dumps(read_settings(mkdocs).get("nav"), ensure_ascii=False)))
    pages = {page_path(page.slug) for page in PAGES}
    for path in sorted(pages - named):
        yield f"{path} is not in nav of {MKDOCS}, and no reader finds it; add it there"
    for path in sorted(
        path for path in named - pages if path.startswith(f"{ACTIVITY}/") and not (docs / path).is_file()
    ):
        yield f"nav of {MKDOCS} names {path}, which is no page of report/sections.py; take it out there"


def _number_faults(page: Page, result: RenderedPage) -> Iterator[str]:
    where = f"{page_path(page.slug)}, line"
    for line, excerpt in ptbr.unmarked_digits(result.marked):
        yield (
            f"{where} {line} as rendered: a number typed by hand: {excerpt!r}. "
            f"Take it from a metric, claim or spec (report/pages/{page.template}, or a claim or caption on it)."
        )
    for line, number in ptbr.unfollowed(result.marked):
        yield (
            f"{where} {line} as rendered: the number {number!r} came through no metric, claim or spec. "
            f"Take it from one of these, or name it with report.origins.numbers.constant (report/pages/{page.template}, or a claim or caption on it)."
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
