"""Claims about flat maps of many dimensions: which neighbours they keep, and whether distances between classes can be read."""

from collections.abc import Callable

import numpy as np

from report.claims import Claim
from report.evidence import Evidence
from report.metrics import LATENT, NEIGHBOURS, Metric, score
from report.sample import Sample
from report.statistics import CORRELATION, SHARE
from report.tables import Table
from vae.results import Array

NEAREST = 10
ROWS_AT_ONCE = 1_000  # of a distance matrix


def tsne_trustworthiness(run: Sample) -> Array:
    """Trustworthiness of the t-SNE map: 1 without false neighbours.

    Source: Venna & Kaski 2001.
    """
    return run.score("trustworthiness_tsne")


def tsne_order(run: Sample) -> Array:
    """Spearman correlation, over pairs of classes, of the distances between class centres in the t-SNE and the latent.

    Replicates move the centres; the map itself is the one that was made. Source: Spearman 1904.
    """
    return distance_order(run, tsne_plane(run))


def distance_order(run: Sample, plane: Array) -> Array:
    """Return the rank correlation of the distances between class centres in a map (m, 2) and in the latent, (B,)."""
    latent = run.latent_means()[: len(plane)]
    values, labels = np.concatenate([latent, plane], axis=1), run.labels[: len(plane)]
    centres = run.group_means(values, labels, len(run.info.classes))
    first, second = np.triu_indices(centres.shape[1], k=1)
    gaps = (centres[:, first] - centres[:, second]) ** 2
    parts = np.split(gaps, [latent.shape[1]], axis=2)
    ranks = [part.sum(axis=2).argsort(axis=1).argsort(axis=1) - (len(first) - 1) / 2 for part in parts]
    # Ranks of as many distances have the same variance, whatever their order.
    return (ranks[0] * ranks[1]).sum(axis=1) / (ranks[0] ** 2).sum(axis=1)


def kept_neighbours(high: Array, low: Array) -> float:
    """Return the share of each point's nearest points (n, d) that are still among its nearest in a map (n, 2)."""
    before, after = nearest(high), nearest(low)
    return float((before[:, :, None] == after[:, None, :]).sum() / before.size)


def nearest(points: Array) -> Array:
    """Return the indices of each point's NEAREST others, (n, NEAREST), in no order."""
    squares = (points**2).sum(axis=1)
    found = []
    for start in range(0, len(points), ROWS_AT_ONCE):
        rows = np.arange(start, min(start + ROWS_AT_ONCE, len(points)))
        distances = squares - 2 * points[rows] @ points.T
        distances[rows - start, rows] = np.inf
        found.append(np.argpartition(distances, NEAREST, axis=1)[:, :NEAREST])
    return np.concatenate(found)


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
    for name, (title, plane) in MAPS.items():

        def kept(sample: Sample, plane: Callable[[Sample], Array] = plane) -> float:
            flat = plane(sample)
            return kept_neighbours(sample.latent_means()[: len(flat)], flat)

        metrics = [
            Metric("Confiabilidade", score(f"trustworthiness_{name}"), 3, "", "higher", NEIGHBOURS, bounds=SHARE),
            Metric("Continuidade", score(f"continuity_{name}"), 3, "", "higher", NEIGHBOURS, bounds=SHARE),
            Metric("Vizinhos guardados", kept, 1, "%", "higher", NEIGHBOURS, True),
            order_metric(name),
        ]
        rows.append([title, *(metric.text(metric.measure(evidence, run)) for metric in metrics)])
    header = ["Mapa", "Confiabilidade ↑", "Continuidade ↑", "Vizinhos guardados ↑", "Ordem das distâncias ↑"]
    return str(Table(header, rows, "Fidelidade dos dois mapas planos, de perto e de longe.", "mapas"))


HELPFUL = Claim(
    id="42",
    statement="Projeções como a PCA e a t-SNE ajudam a diagnosticar a separação das classes.",
    needs=("e10-l50",),
    statistic=tsne_trustworthiness,
    measure="confiabilidade da t-SNE; o intervalo vem só das sementes",
    margin=0.95,
    side="above",
    bounds=SHARE,
    reason="um vigésimo da pior penalidade possível por vizinhos falsos é o máximo que se tolera num diagnóstico",
    decimals=3,
    confirmed="Os vizinhos que a t-SNE mostra são de fiar: a confiabilidade é {{ value }} (intervalo {{ interval }}).",
    refuted="Os vizinhos que a t-SNE mostra não são de fiar: a confiabilidade é {{ value }} (intervalo {{ interval }}), "
    "e um diagnóstico pede mais de {{ margin }}.",
    inconclusive=(
        "A confiabilidade da t-SNE é {{ value }} e {{ 'passa' if claimed else 'não passa' }} de {{ margin }}; "
        "{{ with_seeds }}, não se decide se ela serve de diagnóstico."
    ),
)

MISLEADING = Claim(
    id="42b",
    statement="Projeções como a PCA e a t-SNE não substituem a inspeção de reconstruções e amostras.",
    needs=("e10-l50",),
    statistic=tsne_order,
    measure="correlação de Spearman, sobre os pares de classes, entre as distâncias dos centros na t-SNE e no espaço "
    "latente",
    margin=0.8,
    side="below",
    bounds=CORRELATION,
    reason="abaixo disso, mais de um terço da variação das ordens não passa para o mapa (um menos o quadrado da "
    "correlação), e quem só olhasse o mapa se enganaria",
    decimals=3,
    confirmed="A t-SNE engana sobre as distâncias entre as classes: a correlação entre a ordem delas no mapa e no "
    "espaço é {{ value }} (intervalo {{ interval }}).",
    refuted="A t-SNE não engana sobre a ordem das distâncias entre as classes: a correlação entre a do mapa e a do "
    "espaço é {{ value }} (intervalo {{ interval }}), e para enganar teria de ficar abaixo de {{ margin }}.",
    inconclusive=(
        "Entre a ordem das distâncias na t-SNE e no espaço latente, a correlação é {{ value }} e "
        "{{ 'fica' if claimed else 'não fica' }} abaixo de {{ margin }}; {{ with_seeds }}, não se decide se o mapa "
        "engana."
    ),
)

CLAIMS = (HELPFUL, MISLEADING)
