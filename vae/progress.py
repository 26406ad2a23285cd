"""How a build shows what it is doing: a live bar on a terminal, a plain line every few seconds elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from vae.checkpoints import History

SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Tells people on stderr how a build goes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream or sys.stderr, highlight=False)

    @property
    def live(self) -> bool:
        return self._console.is_terminal

    def note(self, text: str) -> None:
        """Print one line."""
        self._console.print(text, markup=False, soft_wrap=True)

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Show that something without steps is going on, and how long it took."""
        began = time.monotonic()
        if self.live:
            with self._console.status(what):
                yield
        else:
            yield
        self.note(f"{what}: {time.monotonic() - began:.1f} s")

    @contextmanager
    def training(self, label: str, epochs: int) -> Iterator["BarListener | LineListener"]:
        """Show a training: a bar with epoch, losses, images/s and time left, or lines."""
        self.note(f"training {label} to epoch {epochs}; losses are training/validation")
        if not self.live:
            yield LineListener(self, label, epochs)
            return
        # Together at most 80 characters: what does not fit is left out by the terminal, the losses first.
        columns = (
            TextColumn("{task.description}"), BarColumn(bar_width=8), TextColumn("{task.fields[epoch]}"),
            TextColumn("{task.fields[losses]}"), TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
        )  # fmt: skip
        with Bars(*columns, console=self._console) as bars:
            task = bars.add_task(label, total=None, epoch=f"0/{epochs}", losses="", rate="")
            yield BarListener(bars, task, epochs)
        self.note(f"{label}: trained to epoch {epochs}")


class BarListener:
    """Moves one bar."""

    def __init__(self, bars: Bars, task: TaskID, epochs: int) -> None:
        self._bars, self._task, self._epochs = bars, task, epochs
        self._rate = Rate()

    def step(self, epoch: int, step: int, steps: int, images: int) -> None:
        self._rate.add(images)
        done = (epoch - 1) * steps + step
        self._bars.update(
            self._task,
            completed=done,
            total=self._epochs * steps,
            epoch=f"{epoch}/{self._epochs}",
            rate=f"{self._rate.per_second():,.0f} img/s",
        )

    def epoch(self, epoch: int, history: History) -> None:
        self._bars.update(self._task, losses=losses(history))


class LineListener:
    """Prints a line every few seconds, and one at the end."""

    def __init__(self, progress: Progress, label: str, epochs: int) -> None:
        self._progress, self._label, self._epochs = progress, label, epochs
        self._rate = Rate()
        self._last = time.monotonic()

    def step(self, epoch: int, step: int, steps: int, images: int) -> None:
        self._rate.add(images)
        if time.monotonic() - self._last > SECONDS_BETWEEN_LINES:
            self._line(f"epoch {epoch}/{self._epochs}, step {step}/{steps}", epoch - 1 + step / steps)

    def epoch(self, epoch: int, history: History) -> None:
        if epoch == self._epochs or time.monotonic() - self._last > SECONDS_BETWEEN_LINES:
            self._line(f"epoch {epoch}/{self._epochs}  {losses(history)}", float(epoch))

    def _line(self, text: str, done: float) -> None:
        self._last = time.monotonic()
        left = self._rate.left(done, self._epochs)
        self._progress.note(f"{self._label}: {text}  {self._rate.per_second():,.0f} images/s{left}")


class Rate:
    """Images a second and time left since this process began (a resumed training counts from where it went on)."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._images = 0
        self._first: tuple[float, float] | None = None  # epochs done and time when that was first asked

    def add(self, images: int) -> None:
        """Count the images of one step."""
        self._images += images

    def per_second(self) -> float:
        """Return images a second."""
        return self._images / max(time.monotonic() - self._began, 1e-9)

    def left(self, done: float, epochs: int) -> str:
        """Return the time left in words, '' when nothing can be said yet."""
        now = time.monotonic()
        if self._first is None:
            self._first = (done, now)
        first_done, first_time = self._first
        if done <= first_done or done >= epochs:
            return ""
        seconds = (now - first_time) / (done - first_done) * (epochs - done)
        return f", about {seconds / 60:.0f} min left" if seconds > 90 else f", about {seconds:.0f} s left"


def losses(history: History) -> str:
    """Return the newest losses in one short text, each as training/validation."""
    terms = [name.removeprefix("train_") for name in history.columns if name.startswith("train_")]
    newest = {name: f"{values[-1]:.4g}" for name, values in history.columns.items()}
    return " ".join(f"{term} {newest[f'train_{term}']}/{newest[f'validation_{term}']}" for term in terms)
