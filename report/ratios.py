"""Ratios of quantities that may vanish."""

import numpy as np

from vae.results import Array

LARGEST_RATIO = 1e6


def ratio(numerator: Array, denominator: Array, of_nothing: float) -> Array:
    """Divide quantities that are never negative, (B,): finite also where the denominator vanishes, as in a collapsed latent.

    of_nothing: what 0 / 0 stands for. At most LARGEST_RATIO. A replicate without a denominator takes the original
    sample's ratio, in row 0.
    """
    nothing = denominator == 0
    found = np.where(numerator > 0, LARGEST_RATIO, of_nothing)
    found = np.minimum(np.divide(numerator, denominator, out=found, where=~nothing), LARGEST_RATIO)
    return np.where(nothing, found[0], found)
