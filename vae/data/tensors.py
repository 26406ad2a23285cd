"""Data sets as resident uint8 tensors, split as every run sees them; torchvision's classes parse the files."""

import dataclasses
from pathlib import Path
from typing import cast

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from vae.data.datasets import IMAGE_SIDE, SPLIT_SEED, DatasetInfo, dataset_info
from vae.data.raw_files import TORCHVISION_NAMES, verified_folder


@dataclasses.dataclass(frozen=True)
class Split:
    """Images and labels of one part of a data set."""

    images: UInt8[Tensor, "n 28 28"]
    labels: Int[Tensor, " n"]

    def __len__(self) -> int:
        return len(self.images)

    def first(self, images: int | None) -> "Split":
        """Return the first images, all of them for None: of the training split, which is shuffled, a random sample."""
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
        raw = verified_folder(info, data_dir, cache_dir)
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
