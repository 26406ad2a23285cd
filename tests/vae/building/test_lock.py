"""The lock of a build, held by real processes."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vae.building.lock import HOLDER, sole_build
from vae.errors import BusyError

ROOT = Path(__file__).parents[3]
HOLD = """
import sys, time
from pathlib import Path
from vae.building.lock import sole_build
with sole_build(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def held(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_build_is_told_who_holds_the_tree(tmp_path: Path) -> None:
    with (
        held(tmp_path) as process,
        pytest.raises(BusyError, match=rf"process {process.pid} on .*Wait until it ends"),
        sole_build(tmp_path),
    ):
        pytest.fail("two builds at once")


def test_a_dead_holder_never_blocks(tmp_path: Path) -> None:
    with held(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (tmp_path / HOLDER).is_file(), "it had no time to tidy up"
        with sole_build(tmp_path):
            pass
    assert not (tmp_path / HOLDER).exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_holder_that_cannot_be_read_is_still_a_holder(tmp_path: Path, content: bytes) -> None:
    with held(tmp_path):
        (tmp_path / HOLDER).write_bytes(content)
        with pytest.raises(BusyError, match="not yet said who"), sole_build(tmp_path):
            pytest.fail("two builds at once")


def test_only_the_holder_tidies_up(tmp_path: Path) -> None:
    left = tmp_path / f".{HOLDER}.1.tmp"
    with held(tmp_path):
        left.write_bytes(b"{")  # as when the holder is just about to say who it is
        with pytest.raises(BusyError), sole_build(tmp_path):
            pytest.fail("two builds at once")
        assert left.exists()
    with sole_build(tmp_path):
        assert not left.exists()


def test_a_build_that_fails_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), sole_build(tmp_path):
        raise ZeroDivisionError
    with sole_build(tmp_path):
        pass
