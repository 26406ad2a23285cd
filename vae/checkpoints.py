"""Checkpoints of a training: weights, optimiser state, history and sessions in one safetensors file, written atomically."""

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from vae.errors import TrainingError

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
        return self.path / f"epoch-{epoch:04d}.safetensors"

    def epochs(self) -> list[int]:
        """Return the epochs that have a checkpoint, in order."""
        return sorted(int(file.stem.removeprefix("epoch-")) for file in self.path.glob("epoch-*.safetensors"))

    def save(
        self,
        epoch: int,
        model: nn.Module,
        optimiser: torch.optim.Optimizer,
        history: History,
        sessions: list[Session],
    ) -> None:
        """Write a checkpoint: a reader sees the whole file or none."""
        self.path.mkdir(parents=True, exist_ok=True)
        tensors = {f"model.{name}": tensor.contiguous() for name, tensor in model.state_dict().items()}
        for index, state in optimiser.state_dict()["state"].items():
            for name, value in state.items():
                tensors[f"optimiser.{index}.{name}"] = value.contiguous()
        metadata = {"history": json.dumps(dataclasses.asdict(history)), "sessions": json.dumps(sessions)}
        self._write(epoch, lambda path: save_file(tensors, path, metadata=metadata))

    def put(self, epoch: int, content: bytes) -> None:
        """Write a checkpoint that was made elsewhere, as a file of this folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._write(epoch, lambda path: path.write_bytes(content))

    def _write(self, epoch: int, write: Callable[[Path], object]) -> None:
        temporary = self.path / f".epoch-{epoch:04d}.{os.getpid()}.tmp"
        try:
            write(temporary)
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            os.replace(temporary, self.file(epoch))
        finally:
            temporary.unlink(missing_ok=True)

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

        Raises TrainingError if the file is damaged.
        """
        file = self.file(epoch)
        try:
            with safe_open(file, framework="pt") as opened:
                tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 (no mapping)
                metadata = opened.metadata()
            return tensors, History(**json.loads(metadata["history"])), json.loads(metadata["sessions"])
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise TrainingError(
                f"The checkpoint {file} is damaged ({error}). Delete it: training goes on from an older one."
            ) from error

    def weights(self, epoch: int) -> dict[str, Tensor]:
        """Return the model's weights at an epoch, by parameter name."""
        return _below(self.read(epoch)[0], "model.")

    def resume(self, epoch: int, model: nn.Module, optimiser: torch.optim.Optimizer) -> tuple[History, list[Session]]:
        """Put weights and optimiser state back as they were, and return history and sessions so far."""
        tensors, history, sessions = self.read(epoch)
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
        return history, sessions


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
