import math

import numpy as np
import pytest
import scipy.linalg
import torch

from vae.metrics import pairwise
from vae.metrics.samples import PRDC, balls, densities, entropy, frechet, prdc, total_variation


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def gaussian_sample(n: int, mean: torch.Tensor, root: torch.Tensor) -> torch.Tensor:
    """Return n points whose sample mean and covariance (n - 1) are exactly mean and root^T root."""
    points = draw(n, len(mean))
    points = points - points.mean(dim=0)
    white = points @ torch.linalg.inv(torch.linalg.cholesky(points.T @ points / (n - 1))).T
    return mean + white @ root


def test_frechet_of_gaussians_with_commuting_covariances_has_a_closed_form():
    a = gaussian_sample(50, torch.tensor([0.0, 1.0]).double(), torch.diag(torch.tensor([1.0, 2.0]).double()))
    b = gaussian_sample(70, torch.tensor([3.0, 1.0]).double(), torch.diag(torch.tensor([4.0, 0.5]).double()))
    assert frechet(a, b) == pytest.approx(9 + (4 - 1) ** 2 + (2 - 0.5) ** 2)


def test_frechet_equals_the_matrix_square_root():
    a, b = draw(60, 5) @ draw(5, 5, seed=1), draw(90, 5, seed=2) @ draw(5, 5, seed=3) + 0.5
    cov_a, cov_b = np.cov(a.numpy(), rowvar=False), np.cov(b.numpy(), rowvar=False)
    root = scipy.linalg.sqrtm(cov_a @ cov_b).real
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum().item() + np.trace(cov_a + cov_b - 2 * root)
    assert frechet(a, b) == pytest.approx(expected, rel=1e-8)
    assert frechet(b, a) == pytest.approx(expected, rel=1e-8)


def test_frechet_of_a_set_with_itself_is_zero():
    a = draw(40, 6)
    assert 0 <= frechet(a, a) < 1e-12


def test_frechet_survives_dead_features_and_few_points():
    # Rank-deficient covariances, where sqrtm of the product turns complex or fails.
    a, b = draw(8, 20), draw(9, 20, seed=1)
    a[:, 3] = b[:, 3] = b[:, 4] = 0
    assert 0 <= frechet(a, a) < 1e-12
    # The eigenvalues of the product, found without its root; those of rounding give 1e-8 each.
    cov_a, cov_b = np.cov(a.numpy(), rowvar=False), np.cov(b.numpy(), rowvar=False)
    overlap = np.sqrt(np.linalg.eigvals(cov_a @ cov_b).real.clip(min=0)).sum()
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum().item() + np.trace(cov_a + cov_b) - 2 * overlap
    assert frechet(a, b) == pytest.approx(expected, rel=1e-5)


def naive_prdc(real: np.ndarray, fake: np.ndarray, k: int) -> PRDC:
    """Kynkaanniemi et al. 2019 and Naeem et al. 2020, point by point."""

    def radius(points: np.ndarray, i: int) -> float:
        return sorted(float(np.linalg.norm(points[i] - points[j])) for j in range(len(points)) if j != i)[k - 1]

    def inside(centers: np.ndarray, points: np.ndarray) -> np.ndarray:
        return np.array([[np.linalg.norm(p - c) <= radius(centers, i) for p in points] for i, c in enumerate(centers)])

    in_real, in_fake = inside(real, fake), inside(fake, real)
    return PRDC(
        precision=in_real.any(axis=0).mean(),
        recall=in_fake.any(axis=0).mean(),
        density=in_real.sum() / (k * len(fake)),
        coverage=in_real.any(axis=1).mean(),
    )


def test_prdc_equals_the_definition(monkeypatch):
    monkeypatch.setattr(pairwise, "BLOCK_ELEMENTS", 100)
    real, fake = draw(30, 3), 0.6 * draw(26, 3, seed=1) + 0.7
    expected, result = naive_prdc(real.numpy(), fake.numpy(), 3), prdc(balls(real, 3), balls(fake, 3))
    for name in ("precision", "recall", "density", "coverage"):
        assert getattr(result, name) == pytest.approx(getattr(expected, name)), name
    assert len({expected.precision, expected.recall, expected.density, expected.coverage}) == 4


def test_prdc_of_a_perfect_copy_and_of_something_far_away():
    real = draw(50, 4)
    copy = prdc(balls(real, 5), balls(real.clone(), 5))
    assert (copy.precision, copy.recall, copy.coverage) == (1, 1, 1)
    assert copy.density > 1
    assert prdc(balls(real, 5), balls(real + 100, 5)) == PRDC(0.0, 0.0, 0.0, 0.0)


def test_total_variation_of_histograms_of_different_size():
    assert total_variation(torch.tensor([1, 1, 2]), torch.tensor([30, 10, 0])) == pytest.approx(0.5)
    assert total_variation(torch.tensor([5, 0]), torch.tensor([0, 2])) == 1
    assert total_variation(torch.tensor([3, 6]), torch.tensor([1.0, 2.0])) == pytest.approx(0)


def test_entropy_is_in_nats_and_takes_certainty():
    p = torch.tensor([[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0.0]])
    torch.testing.assert_close(entropy(p), torch.tensor([0.0, math.log(3), math.log(2)]))


def test_the_mean_of_the_densities_is_the_density_of_prdc() -> None:
    real, fake = draw(40, 3), draw(30, 3, seed=1)
    around = balls(real, 4)
    each = densities(around, fake)
    assert each.shape == (30,)
    assert 0 < each.mean().item() == pytest.approx(prdc(around, balls(fake, 4)).density)
