"""Claims on what survives of every class, and of every kind of garment."""

import numpy as np

from report.judging.claims import Claim
from report.judging.ratios import spread_if_unanimous
from report.judging.sample import Sample
from report.judging.statistics import ALPHA, PERCENTAGE
from report.pages.reconstrucoes.claims import KINDS, kinds, least_kept_class, least_kept_kind
from vae.storage.results import Array


def kept_in_every_kind(run: Sample, classifier: Sample) -> Array:
    """Share of a kind's images whose reconstruction is of their kind, %; the least counts, with Wilson's interval at 0 and 100 %."""
    return _spread(least_kept_kind(run, classifier), run, classifier, kinds(run.info))


def kept_in_every_class(run: Sample, classifier: Sample) -> Array:
    """Share of a class's images whose reconstruction is of their class, %; the least counts, with Wilson's interval at 0 and 100 %."""
    return _spread(least_kept_class(run, classifier), run, classifier, np.arange(len(run.info.classes)))


def _spread(shares: Array, run: Sample, classifier: Sample, name: Array) -> Array:
    truth, original = name[run.labels], name[classifier.array("test_predictions")]
    counts = [int(np.sum((truth == one) & (original == one))) for one in np.unique(name)]
    spread = [spread_if_unanimous(share / 100, count, ALPHA) for share, count in zip(shares.T, counts, strict=True)]
    return 100 * np.stack(spread, axis=1)


FEW = (
    "{% if raw == 0 %}não reconhece nenhuma reconstrução{% else %}reconhece só {{ value }} das reconstruções{% endif %} "
    "(intervalo {{ interval }})"
)

CLAIMS = (
    Claim(
        id="3",
        statement="Depois de dez épocas, o modelo já reconstrói a estrutura global de todas as categorias (blusas, calçados, bolsas).",
        needs=("e10", "classifier"),
        statistic=kept_in_every_kind,
        measure=(
            "no tipo de peça em que menos acontece, parcela das imagens cuja reconstrução o classificador reconhece, entre as que ele "
            "já reconhece no original"
        ),
        margin=50.0,
        side="above",
        bounds=PERCENTAGE,
        reason="abaixo da metade, a maioria das reconstruções já passa por outra coisa",
        groups=KINDS,
        confirmed=(
            "Com {{ run('e10').epochs }} épocas, a estrutura global se conserva em todos os tipos de peça: mesmo do pior deles, o classificador reconhece "
            "{{ value }} (intervalo {{ interval }}) das reconstruções."
        ),
        refuted=(
            "Com {{ run('e10').epochs }} épocas, a estrutura global não se conserva em todos os tipos de peça: do pior deles, o "
            f"classificador, que nunca viu imagens borradas, {FEW}."
        ),
        inconclusive=(
            "Do tipo de peça que pior se conserva depois de {{ run('e10').epochs }} épocas, o classificador reconhece {{ value }} das "
            "reconstruções, quando a afirmação pede mais de {{ margin }}; {{ with_seeds }}, não se decide."
        ),
        unit="%",
        decimals=1,
    ),
    Claim(
        id="3b",
        statement="Depois de dez épocas, o que se reconstrói já basta para reconhecer cada uma das dez classes.",
        needs=("e10", "classifier"),
        statistic=kept_in_every_class,
        measure=(
            "na classe em que menos acontece, parcela das imagens cuja reconstrução o classificador reconhece, entre as que ele "
            "já reconhece no original"
        ),
        margin=50.0,
        side="above",
        bounds=PERCENTAGE,
        reason="abaixo da metade, a maioria das reconstruções já passa por outra coisa",
        ours=True,
        confirmed=(
            "Com {{ run('e10').epochs }} épocas, cada classe ainda se reconhece na reconstrução: mesmo da pior delas, o classificador reconhece "
            "{{ value }} (intervalo {{ interval }}) das reconstruções."
        ),
        refuted=(
            "Com {{ run('e10').epochs }} épocas, nem toda classe se reconhece na reconstrução: da pior delas, o classificador, "
            f"que nunca viu imagens borradas, {FEW}."
        ),
        inconclusive=(
            "Da classe que pior se conserva depois de {{ run('e10').epochs }} épocas, o classificador reconhece {{ value }} das "
            "reconstruções, quando a afirmação pede mais de {{ margin }}; {{ with_seeds }}, não se decide."
        ),
        unit="%",
        decimals=1,
    ),
)
