"""Figures to bytes: the same figure gives the same bytes on the same version of matplotlib."""

import functools
import io

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from vae.figures.style import THEME_NAMES, exporting, load_theme

RASTER_SCALE, PNG_SCALE = 1.5, 2  # device pixels for a CSS pixel
_CSS_DPI = 96


def to_svg(figure: Figure, background: str = "") -> bytes:
    """Return a figure as SVG, its text as text in the reader's own sans-serif, with no date and no random id.

    background: a colour under it, '' for none.
    """
    buffer = io.BytesIO()
    with exporting():
        figure.savefig(buffer, format="svg", facecolor=background or "auto", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(b"'DejaVu Sans', sans-serif", b"sans-serif")


def to_png(figure: Figure, background: str = "") -> bytes:
    """Return a figure as a palette PNG, for where WebP is no use. background: a colour under it, '' for none."""
    return png_bytes(_few_colours(figure, PNG_SCALE, 256, background))


def to_webp(figure: Figure) -> bytes:
    """Return a figure as lossless WebP of few colours, with transparency: for scatters of many points.

    Larger than shown by RASTER_SCALE. As PNG, four panels of ten thousand points alone outweigh the rest of a page.
    """
    packed = io.BytesIO()
    few = _few_colours(figure, RASTER_SCALE, 64, "")
    # More effort (method 6) takes twenty times as long, half of what a whole rendering takes, for nothing that shows.
    few.convert("RGBA").save(packed, format="WEBP", lossless=True, quality=80, method=4)
    return packed.getvalue()


def _few_colours(figure: Figure, scale: float, colours: int, background: str) -> Image.Image:
    buffer, dpi = io.BytesIO(), _CSS_DPI * scale
    with exporting():
        # Plain pixels: what savefig would compress is only read again.
        figure.savefig(buffer, format="rgba", dpi=dpi, facecolor=background or "auto")
    width, height = (int(side) for side in figure.get_size_inches() * dpi)
    return _quantized(Image.frombytes("RGBA", (width, height), buffer.getvalue()), colours)


def _quantized(image: Image.Image, colours: int) -> Image.Image:
    """Return an image (RGBA) with a palette of so many colours, among them, as they are, those of classes that it has.

    The octree makes one orange of two, and then two classes look alike.
    """
    pixels = np.asarray(image).view(np.uint32)[..., 0]
    kept = np.intersect1d(_class_pixels(), pixels)
    few = image.quantize(colours - len(kept), method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    indices, palette = np.array(few), np.array(few.getpalette("RGBA"), dtype=np.uint8)
    for index, pixel in enumerate(kept, start=len(palette) // 4):
        indices[pixels == pixel] = index
    packed = Image.fromarray(indices)
    packed.putpalette(np.concatenate([palette, kept.view(np.uint8)]).tobytes(), "RGBA")
    return packed


@functools.cache
def _class_pixels() -> NDArray[np.uint32]:
    """Return the colours of all classes in both themes, opaque, each as one number that holds the bytes of a pixel."""
    named = [colour for name in THEME_NAMES for colour in load_theme(name).classes]
    pixels = [(*(round(255 * part) for part in to_rgb(colour)), 255) for colour in named]
    return np.array(pixels, dtype=np.uint8).view(np.uint32)[:, 0]


def png_bytes(image: Image.Image) -> bytes:
    """Return an image as PNG with no metadata."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
