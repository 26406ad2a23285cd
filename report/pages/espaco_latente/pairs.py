"""Claims about pairs of classes that share neighbours."""

import functools
import itertools

import numpy as np

from report.judging.claims import Claim
from report.judging.ratios import ratio
from report.judging.sample import Sample
from report.judging.statistics import PERCENTAGE, POINTS, REDUCTION, SHARE
from vae.storage.results import Array

T_SHIRT, PULLOVER, SHIRT, COAT, BAG = "T-shirt/top", "Pullover", "Shirt", "Coat", "Bag"


def bag_coat_confusion(run: Sample) -> Array:
    """Percentage of the neighbours of Bag and Coat images that belong to the other of the two, mean of both ways."""
    return 100 * pair_confusion(run, BAG, COAT)


def t_shirt_shirt_lead(run: Sample) -> Array:
    """Confusion of T-shirt/top and Shirt minus that of each other pair, in percentage points; the least counts."""
    return 100 * run.confusion_leads(*run.classes(T_SHIRT, SHIRT))


def shirt_between(run: Sample) -> Array:
    """Shirt's confusions with T-shirt/top and Pullover minus that of these two, in percentage points; the lesser counts."""
    with_shirt = np.stack([pair_confusion(run, SHIRT, other) for other in (T_SHIRT, PULLOVER)], axis=1)
    return 100 * (with_shirt - pair_confusion(run, T_SHIRT, PULLOVER)[:, None])


def sleeves_apart(run: Sample) -> Array:
    """AUROC of T-shirt/top against Pullover, by votes of the nearest neighbours."""
    return run.knn_auroc(run.classes(T_SHIRT), run.classes(PULLOVER))


def entropy_excess(run: Sample, name: str) -> Array:
    """Mean entropy of the neighbours' votes of a class's images minus that of the median class, in nats."""
    entropy = run.vote_entropy()
    return entropy[:, run.info.class_index(name)] - np.median(entropy, axis=1)


def tops_confusion_change(before: Sample, after: Sample) -> Array:
    """Change of the confusion of two upper garments, mean over their pairs, in percentage points."""
    pairs = list(itertools.combinations(before.info.groups["tops"], 2))
    first, second = (np.mean([run.confusion(*pair) for pair in pairs], axis=0) for run in (before, after))
    return 100 * (second - first)


def confusion_removed(narrow: Sample, wide: Sample) -> Array:
    """Percentage of the confusion of T-shirt/top and Shirt in the first run that is gone in the second; none of nothing."""
    kept = ratio(pair_confusion(wide, T_SHIRT, SHIRT), pair_confusion(narrow, T_SHIRT, SHIRT), of_nothing=1.0)
    return 100 * (1 - kept)


def pair_confusion(run: Sample, first: str, second: str) -> Array:
    """Return the confusion of two classes by name, (B,)."""
    return run.confusion(run.info.class_index(first), run.info.class_index(second))


BAGS = Claim(
    id="13",
    statement="Com dez épocas, Bag e Coat se misturam, porque têm em comum a forma retangular.",
    needs=("e10",),
    statistic=bag_coat_confusion,
    measure="confusão entre Bag e Coat: a parte dos vizinhos que pertence à outra classe do par, média dos dois sentidos",
    # The median pair, which came before, is near zero in any plane that tells footwear from clothes: who passes it need
    # not be mixed. What is thrown together at random has one neighbour in ten of each class.
    margin=10.0,
    side="above",
    bounds=PERCENTAGE,
    reason="dez classes espalhadas ao acaso já dariam um vizinho em dez; classes que se misturam têm mais que isso, e "
    "abaixo disso o plano as afasta",
    unit="%",
    decimals=1,
    classes=(BAG, COAT),
    confirmed="Bag e Coat se misturam: {{ value }} (intervalo {{ interval }}) dos seus vizinhos são da outra classe, mais "
    "do que se o plano fosse arrumado ao acaso.",
    refuted="Bag e Coat não se misturam: só {{ value }} (intervalo {{ interval }}) dos seus vizinhos são da outra classe, "
    "e um plano arrumado ao acaso já daria {{ margin }}.",
    inconclusive=(
        "Dos vizinhos de Bag e de Coat, {{ value }} são da outra classe. Um plano arrumado ao acaso daria {{ margin }}, e "
        "para se falar de mistura é preciso mais; {{ with_seeds }}, não se decide."
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
    bounds=POINTS,
    reason="acima de zero, nenhum outro par se confunde mais",
    unit="p.p.",
    classes=(T_SHIRT, SHIRT),
    confirmed="Com {{ run('e100').epochs }} épocas e {{ run('e100').latent_dim }} dimensões, T-shirt/top e Shirt são o "
    "par mais confuso: estão {{ value }} (intervalo {{ interval }}) acima do segundo.",
    refuted="Com {{ run('e100').epochs }} épocas e {{ run('e100').latent_dim }} dimensões, T-shirt/top e Shirt não são o "
    "par mais confuso: a sua confusão é {{ raw | apart(2, 'p.p.') }} que a do mais confuso dos outros (intervalo "
    "da diferença: {{ interval }}).",
    inconclusive=(
        "Pelo valor medido, T-shirt/top e Shirt {{ 'são' if claimed else 'não são' }} o par mais confuso: a sua "
        "confusão é {{ raw | apart(2, 'p.p.') }} que a do mais confuso dos outros; {{ with_seeds }}, não "
        "se decide se a ordem é essa."
    ),
)

SHIRTS = Claim(
    id="43",
    statement="Shirt permanece sobreposta a T-shirt/top e a Pullover.",
    needs=("e100",),
    statistic=shirt_between,
    measure="menor das confusões de Shirt com T-shirt/top e com Pullover, menos a confusão entre estas duas",
    margin=0.0,
    side="above",
    bounds=POINTS,
    reason="acima de zero, Shirt está mais perto de cada uma das duas do que elas estão entre si",
    unit="p.p.",
    classes=(T_SHIRT, PULLOVER, SHIRT),
    confirmed="Shirt se confunde com T-shirt/top e com Pullover mais do que as duas entre si: a menor das suas "
    "confusões está {{ value }} (intervalo {{ interval }}) acima.",
    refuted="Shirt não fica entre T-shirt/top e Pullover: a menor das suas confusões é "
    "{{ raw | apart(2, 'p.p.') }} que a das duas entre si (intervalo da diferença: {{ interval }}).",
    inconclusive=(
        "Das confusões de Shirt com T-shirt/top e com Pullover, a menor é {{ raw | apart(2, 'p.p.') }} "
        "que a que estas duas têm entre si; {{ with_seeds }}, não se decide se Shirt se sobrepõe a ambas."
    ),
)

PARTED = Claim(
    id="43b",
    statement="T-shirt/top e Pullover se separam moderadamente.",
    needs=("e100",),
    statistic=sleeves_apart,
    measure="AUROC de T-shirt/top contra Pullover, pelos votos dos vizinhos",
    margin=0.9,
    side="above",
    bounds=SHARE,
    reason="em nove de cada dez pares de imagens, uma de cada classe, os vizinhos as põem na ordem certa; de uma separação "
    "moderada não se pede mais",
    decimals=3,
    classes=(T_SHIRT, PULLOVER),
    confirmed="T-shirt/top e Pullover se separam: a AUROC de uma contra a outra é {{ value }} (intervalo {{ interval }}).",
    refuted="T-shirt/top e Pullover não chegam a se separar: a AUROC de uma contra a outra é {{ value }} (intervalo "
    "{{ interval }}), e a afirmação pede mais de {{ margin }}.",
    inconclusive=(
        "A AUROC medida de T-shirt/top contra Pullover é {{ value }} e {{ 'passa' if claimed else 'não passa' }} de "
        "{{ margin }}; {{ with_seeds }}, não se decide se as duas se separam."
    ),
)


def _wanderer(claim_id: str, name: str) -> Claim:
    return Claim(
        id=claim_id,
        statement=f"Com dez épocas, {name} transita entre regiões, por ter características de várias classes.",
        needs=("e10",),
        statistic=functools.partial(entropy_excess, name=name),
        measure=f"entropia média dos votos dos vizinhos das imagens de {name} menos a da classe mediana",
        margin=0.1,
        side="above",
        reason="um décimo de nat é um décimo a mais no número efetivo de classes entre os vizinhos, a exponencial da "
        "entropia",
        unit="nats",
        decimals=3,
        classes=(name,),
        confirmed=f"{name} está em trânsito: a entropia dos seus vizinhos passa a da classe mediana em "
        "{{ value }} (intervalo {{ interval }}).",
        refuted=f"{name} não está {{{{ 'muito ' if raw > 0 }}}}mais em trânsito que a classe mediana: a entropia dos seus "
        "vizinhos é {{ raw | apart(3, 'nats') }} que a dela (intervalo da diferença: {{ interval }}), e a afirmação pede "
        "{{ margin }} a mais.",
        inconclusive=(
            f"A entropia medida nos vizinhos de {name} é "
            "{{ raw | apart(3, 'nats') }} que a da classe mediana; a afirmação pede {{ margin }} a mais, "
            "{{ 'e é o que se mediu' if claimed else 'e não é o que se mediu' }}; "
            f"{{{{ with_seeds }}}}, não se decide se {name} transita mais que as outras classes."
        ),
    )


WANDERERS = (_wanderer("14", "Dress"), _wanderer("14b", COAT), _wanderer("14c", BAG))

TOPS = Claim(
    id="17b",
    statement="Com cem épocas, as roupas superiores (T-shirt/top, Pullover e Shirt) se separam melhor entre si.",
    needs=("e50", "e100"),
    statistic=tops_confusion_change,
    measure="mudança da confusão média entre duas das três classes",
    margin=-1.0,
    side="below",
    bounds=POINTS,
    reason="um vizinho em cem a menos na classe errada é o mínimo para se falar de separação melhor",
    unit="p.p.",
    groups=("tops",),
    confirmed="As roupas superiores se separam melhor: de {{ run('e50').epochs }} a {{ run('e100').epochs }} épocas, a "
    "confusão entre duas delas {{ raw | moved(2, 'p.p.') }} (intervalo da mudança: {{ interval }}).",
    refuted="As roupas superiores não se separam visivelmente melhor: de {{ run('e50').epochs }} a "
    "{{ run('e100').epochs }} épocas, a confusão entre duas delas {{ raw | moved(2, 'p.p.') }} (intervalo da mudança: "
    "{{ interval }}), e a margem de {{ margin }} não é alcançada.",
    inconclusive=(
        "Entre as roupas superiores, a confusão de duas classes {{ raw | moved(2, 'p.p.', 'subiu') }} de "
        "{{ run('e50').epochs }} a {{ run('e100').epochs }} épocas, e separar-se melhor pediria uma mudança abaixo de "
        "{{ margin }}; {{ with_seeds }}, não se decide."
    ),
)

CRAMPED = Claim(
    id="21",
    statement="A sobreposição que resta entre T-shirt/top e Shirt vem de faltarem dimensões.",
    needs=("e100", "e10-l50"),
    statistic=confusion_removed,
    measure="parte da confusão entre T-shirt/top e Shirt que some quando as dimensões são muitas",
    margin=50.0,
    side="above",
    bounds=REDUCTION,
    reason="se some mais da metade, a causa principal era a falta de dimensões",
    unit="%",
    decimals=1,
    classes=(T_SHIRT, SHIRT),
    confirmed="A maior parte da confusão entre T-shirt/top e Shirt vem da falta de dimensões: com mais delas, a "
    "confusão {{ (-raw) | moved(1, '%') }} (intervalo da queda: {{ interval }}).",
    refuted="A maior parte da confusão entre T-shirt/top e Shirt não vem da falta de dimensões: com mais delas, a "
    "confusão {{ (-raw) | moved(1, '%') }} (intervalo da queda: {{ interval }}), e a afirmação pede uma queda de "
    "mais de {{ margin }}.",
    inconclusive=(
        "Com {{ run('e10-l50').latent_dim }} dimensões, a confusão entre T-shirt/top e Shirt "
        "{{ (-raw) | moved(1, '%') }}, e a afirmação pede uma queda de mais de {{ margin }}; {{ with_seeds }}, não se "
        "decide quanto dela vem da falta de dimensões."
    ),
)

CLAIMS = (BAGS, RESIDUE, SHIRTS, PARTED, *WANDERERS, TOPS, CRAMPED)
