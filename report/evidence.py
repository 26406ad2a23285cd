"""All that a page may speak of: results by run and seed, and the verdicts on the whole family of claims."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from report.comparison.changes import Snapshot
from report.judging.claims import Verdict
from report.judging.statistics import Estimate, Samples
from vae.data.datasets import DatasetInfo
from vae.errors import LaudoError
from vae.grid import FIRST_SEED, Grid
from vae.spec import RunSpec
from vae.storage.results import Array, RunResult


@dataclasses.dataclass(frozen=True)
class _Named(Mapping[str, Mapping[int, RunResult]]):
    """Results of a grid, of which only those of some runs may be used."""

    results: Mapping[str, Mapping[int, RunResult]]
    grid: Grid
    runs: tuple[str, ...]

    def __getitem__(self, run: str) -> Mapping[int, RunResult]:
        if run in self:
            _refuse_unnamed(run, self.runs)
        return self.results[run]

    def __contains__(self, run: object) -> bool:
        # Also those that may not be used, so that get() does not pass over them in silence.
        return run in self.grid.specs

    def __iter__(self) -> Iterator[str]:
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)


def _refuse_unnamed(run: str, runs: Collection[str] | None) -> None:
    if runs is not None and run not in runs:
        raise LaudoError(f"it uses run '{run}' without naming it; add it to runs=(...) of its Page.")


@dataclasses.dataclass(frozen=True)
class Evidence:
    """Loaded results (in samples: name -> seed -> result) and verdicts (claim id -> verdict) of one grid.

    previous: what the publication before said, None if that is not known. weights: the published weights.safetensors of
    a run and seed, None if there are none. pending: why a claim has no verdict, by id. named: the runs that may be used,
    None for all.
    """

    grid: Grid
    samples: Samples
    verdicts: Mapping[str, Verdict]
    previous: Snapshot | None = None
    weights: Callable[[str, int], bytes | None] = lambda run, seed: None
    pending: Mapping[str, str] = dataclasses.field(default_factory=dict)
    named: tuple[str, ...] | None = None

    def check_runs(self, *runs: str) -> None:
        """Raise LaudoError for the first of these that is no run of the grid, or that may not be used."""
        self.grid.check_names(runs)
        for run in runs:
            _refuse_unnamed(run, self.named)

    @property
    def info(self) -> DatasetInfo:
        return self.samples.info

    def seeds(self, run: str) -> Mapping[int, RunResult]:
        """Return the results of a run by seed.

        Raises LaudoError if there is no such run, or no result of it.
        """
        self.check_runs(run)
        results = self.samples.results.get(run)
        if not results:
            raise LaudoError(f"There is no result of run '{run}'.")
        return results

    def headline(self, run: str) -> RunResult:
        """Return the result whose images and scatters are shown: that of the first seed."""
        return headline_of(self.seeds(run))

    def published_weights(self, run: str) -> bytes:
        """Return the weights of the result whose images are shown, as safetensors.

        Raises LaudoError if they were not stored with it.
        """
        seed = self.headline(run).seed
        weights = self.weights(run, seed)
        if weights is None:
            raise LaudoError(
                f"The weights of {run}/{seed} are not among the results; make them again with --retrain {run}."
            )
        return weights

    def epoch_seconds(self, run: str) -> list[float]:
        """Return how long each epoch of a run took, in seconds, as recorded when its first seed was trained."""
        return list(self.headline(run).provenance["epoch_seconds"])

    def measured_on(self, runs: Iterable[str]) -> str:
        """Return the ISO day on which the last result of some runs was trained or evaluated."""
        sessions = [
            session
            for run in runs
            for result in self.seeds(run).values()
            for session in (*result.provenance.get("training", []), result.provenance["evaluation"])
        ]
        return max(str(session["finished"]) for session in sessions)[:10]

    def device(self, run: str) -> str:
        """Return the name of the device on which the first seed of a run was trained, of all if it moved."""
        return devices(self.headline(run))

    def spec(self, run: str) -> RunSpec:
        """Return the spec of a VAE run."""
        self.check_runs(run)
        spec = self.grid.specs[run]
        if not isinstance(spec, RunSpec):
            raise LaudoError(f"'{run}' is no VAE run.")
        return spec

    @property
    def dataset(self) -> RunResult:
        return self.headline(self.grid.dataset.name)

    @property
    def classifier(self) -> RunResult:
        return self.headline(self.grid.classifier.name)

    @property
    def labels(self) -> Array:
        """Class indices of the test images, (n,)."""
        return self.dataset.array("test_labels")

    def of_runs(self, runs: Iterable[str]) -> "Evidence":
        """Return this evidence with no results but those of some runs: what a page that names these may use.

        Others raise LaudoError: a page that used them would not grow old with them.
        """
        named = tuple(dict.fromkeys((self.grid.dataset.name, *runs)))
        samples = dataclasses.replace(self.samples, results=_Named(self.samples.results, self.grid, named))
        return dataclasses.replace(self, samples=samples, named=named)

    def paired(self, runs: Iterable[str]) -> "Evidence":
        """Return this evidence with no other seeds of these runs than those common to them.

        What stands side by side then is of the same trainings, and differences are those of the numbers that are seen.
        """
        return dataclasses.replace(self, samples=self.samples.paired(runs))

    def estimate(self, statistic: Callable[..., Array | float], *runs: str) -> Estimate:
        """Return a statistic of one or several runs with its interval over seeds and test images."""
        self.check_runs(*runs)
        return self.samples.estimate(statistic, *runs)


def headline_of(seeds: Mapping[int, RunResult]) -> RunResult:
    """Return the result of the first seed, of the lowest if that was not trained."""
    return seeds.get(FIRST_SEED) or seeds[min(seeds)]


def devices(result: RunResult) -> str:
    """Return the devices of the sessions of a training, each once."""
    return "; ".join(dict.fromkeys(session["device"] for session in result.provenance["training"]))
