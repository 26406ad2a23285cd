"""Weights to numbers: everything that the report may say of a VAE, measured once.

Arrays of a result (n test images, C classes, d latent dimensions; m <= n, the first silhouette_images or tsne_images):

    test_bce, test_kl               (n,) f32   nats, one posterior draw an image
    test_mse, test_ssim             (n,) f32   of the reconstruction decoded from the posterior mean
    test_sharpness, test_laplacian  (n,) f32   gradient energy, Laplacian variance: reconstruction / original
    latent_mean                     (n, d) f16
    latent_logvar                   (n, d) f16 when d = 2
    knn_votes                       (n, C) u8  classes of the nearest training images, whitened active means
    silhouette[_footwear|_pca]      (m,) f16   per image; _pca in the plane of the first two principal axes, d > 2
    pca_shares                      (d,) f32   variance of the training means along each principal axis
    tsne                            (m, 2) f16 when d > 2
    recon_classes, recon_entropy    (n,) u8, f16 the classifier on reconstructions
    sample_images                   (shown_samples, 28, 28) u8
    sample_classes, sample_entropy  (prior_samples,) u8, f16
    manifold                        (side, side, 28, 28) u8 when d = 2, first row = largest z2
    fixed_reconstructions           (C * fixed_per_class, 28, 28) u8
    interpolation_images            (pairs, steps, 28, 28) u8
    interpolation_jump, interpolation_feature_jump, mixing_feature_jump   (interpolation_pairs,) f32
"""

import dataclasses

import numpy as np
import torch
from jaxtyping import Float, Int64, UInt8
from scipy.stats import norm
from torch import Tensor

from vae import tasks
from vae.baselines import fixed_indices
from vae.checkpoints import History
from vae.data import Data, Split, as_input
from vae.metrics import images as image_metrics
from vae.metrics import latent, likelihood, neighbours, paths, probe, samples
from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE
from vae.objectives import pixel_entropy
from vae.results import Array
from vae.spec import EvaluationSpec, RunSpec
from vae.train import EVALUATION_BATCH, evaluate_terms, standard_normal, stream

Scores = dict[str, float]
Arrays = dict[str, Array]
TRUST_NEIGHBOURS = 10


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


@torch.no_grad()
def evaluate(subject: Subject) -> tuple[Scores, Arrays]:
    """Return every score and array of a trained VAE."""
    subject.model.eval()
    subject.classifier.eval()
    data, sizes = subject.data, subject.sizes
    reference = data.train.images[: sizes.reference_images]
    codes = Codes(encode(subject.model, reference)[0], *encode(subject.model, data.test.images))
    reconstructions = decode(subject.model, codes.test)
    parts = (
        _likelihood(subject, codes),
        _reconstructions(subject, codes, reconstructions),
        _latent(subject, codes),
        _embedding(subject, codes),
        _samples(subject, reconstructions),
        _interpolations(subject),
    )
    scores: Scores = {"parameters": float(sum(p.numel() for p in subject.model.parameters()))}
    arrays: Arrays = {}
    for more_scores, more_arrays in parts:
        scores |= more_scores
        arrays |= more_arrays
    return scores, arrays


def encode(model: ConvVAE, images: UInt8[Tensor, "n 28 28"]) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
    """Return posterior means and log-variances, computed batch by batch."""
    pairs = [model.encoder(as_input(batch)) for batch in images.split(EVALUATION_BATCH)]
    return torch.cat([mean for mean, _ in pairs]), torch.cat([logvar for _, logvar in pairs])


def decode(model: ConvVAE, latents: Float[Tensor, "n d"]) -> Float[Tensor, "n 1 28 28"]:
    """Return pixel probabilities, computed batch by batch."""
    return torch.cat([torch.sigmoid(model.decoder(batch)) for batch in latents.split(EVALUATION_BATCH)])


def run_history(spec: RunSpec, history: History, data: Data) -> dict[str, list[float]]:
    """Return the run's history with -ELBO and deviance beside the terms that the loop recorded."""
    columns = dict(history.until(spec.epochs).columns)
    train = data.train.first(spec.training.train_images)
    for name, split in (("train", train), ("validation", data.validation)):
        floor = mean_entropy(split)
        columns[f"{name}_neg_elbo"] = [
            a + b for a, b in zip(columns[f"{name}_bce"], columns[f"{name}_kl"], strict=True)
        ]
        columns[f"{name}_deviance"] = [value - floor for value in columns[f"{name}_bce"]]
    return columns


def mean_entropy(split: Split) -> float:
    """Return the mean pixel entropy of a split, nats per image: the floor of its BCE."""
    return torch.cat([pixel_entropy(as_input(batch)) for batch in split.images.split(EVALUATION_BATCH)]).mean().item()


def _likelihood(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    data, sizes, task = subject.data, subject.sizes, tasks.vae_task(subject.spec)
    train = data.train.first(task.train_images).first(sizes.train_images)
    scores: Scores = {}
    terms = {}
    for name, split in (("train", train), ("validation", data.validation), ("test", data.test)):
        bce, kl = terms[name] = evaluate_terms(task, subject.model, split, subject.seed)
        scores[f"{name}_bce"] = bce.mean().item()
        scores[f"{name}_kl"] = kl.mean().item()
        scores[f"{name}_neg_elbo"] = (bce + kl).mean().item()
        scores[f"{name}_deviance"] = bce.mean().item() - mean_entropy(split)
    few = slice(0, sizes.iwae_images)
    mean, logvar = codes.test[few], codes.test_logvar[few]
    inputs = as_input(data.test.images[few])
    bound = likelihood.iwae(subject.model.decoder, mean, logvar, inputs, sizes.iwae_samples, subject.generator("iwae"))
    scores["iwae"] = bound.mean().item()
    scores["iwae_neg_elbo"] = terms["test"][:, few].sum(dim=0).mean().item()
    information, aggregate = likelihood.mutual_information_and_aggregate_kl(
        codes.test, codes.test_logvar, subject.generator("aggregate")
    )
    scores |= {"mutual_information": information, "aggregate_kl": aggregate}
    scores["hole_mass"] = likelihood.hole_mass(
        codes.test, codes.test_logvar, subject.generator("holes"), sizes.prior_samples
    )
    bce, kl = terms["test"]
    return scores, {"test_bce": as_float32(bce), "test_kl": as_float32(kl)}


def _reconstructions(
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


def _latent(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    data, sizes = subject.data, subject.sizes
    labels = data.test.labels
    train, test = whitened(codes.train, codes.test)
    votes = neighbours.knn_votes(test, train, data.train.labels[: len(train)], sizes.neighbours, subject.classes)
    few = slice(0, sizes.silhouette_images)
    scatter = latent.scatter(codes.test, labels, subject.classes)
    shares, _ = latent.principal_axes(codes.train)
    silhouette = neighbours.silhouette(test[few], labels[few])
    scores: Scores = {
        "active_units": float(latent.active_mask(codes.train).sum()),
        "knn_accuracy": (votes.argmax(dim=1) == labels).float().mean().item(),
        "silhouette": silhouette.mean().item(),
        "davies_bouldin": latent.davies_bouldin(test, labels, subject.classes),
        "fisher": latent.fisher_ratio(test, labels, subject.classes),
        "trace_within": scatter.within,
        "trace_between": scatter.between,
        "trace_total": scatter.total,
        "pca2_share": shares[:2].sum().item(),
        "probe_accuracy": probe.linear_probe(
            codes.train[: sizes.probe_images], data.train.labels[: sizes.probe_images], codes.test, labels
        ),
    }
    arrays: Arrays = {
        "latent_mean": as_float16(codes.test),
        "knn_votes": votes.to(torch.uint8).cpu().numpy(),
        "silhouette": as_float16(silhouette),
        "pca_shares": as_float32(shares),
    }
    if subject.spec.latent_dim == 2:
        arrays["latent_logvar"] = as_float16(codes.test_logvar)
    if footwear := data.info.groups.get("footwear"):
        group = torch.isin(labels[few], torch.tensor(footwear, device=labels.device)).long()
        per_image = neighbours.silhouette(test[few], group)
        arrays["silhouette_footwear"] = as_float16(per_image)
        scores["silhouette_footwear"] = per_image.mean().item()
    return scores, arrays


def whitened(
    train: Float[Tensor, "reference d"], test: Float[Tensor, "n d"]
) -> tuple[Float[Tensor, "reference a"], Float[Tensor, "n a"]]:
    """Return both sets of latents whitened with the statistics of the first, so that distances compare between runs.

    A collapsed latent has no active dimension to whiten; it is measured as it is.
    """
    center, matrix = latent.whitening(train)
    if matrix.shape[1] == 0:
        return train, test
    return latent.whiten(train, center, matrix), latent.whiten(test, center, matrix)


def _embedding(subject: Subject, codes: Codes) -> tuple[Scores, Arrays]:
    """Measure how faithful flat pictures of a latent of more than two dimensions are, and keep its t-SNE."""
    if subject.spec.latent_dim <= 2:
        return {}, {}
    from sklearn.manifold import TSNE

    sizes = subject.sizes
    high = codes.test[: sizes.tsne_images]
    labels = subject.data.test.labels[: len(high)]
    _, plane = latent.principal_axes(high)
    tsne = TSNE(perplexity=sizes.tsne_perplexity, init="pca", random_state=subject.seed)
    embedded = torch.from_numpy(tsne.fit_transform(high.cpu().numpy())).to(high)
    scores: Scores = {}
    for name, low in (("pca", plane), ("tsne", embedded)):
        trust, continuity = neighbours.trustworthiness_continuity(high, low, TRUST_NEIGHBOURS)
        scores |= {f"trustworthiness_{name}": trust, f"continuity_{name}": continuity}
    silhouette = neighbours.silhouette(whitened(plane, plane)[1], labels)
    scores["silhouette_pca"] = silhouette.mean().item()
    return scores, {"tsne": as_float16(embedded), "silhouette_pca": as_float16(silhouette)}


def _samples(subject: Subject, reconstructions: Float[Tensor, "n 1 28 28"]) -> tuple[Scores, Arrays]:
    model, sizes = subject.model, subject.sizes
    z = standard_normal(
        sizes.prior_samples, subject.spec.latent_dim, stream(subject.seed, 0, "samples"), subject.device
    )
    drawn = decode(model, z)
    real = as_input(subject.data.test.images)
    seen = {name: look(subject.classifier, batch) for name, batch in
            (("real", real), ("sample", drawn), ("recon", reconstructions))}  # fmt: skip
    counts = {name: torch.bincount(view.classes, minlength=subject.classes) for name, view in seen.items()}
    few = sizes.prdc_images
    prdc = samples.prdc(seen["real"].features[:few], seen["sample"].features[:few], sizes.prdc_neighbours)
    scores: Scores = {
        "sample_tv": samples.total_variation(counts["sample"], counts["real"]),
        "sample_precision": prdc.precision,
        "sample_recall": prdc.recall,
        "sample_density": prdc.density,
        "sample_coverage": prdc.coverage,
        "sample_frechet": samples.frechet(seen["real"].features, seen["sample"].features),
        "recon_frechet": samples.frechet(seen["real"].features, seen["recon"].features),
        "recon_accuracy": (seen["recon"].classes == subject.data.test.labels).float().mean().item(),
    }
    arrays: Arrays = {
        "sample_images": as_pixels(drawn[: sizes.shown_samples]),
        "sample_classes": seen["sample"].classes.to(torch.uint8).cpu().numpy(),
        "sample_entropy": as_float16(seen["sample"].entropy),
        "recon_classes": seen["recon"].classes.to(torch.uint8).cpu().numpy(),
        "recon_entropy": as_float16(seen["recon"].entropy),
    }
    if subject.spec.latent_dim == 2:
        side = sizes.manifold_side
        quantiles = torch.tensor(norm.ppf((np.arange(side) + 0.5) / side), dtype=torch.float32, device=subject.device)
        rows, columns = torch.meshgrid(quantiles.flip(0), quantiles, indexing="ij")
        plane = torch.stack([columns, rows], dim=-1).reshape(-1, 2)
        arrays["manifold"] = as_pixels(decode(model, plane)).reshape(side, side, *drawn.shape[-2:])
    return scores, arrays


def _interpolations(subject: Subject) -> tuple[Scores, Arrays]:
    data, sizes = subject.data, subject.sizes
    fixed = fixed_indices(data.test.labels, subject.classes, sizes.fixed_per_class)
    first_of_class = fixed[:: sizes.fixed_per_class]
    shown = torch.tensor(data.info.interpolations, device=fixed.device)
    shown_path = _latent_path(subject, first_of_class[shown[:, 0]], first_of_class[shown[:, 1]])
    # The same pairs for every run and seed, so that runs are compared on equal paths.
    generator = torch.Generator().manual_seed(stream(0, 0, "interpolations"))
    ends = torch.randint(len(data.test), (2, sizes.interpolation_pairs), generator=generator).to(fixed.device)
    path = _latent_path(subject, ends[0], ends[1])
    start, end = (as_input(data.test.images[index]) for index in ends)
    shares = torch.linspace(0, 1, sizes.interpolation_steps, device=subject.device).view(-1, 1, 1, 1)
    mixed = torch.lerp(start.unsqueeze(1), end.unsqueeze(1), shares)

    def features(frames: Tensor) -> Tensor:
        return look(subject.classifier, frames.flatten(0, 1)).features.unflatten(0, frames.shape[:2])

    arrays: Arrays = {
        "interpolation_images": as_pixels(shown_path.flatten(0, 1)).reshape(*shown_path.shape[:2], *start.shape[-2:]),
        "interpolation_jump": as_float32(paths.jump(path.flatten(2))),
        "interpolation_feature_jump": as_float32(paths.jump(features(path))),
        "mixing_feature_jump": as_float32(paths.jump(features(mixed))),
    }
    return {}, arrays


def _latent_path(subject: Subject, start: Tensor, end: Tensor) -> Float[Tensor, "pairs steps 1 28 28"]:
    """Return the decoded straight lines between the posterior means of test images."""
    from_mean, to_mean = (encode(subject.model, subject.data.test.images[index])[0] for index in (start, end))
    shares = torch.linspace(0, 1, subject.sizes.interpolation_steps, device=subject.device).view(-1, 1)
    line = torch.lerp(from_mean.unsqueeze(1), to_mean.unsqueeze(1), shares)
    return decode(subject.model, line.flatten(0, 1)).unflatten(0, line.shape[:2])


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
