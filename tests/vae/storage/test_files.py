"""What write_atomically() waits for, and on which file systems it goes on without."""

import errno
import os
import stat
from pathlib import Path

import pytest

from vae.storage.files import write_atomically


@pytest.mark.parametrize("durable", [True, False])
def test_a_durable_file_is_on_disk_and_so_is_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durable: bool
) -> None:
    synced = []

    def fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        synced.append((stat.S_ISDIR(status.st_mode), status.st_ino, (tmp_path / "a").exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    write_atomically(tmp_path / "a", b"1", durable)
    file, folder = (tmp_path / "a").stat().st_ino, tmp_path.stat().st_ino
    assert synced == ([(False, file, False), (True, folder, True)] if durable else [])


@pytest.mark.parametrize(("number", "fails"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_a_file_system_that_syncs_no_folder_is_none_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, fails: bool
) -> None:
    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    if fails:
        with pytest.raises(OSError, match=str(tmp_path / "a")):
            write_atomically(tmp_path / "a", b"1")
    else:
        write_atomically(tmp_path / "a", b"1")
    assert (tmp_path / "a").read_bytes() == b"1"
