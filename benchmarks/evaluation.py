"""What an evaluation takes, by its parts: python -m benchmarks.evaluation writes benchmarks/evaluation.json.

Of published weights, each in a process of its own, with and without the t-SNE. The first evaluation of a build also
looks at the real images, which the others are held against; the second one finds that done.
"""

import argparse
import functools
import json
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import facts, sentence
from vae.storage.results import dump_json

HERE = Path(__file__).parent
RUNS = ("e10", "e10-l50")
# What evaluate() puts together: module of vae.measurements, function.
PARTS = (
    ("fidelity", "likelihood"), ("fidelity", "reconstructions"), ("fidelity", "foreign"), ("latent_space", "layout"),
    ("latent_space", "embedding"), ("generation", "prior_samples"), ("generation", "interpolations"),
    ("generation", "midpoints"),
)  # fmt: skip
REST = "encode, decode and look at the test images"


def evaluate_twice(run: str, tsne: bool) -> dict[str, Any]:
    """Evaluate a run twice in this process and return seconds, by part, and the peak memory; for a process of its own."""
    import torch
    from safetensors.torch import load_file

    from build import cache_dir
    from vae import evaluate, measurements
    from vae.allocator import keep_large_blocks
    from vae.data.tensors import load
    from vae.grid import FIRST_SEED, make_grid
    from vae.measurements.subject import RealImages, Subject
    from vae.models.classifier import Classifier
    from vae.models.conv import ConvVAE
    from vae.spec import RunSpec
    from vae.storage.store import ResultsStore

    keep_large_blocks()
    grid, store = make_grid(), ResultsStore(HERE.parent / "results")
    data = load(grid.info, None, cache_dir())
    spec = grid.specs[run]
    classifier, model = Classifier(len(grid.info.classes)), ConvVAE(spec.model) if isinstance(spec, RunSpec) else None
    for name, net in ((grid.classifier.name, classifier), (run, model)):
        weights = store.weights(name, FIRST_SEED)
        assert weights is not None and net is not None
        net.load_state_dict(load_file(weights))
    assert isinstance(spec, RunSpec) and model is not None
    real = RealImages(classifier.eval(), data)

    taken: dict[str, float] = defaultdict(float)
    for module, name in PARTS:
        owner = vars(measurements)[module]
        part = _timed(getattr(owner, name), f"{module}.{name}", taken)
        setattr(owner, name, part if tsne or name != "embedding" else lambda *_: ({}, {}))
    rows = []
    for _ in range(2):
        taken.clear()
        began, processor_began = time.perf_counter(), time.process_time()
        evaluate.evaluate(Subject(spec, FIRST_SEED, model, real, grid.evaluation, whole=True))
        seconds = time.perf_counter() - began
        parts = dict(taken) | {REST: seconds - sum(taken.values())}
        rows.append(
            {
                "seconds": round(seconds, 3),
                "processor_seconds": round(time.process_time() - processor_began, 3),
                "parts": {name: round(value, 3) for name, value in parts.items()},
            }
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux counts KiB
    return {"evaluations": rows, "peak_bytes": peak, "threads": torch.get_num_threads()}


def _timed(function: Callable[..., Any], name: str, taken: dict[str, float]) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            taken[name] += time.perf_counter() - began

    return timed


def measure() -> dict[str, Any]:
    """Return what each run's evaluation takes, with and without the t-SNE where it has one."""
    found: dict[str, Any] = {}
    for run in RUNS:
        for tsne in (False, True) if run != RUNS[0] else (False,):
            command = [sys.executable, "-m", "benchmarks.evaluation", "--worker", run, *(["--tsne"] if tsne else [])]
            done = subprocess.run(command, cwd=HERE.parent, check=True, stdout=subprocess.PIPE)
            found[run + (" with t-SNE" if tsne else "")] = json.loads(done.stdout.splitlines()[-1])
            print(run, tsne, done.stdout.splitlines()[-1].decode(), flush=True)
    return facts("torch", "scikit-learn") | {"load": os.getloadavg()[1], "runs": found}


def section(result: dict[str, Any]) -> list[str]:
    """Return the lines of the section in RESULTS.md."""
    lines = [
        "## An evaluation",
        "",
        (
            f"{sentence(result)} 10,000 test images, full profile, published weights, each in a process of its own. The "
            "load of other programs is not controlled "
            f"(mean over five minutes: {result['load']:.1f} processes that want a core)."
        ),
        "",
        "| run | first of a build, s | further ones, s | processor s | peak memory, MiB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, found in result["runs"].items():
        first, second = found["evaluations"]
        lines.append(
            f"| {name} | {first['seconds']:.1f} | {second['seconds']:.1f} | {second['processor_seconds']:.1f} "
            f"| {found['peak_bytes'] / 2**20:.0f} |"
        )
    names = list(result["runs"])
    lines += ["", "| part of a further one, s | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for part in [*(f"{module}.{name}" for module, name in PARTS), REST]:
        parts = (found["evaluations"][1]["parts"].get(part, 0.0) for found in result["runs"].values())
        lines.append(f"| {part} | " + " | ".join(f"{value:.2f}" for value in parts) + " |")
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", metavar="RUN")
    parser.add_argument("--tsne", action="store_true")
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(evaluate_twice(options.worker, options.tsne)))
        return
    result = measure()
    (HERE / "evaluation.json").write_bytes(dump_json(result))
    print("\n".join(section(result)))


if __name__ == "__main__":
    main()
