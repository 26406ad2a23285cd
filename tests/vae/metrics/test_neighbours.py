import numpy as np
import pytest
import torch
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_samples
from sklearn.neighbors import NearestNeighbors

from vae.metrics import pairwise
from vae.metrics.neighbours import knn_indices, knn_votes, silhouette, trustworthiness_continuity


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Make every metric go through several blocks, the last one short."""
    monkeypatch.setattr(pairwise, "BLOCK_ELEMENTS", 1_000)


def test_neighbours_equal_scikit_learn():
    queries, reference = draw(53, 3), draw(80, 3, seed=1)
    expected = NearestNeighbors(n_neighbors=6, algorithm="brute").fit(reference.numpy()).kneighbors(queries.numpy())[1]
    np.testing.assert_array_equal(knn_indices(queries, reference, 6).numpy(), expected)


def test_near_neighbours_far_from_the_origin_keep_their_order():
    # In float32, |x|^2 - 2xy + |y|^2 at 1,000 has errors of 0.1: these points would all look the same.
    reference = 1_000 + torch.arange(60.0)[:, None] * torch.tensor([[1e-3, 1e-3]])
    assert knn_indices(reference[:1], reference, 5).tolist() == [[0, 1, 2, 3, 4]]


def test_votes_count_the_classes_of_the_neighbours():
    queries, reference = draw(53, 3), draw(80, 3, seed=1)
    labels = torch.randint(0, 4, (80,), generator=torch.Generator().manual_seed(2))
    votes = knn_votes(queries, reference, labels, 7, 5)
    expected = [np.bincount(labels[row].numpy(), minlength=5) for row in knn_indices(queries, reference, 7)]
    assert votes.dtype == torch.uint8
    np.testing.assert_array_equal(votes.numpy(), expected)
    assert (votes.sum(dim=1) == 7).all()


def test_silhouette_equals_scikit_learn():
    labels = torch.arange(90) % 4
    x = draw(90, 3) + 2 * draw(4, 3, seed=1)[labels]
    np.testing.assert_allclose(silhouette(x, labels).numpy(), silhouette_samples(x.numpy(), labels.numpy()), atol=1e-5)


def test_silhouette_of_a_group_against_the_rest():
    x = draw(90, 2)
    group = x[:, 0] > 0.5
    np.testing.assert_allclose(silhouette(x, group).numpy(), silhouette_samples(x.numpy(), group.numpy()), atol=1e-5)


def test_silhouette_has_a_closed_form_on_a_line():
    x = torch.tensor([0.0, 1.0, 4.0, 5.0, 9.0])[:, None]
    values = silhouette(x, torch.tensor([3, 3, 7, 7, 8]))
    torch.testing.assert_close(values, torch.tensor([3.5 / 4.5, 2.5 / 3.5, 2.5 / 3.5, 3 / 4, 0.0]))


def test_silhouette_of_coinciding_points_is_zero():
    assert silhouette(torch.zeros(4, 2), torch.tensor([0, 0, 1, 1])).tolist() == [0, 0, 0, 0]


def test_a_collapsed_posterior_has_no_coordinates_and_still_gets_answers():
    nothing, labels = torch.zeros(30, 0), torch.arange(30) % 3
    assert silhouette(nothing, labels).tolist() == [0] * 30
    assert (knn_votes(nothing, nothing, labels, 10, 3).sum(dim=1) == 10).all()


def test_silhouette_of_one_cluster_is_refused():
    with pytest.raises(ValueError, match="two clusters"):
        silhouette(draw(5, 2), torch.zeros(5, dtype=torch.int64))


@pytest.mark.parametrize("k", [1, 5, 12])
def test_trustworthiness_equals_scikit_learn_and_continuity_is_its_mirror(k):
    high = draw(70, 6)
    low = high[:, :2] + 0.3 * draw(70, 2, seed=1)
    trust, continuity = trustworthiness_continuity(high, low, k)
    assert trust == pytest.approx(trustworthiness(high.numpy(), low.numpy(), n_neighbors=k), abs=1e-12)
    assert continuity == pytest.approx(trustworthiness(low.numpy(), high.numpy(), n_neighbors=k), abs=1e-12)
    assert trust != pytest.approx(continuity, abs=1e-3)


def test_a_perfect_embedding_is_trusted():
    x = draw(60, 2)
    assert trustworthiness_continuity(x, 3 * x + 1, 5) == (1.0, 1.0)


@pytest.mark.parametrize("k", [0, 5])
def test_neighbourhoods_of_half_the_points_are_refused(k):
    with pytest.raises(ValueError, match=f"k = {k}"):
        trustworthiness_continuity(draw(10, 3), draw(10, 2), k)
