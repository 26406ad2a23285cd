"""Claims about flat maps of many dimensions: which neighbours they keep, and whether distances between classes can be read."""

import functools
from collections.abc import Callable

import numpy as np

from report.evidence import Evidence
from report.judging.claims import Claim, untestable
from report.judging.ratios import ratio
from report.judging.sample import Sample
from report.judging.statistics import CORRELATION, POSITIVE, SHARE
from report.metrics import LATENT, NEIGHBOURS, Metric, score
from report.tables import Table
from vae.storage.results import Array

NEAREST = 10
ROWS_AT_ONCE = 250  # of a distance matrix
PARTS = 20  # into which a row of it is cut, more than NEAREST


def tsne_order(run: Sample) -> Array:
    """Spearman correlation of the distances between images of different classes in the t-SNE and in the latent.

    Each image is in one pair. Replicates weigh the pairs; the map is the one that was made. Source: Spearman 1904.
    """
    return distance_order(run, tsne_plane(run))


def distance_order(run: Sample, plane: Array) -> Array:
    """Return the rank correlation of distances in a map (m, 2) and in the latent, over pairs of classes apart, (B,).

    Of images and not of class centres: a class that the map parts in two has its centre where none of its images is.
    Zero where all distances are the same.
    """
    pairs = np.random.default_rng(0).permutation(len(plane))[: len(plane) // 2 * 2].reshape(2, -1)
    pairs = pairs[:, run.labels[pairs[0]] != run.labels[pairs[1]]]
    first, second = (
        midranks(np.linalg.norm(points[pairs[0]] - points[pairs[1]], axis=1)) for points in (run.latent_means(), plane)
    )
    covariance = run.mean(first * second) - run.mean(first) * run.mean(second)
    variances = [np.maximum(run.mean(ranks**2) - run.mean(ranks) ** 2, 0) for ranks in (first, second)]
    scale = np.sqrt(variances[0] * variances[1])
    return np.clip(np.divide(covariance, scale, out=np.zeros_like(scale), where=scale > 0), -1, 1)


def midranks(values: Array) -> Array:
    """Return ranks about their mean, equal values sharing the middle one."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + len(values)) / 2)[place])


def kept_neighbours(before: Array, after: Array) -> float:
    """Return the share of each point's nearest points (n, k) that are still among its nearest in a map (n, k)."""
    return float((before[:, :, None] == after[:, None, :]).sum() / before.size)


def nearest(points: Array) -> Array:
    """Return the indices of each point's NEAREST others, (n, NEAREST), in no order."""
    squares = (points**2).sum(axis=1)
    found = []
    for start in range(0, len(points), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(points)))
        distances = -2 * points[rows] @ points.T
        distances += squares
        distances[rows - start, rows] = np.inf
        found.append(least_of_rows(distances, NEAREST))
    return np.concatenate(found)


def least_of_rows(values: Array, count: int) -> Array:
    """Return the columns of the least values of each row (m, n), (m, count), in no order: np.argpartition, but quicker."""
    height, width = values.shape
    if width < 2 * PARTS or count > PARTS:
        return np.argpartition(values, count, axis=1)[:, :count]
    # So many parts have a least value that is not above the bound, so that nothing above it is among the least of all.
    parts = values[:, : width // PARTS * PARTS].reshape(height, PARTS, -1).min(axis=2)
    bound = np.partition(parts, count - 1, axis=1)[:, count - 1 :][:, :1]
    row, column = np.divmod(np.flatnonzero(values <= bound), width)
    sizes = np.bincount(row, minlength=height)
    place = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    few = np.full((height, sizes.max() + 1), np.inf)
    columns = np.zeros(few.shape, dtype=np.intp)
    few[row, place], columns[row, place] = values[row, column], column
    chosen = np.take_along_axis(columns, np.argpartition(few, count - 1, axis=1)[:, :count], axis=1)
    # Of several that are equally far some are left out, and published numbers rest on which ones.
    last = np.partition(few, count - 1, axis=1)[:, count - 1 :][:, :1]
    tied = (few <= last).sum(axis=1) > count
    chosen[tied] = np.argpartition(values[tied], count, axis=1)[:, :count]
    return chosen


def neighbours(run: Sample, name: str) -> Array:
    """Return the nearest points of each point of a map, or of the whole space ('') on the images that maps show."""
    if ("nearest", name) not in run.cache:
        points = MAPS[name][1](run) if name else run.latent_means()[: len(run.array("tsne"))]
        run.cache["nearest", name] = nearest(points)
    return np.asarray(run.cache["nearest", name])


def kept_accuracy(run: Sample, name: str) -> Array:
    """Accuracy of the nearest neighbours in a map over that of the nearest in the whole space, on the same images, in %.

    Neighbours are of the images that the map shows; the class of most of them is their answer.
    """
    found = [neighbours(run, name), neighbours(run, "")]
    labels = run.labels[: len(found[0])]
    right = [_majority(labels[nearest]) == labels for nearest in found]
    return 100 * ratio(run.mean(right[0]), run.mean(right[1]), of_nothing=1.0)


def _majority(classes: Array) -> Array:
    """Return the most frequent class of each row (n, k), the lowest of several."""
    counts = np.stack([(classes == one).sum(axis=1) for one in range(int(classes.max()) + 1)], axis=1)
    return np.asarray(counts.argmax(axis=1))


def tsne_plane(run: Sample) -> Array:
    """Return the t-SNE of the first test images, (m, 2)."""
    return run.array("tsne").astype(np.float64)


def pca_plane(run: Sample) -> Array:
    """Return the first two principal coordinates of the images that the t-SNE shows, (m, 2)."""
    return run.principal_coordinates()[: len(run.array("tsne"))]


MAPS: dict[str, tuple[str, Callable[[Sample], Array]]] = {"pca": ("PCA", pca_plane), "tsne": ("t-SNE", tsne_plane)}


def order_metric(name: str) -> Metric:
    """Return the metric of distance_order in one of the maps."""
    plane = MAPS[name][1]
    return Metric(
        "Ordem das distâncias", lambda s: distance_order(s, plane(s)), 3, "", "higher", LATENT, bounds=CORRELATION
    )


def maps_table(evidence: Evidence, run: str) -> str:
    """Return how faithful the plane of PCA and the t-SNE are, near and far."""
    rows = []
    for name, (title, _) in MAPS.items():

        def kept(sample: Sample, name: str = name) -> float:
            return kept_neighbours(neighbours(sample, ""), neighbours(sample, name))

        metrics = [
            Metric("Confiabilidade", score(f"trustworthiness_{name}"), 3, "", "higher", NEIGHBOURS, bounds=SHARE),
            Metric("Continuidade", score(f"continuity_{name}"), 3, "", "higher", NEIGHBOURS, bounds=SHARE),
            Metric("Vizinhos guardados", kept, 1, "%", "higher", NEIGHBOURS),
            order_metric(name),
        ]
        rows.append([title, *(metric.text(metric.measure(evidence, run)) for metric in metrics)])
    header = ["Mapa", "Confiabilidade ↑", "Continuidade ↑", "Vizinhos guardados ↑", "Ordem das distâncias ↑"]
    return str(Table(header, rows, "Fidelidade dos dois mapas planos, de perto e de longe.", "mapas"))


def _helpful(claim_id: str, name: str) -> Claim:
    title = MAPS[name][0]
    return Claim(
        id=claim_id,
        statement=f"Projeções ajudam a diagnosticar a separação das classes: {title}.",
        needs=("e10-l50",),
        statistic=functools.partial(kept_accuracy, name=name),
        measure=f"acurácia dos vizinhos no mapa da {title}, como fração da acurácia dos vizinhos no espaço inteiro",
        margin=90.0,
        side="above",
        bounds=POSITIVE,
        reason="um mapa que perde mais de um décimo do que os vizinhos sabem das classes mostra misturas que não existem",
        unit="%",
        decimals=1,
        confirmed=f"A {title} mostra a separação das classes: no mapa, os vizinhos acertam {{{{ value }}}} (intervalo "
        "{{ interval }}) do que acertam no espaço inteiro.",
        refuted=f"A {title} não mostra a separação das classes: no mapa, os vizinhos acertam só {{{{ value }}}} "
        "(intervalo {{ interval }}) do que acertam no espaço inteiro, e um diagnóstico pede mais de {{ margin }}.",
        inconclusive=(
            f"No mapa da {title}, os vizinhos acertam {{{{ value }}}} do que acertam no espaço inteiro, o que "
            "{{ 'passa' if claimed else 'não passa' }} de {{ margin }}; {{ with_seeds }}, não se decide se ele serve de "
            "diagnóstico."
        ),
    )


HELPFUL, LINEAR = _helpful("42", "tsne"), _helpful("42c", "pca")

NO_SUBSTITUTE = untestable(
    "42b",
    "Projeções como a PCA e a t-SNE não substituem a inspeção de reconstruções e amostras.",
    "é verdadeira por construção, porque um mapa se faz só dos códigos e nada mostra do que o decodificador faz deles",
)

MISLEADING = Claim(
    id="42d",
    ours=True,
    statement="A t-SNE engana sobre as distâncias entre imagens de classes diferentes.",
    needs=("e10-l50",),
    statistic=tsne_order,
    measure="correlação de Spearman entre as distâncias na t-SNE e no espaço latente, sobre pares de imagens de classes "
    "diferentes, cada imagem num só par; a base conta os pares",
    margin=0.8,
    side="below",
    bounds=CORRELATION,
    reason="abaixo disso, mais de um terço da variação das ordens não passa para o mapa (um menos o quadrado da "
    "correlação), e quem só olhasse o mapa se enganaria",
    decimals=3,
    confirmed="A t-SNE engana sobre as distâncias entre imagens de classes diferentes: a correlação entre a ordem delas "
    "no mapa e no espaço é {{ value }} (intervalo {{ interval }}).",
    refuted="A t-SNE não engana sobre a ordem das distâncias entre imagens de classes diferentes: a correlação entre a do "
    "mapa e a do espaço é {{ value }} (intervalo {{ interval }}), e para enganar teria de ficar abaixo de {{ margin }}.",
    inconclusive=(
        "Entre imagens de classes diferentes, a correlação da ordem das distâncias na t-SNE com a do espaço latente é {{ value }} e "
        "{{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide se o mapa "
        "engana."
    ),
)

CLAIMS = (HELPFUL, LINEAR, NO_SUBSTITUTE, MISLEADING)
