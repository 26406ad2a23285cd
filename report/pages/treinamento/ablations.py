"""What each part of the objective holds up: trainings without noise, without the KL term, without the gradient through z."""

import functools
import math

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import POSITIVE
from report.language import ptbr
from report.metrics import METRICS
from report.page import Column, Columns
from report.pages.geracao.dimensions import SEEDS_ALONE, frechet_ratio
from report.pages.treinamento.tables import DEVIATION, MEAN_BCE
from report.tables import Table, metrics_table
from vae import figures
from vae.storage.results import Array

FULL, NO_NOISE, NO_KL, STOPPED = "e10", "e10-mean", "e10-b0", "e10-stopped"
RUNS = (FULL, NO_NOISE, NO_KL, STOPPED)
SHOWN_WIDTH = 2  # images side by side in a column of the picture


def deviation(run: Sample) -> Array:
    """Standard deviation of q(z|x), mean over latent dimensions and test images: (B,)."""
    return run.mean("test_deviation")


def deviation_change(first: Sample, second: Sample) -> Array:
    """Mean standard deviation of q(z|x) of the first run minus that of the second: (B,)."""
    return first.mean("test_deviation") - second.mean("test_deviation")


CLOSED = 0.1
NEARLY_NONE = (
    "é um décimo do desvio-padrão da prior: com menos do que isso, o código quase não varia em torno da média e o modelo é, "
    "na prática, determinístico"
)
WITHOUT = "Sem a reparametrização, o termo KL levaria σ a zero"

CLAIMS = (
    Claim(
        id="39",
        statement=f"{WITHOUT} (sem ruído: o decodificador recebe a média).",
        needs=(NO_NOISE,),
        statistic=deviation,
        measure="média, sobre dimensões e imagens de teste, do desvio-padrão da posterior, no treino sem ruído",
        margin=CLOSED,
        side="below",
        bounds=POSITIVE,
        reason=NEARLY_NONE,
        confirmed=(
            "Treinado sem ruído e com o termo KL, o modelo fecha a posterior: o desvio-padrão médio é de {{ value }}"
            "{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de {{ margin }}."
        ),
        refuted=(
            "Treinado sem ruído, o modelo não fecha a posterior: com o termo KL, o desvio-padrão médio é de "
            "{{ value }}{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de {{ margin }}."
        ),
        inconclusive=(
            "No treino sem ruído, o desvio-padrão médio medido é de {{ value }}, o que "
            "{{ 'fica' if claimed else 'não fica' }} abaixo da margem de {{ margin }}; {{ with_seeds }}, não se decide se "
            "o termo KL leva σ a zero."
        ),
        decimals=3,
    ),
    Claim(
        id="39b",
        statement="O termo KL empurra σ para baixo.",
        needs=(FULL, NO_KL),
        statistic=deviation_change,
        measure="desvio-padrão médio da posterior com o termo KL menos o desvio sem ele, os dois com ruído",
        margin=0.0,
        side="below",
        reason="a afirmação é sobre o sentido do efeito, e qualquer aumento a contraria",
        confirmed=(
            "O termo KL abaixa σ: com ele, o desvio-padrão médio {{ raw | moved(3) }}"
            "{% if interval %} (intervalo da mudança: {{ interval }}){% endif %} em relação ao treino sem ele."
        ),
        refuted=(
            "O termo KL não abaixa σ, ele o sustenta: com ele, o desvio-padrão médio "
            "{{ raw | moved(3) }}{% if interval %} (intervalo da mudança: {{ interval }}){% endif %} em relação ao treino sem ele."
        ),
        inconclusive=(
            "Com o termo KL, o desvio-padrão médio medido {{ raw | moved(3) }} em relação ao treino sem ele; "
            "{{ with_seeds }}, não se decide em que sentido o termo KL move σ."
        ),
        decimals=3,
    ),
    Claim(
        id="39c",
        statement=f"{WITHOUT} (gradiente cortado: o sorteio existe, mas não deixa passar o gradiente).",
        needs=(STOPPED,),
        statistic=deviation,
        measure="média, sobre dimensões e imagens de teste, do desvio-padrão da posterior, no treino de gradiente cortado",
        margin=CLOSED,
        side="below",
        bounds=POSITIVE,
        reason=NEARLY_NONE,
        confirmed=(
            "Com o gradiente cortado no sorteio, a posterior se fecha: o desvio-padrão médio é de {{ value }}"
            "{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de {{ margin }}."
        ),
        refuted=(
            "Com o gradiente cortado no sorteio, σ não vai a zero: o desvio-padrão médio é de {{ value }}"
            "{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de {{ margin }}."
        ),
        inconclusive=(
            "Com o gradiente cortado no sorteio, o desvio-padrão médio medido é de {{ value }}, o que "
            "{{ 'fica' if claimed else 'não fica' }} abaixo da margem de {{ margin }}; {{ with_seeds }}, não se decide se "
            "σ vai a zero."
        ),
        decimals=3,
    ),
    Claim(
        id="39d",
        statement="Sem a reparametrização, o modelo perde a capacidade de gerar.",
        needs=(NO_NOISE, FULL),
        statistic=frechet_ratio,
        measure="distância de Fréchet das amostras aos dados no treino sem ruído, dividida pela do modelo inteiro; "
        f"{SEEDS_ALONE}",
        margin=2.0,
        side="above",
        reason="quem perde a capacidade de gerar fica com ao menos o dobro da distância de Fréchet do modelo inteiro; menos do "
        "que isso é só gerar pior",
        confirmed=(
            "Sem ruído, perde-se a capacidade de gerar: a distância de Fréchet das amostras é {{ value }} {{ 'vez' if raw < 2 else 'vezes' }} a do modelo "
            "inteiro{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de {{ margin }}."
        ),
        refuted=(
            "Sem ruído, não se perde a capacidade de gerar: a distância de Fréchet das amostras é {{ value }} {{ 'vez' if raw < 2 else 'vezes' }} a do "
            "modelo inteiro{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de {{ margin }}."
        ),
        inconclusive=(
            "Sem ruído, a distância de Fréchet das amostras é {{ value }} {{ 'vez' if raw < 2 else 'vezes' }} a do modelo inteiro e "
            "{{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; {{ with_seeds }}, não se decide se se "
            "perde a capacidade de gerar."
        ),
    ),
)


def samples_apart(evidence: Evidence, run: str) -> str:
    """Return the Frechet distance of a run's samples to the data over that of the whole model, with its interval."""
    measured = evidence.estimate(frechet_ratio, run, FULL)
    shown = ptbr.number(measured.value, 2)
    if not math.isfinite(measured.half_width):
        return shown
    return f"{shown} (intervalo {ptbr.interval(measured.low, measured.high, 2)})"


def ablations(evidence: Evidence) -> Table:
    """Return what is left without each part: reconstruction, code, samples; of the seeds that all of RUNS have."""
    rows = ("test_bce", MEAN_BCE, "test_kl", DEVIATION, "mutual_information", "active_units", "knn_accuracy",
            "sample_frechet")  # fmt: skip
    seeds = sorted(evidence.seeds(FULL))
    same = "a mesma semente" if len(seeds) == 1 else f"as mesmas sementes ({ptbr.join(seeds)})"
    caption = (
        f"O modelo inteiro e o que resta sem cada peça, com as mesmas épocas e {same}. O desvio-padrão da prior é "
        "um. A BCE de teste usa o código que o treino usou: um sorteio, ou a média onde não há ruído. No treino "
        "sem ruído, a KL e a I(x; z) são as da gaussiana que o codificador declara; o decodificador recebe a média, que as duas "
        "não limitam."
    )
    return metrics_table(evidence, rows, RUNS, caption)


def draw_column(evidence: Evidence, run: str) -> bytes:
    """Return the first fixed test image of each class, as a run gives it back; the originals if run is the data."""
    name = "fixed_images" if run == "dataset" else "fixed_reconstructions"
    first_of_class = slice(None, None, evidence.grid.evaluation.fixed_per_class)
    return figures.grid_png(evidence.headline(run).array(name)[first_of_class], columns=SHOWN_WIDTH)


def _column(title: str, run: str) -> Column:
    alt = (
        f"{title}: {{{{ deviation('{run}') | number(3) }}}} de desvio-padrão médio e BCE de teste de "
        f"{{{{ kept('test_bce', '{run}') | number(1, 'nats') }}}}."
    )
    return Column(title, alt, functools.partial(draw_column, run=run))


def deviation_of(evidence: Evidence, run: str) -> float:
    """Return the mean standard deviation of q(z|x) of a run."""
    return DEVIATION.measure(evidence, run).value


def collapsed(evidence: Evidence, run: str) -> bool:
    """Return whether the code of a run is the prior's: no dimension varies with the image, and σ is not near zero."""
    # By the margin of the claims: what they call closed is not called the prior.
    active = METRICS["active_units"].measure(evidence, run).value
    return active == 0 and deviation_of(evidence, run) > CLOSED


PICTURE = Columns(
    id="ablacoes",
    columns=(
        Column("Original", "Uma imagem de teste de cada classe.", functools.partial(draw_column, run="dataset")),
        _column("Inteiro", FULL),
        _column("Sem ruído", NO_NOISE),
        _column("Sem KL", NO_KL),
        _column("Gradiente cortado", STOPPED),
    ),
    caption="O desvio-padrão médio da posterior é de {{ deviation('e10') | number(3) }} no modelo inteiro, "
    "{{ deviation('e10-mean') | number(3) }} sem ruído, {{ deviation('e10-b0') | number(3) }} sem KL e "
    "{{ deviation('e10-stopped') | number(3) }} com o gradiente cortado. A primeira imagem de teste de cada classe e a sua reconstrução, decodificada da média, pelo modelo inteiro e "
    "sem cada peça. Onde as reconstruções são iguais em todas as classes, o código não diz qual é a imagem.",
    scale=2,
)
