"""Samples, decoded planes, interpolations and class shares, as pictures and bars."""

from typing import TYPE_CHECKING

import numpy as np

from report import ptbr
from report.evidence import Evidence
from report.labels import run_label
from report.pages.geracao_claims import JUDGED
from report.pages.geracao_order import GRID_COLUMNS
from vae import figures
from vae.results import Array

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vae.figures import Theme

LARGEST = "e10-l50"
FEW, FEW_COLUMNS = 50, 5  # samples of each run side by side
THIN = 3  # of the small decoded planes: every third point along each axis
EXTREMES = 10  # most and least ambiguous samples shown
UNDECIDED = float(np.log(2))  # nats: entropy of a choice between two equally likely classes


def draw_samples(evidence: Evidence) -> bytes:
    """Return the large grid of samples of the run on which the claims are judged."""
    return figures.grid_png(evidence.headline(JUDGED).array("sample_images"), columns=GRID_COLUMNS)


def draw_few_samples(evidence: Evidence, run: str) -> bytes:
    """Return the first samples of a run."""
    return figures.grid_png(evidence.headline(run).array("sample_images")[:FEW], columns=FEW_COLUMNS)


def draw_ambiguous(evidence: Evidence) -> bytes:
    """Return, of the samples shown, the most ambiguous for the classifier above and the clearest below."""
    result = evidence.headline(JUDGED)
    images = result.array("sample_images")
    order = np.argsort(result.array("sample_entropy")[: len(images)].astype(np.float64), kind="stable")
    chosen = np.concatenate([order[::-1][:EXTREMES], order[:EXTREMES]])
    return figures.grid_png(images[chosen], columns=EXTREMES)


def draw_plane(evidence: Evidence, run: str, thin: int = 1) -> bytes:
    """Return the decoded prior quantiles of a run with two latent dimensions; thin: every thin-th along each axis."""
    plane = evidence.headline(run).array("manifold")[thin // 2 :: thin, thin // 2 :: thin]
    return figures.grid_png(plane.reshape(-1, *plane.shape[2:]), columns=plane.shape[1], gap=0)


def draw_interpolations(evidence: Evidence, run: str) -> bytes:
    """Return the decoded straight lines between the first images of pairs of classes, a pair a row."""
    strips = evidence.headline(run).array("interpolation_images")
    return figures.grid_png(strips.reshape(-1, *strips.shape[2:]), columns=strips.shape[1])


def draw_balance(evidence: Evidence, theme: "Theme") -> "Figure":
    """Return the share of each class in the test images and in samples, all seen by the classifier."""
    series = [figures.Series("imagens de teste", "data", 100 * data_shares(evidence))]
    for run in (JUDGED, LARGEST):
        label = ptbr.strip_marks(run_label(evidence.spec(run)))
        series.append(figures.Series(label, run, 100 * sample_shares(evidence, run)))
    return figures.grouped_bars(
        evidence.info.classes, series, theme=theme, x_label="% das imagens, segundo o classificador",
        tick_format=ptbr.tick_format(0),
    )  # fmt: skip


def data_shares(evidence: Evidence) -> Array:
    """Return the share of test images that the classifier puts into each class, (C,)."""
    return _shares(evidence, evidence.classifier.array("test_predictions"))


def sample_shares(evidence: Evidence, run: str) -> Array:
    """Return the share of a run's samples that the classifier puts into each class, mean over seeds, (C,)."""
    seeds = evidence.seeds(run).values()
    return np.mean([_shares(evidence, result.array("sample_classes")) for result in seeds], axis=0)


def undecided_share(evidence: Evidence, run: str, name: str) -> float:
    """Return the share of a run's images on which the classifier is less sure than between two equal classes."""
    return float(
        np.mean([(result.array(name).astype(np.float64) > UNDECIDED).mean() for result in evidence.seeds(run).values()])
    )


def _shares(evidence: Evidence, classes: Array) -> Array:
    return np.bincount(classes, minlength=len(evidence.info.classes)) / len(classes)
