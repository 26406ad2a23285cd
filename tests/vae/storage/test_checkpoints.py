import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.vae.tiny import tiny_run
from vae.errors import TrainingError
from vae.storage.checkpoints import CheckpointFolder, History


def stepped(seed: int = 0) -> tuple[nn.Module, torch.optim.Optimizer]:
    """A model after one step of Adam, so that the optimiser has a state."""
    torch.manual_seed(seed)
    model = nn.Linear(3, 2)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    model(torch.ones(1, 3)).sum().backward()
    optimiser.step()
    return model, optimiser


HISTORY = History({"bce": [3.0, 2.5]}, [0.1, 0.2])


@pytest.fixture
def folder(tmp_path: Path) -> CheckpointFolder:
    return CheckpointFolder(tmp_path / "run")


def test_round_trip(folder: CheckpointFolder) -> None:
    model, optimiser = stepped()
    folder.save(2, model, optimiser, HISTORY, [{"commit": "abc"}])
    other, other_optimiser = stepped(1)
    assert folder.resume(2, other, other_optimiser) == (HISTORY, [{"commit": "abc"}])
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    before, after = optimiser.state_dict()["state"], other_optimiser.state_dict()["state"]
    assert before.keys() == after.keys()
    assert all(torch.equal(before[i][name], after[i][name]) for i in before for name in before[i])
    assert folder.weights(2).keys() == {"weight", "bias"}


@pytest.mark.parametrize("damage", [
    lambda content: b"", lambda content: content[:50], lambda content: content[:-40], lambda content: os.urandom(200),
    lambda content: content.replace(b'history', b'hostory'), lambda content: content[:-9] + b"\0" + content[-8:],
    lambda content: content.replace(b"2.5", b"2.4"), lambda content: content.replace(b"digest", b"digits"),
])  # fmt: skip
def test_a_damaged_checkpoint_is_named(folder: CheckpointFolder, damage: Callable[[bytes], bytes]) -> None:
    folder.save(2, *stepped(), HISTORY, [])
    folder.file(2).write_bytes(damage(folder.file(2).read_bytes()))
    with pytest.raises(TrainingError, match=r"epoch-0002\.safetensors is damaged.*Delete it.*begins again"):
        folder.read(2)


def test_damage_stops_a_resumed_training_and_deleting_mends_it(
    trained: Callable[..., tuple[History, CheckpointFolder]],
) -> None:
    _, place = trained("a", tiny_run(), snapshots=(1, 2))
    place.file(2).write_bytes(b"not a checkpoint")
    with pytest.raises(TrainingError, match=r"epoch-0002.*goes on from epoch 1, the newest one before it"):
        trained("a", tiny_run())
    place.file(2).unlink()
    history, _ = trained("a", tiny_run())
    assert history.epochs == 3


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    folder: CheckpointFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.save(1, *stepped(), HISTORY, [])
    before = folder.file(1).read_bytes()

    def full_disk(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        folder.save(1, *stepped(5), HISTORY, [])
    assert folder.file(1).read_bytes() == before
    assert [path.name for path in folder.path.iterdir()] == ["epoch-0001.safetensors"]


def test_what_a_killed_training_had_begun_to_write_goes_away(folder: CheckpointFolder) -> None:
    folder.save(1, *stepped(), HISTORY, [])
    (folder.path / ".epoch-0002.safetensors.123.tmp").write_bytes(b"half")
    folder.save(2, *stepped(), HISTORY, [])
    assert sorted(path.name for path in folder.path.iterdir()) == ["epoch-0001.safetensors", "epoch-0002.safetensors"]


def test_prune_and_clear(folder: CheckpointFolder) -> None:
    for epoch in (1, 2, 3, 10):
        folder.save(epoch, *stepped(), HISTORY, [])
    folder.prune(keep={1}, until=3)
    assert folder.epochs() == [1, 3, 10]
    folder.clear(until=3)
    assert folder.epochs() == [10]


def test_a_folder_that_is_not_there_has_no_epochs(folder: CheckpointFolder) -> None:
    assert folder.epochs() == []


def test_history_grows_a_column_a_value_and_can_be_cut() -> None:
    history = History()
    for value in (3.0, 2.0, 1.0):
        history.append({"bce": value, "kl": -value}, 0.5)
    assert history.epochs == 3
    assert history.until(2) == History({"bce": [3.0, 2.0], "kl": [-3.0, -2.0]}, [0.5, 0.5])
    assert history.epochs == 3, "until returns another history"
