import dataclasses
import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import davies_bouldin_score

from vae.metrics.latent import (
    active_mask,
    davies_bouldin,
    fisher_ratio,
    principal_axes,
    scatter,
    whiten,
    whitening,
)


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def clusters() -> tuple[torch.Tensor, torch.Tensor]:
    """Four correlated clusters of unequal size in five dimensions."""
    labels = torch.arange(4).repeat_interleave(torch.tensor([20, 35, 50, 15]))
    points = draw(120, 5) @ draw(5, 5, seed=1) + 2 * draw(4, 5, seed=2)[labels]
    return points, labels


def test_a_dimension_is_active_from_variance_0_01_on():
    sign = torch.tensor([1.0, -1.0]).repeat(50)[:, None]  # variance exactly 1
    mean = 7 + sign * torch.tensor([[1.0, 0.0, 0.1001, 0.0999]])
    assert active_mask(mean).tolist() == [True, False, True, False]


def test_whitened_training_means_have_identity_covariance():
    mean = draw(400, 4) @ draw(4, 4, seed=1) + 5
    mean[:, 2] = 3 + 0.01 * mean[:, 2]  # inactive
    center, matrix = whitening(mean)
    white = whiten(mean, center, matrix)
    assert white.shape == (400, 3)
    assert (matrix[2] == 0).all()
    torch.testing.assert_close(white.mean(dim=0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(white.T @ white / 400, torch.eye(3), atol=1e-4, rtol=0)


def test_whitening_of_other_points_uses_training_statistics():
    center, matrix = whitening(draw(300, 3) * 2 + 1)
    torch.testing.assert_close(whiten(center[None] + 1, center, matrix), torch.ones(1, 3) @ matrix)


def test_whitening_drops_directions_of_mere_rounding():
    line = draw(200, 1)
    _, matrix = whitening(torch.cat([line, 2 * line, draw(200, 1, seed=1)], dim=1))
    assert matrix.shape == (3, 2)


def test_whitening_of_a_collapsed_posterior_keeps_no_dimension():
    center, matrix = whitening(torch.zeros(10, 3))
    assert whiten(torch.zeros(10, 3), center, matrix).shape == (10, 0)


def test_scatter_equals_class_covariances(clusters):
    points, labels = clusters
    x = points.double().numpy()
    covariances = [np.cov(x[labels == c], rowvar=False, bias=True) for c in range(4)]
    weights = [float((labels == c).double().mean()) for c in range(4)]
    result = scatter(points, labels, 4)
    assert result.within == pytest.approx(sum(w * np.trace(s) for w, s in zip(weights, covariances, strict=True)))
    assert result.total == pytest.approx(np.trace(np.cov(x, rowvar=False, bias=True)))
    assert result.within + result.between == pytest.approx(result.total)


def test_scatter_is_in_squared_units(clusters):
    points, labels = clusters
    assert scatter(3 * points, labels, 4).between == pytest.approx(9 * scatter(points, labels, 4).between, rel=1e-5)


def test_an_empty_class_changes_nothing(clusters):
    points, labels = clusters
    shifted = labels + (labels > 1).long()  # class 2 is empty
    # Whether a term of zero changes the order of a sum, and its last digit, is the processor's choice.
    found, expected = scatter(points, shifted, 5), scatter(points, labels, 4)
    assert dataclasses.asdict(found) == pytest.approx(dataclasses.asdict(expected), rel=1e-14)
    assert fisher_ratio(points, shifted, 5) == pytest.approx(fisher_ratio(points, labels, 4))
    assert davies_bouldin(points, shifted, 5) == pytest.approx(davies_bouldin(points, labels, 4))


def test_fisher_ratio_of_two_clusters_has_a_closed_form():
    # Two classes of one variable: means -1 and 1, variance within 0.25, so 1 / 0.25.
    x = torch.tensor([-1.5, -0.5, 0.5, 1.5])[:, None]
    assert fisher_ratio(x, torch.tensor([0, 0, 1, 1]), 2) == pytest.approx(4)


def test_fisher_ratio_is_the_sum_of_discriminant_eigenvalues(clusters):
    points, labels = clusters
    lda = LinearDiscriminantAnalysis(solver="eigen").fit(points.double().numpy(), labels.numpy())
    # The transformed classes have identity covariance within, so their means carry tr(Sw^-1 Sb).
    means = lda.transform(lda.means_)
    shares = torch.bincount(labels).double().numpy() / len(labels)
    expected = (shares[:, None] * (means - shares @ means) ** 2).sum()
    assert fisher_ratio(points, labels, 4) == pytest.approx(expected, rel=1e-6)


def test_fisher_ratio_ignores_linear_maps_and_dead_dimensions(clusters):
    points, labels = clusters
    value = fisher_ratio(points, labels, 4)
    assert fisher_ratio(points @ draw(5, 5, seed=9), labels, 4) == pytest.approx(value, rel=1e-3)
    assert fisher_ratio(torch.cat([points, torch.zeros(120, 1)], dim=1), labels, 4) == pytest.approx(value)


def test_davies_bouldin_equals_scikit_learn(clusters):
    points, labels = clusters
    expected = davies_bouldin_score(points.double().numpy(), labels.numpy())
    assert davies_bouldin(points, labels, 4) == pytest.approx(expected)


def test_davies_bouldin_of_coinciding_classes_is_infinite():
    assert davies_bouldin(torch.zeros(4, 2), torch.tensor([0, 0, 1, 1]), 2) == math.inf


def test_principal_axes_equal_scikit_learn(clusters):
    points, _ = clusters
    pca = PCA(svd_solver="full").fit(points.double().numpy())
    shares, projection = principal_axes(points)
    np.testing.assert_allclose(shares.numpy(), pca.explained_variance_ratio_, atol=1e-6)
    expected = pca.transform(points.double().numpy())[:, :2]
    signs = np.sign((expected * projection.numpy()).sum(axis=0))
    np.testing.assert_allclose(projection.numpy() * signs, expected, atol=1e-5)


def test_principal_axes_have_a_fixed_sign():
    x = draw(50, 1) * torch.tensor([[0.1, -2.0, 0.5]])  # one axis, its largest component made positive
    _, projection = principal_axes(x)
    expected = -(x - x.mean(dim=0))[:, 1] * math.hypot(0.1, 2.0, 0.5) / 2.0
    torch.testing.assert_close(projection[:, 0], -expected, atol=1e-5, rtol=0)


def test_principal_axes_of_points_that_do_not_vary():
    shares, projection = principal_axes(torch.ones(5, 3))
    assert shares.tolist() == [0, 0, 0]
    assert torch.equal(projection, torch.zeros(5, 2))
