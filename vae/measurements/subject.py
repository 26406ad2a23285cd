"""What is measured, and the steps that every measurement shares: encode, decode, look, store."""

import dataclasses

import torch
from jaxtyping import Float, Int64, UInt8
from torch import Tensor

from vae.data import Data, as_input
from vae.metrics import samples
from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE
from vae.results import Array
from vae.spec import EvaluationSpec, RunSpec
from vae.train import EVALUATION_BATCH, stream

Scores = dict[str, float]
Arrays = dict[str, Array]


@dataclasses.dataclass(frozen=True)
class Subject:
    """What is evaluated and with what; everything on one device, in evaluation mode."""

    spec: RunSpec
    seed: int
    model: ConvVAE
    classifier: Classifier
    data: Data
    sizes: EvaluationSpec

    @property
    def classes(self) -> int:
        return len(self.data.info.classes)

    @property
    def device(self) -> torch.device:
        return self.data.test.images.device

    def generator(self, purpose: str) -> torch.Generator:
        """Return a fresh random stream for one measurement."""
        return torch.Generator(self.device).manual_seed(stream(self.seed, 0, purpose))


@dataclasses.dataclass(frozen=True)
class Codes:
    """Posterior parameters of the images that the latent metrics look at."""

    train: Float[Tensor, "reference d"]
    test: Float[Tensor, "n d"]
    test_logvar: Float[Tensor, "n d"]


def encode(model: ConvVAE, images: UInt8[Tensor, "n 28 28"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """Return posterior means and log-variances, computed batch by batch."""
    pairs = [model.encoder(as_input(batch)) for batch in images.split(EVALUATION_BATCH)]
    return torch.cat([mean for mean, _ in pairs]), torch.cat([logvar for _, logvar in pairs])


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


def look(classifier: Classifier, pixels: Float[Tensor, "n 1 28 28"]) -> View:
    """Return the classifier's features, classes and entropies, computed batch by batch."""
    features = torch.cat([classifier.features(batch) for batch in pixels.split(EVALUATION_BATCH)])
    probabilities = torch.softmax(classifier.head(features), dim=1)
    return View(features, probabilities.argmax(dim=1), samples.entropy(probabilities))


def as_float32(values: Tensor) -> Array:
    """Return an array for storage."""
    return values.float().cpu().numpy()


def as_float16(values: Tensor) -> Array:
    """Return an array for storage at half precision: about three digits, enough for points and shares."""
    return values.half().cpu().numpy()


def as_pixels(probabilities: Float[Tensor, "n 1 28 28"]) -> Array:
    """Return grey values of 8 bits, (n, 28, 28)."""
    return (probabilities.squeeze(1) * 255).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
