"""Samples, decoded planes, interpolations and holes, as pictures."""

import numpy as np
import scipy

from report.evidence import Evidence
from report.pages.geracao.claims import JUDGED
from report.pages.geracao.order import GRID_COLUMNS
from vae import figures
from vae.metrics.holes import hole_map
from vae.storage.results import Array

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
    order = _by_ambiguity(evidence)
    chosen = np.concatenate([order[:EXTREMES], order[::-1][:EXTREMES]])
    return figures.grid_png(images[chosen], columns=EXTREMES)


def draw_plane(evidence: Evidence, run: str, thin: int = 1) -> bytes:
    """Return the decoded prior quantiles of a run with two latent dimensions, those in holes outlined.

    thin: every thin-th along each axis.
    """
    plane = evidence.headline(run).array("manifold")[thin // 2 :: thin, thin // 2 :: thin]
    # The explorer's colour of holes. The images are black in either theme, as a dark page is.
    colour = figures.load_theme("dark").style("refuted").colour
    return figures.outlined_png(plane, plane_holes(evidence, run, thin), colour)


def plane_holes(evidence: Evidence, run: str, thin: int = 1) -> Array:
    """Return which images of a run's decoded plane, of the seed that is drawn, lie in holes: as draw_plane has them."""
    result = evidence.headline(run)
    side = len(result.array("manifold"))
    # Each image stands for the same mass of the prior: the places are those of vae/measurements/generation.py.
    quantiles = scipy.special.ndtri((np.arange(side) + 0.5) / side)
    holes = hole_map(result.array("latent_mean"), result.array("latent_logvar"), quantiles)[::-1]
    return holes[thin // 2 :: thin, thin // 2 :: thin]


def hole_count(evidence: Evidence, run: str, thin: int = 1) -> int:
    """Return how many images of a decoded plane lie in holes."""
    return int(plane_holes(evidence, run, thin).sum())


def draw_interpolations(evidence: Evidence, run: str) -> bytes:
    """Return the decoded straight lines between the first images of pairs of classes, a pair a row."""
    strips = evidence.headline(run).array("interpolation_images")
    return figures.grid_png(strips.reshape(-1, *strips.shape[2:]), columns=strips.shape[1])


def undecided_share(evidence: Evidence, run: str, name: str) -> float:
    """Return the share of a run's images on which the classifier is less sure than between two equal classes."""
    return float(
        np.mean([(result.array(name).astype(np.float64) > UNDECIDED).mean() for result in evidence.seeds(run).values()])
    )


def doubtful_classes(evidence: Evidence, run: str) -> Array:
    """Return, of the samples in doubt (see undecided_share), the share that the classifier puts into each class, (C,).

    Mean over the seeds that have such samples; zeros if none has.
    """
    count, found = len(evidence.info.classes), []
    for result in evidence.seeds(run).values():
        doubtful = result.array("sample_entropy").astype(np.float64) > UNDECIDED
        if doubtful.any():
            found.append(np.bincount(result.array("sample_classes")[doubtful], minlength=count) / doubtful.sum())
    return np.mean(found, axis=0) if found else np.zeros(count)


def ambiguous_classes(evidence: Evidence) -> Array:
    """Return how many of the EXTREMES samples that draw_ambiguous has above the classifier puts into each class, (C,)."""
    result = evidence.headline(JUDGED)
    classes = result.array("sample_classes")[_by_ambiguity(evidence)[:EXTREMES]]
    return np.bincount(classes, minlength=len(evidence.info.classes))


def _by_ambiguity(evidence: Evidence) -> Array:
    """Return the samples that the large grid shows, the most ambiguous first."""
    result = evidence.headline(JUDGED)
    shown = len(result.array("sample_images"))
    return np.argsort(result.array("sample_entropy")[:shown].astype(np.float64), kind="stable")[::-1]
