"""Numbers and tables of the latent space: groups, pairs of classes, splits, components."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from report.evidence import Evidence
from report.judging.sample import Sample
from report.judging.statistics import CORRELATION, POSITIVE, SHARE
from report.language import ptbr, wording
from report.language.labels import run_label
from report.metrics import LATENT, METRICS, NEIGHBOURS, Metric
from report.pages.espaco_latente import groups, raw
from report.pages.espaco_latente.evolution import within_share
from report.tables import Table
from vae.grid import REFERENCE_RUNS, SNAPSHOTS, WIDE
from vae.storage.results import Array

LISTED_PAIRS = 6

EVOLUTION = (
    METRICS["knn_accuracy"],
    METRICS["silhouette"],
    METRICS["davies_bouldin"],
    METRICS["trace_within"],
    METRICS["trace_between"],
    Metric("Parte intraclasse", within_share, 1, "%", "lower", LATENT),
)

STRAIGHT_ANGLE = 180.0
ANGLE = Metric(
    "Ângulo entre calçados e roupas",
    lambda s: s.group_angle(s.info.groups["footwear"], s.info.groups["clothes"]),
    1, "°", None, LATENT, bounds=(0.0, STRAIGHT_ANGLE),
)  # fmt: skip
GROUPS = (
    Metric("Calçados entre calçados", lambda s: s.knn_recall("footwear"), 1, "%", "higher", NEIGHBOURS),
    Metric("Roupas entre roupas", lambda s: s.knn_recall("clothes"), 1, "%", "higher", NEIGHBOURS),
    Metric(
        "Silhueta dos calçados",
        groups.footwear_silhouette,
        3, "", "higher", NEIGHBOURS, bounds=CORRELATION,
    ),
    raw.FOOTWEAR,
    Metric("Variância interna, calçados", lambda s: s.spread(s.info.groups["footwear"]), 2, "", None, LATENT, bounds=POSITIVE),
    Metric("Variância interna, roupas", lambda s: s.spread(s.info.groups["clothes"]), 2, "", None, LATENT, bounds=POSITIVE),
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
        metric = Metric(name, read, 2, "nats", None, NEIGHBOURS, bounds=POSITIVE)
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


def pair_rank(evidence: Evidence, run: str, *names: str) -> dict[str, Any]:
    """Return a pair's place among all pairs, the most confused first, how many these are, and its confusion and the median one."""
    ranked = ranked_pairs(evidence, run)
    first, second = sorted(evidence.info.class_index(name) for name in names)
    metric = _confusion(first, second)
    middle = Metric("Confusão do par mediano de classes", _median_confusion, 1, "%", None, NEIGHBOURS)
    return {
        "rank": ranked.index((first, second)) + 1,
        "pairs": len(ranked),
        "confusion": metric.text(metric.measure(evidence, run)),
        "median": middle.text(middle.measure(evidence, run)),
    }


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


def spreads(evidence: Evidence, run: str) -> dict[str, Any]:
    """Return the names of the densest and of the widest class of a run, and how many footwear classes are dense.

    denser: those whose covariance has a smaller trace than the median class of clothes; footwear: all of them.
    """
    info = evidence.info
    values = np.array([_spread(index).measure(evidence, run).value for index in range(len(info.classes))])
    footwear = values[list(info.groups["footwear"])]
    return {
        "densest": _name(evidence, int(values.argmin())),
        "widest": _name(evidence, int(values.argmax())),
        "denser": int((footwear < np.median(values[list(info.groups["clothes"])])).sum()),
        "footwear": len(footwear),
    }


def spreads_table(evidence: Evidence) -> str:
    """Return the trace of the covariance of every class in the native planes, the densest at the end first."""
    info, last = evidence.info, SNAPSHOTS[-1]
    kinds = {index: wording.GROUPS[group] for group in ("footwear", "clothes") for index in info.groups[group]}
    measured = {
        index: [_spread(index).measure(evidence, run) for run in SNAPSHOTS] for index in range(len(info.classes))
    }
    rows = [
        [_name(evidence, index), kinds.get(index, "—"), *(_spread(index).text(each) for each in measured[index])]
        for index in sorted(measured, key=lambda index: measured[index][-1].value)
    ]
    header = ["Classe", "Grupo", *(run_label(evidence.spec(run)) for run in SNAPSHOTS)]
    caption = (
        f"Traço da covariância de cada classe, da mais densa à mais espalhada no {run_label(evidence.spec(last))}, ± meio "
        "intervalo."
    )
    return str(Table(header, rows, caption, "densidade"))


def components_for(evidence: Evidence, share: float) -> int:
    """Return how many principal components keep at least a share of the variance, in the first seed."""
    kept = np.cumsum(evidence.headline(WIDE).array("pca_shares"))
    return int(np.searchsorted(kept, share)) + 1


def ranked_splits(evidence: Evidence, run: str) -> list[tuple[str, str]]:
    """Return the natural splits of the classes with their AUROC by neighbours, formatted, the best first."""
    metrics = {
        name: Metric(name, functools.partial(_auroc, split), 4, "", "higher", NEIGHBOURS, bounds=SHARE)
        for name, split in groups.natural_splits(evidence.info).items()
    }
    measured = {name: metric.measure(evidence, run) for name, metric in metrics.items()}
    ranked = sorted(measured, key=lambda name: -measured[name].value)
    return [(name, metrics[name].text(measured[name])) for name in ranked]


def splits_table(evidence: Evidence, splits: Sequence[tuple[str, str]]) -> str:
    """Return the table of ranked_splits."""
    caption = (
        f"Nitidez de cada corte das classes em dois lados, no {run_label(evidence.spec('e100'))}: AUROC dos votos dos "
        "vizinhos. Um é separação perfeita; meio é nenhuma. Entre colchetes, o intervalo que passaria de um, cortado ali."
    )
    return str(Table(["Corte", "AUROC ↑"], splits, caption, "cortes"))


def _name(evidence: Evidence, index: int) -> str:
    return ptbr.mark(evidence.info.classes[index])


def _spread(index: int) -> Metric:
    return Metric("Variância interna da classe", lambda s: s.spread([index]), 2, "", None, LATENT, bounds=POSITIVE)


def _median_confusion(sample: Sample) -> Array:
    return np.asarray(np.median(list(sample.confusions().values()), axis=0))


def _class_entropy(index: int, sample: Sample) -> Array:
    return sample.vote_entropy()[:, index]


def _auroc(split: groups.Split, sample: Sample) -> Array:
    return sample.knn_auroc(*split)


def _confusion(first: int, second: int) -> Metric:
    return Metric("Confusão de duas classes", lambda s: s.confusion(first, second), 1, "%", None, NEIGHBOURS)
