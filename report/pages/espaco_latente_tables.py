"""Numbers and tables of the latent space: groups, pairs of classes, splits, maps, axes."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from report import ptbr
from report.evidence import Evidence
from report.labels import run_label
from report.metrics import LATENT, METRICS, NEIGHBOURS, Metric, score
from report.pages import espaco_latente_groups as groups
from report.sample import Sample
from report.tables import Table
from vae.results import Array

PLANES = ("e10", "e50", "e100")
DEEP = "e10-l50"
RUNS = (*PLANES, DEEP)
LISTED_PAIRS = 6

EVOLUTION = (
    METRICS["knn_accuracy"],
    METRICS["silhouette"],
    METRICS["davies_bouldin"],
    METRICS["trace_within"],
    METRICS["trace_between"],
    Metric("Parte intraclasse", lambda s: s.scatter().within / s.scatter().total, 1, "%", "lower", LATENT, True),
)

STRAIGHT_ANGLE = 180.0
ANGLE = Metric(
    "Ângulo entre calçados e roupas",
    lambda s: s.group_angle(s.info.groups["footwear"], s.info.groups["clothes"]),
    1, "°", None, LATENT,
)  # fmt: skip
GROUPS = (
    Metric("Calçados entre calçados", lambda s: s.knn_recall("footwear"), 1, "%", "higher", NEIGHBOURS, True),
    Metric("Roupas entre roupas", lambda s: s.knn_recall("clothes"), 1, "%", "higher", NEIGHBOURS, True),
    Metric(
        "Silhueta dos calçados",
        lambda s: s.mean("silhouette_footwear", s.members("footwear")),
        3, "", "higher", NEIGHBOURS,
    ),
    Metric("Variância interna, calçados", lambda s: s.spread(s.info.groups["footwear"]), 2, "", None, LATENT),
    Metric("Variância interna, roupas", lambda s: s.spread(s.info.groups["clothes"]), 2, "", None, LATENT),
    ANGLE,
)  # fmt: skip


def mean_votes(evidence: Evidence, run: str) -> Array:
    """Return the mean share of votes (C, C), rows by true class, over all seeds."""
    return np.mean([evidence.samples.sample(run, seed).votes()[0] for seed in evidence.seeds(run)], axis=0)


def class_accuracy(evidence: Evidence, run: str, index: int) -> float:
    """Return the neighbours' accuracy on one class, in per cent, mean over seeds."""
    samples = (evidence.samples.sample(run, seed) for seed in evidence.seeds(run))
    return float(
        100 * np.mean([(sample.knn_predictions()[sample.labels == index] == index).mean() for sample in samples])
    )


def extreme_class(evidence: Evidence, run: str, easiest: bool) -> dict[str, Any]:
    """Return name and accuracy, in per cent, of the class that neighbours recognise best or worst."""
    values = [class_accuracy(evidence, run, c) for c in range(len(evidence.info.classes))]
    index = int(np.argmax(values) if easiest else np.argmin(values))
    return {"name": _name(evidence, index), "accuracy": values[index]}


def company(evidence: Evidence, name: str) -> dict[str, Any]:
    """Return, of one class, the share of its own neighbours at the start and at the end, and whose the others are."""
    index = evidence.info.class_index(name)
    start, end = (mean_votes(evidence, run)[index] for run in ("e10", "e100"))
    others = [other for other in np.argsort(-end) if other != index][:2]
    strangers = [f"{_name(evidence, other)} ({ptbr.percent(end[other], 0)})" for other in others]
    return {"start": float(start[index]), "end": float(end[index]), "strangers": ptbr.join(strangers)}


def ranked_pairs(evidence: Evidence, run: str) -> list[tuple[int, int]]:
    """Return all pairs of classes, the most confused first."""
    votes = mean_votes(evidence, run)
    both = (votes + votes.T) / 2
    found = [(i, j) for i in range(len(both)) for j in range(i + 1, len(both))]
    return sorted(found, key=lambda pair: -both[pair])


def top_pair(evidence: Evidence, run: str) -> dict[str, str]:
    """Return the names of the most confused pair, and its confusion, formatted."""
    first, second = ranked_pairs(evidence, run)[0]
    metric = _confusion(first, second)
    names = f"{_name(evidence, first)} e {_name(evidence, second)}"
    return {"names": names, "confusion": metric.text(metric.measure(evidence, run))}


def pairs_table(evidence: Evidence) -> str:
    """Return the pairs that are most confused at the end of the training, and their confusion in every run."""
    rows = []
    for first, second in ranked_pairs(evidence, "e100")[:LISTED_PAIRS]:
        metric = _confusion(first, second)
        cells = (metric.text(metric.measure(evidence, run), unit=False) for run in RUNS)
        rows.append([f"{_name(evidence, first)} · {_name(evidence, second)}", *cells])
    header = ["Par", *(run_label(evidence.spec(run)) for run in RUNS)]
    caption = (
        f"Os pares mais confusos no {run_label(evidence.spec('e100'))}, e a sua confusão nos quatro treinos, em %: a "
        "parte dos vizinhos que pertence à outra classe do par, média dos dois sentidos, ± meio intervalo."
    )
    return str(Table(header, rows, caption, "pares"))


def components_for(evidence: Evidence, share: float) -> int:
    """Return how many principal components keep at least a share of the variance, in the first seed."""
    kept = np.cumsum(evidence.headline(DEEP).array("pca_shares"))
    return int(np.searchsorted(kept, share)) + 1


def embedding_table(evidence: Evidence) -> str:
    """Return how faithful the plane of PCA and the t-SNE are."""
    rows = []
    for name, title in (("pca", "PCA"), ("tsne", "t-SNE")):
        metrics = [
            Metric(label, score(f"{quality}_{name}"), 3)
            for quality, label in (("trustworthiness", "Confiabilidade"), ("continuity", "Continuidade"))
        ]
        rows.append([title, *(metric.text(metric.measure(evidence, DEEP)) for metric in metrics)])
    caption = "Fidelidade dos dois mapas planos, de zero a um: um é um mapa que guarda todas as vizinhanças."
    return str(Table(["Mapa", "Confiabilidade ↑", "Continuidade ↑"], rows, caption, "mapas"))


def ranked_splits(evidence: Evidence, run: str) -> list[tuple[str, str]]:
    """Return the natural splits of the classes with their AUROC by neighbours, formatted, the best first."""
    metrics = {
        name: Metric(name, functools.partial(_auroc, split), 4, "", "higher", NEIGHBOURS)
        for name, split in groups.natural_splits(evidence.info).items()
    }
    measured = {name: metric.measure(evidence, run) for name, metric in metrics.items()}
    ranked = sorted(measured, key=lambda name: -measured[name].value)
    return [(name, metrics[name].text(measured[name])) for name in ranked]


def splits_table(evidence: Evidence, splits: Sequence[tuple[str, str]]) -> str:
    """Return the table of ranked_splits."""
    caption = (
        f"Nitidez de cada corte das classes em dois lados, no {run_label(evidence.spec('e100'))}: AUROC dos votos dos "
        "vizinhos. Um é separação perfeita; meio é nenhuma."
    )
    return str(Table(["Corte", "AUROC ↑"], splits, caption, "cortes"))


# What a person may read into an axis: name, classes or groups at one end, at the other.
CONTRASTS = (
    ("Calçados × roupas", ("footwear",), ("clothes",)),
    ("Manga longa × manga curta", ("Pullover", "Coat"), ("T-shirt/top",)),
    ("Peça comprida × peça de tronco", ("Trouser", "Dress"), ("tops",)),
)


def axes_table(evidence: Evidence, run: str) -> str:
    """Return how much of the variance each contrast explains along the axes, and along its best direction by seed."""
    samples = [evidence.samples.sample(run, seed) for seed in evidence.seeds(run)]
    rows = []
    for title, first, second in CONTRASTS:
        shares, angles = [], []
        for sample in samples:
            cloud, ends = sample.latent_means(), (sample.members(*first), sample.members(*second))
            best = best_direction(cloud, *ends)
            directions = (*np.eye(len(best)), best)
            shares.append([axis_share(cloud, *ends, direction) for direction in directions])
            angles.append(ptbr.number(axis_angle(best), 0, "°"))
        rows.append([title, *(ptbr.percent(share, 0) for share in np.mean(shares, axis=0)), ptbr.join(angles)])
    spec = evidence.spec(run)
    axes = [f"no eixo \\(z_{index}\\)" for index in range(1, spec.latent_dim + 1)]
    header = ["Contraste", *axes, "na melhor direção", "ângulo desta"]
    caption = (
        f"Parte da variância que cada contraste explica ao longo de uma direção do plano, no {run_label(spec)}, e o "
        f"ângulo "
        "que a melhor direção faz com o primeiro eixo" + (", treino a treino." if len(samples) > 1 else ".")
    )
    return str(Table(header, rows, caption, "eixos"))


def axis_share(cloud: Array, first: Array, second: Array, direction: Array) -> float:
    """Return the share of the variance of two groups along a direction that lies between their means.

    cloud: (n, d); first, second: masks (n,); direction: (d,). Source: correlation ratio, Fisher 1925.
    """
    a, b = cloud[first] @ direction, cloud[second] @ direction
    both = np.concatenate([a, b])
    between = len(a) * (a.mean() - both.mean()) ** 2 + len(b) * (b.mean() - both.mean()) ** 2
    return float(between / (len(both) * both.var()))


def best_direction(cloud: Array, first: Array, second: Array) -> Array:
    """Return the unit vector (d,) along which axis_share is largest; its sign has no meaning.

    Source: linear discriminant, Fisher 1936.
    """
    within = sum(np.cov(cloud[mask], rowvar=False, bias=True) * mask.sum() for mask in (first, second))
    vector = np.linalg.solve(within, cloud[first].mean(axis=0) - cloud[second].mean(axis=0))
    return np.asarray(vector / np.linalg.norm(vector))


def axis_angle(direction: Array) -> float:
    """Return the angle of a line in the plane to the first axis, degrees in [0, 180)."""
    return float(np.degrees(np.arctan2(direction[1], direction[0])) % 180)


def _name(evidence: Evidence, index: int) -> str:
    return ptbr.mark(evidence.info.classes[index])


def _auroc(split: groups.Split, sample: Sample) -> Array:
    return sample.knn_auroc(*split)


def _confusion(first: int, second: int) -> Metric:
    return Metric("Confusão de duas classes", lambda s: s.confusion(first, second), 1, "%", None, NEIGHBOURS, True)
