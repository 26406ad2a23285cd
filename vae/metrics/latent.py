"""The shape of latent means: active dimensions, whitening, principal axes, separation of classes."""

import dataclasses

import torch
from jaxtyping import Bool, Float, Integer
from torch import Tensor
from torch.nn import functional

from vae.metrics.limits import ACTIVE_VARIANCE
from vae.metrics.pairwise import float64

# Directions with less than this share of the largest variance are rounding noise; whitening would blow them up.
NOISE_SHARE = 1e-6


@dataclasses.dataclass(frozen=True)
class Scatter:
    """Traces of the scatter matrices S_w, S_b and S_t = S_w + S_b, each divided by the number of points."""

    within: float
    between: float
    total: float


def active_mask(mean: Float[Tensor, "n d"]) -> Bool[Tensor, " d"]:
    """Return which latent dimensions carry information: the variance of the posterior mean over images is > ACTIVE_VARIANCE.

    Source: active units, Burda et al. 2016 (arXiv 1509.00519), section 5.
    """
    return float64(mean).var(dim=0, correction=0).to(mean.device) > ACTIVE_VARIANCE


def whitening(mean: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, "d a"]]:
    """Return the centre and the matrix that whiten the active dimensions of mean, posterior means of training images.

    whiten(mean, center, matrix) has zero mean and identity covariance. Directions of practically no variance among the
    active dimensions are dropped, so that a is at most the number of active units.
    Source: PCA whitening.
    """
    points = float64(mean)
    active = active_mask(mean).to(points.device)
    center = points.mean(dim=0)
    variances, axes = _principal(points[:, active])
    kept = variances > NOISE_SHARE * variances.amax() if len(variances) else variances > 0
    matrix = points.new_zeros(points.shape[1], int(kept.sum()))
    matrix[active] = axes[:, kept] / variances[kept].sqrt()
    return center.to(mean.device, mean.dtype), matrix.to(mean.device, mean.dtype)


def whiten(x: Float[Tensor, "n d"], center: Float[Tensor, " d"], matrix: Float[Tensor, "d a"]) -> Float[Tensor, "n a"]:
    """Return x in the coordinates of whitening."""
    return (x - center) @ matrix


def scatter(x: Float[Tensor, "n d"], labels: Integer[Tensor, " n"], classes: int) -> Scatter:
    """Return how far points spread within and between classes, in squared units of x.

    Source: scatter matrices of discriminant analysis, Fukunaga 1990, chapter 10.
    """
    points, residuals, shares, means = _by_class(x, labels, classes)
    center = points.mean(dim=0)
    return Scatter(
        within=float(residuals.square().sum() / len(points)),
        between=float(shares @ (means - center).square().sum(dim=1)),
        total=float((points - center).square().sum() / len(points)),
    )


def fisher_ratio(x: Float[Tensor, "n d"], labels: Integer[Tensor, " n"], classes: int) -> float:
    """Return tr(S_w^-1 S_b), without units and unchanged by any invertible linear map of x.

    Dimensions in which no class varies are left out (pseudo-inverse).
    Source: criterion J1, Fukunaga 1990, chapter 10; Fisher 1936.
    """
    points, residuals, shares, means = _by_class(x, labels, classes)
    offsets = means - points.mean(dim=0)
    within = residuals.T @ residuals / len(points)
    between = (offsets * shares[:, None]).T @ offsets
    return float(torch.trace(torch.linalg.pinv(within, hermitian=True) @ between))


def davies_bouldin(x: Float[Tensor, "n d"], labels: Integer[Tensor, " n"], classes: int) -> float:
    """Return the Davies-Bouldin index: lower is better separated; infinite where two class means coincide.

    Classes without points are left out. Source: Davies & Bouldin 1979, with p = 2 and q = 1.
    """
    _, residuals, shares, means = _by_class(x, labels, classes)
    spread = (_one_hot(labels, classes).T @ residuals.norm(dim=1)) / (shares * len(residuals))
    present = shares > 0
    spread, means = spread[present], means[present]
    distance = torch.cdist(means, means, compute_mode="donot_use_mm_for_euclid_dist")
    ratio = (spread[:, None] + spread) / distance
    ratio[distance == 0] = torch.inf
    return float(ratio.fill_diagonal_(0).amax(dim=1).mean())


def principal_axes(x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, "n 2"]]:
    """Return the share of the variance along each principal axis, largest first, and the projection onto the first two.

    The sign of an axis is arbitrary: here its largest component is positive. d is at least 2; points that do not vary
    have shares of zero.
    Source: principal component analysis, Hotelling 1933.
    """
    points = float64(x)
    variances, axes = _principal(points)
    projection = (points - points.mean(dim=0)) @ axes[:, :2]
    shares = variances / variances.sum().clamp(min=torch.finfo(torch.float64).tiny)
    return shares.to(x.device, x.dtype), projection.to(x.device, x.dtype)


def _principal(points: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, "d d"]]:
    """Return variances, largest first, and axes as columns with a fixed sign."""
    centred = points - points.mean(dim=0)
    variances, axes = torch.linalg.eigh(centred.T @ centred / len(points))
    variances, axes = variances.flip(0).clamp(min=0), axes.flip(1)
    if not len(variances):
        return variances, axes
    largest = axes.gather(0, axes.abs().argmax(dim=0, keepdim=True))
    return variances, axes * largest.sign()


def _one_hot(labels: Integer[Tensor, " n"], classes: int) -> Float[Tensor, "n classes"]:
    return functional.one_hot(labels.long(), classes).double()


def _by_class(
    x: Float[Tensor, "n d"], labels: Integer[Tensor, " n"], classes: int
) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"], Float[Tensor, " classes"], Float[Tensor, "classes d"]]:
    """Return points, points minus their class mean, the share of points in each class, and class means, in float64."""
    points = float64(x)
    member = _one_hot(labels, classes).to(points.device)
    counts = member.sum(dim=0)
    # A product, not index_add: the order of its sums does not change from run to run on a GPU.
    means = member.T @ points / counts.clamp(min=1)[:, None]
    return points, points - member @ means, counts / len(points), means
