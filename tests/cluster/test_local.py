"""Several processes of this machine: the same bytes as one, and none that outlives its build."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.cluster.conftest import ROOT, Build, until
from tests.cluster.small import GRID, grid, numbers, run
from vae.building.progress import Progress
from vae.building.where import Where
from vae.errors import LaudoError
from vae.updates import Update

# A build as build.py starts one: its signals, its errors; on the small grid, and away from this tree's folders.
BUILD = """
import signal
import sys
from pathlib import Path
import build
from tests.cluster.small import LONG, plan
from vae.building.pipeline import Places, execute
from vae.building.progress import Progress
from vae.storage.store import ResultsStore
from vae.building.where import Where

def main(standalone_mode):
    store = ResultsStore(Path(sys.argv[1]) / "results")
    execute(plan(LONG, store), store, Places(None, Path(sys.argv[1])), "cpu", Progress(), Where(jobs=2))

build.main = main
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal, however the tests were started
build.run()
"""


def test_two_processes_give_the_bytes_of_one(build: Build) -> None:
    assert numbers(build("two", GRID, Where(jobs=2))) == numbers(build("one", GRID))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_its_build(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "LAUDO_COMMIT": "test"}
    checkpoints = tmp_path / "runs"
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            until(lambda: any(checkpoints.rglob("epoch-0001*")))  # in mid-training
            children = psutil.Process(process.pid).children(recursive=True)
            assert len(children) >= 2
            # Ctrl-C reaches every process of a terminal, and is the business of the first alone.
            for child in children:
                child.send_signal(signal.SIGINT)
            time.sleep(1)
            assert all(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
            process.send_signal(number)
            _, said = process.communicate(timeout=60)
            until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert said.splitlines()[-1].startswith("Stopped. Nothing is lost")
        assert "Traceback" not in said


class Killer(Progress):
    """Kills the processes of the pool in mid-training."""

    def show(self, update: Update) -> None:
        super().show(update)
        if update.label == "a400/42" and update.epoch > 1:
            for child in psutil.Process().children():
                if "spawn_main" in " ".join(child.cmdline()):
                    child.kill()


def test_a_process_that_is_killed_is_a_sentence(build: Build) -> None:
    with pytest.raises(LaudoError, match=r"A worker process was ended from outside.*lower --jobs"):
        build("killed", grid(run("a400", 400)), Where(jobs=2), Killer())


def test_the_cores_are_shared_out_and_the_jobs_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from vae.building.executors import workers

    monkeypatch.setattr("torch.get_num_threads", lambda: 7)
    for jobs, threads in ((2, 3), (3, 2), (9, 1)):
        with workers(Where(jobs=jobs), "0" * 64, b"", "cpu", print) as found:
            assert (found.threads, found.slots()) == (threads, jobs)
    with workers(Where(), "0" * 64, b"", "cpu", print) as found:
        assert found.threads is None, "this process stays as it is"
