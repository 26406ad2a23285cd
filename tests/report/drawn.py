"""Results in which every number may fall anywhere in its legal range: better or worse than chance, tied, zero, collapsed.

Made from plausible ones (tests/report/synthetic.py) by drawing each quantity of each run anew. What is the sum or the mean
of others stays so: −ELBO = BCE + KL, deviance = BCE − entropy, no loss below its floor.
"""

import dataclasses
import math
from collections.abc import Mapping

import numpy as np

from tests.report.synthetic import synthetic_results
from vae.data.datasets import dataset_info
from vae.grid import Grid
from vae.spec import RunSpec
from vae.storage.results import Array, RunResult

SHARE, CORRELATION = (0.0, 1.0), (-1.0, 1.0)
STEPS = (1.0, 1_000.0)  # largest step over median step: vae/metrics/paths.py
ARRAYS = {
    "test_kl": (0.0, 200.0), "test_mse": SHARE, "test_ssim": CORRELATION, "test_sharpness": (0.0, 3.0),
    "test_laplacian": (0.0, 5.0), "silhouette": CORRELATION, "silhouette_footwear": CORRELATION,
    "silhouette_pca": CORRELATION, "recon_entropy": (0.0, math.log(10)), "sample_entropy": (0.0, math.log(10)),
    "interpolation_jump": STEPS, "interpolation_feature_jump": STEPS, "mixing_feature_jump": STEPS,
    "midpoint_density": (0.0, 5.0), "reconstruction_density": (0.0, 5.0), "test_deviation": (0.0, 3.0),
    "latent_logvar": (-14.0, 4.0), "tsne": (-80.0, 80.0),
}  # fmt: skip
SCORES = {
    **dict.fromkeys(("knn_accuracy", "probe_accuracy", "hole_mass", "pca2_share", "sample_tv", "sample_precision",
                     "sample_recall", "sample_coverage", "recon_accuracy", "trustworthiness_pca", "trustworthiness_tsne",
                     "continuity_pca", "continuity_tsne"), SHARE),
    "sample_density": (0.0, 5.0), "davies_bouldin": (1e-3, 1_000.0), "fisher": (0.0, 200.0),
    "mutual_information": (0.0, math.log(10_000)), "aggregate_kl": (0.0, 200.0), "sample_frechet": (1e-3, 2_000.0),
    "recon_frechet": (1e-3, 2_000.0), "posterior_deviation": (0.0, 3.0),
}  # fmt: skip
DEVIANCES = (0.0, 400.0)  # nats; the mean image has 195
LOOSENESS = (0.0, 30.0)
SECONDS = (0.05, 4_000.0)
SPREADS = (0.0, 0.002, 0.3)  # of the width of a range: ties, clear effects, noise


def drawn_results(grid: Grid, rng: np.random.Generator) -> dict[str, dict[int, RunResult]]:
    """Return results by run and seed, every number of the VAE runs drawn from its range; some runs are twins of others."""
    results = synthetic_results(grid, rng)
    data = results[grid.dataset.name]
    entropy = next(iter(data.values()))
    drawn = dict(results)
    for spec in grid.runs:
        twin = drawn[rng.choice([other.name for other in grid.runs if other.model == spec.model])]
        drawn[spec.name] = (
            _as_twin(results[spec.name], twin)
            if rng.random() < 0.1
            else _Draw(grid, spec, entropy, rng).seeds(results[spec.name])
        )
    return drawn


def _as_twin(results: Mapping[int, RunResult], twin: Mapping[int, RunResult]) -> dict[int, RunResult]:
    """Return results with the numbers of another run where they have the same: every difference is zero."""
    return {
        seed: dataclasses.replace(
            result,
            scores={name: twin[seed].scores.get(name, value) for name, value in result.scores.items()},
            arrays={name: twin[seed].arrays.get(name, value) for name, value in result.arrays.items()},
        )
        for seed, result in results.items()
    }


class _Draw:
    """One run: each quantity has a place in its range, around which seeds and images vary."""

    def __init__(self, grid: Grid, spec: RunSpec, data: RunResult, rng: np.random.Generator) -> None:
        self.spec, self.rng, self.data = spec, rng, data
        self.info = dataset_info(grid.dataset.dataset)
        self.places: dict[str, tuple[float, float, float]] = {}
        self.collapsed = bool(rng.random() < 0.2)
        self.constant = bool(rng.random() < 0.5)  # of a collapsed latent: no image differs from another
        self.cloud = rng.choice(["classes", "coincident", "line"])
        self.reach = float(rng.choice([0.01, 1.0, 30.0]))
        self.widths = 10.0 ** -rng.uniform(0, rng.choice([0, 2]), spec.latent_dim)
        self.vote_shares = rng.dirichlet(np.full(len(self.info.classes), 0.3))
        self.own = float(rng.choice([0.0, rng.random(), 0.9, 1.0]))

    def seeds(self, results: Mapping[int, RunResult]) -> dict[int, RunResult]:
        return {seed: self.result(result) for seed, result in results.items()}

    def place(self, name: str, low: float, high: float) -> tuple[float, float, float]:
        """Return centre, spread between seeds and spread between images of a quantity; the same for all seeds."""
        if name not in self.places:
            inside = self.rng.uniform(low, high)
            near = low + (high - low) * 10 ** self.rng.uniform(-4, 0)
            centre = float(self.rng.choice([low, high, inside, near]))
            spreads = self.rng.choice(SPREADS, 2) * (high - low)
            self.places[name] = (centre, float(spreads[0]), float(spreads[1]))
        return self.places[name]

    def score(self, name: str, low: float, high: float) -> float:
        centre, between, _ = self.place(name, low, high)
        return float(np.clip(centre + between * self.rng.standard_normal(), low, high))

    def array(self, name: str, shape: tuple[int, ...], low: float, high: float) -> Array:
        centre, between, within = self.place(name, low, high)
        values = centre + between * self.rng.standard_normal() + within * self.rng.standard_normal(shape)
        return np.clip(values, low, high)

    def losses(self, name: str, floor: Array) -> Array:
        """Return BCEs of images with these entropies."""
        return (floor + self.array(name, floor.shape, *DEVIANCES)).astype(np.float32)

    def result(self, result: RunResult) -> RunResult:
        arrays = dict(result.arrays)
        for name, bounds in ARRAYS.items():
            if name in arrays:
                arrays[name] = self.array(name, arrays[name].shape, *bounds).astype(arrays[name].dtype)
        entropy = self.data.array("test_entropy")
        arrays |= {name: self.losses(name, entropy) for name in ("test_bce", "test_mean_bce")}
        if "foreign_bce" in arrays:
            arrays["foreign_bce"] = self.losses("foreign_bce", self.data.array("foreign_entropy"))
        arrays |= self.latent(len(arrays["latent_mean"])) | self.classes(arrays)
        history = self.history({name: len(values) for name, values in result.history.items()})
        scores = self.scores(result.scores, arrays)
        seconds = [self.score("seconds", *SECONDS) for _ in range(self.spec.epochs)]
        provenance = dict(result.provenance) | {"epoch_seconds": seconds}
        return dataclasses.replace(result, arrays=arrays, scores=scores, history=history, provenance=provenance)

    def latent(self, images: int) -> dict[str, Array]:
        labels, dim = self.data.array("test_labels")[:images], self.spec.latent_dim
        centres = np.random.default_rng(2).normal(0, 1, (len(self.info.classes), dim))
        centres = {"classes": centres, "coincident": np.zeros_like(centres), "line": centres[:, :1]}[self.cloud]
        means = (
            self.reach
            * self.widths
            * (centres[labels] + self.rng.normal(0, 0.5, (len(labels), 1 if self.cloud == "line" else dim)))
        )
        shares = np.sort(self.rng.dirichlet(np.full(dim, self.rng.choice([0.05, 1.0, 100.0]))))[::-1]
        if self.collapsed:
            means = 0.01 + (0.0 if self.constant else 1e-4) * self.rng.normal(0, 1, (len(labels), dim))
            shares = shares * (not self.constant)
        return {
            "latent_mean": np.broadcast_to(means, (len(labels), dim)).astype(np.float16),
            "pca_shares": shares.astype(np.float32),
        }

    def classes(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """Return what neighbours and classifier see: from always the true class to always one other."""
        labels = self.data.array("test_labels").astype(int)
        shares = (1 - self.own) * self.vote_shares + self.own * np.eye(len(self.info.classes))[labels]
        votes = [self.rng.multinomial(10, row / row.sum()) for row in shares]
        seen = np.where(self.rng.random(len(labels)) < self.own, labels, self.vote_shares.argmax())
        sampled = self.rng.choice(len(self.info.classes), len(arrays["sample_classes"]), p=self.vote_shares)
        return {
            "knn_votes": np.array(votes, dtype=np.uint8),
            "probe_classes": seen.astype(np.uint8),
            "recon_classes": seen.astype(np.uint8),
            "sample_classes": sampled.astype(np.uint8),
        }

    def history(self, lengths: Mapping[str, int]) -> dict[str, list[float]]:
        """Return curves that fall, rise, stand still or wander."""
        curves: dict[str, list[float]] = {}
        for split in ("train", "validation"):
            n = lengths[f"{split}_bce"]
            slope, noise = self.score("slope", -5.0, 5.0), self.score("wander", 0.0, 20.0)
            curve = np.maximum(self.score(f"{split}_end", *DEVIANCES) + slope * np.arange(n)[::-1], 0.0)
            curve += np.abs(noise * self.rng.standard_normal(n))
            kl = self.array(f"{split}_kl_history", (n,), 0.0, 200.0)
            floor = self.data.score("train_entropy")
            curves |= {f"{split}_deviance": list(curve), f"{split}_bce": list(curve + floor), f"{split}_kl": list(kl),
                       f"{split}_neg_elbo": list(curve + floor + kl)}  # fmt: skip
        curves["learning_rate"] = [self.spec.training.learning_rate] * lengths["learning_rate"]
        return {name: [float(v) for v in curves[name]] for name in lengths}

    def scores(self, old: Mapping[str, float], arrays: Mapping[str, Array]) -> dict[str, float]:
        new = {name: self.score(name, *bounds) for name, bounds in SCORES.items()}
        deviances = {split: self.score(f"{split}_deviance", *DEVIANCES) for split in ("train", "validation")}
        deviances["test"] = float((arrays["test_bce"] - self.data.array("test_entropy")).mean(dtype=np.float64))
        for split, deviance in deviances.items():
            bce = deviance + self.data.score("test_entropy" if split == "test" else "train_entropy")
            kl = self.score(f"{split}_kl", 0.0, 200.0)
            if split == "test" and "test_kl" in arrays:
                kl = float(arrays["test_kl"].mean(dtype=np.float64))
            new |= {
                f"{split}_deviance": deviance,
                f"{split}_bce": bce,
                f"{split}_kl": kl,
                f"{split}_neg_elbo": bce + kl,
            }
        new["iwae_neg_elbo"] = new["test_neg_elbo"]
        new["iwae"] = new["iwae_neg_elbo"] - self.score("looseness", *LOOSENESS)
        new["active_units"] = float((arrays["latent_mean"].astype(np.float64).var(axis=0) > 0.01).sum())
        if self.collapsed and self.constant:
            new["pca2_share"] = 0.0
        for name in ("ssim", "sharpness", "laplacian", "mse"):
            new[name] = float(np.median(arrays[f"test_{name}"]))
        return {name: new.get(name, value) for name, value in old.items()}
