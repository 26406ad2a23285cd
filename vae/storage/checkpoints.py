"""Checkpoints of a training: weights, optimiser state, history and sessions in one safetensors file, written atomically.

A digest over all of it is kept in the file: the format itself notices neither a flipped bit of a tensor nor one of a name.
"""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from vae.errors import TrainingError
from vae.storage.checkpoint_files import checkpoint_file, checkpointed_epochs
from vae.storage.files import remove_leftovers, write_atomically
from vae.storage.results import UNREADABLE

# One stretch of a training between two interruptions: commit, device, versions, dates, and the epoch it reached ("until").
Session = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class History:
    """One list a column, one value an epoch: first what is the same on every repetition, then what it cost."""

    columns: dict[str, list[float]] = dataclasses.field(default_factory=dict)
    seconds: list[float] = dataclasses.field(default_factory=list)

    @property
    def epochs(self) -> int:
        return len(self.seconds)

    def append(self, values: dict[str, float], seconds: float) -> None:
        """Add one epoch."""
        for name, value in values.items():
            self.columns.setdefault(name, []).append(value)
        self.seconds.append(seconds)

    def until(self, epochs: int) -> "History":
        """Return the first epochs, as a run that stopped there would have recorded them."""
        return History({name: values[:epochs] for name, values in self.columns.items()}, self.seconds[:epochs])


@dataclasses.dataclass(frozen=True)
class CheckpointFolder:
    """The checkpoints of one trajectory and seed: epoch-0010.safetensors and so on."""

    path: Path

    def file(self, epoch: int) -> Path:
        """Return where the checkpoint of an epoch is or would be."""
        return checkpoint_file(self.path, epoch)

    def epochs(self) -> list[int]:
        """Return the epochs that have a checkpoint, in order."""
        return checkpointed_epochs(self.path)

    def save(
        self,
        epoch: int,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        history: History,
        sessions: list[Session],
    ) -> None:
        """Write a checkpoint: a reader sees the whole file or none.

        Raises OSError naming the file if it cannot be written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        tensors = {f"model.{name}": tensor.contiguous() for name, tensor in model.state_dict().items()}
        for index, state in optimiser.state_dict()["state"].items():
            for name, value in state.items():
                tensors[f"optimiser.{index}.{name}"] = value.contiguous()
        metadata = {"history": json.dumps(dataclasses.asdict(history)), "sessions": json.dumps(sessions)}
        metadata["digest"] = _digest(tensors, metadata)
        self.put(epoch, save(tensors, metadata))

    def put(self, epoch: int, content: bytes) -> None:
        """Write a checkpoint, made here or elsewhere, as a file of this folder.

        Raises OSError naming the file if it cannot be written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        write_atomically(self.file(epoch), content)
        remove_leftovers(self.path)  # one process trains in a folder at a time

    def prune(self, keep: set[int], until: int) -> None:
        """Delete the checkpoints before an epoch, but those to keep: a newer one makes them useless."""
        for epoch in self.epochs():
            if epoch < until and epoch not in keep:
                self.file(epoch).unlink()

    def clear(self, until: int) -> None:
        """Delete every checkpoint up to an epoch, to train again from the start."""
        for epoch in self.epochs():
            if epoch <= until:
                self.file(epoch).unlink()

    def read(self, epoch: int) -> tuple[dict[str, Tensor], History, list[Session]]:
        """Return tensors, history and sessions of a checkpoint.

        Raises TrainingError if the file is damaged, OSError if it cannot be read.
        """
        content = self.file(epoch).read_bytes()
        try:
            tensors, metadata = load(content), _metadata(content)
            if metadata.pop("digest") != _digest(tensors, metadata):
                raise ValueError("its digest is not that of its content")
            return tensors, History(**json.loads(metadata["history"])), json.loads(metadata["sessions"])
        except (SafetensorError, *UNREADABLE) as error:
            raise self._damaged(epoch, error) from error

    def weights(self, epoch: int) -> dict[str, Tensor]:
        """Return the model's weights at an epoch, by parameter name."""
        return _below(self.read(epoch)[0], "model.")

    def resume(self, epoch: int, model: nn.Module, optimiser: torch.optim.Optimizer) -> tuple[History, list[Session]]:
        """Put weights and optimiser state back as they were, and return history and sessions so far.

        Raises TrainingError if the file is damaged, or of another model.
        """
        tensors, history, sessions = self.read(epoch)
        try:
            self._restore(tensors, model, optimiser)
        except UNREADABLE as error:
            raise self._damaged(epoch, error) from error
        return history, sessions

    def _restore(self, tensors: dict[str, Tensor], model: nn.Module, optimiser: torch.optim.Optimizer) -> None:
        model.load_state_dict(_below(tensors, "model."))
        parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _below(tensors, "optimiser.").items():
            index, field = name.split(".", 1)
            parameter = parameters[int(index)]
            if tensor.shape == parameter.shape:
                # Fused Adam walks through memory: moments must lie in it as their parameter does (channels last).
                tensor = torch.empty_like(parameter).copy_(tensor)
            state.setdefault(int(index), {})[field] = tensor
        optimiser.load_state_dict({**optimiser.state_dict(), "state": state})

    def _damaged(self, epoch: int, error: Exception) -> TrainingError:
        older = [saved for saved in self.epochs() if saved < epoch]
        way = f"goes on from epoch {older[-1]}, the newest one before it" if older else "begins again"
        return TrainingError(
            f"The checkpoint {self.file(epoch)} is damaged ({_first_line(error)}). Delete it and give the same command again: "
            f"this training then {way}."
        )


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _metadata(content: bytes) -> dict[str, str]:
    """Return the texts in the header of a safetensors file: 8 bytes with its length, then JSON."""
    length = int.from_bytes(content[:8], "little")
    return dict(json.loads(content[8 : 8 + length])["__metadata__"])


def _digest(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> str:
    total = hashlib.blake2b(json.dumps(sorted(metadata.items())).encode())
    for name, tensor in sorted(tensors.items()):
        values = tensor.detach().cpu().numpy()
        total.update(json.dumps([name, str(tensor.dtype), list(tensor.shape)]).encode() + values.tobytes())
    return total.hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
