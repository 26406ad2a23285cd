"""What a process keeps of the data sets that it receives: those of two builds, so that neither takes it from the other."""

import dataclasses
from collections.abc import Iterator

import pytest

from tests.vae.tiny import INFO, SIZES
from vae.building import received
from vae.building.received import Setting
from vae.data.tensors import Data
from vae.errors import LaudoError

FIRST, SECOND, THIRD = (Setting(dataclasses.replace(INFO, name=name), SIZES, "cpu") for name in ("x", "y", "z"))


@pytest.fixture
def packed(tiny: Data) -> Iterator[bytes]:
    yield received.pack(tiny)
    received.release()


def test_two_data_sets_are_kept_and_each_can_come_again(packed: bytes) -> None:
    for setting in (FIRST, SECOND, FIRST):
        received.receive(setting.info.checksum, packed)
    for setting in (FIRST, SECOND):
        assert len(received.data_of(setting).train) == INFO.train_images
    received.receive(THIRD.info.checksum, packed)
    for setting in (FIRST, THIRD):
        assert received.data_of(setting).info is setting.info
    with pytest.raises(
        LaudoError, match=r"The data set y is not here: a worker keeps the 2 .* give the same command again"
    ):
        received.data_of(SECOND)
