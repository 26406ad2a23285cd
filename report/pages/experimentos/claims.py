"""Claims on how long to train: what the epochs after a snapshot still gain."""

import numpy as np

from report.judging.claims import Claim, untestable
from report.judging.sample import Sample
from vae.grid import SNAPSHOTS
from vae.storage.results import Array

LEAST_GAIN = 0.1  # nats: a gain below this is none, and a ratio to it would be noise


def gain_ratio(e10: Sample, e50: Sample, e100: Sample) -> Array:
    """Fall of the test −ELBO over the second stretch of the trajectory, divided by that over the first.

    A first gain below LEAST_GAIN counts as that much, so that the ratio keeps its sign and stays finite.
    """
    first, middle, last = (sample.mean("test_bce") + sample.mean("test_kl") for sample in (e10, e50, e100))
    return (middle - last) / np.maximum(first - middle, LEAST_GAIN)


def late_gain(e10: Sample, e50: Sample, e100: Sample) -> Array:
    """Fall of the test −ELBO over the second stretch of the trajectory in % of that over the first."""
    return 100 * gain_ratio(e10, e50, e100)


def doubling_ratio(e10: Sample, e50: Sample, e100: Sample) -> Array:
    """Fall of the test −ELBO for each doubling of the epochs in the second stretch, divided by that in the first, in %.

    A first gain below LEAST_GAIN for a doubling counts as that much.
    """
    first, second = doubling_gain(e10, e50), doubling_gain(e50, e100)
    return 100 * second / np.maximum(first, LEAST_GAIN)


def doubling_gain(before: Sample, after: Sample) -> Array:
    """Return the fall of the test −ELBO between two snapshots, nats for each doubling of the epochs: (B,)."""
    losses = [run.mean("test_bce") + run.mean("test_kl") for run in (before, after)]
    epochs = [run.result.spec["training"]["epochs"] for run in (before, after)]
    return (losses[0] - losses[1]) / np.log2(epochs[1] / epochs[0])


MARGINAL = Claim(
    id="8",
    statement="Depois de cinquenta épocas, os ganhos são marginais.",
    needs=SNAPSHOTS,
    statistic=late_gain,
    measure="ganho de −ELBO de teste do segundo ao terceiro instantâneo, dividido pelo do primeiro ao segundo, em média das razões de cada semente",
    margin=25.0,
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
    unit="%",
    decimals=0,
)

BEND = Claim(
    id="9",
    statement="Com duas dimensões, cinquenta épocas dão a melhor relação entre qualidade e tempo.",
    needs=SNAPSHOTS,
    statistic=doubling_ratio,
    measure="ganho de −ELBO de teste por duplicação das épocas depois do segundo instantâneo, dividido pelo de antes dele, em média das razões de cada semente",
    margin=50.0,
    side="below",
    reason="em épocas, e não em segundos, para que o relógio da máquina não decida; se dobrar o treino passa a render menos "
    "da metade, é até ali que o tempo se aproveita melhor",
    confirmed=(
        "Depois de {{ run('e50').epochs }} épocas, dobrar o treino rende menos da metade do que rendia antes: {{ value }}"
        "{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de {{ margin }}."
    ),
    refuted=(
        "Depois de {{ run('e50').epochs }} épocas, dobrar o treino ainda rende mais da metade do que rendia antes: "
        "{{ value }}{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de {{ margin }}."
    ),
    inconclusive=(
        "Depois de {{ run('e50').epochs }} épocas, dobrar o treino rendeu {{ value }} do que rendia antes, o que "
        "{{ 'fica' if claimed else 'não fica' }} abaixo da margem de {{ margin }}; {{ with_seeds }}, não se decide se "
        "passa a render menos da metade."
    ),
    unit="%",
    decimals=0,
)

LONGER = untestable(
    "9b",
    "Cem épocas ou mais só são úteis com latentes maiores ou para um ajuste fino.",
    "com todas as imagens, nenhum latente maior foi treinado além das épocas do treino curto, e nenhum treino passa das do "
    "longo",
)

CLAIMS = (MARGINAL, BEND, LONGER)
