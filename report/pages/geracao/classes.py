"""The classes of prior samples, held against those of reconstructions: the same classifier looks at both."""

from typing import TYPE_CHECKING

import numpy as np

from report.evidence import Evidence
from report.judging import statistics
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import PERCENTAGE, SHARE, Estimate, possible
from report.language import ptbr
from report.language.labels import run_label
from report.metrics import METRICS, class_shift
from report.origins.numbers import constant
from report.pages.geracao.claims import JUDGED
from report.tables import Table
from vae import figures
from vae.grid import REFERENCE_RUNS
from vae.storage.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

NAMED = 2  # classes named on each side, at most
DECIMALS = 1  # of a share in %


def class_imbalance(run: Sample) -> Array:
    """Total variation between the classes of prior samples and of reconstructions of the test images, in %.

    One classifier sees both, so that what it mistakes in all that the decoder draws counts on both sides.
    """
    return 100 * class_shift(run)


CLAIMS = (
    Claim(
        id="24",
        statement="As amostras são diversas: as categorias aparecem naturalmente.",
        needs=(JUDGED,),
        statistic=class_imbalance,
        measure=(
            "variação total entre as classes que o classificador vê nas amostras e as que vê nas reconstruções das "
            "imagens de teste, que o mesmo decodificador desenha"
        ),
        margin=10.0,
        side="below",
        bounds=PERCENTAGE,
        reason="entre dez classes iguais, a falta completa de uma delas já dá esse valor",
        confirmed=(
            "As amostras do {{ label('e100') }} repartem-se pelas classes quase como as reconstruções de imagens "
            "reais: a variação total entre umas e outras é de {{ value }} (intervalo {{ interval }})."
        ),
        refuted=(
            "As amostras do {{ label('e100') }} não se repartem pelas classes como as reconstruções de imagens "
            "reais: a variação total entre umas e outras é de {{ value }} (intervalo {{ interval }})."
        ),
        inconclusive=(
            "Vistas pelo mesmo classificador, as classes das amostras do {{ label('e100') }} diferem das classes das "
            "reconstruções de imagens reais numa variação total de {{ value }}, que {{ 'fica' if claimed else 'não "
            "fica' }} abaixo do limite de {{ margin }}; {{ with_seeds }}, não se decide se a diferença fica "
            "desse lado do limite."
        ),
        unit="%",
        decimals=1,
    ),
)


def data_shift(run: Sample, classifier: Sample) -> Array:
    """Return the total variation between the classes that the classifier sees in reconstructions and in their originals."""
    seen, real = run.class_shares("recon_classes"), classifier.class_shares("test_predictions")
    return np.abs(seen - real).sum(axis=1) / 2


def recon_shift(evidence: Evidence, run: str) -> Estimate:
    """Return how far the classes of a run's reconstructions are from those of their originals; see data_shift."""
    return possible(evidence.estimate(data_shift, run, "classifier"), SHARE)


def shift_table(evidence: Evidence) -> str:
    """Return the three distances between the classes of data, reconstructions and samples, run by run."""
    metrics = (METRICS["sample_shift"], METRICS["sample_tv"])
    reached = [[metric.measure(evidence, run) for run in REFERENCE_RUNS] for metric in metrics]
    rows = {
        "Dos dados às reconstruções": [recon_shift(evidence, run) for run in REFERENCE_RUNS],
        "Das reconstruções às amostras": reached[0],
        "Dos dados às amostras": reached[1],
    }
    confidence = ptbr.percent(constant(statistics, "CONFIDENCE"), 0)
    caption = (
        "Variação total entre as classes que o classificador vê, em %: valor ± metade do intervalo de "
        f"{confidence}, onde se pode estimá-lo. São os lados de um triângulo: nenhum passa da soma dos outros dois, e nem "
        "por isso se somam."
    )
    header = ["Variação total (%)", *(run_label(evidence.spec(run)) for run in REFERENCE_RUNS)]
    return str(Table(header, [[name, *map(_cell, measured)] for name, measured in rows.items()], caption, "classes"))


def _cell(share: Estimate) -> str:
    value, low, high = (100 * end for end in (share.value, share.low, share.high))
    return ptbr.with_interval(value, low, high, DECIMALS)


def moves(evidence: Evidence, run: str, shares: bool = False) -> str:
    """Return which classes samples have more, and which fewer, than reconstructions: "sobra Bag e faltam Shirt e Coat".

    The NAMED that differ most on each side, and only what differs in print. shares: each with its share of the samples
    and of the reconstructions.
    """
    samples, reconstructions = (class_shares(evidence, run, name) for name in ("sample_classes", "recon_classes"))
    excess = np.round(100 * (samples - reconstructions), DECIMALS)

    def named(indices: list[int]) -> list[str]:
        names = [ptbr.mark(evidence.info.classes[index]) for index in indices]
        parts = [f" ({ptbr.percent(samples[index], DECIMALS)} das amostras, "
                 f"{ptbr.percent(reconstructions[index], DECIMALS)} das reconstruções)" for index in indices]  # fmt: skip
        return [name + (part if shares else "") for name, part in zip(names, parts, strict=True)]

    order = np.argsort(excess, kind="stable")
    more = named([int(index) for index in order[::-1][:NAMED] if excess[index] > 0])
    fewer = named([int(index) for index in order[:NAMED] if excess[index] < 0])
    words = [f"{verb if len(names) == 1 else several} {ptbr.join(names)}"
             for names, verb, several in ((more, "sobra", "sobram"), (fewer, "falta", "faltam")) if names]  # fmt: skip
    return ("; " if shares else " e ").join(words) if words else "nenhuma classe sobra nem falta"


def draw_balance(evidence: Evidence, theme: "Theme", run: str) -> "Figure":
    """Return the share of each class in test images, reconstructions and samples of a run, all seen by the classifier."""
    series = [
        figures.Series("imagens de teste", "data", 100 * data_shares(evidence)),
        figures.Series("reconstruções", "series2", 100 * class_shares(evidence, run, "recon_classes")),
        figures.Series("amostras", "series1", 100 * class_shares(evidence, run, "sample_classes")),
    ]
    return figures.grouped_bars(
        evidence.info.classes, series, theme=theme, x_label="% das imagens, segundo o classificador",
        tick_format=ptbr.tick_format(0),
    )  # fmt: skip


def data_shares(evidence: Evidence) -> Array:
    """Return the share of test images that the classifier puts into each class, (C,)."""
    return _shares(evidence, evidence.classifier.array("test_predictions"))


def class_shares(evidence: Evidence, run: str, name: str) -> Array:
    """Return the share of a run's images of a kind that the classifier puts into each class, mean over seeds, (C,)."""
    return np.mean([_shares(evidence, result.array(name)) for result in evidence.seeds(run).values()], axis=0)


def _shares(evidence: Evidence, classes: Array) -> Array:
    return np.bincount(classes, minlength=len(evidence.info.classes)) / len(classes)
