"""Terms of the objective, each a pure function that returns one value per image, in nats."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional


def reconstruction(
    logits: Float[Tensor, "batch 1 28 28"], images: Float[Tensor, "batch 1 28 28"]
) -> Float[Tensor, " batch"]:
    """Return the binary cross-entropy summed over pixels.

    On grey pixels this is no density on [0, 1]: it is the expected negative log-likelihood of the image's dynamically
    binarised versions, and its floor is the pixel entropy (see pixel_entropy).
    """
    return functional.binary_cross_entropy_with_logits(logits, images, reduction="none").sum(dim=(1, 2, 3))


def kl_divergence(
    mean: Float[Tensor, "batch latent"], logvar: Float[Tensor, "batch latent"]
) -> Float[Tensor, " batch"]:
    """Return KL(q(z|x) || N(0, I)) (Kingma & Welling 2014, appendix B)."""
    return kl_by_dimension(mean, logvar).sum(dim=1)


def kl_by_dimension(
    mean: Float[Tensor, "batch latent"], logvar: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch latent"]:
    """Return the KL divergence of each latent dimension from the standard normal prior."""
    return -0.5 * (1 + logvar - mean.square() - logvar.exp())


def pixel_entropy(images: Float[Tensor, "batch 1 28 28"]) -> Float[Tensor, " batch"]:
    """Return the entropy of each image's pixels as Bernoulli means: the least value that reconstruction can take."""
    complement = 1 - images
    return -(torch.xlogy(images, images) + torch.xlogy(complement, complement)).sum(dim=(1, 2, 3))
