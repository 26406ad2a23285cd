"""Work shared out to forked processes: real ones, so only where they are used."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from report import forked
from report.forked import forked_map

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does it all")


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "_cores", lambda: 2)


def test_results_come_in_order_and_from_both_processes() -> None:
    def work(item: int) -> tuple[int, int, bytes]:
        time.sleep(0.02)
        return item, os.getpid(), bytes(300_000)  # more than a pipe holds

    found = list(forked_map(work, range(20)))
    assert [item for item, _, _ in found] == list(range(20))
    assert len({process for _, process, _ in found}) == 2
    assert all(len(content) == 300_000 for *_, content in found)


def test_an_error_is_raised_here_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    forks, fork = [], os.fork

    def noted_fork() -> int:
        forks.append(fork())
        return forks[-1]

    monkeypatch.setattr(os, "fork", noted_fork)

    def work(item: int) -> int:
        time.sleep(0.01)
        if item == 3:
            raise ValueError("the third")
        return item

    with pytest.raises(ValueError, match="the third"):
        list(forked_map(work, range(6)))
    # Those of this call only: other tests of the session have children of their own.
    assert len(forks) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(forks[0], os.WNOHANG)


def test_what_a_killed_child_had_taken_is_done_here() -> None:
    parent = os.getpid()

    def work(item: int) -> int:
        time.sleep(0.05)
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return item

    assert list(forked_map(work, range(6))) == list(range(6))


def test_a_child_does_not_hold_the_lock_of_a_build_that_was_killed(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    held = os.open(lock, os.O_CREAT | os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    parent, seen = os.getpid(), tmp_path / "child"

    def work(item: int) -> bool:
        if os.getpid() == parent:
            while not seen.exists():
                time.sleep(0.005)
            # As the kernel does when the build is killed: its own descriptor goes, and the lock with it.
            os.close(held)
            other = os.open(lock, os.O_RDWR)
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.close(other)
            (tmp_path / "free").touch()
            return True
        seen.touch()
        while not (tmp_path / "free").exists():
            time.sleep(0.005)
        return True

    assert list(forked_map(work, range(2))) == [True, True]


STOPPED_WHILE_FORKING = """
import os, signal, time
from report import forked
forked._cores = lambda: 2
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
try:
    list(forked.forked_map(lambda item: time.sleep(0.05), range(100)))
except KeyboardInterrupt:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("stopped, and no process is left")
"""


def test_ctrl_c_while_forking_is_not_lost() -> None:
    done = subprocess.run([sys.executable, "-c", STOPPED_WHILE_FORKING], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("stopped, and no process is left\n", "")


def test_one_core_does_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forked, "_cores", lambda: 1)
    assert set(forked_map(lambda _: os.getpid(), range(4))) == {os.getpid()}
