"""All that a page may speak of: results by run and seed, and the verdicts on the whole family of claims."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping

from report.comparison.changes import Snapshot
from report.judging.claims import Verdict
from report.judging.statistics import Estimate, Samples
from vae.data.datasets import DatasetInfo
from vae.errors import LaudoError
from vae.grid import FIRST_SEED, Grid
from vae.spec import RunSpec
from vae.storage.results import Array, RunResult


@dataclasses.dataclass(frozen=True)
class Evidence:
    """Loaded results (in samples: name -> seed -> result) and verdicts (claim id -> verdict) of one grid.

    previous: what the publication before said, None if that is not known. weights: the published weights.safetensors of a
    run and seed, None if there are none.
    """

    grid: Grid
    samples: Samples
    verdicts: Mapping[str, Verdict]
    previous: Snapshot | None = None
    weights: Callable[[str, int], bytes | None] = lambda run, seed: None

    @property
    def info(self) -> DatasetInfo:
        return self.samples.info

    def seeds(self, run: str) -> Mapping[int, RunResult]:
        """Return the results of a run by seed.

        Raises LaudoError if the run was not loaded: the page must name it among its runs.
        """
        results = self.samples.results.get(run)
        if not results:
            raise LaudoError(f"Run '{run}' is used by a page that does not list it among its runs.")
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

    def paired(self, runs: Iterable[str]) -> "Evidence":
        """Return this evidence with no other seeds of these runs than those common to them.

        What stands side by side then is of the same trainings, and differences are those of the numbers that are seen.
        """
        return dataclasses.replace(self, samples=self.samples.paired(runs))

    def estimate(self, statistic: Callable[..., Array | float], *runs: str) -> Estimate:
        """Return a statistic of one or several runs with its interval over seeds and test images."""
        return self.samples.estimate(statistic, *runs)


def headline_of(seeds: Mapping[int, RunResult]) -> RunResult:
    """Return the result of the first seed, of the lowest if that was not trained."""
    return seeds.get(FIRST_SEED) or seeds[min(seeds)]


def devices(result: RunResult) -> str:
    """Return the devices of the sessions of a training, each once."""
    return "; ".join(dict.fromkeys(session["device"] for session in result.provenance["training"]))
