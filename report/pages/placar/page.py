"""The page: its runs, claims, figures, and what its text is given."""

from typing import TYPE_CHECKING, Any

from report.evidence import Evidence
from report.judging.claims import Verdict, VerdictKind, Why
from report.language import ptbr
from report.language.wording import WHY
from report.origins.numbers import constant
from report.page import Page, Plot
from report.pages.placar import rows as placar_rows
from report.pages.placar.rows import distance, ends, foremost, in_order, reasons_open, reasons_untested, row, tally
from report.pages.placar.since import since
from vae import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

STYLES = {
    VerdictKind.CONFIRMED: "confirmed",
    VerdictKind.REFUTED: "refuted",
    VerdictKind.INCONCLUSIVE: "inconclusive",
    VerdictKind.UNTESTED: "untested",
}
FARTHEST = 10.0  # half intervals from the margin; what lies beyond ends in an arrow head


def forest(evidence: Evidence, theme: "Theme") -> "Figure":
    """Every claim as a dot with a whisker of one half interval; the margin is at zero."""
    rows = []
    for verdict in in_order(evidence.verdicts.values()):
        claim_id, at = verdict.claim.id, distance(verdict)
        style = STYLES[verdict.kind]
        if at is None:
            note = _no_interval(verdict)
            rows.append(figures.Row(claim_id, None, style=style, note=note))
        else:
            beyond = 2 * FARTHEST  # anything off the axis: an arrow head, however far
            value, low, high = (max(-beyond, min(beyond, x)) for x in (at, *ends(verdict)))
            rows.append(figures.Row(claim_id, value, low, high, style))
    present = {verdict.kind for verdict in evidence.verdicts.values()} - {VerdictKind.UNTESTED}
    return figures.dot_interval(
        rows,
        theme=theme,
        x_label="distância até a margem, em meios intervalos de confiança (positiva do lado afirmado)",
        tick_format=ptbr.tick_format(0),
        margin=0.0,
        margin_label="margem",
        x_range=(-FARTHEST, FARTHEST),
        key=[(STYLES[kind], kind.value) for kind in VerdictKind if kind in present],
    )


def _no_interval(verdict: Verdict) -> str:
    if verdict.estimate is None:
        return "não testada"
    return "não varia" if verdict.why is Why.NO_SPREAD else "sem intervalo"


def context(evidence: Evidence) -> dict[str, Any]:
    """The summary of all verdicts, and their rows grouped by the page that states them."""
    from report.sections import PAGES  # the pages import this module

    verdicts = evidence.verdicts
    counted = tally(verdicts.values())
    return {
        "tally": counted,
        "counts": {line["kind"].value: line["total"] for line in counted},
        "total": len(verdicts),
        "measured": sum(line["measured"] for line in counted),
        "claimed": sum(line["claimed"] for line in counted),
        "elsewhere": sum(line["elsewhere"] for line in counted),
        "apart": sum(line["apart"] for line in counted),
        "elsewhere_apart": sum(line["elsewhere_apart"] for line in counted),
        "ours": sum(verdict.claim.ours for verdict in verdicts.values()),
        "foremost": lambda kind: foremost(verdicts.values(), VerdictKind(kind)),
        "shown": constant(placar_rows, "FOREMOST"),
        "some_lone": any(verdict.estimate and verdict.estimate.single_seed for verdict in verdicts.values()),
        "open": reasons_open(verdicts.values()),
        "decided": any(
            line["total"] for line in counted if line["kind"] in (VerdictKind.CONFIRMED, VerdictKind.REFUTED)
        ),
        "why": WHY,
        "untested": reasons_untested(verdicts.values(), evidence.info),
        "number_of": lambda verdict: ptbr.mark(verdict.claim.id),
        "chapters": [
            (page, in_order(verdicts[claim.id] for claim in page.claims), len(page.claims))
            for page in PAGES
            if page.claims
        ],
        "row": lambda verdict: row(verdict, evidence.info),
        "since": since(evidence),
        "lone_seed": any(verdict.estimate for verdict in verdicts.values())
        and all(verdict.estimate.single_seed for verdict in verdicts.values() if verdict.estimate),
    }


PAGE = Page(
    slug="placar",
    title="Placar das afirmações",
    description="Todas as afirmações do relatório: veredito, tamanho do efeito, margem e o que mudaria o veredito.",
    quotes=("*",),
    compares=True,
    wide=True,
    figures=(
        Plot(
            "margens",
            forest,
            caption="Em {{ apart + elsewhere_apart }} das {{ measured }} afirmações medidas, o intervalo exclui a margem. Cada "
            "afirmação, pelo seu número, à distância em que o valor medido está da margem declarada. A barra é o "
            "intervalo de confiança: quando não toca o zero, o intervalo exclui a margem. À direita do zero, o valor está do lado "
            "afirmado. Pontas de seta: o valor está além do eixo.{% if some_lone %} Onde há uma só semente, o intervalo é só das "
            "imagens.{% endif %}",
            alt="Distância de cada afirmação até a sua margem: {{ counts['confirmada'] | plural('confirmada', 'confirmadas') }}, "
            "{{ counts['refutada'] | plural('refutada', 'refutadas') }} e "
            "{{ counts['inconclusiva'] | plural('inconclusiva', 'inconclusivas') }}.",
        ),
    ),
    context=context,
)
