"""A data set of 300 images and a grid of small models: everything of the real ones, in seconds."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from vae import datasets, pipeline
from vae.checkpoints import CheckpointFolder, History
from vae.data import Data, Split
from vae.datasets import DatasetInfo
from vae.grid import Grid
from vae.plan import Plan, make_plan
from vae.progress import Progress
from vae.results import Keys, RunResult
from vae.spec import ClassifierSpec, ConvSpec, DatasetSpec, EvaluationSpec, RunSpec, TrainingSpec
from vae.store import ResultsStore
from vae.tasks import Task, vae_task
from vae.train import train

torch.set_num_threads(1)  # the same sums in the same order on every machine, and no quarrel over cores

INFO = DatasetInfo(
    name="tiny",
    title="Tiny",
    classes=("a", "b", "c", "d"),
    train_images=200,
    validation_images=40,
    test_images=60,
    files={},
    groups={"footwear": (2, 3)},
    interpolations=((0, 1), (2, 3), (0, 3)),
)
SMALL = {"encoder_channels": (4, 8, 8), "decoder_channels": (8, 4, 4)}
SIZES = EvaluationSpec(
    train_images=100, prior_samples=50, shown_samples=9, neighbours=5, reference_images=150, iwae_images=10,
    iwae_samples=4, probe_images=100, silhouette_images=40, tsne_images=45, tsne_perplexity=5.0, prdc_images=40,
    prdc_neighbours=3, interpolation_pairs=6, interpolation_steps=5, manifold_side=5, fixed_per_class=2,
)  # fmt: skip


class Quiet:
    """A listener that wants to know nothing."""

    def step(self, epoch: int, step: int, steps: int, images: int) -> None: ...

    def epoch(self, epoch: int, history: History) -> None: ...


class StopError(Exception):
    """What a killed process looks like from inside."""


@dataclasses.dataclass
class StopAfter(Quiet):
    """A listener that kills the training after an epoch."""

    last: int

    def epoch(self, epoch: int, history: History) -> None:
        if epoch == self.last:
            raise StopError


def tiny_run(name: str = "a3", epochs: int = 3, latent_dim: int = 2, **training: float) -> RunSpec:
    """A VAE of a few hundred parameters, batches of 32 with a short last one."""
    plan = TrainingSpec(**{"epochs": epochs, "batch_size": 32, "learning_rate": 2e-3} | training)
    return RunSpec(name, "tiny", ConvSpec(latent_dim=latent_dim, **SMALL), training=plan)


def tiny_split(n: int, seed: int) -> Split:
    """Bars at a place that says the class, with smooth edges and noise; grey, so that the entropy floor is not zero."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % len(INFO.classes)
    rows = np.arange(28)
    center = 4 + 6 * labels + rng.uniform(-1, 1, n)
    profile = np.exp(-(((rows[None, :] - center[:, None]) / 2.5) ** 2))
    images = 200 * profile[:, :, None] * np.linspace(0.5, 1, 28) + rng.uniform(0, 50, (n, 28, 28))
    return Split(torch.from_numpy(images.astype(np.uint8)), torch.from_numpy(labels))


@pytest.fixture(scope="session")
def tiny() -> Data:
    return Data(INFO, tiny_split(200, 1), tiny_split(40, 2), tiny_split(60, 3))


@pytest.fixture
def grid(monkeypatch: pytest.MonkeyPatch, tiny: Data) -> Grid:
    """Three snapshots of one trajectory and a run of more dimensions, at two seeds, on the tiny data set."""
    monkeypatch.setitem(datasets.DATASETS, INFO.name, INFO)
    monkeypatch.setattr(pipeline, "load", lambda info, data_dir, cache_dir: tiny)
    return Grid(
        profile="full",
        dataset=DatasetSpec("tiny"),
        classifier=ClassifierSpec("tiny", epochs=1, batch_size=50),
        runs=(tiny_run("a1", 1), tiny_run("a2", 2), tiny_run("a3", 3), tiny_run("b1", 1, latent_dim=5)),
        seeds=(42, 43),
        evaluation=SIZES,
    )


@pytest.fixture
def store(tmp_path: Path) -> ResultsStore:
    return ResultsStore(tmp_path / "results")


Trained = tuple[History, CheckpointFolder]


@pytest.fixture
def trained(tiny: Data, tmp_path: Path) -> Callable[..., Trained]:
    """trained(folder name, spec, seed, snapshots, listener) -> history and checkpoints."""

    def run(
        folder: str, spec: RunSpec, seed: int = 42, snapshots: tuple[int, ...] = (), listener: Quiet | None = None,
        task: Task | None = None, keep: tuple[int, ...] = (),
    ) -> Trained:  # fmt: skip
        place = CheckpointFolder(tmp_path / folder)
        wanted = snapshots or (spec.epochs,)
        done = train(
            task or vae_task(spec), seed, tiny, torch.device("cpu"), place, wanted, spec.name, {"commit": "x"},
            listener or Quiet(), keep,
        )  # fmt: skip
        return done, place

    return run


Execute = Callable[..., Plan]


@pytest.fixture
def execute(grid: Grid, store: ResultsStore, tmp_path: Path) -> Execute:
    """execute(needed, retrain) -> the plan that was carried out."""

    def run(*needed: str, retrain: tuple[str, ...] = (), grid: Grid = grid) -> Plan:
        plan = make_plan(grid, store, tmp_path / "runs", needed or tuple(grid.specs), retrain)
        places = pipeline.Places(None, tmp_path / "cache")
        pipeline.execute(plan, store, places, "cpu", Progress())
        return plan

    return run


def make_result(run: str = "e10", seed: int = 42, value: float = 1.0) -> RunResult:
    """A result as an evaluation gives it, all its parts filled."""
    return RunResult(
        run=run,
        seed=seed,
        spec={"dataset": "tiny"},
        keys=Keys("t" * 64, "e" * 64),
        scores={"mse": value, "bce": 1 / 3},
        history={"train_bce": [3.0, 2.0], "learning_rate": [0.002, 0.002]},
        arrays={"test_bce": np.full(5, value, np.float32), "latent_mean": np.zeros((5, 2), np.float16)},
        provenance={"training": {"device": "CPU"}, "evaluation": {"finished": "2026-11-23T00:00:00Z"}},
    )
