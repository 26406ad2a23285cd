"""One contestant of benchmarks/speed.py, in a process of its own: prints JSON, a line a turn.

Alone in its process, because what ours tells the allocator would help the notebook too.
"""

import argparse
import dataclasses
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import notebook
from build import cache_dir
from vae.allocator import keep_large_blocks
from vae.data.datasets import FASHION_MNIST
from vae.data.raw_files import verified_folder
from vae.data.tensors import Data, as_input, load
from vae.grid import FIRST_SEED, REFERENCE_RUNS, make_grid
from vae.spec import Precision, RunSpec
from vae.steps import Steps, make_optimiser
from vae.storage.checkpoints import CheckpointFolder, History
from vae.tasks import vae_task
from vae.train import epoch_draws, train, train_epoch

NOTEBOOK = "notebook"
PRECISIONS: tuple[Precision, ...] = ("float32", "bfloat16")
CONTESTANTS = (NOTEBOOK, *PRECISIONS)

Turn = Callable[[int], None]


class Unheard:
    """A listener that wants to know nothing."""

    def step(self, epoch: int, step: int, steps: int, images: int) -> None: ...

    def epoch(self, epoch: int, history: History) -> None: ...


def run(precision: Precision, **training: int) -> RunSpec:
    """Return the reference's run, in a precision."""
    spec = RunSpec("speed", FASHION_MNIST.name)
    return dataclasses.replace(spec, training=dataclasses.replace(spec.training, precision=precision, **training))


def steps_of(precision: Precision, data: Data, device: torch.device) -> Turn:
    """Return what takes so many steps as vae.train takes them."""
    task = vae_task(run(precision))
    model = task.build(FIRST_SEED).to(device)
    optimiser = make_optimiser(task, model, device)
    epochs = count(1)
    made: dict[int, Steps] = {}

    def take(steps: int) -> None:
        split = data.train.first(steps * task.batch_size)
        turn = made.setdefault(steps, Steps(task, model, optimiser, split))
        epoch = next(epochs)
        draws = epoch_draws(FIRST_SEED, epoch, len(split), task.noise_dim, device)
        train_epoch(turn, draws, epoch, Unheard()).cpu()

    return take


def grid_of(precision: Precision, data: Data, device: torch.device) -> Turn:
    """Return what trains the reference's runs on so many images, as a build trains them: one training a trajectory."""
    reference = [spec for spec in make_grid().runs if spec.name in REFERENCE_RUNS]

    def take(images: int) -> None:
        # As many validation images as go with so many training images.
        few = {"train_images": images, "validation_images": images * len(data.validation) // len(data.train)}
        specs = [
            dataclasses.replace(spec, training=dataclasses.replace(spec.training, precision=precision, **few))
            for spec in reference
        ]
        with tempfile.TemporaryDirectory() as scratch:
            for index, trajectory in enumerate(dict.fromkeys(spec.trajectory() for spec in specs)):
                snapshots = [spec.epochs for spec in specs if spec.trajectory() == trajectory]
                folder = CheckpointFolder(Path(scratch) / str(index))
                train(vae_task(trajectory), FIRST_SEED, data, device, folder, snapshots, "grid", {}, Unheard())

    return take


def reference_runs() -> list[tuple[int, int]]:
    """Return latent dimensions and epochs of the reference's runs."""
    return [(spec.latent_dim, spec.epochs) for spec in make_grid().runs if spec.name in REFERENCE_RUNS]


def contestant(name: str, what: str, device: torch.device) -> Turn:
    """Return a contestant's turn: what = "steps" or "grid"."""
    if name == NOTEBOOK:
        root = verified_folder(FASHION_MNIST, None, cache_dir()).parent.parent
        if what == "steps":
            return notebook.loop(root, device)
        return notebook.grid(root, device, reference_runs())
    keep_large_blocks()
    data = load(FASHION_MNIST, None, cache_dir()).to(device)
    precision = next(known for known in PRECISIONS if known == name)
    return (steps_of if what == "steps" else grid_of)(precision, data, device)


def roofline(device: torch.device) -> dict[str, float]:
    """Return FLOP/s of the best large convolution on a CPU, of the matrix product on a GPU, by number format."""
    return {str(kind).removeprefix("torch."): _peak(kind, device) for kind in (torch.float32, torch.bfloat16)}


def _peak(kind: torch.dtype, device: torch.device) -> float:
    if device.type == "cuda":
        square = torch.randn(8192, 8192, device=device, dtype=kind)
        return 2 * 8192**3 / _best_seconds(lambda: torch.mm(square, square), device)
    best = 0.0
    for channels, side in ((128, 28), (256, 14), (256, 28)):
        images = torch.randn(32, channels, side, side, dtype=kind).to(memory_format=torch.channels_last)
        kernel = torch.randn(channels, channels, 3, 3, dtype=kind).to(memory_format=torch.channels_last)

        def convolve(images: torch.Tensor = images, kernel: torch.Tensor = kernel) -> object:
            return functional.conv2d(images, kernel, padding=1)

        with FlopCounterMode(display=False) as counter, torch.no_grad():
            convolve()
        best = max(best, counter.get_total_flops() / _best_seconds(convolve, device))
    return best


def _best_seconds(work: Callable[[], object], device: torch.device, repetitions: int = 8) -> float:
    seconds = []
    with torch.no_grad():
        for _ in range(repetitions):
            began = time.perf_counter()
            work()
            if device.type == "cuda":
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
    return min(seconds)


def step_flops() -> dict[str, int]:
    """Return the FLOPs of one step, forward and backward, of each contestant's layers."""
    task = vae_task(run("float32"))
    images = torch.zeros(task.batch_size, 28, 28, dtype=torch.uint8)
    labels, noise = torch.zeros(task.batch_size, dtype=torch.int64), torch.zeros(task.batch_size, task.noise_dim)
    flops: dict[str, int] = {}
    for precision in PRECISIONS:
        autocast = torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")
        with FlopCounterMode(display=False) as our_count, autocast:
            task.terms(task.build(0), as_input(images), labels, noise).sum().backward()
        flops[precision] = our_count.get_total_flops()
    with FlopCounterMode(display=False) as their_count:
        notebook.loss_of(notebook.NotebookVAE(), as_input(images)).backward()
    return flops | {NOTEBOOK: their_count.get_total_flops()}


def answer(take: Turn, turns: Iterable[str]) -> None:
    """Take a turn for each line: so many steps, or images of a grid."""
    for line in turns:
        began = time.perf_counter()
        take(int(line))
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts KiB
        print(json.dumps({"seconds": seconds, "peak_bytes": peak}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("steps", "grid", "roofline"))
    parser.add_argument("name", choices=CONTESTANTS, nargs="?")
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    device = torch.device(options.device)
    if options.what == "roofline":
        print(json.dumps({"peak": roofline(device), "flops": step_flops(), "threads": torch.get_num_threads()}))
        return
    answer(contestant(options.name, options.what, device), sys.stdin)


if __name__ == "__main__":
    main()
