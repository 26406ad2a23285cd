"""How many dimensions generate best: distance and overlap of samples and data, by latent dimension."""

import dataclasses
import functools

import numpy as np
from matplotlib.figure import Figure

from report import by_dimension, ptbr
from report.by_dimension import BY_DIMENSION, FEW, MANY
from report.claims import Claim
from report.evidence import Evidence
from report.metrics import METRICS
from report.sample import Sample
from report.tables import Table
from vae.figures import Theme
from vae.results import Array


def best_frechet_ratio(*runs: Sample, first: int) -> Array:
    """Smallest Frechet distance of samples to data among the first runs over the smallest among the others.

    In the classifier's features; first: how many runs come before the others. Source: Dowson & Landau 1982.
    """
    distances = [run.score("sample_frechet") for run in runs]
    return np.min(distances[:first], axis=0) / np.min(distances[first:], axis=0)


SEEDS_ALONE = "a incerteza é só a das sementes"
ADVANTAGE = "uma vantagem de menos de um décimo não bastaria para recomendar outra dimensão"

CLAIMS = (
    Claim(
        id="40",
        statement="Para gerar, a melhor qualidade vem de dez a cinquenta dimensões.",
        needs=(*MANY, *FEW),
        statistic=functools.partial(best_frechet_ratio, first=len(MANY)),
        measure=(
            "a menor distância de Fréchet das amostras aos dados entre os treinos de dez, vinte e cinquenta dimensões, "
            f"dividida pela menor entre os de duas, três e cinco; {SEEDS_ALONE}"
        ),
        margin=0.9,
        side="below",
        reason=ADVANTAGE,
        confirmed=(
            "De {{ run('e10-l10').latent_dim }} a {{ run('e10-l50').latent_dim }} dimensões gera-se melhor: a menor "
            "distância de Fréchet delas é {{ value }} (intervalo {{ interval }}) vezes a menor dos treinos de "
            "{{ run('e10').latent_dim }} a {{ run('e10-l5').latent_dim }}."
        ),
        refuted=(
            "De {{ run('e10-l10').latent_dim }} a {{ run('e10-l50').latent_dim }} dimensões não se gera claramente "
            "melhor: a menor distância de Fréchet delas é {{ value }} (intervalo {{ interval }}) vezes a menor dos "
            "treinos de {{ run('e10').latent_dim }} a {{ run('e10-l5').latent_dim }}."
        ),
        inconclusive=(
            "A menor distância de Fréchet de {{ run('e10-l10').latent_dim }} a {{ run('e10-l50').latent_dim }} "
            "dimensões é {{ value }} vezes a menor de {{ run('e10').latent_dim }} a {{ run('e10-l5').latent_dim }}, o "
            "que {{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide se "
            "geram melhor."
        ),
        decimals=3,
    ),
    Claim(
        id="40b",
        statement="A fidelidade do que se gera continua a crescer além de dez dimensões.",
        needs=(MANY[-1], MANY[0]),
        statistic=functools.partial(best_frechet_ratio, first=1),
        measure=(
            "a distância de Fréchet das amostras aos dados com cinquenta dimensões, dividida pela de dez; "
            f"{SEEDS_ALONE}"
        ),
        margin=0.9,
        side="below",
        reason=ADVANTAGE,
        confirmed=(
            "Além de {{ run('e10-l10').latent_dim }} dimensões ainda se ganha: com {{ run('e10-l50').latent_dim }}, a "
            "distância de Fréchet é {{ value }} (intervalo {{ interval }}) vezes a de "
            "{{ run('e10-l10').latent_dim }}."
        ),
        refuted=(
            "De {{ run('e10-l10').latent_dim }} para {{ run('e10-l50').latent_dim }} dimensões não se gera claramente "
            "melhor: a distância de Fréchet com {{ run('e10-l50').latent_dim }} é {{ value }} (intervalo "
            "{{ interval }}) vezes a de {{ run('e10-l10').latent_dim }}."
        ),
        inconclusive=(
            "Com {{ run('e10-l50').latent_dim }} dimensões, a distância de Fréchet é {{ value }} vezes a de "
            "{{ run('e10-l10').latent_dim }}. Um ganho que contasse daria menos de {{ margin }}; {{ with_seeds }}, não "
            "se decide."
        ),
        decimals=3,
    ),
)


def draw_frechet(evidence: Evidence, theme: Theme) -> Figure:
    """Return the Frechet distance of samples and of reconstructions to data, by latent dimension."""
    paths = [
        by_dimension.trajectory(evidence, "amostras", "series1", "sample_frechet"),
        by_dimension.trajectory(evidence, "reconstruções", "series2", "recon_frechet"),
    ]
    return by_dimension.draw(paths, theme, "distância de Fréchet")


def draw_overlap(evidence: Evidence, theme: Theme) -> Figure:
    """Return precision, recall, density and coverage of samples, by latent dimension."""
    shown = ("sample_precision", "sample_recall", "sample_density", "sample_coverage")
    paths = [
        by_dimension.trajectory(evidence, METRICS[metric].label.lower(), f"series{index}", metric)
        for index, metric in enumerate(shown, start=1)
    ]
    return by_dimension.draw(paths, theme, "valor (mais é melhor)")


def dimension_table(evidence: Evidence, interval_note: str) -> str:
    """Return how close samples are to data, a latent dimension a row."""
    columns = {
        "Fréchet ↓": "sample_frechet",
        "Das recons. ↓": "recon_frechet",
        "Precisão ↑": "sample_precision",
        "Revocação ↑": "sample_recall",
        "Densidade ↑": "sample_density",
        "Cobertura ↑": "sample_coverage",
    }
    # Two decimals at most, so that the table stays in its column.
    metrics = [dataclasses.replace(METRICS[name], decimals=min(METRICS[name].decimals, 2)) for name in columns.values()]
    rows = [
        [
            ptbr.integer(evidence.spec(run).latent_dim),
            *(metric.text(metric.measure(evidence, run)) for metric in metrics),
        ]
        for run in BY_DIMENSION
    ]
    caption = (
        "Amostras de treinos que só diferem na dimensão latente, contra as imagens de teste: "
        f"{interval_note}. A segunda coluna de números é a distância de Fréchet das reconstruções."
    )
    return str(Table(["Dimensões", *columns], rows, caption, id="amostras-dimensao"))


def best_run(evidence: Evidence, metric: str) -> str:
    """Return the training of ten epochs whose metric is best."""
    chosen = METRICS[metric]
    values = [chosen.measure(evidence, run).value for run in BY_DIMENSION]
    return BY_DIMENSION[int(np.argmin(values) if chosen.better == "lower" else np.argmax(values))]
