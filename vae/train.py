"""The one training loop, for every family and device.

Exact to repeat and to resume: what an epoch draws (order, noise, dropout) comes from streams seeded by (seed, epoch),
so a killed training goes on from its last checkpoint and ends with the numbers of an undisturbed one.
Nothing inside an epoch waits for the device: losses gather in a tensor there and are read once, at its end.
"""

import hashlib
import time
from collections.abc import Collection
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from vae.allocator import keep_large_blocks
from vae.data.tensors import Data, Split, as_input
from vae.errors import TrainingError
from vae.steps import Draws, Steps, make_optimiser, set_learning_rate
from vae.storage.checkpoints import CheckpointFolder, History
from vae.storage.provenance import now
from vae.tasks import Task

SECONDS_BETWEEN_CHECKPOINTS = 20.0
EVALUATION_BATCH = 500


@runtime_checkable
class Listener(Protocol):
    """Who wants to know how a training goes: told of every step, of so many images, and of every epoch, validated."""

    def step(self, epoch: int, step: int, steps: int, images: int) -> None: ...

    def epoch(self, epoch: int, history: History) -> None: ...


def train(
    task: Task,
    seed: int,
    data: Data,
    device: torch.device,
    folder: CheckpointFolder,
    snapshots: Collection[int],
    name: str,
    facts: dict[str, str],
    listener: Listener,
    keep: Collection[int] = (),
) -> History:
    """Train until the last snapshot, from the newest checkpoint of the folder, and leave a checkpoint at each snapshot.

    data must be on the device. facts (device, versions, commit) describe this session and are
    kept with every checkpoint, after those of the sessions that it goes on from. keep: other epochs
    whose checkpoints are left too, if the training comes by them. Returns the history.
    Raises TrainingError naming run, epoch and step when the loss is no longer finite, of a batch or of the validation
    after it, and then nothing of that epoch is kept; or what to lower when the device is out of memory.
    """
    keep_large_blocks()
    last = max(snapshots)
    train_split, validation = data.train.first(task.train_images), data.validation.first(task.validation_images)
    model = task.build(seed).to(device)
    optimiser = make_optimiser(task, model, device)
    there = folder.epochs()
    # Later checkpoints (of a longer run of the same trajectory) are no way back to a snapshot that is not there.
    first = min(set(snapshots) - set(there), default=last)
    start = max((epoch for epoch in there if epoch <= first), default=0)
    history, sessions = folder.resume(start, model, optimiser) if start else (History(), [])
    steps = Steps(task, model, optimiser, train_split)
    saved = time.monotonic()
    kept = {*snapshots, *keep}
    for epoch in range(start + 1, last + 1):
        began = time.perf_counter()
        learning_rate = task.learning_rate(epoch)
        set_learning_rate(optimiser, learning_rate)
        try:
            draws = epoch_draws(seed, epoch, len(train_split), task.noise_dim, device)
            losses = train_epoch(steps, draws, epoch, listener)
        except torch.OutOfMemoryError as error:
            raise _out_of_memory(task, name, epoch, device, folder) from error
        _stop_if_diverged(losses, name, epoch, folder)
        values = {"learning_rate": learning_rate}
        values |= _named("train", task, losses.sum(dim=0) / len(train_split))
        seconds = time.perf_counter() - began
        validated = evaluate_terms(task, model, validation, seed).mean(dim=1)
        if not bool(torch.isfinite(validated).all()):
            # Losses are those before each step: what the last step of an epoch breaks shows here alone.
            raise _diverged(name, epoch, "after its last step", folder)
        values |= _named("validation", task, validated)
        history.append(values, seconds)
        if epoch in kept or time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
            session = facts | {"finished": now(), "until": epoch}
            folder.save(epoch, model, optimiser, history, [*sessions, session])
            folder.prune(keep=kept, until=epoch)
            saved = time.monotonic()
        listener.epoch(epoch, history)
    return history


def train_epoch(steps: Steps, draws: Draws, epoch: int, listener: Listener) -> Tensor:
    """Take one pass over the training images; return the sum of each term over the images of each step."""
    for step, images in enumerate(steps.epoch(draws), start=1):
        listener.step(epoch, step, steps.count, images)
    return steps.sums()


def epoch_draws(seed: int, epoch: int, images: int, noise_dim: int, device: torch.device) -> Draws:
    """Return what an epoch draws, from streams of its own."""
    order = torch.randperm(images, generator=torch.Generator().manual_seed(stream(seed, epoch, "order"))).to(device)
    noise = standard_normal(images, noise_dim, stream(seed, epoch, "noise"), device)
    return Draws(order, noise, stream(seed, epoch, "layers"))


@torch.no_grad()
def evaluate_terms(task: Task, model: torch.nn.Module, split: Split, seed: int) -> Tensor:
    """Return each term for each image (terms x images), one noise draw an image, the same at every call."""
    model.eval()
    device = split.images.device
    noise = evaluation_noise(len(split), task.noise_dim, seed, device)
    rows = []
    for first in range(0, len(split), EVALUATION_BATCH):
        batch = slice(first, first + EVALUATION_BATCH)
        rows.append(task.terms(model, as_input(split.images[batch]), split.labels[batch], noise[batch]))
    return torch.cat(rows, dim=1)


def evaluation_noise(n: int, dim: int, seed: int, device: torch.device) -> Tensor:
    """Return the one draw an image with which a seed's losses are measured outside training, (n, dim)."""
    return standard_normal(n, dim, stream(seed, 0, "evaluation"), device)


def standard_normal(n: int, dim: int, seed: int, device: torch.device) -> Tensor:
    """Return (n, dim) standard normal numbers, drawn on the CPU so that every device sees the same."""
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed)).to(device)


def stream(seed: int, epoch: int, purpose: str) -> int:
    """Return the seed of an independent random stream."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{epoch}/{purpose}".encode()).digest()[:8], "big") >> 1


def _named(prefix: str, task: Task, means: Tensor) -> dict[str, float]:
    return {f"{prefix}_{name}": value for name, value in zip(task.term_names, means.tolist(), strict=True)}


def _stop_if_diverged(losses: Tensor, name: str, epoch: int, folder: CheckpointFolder) -> None:
    finite = torch.isfinite(losses).all(dim=1).cpu()
    if bool(finite.all()):
        return
    raise _diverged(name, epoch, f"step {int((~finite).nonzero()[0]) + 1}", folder)


def _diverged(name: str, epoch: int, where: str, folder: CheckpointFolder) -> TrainingError:
    return TrainingError(
        f"Run {name}: the loss is no longer finite at epoch {epoch}, {where}. {_way_back(folder, epoch)} "
        f"Try a lower learning_rate (vae/spec.py; it changes the numbers of every run) or, with a large beta, fewer "
        f"latent dimensions (vae/grid.py)."
    )


def _out_of_memory(task: Task, name: str, epoch: int, device: torch.device, folder: CheckpointFolder) -> TrainingError:
    return TrainingError(
        f"Run {name}: {device.type} ran out of memory in epoch {epoch}, with batches of {task.batch_size} images. "
        f"{_way_back(folder, epoch)} Free memory there, train elsewhere (--device cpu), or lower batch_size "
        f"(vae/spec.py; it changes the numbers of every run)."
    )


def _way_back(folder: CheckpointFolder, epoch: int) -> str:
    good = [saved for saved in folder.epochs() if saved < epoch]
    return f"The last good checkpoint is epoch {good[-1]}." if good else "There is no checkpoint yet."
