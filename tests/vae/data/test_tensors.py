import dataclasses
import gzip
import hashlib
import socket
import struct
from pathlib import Path

import pytest
import torch

from vae.data import raw_files as module
from vae.data.datasets import DIGITS, FASHION_MNIST, DatasetInfo
from vae.data.raw_files import SYSTEM_DIRS, find
from vae.data.tensors import as_input, load
from vae.errors import DataError
from vae.objectives import pixel_entropy

N = {"train": 240, "t10k": 60}
DEBIAN = SYSTEM_DIRS[FASHION_MNIST.name]


def idx(part: str, shade: int = 0) -> dict[str, bytes]:
    """The idx files of one part: image i is filled with i, label i is i mod 10."""
    n = N[part]
    pixels = b"".join(bytes([(index + shade) % 256]) * 784 for index in range(n))
    return {
        f"{part}-images-idx3-ubyte": struct.pack(">IIII", 0x803, n, 28, 28) + pixels,
        f"{part}-labels-idx1-ubyte": struct.pack(">II", 0x801, n) + bytes(index % 10 for index in range(n)),
    }


FILES = idx("train") | idx("t10k")
INFO = dataclasses.replace(
    FASHION_MNIST, train_images=200, validation_images=40, test_images=60,
    files={name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()},
)  # fmt: skip


def write(folder: Path, packed: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, and no files of the machine."""

    def no_network(*arguments: object, **keywords: object) -> None:
        raise OSError("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(module, "SYSTEM_DIRS", {FASHION_MNIST.name: Path("/nonexistent")})


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("below", [".", "raw", "FashionMNIST/raw"])
def test_given_files_are_read_plain_or_packed(tmp_path: Path, packed: bool, below: str) -> None:
    write(tmp_path / "given" / below, packed)
    loaded = load(INFO, tmp_path / "given", tmp_path / "cache")
    assert [len(part) for part in (loaded.train, loaded.validation, loaded.test)] == [200, 40, 60]
    assert torch.equal(loaded.test.images[:, 0, 0], torch.arange(60, dtype=torch.uint8))
    assert torch.equal(loaded.test.labels, torch.arange(60) % 10)


def test_the_split_is_a_partition_and_the_same_every_time(tmp_path: Path) -> None:
    given = write(tmp_path / "given", True)
    first, second = load(INFO, given, tmp_path / "a"), load(INFO, given, tmp_path / "b")
    seen = torch.cat([first.train.images[:, 0, 0], first.validation.images[:, 0, 0]])
    assert sorted(seen.tolist()) == list(range(240))
    assert seen.tolist() != list(range(240)), "shuffled"
    assert torch.equal(first.train.images, second.train.images)
    assert torch.equal(first.train.images[:, 0, 0] % 10, first.train.labels.to(torch.uint8)), "labels stay with images"


def test_the_global_seed_does_not_touch_the_split(tmp_path: Path) -> None:
    given = write(tmp_path / "given", False)
    torch.manual_seed(1)
    first = load(INFO, given, tmp_path / "a")
    torch.manual_seed(2)
    assert torch.equal(load(INFO, given, tmp_path / "b").train.images, first.train.images)


def test_the_cache_comes_before_the_machines_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system = write(tmp_path / "system", True)
    monkeypatch.setattr(module, "SYSTEM_DIRS", {FASHION_MNIST.name: system})
    load(INFO, None, tmp_path / "cache")
    for path in system.iterdir():
        path.unlink()
    assert len(load(INFO, None, tmp_path / "cache").test) == 60


def test_given_files_come_before_the_cache(tmp_path: Path) -> None:
    load(INFO, write(tmp_path / "given", False), tmp_path / "cache")
    (tmp_path / "given" / "t10k-images-idx3-ubyte").write_bytes(idx("t10k", shade=9)["t10k-images-idx3-ubyte"])
    with pytest.raises(DataError, match=r"given/t10k-images-idx3-ubyte is not"):
        load(INFO, tmp_path / "given", tmp_path / "cache")
    assert len(load(INFO, None, tmp_path / "cache").test) == 60, "the cache keeps what was good"


def alter(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("damage", ["truncated", "altered", "empty"])
def test_damaged_files_are_named_with_three_remedies(tmp_path: Path, packed: bool, damage: str) -> None:
    given = write(tmp_path / "given", packed)
    path = given / ("train-images-idx3-ubyte" + (".gz" if packed else ""))
    content = path.read_bytes()
    path.write_bytes({"truncated": content[: len(content) // 2], "altered": alter(content), "empty": b""}[damage])
    with pytest.raises(DataError) as caught:
        load(INFO, given, tmp_path / "cache")
    message = str(caught.value)
    assert str(path) in message
    assert all(word in message for word in ("--data DIR", "dataset-fashion-mnist", "network"))
    assert not list((tmp_path / "cache").rglob("*-ubyte")), "nothing of it is put in place"
    assert not list((tmp_path / "cache").rglob(".import-*"))


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="no file here that nobody can read")
@pytest.mark.parametrize("packed", [False, True])
def test_a_given_file_that_cannot_be_read_is_named_and_not_the_cache(tmp_path: Path, packed: bool) -> None:
    given = write(tmp_path / "given", packed)
    path = given / ("train-images-idx3-ubyte" + (".gz" if packed else ""))
    path.unlink()
    path.symlink_to("/proc/self/mem")  # its first page is no memory, whatever the permissions of who runs the tests
    says = rf"{path} cannot be read \(Input/output error\)\. Mend that .*, or give --data DIR"
    with pytest.raises(DataError, match=says):
        load(INFO, given, tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("*-ubyte"))


def test_a_missing_file_beside_the_others_is_named(tmp_path: Path) -> None:
    given = write(tmp_path / "given", True)
    (given / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte missing beside"):
        load(INFO, given, tmp_path / "cache")


def test_a_folder_without_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"--data .*given: there is no such folder; give --data DIR"):
        load(INFO, tmp_path / "given", tmp_path / "cache")
    (tmp_path / "given").mkdir()
    with pytest.raises(
        DataError, match=r"--data .*given: no Fashion-MNIST files there.*train-images-idx3-ubyte\[\.gz\]"
    ):
        load(INFO, tmp_path / "given", tmp_path / "cache")


def test_finding_says_where_from_and_reads_nothing(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert find(INFO, None, cache).words == "the official download"
    given = write(tmp_path / "given", True)
    (given / "t10k-images-idx3-ubyte.gz").write_bytes(b"not even packed")
    assert find(INFO, given, cache).words == str(given)
    assert not cache.exists()
    load(INFO, write(tmp_path / "whole", False), cache)
    assert find(INFO, None, cache).words.startswith("the cache, ")
    assert find(DIGITS, None, cache).words == "embedded"


@pytest.mark.filterwarnings("ignore")
def test_no_files_and_no_network_names_the_remedies(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"could not be downloaded .*--data DIR.*dataset-fashion-mnist"):
        load(INFO, None, tmp_path / "cache")


def test_an_altered_cache_is_named_and_never_used(tmp_path: Path) -> None:
    load(INFO, write(tmp_path / "given", False), tmp_path / "cache")
    path = tmp_path / "cache/datasets/FashionMNIST/raw/train-labels-idx1-ubyte"
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte is not .*Delete .*raw"):
        load(INFO, None, tmp_path / "cache")


def test_pixels_become_shares() -> None:
    pixels = as_input(torch.tensor([0, 51, 255], dtype=torch.uint8).repeat(784 * 2)[: 2 * 784].view(2, 28, 28))
    assert pixels.shape == (2, 1, 28, 28)
    assert pixels.flatten()[:3].tolist() == pytest.approx([0, 0.2, 1])


def test_digits_need_no_files(tmp_path: Path) -> None:
    loaded = load(DIGITS, None, tmp_path / "cache")
    sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [DIGITS.train_images, DIGITS.validation_images, DIGITS.test_images] == [1350, 150, 297]
    assert loaded.test.images.shape == (297, 28, 28)
    assert loaded.test.images.max() == 255
    assert (loaded.test.images[:, :2] == 0).all(), "a frame of two pixels"
    assert sorted(loaded.train.labels.unique().tolist()) == list(range(10))
    assert not (tmp_path / "cache").exists()


@pytest.mark.skipif(not DEBIAN.is_dir(), reason="the Debian package dataset-fashion-mnist is not installed")
def test_the_real_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SYSTEM_DIRS", SYSTEM_DIRS)
    loaded = load(FASHION_MNIST, None, tmp_path)
    assert [len(part) for part in (loaded.train, loaded.validation, loaded.test)] == [54_000, 6_000, 10_000]
    assert torch.bincount(loaded.test.labels).tolist() == [1_000] * 10
    floors = [
        torch.cat([pixel_entropy(as_input(batch)) for batch in images.split(2_000)]).mean().item()
        for images in (loaded.test.images, torch.cat([loaded.train.images, loaded.validation.images]))
    ]
    assert floors == pytest.approx([189.86, 188.28], abs=0.01)


def test_checksums_tell_data_sets_and_splits_apart() -> None:
    infos: list[DatasetInfo] = [
        FASHION_MNIST, DIGITS, INFO, dataclasses.replace(FASHION_MNIST, train_images=53_000, validation_images=7_000)
    ]  # fmt: skip
    assert len({info.checksum for info in infos}) == len(infos)
