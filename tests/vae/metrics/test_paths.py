import pytest
import torch

from vae.metrics.paths import LARGEST_JUMP, jump


def path(steps: list[float]) -> torch.Tensor:
    """Return a path in the plane along (3, 4) / 5, so that steps are Euclidean lengths."""
    positions = torch.tensor([0.0, *steps]).cumsum(dim=0)
    return positions[:, None] * torch.tensor([0.6, 0.8])


def test_jump_is_the_largest_step_over_the_median_step():
    paths = torch.stack([path([1, 1, 1, 1]), path([1, 2, 4, 8]), path([2, 2, -2, 20])])
    torch.testing.assert_close(jump(paths), torch.tensor([1.0, 8 / 3, 10.0]))


def test_a_path_that_stands_still_and_one_that_does_it_mostly():
    paths = torch.stack([path([0, 0, 0, 0]), path([0, 0, 0, 5])])
    torch.testing.assert_close(jump(paths), torch.tensor([1.0, LARGEST_JUMP]))


def test_jump_has_no_unit():
    paths = torch.randn(4, 11, 6, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(jump(1e-3 * paths), jump(paths))
    assert jump(paths).max().item() == pytest.approx(
        max((row.diff(dim=0).norm(dim=1).max() / row.diff(dim=0).norm(dim=1).quantile(0.5)).item() for row in paths),
        rel=1e-5,
    )
