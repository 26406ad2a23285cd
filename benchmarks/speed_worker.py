"""One side of benchmarks/speed.py, in a process of its own: prints JSON, a line a turn.

Alone in its process, because what ours tells the allocator would help the notebook too.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import notebook
from vae.allocator import keep_large_blocks
from vae.checkpoints import History
from vae.data import as_input, load
from vae.datasets import FASHION_MNIST
from vae.raw_files import verified_folder
from vae.spec import RunSpec
from vae.tasks import vae_task
from vae.train import train_epoch

WARM_UP = 5  # steps
RUN = RunSpec("speed", FASHION_MNIST.name)


class Unheard:
    """A listener that wants to know nothing."""

    def step(self, epoch: int, step: int, steps: int, images: int) -> None: ...

    def epoch(self, epoch: int, history: History) -> None: ...


def ours(cache: Path, device: torch.device) -> Callable[[int], None]:
    """Return what takes so many steps as vae.train takes them."""
    keep_large_blocks()
    task = vae_task(RUN)
    data = load(FASHION_MNIST, None, cache).to(device)
    model = task.build(notebook.SEED).to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=task.learning_rate(1), fused=device.type in ("cuda", "cpu"))
    epochs = count(1)

    def take(steps: int) -> None:
        split = data.train.first(steps * task.batch_size)
        train_epoch(task, model, optimiser, notebook.SEED, next(epochs), split, device, Unheard()).cpu()

    return take


def theirs(cache: Path, device: torch.device) -> Callable[[int], None]:
    """Return what takes so many steps as the notebook takes them."""
    return notebook.loop(verified_folder(FASHION_MNIST, None, cache).parent.parent, device)


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
    """Return the FLOPs of one step, forward and backward, of each loop's model."""
    task = vae_task(RUN)
    images = torch.zeros(task.batch_size, 28, 28, dtype=torch.uint8)
    labels, noise = torch.zeros(task.batch_size, dtype=torch.int64), torch.zeros(task.batch_size, task.noise_dim)
    with FlopCounterMode(display=False) as our_count:
        task.terms(task.build(0), as_input(images), labels, noise).sum().backward()
    with FlopCounterMode(display=False) as their_count:
        notebook.loss_of(notebook.NotebookVAE(), as_input(images)).backward()
    return {"ours": our_count.get_total_flops(), "notebook": their_count.get_total_flops()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("ours", "notebook", "roofline"))
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    device = torch.device(options.device)
    if options.what == "roofline":
        print(json.dumps({"peak": roofline(device), "flops": step_flops(), "threads": torch.get_num_threads()}))
        return
    cache = Path(os.environ.get("LAUDO_CACHE") or ".cache")
    take = (ours if options.what == "ours" else theirs)(cache, device)
    take(WARM_UP)
    for line in sys.stdin:  # one turn a line: so many steps
        began = time.perf_counter()
        take(int(line))
        seconds = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts KiB
        print(json.dumps({"images_per_second": int(line) * notebook.BATCH / seconds, "peak_bytes": peak}), flush=True)


if __name__ == "__main__":
    main()
