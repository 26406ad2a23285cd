"""What is measured, and the steps that every measurement shares: encode, decode, look, store."""

import dataclasses
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from vae.data.tensors import Data, as_input
from vae.metrics import samples
from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE
from vae.objectives import pixel_entropy
from vae.spec import EvaluationSpec, RunSpec
from vae.storage.results import Array
from vae.train import EVALUATION_BATCH, stream

SIGNIFICANT_BITS = 11
RESOLUTION = 2.0**-8

Scores = dict[str, float]
Arrays = dict[str, Array]


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is evaluated and with what; everything on one device, in evaluation mode.

    whole: what is only drawn is measured too, though no claim is judged by it.
    """

    spec: RunSpec
    seed: int
    model: ConvVAE
    real: "RealImages"
    sizes: EvaluationSpec
    whole: bool

    @property
    def data(self) -> Data:
        return self.real.data

    @property
    def classes(self) -> int:
        return len(self.data.info.classes)

    @property
    def train_images(self) -> int:
        """How many training images the losses are measured on: of those that the run was trained on, the first."""
        return len(self.data.train.first(self.spec.training.train_images).first(self.sizes.train_images))

    @property
    def device(self) -> torch.device:
        return self.data.test.images.device

    def generator(self, purpose: str) -> torch.Generator:
        """Return a fresh random stream for one measurement."""
        return torch.Generator(self.device).manual_seed(stream(self.seed, 0, purpose))


@dataclasses.dataclass(frozen=True)
class Posterior:
    """The parameters of q(z|x), a row an image."""

    mean: Float[Tensor, "n d"]
    logvar: Float[Tensor, "n d"]

    def first(self, images: int) -> "Posterior":
        """Return those of the first images."""
        return Posterior(self.mean[:images], self.logvar[:images])


@dataclasses.dataclass(frozen=True)
class Codes:
    """The posteriors that several measurements share, so that every image is encoded once.

    train: as many images of the training split as any of them looks at.
    """

    train: Posterior
    validation: Posterior
    test: Posterior


def encode(model: ConvVAE, images: UInt8[Tensor, "n 28 28"]) -> Posterior:
    """Return the posteriors of some images, computed batch by batch."""
    pairs = [model.encoder(as_input(batch)) for batch in images.split(EVALUATION_BATCH)]
    return Posterior(torch.cat([mean for mean, _ in pairs]), torch.cat([logvar for _, logvar in pairs]))


def decode_logits(model: ConvVAE, latents: Float[Tensor, "n d"]) -> Float[Tensor, "n 1 28 28"]:
    """Return pixel logits, computed batch by batch."""
    return torch.cat([model.decoder(batch) for batch in latents.split(EVALUATION_BATCH)])


def decode(model: ConvVAE, latents: Float[Tensor, "n d"]) -> Float[Tensor, "n 1 28 28"]:
    """Return pixel probabilities, computed batch by batch."""
    return torch.sigmoid(decode_logits(model, latents))


@dataclasses.dataclass(frozen=True)
class View:
    """What the classifier sees in some images."""

    features: Float[Tensor, "n features"]
    classes: Int64[Tensor, " n"]
    entropy: Float[Tensor, " n"]


@dataclasses.dataclass(frozen=True)
class RealImages:
    """A data set and the classifier that looks at it: what every model of a build is held against, measured once.

    The classifier is in evaluation mode.
    """

    classifier: Classifier
    data: Data

    def look(self, pixels: Float[Tensor, "n 1 28 28"]) -> View:
        """Return the classifier's features, classes and entropies, computed batch by batch."""
        classifier = self._channels_last
        features = torch.cat([classifier.features(batch) for batch in pixels.split(EVALUATION_BATCH)])
        probabilities = torch.softmax(classifier.head(features), dim=1)
        return View(features, probabilities.argmax(dim=1), samples.entropy(probabilities))

    def entropy(self, split: str, images: int) -> float:
        """Return the mean pixel entropy of the first images of a split, nats per image: the floor of their BCE."""
        return self._entropies[split][:images].mean().item()

    def balls(self, split: str, images: int, k: int) -> samples.Balls:
        """Return the balls of the features of the first images of a split."""
        key = (split, images, k)
        if key not in self._balls:
            view = self.test if split == "test" else self.look(as_input(self.data.train.images[:images]))
            self._balls[key] = samples.balls(view.features[:images], k)
        return self._balls[key]

    @cached_property
    def test(self) -> View:
        return self.look(as_input(self.data.test.images))

    @cached_property
    def _channels_last(self) -> Classifier:
        return self.classifier.to(memory_format=torch.channels_last)  # two to three times as fast on CPU

    @cached_property
    def _balls(self) -> dict[tuple[str, int, int], samples.Balls]:
        return {}

    @cached_property
    def _entropies(self) -> dict[str, Float[Tensor, " n"]]:
        parts = {"train": self.data.train, "validation": self.data.validation, "test": self.data.test}
        return {
            name: torch.cat([pixel_entropy(as_input(batch)) for batch in split.images.split(EVALUATION_BATCH)])
            for name, split in parts.items()
        }


def as_magnitudes(values: Tensor) -> Array:
    """Return losses and ratios of single images for storage: float32 with 11 significant bits, three digits.

    The bits beyond say nothing of a mean over images that the next seed does not drown, and do not compress: results
    with them are half as large again. Source: bit rounding, Kloewer et al. 2021, with ties to even.
    """
    bits = values.float().cpu().numpy().view(np.uint32).astype(np.uint64)
    dropped = np.uint64(23 - (SIGNIFICANT_BITS - 1))
    one = np.uint64(1)
    half = (one << (dropped - one)) - one + (bits >> dropped & one)
    return ((bits + half) >> dropped << dropped).astype(np.uint32).view(np.float32)


def as_coordinates(values: Tensor) -> Array:
    """Return places, entropies and coefficients for storage: float16, multiples of RESOLUTION of their unit.

    Of a collapsed dimension the digits beyond are noise, which does not compress.
    """
    # From half precision, as results of EVALUATION_NUMERICS 2 were stored: they were brought to this without loss.
    return ((values.half().float() / RESOLUTION).round() * RESOLUTION).half().cpu().numpy()


def as_pixels(probabilities: Float[Tensor, "n 1 28 28"]) -> Array:
    """Return grey values of 8 bits, (n, 28, 28)."""
    return (probabilities.squeeze(1) * 255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
