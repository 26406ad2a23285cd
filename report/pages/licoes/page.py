"""The page: its runs, claims, figures, and what its text is given."""

from typing import Any

from report.evidence import Evidence
from report.judging.claims import VerdictKind
from report.judging.statistics import Estimate
from report.language import ptbr
from report.metrics import METRICS
from report.page import Page
from report.pages.geracao.paths import added_irregularity
from report.pages.placar.rows import row
from report.pages.reconstrucoes.blur import synthesis
from report.pages.treinamento.claims import gap_difference
from report.pages.treinamento.page import gaps, text
from vae.grid import REFERENCE_RUNS


def context(evidence: Evidence) -> dict[str, Any]:
    """Signs of the effects on which the text turns."""

    def rising(metric: str, before: str, after: str) -> Estimate:
        return METRICS[metric].difference(evidence, before, after)

    def points(metric: str) -> str:
        shares = rising(metric, "e10", "e100")
        return ptbr.with_interval(100 * shares.value, 100 * shares.low, 100 * shares.high, 1, "p.p.")

    return {
        "rise": lambda *named: rising(*named).value,
        "rising": rising,
        "knn_text": points("knn_accuracy"),
        "probe_text": points("probe_accuracy"),
        "fisher_text": METRICS["fisher"].text(rising("fisher", "e10", "e100")),
        "jumps": added_irregularity(evidence, "e100"),
        "blur": synthesis(evidence),
        "gap_growth": evidence.estimate(gap_difference, "e100", "e10", "dataset"),
        "loss": rising("test_neg_elbo", "e10", "e100"),
        "margin": lambda verdict: row(verdict, evidence.info)["margin"],
        "found": lambda verdict: row(verdict, evidence.info)["found"],
        "open_count": sum(verdict.kind is VerdictKind.INCONCLUSIVE for verdict in evidence.verdicts.values()),
        "gap": gaps(evidence),
        "gap_text": lambda gap: text(gap, "nats"),
        "unused": evidence.spec("e10-l50").latent_dim - METRICS["used_units"].measure(evidence, "e10-l50").value,
    }


PAGE = Page(
    slug="licoes",
    title="Lições aprendidas",
    description="O que os treinos ensinam sobre o objetivo, o tempo de treino, a dimensão latente e a geração.",
    runs=(*REFERENCE_RUNS, "dataset"),
    quotes=("*",),
    context=context,
)
