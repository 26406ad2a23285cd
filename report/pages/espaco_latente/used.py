"""How many dimensions of a latent space are used: the variances of the posterior means, ordered, and where they are cut."""

import math
from typing import TYPE_CHECKING

from report.evidence import Evidence
from report.judging.sample import USED_VARIANCE, Sample
from report.language import ptbr
from report.metrics import METRICS, Metric
from report.origins.numbers import origins_of, trace
from report.page import Plot
from report.pages.espaco_latente.figures import SHORT_TICKS
from vae import figures
from vae.grid import WIDE
from vae.metrics.limits import ACTIVE_VARIANCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme


def used_variance(run: Sample) -> float:
    """Return which share of the variance of the posterior means lies in the dimensions in use; none of no variance."""
    variances = run.mean_variances()
    total = float(variances.sum())
    return float(variances[: run.used_dimensions()].sum()) / total if total > 0 else 0.0


USED_VARIANCE_SHARE = Metric("Variância nas dimensões em uso", used_variance, 0, "%", None, "report/judging/sample.py")


def nats_at(variance: float) -> float:
    """Return what a Gaussian dimension, spread as the prior, tells of an image whose means have this variance, in nats."""
    told: float = trace(-math.log1p(-float(variance)) / 2, origins_of(variance))
    return told


def across_seeds(evidence: Evidence, name: str) -> str:
    """Return between which values a count of dimensions lies over the trainings: "é 13 em todos" or "vai de 13 a 14"."""
    counts = METRICS[name].measure(evidence, WIDE).per_seed.values()
    least, most = (ptbr.number(end(counts), 0) for end in (min, max))
    return f"é {least} em todos" if least == most else f"vai de {least} a {most}"


def draw(evidence: Evidence, theme: "Theme") -> "Figure":
    curves = []
    for seed in evidence.seeds(WIDE):
        variances = evidence.samples.sample(WIDE, seed).mean_variances()
        curves.append(figures.Curve("", WIDE, range(1, len(variances) + 1), variances))
    levels = [(USED_VARIANCE, "um décimo: em uso"), (ACTIVE_VARIANCE, "um centésimo: ativas")]
    return figures.spectrum(
        curves, levels, theme=theme, x_label="dimensões, da que mais varia à que menos varia",
        y_label="variância da média latente", tick_format=SHORT_TICKS, component_format=ptbr.tick_format(0),
    )  # fmt: skip


SPECTRUM = Plot(
    "variancias",
    draw,
    "Das {{ run('e10-l50').latent_dim }} dimensões do {{ label('e10-l50') }}, {{ metric('used_units', 'e10-l50') }} têm médias "
    "que variam com mais de um décimo da variância da prior, e {{ metric('active_units', 'e10-l50') }}, com mais de um "
    "centésimo. Um ponto por dimensão{{ ', uma linha por treino' if seeds | length > 1 }}; o que não chega a um milésimo está "
    "na borda de baixo.",
    "Variâncias das médias latentes em ordem, em escala logarítmica: {{ used_variance() | percent(0) }} da variância está nas "
    "{{ metric('used_units', 'e10-l50') }} dimensões acima de um décimo.",
)
