"""The names of checkpoints in the folder of a training; without torch, since plans and forecasts look for them too."""

import re
from pathlib import Path

NAME = re.compile(r"epoch-(\d{4,9})\.safetensors", re.ASCII)


def checkpoint_file(folder: Path, epoch: int) -> Path:
    """Return where the checkpoint of an epoch is or would be."""
    return folder / f"epoch-{epoch:04d}.safetensors"


def checkpointed_epochs(folder: Path) -> list[int]:
    """Return the epochs that have a checkpoint, in order; files of other names are passed over."""
    names = (NAME.fullmatch(file.name) for file in folder.glob("epoch-*"))
    return sorted(int(name[1]) for name in names if name)
