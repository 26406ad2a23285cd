"""The files of a data set: found, compared with their checksums, and decompressed into the cache. No torch.

Looked for in this order: --data DIR, the cache, the files of the Debian package dataset-fashion-mnist, the official
download. torchvision's classes download; checksums are ours, because torchvision checks archives only, and the Debian
package's archives are compressed anew.
"""

import dataclasses
import errno
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from vae.data.datasets import FASHION_MNIST, MNIST, DatasetInfo
from vae.errors import DataError
from vae.storage.files import reason

SYSTEM_DIRS = {FASHION_MNIST.name: Path("/usr/share/datasets/fashion-mnist")}
TORCHVISION_NAMES = {FASHION_MNIST.name: "FashionMNIST", MNIST.name: "MNIST"}
# What a folder that cannot be written, or a full disk, gives.
UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


@dataclasses.dataclass(frozen=True)
class Found:
    """Where a data set comes from, in words, and its files if they have to be brought into the cache."""

    words: str
    files: Mapping[str, Path] = dataclasses.field(default_factory=dict)
    download: bool = False


def find(info: DatasetInfo, data_dir: Path | None, cache_dir: Path) -> Found:
    """Return where a data set would be taken from; nothing is read.

    Raises DataError naming the folder if data_dir is given and does not hold the files, or if only some are there.
    """
    if not info.files:
        if data_dir is not None:
            raise DataError(f"--data {data_dir}: {info.title} is embedded and has no files; leave --data out.")
        return Found("embedded")
    if data_dir is not None:
        if not data_dir.is_dir():
            raise DataError(f"--data {data_dir}: there is no such folder; {_remedies(info)}")
        given = _find_files(info, data_dir)
        if given is None:
            names = ", ".join(f"{name}[.gz]" for name in info.files)
            raise DataError(
                f"--data {data_dir}: no {info.title} files there. Expected {names}; "
                f"point --data at the folder that holds them, or leave it out to let them be found or downloaded."
            )
        # Also when the cache is already good: what the user names must be what is used.
        return Found(f"{data_dir}", given)
    raw = _raw(info, cache_dir)
    if all((raw / name).is_file() for name in info.files):
        return Found(f"the cache, {raw}")
    system = SYSTEM_DIRS.get(info.name)
    if system is not None and system.is_dir() and (installed := _find_files(info, system)):
        return Found(f"{system}", installed)
    return Found("the official download", download=True)


def verified_folder(info: DatasetInfo, data_dir: Path | None, cache_dir: Path) -> Path:
    """Return a folder <root>/<Class>/raw with verified, decompressed files, made in the cache if need be.

    Raises DataError naming the file and the remedies if files are missing, truncated or altered.
    """
    raw = _raw(info, cache_dir)
    found = find(info, data_dir, cache_dir)
    if found.files:
        _import_files(info, found.files, raw)
        return raw
    if found.download:
        _download(info, raw)
        _verify(info, raw)
        return raw
    try:
        _verify(info, raw)
    except DataError as error:
        raise DataError(f"{error} Delete {raw} to have the files fetched again.") from error
    return raw


def _raw(info: DatasetInfo, cache_dir: Path) -> Path:
    return cache_dir / "datasets" / TORCHVISION_NAMES[info.name] / "raw"


def _find_files(info: DatasetInfo, folder: Path) -> dict[str, Path] | None:
    """Return where each file is below a folder, decompressed or .gz, directly or in torchvision's <Class>/raw."""
    for candidate in (folder, folder / TORCHVISION_NAMES[info.name] / "raw", folder / "raw"):
        found = {}
        for name in info.files:
            for path in (candidate / name, candidate / f"{name}.gz"):
                if path.is_file():
                    found[name] = path
                    break
        if len(found) == len(info.files):
            return found
        if found:
            missing = ", ".join(sorted(set(info.files) - set(found)))
            raise DataError(f"{candidate}: {missing} missing beside the other {info.title} files; {_remedies(info)}")
    return None


def _import_files(info: DatasetInfo, source: Mapping[str, Path], raw: Path) -> None:
    """Decompress into the cache, verified before anything is put in place.

    Raises DataError naming the file that is damaged or cannot be read, or the cache if it cannot be written.
    """
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=raw.parent, prefix=".import-") as temporary:
            for name, path in source.items():
                target = Path(temporary) / name
                target.write_bytes(_content(info, path))
                _verify_file(info, name, target, shown=path)
            for name in source:
                os.replace(Path(temporary) / name, raw / name)
    except OSError as error:
        raise _unwritable(info, raw, error) from error


def _content(info: DatasetInfo, path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} is truncated or damaged ({error}); {_remedies(info)}") from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({reason(error)}). Mend that (permissions, disk), or {_remedies(info)}"
        ) from error


def _verify(info: DatasetInfo, raw: Path) -> None:
    for name in info.files:
        _verify_file(info, name, raw / name, shown=raw / name)


def _verify_file(info: DatasetInfo, name: str, path: Path, shown: Path) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != info.files[name]:
        raise DataError(
            f"{shown} is not the {info.title} file {name}: sha256 {digest[:12]}… instead of {info.files[name][:12]}… "
            f"(truncated or altered); {_remedies(info)}"
        )


def _download(info: DatasetInfo, raw: Path) -> None:
    from torchvision import datasets

    dataset_class = getattr(datasets, TORCHVISION_NAMES[info.name])
    try:
        dataset_class(raw.parent.parent, train=True, download=True)
    except Exception as error:  # torchvision raises RuntimeError, URLError, OSError, http and ssl errors alike
        if isinstance(error, OSError) and error.errno in UNWRITABLE:
            raise _unwritable(info, raw, error) from error
        words = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DataError(f"{info.title} could not be downloaded ({words}); {_remedies(info)}") from error


def _unwritable(info: DatasetInfo, raw: Path, error: OSError) -> DataError:
    place = f"{error.filename}: " if error.filename else ""
    return DataError(
        f"Cannot bring {info.title} into the data cache, {raw} ({place}{reason(error)}). Free space or permissions there, or "
        f"set LAUDO_CACHE to another folder."
    )


def _remedies(info: DatasetInfo) -> str:
    debian = "install the Debian package dataset-fashion-mnist, " if info.name in SYSTEM_DIRS else ""
    return (
        f"give --data DIR with the four files, {debian}or connect to the network for the official download "
        f"(--dataset digits needs no files at all)."
    )
