"""From replicates to a judgement: interval and p-value under two sources of chance, and Holm's correction."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

from report.bootstrap import RESAMPLES
from report.sample import Sample
from vae.datasets import DatasetInfo
from vae.errors import ResultsError
from vae.results import Array, RunResult
from vae.spec import ClassifierSpec, DatasetSpec

ALPHA = 0.05  # level of tests; intervals are of 1 - ALPHA


MADE_ONCE = (DatasetSpec.name, ClassifierSpec.name)  # entries without training seeds: every seed is set against them


@dataclass(frozen=True)
class Estimate:
    """A statistic with its uncertainty.

    low, high: 95 % interval; infinite where there is nothing to estimate it from (one seed and no images).
    p_value: two-sided, against the claim's margin; 1 with one seed. n_images: the fewest images that a part of the
    statistic averages over, 0 if it has none. per_seed: the original sample's value, by seed.
    """

    value: float
    low: float
    high: float
    p_value: float
    n_seeds: int
    n_images: int
    per_seed: Mapping[int, float]

    @property
    def single_seed(self) -> bool:
        """Whether nothing is known of the variation between trainings."""
        return self.n_seeds == 1

    @property
    def half_width(self) -> float:
        """Half the width of the interval, which is symmetric."""
        return (self.high - self.low) / 2


def estimate_crossed(replicates: Mapping[int, Array], margin: float, n_images: int) -> Estimate:
    """Return the estimate of the mean over seeds of (B,) replicates, seeds and images being crossed random effects.

    SE^2 = Var_seeds(row 0) / S + Var_images(mean over seeds of a replicate). The part of the variance that belongs to
    seed and image together is counted in both terms, so the interval is a little wide, never narrow (the pigeonhole
    bootstrap, Owen 2007, errs likewise). Degrees of freedom: Satterthwaite 1946.
    """
    table = np.stack(list(replicates.values())).astype(np.float64)
    n_seeds, rows = table.shape
    value = float(table[:, 0].mean())
    by_seeds = float(table[:, 0].var(ddof=1)) / n_seeds if n_seeds > 1 else 0.0
    by_images = float(table[:, 1:].mean(axis=0).var(ddof=1)) if n_images else 0.0
    error, freedom = combine(by_seeds, n_seeds - 1, by_images, min(n_images, rows - 1) - 1)
    half_width = math.inf if n_seeds == 1 and not n_images else half_interval(error, freedom)
    if n_seeds == 1:
        p_value = 1.0  # images say nothing of another training
    elif error == 0:
        p_value = 1.0 if value == margin else 0.0
    else:
        p_value = 2 * float(special.stdtr(freedom, -abs(value - margin) / error))
    per_seed = {seed: float(row[0]) for seed, row in zip(replicates, table, strict=True)}
    return Estimate(value, value - half_width, value + half_width, p_value, n_seeds, n_images, per_seed)


def combine(by_seeds: float, seed_df: int, by_images: float, image_df: int) -> tuple[float, float]:
    """Return the standard error of two independent sources of chance together, and its degrees of freedom.

    by_seeds, by_images: variances, each estimated with its degrees of freedom (one at least). Satterthwaite 1946.
    """
    total = by_seeds + by_images
    if total == 0:
        return 0.0, math.inf
    share = by_seeds / total  # shares first: squares of tiny variances would underflow
    return math.sqrt(total), 1 / (share**2 / max(seed_df, 1) + (1 - share) ** 2 / max(image_df, 1))


def half_interval(error: float, freedom: float) -> float:
    """Return half the width of a 95 % interval from a standard error, after Student."""
    return error and error * float(special.stdtrit(freedom, 1 - ALPHA / 2))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted for the size of their family (Holm 1979), in the order given."""
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


@dataclass(frozen=True)
class Samples:
    """All results that claims may need, by run and seed, with what was already computed on them."""

    results: Mapping[str, Mapping[int, RunResult]]
    info: DatasetInfo
    resamples: int = RESAMPLES
    _caches: defaultdict[tuple[str, int], dict[Any, Any]] = field(default_factory=lambda: defaultdict(dict), repr=False)

    def seeds(self, runs: Iterable[str]) -> tuple[int, ...]:
        """Return the seeds common to the runs, in order; the one seed of the data if no run among them is trained.

        Raises ResultsError naming the run that has no result, or the seeds if none is common.
        """
        asked = dict.fromkeys((DatasetSpec.name, *runs))
        for run in asked:
            if not self.results.get(run):
                raise ResultsError(f"there is no result of run '{run}'; bring it with: {_retrain([run])}")
        trained = [run for run in asked if run not in MADE_ONCE] or [DatasetSpec.name]
        common = set.intersection(*(set(self.results[run]) for run in trained))
        if not common:
            listed = "; ".join(f"{run}: {', '.join(map(str, sorted(self.results[run])))}" for run in trained)
            raise ResultsError(f"the runs share no seed ({listed}); train what is missing with: python build.py --all")
        return tuple(sorted(common))

    def sample(self, run: str, seed: int) -> Sample:
        """Return the sample of a run and seed; data and classifier, made once, stand beside every seed."""
        results = self.results[run]
        key = min(results) if run in MADE_ONCE else seed
        data = self.results[DatasetSpec.name]
        labels = data[min(data)].array("test_labels")
        return Sample(results[key], self.info, labels, self.resamples, self._caches[run, key])

    def estimate(self, statistic: Callable[..., Array | float], *runs: str, margin: float = 0.0) -> Estimate:
        """Return a statistic of one or several runs, over all seeds common to them; its p-value is against the margin.

        Raises ResultsError if a run, score or array is missing, or a value is not finite.
        """
        replicates, n_images = self.replicates(statistic, *runs)
        return estimate_crossed(replicates, margin, n_images)

    def replicates(self, statistic: Callable[..., Array | float], *runs: str) -> tuple[dict[int, Array], int]:
        """Return what an estimate is made from: (B,) replicates by seed, and the fewest images that a part averages over.

        Raises ResultsError as estimate() does.
        """
        replicates: dict[int, Array] = {}
        used: set[int] = set()
        for seed in self.seeds(runs):
            group = [self.sample(run, seed) for run in runs]
            rows = np.asarray(statistic(*group), dtype=np.float64)
            if rows.shape not in ((), (1 + self.resamples,)):
                raise ResultsError(
                    f"a statistic has shape {rows.shape}; return {1 + self.resamples} replicates, (B,), or one number."
                )
            if not np.isfinite(rows).all():
                raise ResultsError(
                    f"the value is not finite at seed {seed} ({rows.flat[0]}, no resampling); see "
                    f"whether a run diverged, and train it again with: {_retrain(runs)}"
                )
            replicates[seed] = np.broadcast_to(rows, (1 + self.resamples,))
            used.update(*(sample.used for sample in group))
        return replicates, min(used, default=0)


def _retrain(runs: Iterable[str]) -> str:
    return "python build.py " + " ".join(f"--retrain {run}" for run in runs)
