"""Figures to bytes: the same figure gives the same bytes on the same version of matplotlib."""

import io

from matplotlib.figure import Figure
from PIL import Image

from vae.figures.style import exporting

_PNG_DPI = 192  # two device pixels for a CSS pixel


def to_svg(figure: Figure, background: str = "") -> bytes:
    """Return a figure as SVG, its text as text in the reader's own sans-serif, with no date and no random id.

    background: a colour under it, '' for none.
    """
    buffer = io.BytesIO()
    with exporting():
        figure.savefig(buffer, format="svg", facecolor=background or "auto", metadata={"Date": None, "Creator": None})
    return buffer.getvalue().replace(b"'DejaVu Sans', sans-serif", b"sans-serif")


def to_png(figure: Figure, colours: int = 256, background: str = "") -> bytes:
    """Return a figure as a palette PNG with transparency at twice the shown size: for scatters of many points.

    background: a colour under it, '' for none.
    """
    buffer = io.BytesIO()
    with exporting():
        # Plain pixels: what savefig would compress is only read again.
        figure.savefig(buffer, format="rgba", dpi=_PNG_DPI, facecolor=background or "auto")
    width, height = (int(side) for side in figure.get_size_inches() * _PNG_DPI)
    image = Image.frombytes("RGBA", (width, height), buffer.getvalue())
    return png_bytes(image.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE))


def png_bytes(image: Image.Image) -> bytes:
    """Return an image as PNG with no metadata."""
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
