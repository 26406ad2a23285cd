"""Claims about the latent space of more than two dimensions, and what its first two principal components show of it."""

import itertools

import numpy as np

from report.claims import Claim
from report.evidence import Evidence
from report.metrics import LATENT, Metric
from report.sample import Sample
from report.statistics import PERCENTAGE, SHARE
from report.tables import Table
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
    return 100 * run.probe_accuracy()


DIRECTIONS = 3  # of each class's subspace


def subspace_overlap(run: Sample) -> float:
    """Mean over pairs of classes of the mean squared cosine of the principal angles between their leading subspaces.

    0: orthogonal; 1: the same subspace. Source: Bjoerck & Golub 1973.
    """
    cloud = run.latent_means()
    return mean_overlap(cloud, run.labels[: len(cloud)])


def permuted_overlap(run: Sample) -> float:
    """Return the overlap of classes whose images were drawn without regard to their labels (always the same draw)."""
    cloud = run.latent_means()
    return mean_overlap(cloud, np.random.default_rng(0).permutation(run.labels[: len(cloud)]))


def random_overlap(run: Sample) -> float:
    """Return the expected overlap of subspaces of random orientation among the active dimensions.

    A random unit vector leaves 1 / a of its square on each of a axes, so k axes hold k / a, and all where a < k.
    """
    return DIRECTIONS / max(run.result.score("active_units"), DIRECTIONS)


def overlap_position(run: Sample) -> float:
    """Where the overlap of the classes' subspaces lies between that of random ones (0) and that of shuffled labels (1)."""
    low, high = random_overlap(run), permuted_overlap(run)
    # In a cloud without room for directions of their own, all three are the same: nothing is anybody's own.
    return (subspace_overlap(run) - low) / (high - low) if high > low else 1.0


def mean_overlap(cloud: Array, labels: Array) -> float:
    """Return the mean squared cosine of the principal angles of the classes' leading subspaces, all pairs of classes."""
    bases = [leading_directions(cloud[labels == c]) for c in np.unique(labels)]
    # The singular values of U'V are the cosines, so its squares add up to theirs.
    squares = [((first.T @ second) ** 2).sum() / DIRECTIONS for first, second in itertools.combinations(bases, 2)]
    return float(np.mean(squares))


def leading_directions(cloud: Array) -> Array:
    """Return the principal axes (d, DIRECTIONS) along which a cloud (n, d) varies most, as orthonormal columns."""
    return np.linalg.eigh(np.cov(cloud, rowvar=False))[1][:, -DIRECTIONS:]


def subspaces_table(evidence: Evidence, run: str) -> str:
    """Return the overlap of the classes' subspaces beside what no and random classes would give."""
    named = {
        "Classes verdadeiras": subspace_overlap,
        "Rótulos embaralhados": permuted_overlap,
        "Subespaços ao acaso nas dimensões ativas": random_overlap,
    }
    metrics = {
        name: Metric(f"Cosseno quadrático médio: {name.lower()}", read, 3, "", None, LATENT, bounds=SHARE)
        for name, read in named.items()
    }
    rows = [[name, metric.text(metric.measure(evidence, run))] for name, metric in metrics.items()]
    caption = "O que os subespaços de duas classes têm em comum, de zero (ortogonais) a um (o mesmo), média dos pares."
    return str(Table(["Subespaços", "Cosseno quadrático médio"], rows, caption, "subespacos"))


DIFFUSE = Claim(
    id="32",
    statement="Projetado por PCA, o espaço de cinquenta dimensões parece mais difuso que o de duas dimensões nativas.",
    needs=("e10", "e10-l50"),
    statistic=projected_silhouette,
    measure="silhueta das classes no plano da PCA menos a do plano nativo, às mesmas épocas",
    margin=0.0,
    side="below",
    bounds=(-2.0, 2.0),
    reason="mais difuso quer dizer silhueta menor, por pouco que seja",
    decimals=3,
    confirmed="A projeção é mais difusa que o plano nativo: a sua silhueta é {{ raw | apart(3) }} "
    "(intervalo da diferença: {{ interval }}).",
    refuted="A projeção não é mais difusa que o plano nativo: a sua silhueta é {{ raw | apart(3) }} "
    "(intervalo da diferença: {{ interval }}).",
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
    bounds=PERCENTAGE,
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
    bounds=PERCENTAGE,
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

OWN_SUBSPACE = Claim(
    id="35",
    statement="Em cinquenta dimensões cada categoria ocupa um subespaço próprio.",
    needs=("e10-l50",),
    statistic=overlap_position,
    measure="o que os subespaços de duas classes têm em comum, na escala em que zero é o de subespaços de orientação casual e "
    "um, o de classes de rótulos embaralhados; o intervalo vem só das sementes",
    margin=0.5,
    side="below",
    reason="no meio do caminho entre não ter em comum mais do que o acaso e ter tudo o que a forma da nuvem permite, as "
    "classes deixam de estar mais perto de um subespaço próprio",
    decimals=2,
    confirmed="Os subespaços das classes são mais próprios que comuns: na escala que vai dos casuais aos de rótulos "
    "embaralhados, estão em {{ value }} (intervalo {{ interval }}).",
    refuted="Os subespaços das classes são mais comuns que próprios: na escala que vai dos casuais aos de rótulos "
    "embaralhados, estão em {{ value }} (intervalo {{ interval }}).",
    inconclusive=(
        "Na escala que vai dos subespaços casuais aos de rótulos embaralhados, os das classes estão em {{ value }}, o que "
        "{{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide se cada classe tem o seu."
    ),
)

CLAIMS = (DIFFUSE, PARTIAL, COMPLETE, OWN_SUBSPACE)
