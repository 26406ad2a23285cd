"""The page: its runs, claims, figures, and what its text is given."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from report.evidence import Evidence
from report.judging import statistics
from report.language import ptbr
from report.language.labels import column_title
from report.metrics import METRICS, metric_moves
from report.origins.numbers import constant
from report.page import Column, Columns, Page, Picture, Plot
from report.pages import by_dimension
from report.pages.by_dimension import BY_DIMENSION
from report.pages.geracao import classes, dimensions, midpoints, order, paths
from report.pages.geracao import figures as drawings
from report.pages.geracao.claims import CLAIMS, JUDGED
from report.pages.geracao.figures import undecided_share
from vae.grid import REFERENCE_RUNS, SNAPSHOTS, WIDE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

DOUBTFUL = 2  # classes named of the samples in doubt


def context(evidence: Evidence) -> dict[str, Any]:
    """Return numbers and names of the text."""
    info, irregularity = evidence.info, paths.added_irregularity(evidence, JUDGED)
    return {
        "shift": {run: METRICS["sample_shift"].measure(evidence, run).value for run in REFERENCE_RUNS},
        "recon_shift": {run: classes.recon_shift(evidence, run).value for run in REFERENCE_RUNS},
        "moves": partial(classes.moves, evidence),
        "shift_table": partial(classes.shift_table, evidence),
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
        "swept": partial(by_dimension.swept, evidence),
        "best_run": partial(by_dimension.best_run, evidence),
        "tied": partial(by_dimension.tied, evidence),
        "hole_effect": METRICS["hole_mass"].difference(evidence, "e10-b0", "e10"),
        "order_table": partial(order.order_table, evidence),
        "midpoint_table": partial(midpoints.midpoint_table, evidence),
        "outside_recon": {run: midpoints.OUTSIDE_RECON.measure(evidence, run).value for run in REFERENCE_RUNS},
        "decoded_jumps": {run: paths.DECODED_JUMPS.measure(evidence, run).value for run in REFERENCE_RUNS},
        "mixed_jumps": {run: paths.MIXED_JUMPS.measure(evidence, run).value for run in REFERENCE_RUNS},
        "path_table": partial(paths.path_table, evidence),
        "jump": constant(paths, "JUMP"),
        "irregularity": irregularity,
        "irregularity_interval": ptbr.interval(irregularity.low, irregularity.high, 2),
        "change": partial(metric_moves, evidence),
        "doubtful": most_in_doubt(evidence, JUDGED),
        "ambiguous": ambiguous(evidence),
        "hole_count": {run: drawings.hole_count(evidence, run) for run in SNAPSHOTS},
        "thin_hole_count": {run: drawings.hole_count(evidence, run, drawings.THIN) for run in SNAPSHOTS},
        "thin_count": drawings.plane_holes(evidence, JUDGED, drawings.THIN).size,
        "floor": evidence.classifier.score("frechet_floor"),
        "classifier_accuracy": evidence.classifier.score("test_accuracy"),
    }


def most_in_doubt(evidence: Evidence, run: str) -> str:
    """Return the classes that the classifier gives most often to the samples on which it is in doubt; '' without any."""
    shares = drawings.doubtful_classes(evidence, run)
    order = [index for index in np.argsort(-shares, kind="stable")[:DOUBTFUL] if shares[index] > 0]
    return ptbr.join([f"{ptbr.mark(evidence.info.classes[index])} ({ptbr.percent(shares[index])})" for index in order])


def ambiguous(evidence: Evidence) -> str:
    """Return what the classifier calls the most ambiguous samples that are shown, and how many of them."""
    counts = drawings.ambiguous_classes(evidence)
    order = [index for index in np.argsort(-counts, kind="stable") if counts[index]]
    return ptbr.join(
        [f"{ptbr.mark(evidence.info.classes[index])} ({ptbr.integer(int(counts[index]))})" for index in order]
    )


def _sample_column(run: str) -> Column:
    draw: Callable[[Evidence], bytes] = partial(drawings.draw_few_samples, run=run)
    alt = (
        f"Amostras do {{{{ label('{run}') }}}}: {{{{ moves('{run}') }}}}, em relação às reconstruções; densidade {{{{ "
        f"value('sample_density', '{run}') | number(3) }}}}."
    )
    return Column(column_title(run), alt, draw)


def _plane_column(run: str) -> Column:
    draw: Callable[[Evidence], bytes] = partial(drawings.draw_plane, run=run, thin=drawings.THIN)
    alt = (
        f"Plano latente decodificado do {{{{ label('{run}') }}}}: o contorno marca os quadros que caem em buracos, {{{{ "
        f"thin_hole_count['{run}'] | integer }}}} de {{{{ thin_count | integer }}}}."
    )
    return Column(column_title(run), alt, draw)


def _balance(figure_id: str, run: str) -> Plot:
    draw: Callable[[Evidence, Theme], Figure] = partial(classes.draw_balance, run=run)
    return Plot(
        figure_id,
        draw,
        (
            f"No {{{{ label('{run}') }}}}, em relação às reconstruções, {{{{ moves('{run}') }}}}. Parcela de cada classe, "
            f"segundo o classificador, nas imagens de teste, nas suas reconstruções e em {{{{ samples_drawn }}}} amostras."
        ),
        f"Barras por classe: no {{{{ label('{run}') }}}}, {{{{ moves('{run}', shares=True) }}}}.",
    )


def _strips(figure_id: str, run: str) -> Picture:
    draw: Callable[[Evidence], bytes] = partial(drawings.draw_interpolations, run=run)
    return Picture(
        figure_id,
        draw,
        (
            f"O classificador vê um salto em {{{{ decoded_jumps['{run}'] | percent }}}} dos pares sorteados, contra "
            f"{{{{ mixed_jumps['{run}'] | percent }}}} na simples mistura. Interpolações no {{{{ label('{run}') }}}}, {{{{ grid.evaluation.interpolation_steps }}}} pontos "
            f"igualmente espaçados na reta entre as médias latentes de duas imagens de teste. De cima para baixo: {{{{ "
            f"pairs | join('; ') }}}}."
        ),
        (
            f"Tiras de interpolação do {{{{ label('{run}') }}}}: aos olhos do classificador, {{{{ decoded_jumps['{run}'] "
            f"| percent }}}} dos pares sorteados dão um salto."
        ),
    )


PAGE = Page(
    slug="geracao",
    title="Geração de imagens",
    description=(
        "Amostras da prior, suas classes e sua qualidade, o plano latente decodificado, interpolações e buracos."
    ),
    runs=(*REFERENCE_RUNS, *BY_DIMENSION, "e10-b0", "classifier"),
    beside=REFERENCE_RUNS,  # those by dimension have a table and figures of their own, of the seeds that they share
    claims=(*CLAIMS, *classes.CLAIMS, *paths.CLAIMS, *midpoints.CLAIMS, *dimensions.CLAIMS),
    figures=(
        Picture(
            "amostras",
            drawings.draw_samples,
            (
                "Nas amostras do {{ label('e100') }}, em relação às reconstruções, {{ moves('e100') }}. São as {{ "
                "samples_shown }} primeiras (semente {{ seed_shown }}), na ordem em que foram sorteadas; nenhuma foi "
                "escolhida."
            ),
            "Grade de amostras do {{ label('e100') }}: em relação às reconstruções, {{ moves('e100') }}.",
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
        _balance("classes", JUDGED),
        _balance("classes-dimensoes", WIDE),
        Picture(
            "hibridas",
            drawings.draw_ambiguous,
            (
                "Entre as amostras da grade do {{ label('e100') }}: em cima, as {{ extreme_count }} em que o "
                "classificador mais hesita, e a que dá as classes {{ ambiguous }}; embaixo, as {{ extreme_count }} em que "
                "menos hesita."
            ),
            (
                "Amostras ambíguas e claras; o classificador hesita mais do que entre duas classes iguais em "
                "{{ undecided_samples['e100'] | percent }} de todas as amostras e em {{ undecided_recon['e100'] | percent "
                "}} das reconstruções."
            ),
        ),
        Plot(
            "frechet-dimensao",
            dimensions.draw_frechet,
            (
                "A menor distância de Fréchet média das amostras é a de {{ run(best_run('sample_frechet')).latent_dim }} dimensões{{ tied('sample_frechet') }}; a "
                "das reconstruções, a de {{ run(best_run('recon_frechet')).latent_dim }}{{ tied('recon_frechet') }}. Distância de Fréchet aos dados conforme o número de dimensões latentes, em escala logarítmica, depois "
                "de {{ run('e10').epochs }} épocas: quanto mais baixo, melhor. O que separa as duas linhas é o efeito "
                "de trocar as médias das posteriores por sorteios da prior."
            ),
            (
                "A distância de Fréchet das amostras é {{ swept('sample_frechet', 'e10') | number(1) }} com {{ "
                "run('e10').latent_dim }} dimensões e {{ swept('sample_frechet', 'e10-l50') | number(1) }} com {{ "
                "run('e10-l50').latent_dim }}; a menor é a de {{ run(best_run('sample_frechet')).latent_dim }}."
            ),
        ),
        Plot(
            "prdc-dimensao",
            dimensions.draw_overlap,
            (
                "A maior precisão média é a de {{ run(best_run('sample_precision')).latent_dim }} dimensões{{ tied('sample_precision') }}, e a maior cobertura, a de "
                "{{ run(best_run('sample_coverage')).latent_dim }}{{ tied('sample_coverage') }}. Precisão, revocação, densidade e cobertura das amostras conforme o número de dimensões latentes, nos "
                "mesmos treinos."
            ),
            (
                "Curvas por dimensão: a maior precisão média é a de {{ run(best_run('sample_precision')).latent_dim }} "
                "dimensões, e a maior cobertura, a de {{ run(best_run('sample_coverage')).latent_dim }}."
            ),
        ),
        Picture(
            "plano",
            partial(drawings.draw_plane, run=JUDGED),
            (
                "O plano latente do {{ label('e100') }} decodificado em {{ side }} × {{ side }} pontos. Os pontos são "
                "quantis da normal padrão, e assim cada quadro representa a mesma massa da prior; \\(z_1\\) cresce "
                "para a direita e \\(z_2\\), para cima. O contorno marca os que caem em [buracos](#buracos): "
                "{{ hole_count['e100'] | integer }} de {{ side * side }} (semente {{ seed_shown }})."
            ),
            (
                "Plano decodificado do {{ label('e100') }}: o contorno marca os quadros que caem em buracos, "
                "{{ hole_count['e100'] | integer }} de {{ side * side }}."
            ),
            scale=1,
        ),
        Columns(
            "planos",
            tuple(_plane_column(run) for run in SNAPSHOTS),
            (
                "Caem em buracos {{ thin_hole_count['e10'] | integer }}, {{ thin_hole_count['e50'] | integer }} e "
                "{{ thin_hole_count['e100'] | integer }} dos {{ thin_count | integer }} quadros. O mesmo plano nos três treinos de {{ run('e100').latent_dim }} dimensões, um quadro em cada {{ thin "
                "}} por eixo, com os que caem em buracos contornados."
            ),
        ),
        _strips("interpolacoes", JUDGED),
        _strips("interpolacoes-dimensoes", WIDE),
    ),
    context=context,
)
