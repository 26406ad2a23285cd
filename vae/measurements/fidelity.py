"""How well a VAE gives the data back: likelihood terms and bounds, and the reconstructions themselves."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vae import tasks
from vae.baselines import fixed_indices
from vae.data import Split, as_input
from vae.measurements.subject import Arrays, Codes, Scores, Subject, as_float32, as_pixels
from vae.metrics import images as image_metrics
from vae.metrics import likelihood as bounds
from vae.objectives import pixel_entropy
from vae.train import EVALUATION_BATCH, evaluate_terms


def likelihood(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    data, sizes, task = subject.data, subject.sizes, tasks.vae_task(subject.spec)
    train = data.train.first(task.train_images).first(sizes.train_images)
    validation = data.validation.first(task.validation_images)
    scores: Scores = {}
    terms = {}
    for name, split in (("train", train), ("validation", validation), ("test", data.test)):
        bce, kl = terms[name] = evaluate_terms(task, subject.model, split, subject.seed)
        scores[f"{name}_bce"] = bce.mean().item()
        scores[f"{name}_kl"] = kl.mean().item()
        scores[f"{name}_neg_elbo"] = (bce + kl).mean().item()
        scores[f"{name}_deviance"] = bce.mean().item() - mean_entropy(split)
    few = slice(0, sizes.iwae_images)
    mean, logvar = codes.test[few], codes.test_logvar[few]
    inputs = as_input(data.test.images[few])
    bound = bounds.iwae(subject.model.decoder, mean, logvar, inputs, sizes.iwae_samples, subject.generator("iwae"))
    scores["iwae"] = bound.mean().item()
    scores["iwae_neg_elbo"] = terms["test"][:, few].sum(dim=0).mean().item()
    information, aggregate = bounds.mutual_information_and_aggregate_kl(
        codes.test, codes.test_logvar, subject.generator("aggregate")
    )
    scores |= {"mutual_information": information, "aggregate_kl": aggregate}
    scores["hole_mass"] = bounds.hole_mass(
        codes.test, codes.test_logvar, subject.generator("holes"), sizes.prior_samples
    )
    bce, kl = terms["test"]
    return scores, {"test_bce": as_float32(bce), "test_kl": as_float32(kl)}


def reconstructions(
    subject: Subject, codes: Codes, reconstructions: Float[Tensor, "n 1 28 28"]
) -> tuple[Scores, Arrays]:
    originals = as_input(subject.data.test.images)
    arrays = {
        "test_mse": as_float32(image_metrics.mse(reconstructions, originals)),
        "test_ssim": as_float32(image_metrics.ssim(reconstructions, originals)),
        "test_sharpness": as_float32(image_metrics.sharpness(reconstructions, originals)),
        "test_laplacian": as_float32(image_metrics.laplacian_sharpness(reconstructions, originals)),
    }
    scores: Scores = {
        "mse": float(arrays["test_mse"].mean()),
        "ssim": float(arrays["test_ssim"].mean()),
        "sharpness": float(np.median(arrays["test_sharpness"])),
        "laplacian": float(np.median(arrays["test_laplacian"])),
    }
    fixed = fixed_indices(subject.data.test.labels, subject.classes, subject.sizes.fixed_per_class)
    arrays["fixed_reconstructions"] = as_pixels(reconstructions[fixed])
    return scores, arrays


def mean_entropy(split: Split) -> float:
    """Return the mean pixel entropy of a split, nats per image: the floor of its BCE."""
    return torch.cat([pixel_entropy(as_input(batch)) for batch in split.images.split(EVALUATION_BATCH)]).mean().item()
