"""Claims on generation: diversity, plausibility, ambiguity, order, smoothness, holes."""

import numpy as np

from report.claims import Claim
from report.metrics import RATIO_TO_MEDIAN
from report.pages import geracao_order as order
from report.sample import Sample
from report.statistics import PERCENTAGE, POSITIVE, SHARE
from vae.results import Array

JUDGED = "e100"


def class_imbalance(run: Sample, classifier: Sample) -> Array:
    """Total variation between the classes of prior samples and of the test images, all seen by the classifier."""
    counts = np.bincount(classifier.array("test_predictions"), minlength=len(run.info.classes))
    return np.abs(run.class_shares("sample_classes") - counts / counts.sum()).sum(axis=1) / 2


def interpolation_jump(run: Sample) -> Array:
    """Median over pairs of images of the largest over the median step, in pixels, along the decoded straight line."""
    return run.median("interpolation_jump")


def added_ambiguity(run: Sample) -> Array:
    """Mean entropy of the classifier on prior samples minus that on reconstructions."""
    return run.mean("sample_entropy") - run.mean("recon_entropy")


def sample_density(run: Sample) -> Array:
    """Density of prior samples among test images in the classifier's features (Naeem et al. 2020)."""
    return run.score("sample_density")


def hole_mass(run: Sample) -> Array:
    """Share of the prior's mass where the aggregate posterior has less than a tenth of its density, in %."""
    return 100 * run.score("hole_mass")


CLAIMS = (
    Claim(
        id="24",
        statement="As amostras são diversas: as categorias aparecem naturalmente.",
        needs=(JUDGED, "classifier"),
        statistic=class_imbalance,
        measure="variação total entre as classes que o classificador vê nas amostras e as que vê no teste",
        margin=0.1,
        side="below",
        bounds=SHARE,
        reason="entre dez classes iguais, a falta completa de uma delas já dá esse valor",
        confirmed=(
            "As amostras do {{ label('e100') }} repartem-se pelas classes quase como os dados: a variação total é "
            "{{ value }} (intervalo {{ interval }})."
        ),
        refuted=(
            "As amostras do {{ label('e100') }} não se repartem pelas classes como os dados: a variação total é "
            "{{ value }} (intervalo {{ interval }})."
        ),
        inconclusive=(
            "Entre as classes das amostras do {{ label('e100') }} e as dos dados medimos uma variação total de "
            "{{ value }}, que {{ 'fica' if claimed else 'não fica' }} abaixo do limite de {{ margin }}; "
            "{{ with_seeds }}, não se decide se a diferença fica sempre desse lado do limite."
        ),
        decimals=3,
    ),
    Claim(
        id="25",
        statement="As amostras mantêm formas plausíveis, sem artefatos severos.",
        needs=(JUDGED,),
        statistic=sample_density,
        measure="densidade das amostras entre as imagens de teste, nos atributos do classificador",
        margin=0.9,
        side="above",
        bounds=POSITIVE,
        reason="amostras iguais aos dados teriam densidade um; um décimo a menos é folga bastante para o acaso",
        confirmed=(
            "As amostras do {{ label('e100') }} caem onde há imagens reais: a densidade é {{ value }} (intervalo "
            "{{ interval }})."
        ),
        refuted=(
            "Parte das amostras do {{ label('e100') }} cai onde há poucas imagens reais: a densidade é {{ value "
            "}} (intervalo {{ interval }})."
        ),
        inconclusive=(
            "A densidade das amostras do {{ label('e100') }} entre as imagens reais é {{ value }} e "
            "{{ 'passa' if claimed else 'não passa' }} de {{ margin }}; {{ with_seeds }}, não se decide se o "
            "modelo evita as formas implausíveis."
        ),
        decimals=3,
    ),
    Claim(
        id="26",
        statement="Algumas amostras são híbridas, entre uma categoria e outra.",
        needs=(JUDGED,),
        statistic=added_ambiguity,
        measure="entropia média do classificador nas amostras, menos a das reconstruções",
        margin=0.05,
        side="above",
        reason="é o que acrescentaria uma amostra em cada quatorze que ficasse meio a meio entre duas classes",
        confirmed=(
            "As amostras do {{ label('e100') }} são mais ambíguas do que as reconstruções: a entropia média do "
            "classificador é {{ value }} (intervalo {{ interval }}) maior."
        ),
        refuted=(
            "As amostras do {{ label('e100') }} não são sensivelmente mais ambíguas do que as reconstruções: a "
            "entropia média do classificador {{ raw | moved(3, 'nats') }} (intervalo da mudança: {{ interval }}), aquém de {{ margin }}."
        ),
        inconclusive=(
            "Das reconstruções para as amostras do {{ label('e100') }}, a entropia média do classificador "
            "{{ raw | moved(3, 'nats') }}; {{ with_seeds }}, não se decide se as amostras são sensivelmente mais "
            "ambíguas, o que pediria mais de {{ margin }}."
        ),
        unit="nats",
        decimals=3,
    ),
    order.ORDERED,
    Claim(
        id="28",
        statement="A interpolação entre pontos do espaço latente gera transformações graduais.",
        needs=(JUDGED,),
        statistic=interpolation_jump,
        measure=(
            "mediana, sobre pares de imagens de teste, da razão entre o maior passo e o passo mediano da interpolação "
            "decodificada, em pixels"
        ),
        margin=3.0,
        side="below",
        bounds=RATIO_TO_MEDIAN,
        reason="um passo desse tamanho entre passos típicos já se vê, numa tira de imagens, como um salto",
        confirmed=(
            "A interpolação no {{ label('e100') }} é gradual: na mediana dos pares, o maior passo é {{ value }} "
            "(intervalo {{ interval }}) vezes o passo mediano."
        ),
        refuted=(
            "A interpolação no {{ label('e100') }} dá saltos: na mediana dos pares, o maior passo é {{ value }} "
            "(intervalo {{ interval }}) vezes o passo mediano."
        ),
        inconclusive=(
            "Na interpolação do {{ label('e100') }}, o maior passo medido é, na mediana dos pares, {{ value }} "
            "vezes o passo mediano, o que {{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; "
            "{{ with_seeds }}, não se decide se o par típico muda sempre aos poucos."
        ),
    ),
    Claim(
        id="23",
        statement="O termo KL evita buracos no espaço latente.",
        needs=(JUDGED,),
        statistic=hole_mass,
        measure="parcela da massa da prior em que a posterior agregada tem menos de um décimo da densidade da prior",
        margin=5.0,
        side="below",
        bounds=PERCENTAGE,
        reason="abaixo disso, menos de uma amostra em vinte sai de onde o decodificador quase não foi treinado",
        confirmed=(
            "O espaço latente do {{ label('e100') }} quase não tem buracos: neles está {{ value }} (intervalo {{ "
            "interval }}) da massa da prior."
        ),
        refuted=(
            "O espaço latente do {{ label('e100') }} tem buracos: neles está {{ value }} (intervalo {{ interval "
            "}}) da massa da prior."
        ),
        inconclusive=(
            "Os buracos do espaço latente do {{ label('e100') }} reúnem {{ value }} da massa da prior, e a "
            "afirmação admite até {{ margin }}; {{ with_seeds }}, não se decide se o termo KL os evita."
        ),
        unit="%",
        decimals=1,
    ),
)
