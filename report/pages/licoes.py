"""Lessons: what remains, drawn from the verdicts and measured values of the other pages."""

from typing import Any

from report import ptbr
from report.evidence import Evidence
from report.metrics import METRICS
from report.page import Page
from report.pages.treinamento import gaps


def context(evidence: Evidence) -> dict[str, Any]:
    """Signs of the effects on which the text turns."""

    def rise(metric: str, before: str, after: str) -> float:
        read = METRICS[metric].read
        return evidence.estimate(lambda a, b: read(b) - read(a), before, after).value

    return {
        "rise": rise,
        "gap": gaps(evidence),
        "gap_text": lambda gap: ptbr.plus_minus(gap.value, gap.half_width, 2, "nats"),
        "unused": evidence.spec("e10-l50").latent_dim - METRICS["used_units"].measure(evidence, "e10-l50").value,
    }


PAGE = Page(
    slug="licoes",
    title="Lições aprendidas",
    description="O que os treinos ensinam sobre o objetivo, o tempo de treino, a dimensão latente e a geração.",
    runs=("e10", "e50", "e100", "e10-l50", "dataset"),
    quotes=("*",),
    context=context,
)
