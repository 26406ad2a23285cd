"""Files that are there whole or not at all, whenever a process is killed, and whose errors name them."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

TEMPORARY = ".*.tmp"  # what write_atomically() has not yet put in its place
NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES)  # said of a folder that can be written but not waited for


def write_atomically(path: Path, content: bytes, durable: bool = True) -> None:
    """Write a file so that a reader sees the old bytes or the new ones.

    durable: also after a power cut, for which the disk is waited. Raises OSError naming the file.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_through(temporary, content, durable)
        os.replace(temporary, path)
        if durable:
            _sync_folder(path.parent)
    except OSError as error:
        raise _named(error, path) from error
    finally:
        _forget(temporary)


def write_through(path: Path, content: bytes, durable: bool = True) -> None:
    """Write a file and, if it is to be durable, wait until the disk has it.

    Raises OSError naming the file.
    """
    try:
        with path.open("wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        raise _named(error, path) from error


def remove_leftovers(folder: Path, everywhere: bool = False) -> None:
    """Delete what killed processes had begun to write in a folder, or everywhere below it: only for who alone writes there."""
    for path in folder.rglob(TEMPORARY) if everywhere else folder.glob(TEMPORARY):
        path.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """Return what the system says of a failed operation, without its number."""
    return error.strerror or str(error)


def _sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder; Windows and some file systems cannot do that."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise


def _named(error: OSError, path: Path) -> OSError:
    # write() and fsync() do not say on which file they failed.
    return OSError(error.errno, reason(error), str(path))


def _forget(path: Path) -> None:
    with suppress(OSError):  # a folder that cannot be written has no leftover either
        path.unlink(missing_ok=True)
