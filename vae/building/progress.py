"""How a build shows what it is doing: live bars on a terminal, plain lines every few seconds elsewhere."""

import dataclasses
import sys
import threading
import time
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from vae.updates import Update

SECONDS_BETWEEN_LINES = 5.0  # of all that goes on together


class Progress:
    """Tells people on stderr how a build goes; what works at the same time has a bar each. Safe to call from any thread.

    Bars are shown while it is entered as a context.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._console = Console(file=stream or sys.stderr, highlight=False)
        self._lock = threading.RLock()
        self._going: dict[str, _Going] = {}
        # Together at most 80 characters: what does not fit is left out by the terminal, the losses first.
        self._bars = Bars(
            TextColumn("{task.description}"), BarColumn(bar_width=8), TextColumn("{task.fields[epoch]}"),
            TextColumn("{task.fields[losses]}"), TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
            console=self._console,
        )  # fmt: skip

    @property
    def live(self) -> bool:
        return self._console.is_terminal

    def __enter__(self) -> Self:
        if self.live:
            self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.live:
            self._bars.stop()

    def note(self, text: str) -> None:
        """Print one line."""
        self._console.print(text, markup=False, soft_wrap=True)

    def expect(self, label: str) -> None:
        """Begin to take updates of a piece of work: others' are passed over, and those that come after its end."""
        with self._lock:
            self._going[label] = _Going()

    def show(self, update: Update) -> None:
        """Show where a piece of work is."""
        with self._lock:
            going = self._going.get(update.label)
            if going is None:
                return
            if not update.steps:  # it begins; for the second time if the worker that had it was lost
                self._begin(going, update)
            going.last = update
            going.rate.add(update.images)
            if going.bar is not None:
                self._move(going.bar, going)
            elif update.steps:
                self._line(going, ended=(update.epoch, update.step) == (update.epochs, update.steps))

    def finished(self, label: str) -> None:
        """Say that a piece of work has ended, and how long it took if it had no steps."""
        with self._lock:
            going = self._going.pop(label)
            if going.bar is not None:
                self._bars.remove_task(going.bar)
            if going.last is not None and going.last.epochs == 0:
                self.note(f"{label}: {time.monotonic() - going.began:.1f} s")
            elif going.last is not None and self.live:
                self.note(f"{label}: trained to epoch {going.last.epochs}")

    def _begin(self, going: "_Going", update: Update) -> None:
        if update.epochs:
            again = "" if going.last is None else " again, elsewhere"
            self.note(f"training {update.label} to epoch {update.epochs}{again}; losses are training/validation")
        elif not self.live:
            self.note(f"{update.label} ...")
        going.began = going.line = time.monotonic()
        going.rate = Rate()
        if self.live and going.bar is None:
            going.bar = self._bars.add_task(update.label, total=None, epoch="", losses="", rate="")

    def _move(self, bar: TaskID, going: "_Going") -> None:
        update = going.last
        if update is None or not update.epochs:
            return
        self._bars.update(
            bar,
            completed=max(update.epoch - 1, 0) * update.steps + update.step,
            total=update.epochs * update.steps or None,
            epoch=f"{update.epoch}/{update.epochs}",
            losses=update.losses,
            rate=f"{going.rate.per_second():,.0f} img/s",
        )

    def _line(self, going: "_Going", ended: bool) -> None:
        update = going.last
        assert update is not None
        # With many at a time each has its turn less often.
        if not ended and time.monotonic() - going.line < SECONDS_BETWEEN_LINES * len(self._going):
            return
        going.line = time.monotonic()
        step = f", step {update.step}/{update.steps}" if update.step < update.steps else ""
        left = going.rate.left(update.epoch - 1 + update.step / update.steps, update.epochs)
        self.note(
            f"{update.label}: epoch {update.epoch}/{update.epochs}{step}  {update.losses}  "
            f"{going.rate.per_second():,.0f} images/s{left}"
        )


class Rate:
    """Images a second and time left since this process began (a resumed training counts from where it went on)."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._images = 0
        self._first: tuple[float, float] | None = None  # epochs done and time when that was first asked

    def add(self, images: int) -> None:
        """Count the images of some steps."""
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


@dataclasses.dataclass
class _Going:
    """A piece of work that was handed out: its newest update, None until it begins, and how it is shown."""

    last: Update | None = None
    began: float = 0.0
    line: float = 0.0  # when its last line was printed
    rate: Rate = dataclasses.field(default_factory=Rate)
    bar: TaskID | None = None
