"""Many claims judged together, their truths known: how often one false decision comes through."""

import dataclasses
import functools
import math
from collections.abc import Mapping

import numpy as np

from benchmarks.experiments import AFTER, Arrays, Experiment, normal
from benchmarks.trials import Trial, by_engine, by_images, by_satterthwaite, by_seeds, claim_of, samples_of
from report.judging.bootstrap import ratio_of_sums
from report.judging.calibration import Family
from report.judging.claims import VerdictKind, judge
from report.judging.sample import Sample
from vae.storage.results import Array

# Which part of an estimate's variance the seeds make, claim by claim: what is not known beforehand.
SEED_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
METHODS = {"engine": by_engine, "seeds": by_seeds, "images": by_images, "satterthwaite": by_satterthwaite}
UNCORRECTED = "uncorrected"  # the engine, each claim judged as if it were alone


@dataclasses.dataclass(frozen=True)
class Design:
    """A family of claims that each say that a difference lies above nothing.

    The first `effects` of them are true, by `size` standard errors; the others lie on their margin. shared: share of the
    variance of every estimate that is the same chance in all claims, as they rest on the same trainings and images.
    """

    claims: int
    effects: int = 0
    size: float = 0.0
    shared: float = 0.0

    def draw(self, rng: np.random.Generator, n_seeds: int, n_images: int) -> Mapping[str, Arrays]:
        """Return the paired differences, (S, n, claims); the mean of each over seeds and images has standard error 1."""
        share = np.resize(SEED_SHARES, self.claims)
        by_seed = np.sqrt(share * n_seeds) * self._chance(rng, n_seeds, 1)
        by_image = np.sqrt((1 - share) * n_images) * self._chance(rng, 1, n_images)
        centre = np.where(np.arange(self.claims) < self.effects, self.size, 0.0)
        return {AFTER: {"differences": (centre + by_seed + by_image).astype(np.float32)}}

    def experiments(self) -> dict[str, Experiment]:
        """Return an experiment a claim, by claim id; all are drawn together."""
        return {
            str(index): Experiment(functools.partial(difference, index=index), (AFTER,), self.draw, 0.0)
            for index in range(self.claims)
        }

    def _chance(self, rng: np.random.Generator, *shape: int) -> Array:
        """Return normal numbers (*shape, claims) of variance 1, a part of them common to all claims."""
        own, common = normal(rng, *shape, self.claims), normal(rng, *shape, 1)
        return math.sqrt(1 - self.shared) * own + math.sqrt(self.shared) * common


def difference(run: Sample, index: int) -> Array:
    """Mean of a paired difference."""
    if "means" not in run.cache:  # of all claims at once
        differences = run.array("differences")
        weights = run.weights(len(differences))
        run.cache["means"] = ratio_of_sums(weights @ differences, weights.sum(axis=1, keepdims=True))
    run.used.add(len(run.array("differences")))
    return run.cache["means"][:, index]


def count(
    name: str, design: Design, n_seeds: int, n_images: int, repetitions: int, resamples: int, rng: np.random.Generator
) -> Family:
    """Return how often each method decided anything falsely, and which share of the true claims it confirmed."""
    experiments = design.experiments()
    claims = [claim_of(experiment, 0.0, key) for key, experiment in experiments.items()]
    true = {str(index) for index in range(design.effects)}
    erred = dict.fromkeys((*METHODS, UNCORRECTED), 0)
    found = dict.fromkeys((*METHODS, UNCORRECTED), 0)
    for _ in range(repetitions):
        samples = samples_of(design.draw(rng, n_seeds, n_images), n_images, resamples)
        trials = {key: Trial(*samples.replicates(e.statistic, *e.needs)) for key, e in experiments.items()}
        measured = {label: {key: by(trial, 0.0) for key, trial in trials.items()} for label, by in METHODS.items()}
        verdicts = {label: judge(claims, estimates) for label, estimates in measured.items()}
        verdicts[UNCORRECTED] = {}
        for claim in claims:
            verdicts[UNCORRECTED] |= judge([claim], measured["engine"])
        for label, judged in verdicts.items():
            erred[label] += any(
                each.kind is VerdictKind.REFUTED or (each.kind is VerdictKind.CONFIRMED and key not in true)
                for key, each in judged.items()
            )
            found[label] += sum(judged[key].kind is VerdictKind.CONFIRMED for key in true)
    shares = {label: round(total / (repetitions * len(true)), 4) for label, total in found.items()} if true else {}
    return Family(name, n_seeds, n_images, repetitions, design.claims, design.effects, design.size, erred, shares)
