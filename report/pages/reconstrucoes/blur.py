"""Where the blur comes from: the VAE beside an autoencoder of the same size, and what two dimensions cannot hold."""

import math
import re
from typing import TYPE_CHECKING

import numpy as np

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.language import ptbr
from report.metrics import METRICS
from report.pages import by_dimension
from report.pages.by_dimension import BY_DIMENSION
from report.pages.reconstrucoes.claims import error_gap
from report.tables import Table, alike
from vae import figures
from vae.grid import WIDE, alike_but_for, deterministic_runs
from vae.storage.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

# As BY_DIMENSION, without noise and KL term.
AUTOENCODERS = tuple(run for run in alike_but_for("e10", "latent_dim", "beta", "code") if run in deterministic_runs())
WITHOUT_KL = ("e10-b0", "e10-l50-b0")
PATIENT = "e100-ae"  # two dimensions, no KL term, and ten times the epochs
LEAST_LACK = 0.02  # of sharpness: less cannot be seen, and a share of it would be noise


def returned_sharpness(autoencoder: Sample, vae: Sample) -> Array:
    """Median gradient-energy ratio of the autoencoder minus that of the VAE, over what the VAE's lacks of 1, in %.

    A lack below LEAST_LACK counts as that much, so that the ratio keeps its sign and stays finite.
    """
    sharpness = vae.median("test_sharpness")
    return 100 * (autoencoder.median("test_sharpness") - sharpness) / np.maximum(1 - sharpness, LEAST_LACK)


def _due_to_kl(claim_id: str, space: str, autoencoder: str, vae: str) -> Claim:
    size = f"{{{{ run('{vae}').latent_dim }}}} dimensões"
    return Claim(
        id=claim_id,
        statement=f"No espaço {space}, o borrão das reconstruções se deve ao termo KL.",
        needs=(autoencoder, vae),
        statistic=returned_sharpness,
        measure=(
            "parte da nitidez que falta ao VAE e que o autocodificador determinístico do mesmo tamanho, com as mesmas "
            "épocas, devolve: a diferença entre as medianas dos dois, dividida pelo que falta à do VAE para igualar o "
            "original"
        ),
        margin=50.0,
        side="above",
        reason="o que se chama a causa do borrão tem de responder por ao menos metade dele",
        confirmed=(
            f"Em {size}, a maior parte do borrão vem da regularização: sem o termo KL e sem ruído, o autocodificador "
            "devolve {{ value }} (intervalo {{ interval }}) da nitidez que falta ao VAE."
        ),
        refuted=(
            f"Em {size}, o borrão não se deve sobretudo ao termo KL: sem ele e sem ruído, o autocodificador "
            "{% if raw < 0 %}é ainda mais borrado, e a parte da nitidez que devolve é negativa, {{ value }} (intervalo "
            "{{ interval }}){% else %}devolve só {{ value }} (intervalo {{ interval }}) da nitidez que falta ao VAE"
            "{% endif %}."
        ),
        inconclusive=(
            f"{{% if raw < 0 %}}O {{{{ label('{autoencoder}') }}}} é ainda mais borrado que o {{{{ label('{vae}') }}}}: a parte "
            "da nitidez que devolve é negativa, {{ value }}"
            f"{{% else %}}O {{{{ label('{autoencoder}') }}}} devolve {{{{ value }}}} da nitidez que falta ao "
            f"{{{{ label('{vae}') }}}}{{% endif %}}; a causa do borrão teria de devolver mais de {{{{ margin }}}}, "
            "{{ 'e é o que se mediu' if claimed else 'e não é o que se mediu' }}; {{ with_seeds }}, não se decide."
        ),
        unit="%",
        decimals=1,
    )


CLAIMS = (
    _due_to_kl("4", "de duas dimensões", "e10-ae", "e10"),
    _due_to_kl("4b", "de cinquenta dimensões", "e10-l50-ae", WIDE),
    Claim(
        id="10",
        statement="A compressão para duas dimensões torna inevitáveis pequenas perdas de informação.",
        needs=(PATIENT, WIDE),
        statistic=error_gap,
        measure=(
            "EQM por pixel do autocodificador do plano com mais épocas, sem termo KL nem ruído, menos o do VAE do latente "
            "grande com menos épocas"
        ),
        margin=0.005,
        side="above",
        reason=(
            "é o que se exige do ganho de fidelidade das cinquenta dimensões sobre o VAE de duas, cerca de um décimo do "
            "erro da PCA de duas dimensões neste conjunto de roupas; menos do que isso não mudaria o que se vê"
        ),
        confirmed=(
            "Com {{ run('e100-ae').latent_dim }} dimensões o detalhe se perde mesmo sem termo KL, sem ruído e com "
            "{{ run('e100-ae').epochs }} épocas: o EQM por pixel do {{ label('e100-ae') }} é {{ value }} (intervalo "
            "{{ interval }}) maior que o do {{ label('e10-l50') }}."
        ),
        refuted=(
            "Com {{ run('e100-ae').latent_dim }} dimensões a perda de detalhe não é inevitável: sem termo KL e sem "
            "ruído, o EQM por pixel do {{ label('e100-ae') }}, menos o do {{ label('e10-l50') }}, é {{ value }} "
            "(intervalo {{ interval }}), aquém de {{ margin }}."
        ),
        inconclusive=(
            "O EQM por pixel do {{ label('e100-ae') }} é {{ raw | abs | number(4) }} "
            "{{ 'maior' if raw > 0 else 'menor' }} que o do {{ label('e10-l50') }}. Uma perda inevitável pediria uma "
            "diferença acima de {{ margin }}; {{ with_seeds }}, não se decide."
        ),
        decimals=4,
    ),
)


def synthesis(evidence: Evidence) -> str:
    """Return how much of the blur goes with the KL term and the noise, at both sizes, as measured.

    Where an interval has the margin inside it, neither side is told.
    """
    measured, sizes = [], []
    for claim, run in ((CLAIMS[0], "e10"), (CLAIMS[1], WIDE)):
        measured.append(evidence.estimate(returned_sharpness, *claim.needs))
        sizes.append(ptbr.plural(evidence.spec(run).latent_dim, "dimensão", "dimensões"))
    returned = [estimate.value for estimate in measured]
    low, high = (ptbr.number(value, 1, "%") for value in returned)
    said = (
        f"Com {sizes[0]}, tirar o termo KL e o ruído devolve {low} da nitidez que falta ao VAE; com {sizes[1]}, {high}."
    )
    if min(returned) < 0:
        said += " Negativa, a parte quer dizer que sem eles a reconstrução fica ainda mais borrada."
    margin = CLAIMS[0].margin
    more = " A parte dela é maior onde o gargalo aperta menos." if returned[1] > max(returned[0], 0) else ""
    undecided = [one.low < margin < one.high and math.isfinite(one.half_width) for one in measured]
    if any(undecided):
        told = "; ".join(
            f"com {size}, fica perto da metade, e o intervalo, {ptbr.interval(one.low, one.high, 1, '%')}, não diz se acima ou abaixo"
            if unclear
            else f"com {size}, a regularização responde por {'mais' if one.value > margin else 'menos'} da metade do borrão medido"
            for size, one, unclear in zip(sizes, measured, undecided, strict=True)
        )
        return f"{said} {told[0].upper()}{told[1:]}.{more}"
    most = [value > margin for value in returned]
    if all(most):
        return f"{said} Na média medida, a maior parte do borrão vem da regularização nos dois tamanhos."
    if most[1]:
        return f"{said} No menor, o borrão medido é sobretudo do gargalo e da rede; no maior, da regularização."
    if most[0]:
        return f"{said} No menor, o borrão medido é sobretudo da regularização; no maior, do gargalo e da rede."
    return f"{said} Em nenhum dos dois a regularização responde por mais da metade do borrão medido.{more}"


def linear_sizes(evidence: Evidence) -> list[int]:
    """Return the numbers of dimensions of the linear projections that were measured, in order."""
    found = (re.fullmatch(r"pca(\d+)_mse", name) for name in evidence.dataset.scores)
    return sorted(int(match[1]) for match in found if match)


def draw_sharpness(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return the median sharpness against latent dimensions: VAE, autoencoder, PCA."""
    sizes = linear_sizes(evidence)
    linear = [evidence.dataset.score(f"pca{size}_sharpness") for size in sizes]
    paths = [
        by_dimension.trajectory(evidence, "VAE", "series1", "sharpness"),
        by_dimension.trajectory(evidence, "AE", "series2", "sharpness", AUTOENCODERS, joined=False),
        figures.Trajectory("PCA", "series4", sizes, linear, [""] * len(linear), joined=False),
    ]
    return by_dimension.draw(paths, theme, "mediana da nitidez (original: 1)")


def dimension_table(evidence: Evidence) -> str:
    """Return sharpness and squared error by latent dimension: VAE, autoencoder, PCA."""
    evidence, of_seeds = alike(evidence, (*BY_DIMENSION, *AUTOENCODERS))
    autoencoder = {evidence.spec(run).latent_dim: run for run in AUTOENCODERS}
    rows = []
    for run in BY_DIMENSION:
        size = evidence.spec(run).latent_dim
        cells = [ptbr.integer(size)]
        for name in ("sharpness", "mse"):
            metric = METRICS[name]
            for trained in (run, autoencoder.get(size)):
                if trained is None:
                    cells.append("n. m.")
                    continue
                measured = metric.measure(evidence, trained)
                # The error's interval would push the table out of its column; the page's main table has it.
                cells.append(
                    metric.text(measured) if name == "sharpness" else ptbr.number(measured.value, metric.decimals)
                )
            linear = evidence.dataset.scores.get(f"pca{size}_{name}")
            cells.append("n. m." if linear is None else ptbr.number(linear, metric.decimals))
        rows.append(cells)
    header = ["Dimensões", "Nitidez, VAE", "Nitidez, AE", "Nitidez, PCA", "EQM, VAE", "EQM, AE", "EQM, PCA"]
    caption = (
        "Nitidez mediana (mais é melhor) e EQM por pixel (menos é melhor) conforme a dimensão latente, todos os treinos "
        f"com {ptbr.plural(evidence.spec(BY_DIMENSION[0]).epochs, 'época', 'épocas')}: o VAE, o autocodificador "
        "determinístico (AE) e a projeção linear; a nitidez com metade do seu intervalo, onde se pode estimá-lo. "
        f"n. m.: não medido.{of_seeds}"
    )
    return str(Table(header, rows, caption, id="nitidez-dimensao"))
