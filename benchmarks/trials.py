"""One claim judged over and over on experiments of known truth, by the report's engine and by ways to err."""

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from scipy import special

from benchmarks.experiments import JUDGE, Arrays, Experiment, classes_of
from report.judging.calibration import Counts
from report.judging.claims import Claim, VerdictKind, judge
from report.judging.statistics import (
    ALPHA,
    Errors,
    Estimate,
    Samples,
    crossed_errors,
    estimate_crossed,
    half_width,
    two_sided_p,
)
from vae.data.datasets import FASHION_MNIST
from vae.spec import DatasetSpec
from vae.storage.results import Array, Keys, RunResult

EFFECT = 4.0  # size of the effects looked for, in standard deviations of the estimates

Rows = Mapping[int, Array]  # a statistic's replicates (B,) or (B, k) by seed, the original sample in row 0


@dataclasses.dataclass(frozen=True)
class Trial:
    """What an experiment gave: the rows of its statistic, those of each run alone, and how many images they rest on."""

    rows: Rows
    images: int
    alone: tuple[Rows, ...] = ()

    @functools.cached_property
    def value(self) -> float:
        """The mean over seeds of the original sample's values."""
        return float(np.mean([rows[0] for rows in self.rows.values()]))

    @functools.cached_property
    def errors(self) -> Errors:
        """The errors of the value, of the seeds and of the images."""
        return crossed_errors(_table(self.rows), self.images)


Method = Callable[[Trial, float], Estimate]  # the estimate against a margin


def count(
    experiment: Experiment, n_seeds: int, n_images: int, repetitions: int, resamples: int, rng: np.random.Generator
) -> dict[str, Counts]:
    """Return how often each method did what, in this many experiments: "engine" and its competitors."""
    trials = list(repeat(experiment, n_seeds, n_images, repetitions, resamples, rng))
    # With the margin where the truth lies, any decision is a false one.
    null = claim_of(experiment, experiment.truth)
    estimates = {name: [by(trial, null.margin) for trial in trials] for name, by in methods_for(trials[0]).items()}
    spread = float(np.std([measured.value for measured in estimates["engine"]], ddof=1))
    towards = 1 if experiment.side == "above" else -1
    easy = claim_of(experiment, experiment.truth - towards * EFFECT * spread)
    counts = {}
    for name, by in methods_for(trials[0]).items():
        kinds = [verdict(null, measured) for measured in estimates[name]]
        counts[name] = Counts(
            covered=sum(measured.low <= experiment.truth <= measured.high for measured in estimates[name]),
            confirmed=kinds.count(VerdictKind.CONFIRMED),
            refuted=kinds.count(VerdictKind.REFUTED),
            found=sum(verdict(easy, by(trial, easy.margin)) is VerdictKind.CONFIRMED for trial in trials),
            width=round(float(np.mean([measured.high - measured.low for measured in estimates[name]])) / spread, 3),
        )
    return counts


def repeat(
    experiment: Experiment, n_seeds: int, n_images: int, repetitions: int, resamples: int, rng: np.random.Generator
) -> Iterator[Trial]:
    """Yield this many experiments, each with seeds and images of its own."""
    for _ in range(repetitions):
        samples = samples_of(experiment.draw(rng, n_seeds, n_images), n_images, resamples)
        rows, images = samples.replicates(experiment.statistic, *experiment.needs)
        alone = [samples.replicates(experiment.alone, run)[0] for run in experiment.needs if experiment.alone]
        yield Trial(rows, images, tuple(alone))


def samples_of(arrays: Mapping[str, Arrays], n_images: int, resamples: int) -> Samples:
    """Return what the engine is given, from arrays by run and name, (S, n, ...)."""
    results = {
        run: {
            seed: _result(run, seed, {name: values[seed] for name, values in columns.items()})
            for seed in range(1 if run == JUDGE else len(next(iter(columns.values()))))
        }
        for run, columns in arrays.items()
    }
    data = _result(DatasetSpec.name, 0, {"test_labels": classes_of(n_images)})
    return Samples({**results, DatasetSpec.name: {0: data}}, FASHION_MNIST, resamples)


def claim_of(experiment: Experiment, margin: float, claim_id: str = "x") -> Claim:
    """Return an experiment's statistic as a claim against a margin; its words do not matter."""
    return Claim(
        claim_id, "-", experiment.needs, experiment.statistic, "-", margin, experiment.side, "-", "-", "-", "-"
    )


def verdict(claim: Claim, measured: Estimate) -> VerdictKind:
    """Return the verdict on a claim that is a family by itself."""
    return judge([claim], {claim.id: measured})[claim.id].kind


def methods_for(trial: Trial) -> dict[str, Method]:
    """Return the engine, and those of its competitors that such a trial allows."""
    methods: dict[str, Method] = {"engine": by_engine}
    if next(iter(trial.rows.values())).ndim == 2:
        return methods | {"plugin": by_plugin}
    if len(trial.rows) > 1:
        methods |= {"seeds": by_seeds, "images": by_images, "satterthwaite": by_satterthwaite}
    return methods | ({"unpaired": by_unpaired} if trial.alone else {})


def by_engine(trial: Trial, margin: float) -> Estimate:
    """The engine, on the rows of a statistic."""
    return estimate_crossed(trial.rows, margin, trial.images)


def by_plugin(trial: Trial, margin: float) -> Estimate:
    """Who takes the least of some numbers in every replicate for a statistic like any other."""
    return estimate_crossed({seed: rows.min(axis=1) for seed, rows in trial.rows.items()}, margin, trial.images)


def by_seeds(trial: Trial, margin: float) -> Estimate:
    """Who counts the seeds alone: Student's t, as if these test images were all there are."""
    return _estimate(trial, margin, trial.errors[:1])


def by_images(trial: Trial, margin: float) -> Estimate:
    """Who counts the test images alone, as if another training would give the same."""
    return _estimate(trial, margin, trial.errors[1:])


def by_unpaired(trial: Trial, margin: float) -> Estimate:
    """Who takes two snapshots for independent trainings, measured on other images: four errors instead of two."""
    return _estimate(trial, margin, [e for rows in trial.alone for e in crossed_errors(_table(rows), trial.images)])


def by_satterthwaite(trial: Trial, margin: float) -> Estimate:
    """The textbook's way to add two variances: one t quantile, with degrees of freedom after Satterthwaite 1946."""
    total = math.hypot(*(error for error, _ in trial.errors))
    freedom = 1 / sum((error / total) ** 4 / freedom for error, freedom in trial.errors)
    half, value = -total * float(special.stdtrit(freedom, ALPHA / 2)), trial.value
    p_value = 2 * float(special.stdtr(freedom, -abs(value - margin) / total))
    return Estimate(value, value - half, value + half, p_value, len(trial.rows), trial.images, {})


def _estimate(trial: Trial, margin: float, errors: Errors) -> Estimate:
    value = trial.value
    half, p_value = half_width(errors, ALPHA), two_sided_p(abs(value - margin), errors)
    return Estimate(value, value - half, value + half, p_value, len(trial.rows), trial.images, {})


def _table(rows: Rows) -> Array:
    return np.stack(list(rows.values())).astype(np.float64)


def _result(run: str, seed: int, arrays: Mapping[str, Array]) -> RunResult:
    return RunResult(run, seed, {}, Keys("", ""), {}, {}, arrays, {})
