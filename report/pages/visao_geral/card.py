"""The card of the report: what a shared link shows, drawn from the headline results."""

from report.evidence import Evidence
from report.language import ptbr
from report.metrics import METRICS
from report.pages.espaco_latente.figures import points
from vae import figures
from vae.grid import WIDE

LONG = "e100"
TITLE = "Autocodificadores variacionais no {dataset}"


def title(evidence: Evidence) -> str:
    """Return the report's title."""
    return TITLE.format(dataset=evidence.info.title)


def draw_card(evidence: Evidence, site_name: str) -> bytes:
    """Return the card as PNG; site_name stands above its title."""

    def loss(run: str) -> str:
        return ptbr.strip_marks(ptbr.number(METRICS["test_neg_elbo"].measure(evidence, run).value, 1, "nats"))

    def settings(run: str) -> str:
        spec = evidence.spec(run)
        return ptbr.strip_marks(
            f"{ptbr.plural(spec.latent_dim, 'dimensão', 'dimensões')}, {ptbr.plural(spec.epochs, 'época', 'épocas')}"
        )

    facts = [(loss(run), settings(run)) for run in (LONG, WIDE)]
    measured = sum(verdict.estimate is not None for verdict in evidence.verdicts.values())
    judged = ptbr.strip_marks(ptbr.plural(measured, "afirmação medida", "afirmações medidas"))
    return figures.to_png(
        figures.card(
            figures.Cloud("", points(evidence, LONG), evidence.labels), kicker=site_name, title=title(evidence),
            facts=facts, foot=f"Perda de teste por imagem · {judged}", theme=figures.load_theme("light"),
        )
    )  # fmt: skip
