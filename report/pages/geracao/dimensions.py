"""How many dimensions generate best: distance and overlap of samples and data, by latent dimension."""

import functools
from typing import TYPE_CHECKING

import numpy as np

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import POSITIVE, REDUCTION
from report.language import ptbr
from report.metrics import METRICS, Metric
from report.pages import by_dimension
from report.pages.by_dimension import BY_DIMENSION
from report.tables import Table, alike
from vae.storage.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

# What the reference recommends for a plane to look at, and what it recommends for generation.
FEW, MANY = ("e10", "e10-l3"), ("e10-l10", "e10-l20", "e10-l50")


def frechet_advantage(*runs: Sample, first: int) -> Array:
    """By how much the mean Frechet distance of the first runs is smaller than that of each other run, %; the least counts.

    Of samples to data in the classifier's features; first: how many runs come before the others. The first ones count by
    their mean, and not by their best: which of several is best is chosen by the same chance that is to be judged.
    Source: Dowson & Landau 1982.
    """
    distances = np.stack([run.score("sample_frechet") for run in runs], axis=1)
    return 100 * (1 - distances[:, :first].mean(axis=1, keepdims=True) / distances[:, first:])


def frechet_ratio(run: Sample, other: Sample) -> Array:
    """Frechet distance of samples to data of the first run over that of the second, in the classifier's features.

    Source: Dowson & Landau 1982.
    """
    return run.score("sample_frechet") / other.score("sample_frechet")


SEEDS_ALONE = "a incerteza é só a das sementes"
ADVANTAGE = "uma vantagem de menos de um décimo não bastaria para recomendar outra dimensão"

CLAIMS = (
    Claim(
        id="40",
        statement="Para gerar, a melhor qualidade vem de dez a cinquenta dimensões.",
        needs=(*MANY, *FEW),
        statistic=functools.partial(frechet_advantage, first=len(MANY)),
        measure=(
            "quantos por cento a distância de Fréchet das amostras aos dados, em média nos treinos da faixa recomendada, "
            "é menor que a do melhor dos que têm menos dimensões do que ela; a faixa "
            f"entra pela média porque quem segue a recomendação pode escolher qualquer dimensão dela; {SEEDS_ALONE}"
        ),
        margin=10.0,
        side="above",
        bounds=REDUCTION,
        reason=ADVANTAGE,
        confirmed=(
            "De {{ run('e10-l10').latent_dim }} a {{ run('e10-l50').latent_dim }} dimensões gera-se melhor: em média, a "
            "distância de Fréchet delas é {{ value }} (intervalo {{ interval }}) menor que a do melhor dos treinos de "
            "{{ run('e10').latent_dim }} e {{ run('e10-l3').latent_dim }}."
        ),
        refuted=(
            "De {{ run('e10-l10').latent_dim }} a {{ run('e10-l50').latent_dim }} dimensões não se gera claramente "
            "melhor: na distância de Fréchet, a vantagem média delas sobre o melhor dos treinos de "
            "{{ run('e10').latent_dim }} e {{ run('e10-l3').latent_dim }} é de {{ value }} (intervalo {{ interval }}), "
            "aquém de {{ margin }}{% if raw < 0 %}; negativa, é uma desvantagem{% endif %}."
        ),
        inconclusive=(
            "Na distância de Fréchet, a vantagem média de {{ run('e10-l10').latent_dim }} a "
            "{{ run('e10-l50').latent_dim }} dimensões sobre o melhor dos treinos de {{ run('e10').latent_dim }} e "
            "{{ run('e10-l3').latent_dim }} é de {{ value }}, o que {{ 'passa' if claimed else 'não passa' }} de "
            "{{ margin }}; {{ with_seeds }}, não se decide se geram melhor."
        ),
        unit="%",
        decimals=1,
    ),
    Claim(
        id="40b",
        statement="A fidelidade do que se gera continua a crescer além de dez dimensões.",
        needs=(MANY[-1], MANY[0]),
        statistic=frechet_ratio,
        measure=(
            "a distância de Fréchet das amostras aos dados no fim da faixa recomendada, dividida pela do começo dela; "
            f"{SEEDS_ALONE}"
        ),
        margin=0.9,
        side="below",
        bounds=POSITIVE,
        reason=ADVANTAGE,
        confirmed=(
            "Além de {{ run('e10-l10').latent_dim }} dimensões ainda se ganha: com {{ run('e10-l50').latent_dim }}, a "
            "distância de Fréchet é {{ value }} (intervalo {{ interval }}) {{ 'vez' if raw < 2 else 'vezes' }} a de "
            "{{ run('e10-l10').latent_dim }}."
        ),
        refuted=(
            "De {{ run('e10-l10').latent_dim }} para {{ run('e10-l50').latent_dim }} dimensões não se gera claramente "
            "melhor: a distância de Fréchet com {{ run('e10-l50').latent_dim }} é {{ value }} (intervalo "
            "{{ interval }}) {{ 'vez' if raw < 2 else 'vezes' }} a de {{ run('e10-l10').latent_dim }}."
        ),
        inconclusive=(
            "Com {{ run('e10-l50').latent_dim }} dimensões, a distância de Fréchet é {{ value }} {{ 'vez' if raw < 2 else 'vezes' }} a de "
            "{{ run('e10-l10').latent_dim }}. Um ganho que contasse daria menos de {{ margin }}; {{ with_seeds }}, não "
            "se decide."
        ),
        decimals=3,
    ),
)


def draw_frechet(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return the Frechet distance of samples and of reconstructions to data, by latent dimension."""
    paths = [
        by_dimension.trajectory(evidence, "amostras", "series1", "sample_frechet"),
        by_dimension.trajectory(evidence, "reconstruções", "series2", "recon_frechet"),
    ]
    return by_dimension.draw(paths, theme, "distância de Fréchet")


def draw_overlap(evidence: Evidence, theme: "Theme") -> "Figure":
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
    metrics = [METRICS[name] for name in columns.values()]
    evidence, of_seeds = alike(evidence, BY_DIMENSION)

    def cell(metric: Metric, run: str) -> str:
        # Few decimals, and reconstructions without their interval, so that the table stays in its column.
        measured = metric.measure(evidence, run)
        if metric is METRICS["recon_frechet"]:
            return ptbr.number(measured.value, metric.decimals)
        return metric.text(measured, most_decimals=2)

    rows = [
        [
            ptbr.integer(evidence.spec(run).latent_dim),
            *(cell(metric, run) for metric in metrics),
        ]
        for run in BY_DIMENSION
    ]
    caption = (
        "Amostras de treinos que só diferem na dimensão latente, contra as imagens de teste: "
        f"{interval_note}. A segunda coluna de números é a distância de Fréchet das reconstruções, sem o seu intervalo.{of_seeds}"
    )
    return str(Table(["Dimensões", *columns], rows, caption, id="amostras-dimensao"))
