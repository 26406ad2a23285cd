"""The manifest of a results folder: what may be listed, and whether a file is what its entry says."""

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vae.errors import ResultsError
from vae.spec import RUN_NAME
from vae.storage.results import UNREADABLE, sha256

Entry = Mapping[str, Any]  # "sha256" in hexadecimal, "bytes": size

# A file of a result, by its path below the folder. What is listed is read: nothing else may be.
FILE = re.compile(rf"{RUN_NAME.pattern}/(?:0|[1-9]\d{{0,17}})/\w[\w-]*\.\w+", re.ASCII)


def checked(listed: Any) -> dict[str, Entry]:
    """Return the entries of a manifest or journal, by name.

    Raises ResultsError for a name that is no file of a result, or an entry without its parts; what the shape of other
    JSON raises (vae.storage.results.UNREADABLE) is the caller's to catch.
    """
    entries: dict[str, Entry] = dict(listed)
    for name, entry in entries.items():
        if not FILE.fullmatch(name):
            raise ResultsError(f"'{name}' is no file of a result")
        if not (isinstance(entry["sha256"], str) and isinstance(entry["bytes"], int)):
            raise ResultsError(f"'{name}' has no sha256 and size")
    return entries


def entry_of(content: bytes) -> Entry:
    """Return the entry of a file's content."""
    return {"sha256": sha256(content), "bytes": len(content)}


def differs(content: bytes, entry: Entry) -> bool:
    """Return whether a file's content is not what its entry says."""
    return entry_of(content) != dict(entry)


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A manifest as it was read: its entries by path, and by folder and name; stamp: of the file when it was read."""

    stamp: tuple[int, ...]
    files: dict[str, Entry]
    by_result: Mapping[str, Mapping[str, Entry]]


NONE = Manifest((), {}, {})


def read(path: Path, before: Manifest) -> Manifest:
    """Return a manifest, NONE if there is none; read again only if it was written since it was read before.

    Every result is looked up in it a few times. Raises ResultsError if it is damaged, or names a file that is none of a
    result.
    """
    try:
        stamp = _stamp(path)
        if stamp == before.stamp:
            return before
        files = checked(json.loads(path.read_bytes())["files"])
        by_result: dict[str, dict[str, Entry]] = {}
        for name, entry in files.items():
            folder, _, file = name.rpartition("/")
            by_result.setdefault(folder, {})[file] = entry
        return Manifest(stamp, files, by_result)
    except FileNotFoundError:
        return NONE
    except (*UNREADABLE, ResultsError) as error:
        raise ResultsError(
            f"{path} is damaged ({error}). Restore it (git checkout -- {path.name} in that folder), "
            f"or delete the folder to train everything again."
        ) from error


def _stamp(path: Path) -> tuple[int, ...]:
    """Return what of a file changes when it is written or replaced.

    Raises OSError if there is none.
    """
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def stamps(folder: Path) -> dict[str, tuple[int, ...]]:
    try:
        return {path.name: _stamp(path) for path in folder.iterdir()}
    except OSError:
        return {}
