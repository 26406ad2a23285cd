"""A grid that takes seconds on the digits, which every process has: two trajectories of small models, and a long one."""

import dataclasses

from tests.vae.tiny import SIZES, SMALL
from vae.building.plan import Plan, make_plan
from vae.grid import Grid, first_seeds
from vae.spec import ClassifierSpec, ConvSpec, DatasetSpec, RunSpec, TrainingSpec
from vae.storage.store import ResultsStore


def run(name: str, epochs: int, latent_dim: int = 2, **training: float) -> RunSpec:
    plan = TrainingSpec(**{"epochs": epochs, "batch_size": 64, "train_images": 256, "validation_images": 50} | training)
    return RunSpec(name, "digits", ConvSpec(latent_dim=latent_dim, **SMALL), training=plan)


def grid(*runs: RunSpec) -> Grid:
    return Grid(
        profile="full",
        dataset=DatasetSpec("digits"),
        classifier=ClassifierSpec("digits", epochs=1, train_images=256),
        runs=runs,
        run_seeds={run.name: first_seeds(1) for run in runs},
        stored_whole={"classifier", "a2"},
        evaluation=dataclasses.replace(SIZES, test_images=60),
    )


GRID = grid(run("a1", 1), run("a2", 2), run("a6", 6), run("b2", 2, latent_dim=4), run("c2", 2, latent_dim=5))
LONG = grid(run("a1", 1), run("a9999", 9_999))  # minutes that nobody waits for


def plan(grid: Grid, store: ResultsStore) -> Plan:
    """All of a grid; checkpoints go beside the store."""
    return make_plan(grid, store, store.root.parent / "runs", set(grid.specs))


def numbers(store: ResultsStore) -> dict[str, bytes]:
    """Every stored byte but those of provenance, and of the manifest that lists it."""
    files = (path for path in sorted(store.root.rglob("*")) if path.is_file())
    return {
        path.relative_to(store.root).as_posix(): path.read_bytes()
        for path in files
        if path.name not in ("provenance.json", "manifest.json")
    }
