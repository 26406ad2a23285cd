"""When, where and with which versions a benchmark was run."""

import datetime
import os
import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from vae.storage.provenance import processor


def facts(*packages: str) -> dict[str, Any]:
    """Return date, machine and versions (of Python and these packages), as every benchmark keeps them."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "system": platform.system()},
        "versions": {"python": platform.python_version()} | {name: version(name) for name in packages},
    }


def sentence(result: Mapping[str, Any]) -> str:
    """Return the facts as one line of a section."""
    machine = result["machine"]
    versions = ", ".join(f"{name} {value}" for name, value in sorted(result["versions"].items()))
    return f"{result['date']}; {machine['processor']}, {machine['cores']} cores, {machine['system']}; {versions}."
