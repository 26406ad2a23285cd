"""What is measured on the data alone: the entropy floor, PCA and mean-image baselines, the fixed images."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from vae.data.tensors import Data, as_input, foreign_images
from vae.metrics import images as image_metrics
from vae.metrics.limits import LINEAR_CLIP
from vae.objectives import pixel_entropy
from vae.storage.results import Array

PCA_DIMENSIONS = (2, 10, 50)
VISIBLE = 0.2  # grey value above which a pixel belongs to the thing and not to noise


def fixed_indices(labels: Int[Tensor, " n"], classes: int, per_class: int) -> Int[Tensor, " fixed"]:
    """Return the first test images of every class, class by class: shown on every page, chosen by no result."""
    return torch.cat([(labels == index).nonzero().flatten()[:per_class] for index in range(classes)])


def summarise(data: Data, fixed_per_class: int, explored_images: int) -> tuple[dict[str, float], dict[str, Array]]:
    """Return scores and arrays of the data set itself.

    Of its images the arrays hold fixed_per_class of each class, and the first explored_images of the test split.
    """
    classes = len(data.info.classes)
    train, test = as_input(data.train.images), as_input(data.test.images)
    entropy = pixel_entropy(test)
    mean_image = train.mean(dim=0, keepdim=True)
    scores = {
        "test_entropy": entropy.mean().item(),
        "train_entropy": pixel_entropy(train).mean().item(),
        "mean_image_bce": cross_entropy(mean_image.expand_as(test), test).mean().item(),
    }
    scores |= _pca_baselines(train.flatten(1), test)
    fixed = fixed_indices(data.test.labels, classes, fixed_per_class)
    arrays: dict[str, Array] = {
        **{f"test_{name}": values.float().cpu().numpy() for name, values in factors(test).items()},
        "test_labels": data.test.labels.to(torch.uint8).cpu().numpy(),
        "test_entropy": entropy.float().cpu().numpy(),
        "fixed_indices": fixed.to(torch.int32).cpu().numpy(),
        "fixed_images": data.test.images[fixed].cpu().numpy(),
        "explored_images": data.test.images[:explored_images].cpu().numpy(),
        "train_counts": torch.bincount(data.train.labels, minlength=classes).cpu().numpy(),
    }
    foreign = foreign_images(data.info)
    if foreign is not None:
        arrays["foreign_entropy"] = pixel_entropy(as_input(foreign)).float().cpu().numpy()
    return scores, arrays


def factors(images: Float[Tensor, "n 1 28 28"]) -> dict[str, Float[Tensor, " n"]]:
    """Return simple properties of each image that a latent axis might stand for.

    brightness: mean pixel, 0 to 1. length, width: rows and columns from the first pixel brighter than VISIBLE to the
    last, 0 to 28.
    """
    visible = images.squeeze(1) > VISIBLE
    found = {"brightness": images.mean(dim=(1, 2, 3))}
    for name, across in (("length", 2), ("width", 1)):
        lines = visible.any(dim=across).float()
        # From either end, lines before the first visible one have a cumulative maximum of 0.
        found[name] = (
            lines.cummax(dim=1).values.sum(dim=1) + lines.flip(1).cummax(dim=1).values.sum(dim=1) - lines.shape[1]
        )
    return {name: values.clamp(min=0) for name, values in found.items()}


def cross_entropy(probabilities: Float[Tensor, "n 1 28 28"], images: Float[Tensor, "n 1 28 28"]) -> Float[Tensor, " n"]:
    """Return the binary cross-entropy summed over pixels, nats per image, of clipped probabilities."""
    clipped = probabilities.clamp(LINEAR_CLIP, 1 - LINEAR_CLIP)
    return -(images * clipped.log() + (1 - images) * (1 - clipped).log()).sum(dim=(1, 2, 3))


def _pca_baselines(train: Float[Tensor, "n pixels"], test: Float[Tensor, "m 1 28 28"]) -> dict[str, float]:
    center = train.mean(dim=0)
    covariance = torch.cov(train.T)
    variances, axes = torch.linalg.eigh(covariance)
    variances, axes = variances.flip(0), axes.flip(1)
    codes = (test.flatten(1) - center) @ axes
    scores = {}
    for k in PCA_DIMENSIONS:
        linear = (center + codes[:, :k] @ axes[:, :k].T).view_as(test)
        scores[f"pca{k}_mse"] = image_metrics.mse(linear, test).mean().item()
        scores[f"pca{k}_bce"] = cross_entropy(linear, test).mean().item()
        scores[f"pca{k}_variance"] = (variances[:k].sum() / variances.sum()).item()
        scores[f"pca{k}_sharpness"] = image_metrics.sharpness(linear, test).median().item()
    return scores
