"""From replicates to a judgement: interval and p-value under two sources of chance, and Holm's correction."""

import math
from collections import ChainMap, defaultdict
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import scipy

from report.judging.bootstrap import RESAMPLES
from report.judging.sample import Sample
from report.origins.numbers import origins_of, trace
from vae.data.datasets import DatasetInfo
from vae.errors import ResultsError
from vae.spec import MADE_ONCE, DatasetSpec
from vae.storage.results import Array, RunResult

ALPHA = 0.05  # level of tests
CONFIDENCE = 1 - ALPHA  # of intervals
ROUNDING = 1e-9  # of a value: an error below this is that of its digits
LEAST_P = 1e-30  # below this, p-values are not told apart: quantiles of t grow inexact

Errors = Sequence[tuple[float, int]]  # standard error of each independent source of chance, and its degrees of freedom
Computed = tuple[str, int, Any]  # run, seed, and what was computed on their result
Bounds = tuple[float, float]  # the least and the greatest value that a statistic can take
UNBOUNDED: Bounds = (-math.inf, math.inf)
SHARE: Bounds = (0.0, 1.0)  # also of an AUROC
PERCENTAGE: Bounds = (0.0, 100.0)
POINTS: Bounds = (-100.0, 100.0)  # a difference of percentages
CORRELATION: Bounds = (-1.0, 1.0)  # also of a silhouette, an SSIM and a difference of shares
POSITIVE: Bounds = (0.0, math.inf)
CHANGE: Bounds = (-100.0, math.inf)  # of what is never negative, in % of itself
REDUCTION: Bounds = (-math.inf, 100.0)


@dataclass(frozen=True)
class Estimate:
    """A statistic with its uncertainty.

    low, high: 95 % interval; infinite where there is nothing to estimate it from (one seed and no images).
    p_value: two-sided, against the claim's margin; 1 with one seed. n_images: the fewest images that a part of the
    statistic averages over, 0 if it has none. per_seed: the original sample's value, by seed. parts: of how many numbers
    the value is the least, which makes its interval wider than that of one of them.
    """

    value: float
    low: float
    high: float
    p_value: float
    n_seeds: int
    n_images: int
    per_seed: Mapping[int, float]
    parts: int = 1

    @property
    def single_seed(self) -> bool:
        """Whether nothing is known of the variation between trainings."""
        return self.n_seeds == 1

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def estimate_crossed(replicates: Mapping[int, Array], margin: float, n_images: int) -> Estimate:
    """Return the estimate of the mean over seeds of (B,) replicates, or of the least of k such means from (B, k).

    Seeds and images are crossed random effects: see crossed_errors. The least of several noisy numbers lies below the
    least of the true ones, the more so the closer these are, and resampling repeats the error (Andrews 2000). So each
    of the k is judged by itself: the least is above what all are above (Berger 1982), and below what one of them is
    below when k chances to find such a one are allowed for (Bonferroni).
    """
    rows = np.stack(list(replicates.values())).astype(np.float64)
    tables = np.moveaxis(rows if rows.ndim == 3 else rows[..., None], 2, 0)
    parts = [(float(table[:, 0].mean()), crossed_errors(table, n_images)) for table in tables]
    worst = min(range(len(parts)), key=lambda index: parts[index][0])
    low = min(value - half_width(errors, ALPHA) for value, errors in parts)
    high = min(value + half_width(errors, ALPHA / len(parts)) for value, errors in parts)
    # Images say nothing of another training: one seed tests nothing.
    p_value = _p_of_least(parts, margin) if len(rows) > 1 else 1.0
    per_seed = dict(zip(replicates, tables[worst, :, 0].tolist(), strict=True))
    return Estimate(parts[worst][0], low, high, p_value, len(rows), n_images, per_seed, len(parts))


def _p_of_least(parts: Sequence[tuple[float, Errors]], margin: float) -> float:
    """Return the level at which the interval of the least of some (value, errors) ends on the margin."""
    p_values = [(value, two_sided_p(abs(value - margin), errors)) for value, errors in parts]
    below = [p for value, p in p_values if value <= margin]
    return min(1.0, len(parts) * min(below)) if below else max(p for _, p in p_values)


def crossed_errors(table: Array, n_images: int) -> Errors:
    """Return the errors of the mean over seeds of replicates (S, B), each only where there are two seeds, or images.

    None if all that is known is that the seeds agree. That of the seeds is sqrt(Var_seeds(row 0) / S); that of the images, the standard deviation over replicates of the
    mean over seeds. What of the variance belongs to seed and image together is counted in both, so their sum is a
    little large, never small (the pigeonhole bootstrap, Owen 2007, errs likewise).
    """
    n_seeds, rows = table.shape
    errors = []
    least = ROUNDING * max(1.0, abs(float(table[:, 0].mean())))
    if n_seeds > 1:
        seeds = float(table[:, 0].std(ddof=1)) / math.sqrt(n_seeds)
        if seeds <= least and not n_images:
            return []  # that a few trainings agree to the last digit, as counts do, does not say how others vary
        errors.append((seeds, n_seeds - 1))
    if n_images:
        errors.append((float(table[:, 1:].mean(axis=0).std(ddof=1)), max(min(n_images, rows - 1) - 1, 1)))
    return [(error if error > least else 0.0, freedom) for error, freedom in errors]


def half_width(errors: Errors, level: float) -> float:
    """Return the half width of the interval of level 1 - level: the root of the sum of (t quantile x error)^2.

    Infinite if no error is known. Each error has the quantile of its own degrees of freedom. With normal errors the
    interval covers the truth at least as often as it says, whatever the sources' shares and at every level (Banerjee
    1960: the distribution function of Z^2 is concave), and exactly as often where there is one source. Satterthwaite's
    degrees of freedom give no such bound: with few seeds, at the small levels of Holm's correction, they err several
    times too often.
    """
    if not errors:
        return math.inf
    return math.hypot(*(-error * float(scipy.special.stdtrit(freedom, level / 2)) for error, freedom in errors))


def two_sided_p(distance: float, errors: Errors) -> float:
    """Return the level whose half width is the distance (>= 0): below alpha iff the interval leaves the margin out.

    1 if no error is known.
    """
    total = math.hypot(*(error for error, _ in errors))
    if total == 0:
        return 0.0 if errors and distance > 0 else 1.0
    # The quantiles of the most and of the fewest degrees of freedom, for the whole error, enclose the answer.
    freedoms = [freedom for error, freedom in errors if error > 0]
    low, high = (2 * float(scipy.special.stdtr(f(freedoms), -distance / total)) for f in (max, min))
    low = max(low, LEAST_P)
    while high - low > 1e-6 * high:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if half_width(errors, middle) < distance else (middle, high)
    return high


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return p-values adjusted for the size of their family (Holm 1979), in the order given."""
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


def possible(measured: Estimate, bounds: Bounds) -> Estimate:
    """Return an estimate whose interval leaves out the values that its statistic cannot take.

    Only what is shown changes. The truth lies between the bounds, so the interval covers it as often as before; and a
    margin between them is inside the one interval if it is inside the other, so that every verdict and p-value stays.
    An estimate without an interval stays without one.
    """
    if not math.isfinite(measured.half_width):
        return measured
    low, high = (
        end if bounds[0] <= end <= bounds[1] else trace(min(max(float(end), bounds[0]), bounds[1]), origins_of(end))
        for end in (measured.low, measured.high)
    )
    return replace(measured, low=low, high=high)


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

    def paired(self, runs: Iterable[str]) -> "Samples":
        """Return these samples with no other seeds of these runs than those common to them; what was computed is shared."""
        trained = [run for run in runs if run not in MADE_ONCE]
        common = self.seeds(trained) if trained else ()
        kept: dict[str, Mapping[int, RunResult]] = {
            run: {seed: self.results[run][seed] for seed in common} for run in trained
        }
        # Other runs stay unread until something asks for them. (The chain is never written to.)
        chain = ChainMap(kept, cast(MutableMapping[str, Mapping[int, RunResult]], self.results))
        return replace(self, results=chain)

    def sample(self, run: str, seed: int) -> Sample:
        """Return the sample of a run and seed; data and classifier, made once, stand beside every seed."""
        results = self.results[run]
        key = min(results) if run in MADE_ONCE else seed
        data = self.results[DatasetSpec.name]
        labels = data[min(data)].array("test_labels")
        return Sample(results[key], self.info, labels, self.resamples, self._caches[run, key])

    def computed(self) -> dict[Computed, Any]:
        """Return all that was computed on these samples, by run, seed and the name that it has in a Sample's cache."""
        return {(*owner, name): value for owner, cache in self._caches.items() for name, value in cache.items()}

    def add(self, computed: Mapping[Computed, Any]) -> None:
        """Take over what was computed on the same samples in another process."""
        for (run, seed, name), value in computed.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)  # it is given to all that ask for it, and a process gives it writable
            self._caches[run, seed].setdefault(name, value)

    def estimate(self, statistic: Callable[..., Array | float], *runs: str, margin: float = 0.0) -> Estimate:
        """Return a statistic of one or several runs, over all seeds common to them; its p-value is against the margin.

        Raises ResultsError if a run, score or array is missing, or a value is not finite.
        """
        replicates, n_images = self.replicates(statistic, *runs)
        return estimate_crossed(replicates, margin, n_images)

    def replicates(self, statistic: Callable[..., Array | float], *runs: str) -> tuple[dict[int, Array], int]:
        """Return what an estimate is made from: replicates by seed, and the fewest images that a part averages over.

        Replicates are (B,), or (B, k) if the statistic gives k numbers of which the least counts. Raises ResultsError
        as estimate() does.
        """
        replicates: dict[int, Array] = {}
        used: set[int] = set()
        for seed in self.seeds(runs):
            group = [self.sample(run, seed) for run in runs]
            rows = np.asarray(statistic(*group), dtype=np.float64)
            if rows.ndim > 2 or rows.shape[:1] not in ((), (1 + self.resamples,)) or not rows.size:
                raise ResultsError(
                    f"a statistic has shape {rows.shape}; return {1 + self.resamples} replicates, (B,), or (B, k) for "
                    "the least of k numbers, or one number."
                )
            if not np.isfinite(rows).all():
                raise ResultsError(
                    f"the value is not finite at seed {seed} ({rows.flat[0]}, no resampling); see "
                    f"whether a run diverged, and train it again with: {_retrain(runs)}"
                )
            replicates[seed] = np.broadcast_to(rows, (1 + self.resamples,)) if rows.ndim == 0 else rows
            used.update(*(sample.used for sample in group))
        return replicates, min(used, default=0)


def _retrain(runs: Iterable[str]) -> str:
    asked = " ".join(f"--retrain {run}" for run in runs)
    return f"python build.py --all {asked} (with the --profile, --dataset and --results of this command)"
