"""What a process keeps for all of its jobs: the data set, which it receives once, and what is derived from it."""

import dataclasses
from functools import lru_cache

import torch
from safetensors.torch import load, save

from vae.data.datasets import DatasetInfo
from vae.data.tensors import Data, Split
from vae.errors import LaudoError
from vae.measurements.subject import RealImages
from vae.models.classifier import Classifier
from vae.spec import EvaluationSpec

SPLITS = ("train", "validation", "test")
KEPT = 2  # data sets at a time: a worker can serve two builds, and its memory is not to fill with those of old ones
_received: dict[str, bytes] = {}


@dataclasses.dataclass(frozen=True)
class Setting:
    """What all jobs of a build share.

    device: as asked for, so that each machine picks its own. threads: with how many a CPU adds up, which decides the
    last digits; None = as many as torch takes there (OMP_NUM_THREADS, or all cores).
    """

    info: DatasetInfo
    sizes: EvaluationSpec
    device: str
    threads: int | None = None

    def __hash__(self) -> int:
        return hash((self.info.checksum, self.sizes, self.device, self.threads))


def pack(data: Data) -> bytes:
    """Return a data set as bytes, to be sent to the processes that work on it."""
    parts = {name: getattr(data, name) for name in SPLITS}
    tensors = {f"{name}.images": part.images.contiguous() for name, part in parts.items()}
    return save(tensors | {f"{name}.labels": part.labels.contiguous() for name, part in parts.items()})


def receive(checksum: str, packed: bytes) -> None:
    """Keep a data set for the jobs of this process, and forget those received before the last ones."""
    _received.pop(checksum, None)
    _received[checksum] = packed
    while len(_received) > KEPT:
        del _received[next(iter(_received))]
        _forget_derived()


def release() -> None:
    """Forget every data set, and what was derived from it."""
    _received.clear()
    _forget_derived()


def _forget_derived() -> None:
    real_images.cache_clear()
    data_of.cache_clear()


def choose_device(asked: str) -> torch.device:
    """Return the device to train on.

    Raises LaudoError if the one asked for is not there.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if asked == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    if not available[asked]:
        there = ", ".join(kind for kind, yes in available.items() if yes)
        raise LaudoError(f"--device {asked}: no such device here. Available: {there}; --device auto picks the best.")
    return torch.device(asked)


def here(setting: Setting) -> tuple[torch.device, Data]:
    """Return the device of this process and the data set on it.

    Raises LaudoError if it was not received, or the device is not there.
    """
    return choose_device(setting.device), data_of(setting)


@lru_cache(maxsize=1)
def data_of(setting: Setting) -> Data:
    """Return the data set on this process's device, with as many test images as the evaluation looks at."""
    packed = _received.get(setting.info.checksum)
    if packed is None:
        raise LaudoError(
            f"The data set {setting.info.name} is not here: a worker keeps the {KEPT} that it received last. Let other "
            f"builds on this scheduler end, and give the same command again: it is sent anew."
        )
    tensors = load(packed)
    splits = (Split(tensors[f"{name}.images"], tensors[f"{name}.labels"]) for name in SPLITS)
    return Data(setting.info, *splits).with_test(setting.sizes.test_images).to(choose_device(setting.device))


@lru_cache(maxsize=1)
def real_images(setting: Setting, eye: bytes) -> RealImages:
    """Return the real images as a classifier with these weights sees them: every evaluation is held against them."""
    device, data = here(setting)
    classifier = Classifier(len(setting.info.classes)).to(device)
    classifier.load_state_dict(load(eye))
    return RealImages(classifier.eval(), data)
