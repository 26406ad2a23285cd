"""A comparison of two publications as plain text, in English: what --compare prints. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from report.comparison.changes import Comparison, Flip, Judged, Moved, Retrained, Snapshot
from report.comparison.past import Compared
from report.judging.claims import Claim, VerdictKind
from report.judging.statistics import Estimate, possible
from report.metrics import METRICS
from report.sections import family

KINDS = {
    VerdictKind.CONFIRMED: "confirmed",
    VerdictKind.REFUTED: "refuted",
    VerdictKind.INCONCLUSIVE: "inconclusive",
    VerdictKind.UNTESTED: "not tested",
}
# One sentence a line: the criterion is part of the answer.
CRITERION = (
    "A number has moved if the 95 % interval of its difference excludes zero and the difference shows in its printed decimals.",
    "Differences are paired by test image, and by seed where both sides have the same seeds; else seeds are two samples with a",
    "common spread.",
)
ONE_SEED = (
    "With one seed the interval is of the test images only: it says that these two trainings differ, not that another pair would.",
)


def lines(compared: Compared, place: Path) -> Iterator[str]:
    """Yield the lines of a comparison. place: where the present results are."""
    old, new, changes = compared.old, compared.new, compared.changes
    claims = {claim.id: claim for claim in family() if claim.statistic is not None}
    yield f"From {_revision(old)} to {place}, both judged by today's claims and engine."
    if not old.runs:
        yield "Nothing can be compared: the results there were measured otherwise (data set, profile, or numerics version)."
    elif changes.nothing:
        yield f"Nothing changed: {_count(len(new.runs), 'result')} with the same numbers, {_count(changes.judged, 'verdict')} the same."
    else:
        yield from _runs(changes)
        yield from _verdicts(changes, claims)
        yield from _numbers(changes)
    waiting = {
        claim: [run for run in claims[claim].needs if run not in new.runs]
        for claim in claims
        if claim not in new.verdicts
    }
    if waiting:
        yield ""
    if any(waiting.values()):
        missing = dict.fromkeys(run for runs in waiting.values() for run in runs)
        yield f"Not judged now: {', '.join(claim for claim, runs in waiting.items() if runs)}; not there: {', '.join(missing)}"
    yield from (compared.pending.get(claim, f"Not judged now: {claim}") for claim, runs in waiting.items() if not runs)
    if compared.saved:
        yield ""
        yield f"Saved as the publication before, in {compared.saved}. Show it with: python build.py --section placar"


def _revision(old: Snapshot) -> str:
    revision = old.revision
    if revision is None:
        return "the publication before"
    names = [name for name in (revision.name, revision.short, revision.date) if name]
    return f"revision {names[0]} ({', '.join(names[1:])})"


def _runs(changes: Comparison) -> Iterator[str]:
    rows = [
        *([run, "came"] for run in changes.came),
        *([run, "went, or is stale (build.py --status)"] for run in changes.went),
        *(
            [run, "was there, measured otherwise (data set, profile, numerics version): not compared"]
            for run in changes.unlike
        ),
        *([each.run, _retrained(each)] for each in changes.retrained),
    ]
    yield ""
    yield "Runs" if rows else "Runs: none came, went or changed."
    yield from _table(rows, "<<")
    if changes.another_eye:
        yield "  The classifier is another, and with it all that is measured through it: classes, entropies, feature distances."


def _retrained(each: Retrained) -> str:
    parts = [f"{name} {_plain(before)} -> {_plain(now)}" for name, (before, now) in each.changes.items()]
    if each.old_seeds != each.new_seeds:
        parts.append(f"seeds {_seeds(each.old_seeds)} -> {_seeds(each.new_seeds)}")
    return f"other numbers: {', '.join(parts) or 'the same spec and seeds, trained or evaluated again'}"


def _verdicts(changes: Comparison, claims: Mapping[str, Claim]) -> Iterator[str]:
    yield ""
    judged = f"of {_count(changes.judged, 'claim')} judged on both sides"
    yield f"Verdicts that flipped: {len(changes.flips)} {judged}" if changes.flips else f"No verdict flipped, {judged}."
    for flip in changes.flips:
        yield from _flip(flip, claims[flip.claim])
    if changes.new_claims:
        yield f"New, judged now and not then: {len(changes.new_claims)}"
        by_reason: dict[tuple[str, ...], list[str]] = {}
        for new in changes.new_claims:
            by_reason.setdefault(new.missing, []).append(new.claim)
        yield from _table([[_reason(missing), ", ".join(ids)] for missing, ids in by_reason.items()], "<<")
    if changes.gone_claims:
        yield f"Gone, judged then and not now: {', '.join(changes.gone_claims)}"


def _reason(missing: Sequence[str]) -> str:
    return f"without {' and '.join(missing)}" if missing else "a number was not there, or the claim was another"


def _flip(flip: Flip, claim: Claim) -> Iterator[str]:
    yield f"  {flip.claim:4} {KINDS[flip.old.kind]} -> {KINDS[flip.new.kind]}"
    yield f"       {claim.statement}"
    yield f"       {claim.measure}: {_value(flip.old, claim)} -> {_value(flip.new, claim)}"


def _value(judged: Judged, claim: Claim) -> str:
    if judged.estimate is None:
        return "not measured"
    measured = possible(judged.estimate, claim.bounds)
    unit = f" {claim.unit}" if claim.unit else ""
    digits = claim.decimals
    if math.isinf(measured.half_width):
        return f"{measured.value:.{digits}f}{unit} (no interval)"
    return f"{measured.value:.{digits}f}{unit} [{measured.low:.{digits}f}, {measured.high:.{digits}f}]"


def _numbers(changes: Comparison) -> Iterator[str]:
    yield ""
    if changes.moved:
        yield f"Numbers that moved beyond their interval: {len(changes.moved)}"
        yield from _number_table(changes.moved)
    else:
        yield "No number moved beyond its interval."
    if changes.tested:
        yield from CRITERION
        yield f"Had chance alone moved them, about {changes.by_chance:.1f} of the {changes.tested} that changed would be beyond it."
        yield from ONE_SEED if changes.single_seed else ()
    if changes.without_interval:
        yield ""
        yield f"Numbers that changed and have no interval, because there is one training on each side: {len(changes.without_interval)}"
        yield from _number_table(changes.without_interval)


def _number_table(numbers: Sequence[Moved]) -> Iterator[str]:
    rows = [["run", "number", "then", "now", "difference", ""]]
    for number in numbers:
        metric = METRICS[number.metric]
        factor = 100 if metric.percent else 1
        change = _with_half(number.difference * factor, number.half_width * factor, metric.decimals, sign="+")
        then, now = (
            _with_interval(metric.possible(side), factor, metric.decimals) for side in (number.old, number.new)
        )
        rows.append([number.run, number.metric, then, now, change, metric.unit])
    yield from _table(rows, "<<>>><")


def _with_interval(measured: Estimate, factor: int, decimals: int) -> str:
    """Return "12.3 ± 0.4", or both ends of an interval that a bound of the metric cuts."""
    value, low, high = (factor * end for end in (measured.value, measured.low, measured.high))
    if math.isinf(high) or math.isclose(high - value, value - low, rel_tol=1e-6, abs_tol=1e-12):
        return _with_half(value, (high - low) / 2, decimals)
    return f"{value:.{decimals}f} [{low:.{decimals}f}, {high:.{decimals}f}]"


def _with_half(value: float, half_width: float, decimals: int, sign: str = "") -> str:
    text = f"{value:{sign}.{decimals}f}"
    return text if math.isinf(half_width) else f"{text} ± {half_width:.{decimals}f}"


def _table(rows: Sequence[Sequence[str]], align: str) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, align, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _seeds(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))


def _plain(value: Any) -> str:
    return "none" if value is None else str(value)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
