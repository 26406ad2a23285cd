"""Claims on reconstructions: sharpness, fidelity, and the class that survives."""

import numpy as np

from report.claims import Claim
from report.sample import Sample
from vae.results import Array

LONGEST, LARGEST = "e100", "e10-l50"


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


def least_recognised(run: Sample, classifier: Sample) -> Array:
    """Share of images whose reconstruction gets the class that their original gets, in the class where it is "
    "least, %."""
    agree = run.array("recon_classes") == classifier.array("test_predictions")
    shares = [run.mean(agree, run.labels == index) for index in range(len(run.info.classes))]
    return 100 * np.min(shares, axis=0)


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
            "Com {{ run('e50').epochs }} épocas os contornos são mais nítidos do que com {{ run('e10').epochs }}: a "
            "mediana da nitidez sobe {{ value }} {{ interval }}."
        ),
        refuted=(
            "Com {{ run('e50').epochs }} épocas os contornos não ficam visivelmente mais nítidos do que com {{ "
            "run('e10').epochs }}: a mediana da nitidez muda {{ value }} {{ interval }}, aquém dos {{ margin }} que se "
            "notariam."
        ),
        inconclusive=(
            "De {{ run('e10').epochs }} para {{ run('e50').epochs }} épocas, a mediana da nitidez muda {{ value }} {{ "
            "interval }}; estes treinos não decidem se a mudança passa de {{ margin }}."
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
            "run('e10').epochs }} para {{ run('e50').epochs }} épocas: a mediana da nitidez pelo laplaciano sobe {{ "
            "value }} {{ interval }}."
        ),
        refuted=(
            "Em Bag e Ankle boot, onde estariam alças e saltos, os traços finos não ganham contraste visível de {{ "
            "run('e10').epochs }} para {{ run('e50').epochs }} épocas: a mediana da nitidez pelo laplaciano muda {{ "
            "value }} {{ interval }}, aquém de {{ margin }}."
        ),
        inconclusive=(
            "Em Bag e Ankle boot, onde estariam alças e saltos, a mediana da nitidez pelo laplaciano muda {{ value }} "
            "{{ interval }} de {{ run('e10').epochs }} para {{ run('e50').epochs }} épocas; estes treinos não decidem "
            "se a mudança passa de {{ margin }}."
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
        needs=(LARGEST, LONGEST),
        statistic=sharpness_gap,
        measure="diferença entre as medianas da nitidez pelo gradiente",
        margin=0.05,
        side="above",
        reason=(
            "mais do que o dobro da diferença que se exige de um ganho por épocas, porque aqui se fala de um salto de "
            "qualidade"
        ),
        confirmed=(
            "Com {{ run('e10-l50').latent_dim }} dimensões e {{ run('e10-l50').epochs }} épocas as reconstruções são "
            "mais nítidas do que com {{ run('e100').latent_dim }} dimensões e {{ run('e100').epochs }} épocas: a "
            "mediana da nitidez é {{ value }} {{ interval }} maior."
        ),
        refuted=(
            "Com {{ run('e10-l50').latent_dim }} dimensões e {{ run('e10-l50').epochs }} épocas as reconstruções não "
            "são claramente mais nítidas do que com {{ run('e100').latent_dim }} dimensões e {{ run('e100').epochs }} "
            "épocas: a diferença das medianas da nitidez, {{ value }} {{ interval }}, fica aquém de {{ margin }}."
        ),
        inconclusive=(
            "A mediana da nitidez com {{ run('e10-l50').latent_dim }} dimensões e {{ run('e10-l50').epochs }} épocas, "
            "menos a de {{ run('e100').latent_dim }} dimensões e {{ run('e100').epochs }} épocas, é {{ value }} {{ "
            "interval }}; estes treinos não decidem se a diferença passa de {{ margin }}."
        ),
        decimals=3,
    ),
    Claim(
        id="30b",
        statement=(
            "Com cinquenta dimensões, as reconstruções são mais fiéis ao original, mesmo depois de só dez épocas."
        ),
        needs=(LARGEST, LONGEST),
        statistic=error_gap,
        measure="diferença entre os erros quadráticos médios por pixel",
        margin=-0.005,
        side="below",
        reason=(
            "é cerca de um décimo do erro da PCA de duas dimensões neste conjunto de roupas; menos do que isso não "
            "mudaria o que se vê"
        ),
        confirmed=(
            "O erro cai: o EQM por pixel do {{ label('e10-l50') }}, menos o do {{ label('e100') }}, é {{ value }} {{ "
            "interval }}."
        ),
        refuted=(
            "O erro não cai o bastante: o EQM por pixel do {{ label('e10-l50') }}, menos o do {{ label('e100') }}, é "
            "{{ value }} {{ interval }}, e não fica abaixo de {{ margin }}."
        ),
        inconclusive=(
            "O EQM por pixel do {{ label('e10-l50') }}, menos o do {{ label('e100') }}, é {{ value }} {{ interval }}; "
            "estes treinos não decidem se ele fica abaixo de {{ margin }}."
        ),
        decimals=4,
    ),
    Claim(
        id="31",
        statement="Com cinquenta dimensões, as reconstruções têm texturas mais suaves.",
        needs=(LARGEST, LONGEST),
        statistic=laplacian_gap,
        measure="diferença entre as medianas da nitidez pelo laplaciano",
        margin=-0.02,
        side="below",
        reason=(
            "“mais suave” quer dizer menos energia nas frequências altas; o tamanho é o que se exige, no outro "
            "sentido, de um ganho de nitidez"
        ),
        confirmed=(
            "As texturas do {{ label('e10-l50') }} são mais suaves que as do {{ label('e100') }}: a mediana da nitidez "
            "pelo laplaciano muda {{ value }} {{ interval }}."
        ),
        refuted=(
            "As texturas do {{ label('e10-l50') }} não são mais suaves que as do {{ label('e100') }}: a diferença "
            "entre as medianas da nitidez pelo laplaciano, {{ value }} {{ interval }}, não fica abaixo de {{ margin "
            "}}."
        ),
        inconclusive=(
            "A mediana da nitidez pelo laplaciano do {{ label('e10-l50') }}, menos a do {{ label('e100') }}, é {{ "
            "value }} {{ interval }}; texturas mais suaves pediriam menos que {{ margin }}, e estes treinos não "
            "decidem."
        ),
        decimals=3,
    ),
    Claim(
        id="3",
        statement="Depois de dez épocas, o modelo já reconstrói a estrutura global de todas as categorias.",
        needs=("e10", "classifier"),
        statistic=least_recognised,
        measure=(
            "na classe em que menos acontece, parcela das imagens cuja reconstrução o classificador põe na mesma "
            "classe que o original"
        ),
        margin=50.0,
        side="above",
        reason="abaixo da metade, a maioria das reconstruções de alguma categoria já passa por outra coisa",
        confirmed=(
            "Com {{ run('e10').epochs }} épocas a estrutura global se conserva em todas as classes: mesmo na pior "
            "delas, o classificador dá à reconstrução a classe do original em {{ value }} {{ interval }} dos casos."
        ),
        refuted=(
            "Com {{ run('e10').epochs }} épocas a estrutura global não se conserva em todas as classes: na pior delas, "
            "o classificador dá à reconstrução a classe do original em só {{ value }} {{ interval }} dos casos."
        ),
        inconclusive=(
            "Com {{ run('e10').epochs }} épocas, na classe em que isso menos acontece, o classificador dá à "
            "reconstrução a classe do original em {{ value }} {{ interval }} dos casos; estes treinos não decidem de "
            "que lado de {{ margin }} ela fica."
        ),
        unit="%",
        decimals=1,
    ),
)
