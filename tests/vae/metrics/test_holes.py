import numpy as np
import torch

from vae.metrics.holes import HOLE_RATIO, hole_map
from vae.metrics.likelihood import log_aggregate_posterior


def test_holes_are_where_the_measure_of_the_report_says() -> None:
    rng = np.random.default_rng(5)
    mean, logvar = rng.normal([0.8, -0.3], 0.7, (60, 2)), rng.normal(-2, 0.5, (60, 2))
    axis = np.linspace(-2.5, 2.5, 21)
    found = hole_map(mean, logvar, axis)
    points = torch.tensor([[x, y] for y in axis for x in axis])
    ratio = log_aggregate_posterior(points, torch.from_numpy(mean), torch.from_numpy(logvar))
    ratio += 0.5 * points.square().sum(dim=1) + np.log(2 * np.pi)
    expected = (ratio < np.log(HOLE_RATIO)).reshape(21, 21).numpy()
    assert 0.1 < expected.mean() < 0.9
    np.testing.assert_array_equal(found, expected)


def test_a_posterior_that_is_the_prior_leaves_no_hole() -> None:
    assert not hole_map(np.zeros((3, 2)), np.zeros((3, 2)), np.linspace(-5, 5, 9)).any()
