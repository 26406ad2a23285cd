"""Claims on what to train: how long, with how many dimensions, on how many images, with what weight of the KL term."""

import numpy as np

from report.judging.claims import Claim, untestable
from report.judging.sample import Sample
from report.judging.statistics import SHARE
from report.pages.treinamento_claims import HALF, SCALE, gap_difference, reconstruction_gap
from vae.storage.results import Array

SNAPSHOTS = ("e10", "e50", "e100")
WIDE = "e10-l50"
FEW, FEW_WIDE, FEW_FREE = "e200-n600", "e200-l50-n600", "e200-l50-n600-b0"  # the last without its KL term
ENDS = ("e10", "e10-b100", "e10-b0")  # weight one, the heaviest, none
WIDE_ENDS = ("e10-l50", "e10-l50-b100", "e10-l50-b0")
LEAST_GAIN = 0.1  # nats: a gain below this is none, and a ratio to it would be noise


def gain_ratio(e10: Sample, e50: Sample, e100: Sample) -> Array:
    """Fall of the test −ELBO over the second stretch of the trajectory, divided by that over the first.

    A first gain below LEAST_GAIN counts as that much, so that the ratio keeps its sign and stays finite.
    """
    first, middle, last = (sample.mean("test_bce") + sample.mean("test_kl") for sample in (e10, e50, e100))
    return (middle - last) / np.maximum(first - middle, LEAST_GAIN)


def late_gain(e10: Sample, e50: Sample, e100: Sample) -> Array:
    """Fall of the test −ELBO over the second stretch of the trajectory in % of that over the first."""
    return 100 * gain_ratio(e10, e50, e100)


def doubling_ratio(e10: Sample, e50: Sample, e100: Sample) -> Array:
    """Fall of the test −ELBO for each doubling of the epochs in the second stretch, divided by that in the first, in %.

    A first gain below LEAST_GAIN for a doubling counts as that much.
    """
    first, second = doubling_gain(e10, e50), doubling_gain(e50, e100)
    return 100 * second / np.maximum(first, LEAST_GAIN)


def reconstruction_gap_difference(first: Sample, second: Sample, data: Sample) -> Array:
    """Test minus training BCE of the first run minus that of the second, entropies discounted, nats: (B,)."""
    return reconstruction_gap(first, data) - reconstruction_gap(second, data)


def doubling_gain(before: Sample, after: Sample) -> Array:
    """Return the fall of the test −ELBO between two snapshots, nats for each doubling of the epochs: (B,)."""
    losses = [run.mean("test_bce") + run.mean("test_kl") for run in (before, after)]
    epochs = [run.result.spec["training"]["epochs"] for run in (before, after)]
    return (losses[0] - losses[1]) / np.log2(epochs[1] / epochs[0])


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


MARGINAL = Claim(
    id="8",
    statement="Depois de cinquenta épocas, os ganhos são marginais.",
    needs=SNAPSHOTS,
    statistic=late_gain,
    measure="ganho de −ELBO de teste do segundo ao terceiro instantâneo, dividido pelo do primeiro ao segundo",
    margin=25.0,
    side="below",
    reason="um ganho é marginal se um trecho de treino ao menos tão longo quanto o anterior rende menos de um quarto "
    "dele",
    confirmed="Os ganhos depois de {{ run('e50').epochs }} épocas são marginais: o trecho até "
    "{{ run('e100').epochs }} rende {{ value }} do que rendeu o trecho de {{ run('e10').epochs }} a "
    "{{ run('e50').epochs }} épocas{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de "
    "{{ margin }}.",
    refuted="Os ganhos depois de {{ run('e50').epochs }} épocas não são marginais: o trecho até "
    "{{ run('e100').epochs }} rende {{ value }} do que rendeu o trecho de {{ run('e10').epochs }} a "
    "{{ run('e50').epochs }} épocas{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de "
    "{{ margin }}.",
    inconclusive=(
        "O trecho de {{ run('e50').epochs }} a {{ run('e100').epochs }} épocas rendeu {{ value }} do que rendera "
        "o de {{ run('e10').epochs }} a {{ run('e50').epochs }}, o que {{ 'fica' if claimed else 'não fica' }} "
        "abaixo da margem de {{ margin }}; {{ with_seeds }}, não se decide se os ganhos tardios são marginais."
    ),
    unit="%",
    decimals=0,
)

BEND = Claim(
    id="9",
    statement="Com duas dimensões, cinquenta épocas dão a melhor relação entre qualidade e tempo.",
    needs=SNAPSHOTS,
    statistic=doubling_ratio,
    measure="ganho de −ELBO de teste por duplicação das épocas depois do segundo instantâneo, dividido pelo de antes dele",
    margin=50.0,
    side="below",
    reason="em épocas, e não em segundos, para que o relógio da máquina não decida; se dobrar o treino passa a render menos "
    "da metade, é até ali que o tempo se aproveita melhor",
    confirmed=(
        "Depois de {{ run('e50').epochs }} épocas, dobrar o treino rende menos da metade do que rendia antes: {{ value }}"
        "{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de {{ margin }}."
    ),
    refuted=(
        "Depois de {{ run('e50').epochs }} épocas, dobrar o treino ainda rende mais da metade do que rendia antes: "
        "{{ value }}{% if interval %} (intervalo {{ interval }}){% endif %}, acima da margem de {{ margin }}."
    ),
    inconclusive=(
        "Depois de {{ run('e50').epochs }} épocas, dobrar o treino rendeu {{ value }} do que rendia antes, o que "
        "{{ 'fica' if claimed else 'não fica' }} abaixo da margem de {{ margin }}; {{ with_seeds }}, não se decide se "
        "passa a render menos da metade."
    ),
    unit="%",
    decimals=0,
)

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
            "a parte em uso é de {{ value }}{% if interval %} (intervalo {{ interval }}){% endif %}, abaixo da margem de "
            "{{ margin }}."
        ),
        inconclusive=(
            f"No {{{{ label('{run}') }}}}, a parte em uso das {{{{ run('{run}').latent_dim }}}} dimensões é de {{{{ value }}}}, "
            "o que {{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; {{ with_seeds }}, não se decide se "
            "o código colapsa em parte."
        ),
    )


USED, USED_WIDE = _used("2c", "e10", "pequeno"), _used("2d", WIDE, "grande")

OVERFITS = Claim(
    id="36",
    statement="Um latente grande corre o risco de sobreajuste quando o conjunto de treino é pequeno.",
    needs=(FEW_WIDE, WIDE, "dataset"),
    statistic=gap_difference,
    measure="distância entre teste e treino (−ELBO descontada a entropia) com poucas imagens menos a com todas, no latente "
    "grande",
    margin=5.0,
    side="above",
    reason=f"cinco nats por imagem são o que separa um VAE simples de um bom modelo autorregressivo {SCALE}: um sobreajuste "
    "assim pesa mais do que a escolha do modelo",
    confirmed=(
        "Com {{ run('e200-l50-n600').training.train_images }} imagens, o latente de {{ run('e10-l50').latent_dim }} "
        "dimensões sobreajusta: a distância entre teste e treino é {{ value }} maior"
        "{% if interval %} (intervalo {{ interval }}){% endif %} do que com todas as imagens, mais do que a margem de "
        "{{ margin }}."
    ),
    refuted=(
        "Com {{ run('e200-l50-n600').training.train_images }} imagens, o latente de {{ run('e10-l50').latent_dim }} "
        "dimensões não sobreajusta por este critério: a distância entre teste e treino {{ raw | moved(2, 'nats', 'cresce') }}"
        "{% if interval %} (intervalo da mudança: {{ interval }}){% endif %} em relação à de todas as imagens, aquém da margem de "
        "{{ margin }}."
    ),
    inconclusive=(
        "Com {{ run('e200-l50-n600').training.train_images }} imagens, a distância medida entre teste e treino no latente de "
        "{{ run('e10-l50').latent_dim }} dimensões {{ raw | moved(2, 'nats', 'cresce') }} em relação à de todas as imagens, o "
        "que {{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; {{ with_seeds }}, não se decide se há "
        "sobreajuste."
    ),
    unit="nats",
)
OVERFITS_MORE = Claim(
    id="36b",
    ours=True,
    statement="Com poucas imagens, o risco de sobreajuste vem de o latente ser grande.",
    needs=(FEW_WIDE, FEW, "dataset"),
    statistic=gap_difference,
    measure="distância entre teste e treino (−ELBO descontada a entropia) do latente grande menos a do pequeno, os dois "
    "treinados nas mesmas poucas imagens",
    margin=1.0,
    side="above",
    reason=f"{HALF}; menos do que isso não seria um risco próprio do latente grande",
    confirmed=(
        "O latente grande sobreajusta mais: com as mesmas {{ run('e200-n600').training.train_images }} imagens, a sua "
        "distância entre teste e treino é {{ value }} maior{% if interval %} (intervalo {{ interval }}){% endif %} do que "
        "a do pequeno, mais do que a margem de {{ margin }}."
    ),
    refuted=(
        "O latente grande não sobreajusta mais que o pequeno: com as mesmas {{ run('e200-n600').training.train_images }} "
        "imagens, a sua distância entre teste e treino é {{ raw | apart(2, 'nats') }}"
        "{% if interval %} (intervalo da diferença: {{ interval }}){% endif %}, aquém da margem de {{ margin }}."
    ),
    inconclusive=(
        "Com as mesmas {{ run('e200-n600').training.train_images }} imagens, a distância medida entre teste e treino do "
        "latente grande é {{ raw | apart(2, 'nats') }} que a do pequeno, o que "
        "{{ 'passa' if claimed else 'não passa' }} da margem de {{ margin }}; {{ with_seeds }}, não se decide se o tamanho "
        "do latente agrava o sobreajuste."
    ),
    unit="nats",
)

LONGER = untestable(
    "9b",
    "Cem épocas ou mais só são úteis com latentes maiores ou para um ajuste fino.",
    "com todas as imagens, nenhum latente maior foi treinado além das épocas do treino curto, e nenhum treino passa das do "
    "longo",
)
MITIGATED = Claim(
    id="36c",
    statement="A regularização KL atenua o risco de sobreajuste do latente grande.",
    needs=(FEW_WIDE, FEW_FREE, "dataset"),
    statistic=reconstruction_gap_difference,
    measure="distância entre teste e treino da reconstrução (BCE descontada a entropia) com o termo KL menos a distância sem "
    "ele, no latente grande treinado nas mesmas poucas imagens",
    margin=-1.0,
    side="below",
    reason=f"{HALF}; uma atenuação menor não pesaria na escolha. A KL fica fora da medida, porque sem o termo nada a limita",
    confirmed=(
        "O termo KL atenua o sobreajuste: com as mesmas {{ run('e200-l50-n600').training.train_images }} imagens, a "
        "distância entre teste e treino da reconstrução {{ raw | moved(2, 'nats', 'cresce') }}"
        "{% if interval %} (intervalo da mudança: {{ interval }}){% endif %} em relação ao treino sem ele, além da margem de "
        "{{ margin }}."
    ),
    refuted=(
        "O termo KL não atenua o sobreajuste de modo que conte: com as mesmas "
        "{{ run('e200-l50-n600').training.train_images }} imagens, a distância entre teste e treino da reconstrução "
        "{{ raw | moved(2, 'nats', 'cresce') }}{% if interval %} (intervalo da mudança: {{ interval }}){% endif %} em relação ao treino sem "
        "ele, e a margem de {{ margin }} não é alcançada."
    ),
    inconclusive=(
        "Com as mesmas {{ run('e200-l50-n600').training.train_images }} imagens, a distância medida entre teste e treino "
        "da reconstrução {{ raw | moved(2, 'nats', 'cresce') }} quando se põe o termo KL. Para que ele atenuasse o "
        "sobreajuste, a mudança teria de ficar abaixo de {{ margin }}; {{ with_seeds }}, não se decide."
    ),
    unit="nats",
)


OTHER_DATA = untestable(
    "45",
    "Conjuntos mais diversos pedem latentes maiores: o CIFAR, de dez classes, pode precisar de cento e vinte e oito dimensões "
    "ou mais, e o CelebA, de duzentas e cinquenta e seis ou mais.",
    "os dois conjuntos não estão ao alcance deste relatório, e o decodificador daqui é feito para imagens cinza pequenas; a "
    "varredura de dimensões feita aqui não diz nada deles",
)

CLAIMS = (
    MARGINAL, BEND, LONGER, BETWEEN, BETWEEN_WIDE, USED, USED_WIDE, OVERFITS, OVERFITS_MORE, MITIGATED, OTHER_DATA,
)  # fmt: skip
