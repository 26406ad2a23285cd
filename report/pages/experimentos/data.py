"""Claims on the data: whether a large latent overfits few images, and what the KL term does about it; other data sets."""

from report.judging.claims import Claim, untestable
from report.judging.sample import Sample
from report.pages.treinamento.claims import NAT, SCALE, gap_difference, reconstruction_gap
from vae.grid import WIDE
from vae.storage.results import Array

FEW, FEW_WIDE, FEW_FREE = "e200-n600", "e200-l50-n600", "e200-l50-n600-b0"  # the last without its KL term


def reconstruction_gap_difference(first: Sample, second: Sample, data: Sample) -> Array:
    """Test minus training BCE of the first run minus that of the second, entropies discounted, nats: (B,)."""
    return reconstruction_gap(first, data) - reconstruction_gap(second, data)


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
    reason=f"{NAT}; menos do que isso não seria um risco próprio do latente grande",
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

MITIGATED = Claim(
    id="36c",
    statement="A regularização KL atenua o risco de sobreajuste do latente grande.",
    needs=(FEW_WIDE, FEW_FREE, "dataset"),
    statistic=reconstruction_gap_difference,
    measure="distância entre teste e treino da reconstrução (BCE descontada a entropia) com o termo KL menos a distância sem "
    "ele, no latente grande treinado nas mesmas poucas imagens",
    margin=-1.0,
    side="below",
    reason=f"{NAT}; uma atenuação menor não pesaria na escolha. A KL fica fora da medida, porque sem o termo nada a limita",
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

CLAIMS = (OVERFITS, OVERFITS_MORE, MITIGATED, OTHER_DATA)
