"""Claims about footwear and clothes in the latent plane: is footwear a cluster, is it dense, where does it move."""

from collections.abc import Iterable

import numpy as np

from report.judging.claims import Claim
from report.judging.ratios import ratio
from report.judging.sample import Sample
from report.judging.statistics import CHANGE, CORRELATION, PERCENTAGE
from vae.data.datasets import DatasetInfo
from vae.grid import SNAPSHOTS
from vae.storage.results import Array

Split = tuple[tuple[int, ...], tuple[int, ...]]


def footwear_recall(*runs: Sample) -> Array:
    """Percentage of footwear images whose nearest neighbours are mostly footwear; of the runs, the least counts."""
    return 100 * np.stack([run.knn_recall("footwear") for run in runs], axis=1)


def footwear_silhouette(run: Sample) -> Array:
    """Mean silhouette of footwear images, footwear being one cluster and the rest another.

    Source: Rousseeuw 1987.
    """
    return run.mean("silhouette_footwear", run.members("footwear"))


def footwear_spread(run: Sample) -> Array:
    """Percentage by which the mean trace of the class covariances of footwear exceeds that of clothes."""
    groups = run.info.groups
    return 100 * (ratio(run.spread(groups["footwear"]), run.spread(groups["clothes"]), of_nothing=1.0) - 1)


def angle_gain(before: Sample, after: Sample) -> Array:
    """Growth, in degrees, of the angle at the origin between the means of footwear and of clothes."""
    groups = before.info.groups
    first, second = (run.group_angle(groups["footwear"], groups["clothes"]) for run in (before, after))
    return second - first


def robustness_lead(run: Sample) -> Array:
    """AUROC of footwear against clothes minus that of each other split, by votes of the nearest neighbours; the least counts.

    The others: every class against all others, and each class outside both groups against either group.
    """
    auroc = {name: run.knn_auroc(*split) for name, split in natural_splits(run.info).items()}
    return auroc.pop(FOOTWEAR_CLOTHES)[:, None] - np.stack(list(auroc.values()), axis=1)


FOOTWEAR_CLOTHES = "calçados × roupas"


def natural_splits(info: DatasetInfo) -> dict[str, Split]:
    """Return the ways to part the classes in two that a person would name, by their Portuguese name."""
    footwear, clothes = info.groups["footwear"], info.groups["clothes"]
    splits: dict[str, Split] = {FOOTWEAR_CLOTHES: (footwear, clothes)}
    for index, name in enumerate(info.classes):
        if index not in (*footwear, *clothes):
            splits[f"{name} × calçados"] = ((index,), footwear)
            splits[f"{name} × roupas"] = ((index,), clothes)
        splits[f"{name} × demais classes"] = ((index,), _others(index, range(len(info.classes))))
    return splits


def _others(index: int, classes: Iterable[int]) -> tuple[int, ...]:
    return tuple(other for other in classes if other != index)


CLUSTER = Claim(
    id="11",
    statement="Os calçados já formam, com dez épocas, um agrupamento próprio, que se mantém depois.",
    needs=SNAPSHOTS,
    statistic=footwear_recall,
    measure="menor valor, entre os três momentos, da parte dos calçados cujos vizinhos são em maioria calçados",
    margin=95.0,
    side="above",
    bounds=PERCENTAGE,
    reason="um em cada vinte calçados fora do grupo é o máximo que ainda se pode chamar de exceção",
    unit="%",
    decimals=1,
    groups=("footwear",),
    confirmed="Os calçados têm a sua própria região do plano: depois de {{ run('e10').epochs }}, {{ run('e50').epochs }} e "
    "{{ run('e100').epochs }} épocas, ao menos {{ value }} deles (intervalo {{ interval }}) têm calçados como maioria dos "
    "vizinhos.",
    refuted="Os calçados não ficam só entre si: no pior dos três momentos ({{ run('e10').epochs }}, "
    "{{ run('e50').epochs }} e {{ run('e100').epochs }} épocas), {{ value }} deles (intervalo {{ interval }}) têm calçados "
    "como maioria dos vizinhos, e a afirmação pede mais de {{ margin }}.",
    inconclusive=(
        "No pior dos três momentos, a parte dos calçados que tem calçados como maioria dos vizinhos é de "
        "{{ value }} e {{ 'passa' if claimed else 'não passa' }} dos {{ margin }} da margem; {{ with_seeds }}, "
        "não se decide se o agrupamento se repetiria."
    ),
)

COHESION = Claim(
    id="11b",
    statement="Com cem épocas, os calçados formam um grupo coeso, de fronteiras claras.",
    needs=("e100",),
    statistic=footwear_silhouette,
    measure="silhueta média dos calçados contra todo o resto",
    margin=0.25,
    side="above",
    bounds=CORRELATION,
    reason="abaixo de um quarto, Kaufman e Rousseeuw não veem estrutura que mereça o nome de agrupamento",
    groups=("footwear",),
    confirmed="Com {{ run('e100').epochs }} épocas, o grupo dos calçados é coeso pela geometria: a sua silhueta contra o "
    "resto é de {{ value }} (intervalo {{ interval }}).",
    refuted="Com {{ run('e100').epochs }} épocas, o grupo dos calçados não é coeso pela geometria: a sua silhueta contra o "
    "resto é de {{ value }} (intervalo {{ interval }}), e a afirmação pede mais de {{ margin }}.",
    inconclusive=(
        "Com {{ run('e100').epochs }} épocas, a silhueta dos calçados contra o resto é {{ value }} e "
        "{{ 'passa' if claimed else 'não passa' }} de {{ margin }}; {{ with_seeds }}, não se decide se o grupo é coeso."
    ),
)

DENSITY = Claim(
    id="12",
    statement="Os agrupamentos de calçados são densos, mais do que os das roupas.",
    needs=("e100",),
    statistic=footwear_spread,
    measure="variância média dentro das classes de calçados, em relação à das classes de roupas (zero: iguais), em média das "
    "razões de cada semente",
    margin=0.0,
    side="below",
    bounds=CHANGE,
    reason="qualquer variância seguramente menor que a das roupas daria razão à afirmação",
    unit="%",
    decimals=1,
    groups=("footwear", "clothes"),
    confirmed="As classes de calçados são mais densas que as de roupas: a sua variância interna é "
    "{{ raw | apart(1, '%') }} (intervalo da diferença: {{ interval }}).",
    refuted="As classes de calçados não são mais densas que as de roupas: a sua variância interna é "
    "{{ raw | apart(1, '%') }} (intervalo da diferença: {{ interval }}).",
    inconclusive=(
        "Em média, a variância interna das classes de calçados é {{ raw | abs | number(1, '%') }} "
        "{{ 'maior' if raw > 0 else 'menor' }} que a das classes de roupas; {{ with_seeds }}, não se decide qual "
        "dos dois grupos é o mais denso."
    ),
)

OPPOSITE = Claim(
    id="16",
    statement="Entre dez e cinquenta épocas, calçados e roupas se afastam para extremos opostos do plano.",
    needs=("e10", "e50"),
    statistic=angle_gain,
    measure="crescimento do ângulo, visto da origem, entre a média dos calçados e a das roupas",
    margin=10.0,
    side="above",
    bounds=(-180.0, 180.0),
    reason="um giro menor que dez graus não se percebe no diagrama de dispersão",
    unit="°",
    decimals=1,
    groups=("footwear", "clothes"),
    confirmed="Calçados e roupas se afastam em direção: o ângulo entre as suas médias {{ raw | moved(1, '°', 'cresce') }} "
    "(intervalo da mudança: {{ interval }}).",
    refuted="Calçados e roupas não migram para extremos opostos: o ângulo entre as suas médias "
    "{{ raw | moved(1, '°', 'cresce') }} (intervalo da mudança: {{ interval }}), menos que os {{ margin }} pedidos.",
    inconclusive=(
        "De {{ run('e10').epochs }} a {{ run('e50').epochs }} épocas, o ângulo entre as médias de calçados e de "
        "roupas {{ raw | moved(1, '°', 'cresceu') }}. Uma migração para extremos opostos pediria mais de "
        "{{ margin }}; {{ with_seeds }}, não se decide."
    ),
)

ROBUST = Claim(
    id="44",
    statement="A separação entre calçados e roupas é a mais robusta de todas.",
    needs=("e100",),
    statistic=robustness_lead,
    measure="AUROC de calçados contra roupas menos a do melhor entre os outros cortes naturais, pelos votos dos "
    "vizinhos",
    margin=0.0,
    side="above",
    bounds=CORRELATION,
    reason="para ser a mais robusta, basta que supere todas as outras",
    decimals=4,
    groups=("footwear", "clothes"),
    confirmed="Nenhum outro corte é tão nítido quanto o de calçados e roupas: a sua AUROC supera a do melhor rival em "
    "{{ value }} (intervalo {{ interval }}).",
    refuted="Há um corte mais nítido que o de calçados e roupas: a diferença de AUROC até o melhor rival é {{ value }} "
    "(intervalo {{ interval }}).",
    inconclusive=(
        "A AUROC medida no corte entre calçados e roupas é {{ raw | abs | number(4) }} "
        "{{ 'maior' if raw > 0 else 'menor' }} que a do melhor rival; {{ with_seeds }}, não se decide se esse "
        "corte é o mais robusto."
    ),
)

CLAIMS = (CLUSTER, COHESION, DENSITY, OPPOSITE, ROBUST)
