"""Separation of the classes in raw coordinates, beside the whitened ones: how much of it is the whitening's."""

import numpy as np
import scipy

from report.judging.sample import Sample
from report.judging.statistics import CORRELATION, POSITIVE
from report.metrics import Metric
from vae.metrics.limits import WORST_OVERLAP
from vae.storage.results import Array

HERE = "report/pages/espaco_latente/raw.py"
IMAGES = 2_000  # the first of the test images: all distances between them are computed whenever the page is rendered


def silhouettes(points: Array, clusters: Array) -> Array:
    """Return each point's silhouette (b - a) / max(a, b), (m,); 0 for a point alone in its cluster, or among equals.

    a: mean distance to the others of its cluster; b: to the nearest other cluster. Source: Rousseeuw 1987.
    """
    member = clusters[:, None] == np.unique(clusters)
    counts = member.sum(axis=0)
    sums = scipy.spatial.distance.cdist(points, points) @ member
    others = (member @ counts) - 1
    inner = sums[member] / np.maximum(others, 1)
    outer = np.where(member, np.inf, sums / counts).min(axis=1)
    largest = np.maximum(inner, outer)
    found = np.divide(outer - inner, largest, out=np.zeros_like(largest), where=(largest > 0) & (others > 0))
    return np.asarray(found)


def davies_bouldin(points: Array, clusters: Array) -> float:
    """Return the Davies-Bouldin index, at most WORST_OVERLAP. Source: Davies & Bouldin 1979, with p = 2 and q = 1."""
    names = np.unique(clusters)
    means = np.stack([points[clusters == name].mean(axis=0) for name in names])
    widths = np.array(
        [
            np.linalg.norm(points[clusters == name] - mean, axis=1).mean()
            for name, mean in zip(names, means, strict=True)
        ]
    )
    gaps = scipy.spatial.distance.cdist(means, means)
    ratios = np.divide(widths[:, None] + widths, gaps, out=np.full_like(gaps, WORST_OVERLAP), where=gaps > 0)
    np.fill_diagonal(ratios, 0.0)
    return min(float(ratios.max(axis=1).mean()), WORST_OVERLAP)


def raw_silhouette(run: Sample) -> Array:
    """Mean silhouette of the classes, posterior means as they are, over the first test images."""
    return run.mean(_silhouettes(run, run.labels, "classes"))


def raw_footwear_silhouette(run: Sample) -> Array:
    """Mean silhouette of footwear images, footwear one cluster and the rest another, posterior means as they are."""
    members = run.members("footwear")
    return run.mean(_silhouettes(run, members, "footwear"), members)


def raw_davies_bouldin(run: Sample) -> float:
    """Return the Davies-Bouldin index of the classes, posterior means as they are, over the first test images."""
    points = run.latent_means()[:IMAGES]
    return davies_bouldin(points, run.labels[: len(points)])


SILHOUETTE = Metric("Silhueta, crua", raw_silhouette, 3, "", "higher", HERE, bounds=CORRELATION)
DAVIES_BOULDIN = Metric("Davies–Bouldin, cru", raw_davies_bouldin, 2, "", "lower", HERE, bounds=POSITIVE)
FOOTWEAR = Metric("Silhueta dos calçados, crua", raw_footwear_silhouette, 3, "", "higher", HERE, bounds=CORRELATION)


def _silhouettes(run: Sample, clusters: Array, name: str) -> Array:
    if ("raw silhouettes", name) not in run.cache:
        points = run.latent_means()[:IMAGES]
        run.cache["raw silhouettes", name] = silhouettes(points, clusters[: len(points)])
    return np.asarray(run.cache["raw silhouettes", name])
