import torch

from vae.metrics import pairwise
from vae.metrics.pairwise import float64, row_blocks


def test_blocks_cover_every_row_once(monkeypatch):
    monkeypatch.setattr(pairwise, "BLOCK_ELEMENTS", 100)
    blocks = list(row_blocks(37, 20))
    assert [row for block in blocks for row in range(37)[block]] == list(range(37))
    assert all((block.stop - block.start) * 20 <= 100 for block in blocks)
    assert len(blocks) == 8


def test_a_row_too_long_for_a_block_still_gets_one(monkeypatch):
    monkeypatch.setattr(pairwise, "BLOCK_ELEMENTS", 10)
    assert list(row_blocks(2, 1_000)) == [slice(0, 1), slice(1, 2)]


def test_no_rows_make_no_blocks():
    assert list(row_blocks(0, 5)) == []


def test_float64_keeps_values():
    x = torch.tensor([0.1, -3.0])
    assert float64(x).dtype == torch.float64
    assert torch.equal(float64(x).float(), x)
