"""Fixtures on the tiny data set."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.vae.tiny import INFO, SIZES, Quiet, tiny_run, tiny_split
from vae.building import pipeline
from vae.building.plan import Plan, make_plan
from vae.building.progress import Progress
from vae.data import datasets
from vae.data.tensors import Data
from vae.grid import Grid
from vae.spec import ClassifierSpec, DatasetSpec, RunSpec
from vae.storage.checkpoints import CheckpointFolder, History
from vae.storage.store import ResultsStore
from vae.tasks import Task, vae_task
from vae.train import train


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
        run_seeds=dict.fromkeys(("a1", "a2", "a3", "b1"), (42, 43)),
        stored_whole={"a1", "a3", "classifier"},
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
