import dataclasses
import functools
import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.judging.claims import (
    Claim,
    ClaimError,
    Pending,
    Untested,
    Verdict,
    VerdictKind,
    Why,
    estimate,
    evidence,
    judge,
    untestable,
)
from report.judging.sample import Sample
from report.judging.statistics import ALPHA, Estimate, Samples, estimate_crossed
from report.language.wording import untested_reason
from report.page import Page
from report.sources import ROOT
from vae.data.datasets import DIGITS, FASHION_MNIST, DatasetInfo
from vae.storage.results import Array, Keys, RunResult


def difference(shorter: Sample, longer: Sample) -> Array:
    """Mean loss of the shorter training minus that of the longer.

    More text that no page shows.
    """
    return shorter.mean("test_bce") - longer.mean("test_bce")


def make_claim(**changes: Any) -> Claim:
    fields: dict[str, Any] = {
        "id": "5",
        "statement": "A perda cai.",
        "needs": ("e10", "e50"),
        "statistic": difference,
        "measure": "queda",
        "margin": 0.0,
        "side": "above",
        "reason": "qualquer queda conta",
        "confirmed": "Cai.",
        "refuted": "Sobe.",
        "inconclusive": "Não se sabe.",
    }
    return Claim(**(fields | changes))


def make_samples(gap: float, info: DatasetInfo = FASHION_MNIST, n_seeds: int = 5) -> Samples:
    rng = np.random.default_rng(0)
    image = rng.standard_normal(100)

    def result(run: str, seed: int, arrays: dict[str, Array]) -> RunResult:
        return RunResult(run, seed, {}, Keys("", ""), {}, {}, arrays, {})

    results = {"dataset": {42: result("dataset", 42, {"test_labels": np.arange(100) % 10})}}
    for run, level in (("e10", gap), ("e50", 0.0)):
        results[run] = {
            seed: result(run, seed, {"test_bce": image + level + 0.1 * rng.standard_normal(100)})
            for seed in range(42, 42 + n_seeds)
        }
    return Samples(results, info, resamples=100)


def measured(low: float, high: float, p_value: float, n_seeds: int = 5) -> Estimate:
    return Estimate((low + high) / 2, low, high, p_value, n_seeds, 100, {42 + i: 0.0 for i in range(n_seeds)})


def one(claim: Claim, outcome: Estimate | Untested) -> Verdict:
    return judge([claim], {claim.id: outcome})[claim.id]


@pytest.mark.parametrize(
    ("gap", "side", "kind"),
    [
        (1.0, "above", VerdictKind.CONFIRMED),
        (1.0, "below", VerdictKind.REFUTED),
        (-1.0, "above", VerdictKind.REFUTED),
        (-1.0, "below", VerdictKind.CONFIRMED),
        (0.0, "above", VerdictKind.INCONCLUSIVE),
    ],
)
def test_runs_decide(gap: float, side: str, kind: VerdictKind) -> None:
    claim = make_claim(side=side)
    outcome = estimate(claim, make_samples(gap))
    assert isinstance(outcome, Estimate) and outcome.n_seeds == 5 and outcome.n_images == 100
    assert one(claim, outcome).kind is kind


def test_a_gain_surely_smaller_than_the_margin_is_refuted() -> None:
    claim = make_claim(margin=2.0)
    assert one(claim, estimate(claim, make_samples(1.0))).kind is VerdictKind.REFUTED
    at_the_gap = estimate(make_claim(margin=1.0), make_samples(1.0))
    assert isinstance(at_the_gap, Estimate) and at_the_gap.p_value > 0.01


def test_why_a_claim_stays_open() -> None:
    claim = make_claim()
    single = estimate(claim, make_samples(1.0, n_seeds=1))
    assert isinstance(single, Estimate) and single.low > 0
    assert one(claim, single).why is Why.ONE_SEED
    assert one(claim, measured(-1, 1, 0.9)).why is Why.MARGIN_INSIDE
    others = [make_claim(id=f"x{i}") for i in range(9)]
    family = {c.id: measured(-1, 1, 0.9) for c in others} | {"5": measured(0.1, 1, 0.02)}
    verdict = judge([claim, *others], family)["5"]
    assert (verdict.kind, verdict.why) == (VerdictKind.INCONCLUSIVE, Why.HOLM)
    same = one(claim, measured(-math.inf, math.inf, 1.0))
    assert (same.kind, same.why) == (VerdictKind.INCONCLUSIVE, Why.NO_SPREAD), "trainings that all gave the same count"
    assert verdict.adjusted_p == pytest.approx(0.2)


def test_a_data_set_without_the_groups_leaves_the_claim_untested() -> None:
    claim = make_claim(groups=("footwear",), classes=("Bag", "3"))
    outcome = estimate(claim, make_samples(1.0, DIGITS))
    assert outcome == Untested("Digits (scikit-learn)", ("footwear", "Bag"))
    verdict = one(claim, outcome)
    assert (verdict.kind, verdict.why, verdict.estimate) == (VerdictKind.UNTESTED, Why.DATASET, None)
    assert VerdictKind.UNTESTED.value == "não testada"


def test_a_data_set_without_foreign_images_leaves_the_claim_untested() -> None:
    claim = make_claim(foreign=True)
    assert isinstance(estimate(claim, make_samples(1.0)), Estimate)
    outcome = estimate(claim, make_samples(1.0, DIGITS))
    assert outcome == Untested("Digits (scikit-learn)", foreign=True)
    verdict = one(claim, outcome)
    assert (verdict.kind, verdict.why) == (VerdictKind.UNTESTED, Why.DATASET)
    assert untested_reason(verdict, DIGITS).startswith("não há aqui imagens alheias")


def test_untested_claims_are_outside_the_family_and_pending_ones_inside() -> None:
    family = [make_claim(id=i) for i in "abc"]
    strong = measured(0.1, 1, 0.02)
    verdicts = judge(family, {"a": strong, "b": Untested("x", ("g",)), "c": Untested("x", ("g",))})
    assert verdicts["a"].adjusted_p == 0.02 and list(verdicts) == ["a", "b", "c"]
    pending = judge(family, {"a": strong, "b": Pending("no run"), "c": Pending("no run")})
    assert list(pending) == ["a"] and pending["a"].adjusted_p == pytest.approx(0.06)


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.floats(0, 1), min_size=2, max_size=8), st.data())
def test_pending_claims_never_make_a_verdict_more_lenient(p_values: list[float], data: st.DataObject) -> None:
    family = [make_claim(id=str(i)) for i in range(len(p_values))]
    known = {str(i): measured(0.1, 1, p) for i, p in enumerate(p_values)}
    hidden = data.draw(st.sets(st.sampled_from(sorted(known)), max_size=len(known) - 1))
    complete, partial = judge(family, known), judge(family, known | {i: Pending("") for i in hidden})
    for claim_id, verdict in partial.items():
        strict, lenient = verdict.adjusted_p, complete[claim_id].adjusted_p
        assert strict is not None and lenient is not None and strict >= lenient


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.lists(st.floats(-5, 5), min_size=1, max_size=6),
    st.floats(0, 3),
    st.floats(-3, 3),
    st.sampled_from(["above", "below"]),
    st.integers(0, 10),
)
def test_no_verdict_contradicts_its_interval(
    points: list[float], sd: float, margin: float, side: str, more: int
) -> None:
    noise = np.random.default_rng(1).standard_normal(50) * sd
    noise[0] = 0
    outcome = estimate_crossed({i: p + noise for i, p in enumerate(points)}, margin, 50)
    claim = make_claim(margin=margin, side=side)
    others = [make_claim(id=f"x{i}") for i in range(more)]
    verdict = judge([claim, *others], {"5": outcome} | {c.id: measured(-1, 1, 0.5) for c in others})["5"]
    beyond = {"above": outcome.low > margin, "below": outcome.high < margin}
    other = {"above": "below", "below": "above"}[side]
    assert verdict.adjusted_p is not None and verdict.adjusted_p >= outcome.p_value
    if verdict.kind is VerdictKind.CONFIRMED:
        assert beyond[side] and verdict.adjusted_p < ALPHA and len(points) > 1
    elif verdict.kind is VerdictKind.REFUTED:
        assert beyond[other] and verdict.adjusted_p < ALPHA and len(points) > 1
    else:
        assert verdict.kind is VerdictKind.INCONCLUSIVE and verdict.why is not None
        assert verdict.why is not Why.MARGIN_INSIDE or not any(beyond.values())
    # One and the same t test: the interval excludes the margin where p is below the level, and only there.
    if len(points) > 1 and abs(outcome.p_value - ALPHA) > 1e-9:
        assert any(beyond.values()) == (outcome.p_value < ALPHA)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"confirmed": "  "}, r"'5'.*'confirmed'"),
        ({"reason": ""}, r"'5'.*'reason'"),
        ({"side": "over"}, r"5.*'over'.*'above' or 'below'"),
        ({"needs": "e10"}, r"5.*'e10'.*tuple"),
        ({"needs": ()}, "5.*tuple"),
        ({"bounds": (0.0, 1.0)}, "5.*margin 0.0.*from 0.0 to 1.0"),
        ({"margin": math.nan}, "5.*nan.*finite"),
        ({"statistic": lambda a, b: 1.0}, "5.*docstring"),
    ],
)
def test_a_slip_in_a_claim_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        make_claim(**changes)


def test_every_claim_needs_an_id_of_its_own_and_an_estimate() -> None:
    with pytest.raises(ClaimError, match="'5' is used 2 times"):
        judge([make_claim(), make_claim()], {"5": measured(0, 1, 0.1)})
    with pytest.raises(ClaimError, match="'5' is used 2 times"):
        judge(iter([make_claim(), make_claim()]), {"5": measured(0, 1, 0.1)})
    with pytest.raises(ClaimError, match=r"Claim 6 has no estimate.*--all"):
        judge([make_claim(), make_claim(id="6")], {"5": measured(0, 1, 0.1)})


def test_missing_evidence_names_claim_and_remedy() -> None:
    samples = make_samples(1.0)
    with pytest.raises(ClaimError, match=r"Claim 5 .*'e100'.*--retrain e100"):
        estimate(make_claim(needs=("e10", "e100")), samples)

    def absent(a: Sample, b: Sample) -> Array:
        """Of an array that is not there."""
        return a.mean("nope")

    with pytest.raises(ClaimError, match=r"Claim 5 .*'nope'.*EVALUATION_NUMERICS"):
        estimate(make_claim(statistic=absent), samples)


def test_what_is_not_finite_names_claim_and_seed() -> None:
    def undefined(a: Sample, b: Sample) -> float:
        """Not a number."""
        return math.nan

    with pytest.raises(ClaimError, match=r"Claim 5 .*not finite at seed 42.*--retrain e10 --retrain e50"):
        estimate(make_claim(statistic=undefined), make_samples(1.0))


def test_evidence_leads_to_the_line_of_code() -> None:
    claim = make_claim()
    found = json.loads(json.dumps(evidence(one(claim, estimate(claim, make_samples(1.0)))), allow_nan=False))
    assert found["statistic"] == "Mean loss of the shorter training minus that of the longer."
    assert found["file"] == "tests/report/judging/test_claims.py" and found["function"].endswith(".difference")
    source = (ROOT / found["file"]).read_text(encoding="utf-8").splitlines()
    assert source[found["line"] - 1].startswith("def difference(")
    assert found["verdict"] == "confirmada" and found["runs"] == ["e10", "e50"] and found["images"] == 100
    assert found["seeds"] == [42, 43, 44, 45, 46] and set(found["per_seed"]) == {"42", "43", "44", "45", "46"}
    assert found["interval"][0] < found["value"] < found["interval"][1]
    assert (found["margin"], found["side"], found["reason"]) == (0.0, "above", "qualquer queda conta")


def test_evidence_of_what_has_no_interval_is_still_json() -> None:
    unbounded = evidence(one(make_claim(), measured(-math.inf, math.inf, 1.0, n_seeds=1)))
    untested = evidence(one(make_claim(), Untested("Digits", ("footwear",))))
    assert unbounded["interval"] is None and unbounded["why"] == "one-seed"
    assert untested["interval"] is None and untested["value"] is None and untested["missing"] == ["footwear"]
    untested_json = json.dumps(untested, allow_nan=False)
    assert "footwear" in untested_json


def test_evidence_ends_at_the_bounds_of_what_is_measured() -> None:
    claim = make_claim(margin=0.5, bounds=(0.0, 1.0))
    shown = evidence(one(claim, measured(0.9, 1.06, 0.001)))
    assert shown["interval"] == [0.9, 1.0] and shown["verdict"] == "confirmada"


def test_a_statistic_with_bound_arguments_is_traced_to_its_function() -> None:
    def scaled(a: Sample, b: Sample, factor: float) -> Array:
        """Difference times a factor."""
        return factor * difference(a, b)

    claim = make_claim(statistic=functools.partial(scaled, factor=2.0))
    verdict = one(claim, estimate(claim, make_samples(1.0)))
    assert evidence(verdict)["statistic"] == "Difference times a factor." and verdict.kind is VerdictKind.CONFIRMED


def test_claims_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_claim().margin = 1.0  # type: ignore[misc]


def test_what_no_run_can_settle_is_not_tested_and_says_why() -> None:
    claim = untestable("45", "Imagens coloridas pedem mais dimensões.", "os dados não estão aqui")
    outcome = estimate(claim, make_samples(1.0))
    assert isinstance(outcome, Untested)
    verdict = judge([claim, make_claim()], {"45": outcome, make_claim().id: Untested("x", ("g",))})["45"]
    assert verdict.kind is VerdictKind.UNTESTED
    assert verdict.why is Why.OUT_OF_REACH
    assert evidence(verdict)["file"] is None
    assert untested_reason(verdict, FASHION_MNIST) == "os dados não estão aqui"


def test_a_margin_that_would_be_printed_as_zero_is_refused_on_a_page() -> None:
    with pytest.raises(ClaimError, match=r"Claim 5 has margin 0\.001, which is printed as zero.*decimals"):
        Page("uma", "Uma", "", claims=(make_claim(margin=0.001),))
    Page("uma", "Uma", "", claims=(make_claim(margin=0.001, decimals=3),))


def broken(shorter: Sample, longer: Sample) -> Array:
    """A statistic with a slip of the pen."""
    return shorter.mean("test_bce").nothing  # type: ignore[attr-defined,no-any-return]


def test_a_statistic_that_fails_is_a_sentence_with_claim_and_kind() -> None:
    with pytest.raises(ClaimError, match=r"^Claim 5 cannot be judged: AttributeError: .*'nothing'"):
        estimate(make_claim(statistic=broken), make_samples(1.0))


@pytest.mark.parametrize("wrong", [{"margin": "0.01"}, {"decimals": "3"}, {"decimals": 2.5}, {"margin": True}])
def test_numbers_of_a_claim_are_numbers(wrong: dict[str, Any]) -> None:
    ((name, value),) = wrong.items()
    with pytest.raises(ClaimError, match=f"^Claim 5 has {name}={value!r}; give a number"):
        make_claim(**wrong)
