"""Copies of the repository with a grid that is trained in seconds, and command lines in them that can be killed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.copies import SITE, copy_sources

PAGE = "espaco-latente"
BUILD = ("--section", PAGE, "--dataset", "digits", "--profile", "quick")
RESULTS = "runs/quick-digits"
BUILT = ("runs", "rendered")

# What a user would edit: the runs of the page, their epochs, and the sizes of the quick profile.
SMALL_GRID = """

_EPOCHS = {"e50": 2, "e90": 3, "e100": 4}
RUNS = tuple(dataclasses.replace(row, epochs=_EPOCHS.get(row.name, 1)) for row in RUNS)
QUICK_SHARE = 1
QUICK_TRAIN_IMAGES, QUICK_VALIDATION_IMAGES = 256, 64
QUICK_EVALUATION = EvaluationSpec(
    train_images=128, prior_samples=64, shown_samples=100, reference_images=128, iwae_images=8, iwae_samples=4,
    probe_images=128, silhouette_images=64, tsne_images=60, tsne_perplexity=5.0, prdc_images=64, interpolation_pairs=4,
    test_images=120,
)
"""


@dataclass(frozen=True)
class Ended:
    """How a command line ended. fired: whether its signal was sent; phase: what it was doing then."""

    code: int
    stdout: str
    stderr: str
    fired: bool = False
    phase: str = ""
    seconds: float = 0.0
    counts: dict[str, int] | None = None


class Tree:
    """A copy of the repository in which builds may be killed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        copy_sources(root, *SITE)
        with (root / "vae/grid.py").open("a") as grid:
            grid.write(SMALL_GRID)
        self.environment = os.environ | {
            "LAUDO_CACHE": str(root / ".cache"), "LAUDO_COMMIT": "test", "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",  # operations on files are those of the build
        }  # fmt: skip

    @contextmanager
    def started(self) -> Iterator["Tree"]:
        """Have a process that takes commands, for as long as the block lasts."""
        command = [sys.executable, str(Path(__file__).with_name("zygote.py")), str(self.root)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with subprocess.Popen(command, env=self.environment, text=True, **pipes) as self.zygote:  # type: ignore[call-overload]
            assert self.zygote.stdout.readline() == "ready\n"
            yield self
            self.zygote.stdin.close()

    def build(
        self, *arguments: str, number: signal.Signals = signal.SIGKILL, phase: str = "", seconds: float | None = None,
        operation: int | None = None, **environment: str,
    ) -> Ended:  # fmt: skip
        """Run build.py, and send it a signal some seconds after it began, or at its nth operation on files (of a phase)."""
        order = {
            "arguments": arguments, "signal": number, "phase": phase, "seconds": seconds, "operation": operation,
            "environment": environment, "stdout": f"{self.root}/.stdout", "stderr": f"{self.root}/.stderr",
        }  # fmt: skip
        self.zygote.stdin.write(json.dumps(order) + "\n")
        self.zygote.stdin.flush()
        answer: dict[str, Any] = json.loads(self.zygote.stdout.readline())
        said = {name: (self.root / f".{name}").read_text() for name in ("stdout", "stderr")}
        ended = Ended(**said, **answer)
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended

    def forget(self) -> None:
        """Remove all that was built."""
        for name in BUILT:
            shutil.rmtree(self.root / name, ignore_errors=True)

    def keep(self, place: Path) -> None:
        """Copy all that was built to a place."""
        for name in BUILT:
            shutil.copytree(self.root / name, place / name)

    def restore(self, place: Path) -> None:
        """Have what was kept in a place, and nothing else that was built."""
        self.forget()
        for name in BUILT:
            shutil.copytree(place / name, self.root / name)


def files(top: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by path."""
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def said(ended: Ended, *words: str) -> None:
    """Check that a command failed with one error that has these words in this order."""
    assert ended.code == 1, ended
    assert len(re.findall("^Error: ", ended.stderr, re.MULTILINE)) == 1, ended.stderr
    assert re.search(".*".join(map(re.escape, words)), ended.stderr, re.DOTALL), ended.stderr
