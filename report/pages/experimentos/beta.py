"""Claims on the weight of the KL term: between its ends, and whether dimensions are lost to the prior."""

import math

import numpy as np

from report.judging.claims import Claim
from report.judging.sample import USED_VARIANCE, Sample
from report.judging.statistics import POSITIVE
from report.origins.numbers import origins_of, trace
from vae.grid import WIDE
from vae.storage.results import Array

ENDS = ("e10", "e10-b100", "e10-b0")  # weight one, the heaviest, none
WIDE_ENDS = ("e10-l50", "e10-l50-b100", "e10-l50-b0")
MOST = 0.9  # of the dimensions: a code that uses so many has lost none that matters


def information_margin(balanced: Sample, heavy: Sample, free: Sample) -> Array:
    """How far I(x; z) lies inside the ends of beta, large and zero, by either, in nats; the nearer counts."""
    return inside(*(run.score("mutual_information") for run in (balanced, heavy, free)))


def rate_margin(balanced: Sample, heavy: Sample, free: Sample) -> Array:
    """How far the mean KL lies inside the ends of beta, large and zero, by either, in nats; the nearer counts."""
    return inside(*(run.mean("test_kl") for run in (balanced, heavy, free)))


def inside(value: Array, low: Array, high: Array) -> Array:
    """Return how far a value (B,) lies above the lower end of an interval and below the upper, (B, 2); negative outside."""
    return np.stack([value - low, high - value], axis=1)


def variance_at_most_used(run: Sample) -> float:
    """Variance of the posterior means in the dimension that completes MOST of them, from the one that varies most down.

    Above USED_VARIANCE exactly if so many dimensions are in use. The share itself is a count, the same in every training
    of a small code: no interval could be had of it.
    """
    variances = run.mean_variances()
    return float(variances[rank_of_most(len(variances)) - 1])


def rank_of_most(dimensions: int) -> int:
    """Return how many dimensions make up MOST of so many."""
    rank: int = trace(math.ceil(MOST * dimensions), origins_of(dimensions))
    return rank


BALANCED = "Com β igual a um, o modelo não vira autocodificador determinístico nem ignora os dados em favor da prior"
QUESTION = (
    "meio nat é menos do que responde uma pergunta de sim ou não sobre a imagem: a distância menor não seria diferença"
)
BETWEEN = Claim(
    id="2",
    statement=f"{BALANCED} (latente pequeno).",
    needs=ENDS,
    statistic=information_margin,
    measure="menor das distâncias entre a informação I(x; z) do treino com β igual a um e as dos extremos, com β nulo e com "
    "β grande; a incerteza é só a das sementes",
    margin=0.5,
    side="above",
    reason=QUESTION,
    confirmed=(
        "Com {{ run('e10').latent_dim }} dimensões, \\(\\beta = 1\\) fica entre os extremos: a informação que o código "
        "traz está a {{ value }}{% if interval %} (intervalo {{ interval }}){% endif %} do mais próximo deles, mais do que "
        "a margem de {{ margin }}."
    ),
    refuted=(
        "Com {{ run('e10').latent_dim }} dimensões, \\(\\beta = 1\\) não se afasta dos dois extremos: a informação que o "
        "código traz está a {{ value }}{% if interval %} (intervalo {{ interval }}){% endif %} do mais próximo, aquém da "
        "margem de {{ margin }}; distância negativa quer dizer fora dos dois."
    ),
    inconclusive=(
        "Com {{ run('e10').latent_dim }} dimensões, a informação medida com \\(\\beta = 1\\) está a {{ value }} do extremo "
        "mais próximo, o que {{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; {{ with_seeds }}, não se "
        "decide se o modelo fica entre os extremos."
    ),
    unit="nats",
)
BETWEEN_WIDE = Claim(
    id="2b",
    statement=f"{BALANCED} (latente grande).",
    needs=WIDE_ENDS,
    statistic=rate_margin,
    measure="menor das distâncias entre a KL média de teste do treino com β igual a um e as dos extremos, com β nulo e com "
    "β grande",
    margin=0.5,
    side="above",
    reason=QUESTION,
    confirmed=(
        "Com {{ run('e10-l50').latent_dim }} dimensões, \\(\\beta = 1\\) fica entre os extremos: a taxa está a {{ value }}"
        "{% if interval %} (intervalo {{ interval }}){% endif %} do mais próximo deles, mais do que a margem de "
        "{{ margin }}."
    ),
    refuted=(
        "Com {{ run('e10-l50').latent_dim }} dimensões, \\(\\beta = 1\\) não se afasta dos dois extremos: a taxa está a "
        "{{ value }}{% if interval %} (intervalo {{ interval }}){% endif %} do mais próximo, aquém da margem de "
        "{{ margin }}; distância negativa quer dizer fora dos dois."
    ),
    inconclusive=(
        "Com {{ run('e10-l50').latent_dim }} dimensões, a taxa medida com \\(\\beta = 1\\) está a {{ value }} do extremo "
        "mais próximo, o que {{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; {{ with_seeds }}, não se "
        "decide se o modelo fica entre os extremos."
    ),
    unit="nats",
)


def _used(claim_id: str, run: str, size: str) -> Claim:
    dimensions = f"{{{{ run('{run}').latent_dim }}}} dimensões"
    value = "{{ value }} vez a variância da prior{% if interval %} (intervalo {{ interval }}){% endif %}"
    return Claim(
        id=claim_id,
        statement=f"Com β igual a um, o código não colapsa para a prior: o modelo usa as suas dimensões (latente {size}).",
        needs=(run,),
        statistic=variance_at_most_used,
        measure="variância das médias latentes, em variâncias da prior, na dimensão que completa nove décimos delas, da que mais varia "
        "de imagem a imagem à que menos; a incerteza é só a das sementes",
        # The usual cut, a hundredth, runs through the tail of dimensions that tell next to nothing: the count follows it.
        margin=USED_VARIANCE,
        side="above",
        bounds=POSITIVE,
        reason="com um décimo da variância da prior, a dimensão conta da imagem cerca de um vigésimo de nat; quem usa nove de cada "
        "dez não as perdeu para a prior, e menos do que isso já é colapso de uma parte",
        confirmed=(
            f"O {{{{ label('{run}') }}}} usa ao menos nove décimos das suas {dimensions}: "
            f"ordenadas pela variância das médias, a que os completa tem {value}, acima do corte de {{{{ margin }}}}."
        ),
        refuted=(
            f"O {{{{ label('{run}') }}}} não usa nove décimos das suas {dimensions}: "
            f"ordenadas pela variância das médias, a que os completaria tem só {value}, abaixo do corte de {{{{ margin }}}}."
        ),
        inconclusive=(
            f"No {{{{ label('{run}') }}}}, ordenadas as {dimensions} pela variância das médias, a que "
            f"completa nove décimos delas tem {value}, o que {{{{ 'passa' if claimed else 'não passa' }}}} do corte de {{{{ margin }}}}; "
            "{{ with_seeds }}, não se decide se o código colapsa em parte."
        ),
        decimals=3,
    )


USED, USED_WIDE = _used("2c", "e10", "pequeno"), _used("2d", WIDE, "grande")

CLAIMS = (BETWEEN, BETWEEN_WIDE, USED, USED_WIDE)
