"""Runs trained again are held to the last bit where the setup is the same, else to tolerances that other trainings fail."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vae.tiny import make_result
from vae.reproduction.reproduce import SETUP, Comparison, compare
from vae.reproduction.tolerances import ARRAYS, EXACT, HISTORY, SCORES, UNKNOWN, Measure, tolerance_of
from vae.storage.results import RunResult
from vae.storage.store import ResultsStore

PUBLISHED = ResultsStore(Path(__file__).parents[3] / "results")
FACTS = {field: "CPU" if field == "device" else "x" for field in SETUP}


def made(facts: dict[str, str] | None = None, **parts: Any) -> RunResult:
    """A result of a recorded setup, with some parts replaced."""
    facts = FACTS if facts is None else facts
    provenance = {"training": [facts | {"until": 2}], "evaluation": facts | {"seconds": 1.0}}
    arrays = {"test_bce": np.arange(5, dtype=np.float32), "latent_mean": np.zeros((5, 2), np.float16)}
    whole: dict[str, Any] = {
        "provenance": provenance,
        "arrays": arrays,
        "scores": {"mse": 1.0, "test_bce": 2.0},
        **parts,
    }
    return dataclasses.replace(make_result(), **whole)


def outside(comparison: Comparison) -> list[str]:
    """The names of what is outside, without the values."""
    return [sentence.split(":")[0] for sentence in comparison.outside]


def test_the_same_numbers_are_identical() -> None:
    comparison = compare(made(), made())
    assert (comparison.setup, comparison.outside) == ((), [])
    assert all(check.identical for check in comparison.checks)
    assert sum(check.compared for check in comparison.checks) == 2 + 2 * 2 + 5 + 10
    assert "must be identical" in next(comparison.lines())


@pytest.mark.parametrize(("part", "values", "named"), [
    ("scores", {"mse": np.nextafter(1.0, 2.0), "test_bce": 2.0}, "score mse"),
    ("history", {"train_bce": [3.0, np.nextafter(2.0, 3.0)], "learning_rate": [0.002, 0.002]}, "history train_bce, epoch 2"),
    ("arrays", {"test_bce": np.array([0, 1, 2, np.nextafter(np.float32(3), np.float32(4)), 4], np.float32),
                "latent_mean": np.zeros((5, 2), np.float16)}, "array test_bce[3]"),
    ("scores", {"mse": 1.0}, "score test_bce"),
    ("scores", {"mse": 1.0, "test_bce": 2.0, "iwae": 1.0}, "score iwae"),
    ("history", {"train_bce": [3.0], "learning_rate": [0.002, 0.002]}, "history train_bce"),
    ("arrays", {"test_bce": np.arange(5, dtype=np.float64), "latent_mean": np.zeros((5, 2), np.float16)}, "array test_bce"),
])  # fmt: skip
def test_in_the_same_setup_the_last_bit_counts_and_is_named(part: str, values: dict[str, Any], named: str) -> None:
    assert outside(compare(made(), made(**{part: values}))) == [named]


def test_what_is_outside_says_published_found_and_tolerance() -> None:
    (sentence,) = compare(made(), made(scores={"mse": 1.5, "test_bce": 2.0})).outside
    assert sentence == "score mse: published 1, found 1.5, difference 0.5, tolerance 0"
    arrays = {"test_bce": np.array([0, 1.5, 2, 6, 4], np.float32), "latent_mean": np.zeros((5, 2), np.float16)}
    (sentence,) = compare(made(), made(arrays=arrays)).outside
    assert "array test_bce[3]: published 3, found 6, difference 3, tolerance 0 (2 of 5 are outside" in sentence


@pytest.mark.parametrize("field", SETUP)
def test_each_fact_of_the_setup_counts(field: str) -> None:
    other = compare(made(), made(FACTS | {field: "CPU y"}))
    assert other.setup == tuple(
        f"{stage}: {field} {FACTS[field]} then, CPU y now" for stage in ("training", "evaluation")
    )
    unknown = compare(made({name: fact for name, fact in FACTS.items() if name != field}), made())
    assert all(f"not recorded of the published one: {field}" in line for line in unknown.setup)
    assert len(unknown.setup) == 2


def test_one_session_elsewhere_is_another_setup() -> None:
    provenance = {"training": [FACTS, FACTS | {"device": "CPU, 2 threads"}], "evaluation": FACTS}
    assert compare(made(provenance=provenance), made()).setup == (
        "training: device CPU and CPU, 2 threads then, CPU now",
    )


def test_a_gpu_promises_nothing() -> None:
    facts = FACTS | {"device": "NVIDIA"}
    assert len(compare(made(facts), made(facts)).setup) == 2
    assert "on a GPU" in compare(made(facts), made(facts)).setup[0]


ELSEWHERE = FACTS | {"torch": "other"}


def test_elsewhere_numbers_are_held_to_their_tolerances() -> None:
    near = compare(made(), made(ELSEWHERE, scores={"mse": 1.049, "test_bce": 2.029}))
    assert near.outside == []
    assert "torch x then, other now" in "\n".join(near.lines())
    assert "Tolerance 1.5 %" in "\n".join(near.lines())
    far = compare(made(), made(ELSEWHERE, scores={"mse": 1.051, "test_bce": 2.031}))
    assert outside(far) == ["score mse", "score test_bce"]
    assert "tolerance 0.03" in far.outside[1]


@pytest.mark.parametrize(("name", "measure", "inside", "beyond"), [
    # 1,000 numbers of standard deviation 1: shifted, dealt out anew, altered in part.
    ("test_bce", Measure.MEAN, lambda a: a + 0.29, lambda a: a + 0.31),
    ("test_bce", Measure.MEAN, lambda a: a, lambda a: a[::-1]),
    ("midpoint_density", Measure.SORTED, lambda a: a[::-1], lambda a: a + 0.7),
    ("tsne", Measure.STEPS, lambda a: -a[:, ::-1], lambda a: 1.5 * a),
    ("recon_classes", Measure.UNEQUAL, lambda a: a + (np.arange(1000) < 299), lambda a: a + (np.arange(1000) < 301)),
    ("pca_shares", Measure.EACH, lambda a: a + 0.07, lambda a: a + 0.09 * (np.arange(1000) == 7)),
    ("test_labels", Measure.EACH, lambda a: a, lambda a: a + (np.arange(1000) == 7)),
])  # fmt: skip
def test_each_measure_tells_drift_from_another_thing(name: str, measure: Measure, inside: Any, beyond: Any) -> None:
    numbers = np.random.default_rng(0).normal(size=1_000)
    values = (
        np.stack([numbers, numbers[::-1]], axis=1) if name == "tsne" else (numbers - numbers.mean()) / numbers.std()
    )
    assert tolerance_of(name, ARRAYS).measure is measure

    def found(change: Any) -> Comparison:
        return compare(made(arrays={name: values}), made(ELSEWHERE, arrays={name: change(values)}))

    assert found(inside).outside == []
    assert len(found(beyond).outside) == 1


def test_a_deviance_is_held_to_the_tolerance_of_its_bce() -> None:
    published = made(scores={"test_bce": 200.0, "test_deviance": 10.0})
    assert compare(published, made(ELSEWHERE, scores={"test_bce": 202.9, "test_deviance": 12.9})).outside == []
    far = compare(published, made(ELSEWHERE, scores={"test_bce": 203.1, "test_deviance": 13.1}))
    assert outside(far) == ["score test_bce", "score test_deviance"]


def test_what_is_not_finite_is_outside_and_what_is_constant_may_round() -> None:
    def arrays(value: float) -> dict[str, Any]:
        return {"test_bce": np.full(5, value)}

    assert compare(made(arrays=arrays(3.0)), made(ELSEWHERE, arrays=arrays(3.0 + 1e-7))).outside == []
    assert len(compare(made(arrays=arrays(3.0)), made(ELSEWHERE, arrays=arrays(3.1))).outside) == 1
    assert len(compare(made(arrays=arrays(3.0)), made(ELSEWHERE, arrays=arrays(np.nan))).outside) == 1
    assert compare(made(arrays={"tsne": np.zeros((0, 2))}), made(arrays={"tsne": np.zeros((0, 2))})).outside == []


def published(run: str, seed: int = 42) -> RunResult:
    return PUBLISHED.load(run, seed)


def test_every_published_number_has_a_tolerance() -> None:
    for run, seeds in PUBLISHED.stored().items():
        result = published(run, seeds[0])
        for names, table in ((result.scores, SCORES), (result.history, HISTORY), (result.arrays, ARRAYS)):
            for name in names:
                assert tolerance_of(name, table) is not UNKNOWN, f"{run}: {name}"
    assert tolerance_of("no_such_score", SCORES) is UNKNOWN
    assert tolerance_of("parameters", SCORES) is EXACT


def elsewhere(run: str, seed: int = 42, epochs: int | None = None) -> RunResult:
    """A published result as if another machine had made it: it is held to tolerances, whatever made the others.

    epochs: the first so many of its history.
    """
    result = published(run, seed)
    made = {
        "training": [session | {"platform": "elsewhere"} for session in result.provenance["training"]],
        "evaluation": result.provenance["evaluation"] | {"platform": "elsewhere"},
    }
    history = {name: values[:epochs] for name, values in result.history.items()}
    return dataclasses.replace(result, provenance=made, history=history)


def beyond_tolerance(comparison: Comparison) -> set[str]:
    """The names of numbers that both have and that are too far apart: not what only one of them stores."""
    assert comparison.setup
    return {check.name for check in comparison.checks if check.outside}


@pytest.mark.parametrize("run", ["e10", "e10-l50"])
def test_another_seed_is_not_the_run(run: str) -> None:
    found = beyond_tolerance(compare(published(run), elsewhere(run, 43)))
    assert {"array latent_mean", "array sample_images", "array sample_classes"} <= found
    assert beyond_tolerance(compare(published(run), elsewhere(run))) == set()


@pytest.mark.parametrize("run", ["e10-mean", "e10-stopped", "e10-b0", "e10-b100", "e10-ae", "e50"])
def test_another_objective_or_a_longer_training_is_not_the_run(run: str) -> None:
    assert beyond_tolerance(compare(published("e10"), elsewhere(run, epochs=10)))
