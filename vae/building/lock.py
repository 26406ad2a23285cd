"""One build at a time on one tree: the second is told who holds it."""

import json
import os
import platform
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from vae.errors import BusyError
from vae.storage.files import remove_leftovers, write_atomically
from vae.storage.provenance import now

LOCK = ".build.lock"
HOLDER = ".build.holder.json"


@contextmanager
def sole_build(folder: Path) -> Iterator[None]:
    """Hold a folder while something is built in it.

    The lock belongs to the process and not to the file: the kernel releases it when its holder dies, however it dies.
    Raises BusyError naming the holder if there is another one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"Another build is at work here: {_holder(folder)}. Wait until it ends, or stop it; "
            f"then give the same command again."
        ) from None
    try:
        remove_leftovers(folder)
        holder = {"process": os.getpid(), "machine": platform.node(), "since": now(), "command": shlex.join(sys.argv)}
        write_atomically(folder / HOLDER, (json.dumps(holder) + "\n").encode())
        yield
        (folder / HOLDER).unlink(missing_ok=True)
    finally:
        lock.release()


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER).read_bytes())
        return "process {process} on {machine}, since {since} ({command})".format_map(holder)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return "a process that has not yet said who it is"  # caught between its lock and its name
