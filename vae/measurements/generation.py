"""What a VAE makes by itself: samples of the prior, the manifold, the way between two images."""

import itertools

import numpy as np
import torch
from jaxtyping import Float
from scipy.stats import norm
from torch import Tensor

from vae.data.tensors import as_input
from vae.measurements.baselines import fixed_indices
from vae.measurements.subject import (
    Arrays,
    Codes,
    Scores,
    Subject,
    View,
    as_coordinates,
    as_magnitudes,
    as_pixels,
    decode,
)
from vae.metrics import paths, samples
from vae.train import standard_normal, stream


def prior_samples(subject: Subject, reconstructions: View) -> tuple[Scores, Arrays]:
    """Measure images decoded from the prior against the test images, beside the reconstructions, in the classifier's eyes."""
    model, sizes, real = subject.model, subject.sizes, subject.real.test
    z = standard_normal(
        sizes.prior_samples, subject.spec.latent_dim, stream(subject.seed, 0, "samples"), subject.device
    )
    drawn = decode(model, z)
    seen = subject.real.look(drawn)
    drawn_counts, real_counts = (torch.bincount(view.classes, minlength=subject.classes) for view in (seen, real))
    few, k = sizes.prdc_images, sizes.prdc_neighbours
    prdc = samples.prdc(subject.real.balls("test", few, k), samples.balls(seen.features[:few], k))
    scores: Scores = {
        "sample_tv": samples.total_variation(drawn_counts, real_counts),
        "sample_precision": prdc.precision,
        "sample_recall": prdc.recall,
        "sample_density": prdc.density,
        "sample_coverage": prdc.coverage,
        "sample_frechet": samples.frechet(real.features, seen.features),
        "recon_frechet": samples.frechet(real.features, reconstructions.features),
        "recon_accuracy": (reconstructions.classes == subject.data.test.labels).float().mean().item(),
    }
    arrays: Arrays = {
        "sample_images": as_pixels(drawn[: sizes.shown_samples]),
        "sample_classes": seen.classes.to(torch.uint8).cpu().numpy(),
        "sample_entropy": as_coordinates(seen.entropy),
        "recon_classes": reconstructions.classes.to(torch.uint8).cpu().numpy(),
        "recon_entropy": as_coordinates(reconstructions.entropy),
    }
    if subject.whole and subject.spec.latent_dim == 2:
        side = sizes.manifold_side
        quantiles = torch.tensor(norm.ppf((np.arange(side) + 0.5) / side), dtype=torch.float32, device=subject.device)
        rows, columns = torch.meshgrid(quantiles.flip(0), quantiles, indexing="ij")
        plane = torch.stack([columns, rows], dim=-1).reshape(-1, 2)
        arrays["manifold"] = as_pixels(decode(model, plane)).reshape(side, side, *drawn.shape[-2:])
    return scores, arrays


def interpolations(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    """Measure how evenly the decoded lines between pairs of test images move, beside the plain mixing of their pixels."""
    data, sizes = subject.data, subject.sizes
    # The same pairs for every run and seed, so that runs are compared on equal paths.
    generator = torch.Generator().manual_seed(stream(0, 0, "interpolations"))
    ends = torch.randint(len(data.test), (2, sizes.interpolation_pairs), generator=generator).to(subject.device)
    path = _latent_path(subject, codes, ends[0], ends[1])
    start, end = (as_input(data.test.images[index]) for index in ends)
    shares = torch.linspace(0, 1, sizes.interpolation_steps, device=subject.device).view(-1, 1, 1, 1)
    mixed = torch.lerp(start.unsqueeze(1), end.unsqueeze(1), shares)

    def features(frames: Tensor) -> Tensor:
        return subject.real.look(frames.flatten(0, 1)).features.unflatten(0, frames.shape[:2])

    arrays: Arrays = {
        "interpolation_jump": as_magnitudes(paths.jump(path.flatten(2))),
        "interpolation_feature_jump": as_magnitudes(paths.jump(features(path))),
        "mixing_feature_jump": as_magnitudes(paths.jump(features(mixed))),
    }
    if subject.whole:
        fixed = fixed_indices(data.test.labels, subject.classes, sizes.fixed_per_class)
        first_of_class = fixed[:: sizes.fixed_per_class]
        shown = torch.tensor(data.info.interpolations, device=fixed.device)
        shown_path = _latent_path(subject, codes, first_of_class[shown[:, 0]], first_of_class[shown[:, 1]])
        pixels = as_pixels(shown_path.flatten(0, 1))
        arrays["interpolation_images"] = pixels.reshape(*shown_path.shape[:2], *pixels.shape[1:])
    return {}, arrays


def midpoints(subject: Subject, codes: Codes, reconstructions: View) -> tuple[Scores, Arrays]:
    """Measure how near the data the images half-way between two classes are, beside the reconstructions of the ends.

    The data are training images: a reconstruction always lies near the test image that it was made from.
    """
    data, sizes = subject.data, subject.sizes
    n = min(sizes.prdc_images, len(data.test))
    # The same partners for every run and seed; an image of the same class gives way to the next one of another.
    generator = torch.Generator().manual_seed(stream(0, 0, "midpoints"))
    order = torch.randperm(len(data.test), generator=generator).tolist()
    labels = data.test.labels.tolist()
    partners = [
        next(j for j in itertools.islice(itertools.cycle(order), i, None) if labels[j] != labels[i]) for i in range(n)
    ]
    means = codes.test.mean
    middles = subject.real.look(decode(subject.model, (means[:n] + means[partners]) / 2))
    real = subject.real.balls("train", sizes.prdc_images, sizes.prdc_neighbours)
    return {}, {
        "midpoint_density": as_magnitudes(samples.densities(real, middles.features)),
        "reconstruction_density": as_magnitudes(samples.densities(real, reconstructions.features[:n])),
    }


def _latent_path(subject: Subject, codes: Codes, start: Tensor, end: Tensor) -> Float[Tensor, "pairs steps 1 28 28"]:
    """Return the decoded straight lines between the posterior means of test images."""
    from_mean, to_mean = codes.test.mean[start], codes.test.mean[end]
    shares = torch.linspace(0, 1, subject.sizes.interpolation_steps, device=subject.device).view(-1, 1)
    line = torch.lerp(from_mean.unsqueeze(1), to_mean.unsqueeze(1), shares)
    return decode(subject.model, line.flatten(0, 1)).unflatten(0, line.shape[:2])
