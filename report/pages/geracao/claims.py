"""Claims on generation: plausibility, ambiguity, order, holes."""

from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import PERCENTAGE
from report.pages.geracao import order
from vae.storage.results import Array

JUDGED = "e100"


def added_ambiguity(run: Sample) -> Array:
    """Mean entropy of the classifier on prior samples minus that on reconstructions."""
    return run.mean("sample_entropy") - run.mean("recon_entropy")


def outside_share(run: Sample) -> Array:
    """Share of prior samples that lie in no ball of a test image, in the classifier's features, in %.

    The complement of precision (Kynkäänniemi et al. 2019). Density is no substitute: it grows as samples crowd together.
    """
    return 100 * (1 - run.score("sample_precision"))


def hole_mass(run: Sample) -> Array:
    """Share of the prior's mass where the aggregate posterior has less than a tenth of its density, in %."""
    return 100 * run.score("hole_mass")


CLAIMS = (
    Claim(
        id="25",
        statement="As amostras mantêm formas plausíveis, sem artefatos severos.",
        needs=(JUDGED,),
        statistic=outside_share,
        measure=(
            "parcela das amostras que, nos atributos do classificador, ficam fora da vizinhança de toda imagem de teste: o "
            "que falta à precisão para ser um"
        ),
        margin=5.0,
        side="below",
        bounds=PERCENTAGE,
        reason="numa grade de cem amostras, cinco formas sem nenhuma imagem real por perto já se notam",
        confirmed=(
            "Quase toda amostra do {{ label('e100') }} tem imagens reais por perto: só {{ value }} (intervalo "
            "{{ interval }}) ficam fora da vizinhança de todas elas."
        ),
        refuted=(
            "Nem toda amostra do {{ label('e100') }} tem imagens reais por perto: {{ value }} (intervalo {{ interval }}) "
            "ficam fora da vizinhança de todas elas, e a afirmação admite até {{ margin }}."
        ),
        inconclusive=(
            "Das amostras do {{ label('e100') }}, {{ value }} ficam fora da vizinhança de toda imagem real, e a afirmação "
            "admite até {{ margin }}; {{ with_seeds }}, não se decide se o modelo evita as formas implausíveis."
        ),
        unit="%",
        decimals=1,
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
            "classificador é {{ value }} (intervalo {{ interval }}) maior. Se são híbridas na forma, a entropia não diz."
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
