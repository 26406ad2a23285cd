"""How a build grows with its workers: python -m benchmarks.scaling writes benchmarks/scaling.json.

Measured: trainings of the quick profile on the digits with 1, 2 and 3 Dask workers of this machine, one thread each.
Simulated: 1,000 trainings on 100 workers, by the real manager and the real scheduler; a worker sleeps as long as a
published training took, shortened by a factor.
"""

import argparse
import dataclasses
import heapq
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.machine import facts, sentence
from vae.building.plan import Plan, by_training, make_plan, status
from vae.building.where import Where
from vae.grid import Grid, first_seeds, make_grid
from vae.spec import DatasetSpec
from vae.storage.results import dump_json
from vae.storage.store import ResultsStore
from vae.updates import SECONDS_BETWEEN_UPDATES, Show, Update

HERE = Path(__file__).parent
TRAININGS, WORKERS = 1_000, 100
WORKERS_A_PROCESS = 25
SECONDS_OF_SIMULATION = 100  # on an ideal cluster, about: the factor is chosen for it


@dataclasses.dataclass(frozen=True)
class Sleep:
    """A training that only takes time, and tells where it is as often as a real one."""

    label: str
    seconds: float

    def run(self, show: Show) -> None:
        end = time.monotonic() + self.seconds
        show(Update(self.label, 1))
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, SECONDS_BETWEEN_UPDATES))
            show(Update(self.label, 1, 1, 1, 2, 1))


def sleep_on_worker(manager: Mapping[str, str], topic: str, job: Sleep) -> None:
    """Do a simulated job where vae.building.cluster.run_on_worker does a real one."""
    from vae.building.cluster import reporter

    job.run(reporter(topic))


def measured_durations() -> list[float]:
    """Return the seconds of every published training, each trajectory once."""
    grid, store = make_grid(), ResultsStore(HERE.parent / "results")
    durations = []
    for steps in by_training(status(grid, store, Path("runs"))):
        there = [s for s in steps if store.has(s.spec.name, s.seed) and not isinstance(s.spec, DatasetSpec)]
        seconds = [sum(store.provenance(step.spec.name, step.seed)["epoch_seconds"]) for step in there]
        durations += [max(seconds)] if seconds else []
    return durations


def ideal(durations: Sequence[float], workers: int) -> float:
    """Return the makespan if each worker takes the next training at the moment when it ends one."""
    free = [0.0] * workers
    for seconds in durations:
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


def simulate(trainings: int, workers: int, seconds: float) -> dict[str, Any]:
    """Return how long a cluster takes for trainings that sleep, and how long an ideal one would."""
    from vae.building.cluster import dask_workers
    from vae.building.pipeline import Build
    from vae.building.progress import Progress
    from vae.building.received import Setting

    measured = measured_durations()
    drawn = [measured[index % len(measured)] for index in range(trainings)]
    factor = ideal(drawn, workers) / seconds
    durations = [duration / factor for duration in drawn]
    grid = make_grid("quick", "digits")
    progress = Progress(io.StringIO())
    with (
        scheduler() as address,
        workers_at(address, workers),
        dask_workers(address, "0" * 64, b"", "cpu", progress.show, work=sleep_on_worker) as found,
    ):
        while found.slots() < workers:
            time.sleep(1)
        setting = Setting(grid.info, grid.evaluation, "cpu")
        build = Build(Plan(grid, grid.info, ()), ResultsStore(Path("nowhere")), found, setting, progress)
        jobs = [Sleep(f"training {index}", duration) for index, duration in enumerate(durations)]
        build.ready = deque(partial(build._submit, job, lambda outcome: None) for job in jobs)  # type: ignore[arg-type]
        began = time.monotonic()
        build.run()
        makespan = time.monotonic() - began
    best = ideal(durations, workers)
    return {
        "trainings": trainings,
        "workers": workers,
        "factor": factor,
        "measured_trainings": len(measured),
        "mean_seconds": sum(drawn) / trainings,
        "ideal_seconds": best,
        "seconds": makespan,
        "overhead": makespan / best - 1,
    }


def measure(counts: Sequence[int], trainings: int, rounds: int) -> list[dict[str, Any]]:
    """Return how long a small grid takes with so many workers, in rounds in which the counts take turns.

    All workers are there from the start, and have loaded everything before they are timed.
    """
    quick = make_grid("quick", "digits")
    runs = tuple(run for run in quick.runs if run.name == "e10")
    taken: dict[int, list[float]] = {count: [] for count in counts}
    with ExitStack() as stack:
        places = {count: stack.enter_context(scheduler()) for count in counts}
        for count, address in places.items():
            stack.enter_context(workers_at(address, count, 1))
            # Once each for nothing: imports, the data set and the first evaluation are paid for.
            _time(dataclasses.replace(quick, runs=runs, run_seeds={"e10": first_seeds(count)}), address)
        for _ in range(rounds):
            for count, address in places.items():
                grid = dataclasses.replace(quick, runs=runs, run_seeds={"e10": first_seeds(trainings)})
                taken[count].append(_time(grid, address))
                print(count, taken[count], flush=True)
    return [{"workers": count, "trainings": trainings, "seconds": seconds} for count, seconds in taken.items()]


def _time(grid: Grid, address: str) -> float:
    from vae.building.pipeline import Places, execute
    from vae.building.progress import Progress

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = ResultsStore(folder / "results")
        plan = make_plan(grid, store, folder / "runs", {"e10"})
        began = time.monotonic()
        execute(plan, store, Places(None, folder), "cpu", Progress(io.StringIO()), Where(scheduler=address))
        return time.monotonic() - began


@contextmanager
def scheduler() -> Iterator[str]:
    """Run a scheduler; give its HOST:PORT."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        with _process("-m", "dask", "scheduler", *options) as process:
            while not file.is_file():
                assert process.poll() is None
                time.sleep(0.1)
            yield json.loads(file.read_text())["address"].removeprefix("tcp://")


@contextmanager
def workers_at(address: str, count: int, a_process: int = WORKERS_A_PROCESS) -> Iterator[None]:
    """Run workers, several in a process if they only sleep."""
    if not count:
        yield
        return
    here = min(count, a_process)
    command = ("-m", "benchmarks.scaling", "--workers-at", address, "--count", str(here))
    with _process(*command), workers_at(address, count - here, a_process):
        yield


@contextmanager
def _process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    # A hundred workers that are each looked at every 10 ms would be all that a machine of few cores does.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=HERE.parent, env=environment, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def _serve(address: str, count: int) -> None:
    from distributed import Worker

    started = [Worker(f"tcp://{address}", nthreads=1, memory_limit=0, dashboard=False) for _ in range(count)]
    for worker in started:
        await worker
    for worker in started:
        await worker.finished()


def section(result: Mapping[str, Any]) -> list[str]:
    """Return the section of RESULTS.md."""
    simulated = result["simulation"]
    alone = min(result["measured"][0]["seconds"])
    load = max(result["load"])
    lines = [
        "## More than one machine",
        "",
        (
            f"{sentence(result)} The load of other programs is not controlled; the "
            f"machine's load average was up to {load:.0f}."
        ),
        "",
        (
            f"Measured: the classifier and {result['measured'][0]['trainings']} trainings of e10 (quick profile, digits) with their "
            f"evaluations, on Dask workers of one thread on this machine; {len(result['measured'][0]['seconds'])} rounds in turns. It "
            f"has {result['machine']['cores']} cores, so a third worker can bring nothing here, and scheduler and manager take their part "
            "of them."
        ),
        "",
        "| workers | seconds, fastest | slowest | times as fast as one, fastest |",
        "|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row['workers']} | {min(row['seconds']):.1f} | {max(row['seconds']):.1f} | {alone / min(row['seconds']):.2f} |"
        for row in result["measured"]
    ]
    lines += [
        "",
        (
            f"Simulated: {simulated['trainings']:,} trainings on {simulated['workers']} workers, through the real manager and "
            f"scheduler, {WORKERS_A_PROCESS} workers a process. A worker sleeps as long as one of the "
            f"{simulated['measured_trainings']} published trainings took (mean {simulated['mean_seconds'] / 60:.0f} min), divided "
            f"by {simulated['factor']:.0f}, and reports as often as a real one; handing out a real training takes no longer, so its share is smaller. An "
            f"ideal cluster takes {simulated['ideal_seconds']:.1f} s, this one took {simulated['seconds']:.1f} s: overhead "
            f"{simulated['overhead']:.1%}."
        ),
    ]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers-at", metavar="HOST:PORT", help="only be workers of this scheduler")
    parser.add_argument("--count", type=int, default=1)
    options = parser.parse_args()
    if options.workers_at:
        import asyncio

        asyncio.run(_serve(options.workers_at, options.count))
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    simulation = simulate(TRAININGS, WORKERS, SECONDS_OF_SIMULATION)
    print(simulation, flush=True)
    load = [os.getloadavg()[0]]
    measured = measure((1, 2, 3), trainings=6, rounds=2)
    load.append(os.getloadavg()[0])
    result = facts("torch", "distributed") | {"load": load, "measured": measured, "simulation": simulation}
    (HERE / "scaling.json").write_bytes(dump_json(result))
    print("\n".join(section(result)))


if __name__ == "__main__":
    main()
