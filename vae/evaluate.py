"""Weights to numbers: everything that the report may say of a VAE, measured once.

Arrays of a result (n test images, C classes, d latent dimensions; m <= n, the first silhouette_images or tsne_images;
f32 with 11 significant bits, f16 in multiples of 1/256; W: only where Subject.whole):

    test_bce, test_kl               (n,) f32   nats, one posterior draw an image; no test_kl of an autoencoder
    test_deviation                  (n,) f32   mean over dimensions of the standard deviation of q(z|x); likewise
    test_mean_bce                   (n,) f32   nats, decoded from the posterior mean
    foreign_bce                     (f,) f32   the same of the images that are foreign to the data set
    test_mse, test_ssim             (n,) f32   of the reconstruction decoded from the posterior mean
    test_sharpness, test_laplacian  (n,) f32   gradient energy, Laplacian variance: reconstruction / original
    latent_mean                     (n, d) f16 when d = 2, else (m, d)
    latent_logvar                 W (n, d) f16 when d = 2
    knn_votes                       (n, C) u8  classes of the nearest training images, whitened active means
    probe_classes                   (n,) u8    what a linear classifier reads in the means
    silhouette[_footwear|_pca]      (m,) f16   per image; _pca in the plane of the first two principal axes, d > 2
    pca_shares                      (d,) f32   variance of the training means along each principal axis
    tsne                            (m, 2) f16 when d > 2
    recon_classes, recon_entropy    (n,) u8, f16 the classifier on reconstructions
    sample_images                   (shown_samples, 28, 28) u8
    sample_classes, sample_entropy  (prior_samples,) u8, f16
    manifold                      W (side, side, 28, 28) u8 when d = 2, first row = largest z2
    fixed_reconstructions           (C * fixed_per_class, 28, 28) u8
    interpolation_images          W (pairs, steps, 28, 28) u8
    midpoint_density, reconstruction_density   (min(n, prdc_images),) f32   real balls around the image decoded half-way
                                               to one of another class, and around the reconstruction, over k
    interpolation_jump, interpolation_feature_jump, mixing_feature_jump   (interpolation_pairs,) f32
"""

from collections.abc import Mapping

import torch

from vae.measurements import fidelity, generation, latent_space
from vae.measurements.subject import Arrays, Codes, RealImages, Scores, Subject, decode_logits, encode
from vae.spec import RunSpec
from vae.storage.checkpoints import History

NEG_ELBO, DEVIANCE = "_neg_elbo", "_deviance"  # what run_history() adds, behind the name of a split


@torch.no_grad()
def evaluate(subject: Subject) -> tuple[Scores, Arrays]:
    """Return every score and array of a trained VAE."""
    subject.model.eval()
    subject.real.classifier.eval()
    data = subject.data
    seen = max(subject.sizes.reference_images, subject.train_images)
    splits = (data.train.images[:seen], data.validation.images, data.test.images)
    codes = Codes(*(encode(subject.model, images) for images in splits))
    logits = decode_logits(subject.model, codes.test.mean)
    reconstructions = subject.real.look(torch.sigmoid(logits))
    parts = (
        fidelity.likelihood(subject, codes),
        fidelity.reconstructions(subject, logits),
        fidelity.foreign(subject),
        latent_space.layout(subject, codes),
        latent_space.embedding(subject, codes),
        generation.prior_samples(subject, reconstructions),
        generation.interpolations(subject, codes),
        generation.midpoints(subject, codes, reconstructions),
    )
    scores: Scores = {"parameters": float(sum(p.numel() for p in subject.model.parameters()))}
    arrays: Arrays = {}
    for more_scores, more_arrays in parts:
        scores |= more_scores
        arrays |= more_arrays
    return scores, arrays


def run_history(spec: RunSpec, history: History, real: RealImages) -> dict[str, list[float]]:
    """Return the run's history with -ELBO and deviance beside the terms that the loop recorded.

    Of an autoencoder neither KL nor -ELBO: its variance is not trained.
    """
    columns = dict(history.until(spec.epochs).columns)
    data, training = real.data, spec.training
    train, validation = data.train.first(training.train_images), data.validation.first(training.validation_images)
    for name, images in (("train", len(train)), ("validation", len(validation))):
        floor = real.entropy(name, images)
        kl = columns.pop(f"{name}_kl", [])
        if not spec.deterministic:
            columns[f"{name}_kl"] = kl
            columns[f"{name}{NEG_ELBO}"] = [a + b for a, b in zip(columns[f"{name}_bce"], kl, strict=True)]
        columns[f"{name}{DEVIANCE}"] = [value - floor for value in columns[f"{name}_bce"]]
    return columns


def recorded(columns: Mapping[str, list[float]]) -> dict[str, list[float]]:
    """Return what the loop recorded of a run's history, for run_history() to be asked again."""
    return {name: list(values) for name, values in columns.items() if not name.endswith((NEG_ELBO, DEVIANCE))}
