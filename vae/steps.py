"""The optimiser step of a training, made once and repeated: on CUDA as a captured graph, elsewhere as it is.

The step reads and writes nothing but tensors that stay where they are (order, noise, how far the epoch is, sums of the
terms), so that replaying what was captured is a whole step, with no word from the host and no wait for the device.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from vae.data.tensors import Split, as_input
from vae.tasks import Task

WARM_UP = 3  # steps before a capture: libraries choose their algorithms, the optimiser makes its state


def make_optimiser(task: Task, model: nn.Module, device: torch.device) -> torch.optim.Adam:
    """Return Adam for a model on a device, its state and learning rate on the device where a graph needs them there."""
    if device.type == "cuda":
        rate = torch.tensor(task.learning_rate(1), device=device)
        return torch.optim.Adam(model.parameters(), lr=rate, fused=True, capturable=True)
    return torch.optim.Adam(model.parameters(), lr=task.learning_rate(1), fused=device.type == "cpu")


def set_learning_rate(optimiser: torch.optim.Optimizer, value: float) -> None:
    """Set the learning rate of all that an optimiser trains, in place where a graph reads it."""
    for group in optimiser.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(value)
        else:
            group["lr"] = value


@dataclasses.dataclass(frozen=True)
class Draws:
    """What an epoch draws: order (n,) of the images, noise (n, noise_dim), and the seed of the layers' own (dropout)."""

    order: Tensor
    noise: Tensor
    layers_seed: int


class Steps:
    """The steps of one training: a model, its optimiser and the images that it is trained on, all on one device.

    Make it after a checkpoint was put back: a graph keeps the tensors that it was captured with.
    """

    def __init__(self, task: Task, model: nn.Module, optimiser: torch.optim.Optimizer, split: Split) -> None:
        self._task, self._model, self._optimiser, self._split = task, model, optimiser, split
        self._device = device = split.images.device
        n = len(split)
        full, short = divmod(n, task.batch_size)
        self._sizes = [task.batch_size] * full + [short] * (short > 0)
        self._order = torch.zeros(n, dtype=torch.int64, device=device)
        self._noise = torch.zeros(n, task.noise_dim, device=device)
        self._weights = torch.tensor(task.weights, device=device)
        self._within = torch.arange(task.batch_size, device=device)
        self._images_done = torch.zeros(1, dtype=torch.int64, device=device)
        self._steps_done = torch.zeros(1, dtype=torch.int64, device=device)
        self._sums = torch.zeros(len(self._sizes), len(task.term_names), device=device)
        self._ready: dict[int, Callable[[], None]] = {}

    @property
    def count(self) -> int:
        """Steps of an epoch, the last short batch included."""
        return len(self._sizes)

    def epoch(self, draws: Draws) -> Iterator[int]:
        """Take one pass over the images, and yield the number of images of each step."""
        self._model.train()
        with torch.random.fork_rng(devices=[self._device] if self._device.type == "cuda" else []):
            ready = [self._step(size) for size in self._sizes]
            torch.manual_seed(draws.layers_seed)  # after the captures, which draw too
            self._order.copy_(draws.order)
            self._noise.copy_(draws.noise)
            self._begin()
            for size, step in zip(self._sizes, ready, strict=True):
                step()
                yield size

    def sums(self) -> Tensor:
        """Return the sum of each term over the images of each step of the last epoch, (steps, terms), a copy."""
        return self._sums.clone()

    def _begin(self) -> None:
        self._images_done.zero_()
        self._steps_done.zero_()

    def _step(self, size: int) -> Callable[[], None]:
        if size not in self._ready:
            self._ready[size] = self._captured(size) if self._device.type == "cuda" else lambda: self._take(size)
        return self._ready[size]

    def _take(self, size: int) -> None:
        """Take one optimiser step on the next images of the order."""
        task, split = self._task, self._split
        rows = self._images_done + self._within[:size]
        chosen = self._order[rows]
        # Casts are not cached: a cache would outlive a captured step.
        with torch.autocast(
            self._device.type, torch.bfloat16, enabled=task.precision == "bfloat16", cache_enabled=False
        ):
            terms = task.terms(self._model, as_input(split.images[chosen]), split.labels[chosen], self._noise[rows])
        self._optimiser.zero_grad(set_to_none=True)
        (self._weights @ terms.mean(dim=1)).backward()
        self._optimiser.step()
        self._sums.index_copy_(0, self._steps_done, terms.detach().sum(dim=1).unsqueeze(0))
        self._images_done += size
        self._steps_done += 1

    def _captured(self, size: int) -> Callable[[], None]:
        """Return the replay of a step as a CUDA graph; model and optimiser are left as they were."""
        aside = torch.cuda.Stream(self._device)
        aside.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(aside), self._undone():
            for _ in range(WARM_UP):
                self._begin()
                self._take(size)
        torch.cuda.current_stream(self._device).wait_stream(aside)
        self._begin()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # other trainings may be at work beside it
            self._take(size)
        return graph.replay

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Take back what steps do to weights, buffers and optimiser state, in place."""
        kept = [(tensor, tensor.detach().clone()) for tensor in self._model.state_dict().values()]
        before = {tensor: tensor.clone() for tensor in self._state()}
        yield
        with torch.no_grad():
            for tensor, value in kept:
                tensor.copy_(value)
            for tensor in self._state():
                tensor.copy_(before.get(tensor, torch.zeros_like(tensor)))  # what the first step made begins at zero

    def _state(self) -> list[Tensor]:
        return [value for state in self._optimiser.state.values() for value in state.values()]
