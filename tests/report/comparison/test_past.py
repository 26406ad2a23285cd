"""Results that were doctored between two commits of a real repository, compared as --compare does."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from report.comparison import past
from report.comparison.changes import Comparison
from report.comparison.past import Compared, PastResults, compare_with
from report.comparison.revision import PastResultsError, RevisionError
from report.comparison.snapshot import from_bytes
from report.judging.claims import Claim, Untested, VerdictKind
from report.judging.family import StoredResults
from report.judging.statistics import Estimate, Samples
from tests.report.repository import commit, git, start
from tests.report.synthetic import QUALITY, stored, synthetic_results
from vae.building.plan import keys_of
from vae.data.datasets import FASHION_MNIST
from vae.errors import ResultsError
from vae.grid import Grid, make_grid
from vae.spec import canonical
from vae.storage.provenance import SEEN_BY
from vae.storage.results import RunResult, sha256
from vae.storage.store import ResultsStore

GRID = make_grid("full", "fashion-mnist", 3)
SEEDS = (42, 43, 44)
Results = Mapping[str, Mapping[int, RunResult]]


def made(grid: Grid = GRID, seed: int = 4, **quality: float) -> dict[str, dict[int, RunResult]]:
    """Synthetic results without their images, which no claim and no metric looks at."""
    results = synthetic_results(grid, np.random.default_rng(seed), QUALITY | {"e50": 9.0} | quality)
    return {run: {seed: without_images(one) for seed, one in seeds.items()} for run, seeds in results.items()}


def without_images(result: RunResult) -> RunResult:
    return dataclasses.replace(result, arrays={name: a for name, a in result.arrays.items() if a.ndim < 3})


def trained_otherwise(results: Results, run: str, grid: Grid = GRID, **training: float) -> dict[int, RunResult]:
    """The results of a run, as they would be with other values in its training spec."""
    spec = next(spec for spec in grid.runs if spec.name == run)
    other = dataclasses.replace(spec, training=dataclasses.replace(spec.training, **training))
    keys = keys_of(grid, FASHION_MNIST, other)
    return {seed: dataclasses.replace(one, spec=canonical(other), keys=keys) for seed, one in results[run].items()}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """v1: three seeds, as of today. quick: another profile. other: e50 with another learning rate, and a run that is gone.
    The working tree: as v1, but e50 is worse than e10, and e100 has two seeds."""
    folder = start(tmp_path_factory.mktemp("repository"))
    results = made()
    stored(folder / "results", results)
    commit(folder, "v1")
    stored(folder / "results", made(make_grid("quick", "fashion-mnist", 1)))
    commit(folder, "quick")
    extra = {seed: dataclasses.replace(one, run="e20") for seed, one in results["e10"].items()}
    other = {**results, "e50": trained_otherwise(results, "e50", learning_rate=0.01), "e20": extra}
    stored(folder / "results", {run: seeds for run, seeds in other.items() if run != "e100"})
    commit(folder, "other", date="2026-11-21")
    worse = made(seed=5, e50=-4.5)
    now = {**results, "e50": worse["e50"], "e100": {seed: results["e100"][seed] for seed in (42, 43)}}
    stored(folder / "results", now)
    return folder


@pytest.fixture(scope="module")
def compared(repository: Path) -> Compared:
    return compare_with(repository, "v1", GRID, ResultsStore(repository / "results"))


def test_a_revision_compared_with_itself_says_nothing(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "v1"), "v1")
    found = compare_with(repository, "v1", GRID, ResultsStore(tmp_path / "v1" / "results"))
    assert found.changes == Comparison(alike=True, judged=len(found.new.verdicts))
    assert found.changes.judged > 20
    assert found.old.verdicts == found.new.verdicts


def test_verdicts_that_flipped_are_found(compared: Compared) -> None:
    flips = {flip.claim: flip for flip in compared.changes.flips}
    assert (flips["5"].old.kind, flips["5"].new.kind) == (VerdictKind.CONFIRMED, VerdictKind.REFUTED)
    assert compared.old.verdicts["5"].estimate != compared.new.verdicts["5"].estimate


def test_numbers_that_moved_are_found_in_the_runs_that_changed(compared: Compared) -> None:
    assert {number.run for number in compared.changes.moved} == {"e50"}
    sharpness = next(number for number in compared.changes.moved if number.metric == "sharpness")
    assert sharpness.difference < -0.1
    assert "ssim" not in {number.metric for number in compared.changes.moved}, "it is drawn alike whatever the quality"
    assert compared.changes.without_interval == ()


def test_seeds_of_both_sides_are_named(compared: Compared) -> None:
    seeds = {each.run: (each.old_seeds, each.new_seeds) for each in compared.changes.retrained}
    assert seeds == {"e50": (SEEDS, SEEDS), "e100": (SEEDS, (42, 43))}


def test_a_run_that_was_trained_otherwise_is_compared_and_its_spec_named(repository: Path) -> None:
    found = compare_with(repository, "other", GRID, ResultsStore(repository / "results")).changes
    assert {each.run: each.changes for each in found.retrained} == {"e50": {"training.learning_rate": (0.01, 0.002)}}
    assert "5" in {flip.claim for flip in found.flips}
    assert (found.came, found.went) == (("e100",), ("e20",))
    assert all("e100" in new.missing for new in found.new_claims)
    assert {new.claim for new in found.new_claims} >= {"8"}


def test_more_seeds_than_the_grid_asks_for_counted_then_too(repository: Path) -> None:
    store = ResultsStore(repository / "results")
    found = compare_with(repository, "v1", make_grid("full", "fashion-mnist", 1), store)
    assert found.old.runs["e10"].numbers.keys() == set(SEEDS)
    assert found.new.runs["e10"].numbers.keys() == {42}
    assert found.new.runs["dataset"] == found.old.runs["dataset"]


def test_results_of_another_profile_are_not_compared(repository: Path) -> None:
    found = compare_with(repository, "quick", GRID, ResultsStore(repository / "results"))
    assert found.old.runs == {}
    assert found.changes.judged == 0
    assert {"e10", "e50", "e100", "e10-l50"} <= set(found.changes.unlike)
    assert {new.claim for new in found.changes.new_claims} == set(found.new.verdicts)


def test_a_claim_whose_array_was_not_there_is_new(repository: Path, tmp_path: Path) -> None:
    results = made()
    lacking = {
        seed: dataclasses.replace(one, arrays={n: a for n, a in one.arrays.items() if n != "test_sharpness"})
        for seed, one in results["e10"].items()
    }
    folder = start(tmp_path / "lacking")
    stored(folder / "results", {**results, "e10": lacking})
    commit(folder, "v0")
    found = compare_with(folder, "v0", GRID, ResultsStore(repository / "results"))
    assert "5" in {new.claim for new in found.changes.new_claims if not new.missing}
    assert "sharpness" not in {number.metric for number in found.changes.moved if number.run == "e10"}


def test_what_is_saved_is_read_again(repository: Path, tmp_path: Path) -> None:
    store = stored(tmp_path / "results", {run: made()[run] for run in ("dataset", "e10")})
    found = compare_with(repository, "v1", GRID, store, save=True)
    assert found.saved == tmp_path / "results" / "previous.json"
    read = from_bytes(found.saved.read_bytes())
    assert read.revision == found.old.revision
    assert read.verdicts == found.old.verdicts
    assert read.readings.keys() == {spec.name for spec in GRID.runs}, "whatever changed later"
    assert store.faults() == []


def test_nothing_comparable_is_not_saved(repository: Path, tmp_path: Path) -> None:
    grid = make_grid("full", "digits", 1)
    store = stored(tmp_path / "results", made(grid))
    with pytest.raises(PastResultsError, match=r"Nothing is saved: .*'v1'.*\(full, digits\)"):
        compare_with(repository, "v1", grid, store, save=True)
    assert store.previous() is None


def test_errors_of_either_side_are_raised(repository: Path, tmp_path: Path) -> None:
    store = ResultsStore(repository / "results")
    with pytest.raises(RevisionError, match="Unknown revision 'v9'"):
        compare_with(repository, "v9", GRID, store)
    with pytest.raises(ResultsError, match="has no result that is fresh"):
        compare_with(repository, "v1", GRID, ResultsStore(tmp_path / "nothing"))
    damaged = stored(tmp_path / "damaged", {run: made()[run] for run in ("dataset", "e10")})
    (damaged.root / "e10/42/arrays.npz").write_bytes(b"half")
    with pytest.raises(ResultsError, match="is damaged: its sha256"):
        compare_with(repository, "v1", GRID, damaged)


def test_estimates_that_a_build_kept_are_used_and_left_alone(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, cache = ResultsStore(repository / "results"), tmp_path / "estimates.json"
    past.judge_family(past.family(), GRID, StoredResults(GRID, store), cache)
    content = cache.read_bytes()
    told = tmp_path / "estimated"  # a file, as claims may be estimated in several processes
    estimate = past.judge_family.__globals__["estimate"]

    def noted(claim: Claim, samples: Samples) -> Estimate | Untested:
        with told.open("a") as file:
            file.write(f"{claim.id}\n")
        return estimate(claim, samples)

    monkeypatch.setitem(past.judge_family.__globals__, "estimate", noted)
    compare_with(repository, "v1", GRID, store, cache)
    assert cache.read_bytes() == content
    needing = {claim.id for claim in past.family() if {"e50", "e100"} & set(claim.needs)}
    settled = {claim.id for claim in past.family() if claim.statistic is not None}  # nothing is estimated of the others
    assert set(told.read_text().split()) & settled == needing, "claims on runs that are the same were estimated before"


def test_results_measured_alike_are_told_from_others(tmp_path: Path) -> None:
    grid = make_grid("full", "fashion-mnist", 1)
    results = made(grid)
    evaluated = dataclasses.replace(grid, evaluation=dataclasses.replace(grid.evaluation, neighbours=5))
    eye = dataclasses.replace(grid, classifier=dataclasses.replace(grid.classifier, epochs=3))
    store = stored(tmp_path / "results", {**results, "e50": trained_otherwise(results, "e50", grid, epochs=7)})
    accepted = {run: PastResults(grid, store).fresh_seeds(run) for run in grid.specs}
    assert accepted == {run: [42] for run in grid.specs}
    assert StoredResults(grid, store).fresh_seeds("e50") == []
    assert PastResults(evaluated, store).fresh_seeds("e10") == []
    assert PastResults(eye, store).fresh_seeds("e10") == []
    assert PastResults(eye, store).fresh_seeds("classifier") == [42], "it is measured by nothing but itself"
    assert PastResults(make_grid(dataset="mnist"), store).fresh_seeds("dataset") == []


def test_what_was_measured_with_another_classifier_is_not_judged(tmp_path: Path) -> None:
    grid = make_grid("full", "fashion-mnist", 1)
    store = stored(tmp_path / "results", made(grid))
    store.save(store.load("classifier", 42), b"weights")
    for run, eye in (("e10", b"weights"), ("e50", b"other weights")):
        result = store.load(run, 42)
        evaluation = result.provenance["evaluation"] | {SEEN_BY: sha256(eye)}
        store.save(dataclasses.replace(result, provenance={**result.provenance, "evaluation": evaluation}))
    for results in (StoredResults(grid, store), PastResults(grid, store, store)):
        assert [results.fresh_seeds(run) for run in ("classifier", "e10", "e50", "e100")] == [[42], [42], [], [42]]


def test_results_of_then_that_name_no_classifier_were_measured_with_that_of_then(tmp_path: Path) -> None:
    grid = make_grid("full", "fashion-mnist", 1)
    then, now = stored(tmp_path / "then", made(grid)), stored(tmp_path / "now", made(grid))
    for store, weights in ((then, b"weights"), (now, b"other weights")):
        store.save(store.load("classifier", 42), weights)
    assert PastResults(grid, then, then).fresh_seeds("e10") == [42]
    assert PastResults(grid, then, now).fresh_seeds("e10") == []
    assert PastResults(grid, then, now).fresh_seeds("classifier") == [42]
