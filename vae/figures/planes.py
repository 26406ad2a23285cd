"""Two quantities of many trainings against each other, each point named: the rate-distortion plane."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, FuncFormatter

from vae.figures.errors import FigureError
from vae.figures.labels import place_around, spread
from vae.figures.layout import TickFormat, format_axis, marker, new_figure, settle, style_axes
from vae.figures.style import BROKEN, LINE_HEIGHT, WIDTH, Theme, drawing

_MARKER = 7.0


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
    detail: Sequence[Place] = (),
    levels: Sequence[Level] = (),
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    tick_format: TickFormat,
    detail_label: str = "",
    key: Sequence[tuple[str, str]] = (),
    width: float = WIDTH,
) -> Figure:
    """Return points (x >= 0, y), each named, and levels as broken lines named in the right margin.

    detail: points that lie too near to one another to be named in the first panel: there they have a frame with
    detail_label, and a panel of their own below. The first x axis is linear up to one and logarithmic beyond, because
    a rate may be nothing and may be thousands. key: styles and what they stand for.
    """
    everything = [*places, *detail]
    if not everything:
        raise FigureError("a plane needs at least one point.")
    lost = [place.label for place in everything if not (place.x >= 0 and np.isfinite([place.x, place.y]).all())]
    if lost:
        raise FigureError(f"'{lost[0]}' has no place on an axis from zero upwards; leave it out.")
    with drawing(theme):
        figure = new_figure(width, 7.4 if detail else 4.4)
        panels = figure.subplots(2, 1, squeeze=False, height_ratios=(4, 5))[:, 0] if detail else [figure.add_subplot()]
        for axes in panels:
            style_axes(axes, theme)
            axes.set_ylabel(y_label)
        panels[-1].set_xlabel(x_label)
        shown = [everything, detail][: len(panels)]
        for axes, points in zip(panels, shown, strict=True):
            _draw_points(axes, points, theme)
        _wide_axis(panels[0], max(place.x for place in everything), tick_format)
        names = [_draw_levels(panels[0], levels, theme)]
        if detail:
            format_axis(panels[1].xaxis, tick_format)
            _frame(panels[0], panels[1], detail_label, theme)
            low, high = panels[1].get_ylim()
            names.append(_draw_levels(panels[1], [level for level in levels if low < level.y < high], theme))
        for axes in panels:
            format_axis(axes.yaxis, tick_format)
        if key:
            handles = [Line2D([], [], linestyle="none", label=text, **_outline(style, theme)) for style, text in key]
            figure.legend(
                handles=handles, loc="outside upper left", ncols=len(key), handletextpad=0.3, columnspacing=1.4
            )
        settle(figure)
        for axes, written in zip(panels, names, strict=True):
            _part(axes, written)
        for axes, points, named in zip(panels, shown, [places, detail][: len(panels)], strict=True):
            anchors = [(place.x, place.y, place.label, theme.style(place.style).colour) for place in named]
            place_around(figure, axes, anchors, [(place.x, place.y) for place in points], theme)
    return figure


def _outline(style: str, theme: Theme) -> dict[str, Any]:
    """Return the settings of a marker that hides none beneath it: several trainings may fall on one place."""
    settings = marker(theme.style(style), theme, _MARKER)
    return settings | {"markerfacecolor": "none", "markeredgecolor": theme.style(style).colour, "markeredgewidth": 1.4}


def _draw_points(axes: Axes, points: Sequence[Place], theme: Theme) -> None:
    for place in points:
        axes.plot([place.x], [place.y], linestyle="none", zorder=7, **_outline(place.style, theme))
    axes.margins(x=0.1, y=0.14)
    axes.autoscale_view()
    axes.set_xlim(axes.get_xlim())
    axes.set_ylim(axes.get_ylim())


def _draw_levels(axes: Axes, levels: Sequence[Level], theme: Theme) -> list[Annotation]:
    low, high = axes.get_ylim()
    axes.set_ylim(min([low, *(level.y - 2 for level in levels)]), max([high, *(level.y + 2 for level in levels)]))
    names = []
    for level in levels:
        colour = theme.style(level.style).colour
        axes.axhline(level.y, color=colour, linewidth=1.1, linestyle=BROKEN, zorder=2)
        names.append(
            axes.annotate(
                level.label, (1, level.y), (6, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points",
                va="center_baseline", color=colour, annotation_clip=False,
            )
        )  # fmt: skip
    return names


def _part(axes: Axes, names: Sequence[Annotation]) -> None:
    """Move the names of levels apart in the margin."""
    frame = axes.get_window_extent()
    heights = [float(axes.transData.transform((1.0, name.xy[1]))[1]) for name in names]
    for name, height, at in zip(names, heights, spread(heights, LINE_HEIGHT, frame.y0, frame.y1), strict=True):
        name.set_position((6, at - height))


def _wide_axis(axes: Axes, furthest: float, tick_format: TickFormat) -> None:
    end = max(furthest, 1.0) * 1.8
    axes.set_xscale("symlog", linthresh=1.0, linscale=0.6)
    axes.set_xlim(-0.15, end)
    steps = [step * 10.0**decade for decade in range(int(np.ceil(np.log10(end))) + 1) for step in (1, 3)]
    axes.xaxis.set_major_locator(FixedLocator([0.0, *(step for step in steps if step <= end)]))
    axes.xaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick_format(value)))


def _frame(axes: Axes, detail: Axes, label: str, theme: Theme) -> None:
    (left, right), (low, high) = detail.get_xlim(), detail.get_ylim()
    axes.add_patch(
        Rectangle((left, low), right - left, high - low, fill=False, edgecolor=theme.muted, linewidth=1.0, zorder=3)
    )
    axes.annotate(
        label,
        (right, min(high, axes.get_ylim()[1])),
        (-2, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        color=theme.muted,
        annotation_clip=False,
    )
