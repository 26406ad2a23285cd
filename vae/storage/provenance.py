"""Where numbers come from: commit, device, versions. Strings only; nothing here changes a number."""

import ast
import hashlib
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from vae.storage.imports import code_of, imported, reached

ROOT = Path(__file__).resolve().parents[2]
# What makes numbers is what a job runs, but for the grid: its specs are compared by their keys.
JOBS, GRID = "vae/building/jobs.py", "vae/grid.py"
# Of an evaluation: sha256 of the classifier's weights. Its key knows the classifier's spec alone, and trained again on another
# machine the same spec can be other weights.
SEEN_BY = "classifier"


def now() -> str:
    """Return the time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


@cache
def commit() -> tuple[str, bool]:
    """Return the git commit of the code and whether the working tree differs from it.

    Without git (a tree copied to another machine) the commit is that of LAUDO_COMMIT, or "unknown".
    """
    told = os.environ.get("LAUDO_COMMIT")
    if told:
        return told, False
    try:
        head = _git("rev-parse", "HEAD")
        # Only what makes numbers counts: a page that is being written changes none.
        dirty = bool(_git("status", "--porcelain", "--", "vae"))
    except (OSError, subprocess.CalledProcessError):
        return "unknown", True
    return head, dirty


@cache
def code() -> str:
    """Return one hash of the code that makes numbers, 16 hexadecimal digits; comments and docstrings do not count.

    Two commits with the same hash give the same numbers, and it is known where git is not.
    """
    total = hashlib.sha256()
    for name in sorted(reached(JOBS, lambda path: imported(ast.parse(_text(path)), ROOT)) - {GRID}):
        total.update(f"{name}\0{code_of(_text(name))}\0".encode())
    return total.hexdigest()[:16]


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _git(*arguments: str) -> str:
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def device_name(kind: str) -> str:
    """Return a device in words: the GPU's or the processor's name."""
    import torch

    if kind == "cuda":
        return torch.cuda.get_device_name()
    if kind == "mps":
        return f"Apple GPU ({platform.machine()})"
    threads = torch.get_num_threads()
    return f"CPU {processor()}, {threads} {'thread' if threads == 1 else 'threads'}"


def processor() -> str:
    """Return the name of the processor."""
    return _cpuinfo().get("model name") or platform.processor() or platform.machine()


def instructions() -> str:
    """Return what decides how a processor rounds: its exact model, and the vector instructions that torch uses on it.

    Processors of one name can differ in both ("AMD EPYC" under some hypervisors), and their sums then differ too.
    """
    import torch

    info = _cpuinfo()
    names = ("vendor_id", "cpu family", "model", "stepping")
    model = [f"{name.removeprefix('cpu ').removesuffix('_id')} {info[name]}" for name in names if name in info]
    return ", ".join([*model, torch.backends.cpu.get_cpu_capability()])


def _cpuinfo() -> dict[str, str]:
    """Return what Linux says of the first processor, nothing elsewhere."""
    try:
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in first.splitlines())}


def facts(kind: str) -> dict[str, str]:
    """Return what is recorded of a training or an evaluation beside its dates."""
    import numpy
    import torch

    head, dirty = commit()
    return {
        "commit": head,
        "dirty": "yes" if dirty else "no",
        "code": code(),
        "device": device_name(kind),
        "instructions": instructions(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "scipy": version("scipy"),
        "scikit-learn": version("scikit-learn"),
        "platform": f"{platform.system()} {platform.machine()}",
    }
