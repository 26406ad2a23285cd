"""Bring rendered/ up to date: decide which pages are fresh, render the others, mark the ones that grew old."""

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from report import sources
from report.comparison.changes import Snapshot
from report.comparison.snapshot import from_bytes
from report.evidence import Evidence
from report.forked import forked_map
from report.judging.family import StoredResults, judge_family
from report.page import Page, PageError
from report.publishing import notices
from report.publishing.code import CODE_PAGES_A_TASK, code_pages, made_code, write_code
from report.publishing.made_from import SHARED, own_sources
from report.publishing.notices import command, outdated_notice, unknown_notice
from report.publishing.rendered import CODE, DOCS, ESTIMATES, NOT_RENDERED, Record, Rendered, in_short
from report.sections import PAGES, check_pages, claims_of, family, runs_of
from report.settings import Identity, read_identity
from vae.allocator import keep_large_blocks
from vae.errors import LaudoError, ResultsError, listed
from vae.grid import Grid
from vae.spec import digest
from vae.storage.results import sha256
from vae.storage.store import ResultsStore


@dataclasses.dataclass(frozen=True)
class Publication:
    """A grid's results and the folder into which its pages are rendered.

    Raises LaudoError if its pages cannot be rendered whatever the results are (report.sections.check_pages).
    """

    grid: Grid
    store: ResultsStore
    rendered: Rendered
    docs: Path
    identity: Identity = dataclasses.field(default_factory=read_identity)

    def __post_init__(self) -> None:
        check_pages(self.grid)

    def publish(self, pages: Iterable[Page], tell: Callable[[str], None]) -> None:
        """Render the pages that are not fresh, writing only what changed, and mark the others that grew old.

        Raises PageError when all others are written, naming each page that cannot be made and why.
        """
        keep_large_blocks()  # judging takes and frees the same tens of megabytes over and over
        asked = list(pages)
        results = StoredResults(self.grid, self.store)
        # First by digests alone: should judging or rendering fail, no old page may look current beside new results.
        self.mark_outdated(None, results, asked)
        tell("Judging the claims.")
        try:
            evidence = self.evidence(asked, results)
            failed = self._render(asked, evidence, results, tell)
        except BaseException:
            self.mark_outdated(None, results)
            raise
        self.rendered.copy_docs(self.docs)
        self.rendered.drop_others({*(page.slug for page in PAGES), DOCS, CODE})
        self.mark_outdated(evidence, results)
        if failed:
            raise PageError("\n".join(failed))

    def _render(
        self, pages: Collection[Page], evidence: Evidence, results: StoredResults, tell: Callable[[str], None]
    ) -> list[str]:
        """Write the pages that are not fresh; return why those that cannot be made cannot."""
        inputs = {page.slug: self.inputs(page, evidence, results) for page in pages}
        why = {page.slug: self.rendered.why_not_fresh(page.slug, inputs[page.slug]) for page in pages}
        old = [page for page in pages if why[page.slug]]
        code = code_pages(self.rendered)
        if old:
            tell(f"Rendering {'1 page' if len(old) == 1 else f'{len(old)} pages'}.")
        # All is made before any is written: what a served site watches changes at one blow.
        made, failed = made_files(old, evidence, code.stale if code else [], self.identity)
        for page in pages:
            if not why[page.slug]:
                tell(f"{page.slug}: fresh")
                continue
            if page.slug not in made:
                tell(f"{page.slug}: not rendered")
                continue
            changed = self.rendered.write_page(page.slug, made[page.slug], inputs[page.slug])
            files = "1 file" if changed == 1 else f"{changed} files"
            because = "" if why[page.slug] == NOT_RENDERED else f" ({why[page.slug]})"
            tell(f"{page.slug}: rendered, {files} changed{because}")
        if code is None and old:
            code = code_pages(self.rendered)  # again: what is written now may have led to a source that is gone
        if code:
            write_code(self.rendered, code, made.get(CODE, {}))
        return failed

    def evidence(self, pages: Collection[Page], results: StoredResults, cached: bool = True) -> Evidence:
        """Return results and verdicts, and what was published before if one of these pages compares with it.

        cached: use and renew the estimates kept beside the pages; a check must not trust them.
        """
        judged = judge_family(family(), self.grid, results, self.rendered.root / ESTIMATES if cached else None)
        previous = self.previous() if any(page.compares for page in pages) else None
        return Evidence(self.grid, judged.samples, judged.verdicts, previous, self.weights, judged.pending)

    def weights(self, run: str, seed: int) -> bytes | None:
        """Return the published weights of a run and seed, None if there are none; ResultsError if they are damaged."""
        path = self.store.weights(run, seed)
        return None if path is None else path.read_bytes()

    def previous(self) -> Snapshot | None:
        """Return what the publication before said, if it was saved; ResultsError if it cannot be read."""
        content = self.store.previous()
        return None if content is None else from_bytes(content)

    def inputs(self, page: Page, evidence: Evidence, results: StoredResults) -> dict[str, str]:
        """Return the hashes of all that a page is made from, named as people would name it."""
        verdicts = {
            claim.id: [evidence.verdicts[claim.id].kind.value, evidence.verdicts[claim.id].adjusted_p]
            for claim in claims_of(page)
            if claim.id in evidence.verdicts
        }
        judged = {notices.VERDICTS: digest(verdicts)} if verdicts else {}
        return {**self._sources(page), **self._digests(page, results), **judged}

    def _sources(self, page: Page) -> dict[str, str]:
        gathered = page.gathers()
        return ({} if gathered is None else {notices.OTHER_PAGES: digest(gathered)}) | {
            notices.THE_GRID: digest(
                [self.grid.profile, self.grid.dataset.dataset, {run: self.grid.seeds_of(run) for run in runs_of(page)}]
            ),
            notices.IDENTITY: digest(dataclasses.asdict(self.identity)),
            notices.OWN_CODE: digest([sources.digest(*SHARED), sources.digest(*own_sources(page))]),
        }

    def _digests(self, page: Page, results: StoredResults) -> dict[str, str]:
        previous = self.store.previous() if page.compares else None
        # Runs come and go in a comparison, so every run of the grid counts, also those that the page can do without; and
        # before there is one, as else a run would seem to have changed when the first one is made.
        runs = self.grid.specs if page.compares else ("dataset", *runs_of(page))
        digests = {label: value for run in runs for label, value in results.digests(run).items()}
        return digests if previous is None else {**digests, notices.PREVIOUS: sha256(previous)}

    def mark_outdated(
        self, evidence: Evidence | None, results: StoredResults, soon: Collection[Page] = ()
    ) -> None:  # fmt: skip
        """Give every rendered page that is older than its results a notice that says so.

        Without evidence only results and sources are compared, and a notice is set but never taken away. soon: pages
        that are about to be rendered; one whose text or code alone changed gets no notice, or a browser in which it is
        open would load it twice.
        """
        for page in PAGES:
            record = self.rendered.record(page.slug)
            if record is None:
                # If there is such a page at all.
                self.rendered.set_notice(page.slug, unknown_notice(page, self.store.options))
                continue
            if evidence is None:
                changed = self._changed(page, record, results)
                if page in soon and not any("/" in name for name in changed):
                    continue
            else:
                now = self.inputs(page, evidence, results)
                changed = sorted(name for name in {**record.inputs, **now} if record.inputs.get(name) != now.get(name))
            if changed or evidence is not None:
                self.rendered.set_notice(
                    page.slug, outdated_notice(page, changed, self.store.options) if changed else ""
                )

    def status(self, pages: Iterable[Page]) -> Iterator[tuple[str, str, str]]:
        """Yield slug, state and reason of every page, from what was recorded when it was rendered; judges nothing."""
        results = StoredResults(self.grid, self.store)
        for page in pages:
            record = self.rendered.record(page.slug)
            if record is None:
                yield (
                    page.slug,
                    "missing",
                    f"{self.rendered.why_no_record(page.slug)}: {command(page, self.store.options)}",
                )
                continue
            try:
                changed = self._changed(page, record, results)
            except ResultsError:
                yield page.slug, "damaged", "made from a result that is damaged, see above"
                continue
            altered = self.rendered.altered(record)
            if changed:
                yield page.slug, "stale", f"older than: {in_short(changed)}"
            elif altered:
                yield page.slug, "stale", f"{altered[0]} was altered or removed by hand"
            elif self.rendered.has_notice(page.slug):
                yield (
                    page.slug,
                    "stale",
                    "a verdict changed, or another page was rendered from other results (a profile, a data set)",
                )
            else:
                yield page.slug, "fresh", "as its results, template and code make it"
        if old := self.rendered.old_docs(self.docs):
            yield DOCS, "stale", f"{listed(old, 1)} of docs/ changed since it was copied: any build copies it"

    def _changed(self, page: Page, record: Record, results: StoredResults) -> list[str]:
        """Return what changed since a page was rendered, verdicts apart."""
        now = {**self._sources(page), **self._digests(page, results)}
        # Whether verdicts changed, only judging tells.
        before = {name: value for name, value in record.inputs.items() if name != notices.VERDICTS}
        return sorted(name for name in {**before, **now} if before.get(name) != now.get(name))


def made_files(
    pages: list[Page], evidence: Evidence, code: list[str], identity: Identity
) -> tuple[dict[str, dict[str, bytes]], list[str]]:
    """Return the files of pages by slug, and those of source files under CODE, made on all cores; and what failed.

    A page that cannot be rendered keeps no other from it.
    """
    if not pages and not code:
        return {}, []
    # Only now: matplotlib and Jinja are slow to import, and most builds find most pages fresh.
    from report.rendering.environment import make_environment
    from report.rendering.render import render_page

    environment = make_environment()

    def rendered(page: Page) -> dict[str, bytes] | str:
        try:
            return render_page(page, evidence, environment, identity).files
        except LaudoError as error:
            return str(error)

    tasks: list[tuple[str, Callable[[], dict[str, bytes] | str]]] = [
        (page.slug, functools.partial(rendered, page))
        for page in sorted(pages, key=lambda page: len(page.figures), reverse=True)  # what takes long begins first
    ]
    tasks += [
        (CODE, functools.partial(made_code, code[start : start + CODE_PAGES_A_TASK]))
        for start in range(0, len(code), CODE_PAGES_A_TASK)
    ]
    made: dict[str, dict[str, bytes]] = {}
    failed = []
    for (name, _), outcome in zip(tasks, forked_map(lambda task: task[1](), tasks), strict=True):
        if isinstance(outcome, str):
            failed.append(outcome)
        else:
            made.setdefault(name, {}).update(outcome)
    return made, failed
