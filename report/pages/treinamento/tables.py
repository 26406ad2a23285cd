"""Tables of the training page that need no statistics: what the specs say, and what the trainings cost."""

import math
import statistics
from collections.abc import Sequence

from report.evidence import Evidence
from report.judging.statistics import POSITIVE
from report.language import ptbr
from report.language.labels import run_label
from report.language.untrusted import plain
from report.metrics import OBJECTIVES, Metric, mean
from report.tables import Table

MEAN_BCE = Metric("BCE de teste pela média", mean("test_mean_bce"), 2, "nats", "lower", OBJECTIVES)
DEVIATION = Metric("\\(\\sigma\\) médio da posterior", mean("test_deviation"), 3, bounds=POSITIVE)


def train_images(evidence: Evidence, run: str) -> int:
    """Return how many images an epoch of a run goes through."""
    return min(evidence.spec(run).training.train_images or evidence.info.train_images, evidence.info.train_images)


def hyperparameters(evidence: Evidence, runs: Sequence[str]) -> Table:
    """Return what the specs of the runs say, with a column a run."""
    specs = [evidence.spec(run) for run in runs]
    images = [train_images(evidence, run) for run in runs]
    steps = [math.ceil(n / spec.training.batch_size) for n, spec in zip(images, specs, strict=True)]

    rows = [
        ["Dimensões latentes", *(ptbr.integer(spec.latent_dim) for spec in specs)],
        ["Épocas", *(ptbr.integer(spec.epochs) for spec in specs)],
        ["Imagens de treino por época", *map(ptbr.integer, images)],
        ["Imagens por lote", *(ptbr.integer(spec.training.batch_size) for spec in specs)],
        ["Passos do otimizador", *(ptbr.integer(n * spec.epochs) for n, spec in zip(steps, specs, strict=True))],
        ["Taxa de aprendizado (constante)", *(ptbr.exact(spec.training.learning_rate) for spec in specs)],
        ["Peso \\(\\beta\\) da KL", *(ptbr.exact(spec.beta) for spec in specs)],
        ["Parâmetros", *(ptbr.integer(round(evidence.headline(run).score("parameters"))) for run in runs)],
    ]  # fmt: skip
    caption = "Hiperparâmetros, lidos das especificações dos treinos."
    return Table(["Hiperparâmetro", *map(run_label, specs)], rows, caption, "hiperparametros")


def channels(widths: tuple[int, ...]) -> str:
    """Return the widths of successive layers, as "1 → 32 → 64"."""
    return ptbr.mark(" → ".join(map(str, widths)))


def costs(evidence: Evidence, runs: Sequence[str]) -> Table:
    """Return the wall time of every run of the first seed, as its provenance has it."""
    rows = []
    for run in runs:
        spec, seconds = evidence.spec(run), evidence.epoch_seconds(run)
        middle = statistics.median(seconds)
        rate = round(train_images(evidence, run) / middle)
        device = evidence.device(run)
        cells = [ptbr.duration(middle), ptbr.integer(rate), ptbr.duration(sum(seconds))]
        rows.append([run_label(spec), *cells, ptbr.mark(plain(device), device)])
    caption = (
        "Custo em tempo do treino com a primeira semente, sem a avaliação. Por época, a mediana, que uma máquina "
        "ocupada por outra tarefa perturba menos do que a média."
    )
    return Table(["Treino", "Por época", "Imagens/s", "Ao todo", "Dispositivo"], rows, caption, "custo")


def fits(evidence: Evidence, pairs: Sequence[tuple[str, str]]) -> Table:
    """Return what VAEs lose against autoencoders of the same size: decoded from the mean, and of the draw besides."""
    rows = []
    for vae, autoencoder in pairs:
        both = evidence.paired((vae, autoencoder))  # a row's numbers subtract to its difference
        measured = [MEAN_BCE.measure(both, run) for run in (vae, autoencoder)]
        distance = MEAN_BCE.difference(both, autoencoder, vae)
        draw = both.estimate(lambda run: run.mean("test_bce") - run.mean("test_mean_bce"), vae)
        cells = [MEAN_BCE.text(value, unit=False) for value in (*measured, distance, draw)]
        rows.append([run_label(evidence.spec(vae)), ptbr.integer(len(both.seeds(vae))), *cells])
    caption = (
        "BCE de teste, em nats por imagem, das reconstruções decodificadas da média, do VAE e do autocodificador determinístico "
        "de mesmas camadas, e o que o sorteio do código ainda acrescenta à do VAE. Cada linha é das sementes que os seus dois treinos têm."
    )
    header = ["Treino", "Sementes", "VAE", "Autocodificador", "VAE − autocodificador", "Custo do sorteio"]
    return Table(header, rows, caption, "ajuste")
