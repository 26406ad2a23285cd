"""The architecture as a diagram, from a plain description of its stages."""

import dataclasses
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from vae.figures.errors import FigureError
from vae.figures.labels import backing
from vae.figures.layout import new_figure
from vae.figures.style import FONT_SIZE, TITLE_SIZE, WIDTH, Theme, drawing

_NARROW = 5.0  # inches: below, the stages run down the page


@dataclasses.dataclass(frozen=True)
class Stage:
    """One tensor on its way: what made it, in words, and its channels and side; side 0 is a plain vector."""

    label: str
    channels: int
    side: int

    @property
    def shape(self) -> str:
        """channels x side x side, with U+00D7, or the length alone."""
        return f"{self.channels}" if self.side == 0 else f"{self.channels}×{self.side}×{self.side}"


@dataclasses.dataclass(frozen=True)
class LatentWords:
    """The texts of the middle: the two heads, the draw between them and the code, and the code with its dimension."""

    mean: str
    log_variance: str
    draw: str
    code: str


def architecture(
    encoder: Sequence[Stage],
    decoder: Sequence[Stage],
    latent: LatentWords,
    *,
    theme: Theme,
    encoder_title: str,
    decoder_title: str,
    width: float = WIDTH,
) -> Figure:
    """Return encoder, latent code and decoder: a U on a wide page, a column on a narrow one.

    encoder: from the image to the last feature map; decoder: from the first feature map to the image. A bar's length
    grows with the side of its maps, its thickness with their number.
    Raises FigureError if either is empty.
    """
    if not encoder or not decoder:
        raise FigureError(
            f"the diagram needs stages, not {len(encoder)} in the encoder and {len(decoder)} in the decoder."
        )
    draw = _column if width < _NARROW else _wide
    with drawing(theme):
        return draw(encoder, decoder, latent, theme, (encoder_title, decoder_title), width)


def _wide(
    encoder: Sequence[Stage],
    decoder: Sequence[Stage],
    latent: LatentWords,
    theme: Theme,
    titles: tuple[str, str],
    width: float,
) -> Figure:
    figure, axes = _canvas(width, 4.3)
    points, top, bottom = width * 72, 234.0, 82.0
    middle = points - 118
    for row, title, stages, y in ((0, titles[0], encoder, top), (1, titles[1], list(reversed(decoder)), bottom)):
        axes.text(4, y + 62, title, fontsize=TITLE_SIZE, fontweight="bold", va="center")
        step = (middle - 98) / max(len(stages) - 1, 1)
        xs = [48 + step * i for i in range(len(stages))]
        for i, (x, stage) in enumerate(zip(xs, stages, strict=True)):
            half = _block(axes, x, y, stage, theme)
            axes.text(x, y - 50, stage.shape, ha="center", va="center", fontweight="bold")
            axes.text(x, y - 65, stage.label, ha="center", va="center", color=theme.muted)
            if i + 1 < len(stages):
                other = _size(stages[i + 1])[1] / 2
                ends = ((x + half + 4, y), (xs[i + 1] - other - 4, y))
                _arrow(axes, *(ends if row == 0 else ends[::-1]), theme)
        last = xs[-1] + _size(stages[-1])[1] / 2 + 4
        if row == 0:
            _arrow(axes, (last, y), (middle + 6, y), theme)
        else:
            _arrow(axes, (middle + 6, y), (last, y), theme)
    centre = middle + 60
    _box(axes, centre, top + 16, 104, 26, latent.mean, theme)
    _box(axes, centre, top - 16, 104, 26, latent.log_variance, theme)
    _arrow(axes, (centre, top - 33), (centre, bottom + 17), theme)
    axes.text(centre, (top + bottom) / 2 - 8, latent.draw, ha="center", va="center", bbox=backing(theme))
    _box(axes, centre, bottom, 104, 30, latent.code, theme, strong=True)
    return figure


def _column(
    encoder: Sequence[Stage],
    decoder: Sequence[Stage],
    latent: LatentWords,
    theme: Theme,
    titles: tuple[str, str],
    width: float,
) -> Figure:
    step, points = 30.0, width * 72
    height = (len(encoder) + len(decoder)) * step + 170
    figure, axes = _canvas(width, height / 72)
    x, y = points * 0.22, height - 14
    for title, stages in zip(titles, (encoder, decoder), strict=True):
        axes.text(4, y, title, fontsize=TITLE_SIZE, fontweight="bold", va="center")
        y -= 28
        for i, stage in enumerate(stages):
            long, thick = _size(stage)
            _rectangle(axes, x, y, long * 1.3, min(thick, 20) * 0.6, theme)
            axes.text(points * 0.43, y, stage.shape, va="center", fontweight="bold")
            axes.text(points * 0.68, y, stage.label, va="center", color=theme.muted)
            if i + 1 < len(stages):
                _arrow(axes, (x, y - 8), (x, y - step + 8), theme)
            y -= step
        if stages is encoder:
            _arrow(axes, (x, y + step - 8), (x, y + 9), theme)
            _box(axes, points * 0.26, y - 6, points * 0.46, 26, latent.mean, theme)
            _box(axes, points * 0.75, y - 6, points * 0.46, 26, latent.log_variance, theme)
            for side in (0.26, 0.75):
                _arrow(axes, (points * side, y - 21), (points * 0.5 + (side - 0.5) * 90, y - 56), theme)
            axes.text(points * 0.5, y - 37, latent.draw, ha="center", va="center", bbox=backing(theme))
            _box(axes, points * 0.5, y - 72, points * 0.46, 28, latent.code, theme, strong=True)
            y -= 116
    return figure


def _canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """An axes over the whole figure whose unit is a point."""
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, width * 72)
    axes.set_ylim(0, height * 72)
    return figure, axes


def _size(stage: Stage) -> tuple[float, float]:
    """Length and thickness of a stage, points: square roots, so that 1 and 128 channels fit on one page."""
    return 10 + 11.5 * max(stage.side, 1) ** 0.5, 4 + 2.2 * stage.channels**0.5 if stage.side else 6.0


def _block(axes: Axes, x: float, y: float, stage: Stage, theme: Theme) -> float:
    long, thick = _size(stage)
    _rectangle(axes, x, y, thick, long, theme)
    return thick / 2


def _rectangle(axes: Axes, x: float, y: float, wide: float, high: float, theme: Theme) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x - wide / 2, y - high / 2),
            wide,
            high,
            boxstyle="round,pad=0,rounding_size=1.5",
            facecolor=theme.colormap()(0.35),
            edgecolor=theme.ramp,
            linewidth=1.0,
        )
    )


def _box(
    axes: Axes, x: float, y: float, wide: float, high: float, text: str, theme: Theme, strong: bool = False
) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (x - wide / 2, y - high / 2),
            wide,
            high,
            boxstyle="round,pad=0,rounding_size=4",
            facecolor="none",
            edgecolor=theme.ramp if strong else theme.muted,
            linewidth=1.8 if strong else 1.0,
        )
    )
    axes.text(
        x, y, text, ha="center", va="center_baseline", fontsize=FONT_SIZE, fontweight="bold" if strong else "normal"
    )


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float], theme: Theme) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=8, color=theme.muted, linewidth=1.0, shrinkA=0, shrinkB=0
        )
    )
