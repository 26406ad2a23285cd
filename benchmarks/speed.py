"""Our loop against the notebook's: python -m benchmarks.speed writes benchmarks/speed.json and RESULTS.md.

Two processes take turns of some steps; which goes first alternates. Same maths, batch and steps. Short turns, because
the speed of a shared machine drifts within a minute.
"""

import argparse
import datetime
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vae.provenance import processor
from vae.results import dump_json

HERE = Path(__file__).parent
LOOPS = ("notebook", "ours")
NAMES = {"notebook": "notebook", "ours": "vae/train.py"}


def measure(steps: int, pairs: int, device: str) -> dict[str, Any]:
    """Return the measured pairs, the roofline of this run and the machine."""
    taken = []
    with ExitStack() as stack:
        workers = {loop: stack.enter_context(_worker(loop, device)) for loop in LOOPS}
        for pair in range(pairs):
            order = LOOPS if pair % 2 == 0 else LOOPS[::-1]
            taken.append({loop: _turn(workers[loop], steps) for loop in order})
            print(f"pair {pair + 1}: {ratios(taken)[-1]:.2f}", flush=True)
    with _worker("roofline", device) as worker:
        found = json.loads(worker.communicate()[0])
    machine = {"processor": processor(), "cores": os.cpu_count(), "device": device, "system": platform.system()}
    versions = {name: version(name) for name in ("torch", "torchvision")} | {"python": platform.python_version()}
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    return {"date": date, "machine": machine, "versions": versions, "steps": steps, "pairs": taken, **found}


def ratios(pairs: Sequence[dict[str, Any]]) -> list[float]:
    """Return ours over the notebook's images a second, of each pair."""
    return [pair["ours"]["images_per_second"] / pair["notebook"]["images_per_second"] for pair in pairs]


def markdown(result: dict[str, Any], batch: int = 128) -> str:
    """Return RESULTS.md, whole."""
    machine, versions, pairs = result["machine"], result["versions"], result["pairs"]
    peak = result["peak"]
    found = ratios(pairs)
    lines = [
        "# Speed against the notebook loop",
        "",
        "Written by `python -m benchmarks.speed` from speed.json; do not edit.",
        "",
        (
            f"{result['date']}; {machine['processor']}, {machine['cores']} cores, {result['threads']} threads, on "
            f"{machine['device']}; Python {versions['python']}, torch {versions['torch']}, torchvision "
            f"{versions['torchvision']}. {len(pairs)} interleaved pairs of {result['steps']} steps, batch {batch}, fp32. "
            "The load of other programs on the machine is not controlled: the range shows it."
        ),
        "",
        (
            f"Ratio of images/s, ours over the notebook's: median {statistics.median(found):.2f}, "
            f"range {min(found):.2f} to {max(found):.2f}."
        ),
        "",
        "| loop | images/s, median | range | GFLOP a step | share of the fp32 roofline | peak memory, MiB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for loop in LOOPS:
        speeds = [pair[loop]["images_per_second"] for pair in pairs]
        middle, flops = statistics.median(speeds), result["flops"][loop]
        memory = max(pair[loop]["peak_bytes"] for pair in pairs) / 2**20
        share = middle / batch * flops / peak["float32"]
        lines.append(
            f"| {NAMES[loop]} | {middle:.0f} | {min(speeds):.0f} to {max(speeds):.0f} | {flops / 1e9:.2f} "
            f"| {share:.0%} | {memory:.0f} |"
        )
    what = "matrix product (torch.mm)" if machine["device"].startswith("cuda") else "large convolution (oneDNN)"
    lines += [
        "",
        (
            f"Roofline of this run, best {what}: {peak['float32'] / 1e9:.0f} GFLOP/s fp32, "
            f"{peak['bfloat16'] / 1e9:.0f} bf16. Memory of an evaluation: not measured yet."
        ),
    ]
    return "\n".join(lines) + "\n"


def _worker(what: str, device: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.speed_worker", what, "--device", device]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE.parent)


def _turn(worker: subprocess.Popen[str], steps: int) -> dict[str, Any]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(f"{steps}\n")
    worker.stdin.flush()
    taken: dict[str, Any] = json.loads(worker.stdout.readline())
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    result = measure(options.steps, options.pairs, options.device)
    (HERE / "speed.json").write_bytes(dump_json(result))
    (HERE / "RESULTS.md").write_text(markdown(json.loads((HERE / "speed.json").read_bytes())), encoding="utf-8")
    print((HERE / "RESULTS.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
