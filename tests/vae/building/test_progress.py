import io
import re

import pytest

from vae.building.progress import Progress
from vae.storage.checkpoints import History
from vae.updates import Reporter, Update, losses

HISTORY = History(
    {
        "learning_rate": [2e-3], "train_bce": [251.3901], "train_kl": [6.42349],
        "validation_bce": [253.995], "validation_kl": [6.2951],
    },
    [60.0],
)  # fmt: skip
LABEL = "e10+e50+e100/42"  # the longest of the published grid


def plain(stream: io.StringIO) -> str:
    """What was shown, without the codes that move the cursor."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())


def shown(stream: io.StringIO, epochs: int = 100) -> str:
    with Progress(stream) as progress:
        progress.expect(LABEL)
        reporter = Reporter(LABEL, epochs, progress.show)
        for step in range(1, 4):
            reporter.step(1, step, 3, 128)
        reporter.epoch(1, HISTORY)
        reporter.step(2, 1, 3, 128)
        reporter.epoch(epochs, HISTORY)
        progress.finished(LABEL)
    return stream.getvalue()


def test_losses_stand_side_by_side() -> None:
    assert losses(HISTORY) == "bce 251.4/254 kl 6.423/6.295"


def test_off_a_terminal_there_are_plain_lines() -> None:
    text = shown(io.StringIO())
    assert "\x1b" not in text
    assert text.startswith(f"training {LABEL} to epoch 100; losses are training/validation\n")
    last = text.splitlines()[-1]
    assert last.startswith(f"{LABEL}: epoch 100/100")
    assert losses(HISTORY) in last and "images/s" in last


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal of 80 columns."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    return io.StringIO()


def test_on_a_terminal_of_80_columns_nothing_of_the_bar_is_left_out(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae.updates.SECONDS_BETWEEN_UPDATES", -1.0)
    with Progress(terminal) as progress:
        progress.expect(LABEL)
        reporter = Reporter(LABEL, 100, progress.show)
        reporter.step(1, 3, 3, 128)
        reporter.epoch(1, HISTORY)
        reporter.step(2, 1, 3, 128)
    bars = [line for line in re.split(r"[\r\n]+", plain(terminal)) if losses(HISTORY) in line]
    assert bars, plain(terminal)
    assert re.search(rf"{re.escape(LABEL)} [━╸╺]+ 2/100 .* [\d,]+ img/s [-\d:]+", bars[-1])
    assert len(bars[-1].rstrip()) <= 80


def test_what_goes_on_together_has_a_bar_each(terminal: io.StringIO) -> None:
    with Progress(terminal) as progress:
        for label in ("e10/42", "e50/42", "evaluating e10/43"):
            progress.expect(label)
        progress.show(Update("e10/42", 10))
        progress.show(Update("e50/42", 50))
        progress.show(Update("e10/42", 10, 3, 4, 4, 128))
        progress.show(Update("e50/42", 50, 7, 4, 4, 128))
        progress.show(Update("evaluating e10/43"))
    last = [line for line in plain(terminal).splitlines() if re.search("[━╸╺]", line)][-3:]
    assert [line.split()[0] for line in last] == ["e10/42", "e50/42", "evaluating"]
    assert (" 3/10 " in last[0], " 7/50 " in last[1]) == (True, True)


def test_updates_of_others_and_those_that_come_late_are_passed_over() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.show(Update("of another build/42", 10))
    progress.expect("e10/42")
    progress.show(Update("e10/42", 10))
    progress.finished("e10/42")
    progress.show(Update("e10/42", 10, 10, 4, 4))
    assert stream.getvalue() == "training e10/42 to epoch 10; losses are training/validation\n"


def test_a_training_that_begins_again_elsewhere_says_so() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.expect("e10/42")
    for _ in range(2):
        progress.show(Update("e10/42", 10))
    first, second = stream.getvalue().splitlines()
    assert second == first.replace(";", " again, elsewhere;")


def test_between_start_and_end_a_training_reports_now_and_then() -> None:
    updates: list[Update] = []
    reporter = Reporter("e10/42", 2, updates.append)
    for epoch in (1, 2):
        for step in range(1, 4):
            reporter.step(epoch, step, 3, 10)
        reporter.epoch(epoch, HISTORY)
    assert [(update.epoch, update.step) for update in updates] == [(0, 0), (2, 3)]
    assert sum(update.images for update in updates) == 60
    assert updates[-1].losses == losses(HISTORY)
