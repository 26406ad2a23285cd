import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from vae import objectives
from vae.objectives import kl_by_dimension, pixel_entropy, reconstruction

F64 = torch.float64


def draw(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=F64)


def grey(n: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed), dtype=F64)


def test_kl_is_that_of_two_gaussians() -> None:
    mean, logvar = draw(6, 4, seed=1), draw(6, 4, seed=2)
    expected = kl_divergence(Normal(mean, (0.5 * logvar).exp()), Normal(0.0, 1.0))
    torch.testing.assert_close(kl_by_dimension(mean, logvar), expected)
    torch.testing.assert_close(objectives.kl_divergence(mean, logvar), expected.sum(dim=1))


def test_kl_vanishes_at_the_prior_and_only_there() -> None:
    zero = torch.zeros(1, 3, dtype=F64)
    assert objectives.kl_divergence(zero, zero).item() == 0
    assert objectives.kl_divergence(draw(9, 3, seed=3), draw(9, 3, seed=4)).min() > 0


def test_reconstruction_is_the_summed_cross_entropy_of_each_image() -> None:
    logits, images = 3 * draw(4, 1, 28, 28, seed=5), grey(4)
    p = torch.sigmoid(logits)
    expected = -(images * p.log() + (1 - images) * (1 - p).log()).sum(dim=(1, 2, 3))
    torch.testing.assert_close(reconstruction(logits, images), expected)


def test_reconstruction_of_one_undecided_pixel_is_log_two() -> None:
    value = reconstruction(torch.zeros(1, 1, 28, 28, dtype=F64), grey(1))
    assert value.item() == pytest.approx(784 * math.log(2))


def test_saturated_logits_stay_finite() -> None:
    logits = torch.full((1, 1, 28, 28), 1e4)
    assert reconstruction(logits, torch.zeros_like(logits)).item() == pytest.approx(784e4)


def test_gradients_are_those_of_finite_differences() -> None:
    mean, logvar = (draw(3, 2, seed=seed).requires_grad_() for seed in (6, 7))
    assert torch.autograd.gradcheck(objectives.kl_divergence, (mean, logvar))
    # One number moves all the logits, so that the differences are few.
    direction, images = draw(2, 1, 28, 28, seed=8), grey(2, seed=9)
    step = torch.tensor(0.3, dtype=F64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda scale: reconstruction(scale * direction, images), (step,))


def test_the_entropy_is_the_floor_of_the_reconstruction() -> None:
    images = grey(5, seed=10)
    best = torch.logit(images)
    torch.testing.assert_close(reconstruction(best, images), pixel_entropy(images))
    assert (reconstruction(best + 0.1 * draw(5, 1, 28, 28, seed=11), images) > pixel_entropy(images)).all()


def test_black_and_white_pixels_have_no_entropy() -> None:
    images = torch.tensor([0.0, 1.0]).repeat(392).view(1, 1, 28, 28)
    assert pixel_entropy(images).item() == 0
    assert pixel_entropy(torch.full((1, 1, 28, 28), 0.5)).item() == pytest.approx(784 * math.log(2))
