"""What the one training loop is asked to minimise, one task a family."""

import dataclasses
import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from vae import objectives
from vae.data.datasets import DatasetInfo
from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE, Decoder, build_model, reparametrise
from vae.spec import ClassifierSpec, Precision, RunSpec

Terms = Float[Tensor, "terms batch"]


@dataclasses.dataclass(frozen=True)
class Task:
    """A model and its objective: the weighted sum of terms, each averaged over the images of a batch.

    terms: (model, images, labels, noise) -> one row a term, one column an image.
    noise_dim: standard normal numbers that terms wants for each image. train_images, validation_images: the first so
    many of each split; None = all.
    learning_rate: by epoch, counted from 1.
    """

    build: Callable[[int], nn.Module]
    terms: Callable[[nn.Module, Tensor, Tensor, Tensor], Terms]
    term_names: tuple[str, ...]
    weights: tuple[float, ...]
    noise_dim: int
    batch_size: int
    learning_rate: Callable[[int], float]
    train_images: int | None
    validation_images: int | None
    precision: Precision = "float32"


# What the decoder sees, of mean, log-variance and standard normal noise; see ObjectiveSpec.
CODES: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "sample": reparametrise,
    "mean": lambda mean, logvar, noise: mean,
    "stopped": lambda mean, logvar, noise: reparametrise(mean, logvar, noise).detach(),
}


def vae_terms(spec: RunSpec, decoder: Decoder, images: Tensor, mean: Tensor, logvar: Tensor, noise: Tensor) -> Terms:
    """Return reconstruction and KL of each image, nats, from the parameters of q(z|x)."""
    logits = _full(decoder(CODES[spec.objective.code](mean, logvar, noise)))
    return torch.stack([objectives.reconstruction(logits, images), objectives.kl_divergence(mean, logvar)])


def vae_task(spec: RunSpec) -> Task:
    """Return the task of a VAE: reconstruction + beta KL, nats per image; its ablations differ in the code alone."""

    def terms(model: nn.Module, images: Tensor, labels: Int[Tensor, " batch"], noise: Tensor) -> Terms:
        assert isinstance(model, ConvVAE)
        mean, logvar = map(_full, model.encoder(images))
        return vae_terms(spec, model.decoder, images, mean, logvar, noise)

    return Task(
        build=lambda seed: build_model(spec.model, seed),
        terms=terms,
        term_names=("bce", "kl"),
        weights=(1.0, spec.beta),
        noise_dim=spec.latent_dim,
        batch_size=spec.training.batch_size,
        learning_rate=lambda epoch: spec.training.learning_rate,
        train_images=spec.training.train_images,
        validation_images=spec.training.validation_images,
        precision=spec.training.precision,
    )


def _full(values: Tensor) -> Tensor:
    """Return what a layer gave in bfloat16 as float32: sums over pixels and exponentials need more than 8 bits."""
    return values.float() if values.dtype == torch.bfloat16 else values


def cosine(largest: float, epoch: int, epochs: int) -> float:
    """Return a learning rate that falls along half a cosine, from the largest at epoch 1 (Loshchilov & Hutter 2017)."""
    return largest * 0.5 * (1 + math.cos(math.pi * (epoch - 1) / epochs))


def classifier_task(spec: ClassifierSpec, info: DatasetInfo) -> Task:
    """Return the task of the classifier: cross-entropy, with the error rate recorded beside it."""

    def build(seed: int) -> nn.Module:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return Classifier(len(info.classes)).to(memory_format=torch.channels_last)

    def terms(model: nn.Module, images: Tensor, labels: Int[Tensor, " batch"], noise: Tensor) -> Terms:
        logits = model(images)
        wrong = (logits.argmax(dim=1) != labels).to(logits.dtype)
        return torch.stack([functional.cross_entropy(logits, labels, reduction="none"), wrong])

    return Task(
        build=build,
        terms=terms,
        term_names=("cross_entropy", "error"),
        weights=(1.0, 0.0),
        noise_dim=0,
        batch_size=spec.batch_size,
        learning_rate=lambda epoch: cosine(spec.learning_rate, epoch, spec.epochs),
        train_images=spec.train_images,
        validation_images=None,
    )
