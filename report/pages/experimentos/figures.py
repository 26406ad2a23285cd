"""Figures of the experiments: cost against quality, rate against distortion, an overview."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from report.evidence import Evidence
from report.language import ptbr
from report.language.labels import REFERENCE_DIM, run_label
from report.metrics import METRICS
from report.page import Plot
from vae.grid import RUNS, SNAPSHOTS, WIDE, deterministic_runs
from vae.spec import RunSpec

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures.style import Theme

SHARES = ("ssim", "sharpness", "knn_accuracy", "probe_accuracy", "recon_accuracy", "sample_precision", "sample_recall")
DETERMINISTIC = deterministic_runs()
STOCHASTIC = tuple(row.name for row in RUNS if row.name not in DETERMINISTIC)
IN_PLANE = (*STOCHASTIC, *DETERMINISTIC)
# What most runs are: only what differs from it is written beside a point of the plane.
USUAL = "e10"


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
        rows.append(figures.Row(METRICS[name].label, measured.value, low, high, run))
    return figures.dot_interval(
        rows,
        theme=theme,
        x_label="valor (mais é melhor)",
        tick_format=ptbr.tick_format(1),
        x_range=(0, 1),
        key=[(run, ptbr.strip_marks(run_label(evidence.spec(run)))) for run in runs],
        group=len(runs),
    )


def short_label(spec: RunSpec, usual: RunSpec) -> str:
    """Return what tells a run from the usual one, without marks: "β = 0", "50 dim., 600 imagens"; else its epochs."""
    differences = []
    if spec.latent_dim != usual.latent_dim:
        differences.append(f"{spec.latent_dim} dim.")
    if spec.beta != usual.beta:
        differences.append(f"β = {ptbr.exact(spec.beta)}")
    if spec.objective.code != usual.objective.code:
        differences.append({"mean": "sem ruído", "stopped": "gradiente cortado"}[spec.objective.code])
    if spec.training.train_images != usual.training.train_images:
        differences.append(ptbr.plural(spec.training.train_images or 0, "imagem", "imagens"))
    elif spec.epochs != usual.epochs or not differences:
        differences.append(ptbr.plural(spec.epochs, "época", "épocas"))
    return ptbr.strip_marks(", ".join(differences))


def draw_plane(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return every run with a posterior by rate (mean KL) and distortion (BCE), autoencoders as lines of distortion."""
    from vae import figures

    def style(spec: RunSpec) -> str:
        largest = evidence.spec(WIDE).latent_dim
        return {REFERENCE_DIM: "e10", largest: WIDE}.get(spec.latent_dim, "series2")

    def place(spec: RunSpec) -> figures.Place:
        rate, distortion = (METRICS[name].measure(evidence, spec.name).value for name in ("test_kl", "test_bce"))
        return figures.Place(short_label(spec, evidence.spec(USUAL)), style(spec), max(rate, 0.0), distortion)

    specs = [evidence.spec(run) for run in STOCHASTIC]
    ordinary = [spec for spec in specs if spec.beta == 1 and spec.objective.code != "stopped"]
    levels = [
        figures.Level(
            ptbr.strip_marks(run_label(evidence.spec(run)).replace("dimensões", "dim.")),
            style(evidence.spec(run)),
            METRICS["test_bce"].measure(evidence, run).value,
        )
        for run in DETERMINISTIC
    ]
    between = [spec.latent_dim for spec in specs if style(spec) == "series2"]
    key = [("e10", f"{REFERENCE_DIM} dimensões"), (WIDE, f"{evidence.spec(WIDE).latent_dim} dimensões")]
    if between:
        key.insert(1, ("series2", f"de {min(between)} a {max(between)}"))
    return figures.plane(
        [place(spec) for spec in specs if spec not in ordinary],
        [place(spec) for spec in ordinary],
        levels,
        theme=theme,
        detail_label="ampliado abaixo",
        x_label="taxa: KL de teste (nats)",
        y_label="distorção: BCE de teste (nats)",
        tick_format=ptbr.tick_format(0),
        key=key,
    )


COST_BOUND = Plot(
    id="custo-elbo",
    draw=draw_cost("test_neg_elbo"),
    caption="{{ run('e10-l50').latent_dim }} dimensões dão, em {{ run('e10-l50').epochs }} épocas, um −ELBO de teste de "
    "{{ value('test_neg_elbo', 'e10-l50') | number(1, 'nats') }}; {{ run('e100').latent_dim }} dimensões, em "
    "{{ run('e100').epochs }}, um de {{ value('test_neg_elbo', 'e100') | number(1, 'nats') }}. Por épocas de treino (escala logarítmica); menos é melhor. Os pontos ligados são "
    "instantâneos de um mesmo treino; os traços verticais, intervalos de confiança sobre "
    "{% if seeds | length > 1 %}sementes e {% endif %}"
    "imagens de teste.",
    alt="Com {{ run('e10').latent_dim }} dimensões, o −ELBO de teste vai de "
    "{{ value('test_neg_elbo', 'e10') | number(1) }} a {{ value('test_neg_elbo', 'e50') | number(1) }} e "
    "{{ value('test_neg_elbo', 'e100') | number(1, 'nats') }}; com {{ run('e10-l50').latent_dim }}, fica em "
    "{{ value('test_neg_elbo', 'e10-l50') | number(1, 'nats') }} depois de {{ run('e10-l50').epochs }} épocas.",
)

COST_SHARPNESS = Plot(
    id="custo-nitidez",
    draw=draw_cost("sharpness"),
    caption="Com {{ run('e10-l50').latent_dim }} dimensões, a nitidez em {{ run('e10-l50').epochs }} épocas é "
    "{{ value('sharpness', 'e10-l50') | number(3) }}; com {{ run('e100').latent_dim }}, em {{ run('e100').epochs }}, "
    "{{ value('sharpness', 'e100') | number(3) }}. Mediana das reconstruções de teste (energia do gradiente da reconstrução dividida pela do "
    "original) por épocas de treino; mais é melhor, e o original vale um.",
    alt="Com {{ run('e10').latent_dim }} dimensões, a nitidez vai de {{ value('sharpness', 'e10') | number(3) }} a "
    "{{ value('sharpness', 'e50') | number(3) }} e {{ value('sharpness', 'e100') | number(3) }}; com "
    "{{ run('e10-l50').latent_dim }}, fica em {{ value('sharpness', 'e10-l50') | number(3) }} depois de "
    "{{ run('e10-l50').epochs }} épocas.",
)

OVERVIEW = Plot(
    id="panorama",
    draw=draw_shares,
    caption="Do {{ label('e10') }} ao {{ label('e10-l50') }}, a acurácia de vizinhos vai de "
    "{{ value('knn_accuracy', 'e10') | percent }} a {{ value('knn_accuracy', 'e10-l50') | percent }}, e a nitidez, de "
    "{{ value('sharpness', 'e10') | number(3) }} a {{ value('sharpness', 'e10-l50') | number(3) }}. Medidas que vão de zero a "
    "um, por treino. SSIM, nitidez e classe reconhecida são das reconstruções de "
    "teste; as duas acurácias, das médias latentes; precisão e revocação, das amostras da prior. Onde não se vê o "
    "traço do intervalo, ele é menor que o marcador{% if seeds | length == 1 %} ou não há com que estimá-lo{% endif %}.",
    alt="Quatro treinos lado a lado. Do {{ label('e10') }} ao {{ label('e10-l50') }}, a SSIM muda de "
    "{{ value('ssim', 'e10') | number(3) }} para {{ value('ssim', 'e10-l50') | number(3) }}, a acurácia de vizinhos, "
    "de {{ value('knn_accuracy', 'e10') | percent }} para {{ value('knn_accuracy', 'e10-l50') | percent }}, e a "
    "revocação das amostras, de {{ value('sample_recall', 'e10') | number(3) }} para "
    "{{ value('sample_recall', 'e10-l50') | number(3) }}.",
)

PLANE = Plot(
    id="plano",
    draw=draw_plane,
    caption="Com β unitário e {{ run('e10').epochs }} épocas, {{ run('e10').latent_dim }} dimensões gastam "
    "{{ value('test_kl', 'e10') | number(1, 'nats') }} de taxa e deixam {{ value('test_bce', 'e10') | number(1) }} de "
    "distorção; {{ run('e10-l50').latent_dim }}, {{ value('test_kl', 'e10-l50') | number(1) }} e "
    "{{ value('test_bce', 'e10-l50') | number(1) }}. Taxa e distorção de todos os VAEs do relatório, em média das sementes de cada um: o que o código custa e o que a reconstrução perde, em nats por "
    "imagem de teste. O rótulo diz em que o treino difere do {{ label('e10') }}. As linhas interrompidas são os "
    "autocodificadores determinísticos, que não têm taxa. No treino sem ruído a distorção é a da média, de modo que a sua taxa "
    "não limita o que o código conta. Em cima, o eixo da taxa é linear até um nat e logarítmico depois; os treinos de β unitário estão ampliados embaixo.",
    alt="Com {{ run('e10').latent_dim }} dimensões, o VAE de β unitário gasta {{ value('test_kl', 'e10') | number(1, 'nats') }} "
    "para perder {{ value('test_bce', 'e10') | number(1) }}; o de β nulo, {{ value('test_kl', 'e10-b0') | number(1) }} e "
    "{{ value('test_bce', 'e10-b0') | number(1) }}; o de β {{ run('e10-b100').beta | exact }}, "
    "{{ value('test_kl', 'e10-b100') | number(1) }} e {{ value('test_bce', 'e10-b100') | number(1) }}. Com "
    "{{ run('e10-l50').latent_dim }} dimensões e β unitário, {{ value('test_kl', 'e10-l50') | number(1) }} e "
    "{{ value('test_bce', 'e10-l50') | number(1) }}.",
)
