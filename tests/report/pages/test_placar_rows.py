"""What a row of the scoreboard says follows from value, interval, margin and seeds, in closed form."""

import dataclasses
import math
from typing import Any

import pytest

from report.judging.claims import Claim, Untested, Verdict, VerdictKind, Why
from report.judging.statistics import UNBOUNDED, Bounds, Estimate
from report.language import ptbr
from report.pages.placar.rows import (
    WEIGHTIEST,
    by_number,
    change,
    clear_of_margin,
    distance,
    effect,
    ends,
    foremost,
    row,
    tally,
)
from report.sections import PAGES
from vae.data.datasets import dataset_info

INFO = dataset_info("fashion-mnist")


def statistic(sample: Any) -> float:
    """A number."""
    return 0.0


def verdict(
    kind: VerdictKind, value: float, low: float, high: float, *, side: Any = "above", margin: float = 1.0,
    seeds: int = 5, why: Why | None = None, p: float | None = 0.001, unit: str = "", decimals: int = 2,
    bounds: Bounds = UNBOUNDED,
) -> Verdict:  # fmt: skip
    claim = Claim(
        "5", "Diz.", ("e10",), statistic, "medida", margin, side, "razão", "sim", "não", "talvez", unit, decimals,
        bounds=bounds,
    )  # fmt: skip
    return Verdict(
        claim, kind, Estimate(value, low, high, p or 1.0, seeds, 100, dict.fromkeys(range(seeds), value)), p, why
    )


def says(judged: Verdict) -> str:
    return ptbr.strip_marks(change(judged, INFO)).replace(ptbr.NO_BREAK, " ")


OPEN, YES, NO = VerdictKind.INCONCLUSIVE, VerdictKind.CONFIRMED, VerdictKind.REFUTED


@pytest.mark.parametrize(
    ("judged", "sentence"),
    [
        # An interval [v - 0.6, v + 0.4] touches 1 at v = 1.6 from above, and at v = 0.6 from below.
        (verdict(YES, 2.0, 1.4, 2.4), "um valor abaixo de 1,60 já não a confirmaria; abaixo de 0,60, poderia refutá-la."),
        (verdict(NO, 2.0, 1.4, 2.4, side="below"), "um valor abaixo de 1,60 já não a refutaria; abaixo de 0,60, poderia confirmá-la."),
        (verdict(YES, 0.0, -0.6, 0.4, side="below"), "um valor acima de 0,60 já não a confirmaria; acima de 1,60, poderia refutá-la."),
        (verdict(NO, 0.0, -0.6, 0.4), "um valor acima de 0,60 já não a refutaria; acima de 1,60, poderia confirmá-la."),
        (verdict(NO, 0.24, 0.24, 0.24), "Um valor acima de 1,00: já não a refutaria, e poderia confirmá-la."),
        (verdict(YES, 1.604, 1.002, 2.0), "um valor abaixo de 1,602 já não"),
        (verdict(OPEN, 1.5, 0.5, 2.0, why=Why.MARGIN_INSIDE), "cerca de 2,0 vezes mais estreito para deixá-la de fora, e resistir ainda à correção de Holm para confirmá-la."),
        (verdict(OPEN, 0.5, 0.0, 1.2, why=Why.MARGIN_INSIDE), "cerca de 1,4 vez mais estreito para deixá-la de fora, e resistir ainda à correção de Holm para refutá-la."),
        (verdict(OPEN, 1.0, 0.0, 1.2, why=Why.MARGIN_INSIDE), "na própria margem, e nenhum intervalo em torno dele decidiria."),
        (verdict(OPEN, 2.0, 1.4, 2.4, why=Why.HOLM, p=0.12), "o p corrigido por Holm, 0,120, teria de ficar abaixo de 0,05 para confirmá-la."),
        (verdict(OPEN, 2.0, -math.inf, math.inf, why=Why.NO_SPREAD), "Treinos que não dessem todos o mesmo valor"),
        (verdict(OPEN, 2.0, 1.4, 2.4, why=Why.ONE_SEED, seeds=1), "Para confirmá-la, o intervalo com elas teria de continuar inteiro acima de 1,00."),
        (verdict(OPEN, 2.0, 1.4, 2.4, why=Why.ONE_SEED, seeds=1, side="below"), "Para refutá-la, o intervalo com elas teria de continuar inteiro acima de 1,00."),
        (verdict(OPEN, 0.5, 0.0, 1.2, why=Why.ONE_SEED, seeds=1), "Só com as imagens, o intervalo contém a margem: com o mesmo valor, precisaria ser cerca de 1,4 vez mais estreito"),
        (verdict(OPEN, 0.5, -math.inf, math.inf, why=Why.ONE_SEED, seeds=1), "com uma só nada se decide, e desta medida não há nem intervalo."),
    ],
)  # fmt: skip
def test_what_would_change_a_verdict_is_computed(judged: Verdict, sentence: str) -> None:
    assert sentence in says(judged)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1.25, "nats", "a 0,25 nat da margem, do lado afirmado"),
        (0.75, "%", "a 0,25 p.p. da margem, do outro lado"),
        (1.002, "", "a 0,002 da margem, do lado afirmado"),
        (1.0, "", "na própria margem"),
    ],
)
def test_the_effect_is_the_distance_to_the_margin_in_its_unit(value: float, unit: str, said: str) -> None:
    assert ptbr.strip_marks(effect(verdict(OPEN, value, 0.0, 2.0, unit=unit))).replace(ptbr.NO_BREAK, " ") == said


@pytest.mark.parametrize(("side", "sign"), [("above", 1), ("below", -1)])
def test_the_common_scale_counts_half_intervals_from_the_margin(side: str, sign: int) -> None:
    judged = verdict(OPEN, 2.0, 1.5, 2.5, side=side)
    assert distance(judged) == 2.0 * sign
    assert ends(judged) == ((1.0, 3.0) if sign > 0 else (-3.0, -1.0))
    assert (
        ptbr.strip_marks(row(judged, INFO)["scale"]) == f"{'+' if sign > 0 else '−'}2,0{ptbr.NO_BREAK}meios intervalos"
    )
    cut = verdict(OPEN, 2.0, 1.5, 2.5, side=side, bounds=(0.0, 2.25))
    assert distance(cut) == 2.0 * sign and sorted(map(abs, ends(cut))) == [1.0, 2.5]
    assert distance(verdict(OPEN, 2.0, -math.inf, math.inf)) is None
    same = verdict(YES if sign > 0 else NO, 2.0, 2.0, 2.0, side=side)
    assert distance(same) == sign * math.inf and ends(same) == (sign * math.inf, sign * math.inf)
    assert ptbr.strip_marks(row(same, INFO)["scale"]) == f"mais de 100{ptbr.NO_BREAK}meios intervalos"
    far = verdict(OPEN, 2.0, 1.999, 2.001, side=side)
    assert ptbr.strip_marks(row(far, INFO)["scale"]) == f"mais de 100{ptbr.NO_BREAK}meios intervalos"
    assert row(verdict(OPEN, 2.0, -math.inf, math.inf), INFO)["scale"] == ""


def test_an_infinite_interval_is_not_clear_of_a_margin() -> None:
    found = [verdict(OPEN, 2.0, low, high).estimate for low, high in ((1.5, 2.5), (0.5, 3.5), (-math.inf, math.inf))]
    assert [clear_of_margin(one, 1.0) for one in found if one] == [True, False, False]


def test_the_tally_parts_what_is_decided_from_where_values_lie() -> None:
    untested = Verdict(verdict(OPEN, 0, 0, 0).claim, VerdictKind.UNTESTED, untested=Untested("x", reason="razão"))
    listed = [
        verdict(YES, 2, 1.5, 2.5),
        verdict(OPEN, 2, 0, 4),
        verdict(OPEN, 0, -1, 2),
        verdict(OPEN, 0, -1, 0.5),
        verdict(NO, 0, -0.5, 0.5),
        untested,
    ]
    lines = {line.pop("kind"): list(line.values()) for line in tally(listed)}
    assert lines == {
        YES: [1, 1, 1, 0, 1, 0],
        NO: [1, 1, 0, 1, 0, 1],
        OPEN: [3, 3, 1, 2, 0, 1],
        VerdictKind.UNTESTED: [1, 0, 0, 0, 0, 0],
    }


def test_claims_stand_by_number_then_letter() -> None:
    assert sorted(["18b", "9", "39c", "18", "2"], key=by_number) == ["2", "9", "18", "18b", "39c"]


def test_what_is_told_first_is_declared_and_no_value_chooses_it() -> None:
    stated = [claim.id for page in PAGES for claim in page.claims]
    assert set(WEIGHTIEST) <= set(stated)
    ids = ("7b", "8", "30b", "4", "12")
    one = verdict(NO, 1.0, 0.5, 1.5)
    found = [dataclasses.replace(one, claim=dataclasses.replace(one.claim, id=name)) for name in ids]
    ordered = sorted(("4", "8", "30b"), key=WEIGHTIEST.index)
    assert [told.claim.id for told in foremost(found, NO)] == [*ordered, "7b"]
    assert foremost(found, YES) == []
