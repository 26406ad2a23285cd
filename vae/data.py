"""Data sets as resident uint8 tensors, found, checked and split.

Looked for in this order: --data DIR, the cache, the files of the Debian package dataset-fashion-mnist, the official
download. torchvision's classes download and parse; checksums are ours, because torchvision checks archives only, and
the Debian package's archives are compressed anew.
"""

import dataclasses
import gzip
import hashlib
import os
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import cast

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from vae.datasets import FASHION_MNIST, IMAGE_SIDE, MNIST, SPLIT_SEED, DatasetInfo, dataset_info
from vae.errors import DataError

SYSTEM_DIRS = {FASHION_MNIST.name: Path("/usr/share/datasets/fashion-mnist")}
TORCHVISION_NAMES = {FASHION_MNIST.name: "FashionMNIST", MNIST.name: "MNIST"}


@dataclasses.dataclass(frozen=True)
class Split:
    """Images and labels of one part of a data set."""

    images: UInt8[Tensor, "n 28 28"]
    labels: Int[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.images)

    def first(self, images: int | None) -> "Split":
        """Return the first images, all of them for None; the split is shuffled, so these are a random sample."""
        return Split(self.images[:images], self.labels[:images])

    def to(self, device: torch.device) -> "Split":
        """Return the same split, resident on a device."""
        return Split(self.images.to(device), self.labels.to(device))


@dataclasses.dataclass(frozen=True)
class Data:
    """A data set, split as every run sees it."""

    info: DatasetInfo
    train: Split
    validation: Split
    test: Split

    def to(self, device: torch.device) -> "Data":
        """Return the same data, resident on a device."""
        return Data(self.info, self.train.to(device), self.validation.to(device), self.test.to(device))

    def with_test(self, images: int | None) -> "Data":
        """Return the same data with only the first images of the test split, all of them for None."""
        return dataclasses.replace(self, test=self.test.first(images))


def as_input(images: UInt8[Tensor, "batch 28 28"]) -> Float[Tensor, "batch 1 28 28"]:
    """Return pixels in [0, 1] as the models take them (torchvision's ToTensor, on a whole batch)."""
    return images.unsqueeze(1).to(torch.float32).div_(255)


def load(info: DatasetInfo, data_dir: Path | None, cache_dir: Path) -> Data:
    """Return a data set, verified and split.

    Raises DataError naming the file and the remedies if the files are missing, truncated or altered.
    """
    if not info.files:
        train, test = _digits(info)
    else:
        raw = _verified_raw_dir(info, data_dir, cache_dir)
        train, test = _parse(info, raw)
    return _split(info, train, test)


def _split(info: DatasetInfo, train: Split, test: Split) -> Data:
    generator = torch.Generator().manual_seed(SPLIT_SEED)
    sizes = [info.train_images, info.validation_images]
    # A range is no Dataset by name, but has all that random_split asks of one.
    indices = cast("torch.utils.data.Dataset[int]", range(len(train)))
    parts = torch.utils.data.random_split(indices, sizes, generator=generator)
    train_indices, validation_indices = (torch.tensor(part.indices) for part in parts)
    return Data(
        info,
        Split(train.images[train_indices], train.labels[train_indices]),
        Split(train.images[validation_indices], train.labels[validation_indices]),
        test,
    )


def foreign_images(info: DatasetInfo) -> UInt8[Tensor, "n 28 28"] | None:
    """Return every image of the embedded data set that is foreign to this one; None if it has none."""
    if not info.foreign:
        return None
    return torch.cat([split.images for split in _digits(dataset_info(info.foreign))])


def _digits(info: DatasetInfo) -> tuple[Split, Split]:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    small = torch.from_numpy(bunch.images).to(torch.int64)  # 8x8, values 0..16
    grey = (small * 255 // 16).to(torch.uint8)
    scale = 3  # whole pixels: 8 * 3 = 24, then a frame of 2, so that the bytes are the same on every machine
    frame = (IMAGE_SIDE - 8 * scale) // 2
    large = grey.repeat_interleave(scale, dim=1).repeat_interleave(scale, dim=2)
    images = torch.nn.functional.pad(large, (frame, frame, frame, frame))
    labels = torch.from_numpy(bunch.target).to(torch.int64)
    n = info.train_images + info.validation_images
    return Split(images[:n], labels[:n]), Split(images[n:], labels[n:])


def _parse(info: DatasetInfo, raw: Path) -> tuple[Split, Split]:
    from torchvision import datasets

    dataset_class = getattr(datasets, TORCHVISION_NAMES[info.name])
    root = raw.parent.parent
    parts = (dataset_class(root, train=train, download=False) for train in (True, False))
    train, test = (Split(part.data, part.targets) for part in parts)
    return train, test


def _verified_raw_dir(info: DatasetInfo, data_dir: Path | None, cache_dir: Path) -> Path:
    """Return a folder <root>/<Class>/raw with verified, decompressed files, made in the cache if need be."""
    raw = cache_dir / "datasets" / TORCHVISION_NAMES[info.name] / "raw"
    if data_dir is not None:
        source = _find_files(info, data_dir)
        if source is None:
            names = ", ".join(f"{name}[.gz]" for name in info.files)
            raise DataError(
                f"--data {data_dir}: no {info.title} files there. Expected {names}; "
                f"point --data at the folder that holds them, or leave it out to let them be found or downloaded."
            )
        # Also when the cache is already good: what the user names must be what is used.
        _import_files(info, source, raw)
        return raw
    if all((raw / name).is_file() for name in info.files):
        try:
            _verify(info, raw)
        except DataError as error:
            raise DataError(f"{error} Delete {raw} to have the files fetched again.") from error
        return raw
    system = SYSTEM_DIRS.get(info.name)
    if system is not None and system.is_dir() and (source := _find_files(info, system)):
        _import_files(info, source, raw)
        return raw
    _download(info, raw)
    _verify(info, raw)
    return raw


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


def _import_files(info: DatasetInfo, source: dict[str, Path], raw: Path) -> None:
    """Decompress into the cache, verified before anything is put in place."""
    try:
        raw.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=raw.parent, prefix=".import-") as temporary:
            for name, path in source.items():
                target = Path(temporary) / name
                try:
                    if path.suffix == ".gz":
                        with gzip.open(path, "rb") as packed, target.open("wb") as out:
                            shutil.copyfileobj(packed, out)
                    else:
                        shutil.copyfile(path, target)
                except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                    raise DataError(f"{path} is truncated or damaged ({error}); {_remedies(info)}") from error
                _verify_file(info, name, target, shown=path)
            for name in source:
                os.replace(Path(temporary) / name, raw / name)
    except PermissionError as error:
        raise DataError(f"Cannot write the data cache: {error}. Set LAUDO_CACHE to a folder you can write.") from error


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
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DataError(f"{info.title} could not be downloaded ({reason}); {_remedies(info)}") from error


def _remedies(info: DatasetInfo) -> str:
    debian = "install the Debian package dataset-fashion-mnist, " if info.name in SYSTEM_DIRS else ""
    return (
        f"give --data DIR with the four files, {debian}or connect to the network for the official download "
        f"(--dataset digits needs no files at all)."
    )
