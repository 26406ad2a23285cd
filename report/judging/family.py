"""Judge all claims of the report together, whatever page is built, with a cache of what was already estimated.

Holm's correction needs the p-value of every claim, and an estimate costs a bootstrap; so estimates are kept beside the
rendered pages under a key of everything that they depend on.
"""

import contextlib
import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from report import sources
from report.forked import forked_map
from report.judging import estimates
from report.judging.bootstrap import one_thread
from report.judging.claims import Claim, ClaimError, Pending, Untested, Verdict, estimate, judge
from report.judging.statistics import Computed, Estimate, Samples
from report.origins import places
from vae.building.plan import keys_of, seen_by_another
from vae.data.datasets import dataset_info
from vae.errors import ResultsError
from vae.grid import Grid
from vae.spec import digest
from vae.storage.results import RunResult
from vae.storage.store import ResultsStore

JUDGE = "report/judging/claims.py"  # with all that it imports: how an estimate is made


class StoredResults(Mapping[str, Mapping[int, RunResult]]):
    """The fresh results of a grid by run and seed, each loaded and verified when it is first asked for."""

    def __init__(self, grid: Grid, store: ResultsStore) -> None:
        self._grid, self._store = grid, store
        self._info = dataset_info(grid.dataset.dataset)
        # Verifying a result means hashing its files, so each question is answered once.
        self._loaded: dict[str, dict[int, RunResult]] = {}
        self._fresh: dict[str, list[int]] = {}
        self._digests: dict[str, dict[str, str]] = {}

    def __getitem__(self, run: str) -> Mapping[int, RunResult]:
        if run not in self._grid.specs:
            raise KeyError(run)
        if run not in self._loaded:
            self._loaded[run] = {seed: self._store.load(run, seed) for seed in self.fresh_seeds(run)}
        return self._loaded[run]

    def __iter__(self) -> Iterator[str]:
        return iter(self._grid.specs)

    def __len__(self) -> int:
        return len(self._grid.specs)

    def fresh_seeds(self, run: str) -> list[int]:
        """Return the seeds of a run whose stored result is the one that the grid asks for."""
        if run not in self._grid.specs:
            return []
        if run not in self._fresh:
            self._fresh[run] = [seed for seed in self.candidates(run) if self.accepts(run, seed)]
        return self._fresh[run]

    def candidates(self, run: str) -> list[int]:
        """Return the seeds of a run that are wanted and stored."""
        return [seed for seed in self._grid.seeds_of(run) if self._store.has(run, seed)]

    def accepts(self, run: str, seed: int) -> bool:
        """Return whether a stored result has the keys that the grid gives its run, and was seen by the stored classifier."""
        keys = keys_of(self._grid, self._info, self._grid.specs[run])
        return self._store.keys(run, seed) == keys and not seen_by_another(
            self._store, run, seed, self._grid.classifier
        )

    def digests(self, run: str) -> dict[str, str]:
        """Return the hash of each fresh result of a run, by run/seed."""
        if run not in self._digests:
            self._digests[run] = {f"{run}/{seed}": self._store.digest(run, seed) for seed in self.fresh_seeds(run)}
        return self._digests[run]


@dataclasses.dataclass(frozen=True)
class Judged:
    """The verdicts on all claims whose evidence is there, what they were estimated on, and why the others have none, by id."""

    samples: Samples
    verdicts: dict[str, Verdict]
    pending: dict[str, str]


def judge_family(claims: Sequence[Claim], grid: Grid, results: StoredResults, cache_file: Path | None) -> Judged:
    """Judge all claims of the report. One that cannot be judged counts in Holm's family all the same.

    cache_file: None estimates everything anew and writes nothing.
    """
    with one_thread():
        samples, outcomes = _outcomes(claims, grid, results, cache_file)
    pending = {name: outcome.why for name, outcome in outcomes.items() if isinstance(outcome, Pending)}
    return Judged(samples, judge(claims, outcomes), pending)


def _outcomes(
    claims: Sequence[Claim], grid: Grid, results: StoredResults, cache_file: Path | None
) -> tuple[Samples, dict[str, Estimate | Untested | Pending]]:
    samples = Samples(results, grid.info)
    cache = estimates.read(cache_file) if cache_file else {}
    kept: dict[str, Estimate] = {}
    outcomes: dict[str, Estimate | Untested | Pending] = {}
    ahead = _estimated(claims, cache, results, samples)
    for claim in claims:
        try:
            key = _key(claim, results)
            if key in cache:
                kept[key] = outcomes[claim.id] = cache[key]
                continue
            outcome = ahead.get(claim.id) or estimate(claim, samples)
        except (ClaimError, ResultsError) as error:
            outcomes[claim.id] = Pending(str(error))
            continue
        outcomes[claim.id] = outcome
        if isinstance(outcome, Estimate):
            kept[key] = outcome
    if cache_file and kept != cache:
        estimates.write(cache_file, kept)
    return samples, outcomes


def _estimated(
    claims: Sequence[Claim], known: Collection[str], results: StoredResults, samples: Samples
) -> dict[str, Estimate | Untested]:
    """Return by id, made on all cores, what is not known yet of the claims that can be estimated."""
    together: dict[tuple[str, ...], list[Claim]] = {}
    for claim in claims:
        # What can be estimated of a run shares much of its work. Errors are for whoever misses the claim.
        with contextlib.suppress(ClaimError, ResultsError):
            if _key(claim, results) not in known:
                together.setdefault(claim.needs[:1], []).append(claim)

    def made(group: list[Claim]) -> tuple[dict[str, Estimate | Untested], dict[Computed, Any]]:
        outcomes, before = {}, samples.computed()
        for claim in group:
            with contextlib.suppress(ClaimError, ResultsError):
                outcomes[claim.id] = estimate(claim, samples)
        return outcomes, {name: value for name, value in samples.computed().items() if name not in before}

    estimated: dict[str, Estimate | Untested] = {}
    groups = sorted(together.values(), key=len, reverse=True)  # what may take long begins first
    for outcomes, computed in forked_map(made, groups):
        estimated |= outcomes
        samples.add(computed)  # pages ask for much of it again
    return estimated


def _key(claim: Claim, results: StoredResults) -> str:
    if claim.statistic is None:
        return digest([claim.id])
    # The whole module of the statistic and what it imports: it may call anything there.
    file = places.of_function(claim.statistic).path
    code = sources.digest(*sources.with_imports(JUDGE), *sources.with_imports(file))
    evidence = [results.digests(run) for run in ("dataset", *claim.needs)]
    return digest([claim.id, claim.margin, claim.groups, claim.classes, claim.foreign, code, evidence])
