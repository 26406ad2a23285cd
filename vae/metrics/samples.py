"""How close generated samples are to data, in the features and the classes of an independent classifier."""

import dataclasses

import torch
from jaxtyping import Float, Float64, Shaped
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


@dataclasses.dataclass(frozen=True)
class Balls:
    """Points, each with the ball that reaches its k-th nearest other point; borders belong to the balls."""

    points: Float64[Tensor, "n d"]
    radius: Float64[Tensor, " n"]
    k: int


def balls(points: Float[Tensor, "n d"], k: int) -> Balls:
    """Return the balls of some features; they cost as much as a comparison, so keep those of what is met again."""
    centers = float64(points)
    radius = centers.new_empty(len(centers))
    for rows in row_blocks(len(centers), len(centers)):
        distance = torch.cdist(centers[rows], centers)
        distance.diagonal(offset=rows.start).fill_(torch.inf)
        radius[rows] = distance.topk(k, largest=False).values[:, -1]
    return Balls(centers, radius, k)


def prdc(real: Balls, fake: Balls) -> PRDC:
    """Return precision, recall, density and coverage of fake features.

    precision: share of fakes inside a real ball. recall: share of reals inside a fake ball. density: real balls
    around a fake, over k. coverage: share of real balls with a fake inside.
    Source: improved precision and recall, Kynkaanniemi et al. 2019; density and coverage, Naeem et al. 2020.
    """
    recalled = covered = 0
    holding = torch.zeros(len(fake.points), dtype=torch.int64, device=fake.points.device)
    for rows in row_blocks(len(real.points), len(fake.points)):
        distance = torch.cdist(real.points[rows], fake.points)
        inside = distance <= real.radius[rows, None]
        holding += inside.sum(dim=0)
        covered += int(inside.any(dim=1).sum())
        recalled += int((distance <= fake.radius).any(dim=1).sum())
    return PRDC(
        precision=float((holding > 0).double().mean()),
        recall=recalled / len(real.points),
        density=float(holding.double().mean()) / real.k,
        coverage=covered / len(real.points),
    )


def densities(real: Balls, fake: Float[Tensor, "m d"]) -> Float64[Tensor, " m"]:
    """Return for each fake how many real balls hold it, over k: the terms whose mean is the density of prdc."""
    fakes = float64(fake)
    holding = torch.zeros(len(fakes), dtype=torch.int64, device=fakes.device)
    for rows in row_blocks(len(real.points), len(fakes)):
        holding += (torch.cdist(real.points[rows], fakes) <= real.radius[rows, None]).sum(dim=0)
    return holding.double() / real.k


def total_variation(p_counts: Shaped[Tensor, " classes"], q_counts: Shaped[Tensor, " classes"]) -> float:
    """Return the total variation distance of two histograms, normalised to sum 1: from 0 (same) to 1 (disjoint)."""
    p, q = p_counts.double(), q_counts.double()
    return float((p / p.sum() - q / q.sum()).abs().sum() / 2)


def entropy(probabilities: Float[Tensor, "n classes"]) -> Float[Tensor, " n"]:
    """Return the Shannon entropy of each row of probabilities, in nats: from 0 to the log of the number of classes."""
    return -torch.xlogy(probabilities, probabilities).sum(dim=1)
