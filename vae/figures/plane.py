"""Two quantities of many trainings against each other, each point named: the rate-distortion plane."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter

from vae.figures.errors import FigureError
from vae.figures.labels import place_labels, spread
from vae.figures.layout import TickFormat, format_axis, marker, new_figure, settle, style_axes
from vae.figures.style import FONT_SIZE, WIDTH, Theme, drawing

_LINE = FONT_SIZE * 1.3  # points from one label to the next


@dataclasses.dataclass(frozen=True)
class Place:
    """A training in the plane."""

    label: str
    style: str
    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Level:
    """A training that has no x: a line at its y."""

    label: str
    style: str
    y: float


def plane(
    places: Sequence[Place],
    levels: Sequence[Level] = (),
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    tick_format: TickFormat,
    key: Sequence[tuple[str, str]] = (),
    width: float = WIDTH,
) -> Figure:
    """Return points (x >= 0, y), each named, and levels as broken lines named in the right margin.

    The x axis is linear up to one and logarithmic beyond, because a rate may be nothing and may be thousands. key:
    styles and what they stand for.
    """
    if not places:
        raise FigureError("a plane needs at least one point.")
    lost = [place.label for place in places if not (place.x >= 0 and np.isfinite([place.x, place.y]).all())]
    if lost:
        raise FigureError(f"'{lost[0]}' has no place on an axis from zero upwards; leave it out.")
    with drawing(theme):
        figure = new_figure(width, 4.9)
        axes = figure.add_subplot()
        style_axes(axes, theme)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        for place in places:
            axes.plot([place.x], [place.y], linestyle="none", zorder=4, **marker(theme.style(place.style), theme, 7.0))
        for level in levels:
            axes.axhline(level.y, color=theme.style(level.style).colour, linewidth=1.1, linestyle=(0, (5, 3)), zorder=2)
        axes.margins(x=0.05, y=0.08)
        axes.set_xscale("symlog", linthresh=1.0, linscale=0.6)
        furthest = max(place.x for place in places)
        axes.set_xlim(-0.15, max(furthest, 1.0) * 1.8)
        _rate_ticks(axes, furthest, tick_format)
        format_axis(axes.yaxis, tick_format)
        names = [
            axes.annotate(
                level.label,
                (1, level.y),
                (6, 0),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                va="center_baseline",
                color=theme.style(level.style).colour,
                annotation_clip=False,
            )
            for level in levels
        ]
        if key:
            handles = [
                Line2D([], [], linestyle="none", label=text, **marker(theme.style(style), theme, 7.0))
                for style, text in key
            ]
            figure.legend(
                handles=handles, loc="outside upper left", ncols=len(key), handletextpad=0.3, columnspacing=1.4
            )
        settle(figure)
        frame = axes.get_window_extent()
        heights = [float(axes.transData.transform((1.0, level.y))[1]) for level in levels]
        for name, height, at in zip(names, heights, spread(heights, _LINE, frame.y0, frame.y1), strict=True):
            name.set_position((6, at - height))
        anchors = [(place.x, place.y, place.label, theme.style(place.style).colour) for place in places]
        place_labels(figure, axes, anchors, theme, "above")
    return figure


def _rate_ticks(axes: Axes, furthest: float, tick_format: TickFormat) -> None:
    decades = range(int(np.ceil(np.log10(max(furthest, 1.0)))) + 1)
    steps = [step * 10.0**decade for decade in decades for step in (1, 3)]
    axes.xaxis.set_major_locator(FixedLocator([0.0, *(step for step in steps if step <= max(furthest, 1.0) * 1.8)]))
    axes.xaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_format(value)))
