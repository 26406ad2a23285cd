"""What changes with more epochs and with more latent dimensions, what it costs, and what that advises."""

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from report import ptbr
from report.claims import Claim
from report.evidence import Evidence
from report.labels import run_label
from report.metrics import METRICS
from report.page import Page, Plot
from report.pages.treinamento import gaps
from report.sample import Sample
from report.statistics import Estimate
from report.tables import Table, comparison_table
from vae.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures.style import Theme

SNAPSHOTS = ("e10", "e50", "e100")
WIDE = "e10-l50"
LEAST_GAIN = 0.1  # nats: a gain below this is none, and a ratio to it would be noise
SHARES = ("ssim", "sharpness", "knn_accuracy", "probe_accuracy", "recon_accuracy", "sample_precision", "sample_recall")
COMPARED = (
    "test_neg_elbo", "test_bce", "test_kl", "mse", "ssim", "sharpness", "laplacian", "recon_accuracy", "active_units",
    "knn_accuracy", "probe_accuracy", "silhouette", "sample_frechet", "sample_precision", "sample_recall",
    "sample_coverage",
)  # fmt: skip
BY_EPOCHS = (
    "test_neg_elbo", "test_bce", "test_kl", "mse", "sharpness", "recon_accuracy", "knn_accuracy", "sample_frechet",
)  # fmt: skip


def gain_ratio(e10: Sample, e50: Sample, e100: Sample) -> Array:
    """Fall of the test −ELBO over the second stretch of the trajectory, divided by that over the first.

    A first gain below LEAST_GAIN counts as that much, so that the ratio keeps its sign and stays finite.
    """
    first, middle, last = (sample.mean("test_bce") + sample.mean("test_kl") for sample in (e10, e50, e100))
    return (middle - last) / np.maximum(first - middle, LEAST_GAIN)


MARGINAL = Claim(
    id="8",
    statement="Depois de cinquenta épocas, os ganhos são marginais.",
    needs=SNAPSHOTS,
    statistic=gain_ratio,
    measure="ganho de −ELBO de teste do segundo ao terceiro instantâneo, dividido pelo do primeiro ao segundo",
    margin=0.25,
    side="below",
    reason="um ganho é marginal se um trecho de treino ao menos tão longo quanto o anterior rende menos de um quarto "
    "dele",
    confirmed="Os ganhos depois de {{ run('e50').epochs }} épocas são marginais: o trecho até "
    "{{ run('e100').epochs }} rende {{ value }} do que rendeu o trecho de {{ run('e10').epochs }} a "
    "{{ run('e50').epochs }} épocas{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de "
    "{{ margin }}.",
    refuted="Os ganhos depois de {{ run('e50').epochs }} épocas não são marginais: o trecho até "
    "{{ run('e100').epochs }} rende {{ value }} do que rendeu o trecho de {{ run('e10').epochs }} a "
    "{{ run('e50').epochs }} épocas{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de "
    "{{ margin }}.",
    inconclusive=(
        "O trecho de {{ run('e50').epochs }} a {{ run('e100').epochs }} épocas rendeu {{ value }} do que rendera "
        "o de {{ run('e10').epochs }} a {{ run('e50').epochs }}, o que {{ 'fica' if claimed else 'não fica' }} "
        "abaixo da margem de {{ margin }}; {{ with_seeds }}, não se decide se os ganhos tardios são marginais."
    ),
)


def draw_cost(metric_name: str) -> Any:
    """Return how to draw a metric against the epochs: the trajectory of snapshots, and the wide run."""
    metric = METRICS[metric_name]

    def draw(evidence: Evidence, theme: "Theme") -> "Figure":
        from vae import figures

        def path(runs: Sequence[str], style: str) -> figures.Trajectory:
            estimates = [metric.measure(evidence, run) for run in runs]
            specs = [evidence.spec(run) for run in runs]
            bounded = bool(np.isfinite([estimate.half_width for estimate in estimates]).all())
            return figures.Trajectory(
                ptbr.strip_marks(ptbr.plural(specs[0].latent_dim, "dimensão", "dimensões")) + ",",
                style,
                [spec.epochs for spec in specs],
                [estimate.value for estimate in estimates],
                [ptbr.strip_marks(ptbr.plural(spec.epochs, "época", "épocas")) for spec in specs],
                low=[estimate.low for estimate in estimates] if bounded else None,
                high=[estimate.high for estimate in estimates] if bounded else None,
            )

        unit = f" ({metric.unit})" if metric.unit else ""
        return figures.cost_quality(
            [path(SNAPSHOTS, "e100"), path((WIDE,), WIDE)],
            theme=theme,
            x_label="épocas de treino",
            y_label=metric.label + unit,
            tick_format=lambda value: ptbr.tick_format(0 if abs(value) >= 1 else 2)(value),
        )

    return draw


def draw_shares(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return metrics that lie between 0 and 1, a row a metric and run."""
    from vae import figures

    runs = (*SNAPSHOTS, WIDE)
    rows = []
    for name, run in itertools.product(SHARES, runs):
        measured = METRICS[name].measure(evidence, run)
        bounded = bool(np.isfinite(measured.half_width))
        low, high = (measured.low, measured.high) if bounded else (None, None)
        rows.append(figures.Row(METRICS[name].label if run == runs[0] else "", measured.value, low, high, run))
    return figures.dot_interval(
        rows,
        theme=theme,
        x_label="valor (mais é melhor)",
        tick_format=ptbr.tick_format(1),
        x_range=(0, 1),
        key=[(run, ptbr.strip_marks(run_label(evidence.spec(run)))) for run in runs],
    )


def stretches(evidence: Evidence) -> Table:
    """Return what each stretch of the trajectory costs and gains."""
    rows = []
    for before, after in itertools.pairwise(SNAPSHOTS):
        first, last = evidence.spec(before).epochs, evidence.spec(after).epochs
        seconds = sum(evidence.epoch_seconds(after)[first:last])
        bound = METRICS["test_neg_elbo"].difference(evidence, before, after)
        changes = [METRICS[name] for name in ("test_neg_elbo", "sharpness", "knn_accuracy")]
        rows.append([
            ptbr.mark(f"{first}{ptbr.NO_BREAK}→{ptbr.NO_BREAK}{last}"),
            ptbr.duration(seconds),
            *(metric.text(metric.difference(evidence, before, after), unit=False) for metric in changes),
            ptbr.number(-bound.value / (last - first), 3),
        ])  # fmt: skip
    header = [
        "Épocas", "Tempo a mais", "−ELBO de teste (nats)", "Nitidez", "Acurácia de vizinhos (p.p.)",
        "Ganho por época (nats)",
    ]  # fmt: skip
    caption = (
        "O que muda em cada trecho da trajetória: diferença pareada entre o fim e o começo. "
        "O ganho por época é a queda do −ELBO de teste dividida pelas épocas do trecho."
    )
    return Table(header, rows, caption, "trechos")


def indistinct(first: Estimate, second: Estimate) -> bool:
    """Say whether two values are nearer to each other than the half widths of their intervals, added as squares."""
    return abs(first.value - second.value) <= math.hypot(first.half_width, second.half_width)


def context(evidence: Evidence) -> dict[str, Any]:
    """Return what the template computes with beside metrics and claims."""
    seconds = {run: sum(evidence.epoch_seconds(run)) for run in (*SNAPSHOTS, WIDE)}
    bound = {run: METRICS["test_neg_elbo"].measure(evidence, run).value for run in (*SNAPSHOTS, WIDE)}

    def change(name: str, before: str, after: str) -> float:
        return METRICS[name].difference(evidence, before, after).value

    return {
        "seconds": seconds,
        "change": change,
        "stretches": stretches(evidence),
        "by_epochs": list(BY_EPOCHS),
        "snapshots": list(SNAPSHOTS),
        "sizes_table": comparison_table(
            evidence, COMPARED, "e10", WIDE,
            "O mesmo número de épocas com dimensões diferentes. A diferença é pareada por semente e imagem de teste."),
        "recovered": (bound["e10"] - bound["e50"]) / (bound["e10"] - bound["e100"]),
        "cheaper_and_better": bound[WIDE] < bound["e100"] and seconds[WIDE] < seconds["e100"],
        "gap": gaps(evidence),
        "tested_dimensions": sorted({evidence.spec(run).latent_dim for run in (*SNAPSHOTS, WIDE)}),
        "gap_text": lambda gap: ptbr.plus_minus(gap.value, gap.half_width, 2, "nats"),
        "same_gap": indistinct(*(gaps(evidence)[run] for run in ("e10", WIDE))),
    }  # fmt: skip


COST_BOUND = Plot(
    id="custo-elbo",
    draw=draw_cost("test_neg_elbo"),
    caption="−ELBO de teste por épocas de treino (escala logarítmica); menos é melhor. Os pontos ligados são "
    "instantâneos de um mesmo treino; os traços verticais, intervalos de confiança sobre "
    "{% if grid.seeds | length > 1 %}sementes e {% endif %}imagens de teste.",
    alt="Com {{ run('e10').latent_dim }} dimensões, o −ELBO de teste vai de "
    "{{ value('test_neg_elbo', 'e10') | number(1) }} a {{ value('test_neg_elbo', 'e50') | number(1) }} e "
    "{{ value('test_neg_elbo', 'e100') | number(1, 'nats') }}; com {{ run('e10-l50').latent_dim }}, fica em "
    "{{ value('test_neg_elbo', 'e10-l50') | number(1, 'nats') }} depois de {{ run('e10-l50').epochs }} épocas.",
)

COST_SHARPNESS = Plot(
    id="custo-nitidez",
    draw=draw_cost("sharpness"),
    caption="Mediana da nitidez das reconstruções de teste (energia do gradiente da reconstrução dividida pela do "
    "original) por épocas de treino; mais é melhor, e o original vale um.",
    alt="Com {{ run('e10').latent_dim }} dimensões, a nitidez vai de {{ value('sharpness', 'e10') | number(3) }} a "
    "{{ value('sharpness', 'e50') | number(3) }} e {{ value('sharpness', 'e100') | number(3) }}; com "
    "{{ run('e10-l50').latent_dim }}, fica em {{ value('sharpness', 'e10-l50') | number(3) }} depois de "
    "{{ run('e10-l50').epochs }} épocas.",
)

OVERVIEW = Plot(
    id="panorama",
    draw=draw_shares,
    caption="Medidas que vão de zero a um, por treino. SSIM, nitidez e classe reconhecida são das reconstruções de "
    "teste; as duas acurácias, das médias latentes; precisão e revocação, das amostras da prior. Onde não se vê o "
    "traço do intervalo, ele é menor que o marcador ou não há com que estimá-lo.",
    alt="Quatro treinos lado a lado. Do {{ label('e10') }} ao {{ label('e10-l50') }}, a SSIM muda de "
    "{{ value('ssim', 'e10') | number(3) }} para {{ value('ssim', 'e10-l50') | number(3) }}, a acurácia de vizinhos, "
    "de {{ value('knn_accuracy', 'e10') | percent }} para {{ value('knn_accuracy', 'e10-l50') | percent }}, e a "
    "revocação das amostras, de {{ value('sample_recall', 'e10') | number(3) }} para "
    "{{ value('sample_recall', 'e10-l50') | number(3) }}.",
)

PAGE = Page(
    slug="experimentos",
    title="Experimentos",
    description="Épocas contra dimensões latentes: o que cada uma custa, o que rende e o que se recomenda.",
    runs=(*SNAPSHOTS, WIDE, "dataset"),
    claims=(MARGINAL,),
    figures=(COST_BOUND, COST_SHARPNESS, OVERVIEW),
    quotes=("espaco-latente", "reconstrucoes"),
    context=context,
)
