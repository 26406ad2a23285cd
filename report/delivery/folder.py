"""The delivered folder on disk: whole or not at all, and never in place of what is not a delivery."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from vae.errors import LaudoError, listed
from vae.storage.results import dump_json, sha256

RECORD = ".laudo-entrega.json"  # what was delivered, by path and sha256
PAGE = "index.md"
AI_USE = re.compile(r"^ai_use: (.*)$", re.MULTILINE)
CACHES = "__pycache__"


class DeliveryError(LaudoError):
    """The folder named cannot be delivered into."""


def folder_of(text: str) -> Path:
    """Return the folder that was named, with a name of its own: "." and what ends in ".." are resolved.

    Raises DeliveryError if nothing was named, the root of the file system, or a folder that is no more.
    """
    folder = Path(text)
    if text and folder.name in ("", ".."):
        try:
            folder = folder.resolve()
        except FileNotFoundError as error:
            raise DeliveryError(
                f"--deliver {text}: the folder that you are in is gone, perhaps replaced; cd . takes you to the new one."
            ) from error
    if not text or not folder.name:
        raise DeliveryError(f"--deliver '{text}': that is no folder to deliver into; name a new one, or an empty one.")
    return folder


def is_inside(folder: Path) -> bool:
    """Return whether the working directory is that folder or lies in it; not if it is gone."""
    try:
        return Path.cwd().is_relative_to(folder.resolve())
    except FileNotFoundError:
        return False


def earlier_ai_use(folder: Path) -> str:
    """Return what an earlier delivery declares of the use of AI, as it stands in the front matter; '' if there is none."""
    page = folder / PAGE
    found = AI_USE.search(page.read_text(encoding="utf-8")) if page.is_file() else None
    return found[1] if found else ""


def check(folder: Path) -> None:
    """Raise DeliveryError if a folder is not there for a delivery to take: no folder, or another's, or altered since."""
    _recover(folder)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise DeliveryError(f"--deliver {folder}: that is no folder; name a new one, or that of an earlier delivery.")
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    record = _record(folder)
    if record is None:
        raise DeliveryError(
            f"--deliver {folder}: the folder is not empty and is no earlier delivery; name a new or empty one."
        )
    altered = [name for name, digest in record.items() if (folder / name).is_file() and _digest(folder, name) != digest]
    if altered:
        raise DeliveryError(
            f"--deliver {folder}: {listed(altered)} changed since the delivery, and would be lost. "
            f"Move what you changed elsewhere, delete it here, and give the same command again."
        )


def write(folder: Path, files: Mapping[str, bytes]) -> tuple[int, int]:
    """Put a delivery in place of the earlier one, in one step; return how many files it has and how many changed.

    What else lies in the folder stays. Raises DeliveryError if that stands where a file of the delivery belongs.
    """
    check(folder)
    record = (_record(folder) if folder.is_dir() else None) or {}
    new, old = _beside(folder, "novo"), _beside(folder, "velho")
    own = list(_own(folder, record))
    blocked = [name for name in own if any(f"{file}/".startswith(f"{name}/") for file in files)]
    if blocked:
        raise DeliveryError(
            f"--deliver {folder}: {listed(blocked)} stands where the delivery has a file; move it away."
        )
    changed = sum((folder / name).read_bytes() != content if (folder / name).is_file() else True
                  for name, content in files.items())  # fmt: skip
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        for name, content in files.items():
            _put(new / name, content)
        digests = {name: _digest(new, name) for name in sorted(files)}
        _put(new / RECORD, dump_json({"files": digests}))
        _swap(new, folder, old)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    _recover(folder)
    return len(files), changed


def _swap(new: Path, folder: Path, old: Path) -> None:
    if folder.exists():
        os.replace(folder, old)
    try:
        os.replace(new, folder)
    except BaseException:
        _recover(folder)
        raise


def _recover(folder: Path) -> None:
    """End what a command began: the delivery that it set aside comes back, or what was beside its files moves to the new one."""
    old = _beside(folder, "velho")
    if old.is_dir() and not folder.exists():
        os.replace(old, folder)
    elif old.is_dir():
        for name in list(_own(old, _record(old) or {})):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(old / name, folder / name)
    for left in (old, _beside(folder, "novo")):
        shutil.rmtree(left, ignore_errors=True)


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.laudo-{what}")


def _record(folder: Path) -> dict[str, str] | None:
    try:
        files = json.loads((folder / RECORD).read_bytes())["files"]
        return {str(name): str(digest) for name, digest in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _own(folder: Path, record: Mapping[str, str]) -> Iterator[str]:
    """Yield what somebody put beside the files of the delivery: files, links, and folders that hold none of these, whole."""
    delivered = {*record, RECORD}
    places = {parent.as_posix() for name in delivered for parent in PurePosixPath(name).parents}

    def beside(place: Path) -> Iterator[str]:
        for path in sorted(place.iterdir()):
            name = path.relative_to(folder).as_posix()
            if name in places and path.is_dir() and not path.is_symlink():
                yield from beside(path)
            elif name not in delivered and path.name != CACHES:
                yield name

    return beside(folder) if folder.is_dir() else iter(())


def _digest(folder: Path, name: str) -> str:
    content = (folder / name).read_bytes().replace(b"\r\n", b"\n")  # a checkout may have turned the line ends
    # The declaration is to be filled in by hand too.
    return sha256(AI_USE.sub("", content.decode(errors="replace"), count=1).encode() if name == PAGE else content)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
