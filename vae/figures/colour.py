"""Colour arithmetic: OKLab for even steps, WCAG for contrast."""

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

# Ottosson 2020, "A perceptual color space for image processing": linear sRGB -> cone response -> Lab.
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear_rgb(colour: Any) -> NDArray[np.float64]:
    """Return the linear sRGB components of a matplotlib colour, (3,) in [0, 1]."""
    encoded = np.array(to_rgb(colour))
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def oklab(colour: Any) -> NDArray[np.float64]:
    """Return lightness and the two opponent axes of a colour, (3,), Ottosson 2020."""
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear_rgb(colour)))


def from_oklab(lab: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the sRGB colour of an OKLab triple, clipped into the gamut."""
    linear = np.clip(np.linalg.solve(_TO_LMS, np.linalg.solve(_TO_LAB, lab) ** 3), 0.0, 1.0)
    red, green, blue = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return float(red), float(green), float(blue)


def contrast(first: Any, second: Any) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    low, high = sorted(float(linear_rgb(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)
