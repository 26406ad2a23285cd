"""The page: its runs, claims, figures, and what its text is given."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from report.evidence import Evidence
from report.judging import statistics
from report.language import ptbr
from report.language.labels import column_title, run_label
from report.metrics import METRICS
from report.origins.numbers import constant
from report.page import Column, Columns, Page, Picture, Plot
from report.pages.by_dimension import BY_DIMENSION
from report.pages.reconstrucoes import anomalies, blur, kept
from report.pages.reconstrucoes import figures as drawings
from report.pages.reconstrucoes.claims import CLAIMS, LONGEST
from report.pages.reconstrucoes.figures import by_class, class_means, entropy_by_class, recognised_by_class
from report.tables import Table
from vae.grid import REFERENCE_RUNS, WIDE
from vae.metrics import limits
from vae.storage.results import Array


def explained(values: Array, by: Array) -> float:
    """Return the share of variance of some values that a straight line in others explains: r squared."""
    return correlation(values, by) ** 2


def correlation(first: Array, second: Array) -> float:
    """Return Pearson's correlation; zero where one of the two does not vary."""
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def baseline_table(evidence: Evidence) -> str:
    """Return what reconstructs without a VAE: the training set's mean image, and linear projections."""
    scores = evidence.dataset.scores
    sizes = blur.linear_sizes(evidence)
    columns = [f"pca{size}" for size in sizes]
    floor = scores["test_entropy"]

    def row(label: str, name: str, mean_image: str, decimals: int, shift: float = 0.0) -> list[str]:
        return [label, mean_image, *(ptbr.number(scores[f"{column}_{name}"] - shift, decimals) for column in columns)]

    rows = [
        row("BCE (nats) ↓", "bce", ptbr.number(scores["mean_image_bce"]), 2),
        row("Desvio (nats) ↓", "bce", ptbr.number(scores["mean_image_bce"] - floor), 2, floor),
        row("EQM por pixel ↓", "mse", "n. m.", 4),
        row("Nitidez (gradiente) ↑", "sharpness", "n. m.", 3),
        row("Variância dos dados conservada ↑", "variance", "—", 3),
    ]
    labels = [f"PCA {ptbr.plural(size, 'dimensão', 'dimensões')}" for size in sizes]
    caption = (
        "Referências lineares no mesmo teste: a imagem média do treino, que não transmite nada, e a projeção nas "
        "primeiras componentes principais do treino. Antes da BCE, as saídas lineares são cortadas ao intervalo dos pixels, menos "
        f"{ptbr.number(constant(limits, 'LINEAR_CLIP'), 3)} em cada ponta; "
        "n. m.: não medido; —: a imagem média não conserva variância alguma."
    )
    return str(Table(["Métrica", "Imagem média", *labels], rows, caption, id="linear"))


def matched_projection(evidence: Evidence) -> dict[str, Any] | None:
    """Return the largest linear projection whose deviance is no less than the longest run's: size, pca, vae; None if none."""
    scores = evidence.dataset.scores
    deviance = METRICS["test_deviance"].measure(evidence, LONGEST).value
    linear = {size: scores[f"pca{size}_bce"] - scores["test_entropy"] for size in blur.linear_sizes(evidence)}
    size = max((size for size in linear if linear[size] >= deviance), default=None)
    return None if size is None else {"size": size, "pca": linear[size], "vae": deviance}


def class_table(evidence: Evidence) -> str:
    """Return entropy, BCE and deviance by class, from the darkest class to the brightest."""
    entropy = entropy_by_class(evidence)
    losses = {run: class_means(evidence, run, "test_bce") for run in REFERENCE_RUNS}
    rows = [
        [
            ptbr.mark(evidence.info.classes[index]),
            ptbr.number(entropy[index], 1),
            ptbr.number(losses[LONGEST][index], 1),
            *(ptbr.number(losses[run][index] - entropy[index], 1) for run in REFERENCE_RUNS),
        ]
        for index in np.argsort(entropy)
    ]
    header = ["Classe", "Entropia", f"BCE, {run_label(evidence.spec(LONGEST))}"]
    header += [f"Desvio, {run_label(evidence.spec(run))}" for run in REFERENCE_RUNS]
    caption = (
        "Entropia dos pixels, BCE e desvio por classe no teste, em nats por imagem, da menor para a maior entropia."
    )
    return str(Table(header, rows, caption, id="desvio-classe"))


def recognition_table(evidence: Evidence) -> str:
    """Return by class how often the classifier sees the true class, in originals and in reconstructions."""
    originals = by_class(evidence, evidence.classifier.array("test_predictions") == evidence.labels)
    columns = [originals, *(recognised_by_class(evidence, run) for run in REFERENCE_RUNS)]
    rows = [
        [ptbr.mark(name), *(ptbr.percent(column[index]) for column in columns)]
        for index, name in enumerate(evidence.info.classes)
    ]
    header = ["Classe", "Originais", *(run_label(evidence.spec(run)) for run in REFERENCE_RUNS)]
    caption = (
        "Parcela das imagens de teste em que o classificador vê a classe verdadeira: nos originais e nas reconstruções."
    )
    return str(Table(header, rows, caption, id="classe-reconhecida"))


def context(evidence: Evidence) -> dict[str, Any]:
    """Return tables and numbers of the text."""
    entropy, loss = evidence.dataset.array("test_entropy"), evidence.headline(LONGEST).array("test_bce")
    brightness = evidence.dataset.array("test_brightness")
    deviance = class_means(evidence, LONGEST, "test_bce") - entropy_by_class(evidence)
    recognised = {run: recognised_by_class(evidence, run) for run in REFERENCE_RUNS}
    names = [ptbr.mark(name) for name in evidence.info.classes]
    sharpness = drawings.sharpness_by_class(evidence, WIDE)
    return {
        "baselines": evidence.dataset.scores,
        "pca_dimensions": blur.linear_sizes(evidence),
        "matched": matched_projection(evidence),
        "alarm": constant(anomalies, "ALARM"),
        "baseline_table": baseline_table(evidence),
        "class_table": class_table(evidence),
        "recognition_table": recognition_table(evidence),
        "blur": blur.synthesis(evidence),
        "dimension_table": blur.dimension_table(evidence),
        "entropy_explains_bce": explained(loss, entropy),
        "entropy_explains_deviance": explained(loss - entropy, entropy),
        "brightness_explains_entropy": explained(entropy, brightness),
        "brightness_explains_bce": explained(loss, brightness),
        "brightness_explains_deviance": explained(loss - entropy, brightness),
        "class_correlation": correlation(class_means(evidence, LONGEST, "test_bce"), entropy_by_class(evidence)),
        "hardest": names[int(deviance.argmax())],
        "easiest": names[int(deviance.argmin())],
        "hardest_deviance": float(deviance.max()),
        "easiest_deviance": float(deviance.min()),
        "blurriest": names[int(sharpness.argmin())],
        "blurriest_sharpness": float(sharpness.min()),
        "costliest": names[int(class_means(evidence, LONGEST, "test_bce").argmax())],
        "brightest": names[int(entropy_by_class(evidence).argmax())],
        "darkest": names[int(entropy_by_class(evidence).argmin())],
        "least_kept_share": {run: float(shares.min()) for run, shares in recognised.items()},
        "least_kept_name": {run: names[int(shares.argmin())] for run, shares in recognised.items()},
        "classifier_accuracy": evidence.classifier.score("test_accuracy"),
        "per_class": evidence.grid.evaluation.fixed_per_class,
        "class_names": names,
        "run_labels": [run_label(evidence.spec(run)) for run in REFERENCE_RUNS],
        "seed_shown": evidence.headline(LONGEST).seed,
        "confidence": constant(statistics, "CONFIDENCE"),
        "extreme_count": constant(drawings, "EXTREMES"),
        "extreme_errors": drawings.fixed_errors(evidence)[drawings.extremes(evidence)[[0, -1]]].tolist(),
        **anomalies.context(evidence),
    }


def _column(run: str) -> Column:
    draw: Callable[[Evidence], bytes] = partial(drawings.draw_reconstructions, run=run)
    alt = (
        f"Reconstruções do {{{{ label('{run}') }}}}: nitidez mediana {{{{ value('sharpness', '{run}') | number(3) "
        f"}}}}, "
        f"EQM {{{{ value('mse', '{run}') | number(4) }}}}."
    )
    return Column(column_title(run), alt, draw)


PAGE = Page(
    slug="reconstrucoes",
    title="Reconstruções",
    description=(
        "O que volta do decodificador: cinco colunas de imagens, fidelidade, nitidez e classe reconhecida, treino a "
        "treino."
    ),
    runs=(*REFERENCE_RUNS, *BY_DIMENSION, *blur.AUTOENCODERS, *blur.WITHOUT_KL, blur.PATIENT, "classifier"),
    beside=REFERENCE_RUNS,  # autoencoders and the other sizes have a table of their own, of the seeds that they share
    claims=(*CLAIMS, *kept.CLAIMS, *blur.CLAIMS, *anomalies.CLAIMS),
    figures=(
        Columns(
            "colunas",
            (
                Column(
                    "Original",
                    (
                        "{{ per_class }} imagens de teste de cada uma das {{ dataset.classes | length }} classes, com "
                        "nitidez um por definição."
                    ),
                    drawings.draw_originals,
                ),
                *(_column(run) for run in REFERENCE_RUNS),
            ),
            (
                "A nitidez mediana é de {{ value('sharpness', 'e10') | number(3) }} no {{ label('e10') }}, "
                "{{ value('sharpness', 'e100') | number(3) }} no {{ label('e100') }} e "
                "{{ value('sharpness', 'e10-l50') | number(3) }} no {{ label('e10-l50') }}; a do original é um. "
                "As mesmas imagens de teste em cada coluna, uma classe por linha, na ordem {{ class_names | enumerate "
                "}}. São as {{ per_class }} primeiras de cada classe; nenhuma foi escolhida. As reconstruções "
                "decodificam a média da posterior do treino de semente {{ seed_shown }}."
            ),
        ),
        Picture(
            "extremos",
            drawings.draw_extremes,
            (
                "Do melhor ao pior caso, o EQM vai de {{ extreme_errors[0] | number(4) }} a {{ extreme_errors[1] | number(4) }}. "
                "As {{ extreme_count }} imagens da figura anterior que o {{ label('e100') }} reconstrói com menor EQM "
                "(à esquerda) e as {{ extreme_count }} com maior (à direita), da melhor para a pior. De cima para "
                "baixo: o original; {{ run_labels | join('; ') }}."
            ),
            (
                "Das melhores às piores reconstruções do {{ label('e100') }}: o EQM vai de {{ extreme_errors[0] | "
                "number(4) }} a {{ extreme_errors[1] | number(4) }}."
            ),
        ),
        Plot(
            "nitidez-dimensao",
            blur.draw_sharpness,
            (
                "Com {{ run('e10').latent_dim }} dimensões, a nitidez é {{ value('sharpness', 'e10') | number(3) }} no VAE e "
                "{{ value('sharpness', 'e10-ae') | number(3) }} no AE; com {{ run('e10-l50').latent_dim }}, "
                "{{ value('sharpness', 'e10-l50') | number(3) }} e {{ value('sharpness', 'e10-l50-ae') | number(3) }}. "
                "Nitidez mediana conforme o número de dimensões latentes, em escala logarítmica: o VAE e o "
                "autocodificador determinístico (AE) depois de {{ run('e10').epochs }} épocas, e a projeção linear "
                "(PCA). O que separa o AE do VAE, na mesma dimensão, é o efeito da regularização; o que falta ao AE "
                "para chegar a um tem outra causa. O AE e a PCA foram medidos só nos pontos marcados, e por isso nenhuma linha os "
                "liga."
            ),
            (
                "Nitidez: com {{ run('e10').latent_dim }} dimensões, {{ value('sharpness', 'e10') | "
                "number(3) }} no VAE e {{ value('sharpness', 'e10-ae') | number(3) }} no AE; com {{ "
                "run('e10-l50').latent_dim }}, {{ value('sharpness', 'e10-l50') | number(3) }} e {{ "
                "value('sharpness', 'e10-l50-ae') | number(3) }}."
            ),
        ),
        Plot(
            "bce-classe",
            drawings.draw_entropy,
            (
                "Entre as classes, a correlação da BCE do {{ label('e100') }} com a entropia dos pixels é de "
                "{{ class_correlation | number(2) }}. Entropia e BCE por classe, da classe de menor entropia à de maior. A distância entre a "
                "entropia e a BCE é o desvio, a única parte que um modelo melhor diminui."
            ),
            (
                "Barras por classe, de {{ darkest }} a {{ brightest }}: entre as médias da BCE do {{ label('e100') }} "
                "e as da entropia a correlação é {{ class_correlation | number(2) }}."
            ),
        ),
        Plot(
            "nitidez-classe",
            drawings.draw_sharpness,
            (
                "No conjunto todo, a nitidez do {{ label('e10-l50') }} é {{ value('sharpness', 'e10-l50') | number(3) }}; na classe "
                "em que é menor, {{ blurriest }}, {{ blurriest_sharpness | number(3) }}. Mediana da nitidez pelo gradiente em cada classe e treino, com o intervalo de {{ confidence | "
                "percent(0) }}. O valor do original é um: quanto mais à esquerda, mais borrada a reconstrução."
            ),
            (
                "Barras por classe: no conjunto todo, a nitidez mediana é {{ value('sharpness', 'e10') | number(3) }} "
                "no {{ label('e10') }}, {{ value('sharpness', 'e100') | number(3) }} no {{ label('e100') }} e {{ "
                "value('sharpness', 'e10-l50') | number(3) }} no {{ label('e10-l50') }}."
            ),
        ),
        Plot(
            "perdas-alheias",
            anomalies.draw_losses,
            (
                "{% if dataset.foreign %}{{ 'Em média das sementes, a' if seeds | length > 1 else 'A' }} AUROC da BCE é {{ bce_auroc | number(3) }}, e a do desvio, {{ deviance_auroc | number(3) }}. "
                "{% endif %}Distribuição da BCE e do desvio do {{ label('e100') }} nas imagens de teste{% if dataset.foreign %} e "
                "em {{ foreign_count }} imagens alheias{% endif %} (desenha-se o treino de semente {{ seed_shown }}); cada área vale um."
                "{% if dataset.foreign %} Quanto menos as duas se cobrem, melhor a perda as separa.{% endif %}"
            ),
            (
                "Histogramas das perdas do {{ label('e100') }}{% if dataset.foreign %}: a AUROC da BCE é {{ bce_auroc "
                "| number(3) }} e a do desvio, {{ deviance_auroc | number(3) }}{% else %} no teste: a BCE inclui a "
                "entropia dos pixels, de {{ baselines.test_entropy | number(1, 'nats') }} em média, e o desvio, não"
                "{% endif %}."
            ),
        ),
    ),
    context=context,
)
