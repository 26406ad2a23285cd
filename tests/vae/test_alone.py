"""python -m vae: one training by itself, for real, on the digits."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from vae.__main__ import main
from vae.data.datasets import DIGITS
from vae.storage.checkpoints import CheckpointFolder


def alone(folder: Path, epochs: int) -> None:
    main(
        ["--dataset", DIGITS.name, "--epochs", str(epochs), "--device", "cpu", "--out", str(folder)],
        standalone_mode=False,
    )


def test_it_trains_measures_draws_and_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone(tmp_path, 1)
    first = capsys.readouterr()
    total, bce, kl = map(float, re.findall(r"[\d.]+", first.out.splitlines()[0].split(":")[1]))
    assert total == pytest.approx(bce + kl, abs=0.02), "each is rounded"
    assert bce < 450, "an untrained model's pixels cost ln 2 each, 543 nats an image"
    for name in ("curvas", "reconstrucoes", "amostras", "espaco-latente"):
        assert f"Drawn: {tmp_path / name}.png" in first.out
        with Image.open(io.BytesIO((tmp_path / f"{name}.png").read_bytes())) as image:
            assert min(image.size) > 50
    (checkpoint,) = (tmp_path / "pesos").rglob("epoch-0001.safetensors")
    written = checkpoint.stat().st_mtime_ns
    alone(tmp_path, 1)
    assert capsys.readouterr().out == first.out, "the same numbers"
    assert checkpoint.stat().st_mtime_ns == written, "and nothing was trained for them"
    alone(tmp_path, 2)
    assert [session["until"] for session in CheckpointFolder(checkpoint.parent).read(2)[2]] == [1, 2]
