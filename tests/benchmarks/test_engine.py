"""The judging engine on experiments whose truth is known, with fewer repetitions than benchmarks/engine.json has.

A count over n repetitions of something with probability p has a standard error of sqrt(p (1 - p) / n). Bounds leave
three of them: a right engine passes whatever the random numbers, and an engine broken on purpose did not.
"""

import dataclasses
import json
import math
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import numpy as np
import pytest
from scipy import stats

from benchmarks import engine, families, trials
from benchmarks.experiments import (
    Experiment,
    classes_of,
    error_alone,
    failing,
    gains,
    least,
    means,
    medians,
    neighbours,
)
from benchmarks.trials import Trial, by_engine, by_images, by_plugin, by_seeds, by_unpaired, claim_of, verdict
from report.judging import calibration
from report.judging.claims import VerdictKind
from report.judging.statistics import ALPHA
from report.sources import ROOT
from vae.storage.results import dump_json

REPETITIONS, RESAMPLES = 200, 100


def most(share: float) -> float:
    """The largest count that the luck of the simulation explains."""
    return REPETITIONS * share + 3 * math.sqrt(REPETITIONS * share * (1 - share))


def drawn(experiment: Experiment, n_seeds: int, n_images: int = 150) -> list[Trial]:
    return list(trials.repeat(experiment, n_seeds, n_images, REPETITIONS, RESAMPLES, np.random.default_rng(1)))


def kinds(
    drawn: list[Trial], experiment: Experiment, method: trials.Method, shift: float = 0.0
) -> Counter[VerdictKind]:
    """Verdicts with the margin so far below the truth: without a shift, each decision is a false one."""
    claim = claim_of(experiment, experiment.truth - shift)
    return Counter(verdict(claim, method(trial, claim.margin)) for trial in drawn)


CASES: dict[str, tuple[Experiment, int]] = {
    "means, two seeds": (engine.both(), 2),
    "means, three seeds": (engine.both(), 3),
    "means, five seeds": (engine.both(), 5),
    "noise of each seed and image": (means(0.0, 0.0, 1.0), 5),
    "medians": (medians(), 3),
    "gains": (gains(), 3),
    "neighbours": (neighbours(), 3),
    "least, one apart": (least(0.8), 3),
    "least, all tied": (least(0.5), 3),
}


@pytest.mark.parametrize("name", CASES)
def test_false_decisions_are_no_more_than_promised_and_the_truth_is_covered(name: str) -> None:
    experiment, n_seeds = CASES[name]
    measured = drawn(experiment, n_seeds)
    false = kinds(measured, experiment, by_engine)
    assert max(false[VerdictKind.CONFIRMED], false[VerdictKind.REFUTED]) <= most(ALPHA / 2)
    estimates = [by_engine(trial, 0.0) for trial in measured]
    covered = sum(e.low <= experiment.truth <= e.high for e in estimates)
    assert REPETITIONS - covered <= most(ALPHA)
    # A claim that is a family by itself is decided by its interval alone.
    assert covered == false[VerdictKind.INCONCLUSIVE]


@pytest.mark.parametrize(("source", "error", "freedom"), [("seeds", 0.1 / math.sqrt(5), 4), ("images", 0.1, 99)])
def test_with_one_source_of_chance_level_and_power_are_those_of_the_textbook(
    source: str, error: float, freedom: int
) -> None:
    experiment = means(0.1, 0.0, 0.0) if source == "seeds" else means(0.0, 1.0, 0.0)
    measured = drawn(experiment, 5, 100)
    false = REPETITIONS - kinds(measured, experiment, by_engine)[VerdictKind.INCONCLUSIVE]
    assert false <= most(ALPHA) and REPETITIONS - false <= most(1 - ALPHA)  # neither more nor less than 5 %
    # Student's test of an effect of 3.5 standard errors: noncentral t. The bootstrap's own error is within the bound.
    power = float(stats.nct.sf(stats.t.ppf(1 - ALPHA / 2, freedom), freedom, 3.5))
    found = kinds(measured, experiment, by_engine, shift=3.5 * error)[VerdictKind.CONFIRMED]
    assert abs(found - REPETITIONS * power) <= 3 * math.sqrt(REPETITIONS * power * (1 - power))


def test_who_counts_one_source_alone_errs_where_the_other_is() -> None:
    # Errors of the seeds and of the images: 0.013 and 0.1, then 0.045 and 0.03. Seeds that agree say nothing of images.
    for experiment, blind in ((means(0.03, 1.0, 0.1), by_seeds), (means(0.1, 0.3, 0.1), by_images)):
        measured = drawn(experiment, 5, 100)
        assert REPETITIONS - kinds(measured, experiment, blind)[VerdictKind.INCONCLUSIVE] > REPETITIONS / 4
        assert REPETITIONS - kinds(measured, experiment, by_engine)[VerdictKind.INCONCLUSIVE] <= most(ALPHA)


def test_pairing_finds_what_is_lost_without_it() -> None:
    experiment = dataclasses.replace(engine.both(), alone=error_alone)
    measured = drawn(experiment, 5)
    effect = 5 * math.hypot(0.1 / math.sqrt(5), 1 / math.sqrt(150))
    assert kinds(measured, experiment, by_engine, effect)[VerdictKind.CONFIRMED] > 0.9 * REPETITIONS
    # What two snapshots share is three times their own response.
    assert kinds(measured, experiment, by_unpaired, effect)[VerdictKind.CONFIRMED] < 0.1 * REPETITIONS


def test_the_least_of_tied_numbers_is_refuted_falsely_if_taken_for_any_other() -> None:
    experiment = least(0.5)
    measured = drawn(experiment, 3)
    assert kinds(measured, experiment, by_plugin)[VerdictKind.REFUTED] > REPETITIONS / 3
    assert kinds(measured, experiment, by_engine)[VerdictKind.REFUTED] <= most(ALPHA / 2)


def test_one_seed_decides_nothing_however_large_the_effect() -> None:
    experiment = engine.both()
    measured = drawn(experiment, 1)
    for shift in (0.0, 100.0):
        assert kinds(measured, experiment, by_engine, shift) == {VerdictKind.INCONCLUSIVE: REPETITIONS}
    estimates = [by_engine(trial, 0.0) for trial in measured]
    covered = sum(e.low <= experiment.truth <= e.high for e in estimates)
    # Its interval knows of the images alone: an error of 0.08 beside the 0.1 of a training.
    assert covered < 0.85 * REPETITIONS
    assert set(trials.methods_for(measured[0])) == {"engine"}


def test_rare_failures_are_beyond_any_engine_of_five_seeds() -> None:
    # 0.9^5 = 59 % of experiments have no failure among their seeds, and these err in one direction.
    experiment = means(0.1, 0.0, 0.0, seeds=failing)
    false = kinds(drawn(experiment, 5, 50), experiment, by_engine)
    assert false[VerdictKind.REFUTED] == 0 and false[VerdictKind.CONFIRMED] > most(ALPHA)


def test_in_a_family_one_false_decision_is_as_rare_as_promised() -> None:
    times = 50
    family = families.count("f", families.Design(45), 3, 50, times, 50, np.random.default_rng(2))
    # 5 % of 50 are 2.5, and three standard errors are 4.6; Satterthwaite's degrees of freedom give one in four.
    bound = times * ALPHA + 3 * math.sqrt(times * ALPHA * (1 - ALPHA))
    assert family.erred["engine"] <= bound < family.erred["satterthwaite"]
    assert min(family.erred["uncorrected"], family.erred["images"]) > times / 2
    assert family.claims == 45 and family.found == {}


def test_true_claims_of_a_family_are_found_and_do_not_count_as_errors() -> None:
    design = families.Design(20, effects=10, size=40.0)
    family = families.count("f", design, 5, 50, 20, 50, np.random.default_rng(3))
    assert family.found["engine"] > 0.9
    assert family.erred["engine"] <= 4  # at most 1 expected; a Poisson count exceeds 4 once in 270 times


@pytest.mark.parametrize("name", CASES)
def test_the_truth_of_an_experiment_is_what_its_statistic_gives_on_ample_data(name: str) -> None:
    experiment = CASES[name][0]
    (trial,) = trials.repeat(experiment, 40, 5_000, 1, 50, np.random.default_rng(4))
    measured = by_engine(trial, 0.0)
    # Twice the half width is about four standard errors: with a truth that is wrong by little, ample data would show it.
    assert abs(measured.value - experiment.truth) <= measured.high - measured.low
    assert measured.high - measured.low < 0.5 * abs(experiment.truth)


def test_snapshots_share_their_seeds_and_images() -> None:
    arrays = engine.both().draw(np.random.default_rng(5), 4, 300)
    after, before = (arrays[run]["test_mse"] for run in ("e50", "e10"))
    assert np.var(after - before) < np.var(before) / 5
    assert np.corrcoef(before[0], before[1])[0, 1] > 0.99  # the same images, for every seed
    votes = neighbours().draw(np.random.default_rng(5), 4, 300)
    right = [votes[run]["knn_votes"].argmax(axis=2) == classes_of(300) for run in ("e10", "e50")]
    assert np.mean(right[0] <= right[1]) > 0.95  # who was right stays right
    assert all((votes[run]["knn_votes"].sum(axis=2) == 10).all() for run in votes)


def test_the_same_code_gives_the_same_table() -> None:
    def small() -> bytes:
        counted = trials.count(gains(), 2, 50, 20, 20, np.random.default_rng(6))
        counts = {name: dataclasses.asdict(each) for name, each in counted.items()}
        family = families.count("f", families.Design(3), 2, 20, 5, 20, np.random.default_rng(7))
        return dump_json([counts, dataclasses.asdict(family)])

    assert small() == small()


def test_all_that_the_simulation_runs_through_is_in_its_digest() -> None:
    seen: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT) and ".venv" not in path.parts:
            seen.add((path.relative_to(ROOT).as_posix(), frame.f_code.co_qualname))

    previous = sys.getprofile()
    sys.setprofile(note)
    try:
        for experiment, _, n_images in engine.SINGLES.values():
            trials.count(experiment, 2, n_images, 2, 10, np.random.default_rng(8))
        families.count("f", families.Design(3, 1, 9.0, 0.5), 2, 20, 2, 10, np.random.default_rng(9))
    finally:
        sys.setprofile(previous)
    # What makes and checks a claim, and looks an array up, decides nothing.
    harmless = {"Claim.__post_init__", "unwrapped", "Samples.<lambda>", "RunResult.array"}
    for path, name in sorted(seen):
        if name in harmless or path.startswith("tests/"):
            continue
        names = calibration.ENGINE.get(path)
        assert names is not None, path
        assert not names or any(name == known or name.startswith(f"{known}.") for known in names), (path, name)


def test_the_command_writes_what_the_report_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "ROOT", tmp_path)
    monkeypatch.setattr(engine, "FILE", "engine.json")
    monkeypatch.setattr(engine, "SINGLE", 2)
    monkeypatch.setattr(engine, "FAMILY", 1)
    monkeypatch.setattr(engine, "RESAMPLES", 20)
    monkeypatch.setattr("sys.argv", ["engine"])
    engine.main()
    written = tmp_path / "engine.json"
    table = calibration.from_json(json.loads(written.read_bytes()))
    assert not table.outdated
    assert [row.id for row in table.singles] == list(engine.SINGLES)
    assert [row.id for row in table.families] == list(engine.FAMILIES)
    assert table.single("medians").repetitions == 2 and table.family("effects").effects == 35
    assert "engine.json written" in capsys.readouterr().out
    # A quick look is none to be kept.
    written.unlink()
    monkeypatch.setattr(engine, "SINGLE", 20)
    monkeypatch.setattr(engine, "FAMILY", 10)
    monkeypatch.setattr("sys.argv", ["engine", "--quick"])
    engine.main()
    assert not written.exists()
