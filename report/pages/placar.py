"""Scoreboard: every claim of the report, its verdict and the size of its effect."""

import math
from typing import Any

from matplotlib.figure import Figure

from report import ptbr
from report.claims import Verdict, VerdictKind
from report.evidence import Evidence
from report.page import Page, Plot
from report.pages.placar_since import since
from report.wording import evidence_words, on_claimed_side
from vae.figures import Row, Theme, dot_interval

STYLES = {
    VerdictKind.CONFIRMED: "confirmed",
    VerdictKind.REFUTED: "refuted",
    VerdictKind.INCONCLUSIVE: "inconclusive",
    VerdictKind.UNTESTED: "untested",
}
FARTHEST = 10.0  # half intervals from the margin; what lies beyond ends in an arrow head


def distance(verdict: Verdict) -> float | None:
    """Distance of a value from its margin in half widths of its 95 % interval, positive on the claimed side."""
    measured = verdict.estimate
    if measured is None or not math.isfinite(measured.half_width) or measured.half_width == 0:
        return None
    towards = 1 if verdict.claim.side == "above" else -1
    return towards * (measured.value - verdict.claim.margin) / measured.half_width


def ends(verdict: Verdict) -> tuple[float, float]:
    """Distances of the two ends of the interval, on the same scale; the interval of a least number is not symmetric."""
    measured = verdict.estimate
    assert measured is not None  # where there is no interval, nothing asks for its ends
    towards = 1 if verdict.claim.side == "above" else -1
    first, second = (
        towards * (end - verdict.claim.margin) / measured.half_width for end in (measured.low, measured.high)
    )
    return min(first, second), max(first, second)


def by_number(claim_id: str) -> tuple[int, str]:
    """Order of a claim's id in the reference's list: by number, then letter ("9" before "18" before "18b")."""
    digits = "".join(character for character in claim_id if character.isdigit())
    return int(digits or 0), claim_id


def forest(evidence: Evidence, theme: Theme) -> Figure:
    """Every claim as a dot with a whisker of one half interval; the margin is at zero."""
    rows = []
    for claim_id, verdict in sorted(evidence.verdicts.items(), key=lambda item: by_number(item[0])):
        at = distance(verdict)
        style = STYLES[verdict.kind]
        if at is None:
            note = "não testada" if verdict.estimate is None else "sem intervalo"
            rows.append(Row(claim_id, None, style=style, note=note))
        else:
            rows.append(Row(claim_id, at, *ends(verdict), style))
    present = {verdict.kind for verdict in evidence.verdicts.values()} - {VerdictKind.UNTESTED}
    return dot_interval(
        rows,
        theme=theme,
        x_label="distância até a margem, em meios intervalos de confiança (positiva do lado afirmado)",
        tick_format=lambda value: ptbr.strip_marks(ptbr.number(value, 0)),
        margin=0.0,
        margin_label="margem",
        x_range=(-FARTHEST, FARTHEST),
        key=[(STYLES[kind], kind.value) for kind in VerdictKind if kind in present],
    )


def context(evidence: Evidence) -> dict[str, Any]:
    """Counts by verdict, and all verdicts grouped by the page that states them."""
    from report.sections import PAGES  # the pages import this module

    kinds = [verdict.kind for verdict in evidence.verdicts.values()]
    verdicts = evidence.verdicts
    return {
        "counts": {kind.value: kinds.count(kind) for kind in VerdictKind},
        "total": len(kinds),
        "measured": sum(verdict.estimate is not None for verdict in verdicts.values()),
        "claimed": sum(map(on_claimed_side, verdicts.values())),
        "kinds": {kind.value: kind for kind in VerdictKind},
        "number_of": lambda verdict: ptbr.mark(verdict.claim.id),
        "chapters": [(page, [verdicts[claim.id] for claim in page.claims]) for page in PAGES if page.claims],
        "words": lambda verdict: evidence_words(verdict, evidence.info),
        "since": since(evidence),
        "decided": [v for v in verdicts.values() if v.kind in (VerdictKind.CONFIRMED, VerdictKind.REFUTED)],
        "lone_seed": bool(evidence.grid.seeds)
        and all(verdict.estimate.single_seed for verdict in verdicts.values() if verdict.estimate),
    }


PAGE = Page(
    slug="placar",
    title="Placar das afirmações",
    description="Todas as afirmações do relatório, com veredito, tamanho do efeito e margem.",
    quotes=("*",),
    compares=True,
    figures=(
        Plot(
            "margens",
            forest,
            caption="Cada afirmação, pelo seu número, à distância em que o valor medido está da margem declarada. A barra é o "
            "intervalo de confiança: quando não toca o zero, o intervalo exclui a margem. À direita do zero, o valor está do lado "
            "afirmado. Pontas de seta: o valor está além do eixo.{% if lone_seed %} Com uma só semente, o intervalo é só das "
            "imagens de teste.{% endif %}",
            alt="Distância de cada afirmação até a sua margem: {{ counts['confirmada'] | plural('confirmada', 'confirmadas') }}, "
            "{{ counts['refutada'] | plural('refutada', 'refutadas') }} e "
            "{{ counts['inconclusiva'] | plural('inconclusiva', 'inconclusivas') }}.",
        ),
    ),
    context=context,
)
