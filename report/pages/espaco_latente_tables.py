"""Numbers and tables of the latent space: groups, pairs of classes, splits, components."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from report import ptbr
from report.evidence import Evidence
from report.labels import run_label
from report.metrics import LATENT, METRICS, NEIGHBOURS, Metric
from report.pages import espaco_latente_groups as groups
from report.pages.espaco_latente_evolution import within_share
from report.sample import Sample
from report.tables import Table
from vae.grid import REFERENCE_RUNS
from vae.results import Array

PLANES = ("e10", "e50", "e100")
DEEP = "e10-l50"
LISTED_PAIRS = 6

EVOLUTION = (
    METRICS["knn_accuracy"],
    METRICS["silhouette"],
    METRICS["davies_bouldin"],
    METRICS["trace_within"],
    METRICS["trace_between"],
    Metric("Parte intraclasse", within_share, 1, "%", "lower", LATENT, True),
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


def transit_table(evidence: Evidence, names: Sequence[str]) -> str:
    """Return how mixed the neighbours of some classes are in every run."""
    readers: dict[str, Callable[[Sample], Array]] = {
        name: functools.partial(_class_entropy, evidence.info.class_index(name)) for name in names
    }
    readers["Classe mediana"] = lambda sample: np.median(sample.vote_entropy(), axis=1)
    rows = []
    for name, read in readers.items():
        metric = Metric(name, read, 2, "nats", None, NEIGHBOURS)
        cells = [metric.text(metric.measure(evidence, run), unit=False) for run in REFERENCE_RUNS]
        rows.append([name, *cells])
    header = ["Classe", *(run_label(evidence.spec(run)) for run in REFERENCE_RUNS)]
    caption = "Entropia média dos votos dos vizinhos, em nats, ± meio intervalo."
    return str(Table(header, rows, caption, "transito"))


def strangers(evidence: Evidence, run: str, name: str) -> str:
    """Return the two other classes that occur most among a class's neighbours, with their shares."""
    index = evidence.info.class_index(name)
    shares = mean_votes(evidence, run)[index]
    others = [other for other in np.argsort(-shares) if other != index][:2]
    return ptbr.join(f"{_name(evidence, other)} ({ptbr.percent(shares[other], 0)})" for other in others)


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


def label_confusion(evidence: Evidence, first: str, second: str) -> float:
    """Return the share of test images of two classes that the classifier takes for the other, mean of both ways."""
    i, j = (evidence.info.class_index(name) for name in (first, second))
    shares = evidence.classifier.array("confusion") / evidence.classifier.array("confusion").sum(axis=1, keepdims=True)
    return float(shares[i, j] + shares[j, i]) / 2


def pairs_table(evidence: Evidence) -> str:
    """Return the pairs that are most confused at the end of the training, and their confusion in every run."""
    rows = []
    for first, second in ranked_pairs(evidence, "e100")[:LISTED_PAIRS]:
        metric = _confusion(first, second)
        cells = (metric.text(metric.measure(evidence, run), unit=False) for run in REFERENCE_RUNS)
        rows.append([f"{_name(evidence, first)} · {_name(evidence, second)}", *cells])
    header = ["Par", *(run_label(evidence.spec(run)) for run in REFERENCE_RUNS)]
    caption = (
        f"Os pares mais confusos no {run_label(evidence.spec('e100'))}, e a sua confusão nos quatro treinos, em %: a "
        "parte dos vizinhos que pertence à outra classe do par, média dos dois sentidos, ± meio intervalo."
    )
    return str(Table(header, rows, caption, "pares"))


def components_for(evidence: Evidence, share: float) -> int:
    """Return how many principal components keep at least a share of the variance, in the first seed."""
    kept = np.cumsum(evidence.headline(DEEP).array("pca_shares"))
    return int(np.searchsorted(kept, share)) + 1


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


def _name(evidence: Evidence, index: int) -> str:
    return ptbr.mark(evidence.info.classes[index])


def _class_entropy(index: int, sample: Sample) -> Array:
    return sample.vote_entropy()[:, index]


def _auroc(split: groups.Split, sample: Sample) -> Array:
    return sample.knn_auroc(*split)


def _confusion(first: int, second: int) -> Metric:
    return Metric("Confusão de duas classes", lambda s: s.confusion(first, second), 1, "%", None, NEIGHBOURS, True)
