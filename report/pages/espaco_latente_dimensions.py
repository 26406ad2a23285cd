"""Claims about the latent space of more than two dimensions, and what its first two principal components show of it."""

from report.claims import Claim
from report.sample import Sample
from vae.results import Array


def projected_silhouette(native: Sample, projected: Sample) -> Array:
    """Mean silhouette in the plane of the first two principal components minus that of the native latent plane.

    Each plane whitened. Source: Rousseeuw 1987.
    """
    return projected.mean("silhouette_pca") - native.mean("silhouette")


def two_component_share(run: Sample) -> Array:
    """Percentage of the variance of the training means along the first two principal axes."""
    return 100 * run.score("pca2_share")


def probe_accuracy(run: Sample) -> Array:
    """Test accuracy, in per cent, of a linear classifier on the posterior means."""
    return 100 * run.score("probe_accuracy")


DIFFUSE = Claim(
    id="32",
    statement="Projetado por PCA, o espaço de cinquenta dimensões parece mais difuso que o de duas dimensões nativas.",
    needs=("e10", "e10-l50"),
    statistic=projected_silhouette,
    measure="silhueta das classes no plano da PCA menos a do plano nativo, às mesmas épocas",
    margin=0.0,
    side="below",
    reason="mais difuso quer dizer silhueta menor, por pouco que seja",
    decimals=3,
    confirmed="A projeção é mais difusa que o plano nativo: as suas silhuetas diferem em {{ raw | signed(3) }} "
    "(intervalo {{ interval }}).",
    refuted="A projeção não é mais difusa que o plano nativo: as suas silhuetas diferem em {{ raw | signed(3) }} "
    "(intervalo {{ interval }}).",
    inconclusive=(
        "No plano da PCA, a silhueta das classes é {{ raw | abs | number(3) }} "
        "{{ 'maior' if raw > 0 else 'menor' }} que no plano nativo; {{ with_seeds }}, não se decide qual dos dois "
        "é o mais difuso."
    ),
)

PARTIAL = Claim(
    id="33",
    statement="Duas componentes principais retêm só parte da variância do espaço de cinquenta dimensões.",
    needs=("e10-l50",),
    statistic=two_component_share,
    measure="parte da variância das médias latentes nas duas primeiras componentes principais",
    margin=50.0,
    side="below",
    reason="abaixo da metade, o plano esconde mais do que mostra",
    unit="%",
    decimals=1,
    confirmed="O plano da PCA esconde mais do que mostra: as duas componentes retêm {{ value }} da variância "
    "(intervalo {{ interval }}).",
    refuted="O plano da PCA mostra a maior parte: as duas componentes retêm {{ value }} da variância (intervalo "
    "{{ interval }}).",
    inconclusive=(
        "As duas primeiras componentes retêm {{ value }} da variância, o que "
        "{{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide se o "
        "plano esconde mais do que mostra."
    ),
)

COMPLETE = Claim(
    id="34",
    statement="Em cinquenta dimensões as classes se separam por completo.",
    needs=("e10-l50",),
    statistic=probe_accuracy,
    measure="acurácia de teste de um classificador linear sobre as médias latentes",
    margin=99.0,
    side="above",
    reason="separação completa admite, no máximo, um erro em cem",
    unit="%",
    decimals=1,
    confirmed="As classes se separam por completo: uma sonda linear acerta {{ value }} das imagens (intervalo "
    "{{ interval }}).",
    refuted="As classes não se separam por completo: uma sonda linear acerta {{ value }} das imagens (intervalo "
    "{{ interval }}), e a afirmação pede mais de {{ margin }}.",
    inconclusive=(
        "Uma sonda linear acerta {{ value }} das imagens, e a separação completa pediria mais de {{ margin }}; "
        "{{ with_seeds }}, não se decide."
    ),
)

CLAIMS = (DIFFUSE, PARTIAL, COMPLETE)
