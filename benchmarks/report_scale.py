"""How --status and --all grow with the results: python -m benchmarks.report_scale writes benchmarks/report_scale.json.

Each command runs in a process of its own, on a copy of the published results to which copies of a small one are added
under other names and seeds, with a grid that has them. The pages are those of the report: they do not speak of the
copies, but each of these is planned, verified, hashed and listed as any result.
"""

import argparse
import contextlib
import dataclasses
import io
import itertools
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import build
from benchmarks.machine import facts, sentence
from vae.building.plan import keys_of
from vae.grid import Grid, first_seeds, make_grid
from vae.spec import RunSpec, canonical
from vae.storage.results import dump_json, sha256, to_files
from vae.storage.store import MANIFEST, ResultsStore

HERE = Path(__file__).parent
COUNTS = (10, 30, 100, 300, 1000)
SEEDS = 5  # of each added run
ORIGINAL = ("e10-b100", 42)


def grid_with(added: int) -> Grid:
    """Return the report's grid with so many results more, of runs that differ in their learning rate."""
    grid = make_grid()
    model = next(spec for spec in grid.runs if spec.name == ORIGINAL[0])
    runs = tuple(
        dataclasses.replace(
            model, name=f"added-{i:04d}", training=dataclasses.replace(model.training, learning_rate=1e-3 + 1e-6 * i)
        )
        for i in range(-(-added // SEEDS))
    )
    left = iter(range(added, 0, -SEEDS))
    seeds = {run.name: first_seeds(min(SEEDS, next(left))) for run in runs}
    return dataclasses.replace(grid, runs=(*grid.runs, *runs), run_seeds={**grid.run_seeds, **seeds})


def added_results(grid: Grid) -> Iterator[tuple[RunSpec, int]]:
    """Yield the spec and seed of each added result of a grid."""
    for spec in grid.runs:
        if spec.name.startswith("added-"):
            yield from itertools.product([spec], grid.seeds_of(spec.name))


def fill(folder: Path, grid: Grid) -> None:
    """Write the published results and the added ones, each a copy of a published one, and their manifest."""
    published = ResultsStore(build.ROOT / "results")
    shutil.copytree(published.root, folder)
    original = published.load(*ORIGINAL)
    manifest = published.manifest()
    for spec, seed in added_results(grid):
        keys = keys_of(grid, grid.info, spec)
        files = to_files(dataclasses.replace(original, run=spec.name, seed=seed, spec=canonical(spec), keys=keys))
        (folder / spec.name / str(seed)).mkdir(parents=True)
        for name, content in files.items():
            (folder / spec.name / str(seed) / name).write_bytes(content)
            manifest[f"{spec.name}/{seed}/{name}"] = {"sha256": sha256(content), "bytes": len(content)}
    (folder / MANIFEST).write_bytes(dump_json({"files": manifest}))


def run(added: int, results: Path, rendered: Path, command: str) -> dict[str, float]:
    """Run one command of build.py in this process and return what it took; for a process of its own."""
    vars(build)["make_grid"] = lambda *_: grid_with(added)
    build.RENDERED_DIR, build.RUNS_DIR = rendered, rendered.parent / "runs"
    with contextlib.redirect_stdout(io.StringIO()) as said:
        build.main([f"--{command}", "--results", str(results)], standalone_mode=False)
    if "stale" in said.getvalue() or "damaged" in said.getvalue():
        raise SystemExit(f"not everything is fresh:\n{said.getvalue()}")
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "processor_seconds": round(own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, 3),
        "peak_bytes": 1024 * max(own.ru_maxrss, children.ru_maxrss),  # Linux counts KiB
    }


def measure(counts: tuple[int, ...]) -> dict[str, Any]:
    """Return what each command takes with so many results added; the first --all renders every page."""
    rows = []
    for added in counts:
        with tempfile.TemporaryDirectory() as scratch:
            results, rendered = Path(scratch) / "results", Path(scratch) / "rendered"
            fill(results, grid_with(added))
            row: dict[str, Any] = {"results": sum(map(len, ResultsStore(results).stored().values()))}
            for name, command in (("first --all", "--all"), ("--all", "--all"), ("--status", "--status")):
                row[name] = _own_process(added, results, rendered, command)
            rows.append(row)
            print(json.dumps(row), flush=True)
    return facts("numpy") | {"rows": rows}


def _own_process(added: int, results: Path, rendered: Path, command: str) -> dict[str, float]:
    arguments = ["--worker", command.removeprefix("--"), str(added), str(results), str(rendered)]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.report_scale", *arguments],
        cwd=HERE.parent,
        check=True,
        stdout=subprocess.PIPE,
    )
    seconds = round(time.perf_counter() - began, 3)
    return {"seconds": seconds, **json.loads(done.stdout.splitlines()[-1])}


def growth(result: dict[str, Any], command: str, measure: str) -> tuple[float, float, float]:
    """Return (start, slope, exponent): least squares of start + slope x results, and of log(what is added) on log.

    exponent: 1 is linear growth, 2 quadratic; of what the measure exceeds that of the fewest results by.
    """
    counts = np.array([row["results"] for row in result["rows"]], dtype=float)
    values = np.array([row[command][measure] for row in result["rows"]], dtype=float)
    slope, start = np.polyfit(counts, values, 1)
    more, above = (counts - counts[0])[2:], (values - values[0])[2:]
    exponent = np.polyfit(np.log(more), np.log(np.maximum(above, 1e-9)), 1)[0]
    return float(start), float(slope), float(exponent)


def section(result: dict[str, Any]) -> list[str]:
    """Return the lines of the section in RESULTS.md."""
    names: list[tuple[str, Callable[[dict[str, float]], str]]] = [
        ("s", lambda taken: f"{taken['seconds']:.2f}"),
        ("processor s", lambda taken: f"{taken['processor_seconds']:.2f}"),
        ("MiB", lambda taken: f"{taken['peak_bytes'] / 2**20:.0f}"),
    ]
    commands = ("--status", "--all", "first --all")
    lines = [
        "## How the report's commands grow with the results",
        "",
        (
            f"{sentence(result)} Each command "
            "in a process of its own; `first --all` renders every page, `--all` finds all fresh. Processor time is of all "
            "processes, memory the peak of one. The load of other programs is not controlled."
        ),
        "",
        "| results | " + " | ".join(f"`{command}`, {name}" for command in commands for name, _ in names) + " |",
        "|---:|" + "---:|" * (len(commands) * len(names)),
    ]
    lines += [
        f"| {row['results']} | " + " | ".join(show(row[command]) for command in commands for _, show in names) + " |"
        for row in result["rows"]
    ]
    fits = []
    for command in commands[:2]:
        start, slope, exponent = growth(result, command, "processor_seconds")
        _, memory, _ = growth(result, command, "peak_bytes")
        fits.append(
            f"`{command}`: {start:.2f} s + {1000 * slope:.2f} ms a result of processor time, the part that grows to the power "
            f"{exponent:.2f} (1 is linear), and {memory / 1024:.0f} KiB a result"
        )
    return [*lines, "", "Least squares. " + "; ".join(fits) + ".", ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=list(COUNTS))
    parser.add_argument("--worker", nargs=4, metavar=("COMMAND", "ADDED", "RESULTS", "RENDERED"))
    options = parser.parse_args()
    if options.worker:
        command, added, results, rendered = options.worker
        print(json.dumps(run(int(added), Path(results), Path(rendered), command)))
        return
    result = measure(tuple(options.counts))
    (HERE / "report_scale.json").write_bytes(dump_json(result))
    print("\n".join(section(result)))


if __name__ == "__main__":
    main()
