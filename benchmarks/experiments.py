"""Experiments whose truth is known: results of imaginary trainings, drawn as the engine of the claims supposes them.

A measurement of a snapshot, a seed and an image is the sum of what snapshots of one trajectory share (their seed's and
their image's effect, which pairing takes out), of a seed's and an image's own response to more training, and of noise
that belongs to seed and image together. Images are drawn anew in every experiment, as a test set is; so are seeds.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from report.judging.sample import Sample
from report.pages.espaco_latente.evolution import accuracy_gain
from report.pages.experimentos.claims import gain_ratio
from report.pages.reconstrucoes.claims import error_gap, least_kept_class, sharpness_gap
from vae.storage.results import Array

CLASSES = 10
VOTES = 10
BEFORE, AFTER, LAST = "e10", "e50", "e100"
JUDGE = "classifier"
SHARED = 3.0  # effects that two snapshots share, in units of a seed's or an image's own response to more training

Arrays = Mapping[str, Array]  # by name, (S, n) and on
Draw = Callable[[np.random.Generator, int, int], Mapping[str, Arrays]]


@dataclasses.dataclass(frozen=True)
class Experiment:
    """A claim's statistic on imaginary results.

    draw: generator, seeds, images -> arrays by run and name, (S, n, ...). truth: what the statistic is on average over
    trainings, on endless test images. alone: the same of each run by itself, for who forgets that they are paired.
    """

    statistic: Callable[..., Array]
    needs: tuple[str, ...]
    draw: Draw
    truth: float
    side: Literal["above", "below"] = "above"
    alone: Callable[[Sample], Array] | None = None


def normal(rng: np.random.Generator, *shape: int) -> Array:
    """Return normal numbers of mean 0 and standard deviation 1."""
    return rng.standard_normal(shape)


def heavy(rng: np.random.Generator, *shape: int) -> Array:
    """Return numbers of mean 0, standard deviation 1 and heavy tails: Student's t with 3 degrees of freedom."""
    return rng.standard_t(3, shape) / np.sqrt(3)


def failing(rng: np.random.Generator, *shape: int) -> Array:
    """Return numbers of mean 0 and standard deviation 1, of which one in ten lies far below: a training that failed."""
    failed = rng.random(shape) < 0.1
    return (np.where(failed, -4.0, 0.0) + 0.4 + 0.4 * rng.standard_normal(shape)) / np.sqrt(0.4**2 + 0.09 * 4.0**2)


def means(
    seed_sd: float, image_sd: float, noise_sd: float,
    seeds: Callable[..., Array] = normal, images: Callable[..., Array] = normal,
) -> Experiment:  # fmt: skip
    """Return a difference of means between two snapshots: the first responds, the second is what they share."""
    truth = 1.0

    def draw(rng: np.random.Generator, n_seeds: int, n_images: int) -> Mapping[str, Arrays]:
        common = SHARED * (seed_sd * normal(rng, n_seeds, 1) + image_sd * images(rng, 1, n_images))
        response = seed_sd * seeds(rng, n_seeds, 1) + image_sd * images(rng, 1, n_images)
        noise = noise_sd * normal(rng, n_seeds, n_images)
        return {AFTER: {"test_mse": common + truth + response + noise}, BEFORE: {"test_mse": common}}

    return Experiment(error_gap, (AFTER, BEFORE), draw, truth)


def error_alone(run: Sample) -> Array:
    """Mean squared error of a run by itself."""
    return run.mean("test_mse")


def medians() -> Experiment:
    """Return a difference of medians of a skewed ratio (lognormal over images), as sharpness is."""
    base, growth, shared_sd, seed_sd = 0.3, 1.1, 0.05, 0.04

    def draw(rng: np.random.Generator, n_seeds: int, n_images: int) -> Mapping[str, Arrays]:
        before = base * np.exp(shared_sd * normal(rng, n_seeds, 1) + 0.6 * normal(rng, 1, n_images))
        response = seed_sd * normal(rng, n_seeds, 1) + 0.3 * normal(rng, 1, n_images)
        noise = 0.1 * normal(rng, n_seeds, n_images)
        return {
            AFTER: {"test_sharpness": before * growth * np.exp(response + noise)},
            BEFORE: {"test_sharpness": before},
        }

    # A lognormal's median is exp of its mean; the mean over seeds of exp(sd x normal) is exp(sd^2 / 2).
    truth = base * np.exp(shared_sd**2 / 2) * (growth * np.exp(seed_sd**2 / 2) - 1)
    return Experiment(
        sharpness_gap, (AFTER, BEFORE), draw, float(truth), alone=lambda run: run.median("test_sharpness")
    )


def gains() -> Experiment:
    """Return a ratio of the gains of two stretches of one trajectory."""
    truth = 0.25

    def draw(rng: np.random.Generator, n_seeds: int, n_images: int) -> Mapping[str, Arrays]:
        first = 8 * np.exp(0.1 * normal(rng, n_seeds, 1))
        second = (truth + 0.03 * normal(rng, n_seeds, 1)) * first
        # Some images gain much, most gain little: Gamma(2) / 2 has mean 1 and a long tail.
        uneven = [rng.gamma(2.0, 0.5, (1, n_images)) for _ in range(2)]
        start = 240 + 60 * normal(rng, 1, n_images) + 3 * normal(rng, n_seeds, 1)
        middle = start - first * uneven[0] - normal(rng, n_seeds, n_images)
        end = middle - second * uneven[1] - normal(rng, n_seeds, n_images)
        divergence = 6 + normal(rng, 1, n_images)
        return {
            run: {"test_bce": bce, "test_kl": np.repeat(divergence, n_seeds, axis=0)}
            for run, bce in ((BEFORE, start), (AFTER, middle), (LAST, end))
        }

    return Experiment(gain_ratio, (BEFORE, AFTER, LAST), draw, truth, side="below")


def neighbours() -> Experiment:
    """Return a growth of the share of images whose nearest neighbours are mostly of their class."""
    gain = 0.03

    def draw(rng: np.random.Generator, n_seeds: int, n_images: int) -> Mapping[str, Arrays]:
        ease = rng.choice([0.3, 0.6, 0.85], (1, n_images)) + rng.uniform(-0.04, 0.04, (n_seeds, 1))
        response = gain + rng.uniform(-0.02, 0.02, (n_seeds, 1)) + rng.uniform(-0.03, 0.03, (1, n_images))
        luck = rng.random((n_seeds, n_images))  # of one trajectory: an image near its kind stays there
        return {
            run: {"knn_votes": _votes(rng, luck < chance)} for run, chance in ((BEFORE, ease), (AFTER, ease + response))
        }

    return Experiment(accuracy_gain, (BEFORE, AFTER), draw, 100 * gain, alone=lambda run: 100 * run.knn_accuracy())


def least(others: float) -> Experiment:
    """Return the least of ten classes' shares: one class has 0.5, the others have `others` (0.5: all are tied)."""
    chances = np.where(np.arange(CLASSES) == 3, 0.5, others)

    def draw(rng: np.random.Generator, n_seeds: int, n_images: int) -> Mapping[str, Arrays]:
        labels = classes_of(n_images)
        chance = chances[labels] + rng.uniform(-0.03, 0.03, (n_seeds, 1)) + rng.uniform(-0.1, 0.1, (1, n_images))
        agree = rng.random((n_seeds, n_images)) < chance
        return {
            BEFORE: {"recon_classes": np.where(agree, labels, (labels + 1) % CLASSES)},
            JUDGE: {"test_predictions": np.repeat(labels[None], n_seeds, axis=0)},
        }

    return Experiment(least_kept_class, (BEFORE, JUDGE), draw, 50.0)


def classes_of(n_images: int) -> Array:
    """Return the classes of the test images, (n,): all equally frequent."""
    return (np.arange(n_images) % CLASSES).astype(np.uint8)


def _votes(rng: np.random.Generator, right: Array) -> Array:
    """Return neighbours' votes (S, n, C): a majority for the image's class where it is right, else for the next class."""
    labels = classes_of(right.shape[1])
    most = rng.integers(VOTES // 2 + 1, VOTES + 1, right.shape)
    votes = np.zeros((*right.shape, CLASSES), dtype=np.uint8)
    rows, columns = np.indices(right.shape)
    votes[rows, columns, labels] = np.where(right, most, VOTES - most)
    votes[rows, columns, (labels + 1) % CLASSES] = np.where(right, VOTES - most, most)
    return votes
