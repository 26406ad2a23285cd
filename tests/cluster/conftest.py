"""Real processes on this machine: a scheduler on a free port, and workers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest
from distributed import Client

from tests.cluster.small import plan
from vae.building.pipeline import Places, execute
from vae.building.progress import Progress
from vae.building.where import Where
from vae.grid import Grid
from vae.storage.store import ResultsStore

ROOT = Path(__file__).parents[2]
SECONDS = 60  # nothing here takes as long; a test does not hang


class DaskCluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, folder: Path, tree: Path = ROOT) -> None:
        self._folder, self._file = folder, folder / "scheduler.json"
        # If the tests are killed, it ends by itself, and so do its workers.
        options = ("--host", "127.0.0.1", "--port", "0", "--idle-timeout", "120")
        self.scheduler = self._start("scheduler", *options, tree=tree)
        until(self._file.is_file)
        self.address: str = json.loads(self._file.read_text())["address"].removeprefix("tcp://")
        self.workers: list[subprocess.Popen[bytes]] = []

    def start_worker(self, *options: str, tree: Path = ROOT) -> subprocess.Popen[bytes]:
        """Start a worker with the code of a tree."""
        process = self._start(
            "worker", "--nthreads", "1", "--no-nanny", "--memory-limit", "0", "--death-timeout", "60",
            "--local-directory", str(self._folder), *options, tree=tree,
        )  # fmt: skip
        self.workers.append(process)
        return process

    def at_least(self, count: int) -> Self:
        """Start workers in the place of those that died, and wait until they are there."""
        self.workers = [process for process in self.workers if process.poll() is None]
        for _ in range(count - len(self.workers)):
            self.start_worker()
        with self.client() as client:
            client.wait_for_workers(len(self.workers), timeout=SECONDS)
        return self

    def client(self) -> Client:
        """Connect with the scheduler."""
        return Client(f"tcp://{self.address}", set_as_default=False)

    def close(self) -> None:
        """End every process."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _start(self, what: str, *options: str, tree: Path = ROOT) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self._file), "--no-dashboard", *options]
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": "", "LAUDO_COMMIT": "test"}
        with (self._folder / f"{what}.log").open("ab") as log:
            return subprocess.Popen(command, cwd=tree, env=environment, stdout=log, stderr=log)


def until(ready: Callable[[], bool]) -> None:
    """Wait for something that comes; fail if it does not."""
    end = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < end, f"not within {SECONDS} s: {ready}"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    """A scheduler that tests share: each says how many workers it needs, and may kill them."""
    cluster = DaskCluster(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.close()


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[DaskCluster]:
    """A scheduler without workers, for a test that harms it or starts others."""
    cluster = DaskCluster(tmp_path)
    yield cluster
    cluster.close()


Build = Callable[..., ResultsStore]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """build(name, grid, where, progress) -> the store of that name, filled."""

    def run(name: str, grid: Grid, where: Where | None = None, progress: Progress | None = None) -> ResultsStore:
        store = ResultsStore(tmp_path / name / "results")
        execute(plan(grid, store), store, Places(None, tmp_path), "cpu", progress or Progress(), where)
        return store

    return run
