"""Scoreboard, a row of its table: what was found, how large the effect is, and what would change the verdict."""

import math
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from report.judging import statistics
from report.judging.claims import Claim, Verdict, VerdictKind, Why
from report.judging.statistics import Estimate, possible
from report.language import ptbr
from report.language.wording import evidence_words, on_claimed_side, untested_reason
from report.origins.numbers import constant
from vae.data.datasets import DatasetInfo

FOREMOST = 4  # decided claims of a kind that a summary tells
# What the reference concludes and recommends, what weighs most first. Declared, so that no value chooses what is told.
WEIGHTIEST = (
    "4b", "4", "39b", "37", "1", "8", "30b", "30", "34", "20", "23", "24", "28", "38", "40", "42", "11", "10", "41",
    "3", "7b", "9", "2", "2b", "2d", "39", "39c", "35", "17", "19b", "44", "21", "32", "33", "22", "36", "36b", "36c", "5", "31",
)  # fmt: skip
HALF_INTERVALS = "meios intervalos"
MANY = 100.0  # half intervals from the margin: beyond, how many no longer matters
MORE_DECIMALS = 3  # beyond the claim's own, to tell two numbers apart that it would print alike
CLAIMED, ELSEWHERE = "afirmado", "outro"  # which side of the margin, as the filter of the page names it


def by_number(claim_id: str) -> tuple[int, str]:
    """Order of a claim's id in the reference's list: by number, then letter ("9" before "18" before "18b")."""
    digits = "".join(character for character in claim_id if character.isdigit())
    return int(digits or 0), claim_id


def in_order(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return verdicts by the numbers of their claims."""
    return sorted(verdicts, key=lambda verdict: by_number(verdict.claim.id))


def foremost(verdicts: Iterable[Verdict], kind: VerdictKind) -> list[Verdict]:
    """Return the verdicts of a kind that weigh most, at most FOREMOST: by WEIGHTIEST, then by number."""
    ranks = {claim_id: rank for rank, claim_id in enumerate(WEIGHTIEST)}
    found = in_order(verdict for verdict in verdicts if verdict.kind is kind)
    return sorted(found, key=lambda verdict: ranks.get(verdict.claim.id, len(ranks)))[:FOREMOST]


def distance(verdict: Verdict) -> float | None:
    """Distance of a value from its margin in half widths of its 95 % interval, positive on the claimed side.

    Infinite where all images of all trainings agree, so that the interval has no width; None without an interval.
    """
    measured = verdict.estimate
    if measured is None or not math.isfinite(measured.half_width):
        return None
    away = _towards(verdict.claim) * (measured.value - verdict.claim.margin)
    if measured.half_width == 0:
        return math.copysign(math.inf, away) if away else 0.0
    return away / measured.half_width


def ends(verdict: Verdict) -> tuple[float, float]:
    """Distances of the two ends of the interval, on the same scale; it is not symmetric if it is that of a least number
    or a bound cuts it."""
    measured = verdict.estimate
    assert measured is not None  # where there is no interval, nothing asks for its ends
    if measured.half_width == 0:
        at = distance(verdict) or 0.0
        return at, at
    shown = possible(measured, verdict.claim.bounds)
    first, second = (
        _towards(verdict.claim) * (end - verdict.claim.margin) / measured.half_width for end in (shown.low, shown.high)
    )
    return min(first, second), max(first, second)


def clear_of_margin(measured: Estimate, margin: float) -> bool:
    """Return whether an interval leaves the margin out; one without bounds never does."""
    return not measured.low <= margin <= measured.high


def row(verdict: Verdict, info: DatasetInfo) -> Mapping[str, str]:
    """Return the cells of a verdict's row: side, margin, found, measure, effect, scale and change; '' where there is nothing."""
    claim, words = verdict.claim, evidence_words(verdict, info)
    cells = {
        "margin": "",
        "side": "",
        "found": "",
        "measure": "",
        "effect": "",
        "scale": "",
        "change": change(verdict, info),
    }
    if claim.statistic is not None:
        cells["margin"] = f"{'acima' if claim.side == 'above' else 'abaixo'} de {words['margin']}"
    if verdict.estimate is None:
        return cells | {"measure": untested_reason(verdict, info)}
    scale = distance(verdict)
    return cells | {
        "side": CLAIMED if on_claimed_side(verdict) else ELSEWHERE,
        "found": f"**{words['value']}** {words['interval'] or 'sem intervalo'}, {words['of_seeds']}",
        "measure": claim.measure,
        "effect": effect(verdict),
        "scale": "" if scale is None else _half_intervals(scale),
    }


def _half_intervals(scale: float) -> str:
    if abs(scale) > MANY:
        return f"mais de {ptbr.number(constant(sys.modules[__name__], 'MANY'), 0, HALF_INTERVALS)}"
    return ptbr.signed(scale, 1, HALF_INTERVALS)


def effect(verdict: Verdict) -> str:
    """Return how far a measured value is from its margin, in the unit of the claim, and on which side."""
    claim, measured = verdict.claim, verdict.estimate
    assert measured is not None
    away = abs(measured.value - claim.margin)
    if away == 0:
        return "na própria margem"
    side = "do lado afirmado" if on_claimed_side(verdict) else "do outro lado"
    unit = "p.p." if claim.unit == "%" else claim.unit  # two percentages differ in points
    return f"a {_apart(away, 0.0, claim.decimals, unit)} da margem, {side}"


def change(verdict: Verdict, info: DatasetInfo) -> str:
    """Return what would change a verdict, as a sentence computed from its interval, its margin and its seeds."""
    if verdict.estimate is None:
        return _testable(verdict, info)
    if verdict.kind in (VerdictKind.CONFIRMED, VerdictKind.REFUTED):
        return _another_value(verdict, verdict.estimate)
    if verdict.why is Why.ONE_SEED:
        return _more_seeds(verdict, verdict.estimate)
    if verdict.why is Why.NO_SPREAD:
        return "Treinos que não dessem todos o mesmo valor, de modo que houvesse um intervalo."
    if verdict.why is Why.HOLM:
        level = ptbr.number(constant(statistics, "ALPHA"), 2)
        return (
            f"Mais evidência no mesmo sentido: o intervalo já exclui a margem, mas o p corrigido por Holm, "
            f"{ptbr.p_value(verdict.adjusted_p or 0.0)}, teria de ficar abaixo de {level} para {_outcome(verdict)}."
        )
    narrower = _narrower(verdict, verdict.estimate)
    return narrower[0].upper() + narrower[1:] + "."


def _testable(verdict: Verdict, info: DatasetInfo) -> str:
    lacking = verdict.untested
    if lacking and lacking.missing:
        return f"Um conjunto de dados que as tenha: {ptbr.join(list(lacking.missing))}."
    if lacking and lacking.foreign:
        return f"Imagens alheias ao conjunto {ptbr.mark(info.title)}, para comparar."
    return "Nenhum dos treinos daqui pode decidi-la."


def _more_seeds(verdict: Verdict, measured: Estimate) -> str:
    claim = verdict.claim
    if not math.isfinite(measured.half_width):
        return "Mais sementes: com uma só nada se decide, e desta medida não há nem intervalo."
    if not clear_of_margin(measured, claim.margin):
        return f"Mais sementes: com uma só nada se decide. Só com as imagens, {_narrower(verdict, measured)}."
    side = "acima" if measured.value > claim.margin else "abaixo"
    margin = ptbr.number(claim.margin, claim.decimals, claim.unit)
    return (
        f"Mais sementes: com uma só nada se decide. Para {_outcome(verdict)}, o intervalo com elas teria de continuar "
        f"inteiro {side} de {margin}."
    )


def _narrower(verdict: Verdict, measured: Estimate) -> str:
    """Return by how much the interval would have to shrink around its value to leave the margin out."""
    margin = verdict.claim.margin
    if measured.value == margin:
        return "o valor está na própria margem, e nenhum intervalo em torno dele decidiria"
    reach = measured.value - measured.low if measured.value > margin else measured.high - measured.value
    times = reach / abs(measured.value - margin)
    times = round(times + 0.05, 1) if times < 10 else round(times + 0.5, 0)  # rounded up: less would not do
    words = f"{ptbr.number(times, 1 if times < 10 else 0)} {'vez' if times < 2 else 'vezes'}"
    return f"o intervalo contém a margem: com o mesmo valor, precisaria ser cerca de {words} mais estreito para deixá-la de fora, e resistir ainda à correção de Holm para {_outcome(verdict)}"


def _another_value(verdict: Verdict, measured: Estimate) -> str:
    """Return at which values an interval as wide would reach the margin, and lie beyond it."""
    claim, above = verdict.claim, measured.value > verdict.claim.margin
    below_value, above_value = measured.value - measured.low, measured.high - measured.value
    reaches = claim.margin + below_value if above else claim.margin - above_value
    leaves = claim.margin - above_value if above else claim.margin + below_value
    confirmed = verdict.kind is VerdictKind.CONFIRMED
    verb, other = ("confirmaria", "refutá-la") if confirmed else ("refutaria", "confirmá-la")
    side = "abaixo" if above else "acima"
    near = _apart(reaches, measured.value, claim.decimals, claim.unit)
    far = ptbr.number(leaves, claim.decimals, claim.unit)
    if ptbr.strip_marks(near) == ptbr.strip_marks(far):
        return f"Um valor {side} de {near}: já não a {verb}, e poderia {other}."
    return f"Com a mesma incerteza, um valor {side} de {near} já não a {verb}; {side} de {far}, poderia {other}."


def _outcome(verdict: Verdict) -> str:
    return "confirmá-la" if on_claimed_side(verdict) else "refutá-la"


def _towards(claim: Claim) -> int:
    return 1 if claim.side == "above" else -1


def _apart(value: float, other: float, decimals: int, unit: str) -> str:
    """Return a number with as many decimals as tell it from another, within reason."""
    for extra in range(MORE_DECIMALS):
        if ptbr.strip_marks(ptbr.number(value, decimals + extra)) != ptbr.strip_marks(
            ptbr.number(other, decimals + extra)
        ):
            return ptbr.number(value, decimals + extra, unit)
    return ptbr.number(value, decimals + MORE_DECIMALS, unit)


def tally(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Return a line for each kind of verdict: how many there are, and on which side of the margin their values lie.

    apart, elsewhere_apart: how many of those on the claimed side, and on the other, have an interval that leaves the
    margin out.
    """
    listed = list(verdicts)
    lines = []
    for kind in VerdictKind:
        measured = [verdict for verdict in listed if verdict.kind is kind and verdict.estimate]
        claimed = [verdict for verdict in measured if on_claimed_side(verdict)]
        apart = [v for v in measured if v.estimate and clear_of_margin(v.estimate, v.claim.margin)]
        claimed_apart = sum(map(on_claimed_side, apart))
        lines.append({
            "kind": kind, "total": sum(verdict.kind is kind for verdict in listed), "measured": len(measured),
            "claimed": len(claimed), "elsewhere": len(measured) - len(claimed), "apart": claimed_apart,
            "elsewhere_apart": len(apart) - claimed_apart,
        })  # fmt: skip
    return lines


def reasons_open(verdicts: Iterable[Verdict]) -> dict[Why, int]:
    """Return how many measured claims are open for each reason that occurs."""
    found = [verdict.why for verdict in verdicts if verdict.kind is VerdictKind.INCONCLUSIVE]
    return {why: found.count(why) for why in Why if why in found}


def reasons_untested(verdicts: Iterable[Verdict], info: DatasetInfo) -> dict[str, list[Verdict]]:
    """Return the claims that were not tested, by the reason, in the order of their numbers."""
    found: dict[str, list[Verdict]] = {}
    for verdict in in_order(verdicts):
        if verdict.kind is VerdictKind.UNTESTED:
            found.setdefault(untested_reason(verdict, info), []).append(verdict)
    return found
