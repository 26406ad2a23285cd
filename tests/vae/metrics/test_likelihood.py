import math

import numpy as np
import pytest
import torch
from scipy.special import expit
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vae import objectives
from vae.metrics import likelihood, pairwise
from vae.metrics.likelihood import (
    hole_mass,
    iwae,
    log_aggregate_posterior,
    log_mean_exp,
    mutual_information_and_aggregate_kl,
)


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(1_001)  # no seed of draw: the noise must not be the parameters again


@pytest.fixture
def images() -> torch.Tensor:
    return torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(3))


class LinearDecoder:
    """One latent moves all logits along a fixed direction: the marginal is a one-dimensional integral."""

    def __init__(self, scale: float) -> None:
        self.offset = draw(1, 1, 28, 28, seed=5) * 0.1
        self.direction = draw(1, 1, 28, 28, seed=6) * scale
        self.calls: list[int] = []

    def __call__(self, latent: torch.Tensor) -> torch.Tensor:
        self.calls.append(len(latent))
        return self.offset + self.direction * latent[:, 0, None, None, None]

    def negative_log_marginal(self, images: torch.Tensor) -> np.ndarray:
        """Integrate over the latent by the trapezoidal rule, exact to rounding for smooth decaying functions."""
        z = np.linspace(-9, 9, 2_001)
        logits = self.offset.double().numpy().ravel() + np.outer(z, self.direction.double().numpy().ravel())
        pixels = images.double().numpy().reshape(len(images), -1)
        probabilities = expit(logits)
        log_joint = pixels @ np.log(probabilities).T + (1 - pixels) @ np.log1p(-probabilities).T
        log_joint += -0.5 * z**2 - 0.5 * math.log(2 * math.pi)
        peak = log_joint.max(axis=1, keepdims=True)
        return -(peak[:, 0] + np.log(np.exp(log_joint - peak).sum(axis=1) * (z[1] - z[0])))


def test_with_q_the_prior_and_a_decoder_that_ignores_z_the_bound_is_the_cross_entropy(images):
    logits = draw(1, 1, 28, 28)
    zeros = torch.zeros(len(images), 3)
    bound = iwae(lambda z: logits.expand(len(z), -1, -1, -1), zeros, zeros, images, 7, generator())
    expected = objectives.reconstruction(logits.expand_as(images), images)
    torch.testing.assert_close(bound, expected, atol=2e-3, rtol=0)  # float32 sums of about 600 nats


def test_the_bound_reaches_the_marginal_of_a_linear_decoder(images):
    decoder = LinearDecoder(0.05)
    mean, logvar = torch.full((len(images), 1), 0.2), torch.full((len(images), 1), -0.3)
    bound = iwae(decoder, mean, logvar, images, 4_000, generator())
    # Standard error of 4,000 importance samples with weights of order one: below 0.02.
    np.testing.assert_allclose(bound.numpy(), decoder.negative_log_marginal(images), atol=0.08)


def test_one_sample_is_the_negative_elbo_on_average(images):
    decoder = LinearDecoder(0.05)
    repeated = images[:1].expand(4_000, -1, -1, -1)
    mean, logvar = torch.full((4_000, 1), 0.6), torch.full((4_000, 1), -1.0)
    bound = iwae(decoder, mean, logvar, repeated, 1, generator())
    kl = objectives.kl_divergence(mean, logvar)[0]
    z = mean + torch.exp(0.5 * logvar) * draw(4_000, 1, seed=9)
    bce = torch.cat([objectives.reconstruction(decoder(part), images[:1].expand(len(part), -1, -1, -1))
                     for part in z.split(500)])  # fmt: skip
    assert bound.mean().item() == pytest.approx((bce.mean() + kl).item(), abs=0.1)


def test_more_samples_tighten_the_bound_on_average(images):
    decoder = LinearDecoder(0.1)
    many = images.repeat(100, 1, 1, 1)
    mean, logvar = torch.zeros(len(many), 1), torch.zeros(len(many), 1)
    bounds = [iwae(decoder, mean, logvar, many, k, generator()).mean().item() for k in (1, 4, 16, 64)]
    truth = decoder.negative_log_marginal(images).mean()
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] - bounds[-1] > 0.3
    assert bounds[-1] > truth - 0.02


def test_the_decoder_sees_bounded_batches_and_the_bound_does_not_depend_on_them(images, monkeypatch):
    mean, logvar = draw(6, 1, seed=7), draw(6, 1, seed=8)
    whole = iwae(LinearDecoder(0.05), mean, logvar, images, 5, generator())
    monkeypatch.setattr(likelihood, "DECODER_BATCH", 4)
    decoder = LinearDecoder(0.05)
    torch.testing.assert_close(iwae(decoder, mean, logvar, images, 5, generator()), whole)
    assert decoder.calls == [4, 2] * 5


def test_log_mean_exp_does_not_overflow():
    x = torch.tensor([[1_000.0, 1_000.0], [-1_000.0, -1_000.0 + math.log(3)]])
    torch.testing.assert_close(log_mean_exp(x, dim=1), torch.tensor([1_000.0, -1_000.0 + math.log(2)]))


def test_the_aggregate_posterior_is_the_mixture_of_all_posteriors(monkeypatch):
    monkeypatch.setattr(pairwise, "BLOCK_ELEMENTS", 50)  # several blocks, the last one short
    mean, logvar, points = draw(20, 3).double(), draw(20, 3, seed=1).double(), draw(7, 3, seed=2).double()
    mixture = MixtureSameFamily(
        Categorical(torch.ones(20, dtype=torch.float64)), Independent(Normal(mean, torch.exp(0.5 * logvar)), 1)
    )
    torch.testing.assert_close(log_aggregate_posterior(points, mean, logvar), mixture.log_prob(points))


def test_the_aggregate_posterior_of_narrow_posteriors_far_out_is_exact_for_float32_input():
    mean, logvar = torch.tensor([[6.0, -5.0]]), torch.tensor([[-9.0, -10.0]])
    expected = Normal(mean.double(), torch.exp(0.5 * logvar.double())).log_prob(mean.double()).sum()
    assert log_aggregate_posterior(mean, mean, logvar).item() == pytest.approx(expected.item(), abs=1e-9)


def test_posteriors_equal_to_the_prior_share_no_information():
    zeros = torch.zeros(500, 4)
    information, aggregate = mutual_information_and_aggregate_kl(zeros, zeros, generator())
    assert information == pytest.approx(0, abs=1e-9)
    assert aggregate == pytest.approx(0, abs=1e-9)


def test_posteriors_that_do_not_overlap_tell_every_image_apart():
    mean = torch.arange(64.0)[:, None] * 100
    information, _ = mutual_information_and_aggregate_kl(mean, torch.full((64, 1), -2.0), generator())
    assert information == pytest.approx(math.log(64), abs=1e-6)


@pytest.mark.parametrize("dim", [2, 50])
def test_mutual_information_and_aggregate_kl_sum_to_the_kl(dim):
    n = 3_000
    mean, logvar = draw(n, dim) * 0.8, draw(n, dim, seed=1) * 0.3 - 1
    information, aggregate = mutual_information_and_aggregate_kl(mean, logvar, generator())
    kl = objectives.kl_divergence(mean, logvar).mean().item()
    # One draw an image: the sum has a standard error of about sqrt(dim / 2n).
    assert information + aggregate == pytest.approx(kl, abs=4 * math.sqrt(dim / (2 * n)))


def test_mutual_information_of_a_gaussian_channel():
    # Means ~ N(0, 1 - s^2) with noise s^2: the aggregate is the prior, and I = -log s.
    n, sigma = 4_000, 0.5
    mean = torch.special.ndtri((torch.arange(n) + 0.5) / n)[:, None] * math.sqrt(1 - sigma**2)
    logvar = torch.full((n, 1), 2 * math.log(sigma))
    information, aggregate = mutual_information_and_aggregate_kl(mean, logvar, generator())
    assert information == pytest.approx(-math.log(sigma), abs=0.05)  # standard error 0.011
    assert aggregate == pytest.approx(0, abs=0.01)


def test_no_holes_where_the_aggregate_is_the_prior():
    zeros = torch.zeros(10, 3)
    assert hole_mass(zeros, zeros, generator(), 2_000) == 0


def test_hole_mass_of_a_narrow_posterior():
    # q = N(0, s^2): q < 0.1 p iff |z| > t, with t from the two densities.
    sigma = 0.25
    threshold = math.sqrt(2 * math.log(10 / sigma) / (1 / sigma**2 - 1))
    expected = math.erfc(threshold / math.sqrt(2))
    mass = hole_mass(torch.zeros(3, 1), torch.full((3, 1), 2 * math.log(sigma)), generator(), 40_000)
    assert 0.3 < expected < 0.6
    assert mass == pytest.approx(expected, abs=0.01)  # standard error 0.0025
