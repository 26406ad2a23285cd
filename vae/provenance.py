"""Where numbers come from: commit, device, versions. Strings only; nothing here changes a number."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


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
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def facts(kind: str) -> dict[str, str]:
    """Return what is recorded of a training or an evaluation beside its dates."""
    import numpy
    import torch

    head, dirty = commit()
    return {
        "commit": head,
        "dirty": "yes" if dirty else "no",
        "device": device_name(kind),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "platform": f"{platform.system()} {platform.machine()}",
    }
