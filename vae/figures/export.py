"""Figures to bytes: the same figure gives the same bytes on the same version of matplotlib."""

import io

from matplotlib.figure import Figure
from PIL import Image

from vae.figures.style import exporting

RASTER_SCALE = 1.5  # device pixels for a CSS pixel
_CSS_DPI = 96
_COLOURS = 64


def to_svg(figure: Figure) -> bytes:
    """Return a figure as SVG, its text as text in the reader's own sans-serif, with no date and no random id."""
    buffer = io.BytesIO()
    with exporting():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(b"'DejaVu Sans', sans-serif", b"sans-serif")


def to_webp(figure: Figure) -> bytes:
    """Return a figure as lossless WebP of few colours, with transparency: for scatters of many points.

    Larger than shown by RASTER_SCALE. As PNG, four panels of ten thousand points alone outweigh the rest of a page.
    """
    buffer = io.BytesIO()
    with exporting():
        figure.savefig(buffer, format="png", dpi=_CSS_DPI * RASTER_SCALE)
    buffer.seek(0)
    with Image.open(buffer) as image:
        few = image.convert("RGBA").quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    packed = io.BytesIO()
    few.convert("RGBA").save(packed, format="WEBP", lossless=True, quality=100, method=6)
    return packed.getvalue()


def png_bytes(image: Image.Image) -> bytes:
    """Return an image as PNG with no metadata."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
