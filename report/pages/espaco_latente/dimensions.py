"""Claims about the latent space of more than two dimensions, and what its first two principal components show of it."""

import itertools

import numpy as np

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import PERCENTAGE, POSITIVE, SHARE
from report.language import ptbr
from report.metrics import LATENT, Metric
from report.tables import Table
from vae.storage.results import Array


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
    return float(np.mean(list(_class_overlaps(run).values())))


def largest_overlap(run: Sample) -> float:
    """Return the overlap of the two classes whose leading subspaces have most in common."""
    return max(_class_overlaps(run).values())


def permuted_overlap(run: Sample) -> float:
    """Return the overlap of classes whose images were drawn without regard to their labels (always the same draw)."""
    cloud = run.latent_means()
    shuffled = np.random.default_rng(0).permutation(run.labels[: len(cloud)])
    return float(np.mean(list(overlaps(cloud, shuffled).values())))


def random_overlap(run: Sample) -> float:
    """Return the expected overlap of subspaces of random orientation among the dimensions in use.

    A random unit vector leaves 1 / a of its square on each of a axes, so k axes hold k / a, and all where a < k.
    """
    return DIRECTIONS / max(run.used_dimensions(), DIRECTIONS)


def shared_by_closest(run: Sample) -> float:
    """Largest overlap of two classes' leading subspaces, in per cent of the mean one of classes of shuffled labels.

    That of shuffled labels is what the cloud's shape gives to any two classes; no scale of chance beside it, which would
    depend on how many dimensions are said to be in use.
    """
    return 100 * largest_overlap(run) / permuted_overlap(run)


def closest_classes(evidence: Evidence, run: str) -> list[str]:
    """Return the names of the two classes whose subspaces have most in common, on average over seeds."""
    found = [_class_overlaps(evidence.samples.sample(run, seed)) for seed in evidence.seeds(run)]
    closest = max(found[0], key=lambda pair: sum(one[pair] for one in found))
    return [ptbr.mark(evidence.info.classes[index]) for index in closest]


def overlaps(cloud: Array, labels: Array) -> dict[tuple[int, int], float]:
    """Return the mean squared cosine of the principal angles of two classes' leading subspaces, for every pair of classes."""
    bases = {int(c): leading_directions(cloud[labels == c]) for c in np.unique(labels)}
    # The singular values of U'V are the cosines, so its squares add up to theirs.
    return {
        (first, second): float(((bases[first].T @ bases[second]) ** 2).sum() / DIRECTIONS)
        for first, second in itertools.combinations(bases, 2)
    }


def leading_directions(cloud: Array) -> Array:
    """Return the principal axes (d, DIRECTIONS) along which a cloud (n, d) varies most, as orthonormal columns."""
    return np.linalg.eigh(np.cov(cloud, rowvar=False))[1][:, -DIRECTIONS:]


def subspaces_table(evidence: Evidence, run: str) -> str:
    """Return the overlap of the classes' subspaces beside what no and random classes would give."""
    named = {
        "Classes verdadeiras, o par que mais coincide": largest_overlap,
        "Classes verdadeiras, média dos pares": subspace_overlap,
        "Rótulos embaralhados, média dos pares": permuted_overlap,
        "Subespaços ao acaso nas dimensões em uso": random_overlap,
    }
    metrics = {
        name: Metric(f"Cosseno quadrático médio: {name.lower()}", read, 3, "", None, LATENT, bounds=SHARE)
        for name, read in named.items()
    }
    rows = [[name, metric.text(metric.measure(evidence, run))] for name, metric in metrics.items()]
    caption = "O que os subespaços de duas classes têm em comum, de zero (ortogonais) a um (o mesmo)."
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
    confirmed="Projetadas pela PCA num plano, as {{ run('e10-l50').latent_dim }} dimensões são mais difusas que as "
    "{{ run('e10').latent_dim }} nativas: a silhueta das classes é {{ raw | apart(3) }} "
    "(intervalo da diferença: {{ interval }}).",
    refuted="Projetadas pela PCA num plano, as {{ run('e10-l50').latent_dim }} dimensões não são mais difusas que as "
    "{{ run('e10').latent_dim }} nativas: a silhueta das classes é {{ raw | apart(3) }} "
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
    confirmed="Com {{ run('e10-l50').latent_dim }} dimensões, as classes se separam por completo: uma sonda linear acerta {{ value }} das imagens (intervalo "
    "{{ interval }}).",
    refuted="Nem com {{ run('e10-l50').latent_dim }} dimensões as classes se separam por completo: uma sonda linear acerta {{ value }} das imagens (intervalo "
    "{{ interval }}), e a afirmação pede mais de {{ margin }}.",
    inconclusive=(
        "Com {{ run('e10-l50').latent_dim }} dimensões, uma sonda linear acerta {{ value }} das imagens, e a separação completa pediria mais de {{ margin }}; "
        "{{ with_seeds }}, não se decide."
    ),
)

OWN_SUBSPACE = Claim(
    id="35",
    statement="Em cinquenta dimensões cada categoria ocupa um subespaço próprio.",
    needs=("e10-l50",),
    statistic=shared_by_closest,
    measure="o que têm em comum os subespaços das duas classes que mais coincidem, como porcentagem do que têm, em média, os de "
    "classes de rótulos embaralhados; o intervalo vem só das sementes",
    margin=50.0,
    side="below",
    bounds=POSITIVE,
    reason="a afirmação é de cada categoria, e basta um par para negá-la; duas classes que têm em comum metade do que a forma "
    "da nuvem dá a classes quaisquer já não têm cada uma o seu subespaço",
    unit="%",
    decimals=0,
    confirmed="Cada classe tem direções suas: mesmo as duas que mais coincidem têm em comum só {{ value }} (intervalo "
    "{{ interval }}) do que têm classes de rótulos embaralhados.",
    refuted="Nem toda classe tem direções suas: as duas que mais coincidem têm em comum {{ value }} (intervalo {{ interval }}) "
    "do que têm classes de rótulos embaralhados, e a afirmação pede menos de {{ margin }}.",
    inconclusive=(
        "As duas classes que mais coincidem têm em comum {{ value }} do que têm classes de rótulos embaralhados, o que "
        "{{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide se cada classe tem "
        "direções suas."
    ),
)


def _class_overlaps(run: Sample) -> dict[tuple[int, int], float]:
    if "overlaps" not in run.cache:
        cloud = run.latent_means()
        run.cache["overlaps"] = overlaps(cloud, run.labels[: len(cloud)])
    found: dict[tuple[int, int], float] = run.cache["overlaps"]
    return found


CLAIMS = (DIFFUSE, PARTIAL, COMPLETE, OWN_SUBSPACE)
