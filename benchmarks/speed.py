"""Our loop against the notebook's: python -m benchmarks.speed writes benchmarks/speed.json.

Processes take turns of some steps; which goes first rotates. Same maths, batch and steps. Short turns, because the
speed of a shared machine drifts within a minute.
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import machine
from benchmarks.notebook import BATCH
from benchmarks.speed_worker import CONTESTANTS, NOTEBOOK, PRECISIONS, reference_runs
from vae.data.datasets import FASHION_MNIST
from vae.storage.results import dump_json

HERE = Path(__file__).parent
NAMES = {NOTEBOOK: "notebook", "float32": "ours, float32", "bfloat16": "ours, bfloat16"}
Turns = Sequence[Mapping[str, Mapping[str, float]]]


def measure(steps: int, turns: int, images: int, grids: int, device: str) -> dict[str, Any]:
    """Return the turns of the loops and of whole grids, and the roofline of this run."""
    taken = _turns("steps", steps, turns, device)
    whole = _turns("grid", images, grids, device)
    with _worker(device, "roofline") as worker:
        found = json.loads(worker.communicate()[0])
    facts = machine.facts("torch", "torchvision")
    return facts | {
        "device": device, "steps": steps, "turns": taken, "grid": {"images": images, "turns": whole}, **found,
    }  # fmt: skip


def ratios(turns: Turns, precision: str) -> list[float]:
    """Return how many times as fast as the notebook ours was, turn by turn."""
    return [turn[NOTEBOOK]["seconds"] / turn[precision]["seconds"] for turn in turns]


def summary(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the tables show, by contestant; each spread is [lowest, median, highest].

    roofline: the reference model's FLOPs a second over the best that the machine did in float32 in this run. The
    notebook's arithmetic is counted for all, also where ours reaches the same numbers with less: the share says how
    long a step takes, not how busy the processor is.
    """
    found: dict[str, Any] = {}
    for name in CONTESTANTS:
        images = result["steps"] * BATCH
        rates = [images / turn[name]["seconds"] for turn in result["turns"]]
        found[name] = {
            "times": spread(ratios(result["turns"], name)),
            "images_per_second": spread(rates),
            "epoch_seconds": FASHION_MNIST.train_images / statistics.median(rates),
            "roofline": statistics.median(rates) / BATCH * result["flops"][NOTEBOOK] / result["peak"]["float32"],
            "peak_bytes": max(turn[name]["peak_bytes"] for turn in result["turns"]),
            "grid_times": spread(ratios(result["grid"]["turns"], name)),
        }
    return found


def spread(values: Sequence[float]) -> list[float]:
    """Return [lowest, median, highest]."""
    return [min(values), statistics.median(values), max(values)]


def section(result: Mapping[str, Any]) -> list[str]:
    """Return the lines of this benchmark in RESULTS.md."""
    peak, grid, device, found = result["peak"], result["grid"], result["device"], result["summary"]
    lines = [
        "## Training, against the notebook loop",
        "",
        f"{machine.sentence(result)} On {device}, {result['threads']} threads.",
        "",
        (
            f"{len(result['turns'])} rounds of interleaved turns of {result['steps']} steps, batch {BATCH}, 2 latent "
            "dimensions; median and range. The load of other programs on the machine is not controlled: the range shows it."
        ),
        "",
        "| loop | times the notebook | images/s | s an epoch | GFLOP a step | of the fp32 roofline | peak memory, MiB |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in CONTESTANTS:
        shown = found[name]
        lines.append(
            f"| {NAMES[name]} | {'1' if name == NOTEBOOK else _text(shown['times'])} | {_text(shown['images_per_second'], 0)} "
            f"| {shown['epoch_seconds']:.1f} | {result['flops'][name] / 1e9:.2f} | {shown['roofline']:.0%} "
            f"| {shown['peak_bytes'] / 2**20:.0f} |"
        )
    what = "matrix product (torch.mm)" if device.startswith("cuda") else "large convolution (oneDNN)"
    epochs = sum(epochs for _, epochs in reference_runs())
    lines += [
        "",
        (
            f"Roofline of this run, best {what}: {peak['float32'] / 1e9:.0f} GFLOP/s in float32, "
            f"{peak['bfloat16'] / 1e9:.0f} in bfloat16. The share counts the notebook's {result['flops'][NOTEBOOK] / 1e9:.2f} "
            "GFLOP a step for all: ours composes the decoder's first two layers, which have no activation between them; in "
            "bfloat16 on a CPU it takes the transposed convolutions in their sub-pixel form, which multiplies by zeros too."
        ),
        "",
        (
            f"The reference's grid from end to end (the notebook: {len(reference_runs())} trainings, {epochs} epochs; ours: one "
            f"training a trajectory, with validation and checkpoints), on {grid['images']} images so that it can be repeated, "
            f"{len(grid['turns'])} rounds: "
            + "; ".join(f"{name} {_text(found[name]['grid_times'])} times" for name in PRECISIONS)
            + "."
        ),
    ]
    return lines


def _text(of: Sequence[float], digits: int = 2) -> str:
    low, middle, high = of
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _turns(what: str, size: int, rounds: int, device: str) -> list[dict[str, Any]]:
    taken: list[dict[str, Any]] = []
    with ExitStack() as stack:
        ask = {name: _asker(stack.enter_context(_worker(device, what, name)), size) for name in CONTESTANTS}
        for name in CONTESTANTS:
            ask[name]()  # a turn to warm up
        for turn in range(rounds):
            first = turn % len(CONTESTANTS)
            taken.append({name: ask[name]() for name in CONTESTANTS[first:] + CONTESTANTS[:first]})
            print(what, *(f"{name} {ratios(taken[-1:], name)[0]:.2f}" for name in PRECISIONS), flush=True)
    return taken


def _worker(device: str, *what: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.speed_worker", *what, "--device", device]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parent)


def _asker(worker: subprocess.Popen[str], size: int) -> Callable[[], dict[str, float]]:
    def ask() -> dict[str, float]:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(f"{size}\n")
        worker.stdin.flush()
        taken: dict[str, float] = json.loads(worker.stdout.readline())
        return taken

    return ask


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--images", type=int, default=BATCH, help="of a grid, an epoch")
    parser.add_argument("--grids", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    result = measure(options.steps, options.turns, options.images, options.grids, options.device)
    result["summary"] = summary(result)
    (HERE / "speed.json").write_bytes(dump_json(result))
    print("\n".join(section(result)))


if __name__ == "__main__":
    main()
