"""What --compare prints: aligned, in English, with the criterion beside the numbers."""

import dataclasses
import math
from pathlib import Path
from typing import Any

from report.comparison.changes import Comparison, Flip, Judged, Moved, NewClaim, Retrained, Revision, RunFacts, Snapshot
from report.comparison.past import Compared
from report.comparison.text import lines
from report.judging.claims import VerdictKind
from report.judging.statistics import Estimate
from report.sections import family

CLAIM = next(claim for claim in family() if claim.id == "5")
REVISION = Revision("0123456789abcdef", "2026-11-20", "v1")
EVERY = {claim.id: Judged("s", claim.needs, ("m", 0.0, "above"), VerdictKind.REFUTED, None) for claim in family()}


def estimate(value: float, half: float = math.inf) -> Estimate:
    return Estimate(value, value - half, value + half, 1.0, 1, 0, {42: value})


def text(changes: Comparison, saved: Path | None = None, verdicts: dict[str, Judged] = EVERY, **old: Any) -> list[str]:
    facts = {"e10": RunFacts({}, {42: "a"})}
    new = Snapshot("y", facts, verdicts, {})
    before = Snapshot("y", old.pop("runs", facts), verdicts, {}, revision=REVISION)
    return list(lines(Compared(before, new, changes, saved), Path("results")))


def test_nothing_is_one_sentence() -> None:
    assert text(Comparison(alike=True, judged=31)) == [
        "From revision v1 (0123456789, 2026-11-20) to results, both judged by today's claims and engine.",
        "Nothing changed: 1 result with the same numbers, 31 verdicts the same.",
    ]


def test_what_was_measured_otherwise_is_one_sentence() -> None:
    said = text(Comparison(alike=True, unlike=("e10",)), runs={})
    assert len(said) == 2
    assert said[1].startswith("Nothing can be compared: the results there were measured otherwise")


def test_runs_are_listed_with_what_is_other_about_them() -> None:
    said = text(
        Comparison(
            alike=True, came=("e50",), went=("e20",), unlike=("e30",),
            retrained=(
                Retrained("e10", (42,), (42, 43), {"training.learning_rate": (0.01, 0.002), "objective.beta": (None, 1.0)}),
                Retrained("classifier", (42,), (42,), {}),
            ),
        )
    )  # fmt: skip
    start = said.index("Runs")
    assert said[start + 1 : start + 7] == [
        "  e50         came",
        "  e20         went, or is stale (build.py --status)",
        "  e30         was there, measured otherwise (data set, profile, numerics version): not compared",
        "  e10         other numbers: training.learning_rate 0.01 -> 0.002, objective.beta none -> 1.0, seeds 42 -> 42, 43",
        "  classifier  other numbers: the same spec and seeds, trained or evaluated again",
        "  The classifier is another, and with it all that is measured through it: classes, entropies, feature distances.",
    ]


def test_a_flip_has_its_statement_and_both_values_with_intervals() -> None:
    verdicts = {
        kind: Judged(CLAIM.statement, CLAIM.needs, ("m", 0.0, "above"), kind, measured)
        for kind, measured in (
            (VerdictKind.CONFIRMED, estimate(0.0514, 0.01)),
            (VerdictKind.INCONCLUSIVE, estimate(0.001)),
            (VerdictKind.UNTESTED, None),
        )
    }
    kinds = list(verdicts)
    flips = tuple(Flip("5", verdicts[a], verdicts[b]) for a, b in ((kinds[0], kinds[1]), (kinds[1], kinds[2])))
    said = text(Comparison(alike=True, judged=31, flips=flips))
    start = said.index("Verdicts that flipped: 2 of 31 claims judged on both sides")
    assert said[start + 1 : start + 4] == [
        "  5    confirmed -> inconclusive",
        f"       {CLAIM.statement}",
        f"       {CLAIM.measure}: 0.051 [0.041, 0.061] -> 0.001 (no interval)",
    ]
    assert said[start + 4 : start + 7][0] == "  5    inconclusive -> not tested"
    assert said[start + 6].endswith("0.001 (no interval) -> not measured")


def test_new_claims_are_grouped_by_what_was_not_there() -> None:
    new = (NewClaim("5", ("e50",)), NewClaim("8", ("e50", "e100")), NewClaim("6", ("e50",)), NewClaim("1", ()))
    said = text(Comparison(alike=True, judged=1, new_claims=new, gone_claims=("2",)))
    start = said.index("New, judged now and not then: 4")
    assert said[start - 1] == "No verdict flipped, of 1 claim judged on both sides."
    assert said[start + 1 : start + 5] == [
        "  without e50                                       5, 6",
        "  without e50 and e100                              8",
        "  a number was not there, or the claim was another  1",
        "Gone, judged then and not now: 2",
    ]


def test_numbers_are_aligned_with_units_and_the_criterion_follows() -> None:
    moved = (
        Moved("e10", "test_bce", estimate(245.31, 1.9), estimate(243.1, 1.88), 0.312),
        Moved("e10-l50", "knn_accuracy", estimate(0.8, 0.01), estimate(0.902, 0.01), 0.002),
    )
    bare = (Moved("e10", "iwae", estimate(250.0), estimate(249.0), math.inf),)
    retrained = (Retrained("e10", (42,), (42,), {}),)
    changes = Comparison(
        alike=True, retrained=retrained, tested=40, single_seed=True, moved=moved, without_interval=bare
    )
    said = text(changes)
    start = said.index("Numbers that moved beyond their interval: 2")
    assert said[start + 1 : start + 4] == [
        "  run      number                 then            now    difference",
        "  e10      test_bce      245.31 ± 1.90  243.10 ± 1.88  -2.21 ± 0.31  nats",
        "  e10-l50  knn_accuracy     80.0 ± 1.0     90.2 ± 1.0   +10.2 ± 0.2  %",
    ]
    whole = "\n".join(said)
    assert "excludes zero" in whole and "paired by test image" in whole
    assert "about 2.0 of the 40 that changed would be beyond it" in whole
    assert "With one seed the interval is of the test images only" in whole
    assert said[-1] == "  e10  iwae    250.00  249.00       -1.00  nats"
    assert "With one seed" not in "\n".join(text(dataclasses.replace(changes, single_seed=False)))


def test_claims_that_wait_for_runs_and_a_saved_file_are_said() -> None:
    verdicts = {claim: judged for claim, judged in EVERY.items() if claim != "5"}
    said = text(Comparison(alike=True, judged=30), saved=Path("results/previous.json"), verdicts=verdicts)
    assert "Not judged now: 5; not there: e50" in said
    assert said[-1].startswith("Saved as the publication before, in results/previous.json.")
    assert "python build.py --section placar" in said[-1]
