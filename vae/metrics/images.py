"""Fidelity and sharpness of images in [0, 1], one value an image."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from vae.metrics.pairwise import float64

Images = Float[Tensor, "n 1 height width"]
Scores = Float[Tensor, " n"]

BATCH = 1_000
SSIM_WINDOW = 11
SSIM_SIGMA = 1.5
SSIM_C1 = 0.01**2  # (K1 L)^2 with L = 1
SSIM_C2 = 0.03**2
# A ratio to a flat original would be infinite. The floors are the least that an 8-bit 28x28 image with any contrast
# can have (a corner one grey level off; an edge pixel one grey level off), so no other ratio is touched by them.
GRADIENT_FLOOR = 2 / 255**2
LAPLACIAN_FLOOR = 1 / 255**2 / 26**2


def mse(a: Images, b: Images) -> Scores:
    """Return the mean squared error per pixel of each pair of images."""
    return _in_batches(lambda x, y: (x - y).square().mean(dim=(1, 2, 3)), a, b)


def ssim(a: Images, b: Images) -> Scores:
    """Return the structural similarity of each pair of images, in [-1, 1].

    Gaussian window 11x11 of sigma 1.5, K1 = 0.01, K2 = 0.03, L = 1, weighted (biased) moments, averaged over the
    positions where the window lies inside the image. Images have at least 11 pixels a side.
    Source: SSIM, Wang et al. 2004, equations 13-17.
    """
    return _in_batches(_ssim, a, b)


def gradient_energy(x: Images) -> Scores:
    """Return the sum of squared forward differences of each image, over rows and columns."""
    return _in_batches(_gradient_energy, x)


def laplacian_variance(x: Images) -> Scores:
    """Return the variance over interior pixels of each image's 4-neighbour Laplacian.

    Source: variance of Laplacian (LAP4), Pech-Pacheco et al. 2000; Pertuz et al. 2013.
    """
    return _in_batches(_laplacian_variance, x)


def sharpness(reconstruction: Images, original: Images) -> Scores:
    """Return the ratio of gradient energies, reconstruction to original: 1 is as sharp, below 1 is blurred.

    The denominator is at least GRADIENT_FLOOR: a flat original gives a huge but finite ratio. Summarise by medians.
    """
    return gradient_energy(reconstruction) / gradient_energy(original).clamp(min=GRADIENT_FLOOR)


def laplacian_sharpness(reconstruction: Images, original: Images) -> Scores:
    """Return the ratio of Laplacian variances, reconstruction to original: 1 is as sharp, below 1 is blurred.

    The denominator is at least LAPLACIAN_FLOOR: an original without curvature (flat, or a linear ramp) gives a huge but
    finite ratio. Summarise by medians.
    """
    return laplacian_variance(reconstruction) / laplacian_variance(original).clamp(min=LAPLACIAN_FLOOR)


def _ssim(a: Images, b: Images) -> Scores:
    # float64: the moments are differences of nearly equal numbers, and C2 is as small as 0.0009.
    x, y = float64(a), float64(b)
    rows, columns = _gaussian_filter(x.shape[2]).to(x.device), _gaussian_filter(x.shape[3]).to(x.device)

    def blur(image: Tensor) -> Tensor:
        return rows @ image @ columns.T

    mean_x, mean_y = blur(x), blur(y)
    var_x = blur(x * x) - mean_x * mean_x
    var_y = blur(y * y) - mean_y * mean_y
    covariance = blur(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + SSIM_C1) / (mean_x * mean_x + mean_y * mean_y + SSIM_C1)
    structure = (2 * covariance + SSIM_C2) / (var_x + var_y + SSIM_C2)
    return (luminance * structure).mean(dim=(1, 2, 3)).to(a.device, a.dtype)


def _gaussian_filter(size: int) -> Float[Tensor, "valid size"]:
    """Return the matrix that filters a column of pixels, valid positions only."""
    offsets = torch.arange(SSIM_WINDOW, dtype=torch.float64) - SSIM_WINDOW // 2
    window = torch.exp(-0.5 * (offsets / SSIM_SIGMA).square())
    window = window / window.sum()
    matrix = torch.zeros(size - SSIM_WINDOW + 1, size, dtype=torch.float64)
    for position in range(len(matrix)):
        matrix[position, position : position + SSIM_WINDOW] = window
    return matrix


def _gradient_energy(x: Images) -> Scores:
    return x.diff(dim=2).square().sum(dim=(1, 2, 3)) + x.diff(dim=3).square().sum(dim=(1, 2, 3))


def _laplacian_variance(x: Images) -> Scores:
    vertical = x[:, :, :-2, 1:-1] + x[:, :, 2:, 1:-1]
    horizontal = x[:, :, 1:-1, :-2] + x[:, :, 1:-1, 2:]
    laplacian = vertical + horizontal - 4 * x[:, :, 1:-1, 1:-1]
    return laplacian.var(dim=(1, 2, 3), correction=0)


def _in_batches(metric: Callable[..., Tensor], *images: Images) -> Scores:
    batches = zip(*(torch.split(x, BATCH) for x in images), strict=True)
    return torch.cat([metric(*batch) for batch in batches])
