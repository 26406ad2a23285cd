"""What is said of a training while it goes on: small plain values, seldom enough to be sent over a network."""

import dataclasses
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vae.storage.checkpoints import History

SECONDS_BETWEEN_UPDATES = 0.5  # of one training; a hundred of them report to one scheduler


@dataclasses.dataclass(frozen=True)
class Update:
    """Where a piece of work is.

    label: whose. epochs: how many there will be, 0 for work without steps. epoch, step: the one just done, 0 at the start;
    steps: of an epoch. images: seen since the update before. losses: the newest, as text.
    """

    label: str
    epochs: int = 0
    epoch: int = 0
    step: int = 0
    steps: int = 0
    images: int = 0
    losses: str = ""


Show = Callable[[Update], None]


class Reporter:
    """A listener of a training that passes on where it is: at the start, now and then, and at the end."""

    def __init__(self, label: str, epochs: int, show: Show) -> None:
        self._label, self._epochs, self._show = label, epochs, show
        self._images, self._losses = 0, ""
        self._last = time.monotonic()
        show(Update(label, epochs))

    def step(self, epoch: int, step: int, steps: int, images: int) -> None:
        self._images += images
        self._steps = steps
        # With the last step of an epoch its losses are awaited.
        if step < steps and time.monotonic() - self._last > SECONDS_BETWEEN_UPDATES:
            self._send(epoch, step)

    def epoch(self, epoch: int, history: "History") -> None:
        self._losses = losses(history)
        if epoch == self._epochs or time.monotonic() - self._last > SECONDS_BETWEEN_UPDATES:
            self._send(epoch, self._steps)

    def _send(self, epoch: int, step: int) -> None:
        self._show(Update(self._label, self._epochs, epoch, step, self._steps, self._images, self._losses))
        self._images = 0
        self._last = time.monotonic()


def losses(history: "History") -> str:
    """Return the newest losses in one short text, each as training/validation."""
    terms = [name.removeprefix("train_") for name in history.columns if name.startswith("train_")]
    newest = {name: f"{values[-1]:.4g}" for name, values in history.columns.items()}
    return " ".join(f"{term} {newest[f'train_{term}']}/{newest[f'validation_{term}']}" for term in terms)
