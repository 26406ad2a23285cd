"""Whether a high reconstruction loss marks what is foreign to the data, and how much of it the pixels cost by themselves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from report.evidence import Evidence
from report.judging.bootstrap import weighted_auroc
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import SHARE, Estimate, possible
from report.language import ptbr
from report.language.labels import run_label
from report.pages.reconstrucoes.claims import LONGEST
from report.tables import Table
from vae import figures
from vae.grid import REFERENCE_RUNS
from vae.storage.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

Areas = Mapping[str, tuple[Estimate, Estimate]]  # AUROC of BCE and of deviance, by run


def bce_auroc(run: Sample) -> Array:
    """Probability that a foreign image has a higher BCE, decoded from the posterior mean, than a test image.

    AUROC, images of both kinds resampled.
    """
    return _auroc(run, run.array("foreign_bce"), run.array("test_mean_bce"))


def deviance_auroc(run: Sample, data: Sample) -> Array:
    """Probability that a foreign image has a higher deviance (BCE less its pixel entropy) than a test image.

    AUROC, images of both kinds resampled.
    """
    foreign = run.array("foreign_bce") - data.array("foreign_entropy")
    return _auroc(run, foreign, run.array("test_mean_bce") - data.array("test_entropy"))


def _auroc(sample: Sample, foreign: Array, test: Array) -> Array:
    # Foreign images have the weights after those of the test images, so that the two are resampled independently.
    weights = sample.weights(len(test) + len(foreign), min(len(test), len(foreign)))
    return weighted_auroc(foreign, test, weights[:, len(test) :], weights[:, : len(test)])


ALARM = 0.9  # AUROC
USEFUL = (
    "em nove de cada dez pares, a imagem alheia perderia mais que a do teste; com menos, um alarme útil perderia "
    "muitas delas ou soaria à toa"
)

CLAIMS = (
    Claim(
        id="41",
        statement="Itens com alta perda de reconstrução podem indicar amostras fora da distribuição de treino.",
        needs=(LONGEST,),
        statistic=bce_auroc,
        measure=(
            "AUROC da BCE: a probabilidade de que uma imagem alheia, um algarismo, tenha BCE maior que uma imagem do "
            "teste"
        ),
        margin=0.5,
        side="above",
        bounds=SHARE,
        reason="o que só pode indicar tem de separar melhor que o acaso, que daria metade dos pares; se basta como alarme é "
        "outra pergunta",
        confirmed=(
            "A BCE do {{ label('e100') }} separa das roupas as imagens alheias, de algarismos, melhor que o acaso: a AUROC é {{ value }} (intervalo "
            "{{ interval }}), acima de {{ margin }}."
        ),
        refuted=(
            "A BCE do {{ label('e100') }} não separa das roupas as imagens alheias, de algarismos, melhor que o acaso: a AUROC é {{ value }} (intervalo "
            "{{ interval }}), aquém de {{ margin }}."
        ),
        inconclusive=(
            "A AUROC da BCE do {{ label('e100') }}, entre imagens alheias e as do teste, é {{ value }} e "
            "{{ 'passa' if claimed else 'não passa' }} de {{ margin }}, o acaso; {{ with_seeds }}, não se decide se a perda "
            "as indica."
        ),
        decimals=3,
        foreign=True,
    ),
    Claim(
        id="41b",
        ours=True,
        statement=(
            "A perda de reconstrução, descontada a entropia dos pixels, basta como alarme de amostras fora da distribuição de "
            "treino."
        ),
        needs=(LONGEST, "dataset"),
        statistic=deviance_auroc,
        measure=(
            "AUROC do desvio: a probabilidade de que uma imagem alheia, um algarismo, tenha desvio maior que uma imagem "
            "do teste"
        ),
        margin=ALARM,
        side="above",
        bounds=SHARE,
        reason=USEFUL,
        confirmed=(
            "O desvio do {{ label('e100') }} basta como alarme de imagens alheias, de algarismos: a AUROC é {{ value }} (intervalo "
            "{{ interval }}), acima de {{ margin }}."
        ),
        refuted=(
            "O desvio do {{ label('e100') }} não basta como alarme de imagens alheias: a AUROC é {{ value }} (intervalo "
            "{{ interval }}), aquém de {{ margin }}."
        ),
        inconclusive=(
            "A AUROC do desvio do {{ label('e100') }}, entre imagens alheias e as do teste, é {{ value }} e "
            "{{ 'passa' if claimed else 'não passa' }} de {{ margin }}; {{ with_seeds }}, não se decide se o desvio basta "
            "como alarme."
        ),
        decimals=3,
        foreign=True,
    ),
)


def draw_losses(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return the spread of BCE and of deviance among test images, and foreign ones if there are any, of the first seed."""
    result, data = evidence.headline(LONGEST), evidence.dataset
    kinds = [("teste", "data", "test", "test_mean_bce")]
    if evidence.info.foreign:
        kinds.append(("imagens alheias", "series3", "foreign", "foreign_bce"))
    losses = {label: (style, result.array(loss), data.array(f"{kind}_entropy")) for label, style, kind, loss in kinds}
    panels = {
        "BCE": [figures.Distribution(label, style, loss) for label, (style, loss, _) in losses.items()],
        "Desvio": [figures.Distribution(label, style, loss - floor) for label, (style, loss, floor) in losses.items()],
    }
    return figures.histograms(
        panels, theme=theme, x_label="nats por imagem", y_label="densidade", tick_format=ptbr.tick_format(0)
    )


def anomaly_table(evidence: Evidence, areas: Areas) -> str:
    """Return how far BCE and deviance tell foreign images from test images, run by run."""

    def means(run: str, kind: str, loss: str) -> tuple[float, float]:
        bce = float(np.mean([result.array(loss).mean() for result in evidence.seeds(run).values()]))
        return bce, bce - float(evidence.dataset.array(f"{kind}_entropy").mean())

    rows = []
    for run in REFERENCE_RUNS:
        test, foreign = means(run, "test", "test_mean_bce"), means(run, "foreign", "foreign_bce")
        losses = zip(test, foreign, areas[run], strict=True)
        cells = [(ptbr.number(a, 1), ptbr.number(b, 1), _with_interval(area)) for a, b, area in losses]
        rows.append([run_label(evidence.spec(run)), *cells[0], *cells[1]])
    header = ["Treino", "BCE, teste", "BCE, alheias", "AUROC da BCE"]
    header += ["Desvio, teste", "Desvio, alheias", "AUROC do desvio"]
    caption = (
        "Média da BCE e do desvio, em nats por imagem, no teste e nas imagens alheias, e quão bem cada uma das perdas as "
        "separa: um é a separação perfeita, meio é o acaso, e menos que meio, o contrário do que se quer."
    )
    return str(Table(header, rows, caption, id="anomalias"))


def context(evidence: Evidence) -> dict[str, Any]:
    """Return tables and numbers of the text on anomalies; nothing on a data set without foreign images."""
    if not evidence.info.foreign:
        return {}
    data = evidence.dataset
    areas = {
        run: (evidence.estimate(bce_auroc, run), evidence.estimate(deviance_auroc, run, "dataset"))
        for run in REFERENCE_RUNS
    }
    return {
        "anomaly_table": anomaly_table(evidence, areas),
        "foreign_count": len(data.array("foreign_entropy")),
        "foreign_entropy": float(data.array("foreign_entropy").mean()),
        "entropy_auroc": auroc(data.array("foreign_entropy"), data.array("test_entropy")),
        "bce_auroc": areas[LONGEST][0].value,
        "deviance_auroc": areas[LONGEST][1].value,
    }


def auroc(foreign: Array, test: Array) -> float:
    """Return the AUROC of some values as they are, without resampling."""
    return float(weighted_auroc(foreign, test, np.ones((1, len(foreign))), np.ones((1, len(test))))[0])


def _with_interval(area: Estimate) -> str:
    shown = possible(area, SHARE)
    return ptbr.with_interval(shown.value, shown.low, shown.high, 3)
