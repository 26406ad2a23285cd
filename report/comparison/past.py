"""What results say now beside what a git revision says, both judged by today's claims and engine."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from report.comparison.changes import Comparison, Snapshot, changed_runs, compare
from report.comparison.revision import PastResultsError, find_revision, results_of
from report.comparison.snapshot import STEPS, facts, take, to_bytes
from report.evidence import Evidence
from report.judging import estimates
from report.judging.family import StoredResults, judge_family
from report.sections import family
from vae.building.plan import keys_of
from vae.errors import ResultsError
from vae.grid import FIRST_SEED, Grid
from vae.storage.store import ResultsStore


@dataclasses.dataclass(frozen=True)
class Compared:
    """What a revision said, what is said now, what changed, and where the former was saved, if it was.

    pending: why a claim is not judged now, by id.
    """

    old: Snapshot
    new: Snapshot
    changes: Comparison
    saved: Path | None = None
    pending: Mapping[str, str] = dataclasses.field(default_factory=dict)


class PastResults(StoredResults):
    """The results of another time that were measured as the grid measures: same data, same classifier, same evaluation.

    A run of them may have been trained otherwise, with other values or other seeds: that is what is to be compared.
    today: with whose classifier; None for any of the same spec.
    """

    def __init__(self, grid: Grid, store: ResultsStore, today: ResultsStore | None = None) -> None:
        super().__init__(grid, store)
        self._eye = today.weights_sha256(grid.classifier.name, FIRST_SEED) if today else ""

    def candidates(self, run: str) -> list[int]:
        """Return every seed of a run, whatever the grid asks for today: all of them made the verdicts of then."""
        return self._store.stored().get(run, [])

    def accepts(self, run: str, seed: int) -> bool:
        """Return whether a result has the keys that its own spec gives when it is trained and measured today."""
        result = self._store.load(run, seed)
        if result.keys != keys_of(self._grid, self._info, result.spec):
            return False
        if run not in (run.name for run in self._grid.runs):
            return True
        # Results that name no classifier were measured with the one that was stored beside them.
        eye = self._store.seen_by(run, seed) or self._store.weights_sha256(self._grid.classifier.name, FIRST_SEED)
        return not (eye and self._eye) or eye == self._eye


def compare_with(
    repository: Path,
    name: str,
    grid: Grid,
    store: ResultsStore,
    cache: Path | None = None,
    save: bool = False,
    tell: Callable[[str], None] = lambda words: None,
) -> Compared:
    """Compare the results of a revision of a repository with those of a store.

    cache: estimates that a build kept; they are used, and left as they are. save: keep what the revision says in the
    store, as the publication before. tell: hears of what takes long before it is done. Raises RevisionError,
    PastResultsError, or ResultsError for the store and the estimates.
    """
    revision = find_revision(repository, name)
    tell("Judging the claims by the results of then and of now.")
    with results_of(repository, revision) as past, TemporaryDirectory(prefix="laudo-") as scratch:
        kept = Path(scratch) / "estimates.json"
        if cache:
            estimates.write(kept, estimates.read(cache))
        now = _judged(grid, StoredResults(grid, store), kept)
        then = _judged(grid, PastResults(grid, past, store), kept)
        today, before = facts(now), facts(then)
        if not today:
            raise ResultsError(f"{store.root} has no result that is fresh. See build.py --status, or: build.py --all")
        if save and not before:
            raise PastResultsError(
                f"Nothing is saved: no result of revision '{name}' was measured as this grid measures "
                f"({grid.profile}, {grid.dataset.dataset}), so nothing could be compared with it."
            )
        changed = changed_runs(before, today)
        stored = past.stored()
        old = dataclasses.replace(
            take(then, grid.specs if save else changed),
            unlike=tuple(run for run in stored if run in grid.specs and run not in before),
            outside=tuple(run for run in stored if run not in grid.specs),
            revision=revision,
        )
    new = take(now, changed)
    saved = store.save_previous(to_bytes(old)) if save else None
    return Compared(old, new, compare(old, new, STEPS), saved, now.pending)


def _judged(grid: Grid, results: StoredResults, cache: Path) -> Evidence:
    judged = judge_family(family(), grid, results, cache)
    return Evidence(grid, judged.samples, judged.verdicts, pending=judged.pending)
