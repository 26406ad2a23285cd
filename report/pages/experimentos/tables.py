"""Tables of the experiments: what epochs, dimensions, the weight of the KL term and the number of images change."""

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from report.evidence import Evidence
from report.judging.sample import Sample
from report.judging.statistics import Estimate
from report.language import ptbr
from report.metrics import METRICS, Metric
from report.pages.by_dimension import BY_DIMENSION
from report.pages.experimentos.claims import doubling_gain
from report.pages.treinamento.claims import generalisation_gap
from report.pages.treinamento.tables import DEVIATION, train_images
from report.tables import Table, alike
from vae.grid import RUNS, SNAPSHOTS, WIDE, alike_but_for

BY_BETA = (*alike_but_for("e10", "beta"), *alike_but_for(WIDE, "beta"))
HALVINGS = 3  # of the longest training, at which its curve is read
LEVEL = 1.0  # nats: what larger latents gain below this is called nothing


def _by_images() -> Iterator[str]:
    """Yield the runs of fewer images, and after those of each size that of all images."""
    rows = {row.name: row for row in RUNS}
    found = alike_but_for("e10", "latent_dim", "train_images", "epochs")
    sizes = {rows[name].latent_dim for name in found if rows[name].train_images}
    for name in found:
        if rows[name].train_images or (name in BY_DIMENSION and rows[name].latent_dim in sizes):
            yield name


BY_IMAGES = tuple(_by_images())


def used_share(run: Sample) -> float:
    """Share of the latent dimensions that are in use: whose posterior mean varies by more than a tenth of the prior's variance."""
    return run.used_dimensions() / run.array("latent_mean").shape[1]


USED_SHARE = Metric("Parte em uso", used_share, 0, "%", None, "report/judging/sample.py")


def stretches(evidence: Evidence) -> Table:
    """Return what each stretch of the trajectory costs and gains."""
    bound = METRICS["test_neg_elbo"]
    rows = []
    for before, after in itertools.pairwise(SNAPSHOTS):
        first, last = evidence.spec(before).epochs, evidence.spec(after).epochs
        change = bound.difference(evidence, before, after)
        doubling = evidence.estimate(doubling_gain, before, after)
        rows.append([
            ptbr.mark(f"{first}{ptbr.NO_BREAK}→{ptbr.NO_BREAK}{last}"),
            ptbr.duration(sum(evidence.epoch_seconds(after)[first:last])),
            bound.text(change, unit=False),
            ptbr.number(-change.value / (last - first), 3),
            bound.text(doubling, unit=False),
        ])  # fmt: skip
    header = [
        "Épocas", "Tempo a mais", "Mudança do −ELBO (nats)", "Ganho por época (nats)", "Ganho por duplicação (nats)",
    ]  # fmt: skip
    caption = (
        "O que muda em cada trecho da trajetória: diferença pareada do −ELBO de teste entre o fim e o começo. O ganho é a "
        "queda, dividida pelas épocas do trecho ou pelo número de vezes que nele o treino dobra. O tempo é o medido com a "
        "primeira semente."
    )
    return Table(header, rows, caption, "trechos")


def halvings(evidence: Evidence) -> list[tuple[int, int, float]]:
    """Return what each doubling up to the longest snapshot gained, mean over seeds: epochs, fall of the validation −ELBO."""
    run = SNAPSHOTS[-1]
    losses = np.mean([result.history["validation_neg_elbo"] for result in evidence.seeds(run).values()], axis=0)
    epochs = sorted({max(1, evidence.spec(run).epochs >> times) for times in range(HALVINGS + 1)})
    return [(first, last, float(losses[first - 1] - losses[last - 1])) for first, last in itertools.pairwise(epochs)]


def sweep(evidence: Evidence) -> Table:
    """Return what each size of the latent gives with the same epochs."""
    names, counts = ("test_neg_elbo", "test_bce", "test_kl"), ("active_units", "used_units")
    evidence, of_seeds = alike(evidence, BY_DIMENSION)
    rows, previous, decimals = [], "", 0 if len(evidence.seeds(BY_DIMENSION[0])) == 1 else 1
    for run in BY_DIMENSION:
        cells = [METRICS[name].text(METRICS[name].measure(evidence, run), unit=False) for name in names]
        change = METRICS["test_neg_elbo"].difference(evidence, previous, run) if previous else None
        cells.insert(1, METRICS["test_neg_elbo"].text(change, unit=False) if change else "—")
        # Without their intervals, so that the table stays in its column.
        cells += [ptbr.number(METRICS[name].measure(evidence, run).value, decimals) for name in counts]
        rows.append([ptbr.integer(evidence.spec(run).latent_dim), *cells])
        previous = run
    header = ["Dimensões", "−ELBO", "Mudança", "BCE", "KL", "Ativas", "Em uso"]
    caption = (
        f"Treinos de {ptbr.plural(evidence.spec(BY_DIMENSION[0]).epochs, 'época', 'épocas')} que só diferem na dimensão do "
        "latente: termos do −ELBO de teste, em nats por imagem; a mudança é em relação à linha de cima, pareada por "
        "semente e imagem. Ativas são as dimensões de média com variância acima de um centésimo; em uso, acima de um décimo."
        f"{of_seeds}"
    )
    return Table(header, rows, caption, "dimensoes")


def enough_dimensions(evidence: Evidence) -> int:
    """Return the smallest latent of the sweep that no larger one betters by LEVEL nats of −ELBO: the largest, at worst."""
    paired = evidence.paired(BY_DIMENSION)
    losses = [METRICS["test_neg_elbo"].measure(paired, run).value for run in BY_DIMENSION]
    enough = next(i for i, loss in enumerate(losses) if all(loss - later < LEVEL for later in losses[i + 1 :]))
    return evidence.spec(BY_DIMENSION[enough]).latent_dim


def ends(evidence: Evidence) -> Table:
    """Return what the weight of the KL term does, at both sizes."""
    losses, code = (METRICS["test_bce"], METRICS["test_kl"]), (METRICS["mutual_information"], DEVIATION, USED_SHARE)
    evidence, of_seeds = alike(evidence, BY_BETA)
    rows = []
    for run in BY_BETA:
        cells = [metric.text(metric.measure(evidence, run), unit=False) for metric in losses]
        # Without their intervals, so that the table stays in its column.
        values = ((metric, metric.measure(evidence, run).value) for metric in code)
        cells += [ptbr.number(100 * value if metric.percent else value, metric.decimals) for metric, value in values]
        rows.append([ptbr.integer(evidence.spec(run).latent_dim), ptbr.exact(evidence.spec(run).beta), *cells])
    header = [
        "Dimensões",
        "Peso \\(\\beta\\)",
        "BCE (nats)",
        "KL (nats)",
        "\\(I(x; z)\\) (nats)",
        "\\(\\sigma\\) médio",
        "Parte em uso (%)",
    ]
    caption = (
        "O peso da KL nos dois tamanhos de latente, com as mesmas épocas, nas imagens de teste. \\(\\sigma\\) médio é o desvio-padrão "
        "da posterior, em média sobre dimensões e imagens; o da prior é um. Parte em uso: das dimensões latentes."
        f"{of_seeds}"
    )
    return Table(header, rows, caption, "beta")


def by_images(evidence: Evidence) -> Table:
    """Return the generalisation gap by number of training images and size of the latent."""
    evidence, of_seeds = alike(evidence, BY_IMAGES)
    rows = []
    for run in BY_IMAGES:
        spec = evidence.spec(run)
        gap = evidence.estimate(generalisation_gap, run, "dataset")
        train = evidence.estimate(lambda sample: sample.score("train_deviance") + sample.score("train_kl"), run)
        test = evidence.estimate(
            lambda sample, data: sample.mean("test_bce") + sample.mean("test_kl") - data.mean("test_entropy"),
            run, "dataset",
        )  # fmt: skip
        counts = [
            ptbr.integer(number)
            for number in (spec.latent_dim, train_images(evidence, run), spec.epochs, steps(evidence, run))
        ]
        rows.append([*counts, *_texts((train, test, gap))])
    header = ["Dimensões", "Imagens", "Épocas", "Passos", "Treino", "Teste", "Distância"]
    caption = (
        "Sobreajuste por número de imagens de treino: −ELBO descontada a entropia dos pixels, em nats por imagem, no "
        f"treino e no teste, e a distância entre os dois.{of_seeds}"
    )
    return Table(header, rows, caption, "imagens")


def steps(evidence: Evidence, run: str) -> int:
    """Return how many steps the optimiser took in a run."""
    spec = evidence.spec(run)
    return math.ceil(train_images(evidence, run) / spec.training.batch_size) * spec.epochs


def _texts(estimates: Sequence[Estimate]) -> list[str]:
    return [METRICS["test_neg_elbo"].text(estimate, unit=False) for estimate in estimates]
