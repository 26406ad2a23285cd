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


def outlined(cells: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels of a sheet of mid-grey images of 10 by 10 with these cells outlined in red, and which are red."""
    mask = np.array(cells, bool)
    pixels = decode(f.outlined_png(np.full((*mask.shape, 10, 10), 127, np.uint8), mask, "#ff0000"))
    return pixels, (pixels == (255, 0, 0)).all(axis=2)


def test_cells_that_adjoin_have_one_line_around_them_all() -> None:
    pixels, red = outlined([[1, 1, 0], [0, 1, 0]])
    assert pixels.shape == (20, 30, 3) and (pixels[~red] == 127).all()
    expected = np.zeros((20, 30), bool)
    expected[:10, :20] = expected[10:, 10:20] = True
    inside = np.zeros_like(expected)
    inside[2:8, 2:18] = inside[2:18, 12:18] = True
    np.testing.assert_array_equal(red, expected & ~inside)


def test_no_cell_outlined_is_no_line() -> None:
    assert not outlined([[0, 0], [0, 0]])[1].any()


def test_an_outline_of_another_shape_is_refused() -> None:
    with pytest.raises(f.FigureError, match=r"\(2, 3\)"):
        f.outlined_png(np.zeros((2, 2, 8, 8), np.uint8), np.zeros((2, 3), bool), "red")
