"""Ratios of quantities that may vanish, and shares on which all images agree."""

import numpy as np
import scipy

from vae.storage.results import Array

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


def spread_if_unanimous(share: Array, count: int, level: float) -> Array:
    """Return replicates of a share (B,), spread as Wilson's interval of 1 - level is (1927) where all of count images agree.

    Resampling images that agree shows no error, but that none of a thousand did it does not say that none ever does.
    """
    if not count or 0 < share[0] < 1:
        return share
    z = float(scipy.special.ndtri(1 - level / 2))
    error = np.where(np.arange(len(share)) % 2, 1.0, -1.0) / (count + z**2) * z
    return np.where(np.arange(len(share)) > 0, share + error, share)
