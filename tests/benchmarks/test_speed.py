"""The table of speeds is that of the measured numbers, and both loops compute the same."""

import json
from pathlib import Path

import pytest
import torch

from benchmarks import notebook, speed

BENCHMARKS = Path(speed.__file__).parent


def test_the_table_is_written_from_the_numbers() -> None:
    measured = json.loads((BENCHMARKS / "speed.json").read_bytes())
    assert (BENCHMARKS / "RESULTS.md").read_text(encoding="utf-8") == speed.markdown(measured)


def test_at_least_five_pairs_were_measured() -> None:
    assert len(json.loads((BENCHMARKS / "speed.json").read_bytes())["pairs"]) >= 5


def test_the_notebook_learns() -> None:
    torch.manual_seed(0)
    model = notebook.NotebookVAE()
    images = torch.rand(16, 1, 28, 28)
    losses = notebook.train_steps(
        model, torch.optim.Adam(model.parameters(), lr=2e-3), [images] * 20, torch.device("cpu")
    )
    assert losses[0] == pytest.approx(28 * 28 * 0.693, rel=0.02), "logits near zero: ln 2 nats a pixel"
    assert losses[-1] < losses[0] - 5
