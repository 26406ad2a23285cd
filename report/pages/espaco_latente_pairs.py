"""Claims about pairs of classes that share neighbours."""

import numpy as np

from report.claims import Claim
from report.sample import Sample
from vae.results import Array

T_SHIRT, PULLOVER, SHIRT, COAT, BAG = "T-shirt/top", "Pullover", "Shirt", "Coat", "Bag"


def bag_coat_excess(run: Sample) -> Array:
    """Confusion of Bag and Coat minus that of the median pair of classes, in percentage points."""
    return 100 * (pair_confusion(run, BAG, COAT) - np.median(list(run.confusions().values()), axis=0))


def t_shirt_shirt_lead(run: Sample) -> Array:
    """Confusion of T-shirt/top and Shirt minus that of each other pair, in percentage points; the least counts."""
    return 100 * run.confusion_leads(*run.classes(T_SHIRT, SHIRT))


def shirt_between(run: Sample) -> Array:
    """Shirt's confusions with T-shirt/top and Pullover minus that of these two, in percentage points; the lesser counts."""
    with_shirt = np.stack([pair_confusion(run, SHIRT, other) for other in (T_SHIRT, PULLOVER)], axis=1)
    return 100 * (with_shirt - pair_confusion(run, T_SHIRT, PULLOVER)[:, None])


def pair_confusion(run: Sample, first: str, second: str) -> Array:
    """Return the confusion of two classes by name, (B,)."""
    return run.confusion(run.info.class_index(first), run.info.class_index(second))


BAGS = Claim(
    id="13",
    statement="Com dez épocas, Bag e Coat se misturam, porque têm em comum a forma retangular.",
    needs=("e10",),
    statistic=bag_coat_excess,
    measure="confusão entre Bag e Coat menos a do par mediano de classes",
    margin=1.0,
    side="above",
    reason="um vizinho em cem a mais que no par mediano é o mínimo para se falar de mistura",
    unit="p.p.",
    classes=(BAG, COAT),
    confirmed="Bag e Coat se misturam mais que um par qualquer: a sua confusão passa a do par mediano em {{ value }} "
    "(intervalo {{ interval }}).",
    refuted="Bag e Coat não se misturam de modo especial: a sua confusão difere da do par mediano em "
    "{{ raw | signed(2, 'p.p.') }} (intervalo {{ interval }}), e a margem de {{ margin }} não é alcançada.",
    inconclusive=(
        "Entre Bag e Coat medimos uma confusão que difere da do par mediano em {{ raw | signed(2, 'p.p.') }}, e "
        "para se falar de mistura é preciso mais de {{ margin }} acima; {{ with_seeds }}, não se decide."
    ),
)

RESIDUE = Claim(
    id="20",
    statement="Mesmo com cem épocas, a sobreposição que resta é a de T-shirt/top com Shirt.",
    needs=("e100",),
    statistic=t_shirt_shirt_lead,
    measure="confusão entre T-shirt/top e Shirt menos a do mais confuso dos outros pares",
    margin=0.0,
    side="above",
    reason="acima de zero, nenhum outro par se confunde mais",
    unit="p.p.",
    classes=(T_SHIRT, SHIRT),
    confirmed="T-shirt/top e Shirt são o par mais confuso: estão {{ value }} (intervalo {{ interval }}) acima do "
    "segundo.",
    refuted="T-shirt/top e Shirt não são o par mais confuso: até o primeiro a diferença é {{ raw | signed(2, 'p.p.') "
    "}} (intervalo {{ interval }}).",
    inconclusive=(
        "Pelo valor medido, T-shirt/top e Shirt {{ 'são' if claimed else 'não são' }} o par mais confuso: entre "
        "ele e o mais confuso dos outros, a diferença é de {{ raw | signed(2, 'p.p.') }}; {{ with_seeds }}, não "
        "se decide se a ordem é essa."
    ),
)

SHIRTS = Claim(
    id="43",
    statement="T-shirt/top e Pullover se separam razoavelmente; Shirt se sobrepõe a ambas.",
    needs=("e100",),
    statistic=shirt_between,
    measure="menor das confusões de Shirt com T-shirt/top e com Pullover, menos a confusão entre estas duas",
    margin=0.0,
    side="above",
    reason="acima de zero, Shirt está mais perto de cada uma das duas do que elas estão entre si",
    unit="p.p.",
    classes=(T_SHIRT, PULLOVER, SHIRT),
    confirmed="Shirt se confunde com T-shirt/top e com Pullover mais do que as duas entre si: a menor das suas "
    "confusões está {{ value }} (intervalo {{ interval }}) acima.",
    refuted="Shirt não fica entre T-shirt/top e Pullover: a menor das suas confusões menos a das duas entre si dá "
    "{{ raw | signed(2, 'p.p.') }} (intervalo {{ interval }}).",
    inconclusive=(
        "Das confusões de Shirt com T-shirt/top e com Pullover, a menor difere em {{ raw | signed(2, 'p.p.') }} "
        "da que estas duas têm entre si; {{ with_seeds }}, não se decide se Shirt se sobrepõe a ambas."
    ),
)

CLAIMS = (BAGS, RESIDUE, SHIRTS)
