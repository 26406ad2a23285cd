"""Where the prior has mass and the posteriors have none; without torch, as the explorer draws it."""

import numpy as np
from numpy.typing import NDArray

from vae.storage.results import Array

HOLE_RATIO = 0.1  # a hole is where q(z) < HOLE_RATIO * p(z)


def hole_map(mean: Array, logvar: Array, axis: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points of a square grid of the plane lie in holes, (k, k): row i has z2 = axis[i], column j z1 = axis[j].

    q(z): the mixture of the n posteriors with these means and log-variances, (n, 2). The measure is that of
    vae.metrics.likelihood.hole_mass.
    """
    # A diagonal Gaussian is a product, so its values on a grid are those along each axis times each other.
    along_1, along_2 = (_densities(axis, mean[:, i], np.exp(0.5 * logvar[:, i].astype(np.float64))) for i in (0, 1))
    aggregate = along_2.T @ along_1 / len(mean)
    prior = _densities(axis, np.zeros(1), np.ones(1))[0]
    return np.asarray(aggregate < HOLE_RATIO * np.outer(prior, prior))


def _densities(axis: Array, mean: Array, deviation: Array) -> NDArray[np.float64]:
    """Return the density of each of n Gaussians at each of k points, (n, k)."""
    distance = (axis - mean[:, None].astype(np.float64)) / deviation[:, None]
    return np.asarray(np.exp(-0.5 * distance**2) / (np.sqrt(2 * np.pi) * deviation[:, None]))
