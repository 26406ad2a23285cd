"""Image grids, pixel by pixel."""

import io

import numpy as np
import pytest
from PIL import Image

from vae import figures as f


def decode(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image)


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)


def test_every_pixel_is_where_it_belongs(images: np.ndarray) -> None:
    sheet = decode(f.grid_png(images, columns=3, gap=2))
    assert sheet.shape == (2 * 28 + 2, 3 * 28 + 4, 2)
    rest = sheet.copy()
    for i, image in enumerate(images):
        top, left = (i // 3) * 30, (i % 3) * 30
        assert (sheet[top : top + 28, left : left + 28, 0] == image).all()
        assert (sheet[top : top + 28, left : left + 28, 1] == 255).all()
        rest[top : top + 28, left : left + 28] = 0
    assert not rest.any()  # gaps and the empty cell are transparent


def test_without_gaps_the_png_is_plain_grey(images: np.ndarray) -> None:
    sheet = decode(f.grid_png(images[:4], columns=2, gap=0))
    assert sheet.shape == (56, 56)
    assert (sheet[28:, :28] == images[2]).all()


def test_other_sides_are_welcome() -> None:
    assert decode(f.grid_png(np.zeros((2, 8, 6), np.uint8), columns=2, gap=1)).shape == (8, 13, 2)


def test_equal_images_give_equal_bytes(images: np.ndarray) -> None:
    assert f.grid_png(images, 3) == f.grid_png(images.copy(), 3)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (np.zeros((28, 28), np.uint8), "(28, 28)"),
        (np.zeros((2, 28, 28), np.float32), "float32"),
        (np.zeros((0, 28, 28), np.uint8), "(0, 28, 28)"),
    ],
)
def test_wrong_images_are_named(wrong: np.ndarray, named: str) -> None:
    with pytest.raises(f.FigureError) as error:
        f.grid_png(wrong, 2)
    assert named in str(error.value)


def test_no_column_is_no_grid(images: np.ndarray) -> None:
    with pytest.raises(f.FigureError, match="not 0 and 2"):
        f.grid_png(images, 0)
