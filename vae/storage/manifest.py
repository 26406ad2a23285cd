"""Entries of a results folder's manifest: what may be listed, and whether a file is what its entry says."""

import re
from collections.abc import Mapping
from typing import Any

from vae.errors import ResultsError
from vae.storage.results import sha256

Entry = Mapping[str, Any]  # "sha256" in hexadecimal, "bytes": size

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # of a run
# A file of a result, by its path below the folder. What is listed is read: nothing else may be.
FILE = re.compile(rf"{NAME.pattern}/(?:0|[1-9]\d{{0,17}})/\w[\w-]*\.\w+", re.ASCII)


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
