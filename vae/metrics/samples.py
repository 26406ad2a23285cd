"""How close generated samples are to data, in the features and the classes of an independent classifier."""

import dataclasses

import torch
from jaxtyping import Float, Shaped
from torch import Tensor

from vae.metrics.pairwise import float64, row_blocks


@dataclasses.dataclass(frozen=True)
class PRDC:
    """Precision, recall and coverage in [0, 1]; density is 1 for samples as dense as the data, and may exceed it."""

    precision: float
    recall: float
    density: float
    coverage: float


def frechet(a: Float[Tensor, "n d"], b: Float[Tensor, "m d"]) -> float:
    """Return the squared Frechet distance between the Gaussians fitted to two sets of features.

    In squared units of the features; covariances are divided by n - 1. It is biased upwards for few points: compare
    equal n only. The features are not Inception's, so this is no FID.
    Source: Dowson & Landau 1982.
    """
    # With centred data X = QR and S = R^T R, tr((S_a S_b)^(1/2)) is the sum of the singular values of R_a R_b^T. No
    # square root of a matrix is taken, so singular covariances (dead features, n < d) need no jitter.
    mean_a, root_a = _gaussian(a)
    mean_b, root_b = _gaussian(b)
    overlap = torch.linalg.svdvals(root_a @ root_b.T).sum()
    distance = (mean_a - mean_b).square().sum() + root_a.square().sum() + root_b.square().sum() - 2 * overlap
    return float(distance.clamp(min=0))


def _gaussian(x: Float[Tensor, "n d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, "r d"]]:
    """Return the mean and a factor R of the covariance R^T R."""
    points = float64(x)
    mean = points.mean(dim=0)
    return mean, torch.linalg.qr(points - mean, mode="r").R / (len(points) - 1) ** 0.5


def prdc(real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], k: int) -> PRDC:
    """Return precision, recall, density and coverage of fake features by balls that reach the k-th neighbour.

    precision: share of fakes inside a real ball. recall: share of reals inside a fake ball. density: real balls
    around a fake, over k. coverage: share of real balls with a fake inside. Balls include their border.
    Source: improved precision and recall, Kynkaanniemi et al. 2019; density and coverage, Naeem et al. 2020.
    """
    reals, fakes = float64(real), float64(fake)
    real_radius, fake_radius = _ball_radius(reals, k), _ball_radius(fakes, k)
    recalled = covered = 0
    for rows in row_blocks(len(reals), len(fakes)):
        distance = torch.cdist(reals[rows], fakes)
        covered += int((distance <= real_radius[rows, None]).any(dim=1).sum())
        recalled += int((distance <= fake_radius).any(dim=1).sum())
    each = _densities(reals, real_radius, fakes, k)
    return PRDC(
        precision=float((each > 0).double().mean()),
        recall=recalled / len(reals),
        density=float(each.mean()),
        coverage=covered / len(reals),
    )


def densities(real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], k: int) -> Float[Tensor, " m"]:
    """Return for each fake how many real balls hold it, over k: the terms whose mean is the density of prdc."""
    reals = float64(real)
    return _densities(reals, _ball_radius(reals, k), float64(fake), k)


def _densities(
    reals: Float[Tensor, "n d"], radius: Float[Tensor, " n"], fakes: Float[Tensor, "m d"], k: int
) -> Float[Tensor, " m"]:
    balls = torch.zeros(len(fakes), dtype=torch.int64, device=fakes.device)
    for rows in row_blocks(len(reals), len(fakes)):
        balls += (torch.cdist(reals[rows], fakes) <= radius[rows, None]).sum(dim=0)
    return balls.double() / k


def _ball_radius(points: Float[Tensor, "n d"], k: int) -> Float[Tensor, " n"]:
    """Return the distance of each point to its k-th nearest other point."""
    radius = points.new_empty(len(points))
    for rows in row_blocks(len(points), len(points)):
        distance = torch.cdist(points[rows], points)
        distance.diagonal(offset=rows.start).fill_(torch.inf)
        radius[rows] = distance.topk(k, largest=False).values[:, -1]
    return radius


def total_variation(p_counts: Shaped[Tensor, " classes"], q_counts: Shaped[Tensor, " classes"]) -> float:
    """Return the total variation distance of two histograms, normalised to sum 1: from 0 (same) to 1 (disjoint)."""
    p, q = p_counts.double(), q_counts.double()
    return float((p / p.sum() - q / q.sum()).abs().sum() / 2)


def entropy(probabilities: Float[Tensor, "n classes"]) -> Float[Tensor, " n"]:
    """Return the Shannon entropy of each row of probabilities, in nats: from 0 to the log of the number of classes."""
    return -torch.xlogy(probabilities, probabilities).sum(dim=1)
