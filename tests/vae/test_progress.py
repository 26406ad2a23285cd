import io
import re

import pytest

from vae.checkpoints import History
from vae.progress import Progress, losses

HISTORY = History(
    {
        "learning_rate": [2e-3], "train_bce": [251.3901], "train_kl": [6.42349],
        "validation_bce": [253.995], "validation_kl": [6.2951],
    },
    [60.0],
)  # fmt: skip
LABEL = "e10+e50+e100/42"  # the longest of the published grid


def shown(stream: io.StringIO, epochs: int = 100) -> str:
    progress = Progress(stream)
    with progress.training(LABEL, epochs) as listener:
        for step in range(1, 4):
            listener.step(1, step, 3, 128)
        listener.epoch(1, HISTORY)
        listener.step(2, 1, 3, 128)
        listener.epoch(epochs, HISTORY)
    return stream.getvalue()


def test_losses_stand_side_by_side() -> None:
    assert losses(HISTORY) == "bce 251.4/254 kl 6.423/6.295"


def test_off_a_terminal_there_are_plain_lines() -> None:
    text = shown(io.StringIO())
    assert "\x1b" not in text
    last = text.splitlines()[-1]
    assert last.startswith(f"{LABEL}: epoch 100/100")
    assert losses(HISTORY) in last and "images/s" in last


def test_on_a_terminal_of_80_columns_nothing_of_the_bar_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown(io.StringIO()))
    bars = [line for line in re.split(r"[\r\n]+", text) if losses(HISTORY) in line]
    assert bars, text
    assert re.search(rf"{re.escape(LABEL)} [━╸╺]+ 2/100 .* [\d,]+ img/s [-\d:]+", bars[-1])
    assert len(bars[-1].rstrip()) <= 80
