"""How well a VAE models the data: importance-weighted likelihood, mutual information, aggregate posterior, holes.

Generators may be CPU ones whatever the device of the tensors, so that every device sees the same draws.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from vae import objectives
from vae.metrics.holes import HOLE_RATIO
from vae.metrics.pairwise import float64, row_blocks

DECODER_BATCH = 500


@torch.no_grad()
def iwae(
    decoder: Callable[[Tensor], Tensor],
    mean: Float[Tensor, "n latent"],
    logvar: Float[Tensor, "n latent"],
    images: Float[Tensor, "n 1 height width"],
    samples: int,
    generator: torch.Generator,
) -> Float[Tensor, " n"]:
    """Return the importance-weighted bound on the negative log-likelihood of each image, in nats.

    decoder: latents (batch, latent) -> logits (batch, 1, height, width), in evaluation mode. mean, logvar: of q(z|x).
    samples: importance samples an image; one gives the negative ELBO with both terms sampled. The likelihood is the
    Bernoulli cross-entropy of vae.objectives.reconstruction.
    Source: IWAE, Burda et al. 2016 (arXiv 1509.00519), equation 8, with its sign turned.
    """
    log_weights = mean.new_empty(samples, len(mean))
    for sample in range(samples):
        noise = _standard_normal(mean, generator)
        latent = mean + torch.exp(0.5 * logvar) * noise
        # log p(z) - log q(z|x); the constants cancel, and so does (z - mean)^2 / var against noise^2.
        log_ratio = 0.5 * (noise.square() + logvar - latent.square()).sum(dim=1)
        for first in range(0, len(mean), DECODER_BATCH):
            batch = slice(first, first + DECODER_BATCH)
            bce = objectives.reconstruction(decoder(latent[batch]), images[batch])
            log_weights[sample, batch] = log_ratio[batch] - bce
    return -log_mean_exp(log_weights, dim=0)


def log_mean_exp(x: Float[Tensor, "..."], dim: int) -> Float[Tensor, "..."]:
    """Return the logarithm of the mean of exp(x) along a dimension, without overflow."""
    return torch.logsumexp(x, dim=dim) - math.log(x.shape[dim])


@torch.no_grad()
def mutual_information_and_aggregate_kl(
    mean: Float[Tensor, "n latent"], logvar: Float[Tensor, "n latent"], generator: torch.Generator
) -> tuple[float, float]:
    """Return I(x; z) and KL(q(z) || p(z)), in nats, where q(z) is the mixture of the n posteriors.

    Their sum is the mean of KL(q(z|x) || p(z)), up to the noise of one sample an image. x is the index of one of the
    n images, so I(x; z) is at most log n (9.21 for 10,000): where a model tells all images apart it says no more.
    Source: ELBO surgery, Hoffman & Johnson 2016 (index-code mutual information and marginal KL).
    """
    noise = float64(_standard_normal(mean, generator))
    latent = float64(mean) + torch.exp(0.5 * float64(logvar)) * noise
    log_conditional = _log_standard_normal(noise) - 0.5 * float64(logvar).sum(dim=1)
    # Each latent meets all three densities, so that the noise they share cancels in the two differences.
    log_aggregate = log_aggregate_posterior(latent, mean, logvar)
    information = (log_conditional - log_aggregate).mean()
    divergence = (log_aggregate - _log_standard_normal(latent)).mean()
    return float(information), float(divergence)


@torch.no_grad()
def hole_mass(
    mean: Float[Tensor, "n latent"], logvar: Float[Tensor, "n latent"], generator: torch.Generator, samples: int
) -> float:
    """Return the share of the prior's mass that lies in holes, P_{z~p}[q(z) < 0.1 p(z)].

    q(z): the mixture of the n posteriors. samples: draws from the prior. A mixture of n posteriors cannot cover many
    dimensions, so compare models of equal latent dimension and n only.
    Source: prior holes, Rosca et al. 2018 (arXiv 1802.06847); the ratio 0.1 is ours.
    """
    latent = float64(torch.randn(samples, mean.shape[1], generator=generator, device=generator.device).to(mean.device))
    log_ratio = log_aggregate_posterior(latent, mean, logvar) - _log_standard_normal(latent)
    return float((log_ratio < math.log(HOLE_RATIO)).double().mean())


def log_aggregate_posterior(
    latent: Float[Tensor, "points latent"], mean: Float[Tensor, "n latent"], logvar: Float[Tensor, "n latent"]
) -> Float[Tensor, " points"]:
    """Return log q(z) of the uniform mixture of n diagonal Gaussians at each point, in nats, float64.

    Source: average encoding distribution, Hoffman & Johnson 2016.
    """
    latent, mean, logvar = float64(latent), float64(mean), float64(logvar)
    precision = torch.exp(-logvar)
    # The exponent is linear in (z^2, z), so that one matrix product gives it for every pair.
    coefficients = torch.cat([-0.5 * precision, mean * precision], dim=1).T.contiguous()
    constant = -0.5 * (mean.square() * precision + logvar + math.log(2 * math.pi)).sum(dim=1)
    log_density = latent.new_empty(len(latent))
    for rows in row_blocks(len(latent), len(mean)):
        powers = torch.cat([latent[rows].square(), latent[rows]], dim=1)
        exponent = torch.addmm(constant, powers, coefficients)
        largest = exponent.amax(dim=1, keepdim=True)
        # Of differences, in [0, 1] after the exponential, single precision keeps seven digits and takes half the time.
        shares = (exponent - largest).float().exp_().mean(dim=1, dtype=torch.float64)
        log_density[rows] = largest.squeeze(1) + shares.log()
    return log_density


def _log_standard_normal(latent: Float[Tensor, "n latent"]) -> Float[Tensor, " n"]:
    return -0.5 * (latent.square() + math.log(2 * math.pi)).sum(dim=1)


def _standard_normal(like: Float[Tensor, "n latent"], generator: torch.Generator) -> Float[Tensor, "n latent"]:
    return torch.randn(like.shape, generator=generator, device=generator.device).to(like.device)
