"""Claims on the weight of the KL term: between its ends, and whether dimensions are lost to the prior."""

import numpy as np

from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import SHARE
from vae.grid import WIDE
from vae.storage.results import Array

ENDS = ("e10", "e10-b100", "e10-b0")  # weight one, the heaviest, none
WIDE_ENDS = ("e10-l50", "e10-l50-b100", "e10-l50-b0")


def information_margin(balanced: Sample, heavy: Sample, free: Sample) -> Array:
    """How far I(x; z) lies inside the ends of beta, large and zero, by either, in nats; the nearer counts."""
    return inside(*(run.score("mutual_information") for run in (balanced, heavy, free)))


def rate_margin(balanced: Sample, heavy: Sample, free: Sample) -> Array:
    """How far the mean KL lies inside the ends of beta, large and zero, by either, in nats; the nearer counts."""
    return inside(*(run.mean("test_kl") for run in (balanced, heavy, free)))


def inside(value: Array, low: Array, high: Array) -> Array:
    """Return how far a value (B,) lies above the lower end of an interval and below the upper, (B, 2); negative outside."""
    return np.stack([value - low, high - value], axis=1)


def used_share(run: Sample) -> float:
    """Share of the latent dimensions that are in use: whose posterior mean varies by more than a tenth of the prior's variance."""
    return run.used_dimensions() / run.array("latent_mean").shape[1]


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
    return Claim(
        id=claim_id,
        statement=f"Com β igual a um, o código não colapsa para a prior: o modelo usa as suas dimensões (latente {size}).",
        needs=(run,),
        statistic=used_share,
        # The usual cut, a hundredth, runs through the tail of dimensions that tell next to nothing: the count follows it.
        measure="parte das dimensões latentes em uso: as de média que varia de imagem a imagem com mais de um décimo da variância "
        "da prior; a incerteza é só a das sementes",
        margin=0.9,
        side="above",
        bounds=SHARE,
        reason="quem usa nove de cada dez dimensões não as perdeu para a prior; menos do que isso já é colapso de uma parte",
        confirmed=(
            f"O {{{{ label('{run}') }}}} usa quase todas as suas {{{{ run('{run}').latent_dim }}}} dimensões: a parte em uso "
            "é de {{ value }}{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de {{ margin }}."
        ),
        refuted=(
            f"O {{{{ label('{run}') }}}} perde para a prior uma parte das suas {{{{ run('{run}').latent_dim }}}} dimensões: "
            "a fração que fica em uso é de {{ value }}{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da "
            "margem de {{ margin }}."
        ),
        inconclusive=(
            f"No {{{{ label('{run}') }}}}, a parte em uso das {{{{ run('{run}').latent_dim }}}} dimensões é de {{{{ value }}}}, "
            "o que {{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; {{ with_seeds }}, não se decide se "
            "o código colapsa em parte."
        ),
    )


USED, USED_WIDE = _used("2c", "e10", "pequeno"), _used("2d", WIDE, "grande")

CLAIMS = (BETWEEN, BETWEEN_WIDE, USED, USED_WIDE)
