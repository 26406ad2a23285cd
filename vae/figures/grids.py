"""Grids of small images at native size, one array and one PNG; the page scales them with image-rendering: pixelated."""

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from vae.figures.errors import FigureError
from vae.figures.export import png_bytes

LINE = 2  # pixels, of an outline


def mosaic(images: NDArray[np.uint8], columns: int, gap: int = 2) -> NDArray[np.uint8]:
    """Return images (n, height, width) as one array (rows, columns, 2) of grey and alpha, the gaps transparent.

    Filled row by row; cells left over in the last row are transparent.
    Raises FigureError on another shape or type, or fewer than one column.
    """
    if images.ndim != 3 or images.dtype != np.uint8 or len(images) == 0:
        raise FigureError(f"a grid needs images (n, height, width) in uint8, not {images.shape} in {images.dtype}.")
    if columns < 1 or gap < 0:
        raise FigureError(f"a grid needs at least one column and no negative gap, not {columns} and {gap}.")
    count, height, width = images.shape
    rows = -(-count // columns)
    cells = np.zeros((rows * columns, height + gap, width + gap, 2), np.uint8)
    cells[:count, :height, :width, 0] = images
    cells[:count, :height, :width, 1] = 255
    sheet = cells.reshape(rows, columns, height + gap, width + gap, 2).swapaxes(1, 2)
    sheet = sheet.reshape(rows * (height + gap), columns * (width + gap), 2)
    return sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap]


def grid_png(images: NDArray[Any], columns: int, gap: int = 2) -> bytes:
    """Return images (n, height, width) uint8 as a grey PNG of their own pixels; see mosaic for the layout."""
    sheet = mosaic(images, columns, gap)
    if sheet[..., 1].all():
        return png_bytes(Image.fromarray(np.ascontiguousarray(sheet[..., 0])))
    return png_bytes(Image.fromarray(np.ascontiguousarray(sheet)))


def outlined_png(images: NDArray[np.uint8], outlined: NDArray[np.bool_], colour: str) -> bytes:
    """Return a sheet (rows, columns, height, width) uint8 as PNG, without gaps, a line inside the edge of some cells.

    outlined: (rows, columns); cells that adjoin have one line around them all. colour: as in HTML. Raises FigureError if
    the two are not of as many rows and columns.
    """
    if images.shape[:2] != outlined.shape:
        raise FigureError(f"a sheet of {images.shape[:2]} images has as many cells to outline, not {outlined.shape}.")
    columns, height, width = images.shape[1:]
    grey = mosaic(images.reshape(-1, height, width), columns, gap=0)[..., 0]
    area = np.pad(outlined, 1).repeat(height, axis=0).repeat(width, axis=1)
    inner = area.copy()
    for axis, step in itertools.product((0, 1), (-LINE, LINE)):
        inner &= np.roll(area, step, axis)
    corners = [np.roll(area, (down, right), (0, 1)) for down, right in itertools.product((-LINE, LINE), repeat=2)]
    line = (area & ~np.logical_and.reduce([inner, *corners]))[height:-height, width:-width]
    coloured = np.repeat(grey[..., None], 3, axis=2)
    coloured[line] = ImageColor.getrgb(colour)
    return png_bytes(Image.fromarray(coloured))
