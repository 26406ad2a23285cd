"""Claims on reconstructions: sharpness, and fidelity; what is kept of a class or kind."""

import numpy as np

from report.judging.claims import Claim
from report.judging.sample import Sample
from vae.data.datasets import DatasetInfo
from vae.grid import WIDE
from vae.storage.results import Array

LONGEST = "e100"


def sharpness_gap(first: Sample, second: Sample) -> Array:
    """Median gradient-energy ratio of the first run minus that of the second."""
    return first.median("test_sharpness") - second.median("test_sharpness")


def laplacian_gap(first: Sample, second: Sample) -> Array:
    """Median Laplacian-variance ratio of the first run minus that of the second."""
    return first.median("test_laplacian") - second.median("test_laplacian")


def detail_gap(first: Sample, second: Sample) -> Array:
    """Median Laplacian-variance ratio among Bag and Ankle boot, first run minus second."""
    medians = [run.median("test_laplacian", run.members("Bag", "Ankle boot")) for run in (first, second)]
    return medians[0] - medians[1]


def error_gap(first: Sample, second: Sample) -> Array:
    """Mean squared error per pixel of the first run minus that of the second."""
    return first.mean("test_mse") - second.mean("test_mse")


def stray_gap(first: Sample, second: Sample) -> Array:
    """Share of reconstructions in no ball of a training image, first run minus second, in percentage points.

    Balls reach to a training image's own neighbour in the classifier's features. Source: density, Naeem et al. 2020.
    """
    shares = [run.mean(run.array("reconstruction_density") == 0) for run in (first, second)]
    return 100 * (shares[0] - shares[1])


KINDS = ("upper", "footwear")  # groups of classes of one silhouette; each other class is a kind by itself


def kinds(info: DatasetInfo) -> Array:
    """Return the kind of garment of each class, (C,), as the first class of its kind."""
    kind = np.arange(len(info.classes))
    for name in KINDS:
        kind[list(info.groups[name])] = min(info.groups[name])
    return kind


def least_kept_kind(run: Sample, classifier: Sample) -> Array:
    """Share of a kind's images whose reconstruction is of their kind, %; the least counts.

    Of the images whose original the classifier puts in the right kind, so that its own errors are not counted.
    """
    return _least_kept(run, classifier, kinds(run.info))


def least_kept_class(run: Sample, classifier: Sample) -> Array:
    """Share of a class's images whose reconstruction is of their class, %; the least counts.

    Of the images whose original the classifier puts in the right class, so that its own errors are not counted.
    """
    return _least_kept(run, classifier, np.arange(len(run.info.classes)))


def _least_kept(run: Sample, classifier: Sample, name: Array) -> Array:
    truth, seen, original = (
        name[run.labels],
        name[run.array("recon_classes")],
        name[classifier.array("test_predictions")],
    )
    shares = [run.mean(seen == truth, (truth == one) & (original == one)) for one in np.unique(name)]
    return 100 * np.stack(shares, axis=1)


VISIBLE = "é aproximadamente a menor diferença que se nota entre duas grades de imagens postas lado a lado"

CLAIMS = (
    Claim(
        id="5",
        statement="Com cinquenta épocas, os contornos ficam mais nítidos do que com dez.",
        needs=("e50", "e10"),
        statistic=sharpness_gap,
        measure="diferença entre as medianas da nitidez pelo gradiente",
        margin=0.02,
        side="above",
        reason=VISIBLE,
        confirmed=(
            "Com {{ run('e50').epochs }} épocas os contornos são mais nítidos do que com {{ run('e10').epochs }}: "
            "a mediana da nitidez sobe {{ value }} (intervalo {{ interval }})."
        ),
        refuted=(
            "Com {{ run('e50').epochs }} épocas os contornos não ficam visivelmente mais nítidos do que com {{ "
            "run('e10').epochs }}: a mediana da nitidez {{ raw | moved(3) }} (intervalo da mudança: {{ interval }}), aquém dos {{ "
            "margin }} que se notariam."
        ),
        inconclusive=(
            "De {{ run('e10').epochs }} para {{ run('e50').epochs }} épocas, medimos na mediana da nitidez uma "
            "mudança de {{ raw | signed(3) }}, que {{ 'passa' if claimed else 'não passa' }} de {{ margin }}; "
            "{{ with_seeds }}, não se decide se os contornos ganham nitidez que se note."
        ),
        decimals=3,
    ),
    Claim(
        id="6",
        statement="Com cinquenta épocas, saltos, alças e costuras aparecem com mais contraste.",
        needs=("e50", "e10"),
        statistic=detail_gap,
        measure="diferença entre as medianas da nitidez pelo laplaciano, só nas classes Bag e Ankle boot",
        margin=0.02,
        side="above",
        reason=f"{VISIBLE}; o laplaciano responde justamente aos traços finos",
        confirmed=(
            "Em Bag e Ankle boot, onde estariam alças e saltos, os traços finos ganham contraste de {{ "
            "run('e10').epochs }} para {{ run('e50').epochs }} épocas: a mediana da nitidez pelo laplaciano sobe "
            "{{ value }} (intervalo {{ interval }})."
        ),
        refuted=(
            "Em Bag e Ankle boot, onde estariam alças e saltos, os traços finos não ganham contraste visível de "
            "{{ run('e10').epochs }} para {{ run('e50').epochs }} épocas: a mediana da nitidez pelo laplaciano "
            "{{ raw | moved(3) }} (intervalo da mudança: {{ interval }}), aquém de {{ margin }}."
        ),
        inconclusive=(
            "Em Bag e Ankle boot, onde estariam alças e saltos, a mediana da nitidez pelo laplaciano "
            "{{ raw | moved(3, form='subiu') }} de {{ run('e10').epochs }} para {{ run('e50').epochs }} épocas. Se isso é "
            "contraste visível, isto é, mais de {{ margin }}, não se decide {{ with_seeds }}."
        ),
        decimals=3,
        classes=("Bag", "Ankle boot"),
    ),
    Claim(
        id="30",
        statement=(
            "Com cinquenta dimensões e dez épocas, as reconstruções são mais nítidas do que com duas dimensões e cem "
            "épocas."
        ),
        needs=(WIDE, LONGEST),
        statistic=sharpness_gap,
        measure="diferença entre as medianas da nitidez pelo gradiente",
        margin=0.05,
        side="above",
        reason=(
            "mais do que o dobro da diferença que se exige de um ganho por épocas, porque aqui se fala de um salto de "
            "qualidade"
        ),
        confirmed=(
            "Com {{ run('e10-l50').latent_dim }} dimensões e {{ run('e10-l50').epochs }} épocas as reconstruções "
            "são mais nítidas do que com {{ run('e100').latent_dim }} dimensões e {{ run('e100').epochs }} "
            "épocas: a mediana da nitidez é {{ value }} (intervalo {{ interval }}) maior."
        ),
        refuted=(
            "Com {{ run('e10-l50').latent_dim }} dimensões e {{ run('e10-l50').epochs }} épocas as reconstruções "
            "não são claramente mais nítidas do que com {{ run('e100').latent_dim }} dimensões e {{ "
            "run('e100').epochs }} épocas: a diferença das medianas da nitidez, {{ value }} (intervalo {{ "
            "interval }}), fica aquém de {{ margin }}."
        ),
        inconclusive=(
            "Medimos, com {{ run('e10-l50').latent_dim }} dimensões e {{ run('e10-l50').epochs }} épocas, uma "
            "mediana da nitidez {{ raw | abs | number(3) }} {{ 'maior' if raw > 0 else 'menor' }} do que com "
            "{{ run('e100').latent_dim }} dimensões e {{ run('e100').epochs }} épocas; {{ with_seeds }}, não se "
            "decide se a vantagem das {{ run('e10-l50').latent_dim }} dimensões passa de {{ margin }}."
        ),
        decimals=3,
    ),
    Claim(
        id="30b",
        statement=(
            "Com cinquenta dimensões, as reconstruções são mais fiéis ao original, mesmo depois de só dez épocas."
        ),
        needs=(WIDE, LONGEST),
        statistic=error_gap,
        measure="diferença entre os erros quadráticos médios por pixel",
        margin=-0.005,
        side="below",
        reason=(
            "é cerca de um décimo do erro da PCA de duas dimensões neste conjunto de roupas; menos do que isso não "
            "mudaria o que se vê"
        ),
        confirmed=(
            "O erro cai: o EQM por pixel do {{ label('e10-l50') }} é {{ raw | apart(4) }} que o do {{ label('e100') }} "
            "(intervalo da diferença: {{ interval }})."
        ),
        refuted=(
            "O erro não cai o bastante: o EQM por pixel do {{ label('e10-l50') }} é {{ raw | apart(4) }} que o do "
            "{{ label('e100') }} (intervalo da diferença: {{ interval }}), e para haver mais fidelidade a diferença teria de "
            "ficar abaixo de {{ margin }}."
        ),
        inconclusive=(
            "O EQM por pixel medido no {{ label('e10-l50') }} é {{ raw | abs | number(4) }} "
            "{{ 'maior' if raw > 0 else 'menor' }} que o do {{ label('e100') }}. Para se falar de mais "
            "fidelidade, a diferença teria de ficar abaixo de {{ margin }}; {{ with_seeds }}, não se decide."
        ),
        decimals=4,
    ),
    Claim(
        id="31",
        statement="Com cinquenta dimensões, as reconstruções têm texturas mais suaves.",
        needs=(WIDE, LONGEST),
        statistic=laplacian_gap,
        measure="diferença entre as medianas da nitidez pelo laplaciano",
        margin=-0.02,
        side="below",
        reason=(
            "“mais suave” quer dizer menos energia nas frequências altas; o tamanho é o que se exige, no outro "
            "sentido, de um ganho de nitidez"
        ),
        confirmed=(
            "As texturas do {{ label('e10-l50') }} são mais suaves que as do {{ label('e100') }}: a mediana da "
            "nitidez pelo laplaciano é {{ raw | apart(3) }} (intervalo da diferença: {{ interval }})."
        ),
        refuted=(
            "As texturas do {{ label('e10-l50') }} não são mais suaves que as do {{ label('e100') }}: a mediana da "
            "nitidez pelo laplaciano é {{ raw | apart(3) }} (intervalo da diferença: {{ interval }}), e mais suavidade "
            "pediria uma diferença abaixo de {{ margin }}."
        ),
        inconclusive=(
            "A mediana da nitidez pelo laplaciano é {{ raw | abs | number(3) }} "
            "{{ 'maior' if raw > 0 else 'menor' }} no {{ label('e10-l50') }} que no {{ label('e100') }}. Texturas "
            "mais suaves pediriam uma diferença abaixo de {{ margin }}, "
            "{{ 'e é o que se mediu' if claimed else 'e não é o que se mediu' }}; {{ with_seeds }}, a questão "
            "fica aberta."
        ),
        decimals=3,
    ),
    Claim(
        id="31b",
        statement="Com cinquenta dimensões, as reconstruções têm menos artefatos.",
        needs=(WIDE, LONGEST),
        statistic=stray_gap,
        measure=(
            "diferença entre as parcelas das reconstruções perto das quais, nos atributos do classificador, não há nenhuma "
            "imagem de treino"
        ),
        margin=-1.0,
        side="below",
        reason="uma reconstrução em cem é a menor diferença que se espera notar numa grade delas",
        confirmed=(
            "As reconstruções do {{ label('e10-l50') }} têm menos artefatos que as do {{ label('e100') }}: a parcela das "
            "que ficam longe de toda imagem real é {{ raw | apart(1, 'p.p.') }} (intervalo da diferença: {{ interval }})."
        ),
        refuted=(
            "As reconstruções do {{ label('e10-l50') }} não têm menos artefatos que as do {{ label('e100') }}: a parcela "
            "das que ficam longe de toda imagem real é {{ raw | apart(1, 'p.p.') }} (intervalo da diferença: {{ interval }}), e a "
            "diferença pedida, abaixo de {{ margin }}, não é alcançada."
        ),
        inconclusive=(
            "Do {{ label('e100') }} ao {{ label('e10-l50') }}, a parcela das reconstruções longe de toda imagem real "
            "{{ raw | moved(1, 'p.p.') }}, e menos artefatos pediriam uma mudança abaixo de {{ margin }}; "
            "{{ with_seeds }}, não se decide."
        ),
        unit="p.p.",
        decimals=1,
    ),
)
