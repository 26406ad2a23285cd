"""How well a VAE gives the data back: likelihood terms and bounds, and the reconstructions themselves."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from vae import tasks
from vae.data.tensors import Split, as_input, foreign_images
from vae.measurements.baselines import fixed_indices
from vae.measurements.subject import (
    Arrays,
    Codes,
    Posterior,
    Scores,
    Subject,
    as_magnitudes,
    as_pixels,
    decode_logits,
    encode,
)
from vae.metrics import images as image_metrics
from vae.metrics import likelihood as bounds
from vae.objectives import reconstruction
from vae.train import EVALUATION_BATCH, evaluation_noise


def likelihood(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    """Measure the terms of the objective on the three splits, the bounds and the divergences of q(z|x) and q(z), nats an image.

    Of an autoencoder its reconstruction term alone: it has no q(z|x).
    """
    data, sizes = subject.data, subject.sizes
    validation = data.validation.first(subject.spec.training.validation_images)
    scores: Scores = {}
    terms = {}
    for name, split, posterior in (
        ("train", data.train.first(subject.train_images), codes.train),
        ("validation", validation, codes.validation),
        ("test", data.test, codes.test),
    ):
        bce, kl = terms[name] = _terms(subject, split, posterior)
        scores[f"{name}_bce"] = bce.mean().item()
        scores[f"{name}_deviance"] = bce.mean().item() - subject.real.entropy(name, len(split))
        if not subject.spec.deterministic:
            scores[f"{name}_kl"] = kl.mean().item()
            scores[f"{name}_neg_elbo"] = (bce + kl).mean().item()
    bce, kl = terms["test"]
    if subject.spec.deterministic:
        return scores, {"test_bce": as_magnitudes(bce)}  # no q(z|x), so no KL and no bound
    few = slice(0, sizes.iwae_images)
    mean, logvar = codes.test.mean, codes.test.logvar
    inputs = as_input(data.test.images[few])
    generator = subject.generator("iwae")
    bound = bounds.iwae(subject.model.decoder, mean[few], logvar[few], inputs, sizes.iwae_samples, generator)
    scores["iwae"] = bound.mean().item()
    scores["iwae_neg_elbo"] = terms["test"][:, few].sum(dim=0).mean().item()
    information, aggregate = bounds.mutual_information_and_aggregate_kl(mean, logvar, subject.generator("aggregate"))
    scores |= {"mutual_information": information, "aggregate_kl": aggregate}
    scores["hole_mass"] = bounds.hole_mass(mean, logvar, subject.generator("holes"), sizes.prior_samples)
    deviation = torch.exp(0.5 * logvar).mean(dim=1)
    scores["posterior_deviation"] = deviation.mean().item()
    return scores, {
        "test_bce": as_magnitudes(bce),
        "test_kl": as_magnitudes(kl),
        "test_deviation": as_magnitudes(deviation),
    }


def reconstructions(subject: Subject, logits: Float[Tensor, "n 1 28 28"]) -> tuple[Scores, Arrays]:
    """Measure the test images' reconstructions against their originals, and keep a few; logits: of the decoded means."""
    originals, reconstructions = as_input(subject.data.test.images), torch.sigmoid(logits)
    per_image = {
        "mean_bce": reconstruction(logits, originals),
        "mse": image_metrics.mse(reconstructions, originals),
        "ssim": image_metrics.ssim(reconstructions, originals),
        "sharpness": image_metrics.sharpness(reconstructions, originals),
        "laplacian": image_metrics.laplacian_sharpness(reconstructions, originals),
    }
    exact = {name: values.float().cpu().numpy() for name, values in per_image.items()}
    scores: Scores = {name: float(exact[name].mean()) for name in ("mse", "ssim")}
    scores |= {name: float(np.median(exact[name])) for name in ("sharpness", "laplacian")}
    arrays: Arrays = {f"test_{name}": as_magnitudes(values) for name, values in per_image.items()}
    fixed = fixed_indices(subject.data.test.labels, subject.classes, subject.sizes.fixed_per_class)
    arrays["fixed_reconstructions"] = as_pixels(reconstructions[fixed])
    return scores, arrays


def foreign(subject: Subject) -> tuple[Scores, Arrays]:
    """Return the loss of images that are not of the data set, as of the test images' decoded means."""
    images = foreign_images(subject.data.info)
    if images is None:
        return {}, {}
    images = images.to(subject.device)
    loss = reconstruction(decode_logits(subject.model, encode(subject.model, images).mean), as_input(images))
    return {}, {"foreign_bce": as_magnitudes(loss)}


def _terms(subject: Subject, split: Split, posterior: Posterior) -> Float[Tensor, "terms n"]:
    """Return each term for each image of a split, as evaluate_terms does, from posteriors that are at hand."""
    noise = evaluation_noise(len(split), subject.spec.latent_dim, subject.seed, subject.device)
    decoder, here = subject.model.decoder, posterior.first(len(split))
    batches = zip(*(x.split(EVALUATION_BATCH) for x in (split.images, here.mean, here.logvar, noise)), strict=True)
    rows = [tasks.vae_terms(subject.spec, decoder, as_input(images), *of_each) for images, *of_each in batches]
    return torch.cat(rows, dim=1)
