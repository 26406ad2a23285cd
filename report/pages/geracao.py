"""What the prior gives: samples, their classes and quality, the decoded plane, interpolations, holes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from report import by_dimension, ptbr, statistics
from report.by_dimension import BY_DIMENSION
from report.evidence import Evidence
from report.labels import column_title
from report.origins import constant
from report.page import Column, Columns, Page, Picture, Plot
from report.pages import geracao_dimensions as dimensions
from report.pages import geracao_figures as drawings
from report.pages import geracao_midpoints as midpoints
from report.pages import geracao_order as order
from report.pages.geracao_claims import CLAIMS, JUDGED
from report.pages.geracao_figures import LARGEST, data_shares, sample_shares, undecided_share
from report.sample import Sample
from vae.grid import REFERENCE_RUNS
from vae.results import Array

PLANE_RUNS = ("e10", "e50", "e100")  # two latent dimensions


def context(evidence: Evidence) -> dict[str, Any]:
    """Return numbers and names of the text."""
    info, names = evidence.info, [ptbr.mark(name) for name in evidence.info.classes]
    excess = {run: sample_shares(evidence, run) - data_shares(evidence) for run in REFERENCE_RUNS}
    return {
        "most": {run: names[int(difference.argmax())] for run, difference in excess.items()},
        "least": {run: names[int(difference.argmin())] for run, difference in excess.items()},
        "most_share": {run: float(sample_shares(evidence, run)[d.argmax()]) for run, d in excess.items()},
        "least_share": {run: float(sample_shares(evidence, run)[d.argmin()]) for run, d in excess.items()},
        "most_data": {run: float(data_shares(evidence)[d.argmax()]) for run, d in excess.items()},
        "least_data": {run: float(data_shares(evidence)[d.argmin()]) for run, d in excess.items()},
        "samples_drawn": len(evidence.headline(JUDGED).array("sample_classes")),
        "samples_shown": len(evidence.headline(JUDGED).array("sample_images")),
        "few": constant(drawings, "FEW"),
        "extreme_count": constant(drawings, "EXTREMES"),
        "thin": constant(drawings, "THIN"),
        "side": evidence.grid.evaluation.manifold_side,
        "seed_shown": evidence.headline(JUDGED).seed,
        "confidence": constant(statistics, "CONFIDENCE"),
        "undecided_nats": constant(drawings, "UNDECIDED"),
        "undecided_samples": {run: undecided_share(evidence, run, "sample_entropy") for run in REFERENCE_RUNS},
        "undecided_recon": {run: undecided_share(evidence, run, "recon_entropy") for run in REFERENCE_RUNS},
        "pairs": [ptbr.mark(f"{info.classes[a]} → {info.classes[b]}") for a, b in info.interpolations],
        "by_dimension": constant(by_dimension, "BY_DIMENSION"),
        "midpoint_count": len(evidence.headline(JUDGED).array("midpoint_density")),
        "dimension_table": partial(dimensions.dimension_table, evidence),
        "best_run": partial(dimensions.best_run, evidence),
        "order_table": partial(order.order_table, evidence),
        "midpoint_table": partial(midpoints.midpoint_table, evidence),
        "recon_tv": {run: recon_imbalance(evidence, run) for run in REFERENCE_RUNS},
        "floor": evidence.classifier.score("frechet_floor"),
        "classifier_accuracy": evidence.classifier.score("test_accuracy"),
    }


def recon_imbalance(evidence: Evidence, run: str) -> float:
    """Return the total variation between the classes that the classifier sees in reconstructions and in their originals."""

    def shares(sample: Sample, classifier: Sample) -> Array:
        seen, real = (each.class_shares(each.array(name)) for each, name in
                      ((sample, "recon_classes"), (classifier, "test_predictions")))  # fmt: skip
        return np.abs(seen - real).sum(axis=1) / 2

    return evidence.estimate(shares, run, "classifier").value


def _sample_column(run: str) -> Column:
    draw: Callable[[Evidence], bytes] = partial(drawings.draw_few_samples, run=run)
    alt = (
        f"Amostras do {{{{ label('{run}') }}}}: variação total das classes {{{{ value('sample_tv', '{run}') | "
        f"number(3) }}}}, "
        f"densidade {{{{ value('sample_density', '{run}') | number(3) }}}}."
    )
    return Column(column_title(run), alt, draw)


def _plane_column(run: str) -> Column:
    draw: Callable[[Evidence], bytes] = partial(drawings.draw_plane, run=run, thin=drawings.THIN)
    alt = (
        f"Plano latente decodificado do {{{{ label('{run}') }}}}; KL da posterior agregada {{{{ value('aggregate_kl', "
        f"'{run}') | number(2, 'nats') }}}}."
    )
    return Column(column_title(run), alt, draw)


def _strips(figure_id: str, run: str) -> Picture:
    draw: Callable[[Evidence], bytes] = partial(drawings.draw_interpolations, run=run)
    return Picture(
        figure_id,
        draw,
        (
            f"Interpolações no {{{{ label('{run}') }}}}, {{{{ grid.evaluation.interpolation_steps }}}} pontos "
            f"igualmente espaçados na reta entre as médias latentes de duas imagens de teste. De cima para baixo: {{{{ "
            f"pairs | join('; ') }}}}."
        ),
        (
            f"Tiras de interpolação do {{{{ label('{run}') }}}}: na mediana dos pares sorteados, o maior passo é {{{{ "
            f"value('interpolation_jump', '{run}') | number(2) }}}} vezes o mediano."
        ),
    )


PAGE = Page(
    slug="geracao",
    title="Geração de imagens",
    description=(
        "Amostras da prior, suas classes e sua qualidade, o plano latente decodificado, interpolações e buracos."
    ),
    runs=(*REFERENCE_RUNS, *BY_DIMENSION, "classifier"),
    claims=(*CLAIMS, *midpoints.CLAIMS, *dimensions.CLAIMS),
    figures=(
        Picture(
            "amostras",
            drawings.draw_samples,
            (
                "As {{ samples_shown }} primeiras amostras do {{ label('e100') }} (semente {{ seed_shown }}), na ordem "
                "em que foram sorteadas; nenhuma foi escolhida."
            ),
            (
                "Grade de amostras do {{ label('e100') }}: a classe que mais sobra é {{ most['e100'] }} e a que mais "
                "falta, {{ least['e100'] }}."
            ),
        ),
        Columns(
            "amostras-treinos",
            tuple(_sample_column(run) for run in REFERENCE_RUNS),
            (
                "As {{ few }} primeiras amostras de cada treino (semente {{ seed_shown }}). Os treinos de {{ "
                "run('e100').latent_dim }} dimensões decodificam os mesmos pontos: o que muda entre as suas colunas é "
                "só o decodificador."
            ),
        ),
        Plot(
            "classes",
            drawings.draw_balance,
            (
                "Parcela de cada classe, segundo o classificador, no teste e em {{ samples_drawn }} amostras de cada "
                "treino. Uma barra mais longa que a dos dados é uma classe que sobra."
            ),
            (
                "Barras por classe: no {{ label('e100') }}, {{ most['e100'] }} tem {{ most_share['e100'] | percent }} "
                "das amostras contra {{ most_data['e100'] | percent }} dos dados, e {{ least['e100'] }}, {{ "
                "least_share['e100'] | percent }} contra {{ least_data['e100'] | percent }}."
            ),
        ),
        Picture(
            "hibridas",
            drawings.draw_ambiguous,
            (
                "Entre as amostras da grade do {{ label('e100') }}: em cima, as {{ extreme_count }} em que o "
                "classificador mais hesita; embaixo, as {{ extreme_count }} em que menos hesita."
            ),
            (
                "Amostras ambíguas e claras; em {{ undecided_samples['e100'] | percent }} de todas as amostras o "
                "classificador hesita mais do que entre duas classes iguais."
            ),
        ),
        Plot(
            "frechet-dimensao",
            dimensions.draw_frechet,
            (
                "Distância de Fréchet aos dados conforme o número de dimensões latentes, em escala logarítmica, depois "
                "de {{ run('e10').epochs }} épocas: quanto mais baixo, melhor. O que separa as duas linhas é o efeito "
                "de trocar códigos de imagens reais por sorteios da prior."
            ),
            (
                "A distância de Fréchet das amostras é {{ value('sample_frechet', 'e10') | number(1) }} com {{ "
                "run('e10').latent_dim }} dimensões e {{ value('sample_frechet', 'e10-l50') | number(1) }} com {{ "
                "run('e10-l50').latent_dim }}; a menor é a de {{ run(best_run('sample_frechet')).latent_dim }}."
            ),
        ),
        Plot(
            "prdc-dimensao",
            dimensions.draw_overlap,
            (
                "Precisão, revocação, densidade e cobertura das amostras conforme o número de dimensões latentes, nos "
                "mesmos treinos."
            ),
            (
                "Curvas por dimensão: a maior precisão é a de {{ run(best_run('sample_precision')).latent_dim }} "
                "dimensões, e a maior cobertura, a de {{ run(best_run('sample_coverage')).latent_dim }}."
            ),
        ),
        Picture(
            "plano",
            partial(drawings.draw_plane, run=JUDGED),
            (
                "O plano latente do {{ label('e100') }} decodificado em {{ side }} × {{ side }} pontos. Os pontos são "
                "quantis da normal padrão, e assim cada quadro representa a mesma massa da prior; \\(z_1\\) cresce "
                "para a direita e \\(z_2\\), para cima."
            ),
            (
                "Plano decodificado do {{ label('e100') }}; {{ value('hole_mass', 'e100') | percent }} da massa da "
                "prior está em buracos."
            ),
            scale=1,
        ),
        Columns(
            "planos",
            tuple(_plane_column(run) for run in PLANE_RUNS),
            (
                "O mesmo plano nos três treinos de {{ run('e100').latent_dim }} dimensões, um quadro em cada {{ thin "
                "}} por eixo."
            ),
        ),
        _strips("interpolacoes", JUDGED),
        _strips("interpolacoes-dimensoes", LARGEST),
    ),
    context=context,
)
