"""What counts as a change: closed forms, and simulations of trainings that did and did not change."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from report.comparison.changes import (
    Comparison,
    Judged,
    Moved,
    NewClaim,
    Reading,
    RunFacts,
    Snapshot,
    changed_runs,
    compare,
    half_width,
    spec_changes,
)
from report.judging.bootstrap import poisson_weights
from report.judging.claims import VerdictKind
from report.judging.statistics import Estimate, estimate_crossed
from vae.storage.results import Array

IMAGES, RESAMPLES = 60, 200
STEPS = {"bce": 0.01, "score": 0.01}


def reading(values: dict[int, float], deviations: Array | None = None, n_images: int = 0) -> Reading:
    """A metric with these values by seed; its interval is of no interest here."""
    value = float(np.mean(list(values.values())))
    return Reading(Estimate(value, value - 1, value + 1, 1.0, len(values), n_images, values), deviations)


def of_images(table: Array, seeds: range) -> Reading:
    """A mean over images, (seeds, IMAGES), as report/comparison/snapshot.py reads it."""
    weights = poisson_weights(IMAGES, RESAMPLES).astype(np.float64)
    rows = (table @ weights.T) / weights.sum(axis=1)
    mean = rows.mean(axis=0)
    return Reading(estimate_crossed(dict(zip(seeds, rows, strict=True)), 0.0, IMAGES), mean[1:] - mean[0])


def snapshot(runs: dict[str, dict[int, str]], readings: dict[str, dict[str, Reading]], **more: Any) -> Snapshot:
    facts = {run: RunFacts({"type": "RunSpec"}, numbers) for run, numbers in runs.items()}
    return Snapshot("yard", facts, more.pop("verdicts", {}), readings, **more)


def judged(kind: VerdictKind, needs: tuple[str, ...] = ("e10",), margin: float = 0.5) -> Judged:
    return Judged("A afirmação.", needs, ("medida", margin, "above"), kind, None)


def test_the_same_seeds_are_paired_as_in_a_paired_t_test() -> None:
    old, new = {42: 1.0, 43: 2.0, 44: 4.0}, {42: 1.5, 43: 2.2, 44: 4.9}
    expected = stats.ttest_rel([new[s] for s in new], [old[s] for s in old]).confidence_interval(0.95)
    assert half_width(reading(old), reading(new)) == pytest.approx((expected.high - expected.low) / 2)


def test_other_seeds_are_two_samples_with_a_common_spread() -> None:
    old, new = {42: 1.0, 43: 2.0, 44: 4.0}, {45: 1.5, 46: 2.2}
    expected = stats.ttest_ind(list(new.values()), list(old.values())).confidence_interval(0.95)
    assert half_width(reading(old), reading(new)) == pytest.approx((expected.high - expected.low) / 2)


def test_one_seed_against_several_has_the_spread_of_the_several() -> None:
    old, new = {42: 1.0}, {42: 1.0, 43: 2.0, 44: 6.0}
    width = stats.t.ppf(0.975, 2) * np.std([1.0, 2.0, 6.0], ddof=1) * math.sqrt(1 + 1 / 3)
    assert half_width(reading(old), reading(new)) == pytest.approx(width)
    assert half_width(reading(new), reading(old)) == pytest.approx(width)


def test_one_training_on_each_side_and_no_images_tell_nothing() -> None:
    assert half_width(reading({42: 1.0}), reading({42: 2.0})) == math.inf
    assert half_width(reading({42: 1.0}), reading({43: 2.0})) == math.inf


def test_images_are_paired() -> None:
    """The same images a constant apart: images vary by 30, their differences not at all."""
    rng = np.random.default_rng(0)
    table = rng.normal(250, 30, (1, IMAGES))
    old, new = of_images(table, range(42, 43)), of_images(table - 0.3, range(42, 43))
    assert old.estimate.half_width > 5
    assert half_width(old, new) < 1e-9
    other = of_images(table[:, ::-1] - 0.3, range(42, 43))
    assert half_width(old, other) > 5, "other images: nothing to pair"


def test_only_replicates_that_both_have_are_paired() -> None:
    deviations = np.random.default_rng(1).normal(0, 1, 200)
    old, new = reading({42: 1.0}, deviations, 60), reading({42: 1.1}, deviations[:50], 60)
    assert half_width(old, new) == 0
    alone = half_width(reading({42: 1.0}), reading({42: 1.1}, deviations, 60))
    assert alone == pytest.approx(deviations.std(ddof=1) * stats.t.ppf(0.975, 59))


@pytest.mark.parametrize("n_seeds", [1, 5])
def test_false_alarms_are_as_rare_as_they_say(n_seeds: int) -> None:
    """Trained again with nothing changed: images and seeds are common, and what is new is noise of seed and image."""
    rng = np.random.default_rng(2)
    alarms = []
    for _ in range(400):
        images = rng.normal(0, 1, IMAGES)
        sides = [of_images(images + rng.normal(0, 1, (n_seeds, IMAGES)), range(42, 42 + n_seeds)) for _ in range(2)]
        alarms.append(Moved("e10", "bce", sides[0].estimate, sides[1].estimate, half_width(*sides)).beyond)
    # Three standard errors (1.1 % each) above 5 %; with five seeds noise of seed and image counts twice, so fewer.
    assert np.mean(alarms) <= 0.085


def test_a_change_that_pairing_alone_can_see_is_found() -> None:
    rng = np.random.default_rng(3)
    images = rng.normal(250, 30, IMAGES)
    old = of_images(images + rng.normal(0, 0.5, (5, IMAGES)), range(42, 47))
    new = of_images(images - 1 + rng.normal(0, 0.5, (5, IMAGES)), range(42, 47))
    found = compare(
        snapshot({"e10": {42: "a"}}, {"e10": {"bce": old}}), snapshot({"e10": {42: "b"}}, {"e10": {"bce": new}}), STEPS
    )
    assert [number.metric for number in found.moved] == ["bce"]
    assert found.moved[0].difference == pytest.approx(-1, abs=0.3)
    apart = math.hypot(old.estimate.half_width, new.estimate.half_width)
    assert apart > 5, "the root of the sum of squares of their half widths would see nothing"


finite = st.floats(-100, 100)
tables = st.dictionaries(st.integers(42, 47), finite, min_size=1)


@given(tables, tables)
def test_a_difference_looks_the_same_from_both_sides(old: dict[int, float], new: dict[int, float]) -> None:
    width = half_width(reading(old), reading(new))
    assert width >= 0
    assert width == pytest.approx(half_width(reading(new), reading(old)))


@given(tables, st.lists(finite, min_size=10, max_size=10))
def test_a_publication_compared_with_itself_says_nothing(values: dict[int, float], deviations: list[float]) -> None:
    one = snapshot(
        {"e10": {42: "a"}, "classifier": {42: "b"}},
        {"e10": {"bce": reading(values, np.array(deviations), 60), "score": reading(values)}},
        verdicts={"1": judged(VerdictKind.CONFIRMED)},
    )
    assert compare(one, one, STEPS) == Comparison(alike=True, judged=1)
    assert compare(one, one, STEPS).nothing
    # Nor do equal numbers when their hash says that they might be others.
    renamed = snapshot({"e10": {42: "c"}, "classifier": {42: "b"}}, dict(one.readings), verdicts=dict(one.verdicts))
    found = compare(one, renamed, STEPS)
    assert [each.run for each in found.retrained] == ["e10"]
    assert (found.tested, found.moved, found.without_interval, found.flips) == (0, (), (), ())


def moved(difference: float, steps: dict[str, float] = STEPS) -> Comparison:
    """The comparison of a run whose every image changed by the same difference, with a score that changed by it too."""
    table = np.random.default_rng(4).normal(0, 1, (1, IMAGES))
    sides = [
        snapshot({"e10": {42: name}}, {"e10": {"bce": of_images(values, range(42, 43)), "score": reading({42: score})}})
        for name, values, score in (("a", table, 1.0), ("b", table + difference, 1.0 + difference))
    ]
    return compare(sides[0], sides[1], steps)


def test_what_cannot_be_seen_has_not_moved() -> None:
    seen, unseen = moved(0.02), moved(0.004)
    assert ([n.metric for n in seen.moved], [n.metric for n in seen.without_interval]) == (["bce"], ["score"])
    assert (unseen.moved, unseen.without_interval) == ((), ())
    assert seen.tested == unseen.tested == 1
    assert seen.by_chance == pytest.approx(0.05)
    assert seen.single_seed
    assert [n.metric for n in moved(0.02, {"bce": 0.01}).without_interval] == [], "a metric that the report has not"


def test_verdicts_that_flipped_and_claims_that_came_or_went() -> None:
    confirmed, refuted = VerdictKind.CONFIRMED, VerdictKind.REFUTED
    old = snapshot({"e10": {}}, {}, verdicts={
        "same": judged(confirmed), "flips": judged(confirmed), "went": judged(confirmed),
        "margin": judged(confirmed, margin=0.5),
    })  # fmt: skip
    new = snapshot({"e10": {}, "e50": {}}, {}, verdicts={
        "same": judged(confirmed), "flips": judged(refuted), "came": judged(refuted, needs=("e10", "e50")),
        "margin": judged(refuted, margin=0.6),
    })  # fmt: skip
    found = compare(old, new, STEPS)
    assert [(flip.claim, flip.old.kind, flip.new.kind) for flip in found.flips] == [("flips", confirmed, refuted)]
    assert found.judged == 2
    assert found.new_claims == (NewClaim("came", ("e50",)), NewClaim("margin", ())), "another margin, another claim"
    assert found.gone_claims == ("went",)
    assert not found.nothing


def test_runs_that_came_went_or_were_trained_again() -> None:
    old = snapshot({"a": {42: "1"}, "b": {42: "1"}, "c": {42: "1"}}, {}, unlike=("d",), outside=("e",))
    new = snapshot({"b": {42: "1"}, "c": {42: "2", 43: "3"}, "d": {42: "1"}, "f": {42: "1"}}, {})
    found = compare(old, new, STEPS)
    assert (found.came, found.went, found.unlike) == (("f",), ("a", "e"), ("d",))
    assert changed_runs(old.runs, new.runs) == ["c"]
    assert [(each.run, each.old_seeds, each.new_seeds) for each in found.retrained] == [("c", (42,), (42, 43))]
    assert not found.single_seed
    assert not found.another_eye


def test_what_was_measured_otherwise_is_not_compared() -> None:
    old, new = snapshot({"a": {42: "1"}}, {}), Snapshot("metre", {}, {"1": judged(VerdictKind.REFUTED)}, {})
    assert compare(old, new, STEPS) == Comparison(alike=False)
    assert not compare(old, new, STEPS).nothing


def test_specs_are_compared_field_by_field() -> None:
    old = {"type": "RunSpec", "training": {"epochs": 10, "rate": 0.1}, "model": {"channels": [1, 2]}, "gone": 1}
    new = {"type": "RunSpec", "training": {"epochs": 20, "rate": 0.1}, "model": {"channels": [1, 3]}}
    assert spec_changes(old, new) == {
        "training.epochs": (10, 20),
        "model.channels": ([1, 2], [1, 3]),
        "gone": (1, None),
    }
    assert spec_changes(old, old) == {}
