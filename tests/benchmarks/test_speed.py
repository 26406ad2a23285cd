"""The tables are those of the measured numbers, and the contestants compute the same."""

import json
from types import ModuleType

import pytest
import torch

from benchmarks import equivalence, notebook, results, speed, speed_worker
from vae.data.tensors import as_input
from vae.grid import REFERENCE_RUNS, make_grid
from vae.models.conv import build_model
from vae.spec import ConvSpec, RunSpec
from vae.tasks import vae_task


def test_the_page_is_written_from_the_numbers() -> None:
    assert results.PAGE.read_text(encoding="utf-8") == results.markdown()


def test_enough_turns_and_seeds_were_measured() -> None:
    measured, agreed = results.load("speed"), results.load("equivalence")
    assert len(measured["turns"]) >= 5 and len(measured["grid"]["turns"]) >= 5
    assert {len(values) for values in agreed["final"].values()} == {len(agreed["final"]["plain"])}
    assert len(agreed["final"]["plain"]) >= 5


@pytest.mark.parametrize("module", [speed, equivalence])
def test_the_summary_is_that_of_the_measurements(module: ModuleType) -> None:
    measured = results.load(module.__name__.removeprefix("benchmarks."))
    assert measured["summary"] == json.loads(json.dumps(module.summary(measured)))


@pytest.mark.parametrize("path", ["float32", "bfloat16"])
def test_the_fast_paths_end_within_the_spread_of_seeds(path: str) -> None:
    """On the published figures: no seed moves as far as two seeds may be apart, nor the mean by their standard error."""
    agreed = results.load("equivalence")
    apart, plain = torch.tensor(agreed["summary"]["paths"][path]["apart"]), torch.tensor(agreed["final"]["plain"])
    assert apart.abs().max() < agreed["summary"]["seeds_apart"]["most"]
    assert apart.mean().abs() < plain.std() / len(plain) ** 0.5


def test_float32_begins_as_the_plain_path_does() -> None:
    """Sums in another order: float32 has 24 bits, and ten steps of Adam enlarge what is rounded."""
    assert results.load("equivalence")["summary"]["paths"]["float32"]["first_steps"] < 1e-4


def test_the_notebook_learns() -> None:
    torch.manual_seed(0)
    model = notebook.NotebookVAE()
    images = torch.rand(16, 1, 28, 28)
    losses = notebook.train_steps(
        model, torch.optim.Adam(model.parameters(), lr=2e-3), [images] * 20, torch.device("cpu")
    )
    assert losses[0] == pytest.approx(28 * 28 * 0.693, rel=0.02), "logits near zero: ln 2 nats a pixel"
    assert losses[-1] < losses[0] - 5


@pytest.mark.parametrize("latent", [2, 50])
def test_the_notebook_and_ours_compute_the_same_loss(latent: int) -> None:
    ours, model = build_model(ConvSpec(latent), 3), equivalence.GivenNoise(latent)
    equivalence.copy_into(list(model.state_dict().values()), equivalence.state(ours))
    generator = torch.Generator().manual_seed(1)
    pixels = torch.randint(256, (64, 28, 28), generator=generator, dtype=torch.uint8)
    model.noise = torch.randn(64, latent, generator=generator)
    spec = speed_worker.run("float32")
    terms = vae_task(spec).terms(ours, as_input(pixels), torch.zeros(64, dtype=torch.int64), model.noise)
    torch.testing.assert_close(terms.sum(dim=0).mean(), notebook.loss_of(model, as_input(pixels)), rtol=1e-5, atol=0)


def test_the_reference_has_170_epochs_and_ours_110() -> None:
    runs = speed_worker.reference_runs()
    assert runs == [(2, 10), (2, 50), (2, 100), (50, 10)]
    assert sum(epochs for _, epochs in runs) == 170
    trained: dict[RunSpec, int] = {}  # what is trained of each trajectory
    for spec in make_grid().runs:
        if spec.name in REFERENCE_RUNS:
            trained[spec.trajectory()] = max(spec.epochs, trained.get(spec.trajectory(), 0))
    assert sum(trained.values()) == 110


def test_the_share_counts_the_notebooks_arithmetic_for_all() -> None:
    turn = {"notebook": 4.0, "float32": 2.0, "bfloat16": 1.0}
    turns = [{name: {"seconds": seconds, "peak_bytes": 1} for name, seconds in turn.items()}]
    found = speed.summary({
        "steps": 10, "flops": {"notebook": 6, "float32": 4}, "peak": {"float32": 60.0}, "turns": turns, "grid": {"turns": turns},
    })  # fmt: skip
    assert found["float32"]["times"] == found["float32"]["grid_times"] == [2.0, 2.0, 2.0]
    assert found["float32"]["roofline"] == pytest.approx(10 / 2 * 6 / 60)
