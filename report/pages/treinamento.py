"""How the training went: convergence, costs, learning curves."""

from report.claims import Claim
from report.page import Page
from report.sample import Sample


def improvement_per_epoch(e10: Sample) -> float:
    """Fall of the validation −ELBO per epoch over the last three epochs of the run."""
    curve = e10.history("validation_neg_elbo")
    span = min(3, len(curve) - 1)
    return (curve[-1 - span] - curve[-1]) / span if span else curve[-1] * 0


CONVERGED = Claim(
    id="1",
    statement="O modelo convergiu depois de dez épocas.",
    needs=("e10",),
    statistic=improvement_per_epoch,
    measure="queda do −ELBO de validação por época, nas últimas épocas do treino",
    margin=0.2,
    side="below",
    reason="abaixo disso, dez épocas a mais mudariam menos do que a diferença entre duas sementes",
    confirmed="Convergiu: {{ value }} por época.",
    refuted="Não convergiu: {{ value }} por época.",
    inconclusive="Ainda cai {{ value }} por época.",
    unit="nats",
)

PAGE = Page(
    slug="treinamento", title="Treinamento", description="Curvas.", runs=("e10", "e50", "e100", "e10-l50"), claims=(CONVERGED,)
)
