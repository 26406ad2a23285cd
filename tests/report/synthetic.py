"""Plausible results without training: every score and array that the pages read, for every run of the full grid.

The numbers are made up, so tests may only use them for what depends on no particular number: that pages render, that
verdicts follow the numbers, that sentences follow the verdicts.
"""

import re
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from report.evidence import Evidence
from report.judging.claims import Claim, estimate, judge
from report.judging.statistics import Samples
from report.sections import family
from vae.building.plan import keys_of
from vae.data.datasets import DatasetInfo, dataset_info
from vae.grid import FIRST_SEED, REFERENCE_RUNS, Grid, make_grid
from vae.spec import ClassifierSpec, DatasetSpec, RunSpec, canonical
from vae.storage.results import Array, RunResult
from vae.storage.store import ResultsStore

PER_CLASS = 12
FIXED_PER_CLASS = 4
RESAMPLES = 200
FOREIGN = 40
DRAWN_ONLY = {"manifold", "latent_logvar", "interpolation_images"}  # see W in vae/evaluate.py
# How far a run is from the worst one; OTHERS for those that are not named.
QUALITY = {"e10": 0.0, "e50": 1.0, "e90": 1.2, "e100": 1.3, "e10-l50": 6.0}
OTHERS = 2.0


# What an autoencoder has not.
POSTERIOR = {
    *(f"{split}_{name}" for split in ("train", "validation", "test") for name in ("kl", "neg_elbo")),
    "iwae", "iwae_neg_elbo", "mutual_information", "aggregate_kl", "hole_mass", "posterior_deviation",
}  # fmt: skip


def synthetic_results(
    grid: Grid, rng: np.random.Generator, quality: Mapping[str, float] = QUALITY
) -> dict[str, dict[int, RunResult]]:
    """Return results by run and seed, with every number drawn around what the run's quality suggests."""
    info = dataset_info(grid.dataset.dataset)
    results: dict[str, dict[int, RunResult]] = {}
    for name, spec in grid.specs.items():
        for seed in grid.seeds_of(name):
            if isinstance(spec, DatasetSpec):
                scores, arrays, history = _dataset(info, rng)
            elif isinstance(spec, ClassifierSpec):
                scores, arrays, history = _classifier(info, spec, rng)
            else:
                scores, arrays, history = _run(info, spec, rng, quality.get(name, OTHERS))
            keys = keys_of(grid, info, spec)
            provenance = {} if isinstance(spec, DatasetSpec) else _training(spec.epochs)
            provenance["evaluation"] = _facts() | {"seconds": 12.5}
            if isinstance(spec, RunSpec) and not _whole(name, seed):
                arrays = {array: values for array, values in arrays.items() if array not in DRAWN_ONLY}
            result = RunResult(name, seed, canonical(spec), keys, scores, history, arrays, provenance)
            results.setdefault(name, {})[seed] = result
    return results


def synthetic_evidence(seed: int = 0, n_seeds: int = 3, dataset: str = "fashion-mnist", **quality: float) -> Evidence:
    """Return evidence with all claims judged; quality overrides that of single runs ("e10-l50" as e10_l50)."""
    grid = make_grid("full", dataset, n_seeds)
    chosen = {**QUALITY, **{name.replace("_", "-"): value for name, value in quality.items()}}
    return evidence_of(grid, synthetic_results(grid, np.random.default_rng(seed), chosen))


def evidence_of(grid: Grid, results: Mapping[str, Mapping[int, RunResult]], resamples: int = RESAMPLES) -> Evidence:
    """Judge all claims of the report on some results."""
    samples = Samples(results, dataset_info(grid.dataset.dataset), resamples)
    claims: tuple[Claim, ...] = family()
    verdicts = judge(claims, {claim.id: estimate(claim, samples) for claim in claims})
    return Evidence(grid, samples, verdicts, weights=weights_of)


@cache
def weights_of(run: str, seed: int) -> bytes:
    """Return weights with the names and layers of a model of two latent dimensions, but few channels."""
    rng = np.random.default_rng([seed, *run.encode()])
    shapes: dict[str, tuple[int, ...]] = {
        "decoder.expand": (6 * 16, 2),
        "encoder.mean": (2, 6 * 16),
        "encoder.logvar": (2, 6 * 16),
    }
    shapes |= {f"decoder.layers.{2 * i}": (*widths, 4, 4) for i, widths in enumerate([(6, 5), (5, 4), (4, 3)])}
    shapes |= {f"encoder.features.{2 * i}": (*widths, 3, 3) for i, widths in enumerate([(4, 1), (5, 4), (6, 5)])}
    shapes["decoder.layers.6"] = (1, 3, 3, 3)
    weights = {f"{name}.weight": rng.normal(0, 0.3, shape) for name, shape in shapes.items()}
    outputs = {
        name: shape[1] if re.fullmatch(r"decoder.layers.[024]", name) else shape[0] for name, shape in shapes.items()
    }
    weights |= {f"{name}.bias": rng.normal(0, 0.3, count) for name, count in outputs.items()}
    return save({name: values.astype(np.float32) for name, values in weights.items()})


def stored(root: Path, results: Mapping[str, Mapping[int, RunResult]]) -> ResultsStore:
    """Write results into a folder in place of all that is there."""
    shutil.rmtree(root, ignore_errors=True)
    store = ResultsStore(root)
    for seeds in results.values():
        for result in seeds.values():
            weights = weights_of(result.run, result.seed) if _whole(result.run, result.seed) else None
            store.save(result, weights)
    return store


def _whole(run: str, seed: int) -> bool:
    return run in REFERENCE_RUNS and seed == FIRST_SEED


def _labels(info: DatasetInfo) -> Array:
    return np.repeat(np.arange(len(info.classes), dtype=np.uint8), PER_CLASS)


def _pixels(rng: np.random.Generator, *shape: int) -> Array:
    return rng.integers(0, 256, (*shape, 28, 28), dtype=np.uint8)


def _facts() -> dict[str, str]:
    return {
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "dirty": "no",
        "device": "CPU of a test, 2 threads",
        "python": "3.11.7",
        "torch": "2.15.0",
        "numpy": "2.4.6",
        "platform": "Linux x86_64",
        "finished": "2026-11-23T12:00:00Z",
    }


def _training(epochs: int) -> dict[str, object]:
    session = _facts() | {"started": "2026-11-23T11:00:00Z", "until": epochs}
    return {"training": [session], "epoch_seconds": [13.5] * epochs, "images_per_second": 4000.0}


def _dataset(
    info: DatasetInfo, rng: np.random.Generator
) -> tuple[dict[str, float], dict[str, Array], dict[str, list[float]]]:
    labels = _labels(info)
    classes = len(info.classes)
    scores = {"test_entropy": 189.86, "train_entropy": 188.28, "mean_image_bce": 385.0}
    for k, mse in ((2, 0.046), (10, 0.024), (50, 0.012)):
        scores |= {
            f"pca{k}_mse": mse,
            f"pca{k}_bce": 302.0 - k,
            f"pca{k}_variance": 0.4 + k / 120,
            f"pca{k}_sharpness": 0.1 + k / 150,
        }
    arrays = {
        "test_labels": labels,
        "test_entropy": rng.normal(190, 40, len(labels)).astype(np.float32),
        "fixed_images": _pixels(rng, classes * FIXED_PER_CLASS),
        "explored_images": _pixels(np.random.default_rng(7), len(labels) // 2),
        "fixed_indices": np.flatnonzero(np.arange(len(labels)) % PER_CLASS < FIXED_PER_CLASS).astype(np.int32),
        "train_counts": np.full(classes, 5400),
        "test_brightness": rng.uniform(0, 1, len(labels)).astype(np.float32),
        "test_length": rng.integers(8, 29, len(labels)).astype(np.float32),
        "test_width": rng.integers(8, 29, len(labels)).astype(np.float32),
    }
    if info.foreign:
        arrays["foreign_entropy"] = rng.normal(110, 20, FOREIGN).astype(np.float32)
    return scores, arrays, {}


def _classifier(
    info: DatasetInfo, spec: ClassifierSpec, rng: np.random.Generator
) -> tuple[dict[str, float], dict[str, Array], dict[str, list[float]]]:
    labels = _labels(info)
    predictions = np.where(rng.random(len(labels)) < 0.92, labels, (labels + 1) % len(info.classes)).astype(np.uint8)
    confusion = np.zeros((len(info.classes),) * 2, dtype=np.int64)
    np.add.at(confusion, (labels, predictions), 1)
    scores = {"test_accuracy": float((predictions == labels).mean()), "frechet_floor": 0.8, "parameters": 421_642.0}
    names = [f"{split}_{term}" for split in ("train", "validation") for term in ("cross_entropy", "error")]
    history = {name: list(np.linspace(0.6, 0.2, spec.epochs)) for name in names}
    return (
        scores,
        {"test_predictions": predictions, "confusion": confusion},
        {**history, "learning_rate": [2e-3] * spec.epochs},
    )


def _run(
    info: DatasetInfo, spec: RunSpec, rng: np.random.Generator, quality: float
) -> tuple[dict[str, float], dict[str, Array], dict[str, list[float]]]:
    labels = _labels(info).astype(int)
    n, classes, dim = len(labels), len(info.classes), spec.latent_dim
    few = n - PER_CLASS // 2  # some of every class, as images are in the order of their classes
    wobble = rng.normal(0, 0.1)
    bce = 250.0 - 4 * quality + wobble
    centres = np.random.default_rng(1).normal(0, 1 + quality / 10, (classes, dim))
    means = centres[labels] + rng.normal(0, 0.6, (n, dim))
    votes = np.array([rng.multinomial(10, _vote_shares(label, classes, quality)) for label in labels], dtype=np.uint8)
    arrays: dict[str, Array] = {
        "test_bce": rng.normal(bce, 30, n).astype(np.float32),
        "test_kl": rng.normal(6 + quality, 1, n).astype(np.float32),
        "test_mse": rng.uniform(0.01, 0.05, n).astype(np.float32) / np.float32(1 + quality / 5),
        "test_ssim": rng.uniform(0.4, 0.7, n).astype(np.float32),
        "test_sharpness": (rng.uniform(0.2, 0.4, n) + 0.04 * quality).astype(np.float32),
        "test_laplacian": (rng.uniform(0.1, 0.3, n) + 0.03 * quality).astype(np.float32),
        "latent_mean": (means if dim == 2 else means[:few]).astype(np.float16),
        "knn_votes": votes,
        "silhouette": rng.uniform(-0.4, 0.6, n).astype(np.float16),
        "pca_shares": np.sort(rng.dirichlet(np.ones(dim)))[::-1].astype(np.float32),
        "probe_classes": np.where(rng.random(n) < 0.7, labels, 0).astype(np.uint8),
        "recon_classes": np.where(rng.random(n) < 0.8, labels, 0).astype(np.uint8),
        "recon_entropy": rng.uniform(0, 1, n).astype(np.float16),
        "sample_images": _pixels(rng, 100),
        "sample_classes": rng.integers(0, classes, 500).astype(np.uint8),
        "sample_entropy": rng.uniform(0, 1.2, 500).astype(np.float16),
        "fixed_reconstructions": _pixels(rng, classes * FIXED_PER_CLASS),
        "interpolation_images": _pixels(rng, len(info.interpolations), 11),
        "interpolation_jump": rng.uniform(1, 3, 200).astype(np.float32),
        "interpolation_feature_jump": rng.uniform(1, 4, 200).astype(np.float32),
        "mixing_feature_jump": rng.uniform(1, 5, 200).astype(np.float32),
    }
    for name, loc in (("midpoint_density", 0.7), ("reconstruction_density", 1.0)):
        arrays[name] = rng.gamma(2, loc / 2, n).astype(np.float32)
    arrays["test_mean_bce"] = (arrays["test_bce"] - 0.5).astype(np.float32)
    if spec.deterministic:
        del arrays["test_kl"]
    else:
        arrays["test_deviation"] = rng.gamma(4, 0.1, n).astype(np.float32)
    if info.foreign:
        arrays["foreign_bce"] = rng.normal(300, 60, FOREIGN).astype(np.float32)
    if info.groups.get("footwear"):
        arrays["silhouette_footwear"] = rng.uniform(0.1, 0.8, n).astype(np.float16)
    if dim == 2:
        arrays["latent_logvar"] = rng.normal(-4, 0.3, (n, dim)).astype(np.float16)
        arrays["manifold"] = _pixels(rng, 21, 21)
    else:
        arrays["tsne"] = rng.normal(0, 20, (few, 2)).astype(np.float16)
        arrays["silhouette_pca"] = rng.uniform(-0.5, 0.4, few).astype(np.float16)
    scores, history = _scores(spec, rng, quality, bce), _history(spec.epochs, bce, rng)
    if spec.deterministic:
        scores = {name: value for name, value in scores.items() if name not in POSTERIOR}
        history = {name: values for name, values in history.items() if not name.endswith(("_kl", "_neg_elbo"))}
    return scores, arrays, history


def _vote_shares(label: int, classes: int, quality: float) -> Array:
    shares = np.full(classes, 0.03)
    shares[label] = 0.5 + quality / 20
    return shares / shares.sum()


def _scores(spec: RunSpec, rng: np.random.Generator, quality: float, bce: float) -> dict[str, float]:
    scores = {"parameters": 279_301.0 if spec.latent_dim == 2 else 574_309.0}
    for split, shift in (("train", -0.8), ("validation", 0.1), ("test", 0.0)):
        scores |= {
            f"{split}_bce": bce + shift,
            f"{split}_kl": 6 + quality,
            f"{split}_neg_elbo": bce + 6 + quality + shift,
        }
        scores[f"{split}_deviance"] = bce + shift - 189.86
    shares = ("knn_accuracy", "probe_accuracy", "hole_mass", "pca2_share", "sample_tv", "sample_precision", "recon_accuracy",
              "sample_recall", "sample_density", "sample_coverage", "trustworthiness_pca", "trustworthiness_tsne",
              "continuity_pca", "continuity_tsne", "ssim", "sharpness", "laplacian")  # fmt: skip
    scores |= {name: float(rng.uniform(0.05, 0.95)) for name in shares}
    positive = ("davies_bouldin", "fisher", "trace_within", "trace_between", "trace_total", "mutual_information",
                "aggregate_kl", "sample_frechet", "recon_frechet")  # fmt: skip
    scores |= {name: float(rng.uniform(0.5, 5)) for name in positive}
    scores |= {"mse": 0.03, "silhouette": 0.1, "silhouette_footwear": 0.4, "silhouette_pca": 0.05}
    active = 2.0 if spec.latent_dim == 2 else 12.0
    return scores | {
        "active_units": active, "iwae": bce + 5, "iwae_neg_elbo": bce + 6, "posterior_deviation": float(rng.uniform(0, 1)),
    }  # fmt: skip


def _history(epochs: int, bce: float, rng: np.random.Generator) -> dict[str, list[float]]:
    epoch = np.arange(1, epochs + 1)
    history: dict[str, list[float]] = {"learning_rate": [2e-3] * epochs}
    for split, shift in (("train", 0.0), ("validation", 1.0)):
        curve = bce + shift + 15 / epoch + rng.normal(0, 0.05, epochs)
        history[f"{split}_bce"] = list(curve)
        history[f"{split}_kl"] = list(6 - 0.5 / epoch)
        history[f"{split}_neg_elbo"] = list(curve + 6 - 0.5 / epoch)
        history[f"{split}_deviance"] = list(curve - 189.86)
    return history
