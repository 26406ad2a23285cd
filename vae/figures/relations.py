"""One quantity against another: quality against cost, variance against components, ordered or accumulated."""

import dataclasses
import itertools
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vae.figures.curves import Curve
from vae.figures.errors import FigureError
from vae.figures.labels import backing, place_around
from vae.figures.layout import Numbers, TickFormat, format_axis, marker, new_figure, scale, settle, style_axes
from vae.figures.style import BROKEN, WIDTH, Theme, drawing


@dataclasses.dataclass(frozen=True)
class Trajectory:
    """A trajectory of trainings: cost (n,), quality (n,) and a word, or "", at each point.

    low, high: bounds of the quality. joined: whether a line runs through the points.
    """

    label: str
    style: str
    cost: Numbers
    quality: Numbers
    points: Sequence[str]
    low: Numbers | None = None
    high: Numbers | None = None
    joined: bool = True


def cost_quality(
    paths: Sequence[Trajectory],
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    tick_format: TickFormat,
    log_x: bool = True,
    width: float = WIDTH,
) -> Figure:
    """Return quality against cost, the points of a trajectory joined if it says so, each trajectory and each point with a word named."""
    with drawing(theme):
        figure = new_figure(width, 3.8)
        axes = figure.add_subplot()
        style_axes(axes, theme)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        anchors: list[tuple[float, float, str, str]] = []
        kept_clear: list[tuple[float, float]] = []
        for path in paths:
            Curve(path.label, path.style, path.cost, path.quality, low=path.low, high=path.high).check()
            if len(path.points) != len(path.cost):
                raise FigureError(f"path '{path.label}' has {len(path.cost)} points and {len(path.points)} words.")
            style = theme.style(path.style)
            line = "solid" if path.joined else "none"
            axes.plot(path.cost, path.quality, color=style.colour, linestyle=line, **marker(style, theme, 7.0))
            if path.low is not None and path.high is not None:
                axes.vlines(path.cost, path.low, path.high, color=style.colour, linewidth=1.2)
            for ends in (path.quality, path.low, path.high):
                kept_clear += [] if ends is None else zip(map(float, path.cost), map(float, ends), strict=True)
            for index, word in enumerate(path.points):
                text = f"{path.label} {word}".strip() if index == len(path.points) - 1 else word
                if text:
                    # A line from a name to the point would pass for a longer whisker.
                    top = path.quality if path.high is None else path.high
                    anchors.append((float(path.cost[index]), float(top[index]), text, style.colour))
        axes.margins(x=0.12, y=0.14)
        scale(axes, log_x, False, tick_format)
        settle(figure)
        lines = [point for path in paths if path.joined for point in _along(axes, path)]
        place_around(figure, axes, anchors, [*kept_clear, *lines], theme)
    return figure


def _along(axes: Axes, path: Trajectory) -> list[tuple[float, float]]:
    """Return points along the line of a trajectory, data coordinates, near enough for no name to pass between them."""
    corners = axes.transData.transform(np.column_stack([path.cost, path.quality]).astype(float))
    steps = [
        start + (end - start) * part
        for start, end in itertools.pairwise(corners)
        for part in np.linspace(0, 1, 2 + int(np.hypot(*(end - start)) / 8))
    ]
    return [(float(x), float(y)) for x, y in axes.transData.inverted().transform(steps)] if steps else []


def scree(
    curves: Sequence[Curve],
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    tick_format: TickFormat,
    component_format: TickFormat,
    mark: int = 2,
    width: float = WIDTH,
) -> Figure:
    """Return cumulative shares of variance (0 to 1) against components, a marker at the marked component.

    The key sits in the lower right, which a cumulative curve leaves free; labels may carry the value at the mark.
    """
    with drawing(theme):
        figure = new_figure(width, 3.6)
        axes = figure.add_subplot()
        style_axes(axes, theme, "y")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        handles = []
        for curve in curves:
            curve.check()
            style = theme.style(curve.style)
            axes.plot(curve.x, curve.values, color=style.colour)
            at = [i for i, component in enumerate(curve.x) if component == mark]
            axes.plot(
                np.asarray(curve.x)[at],
                np.asarray(curve.values)[at],
                linestyle="none",
                zorder=4,
                **marker(style, theme, 8.0),
            )
            handles.append(Line2D([], [], color=style.colour, label=curve.label, **marker(style, theme, 7.0)))
        axes.axvline(mark, color=theme.muted, linewidth=0.9, linestyle=(0, (2, 3)), zorder=1)
        axes.set_ylim(0, 1.04)
        scale(axes, False, False, tick_format)
        format_axis(axes.xaxis, component_format, ticks=10)
        axes.legend(handles=handles, loc="lower right")
        settle(figure)
    return figure


def spectrum(
    curves: Sequence[Curve],
    levels: Sequence[tuple[float, str]],
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    tick_format: TickFormat,
    component_format: TickFormat,
    width: float = WIDTH,
) -> Figure:
    """Return values on a log axis, each curve in its own order, and levels (value, name) as broken lines named above.

    What lies a decade under the least level, or is nothing, stands on the lower edge.
    """
    floor = min(level for level, _ in levels) / 10
    with drawing(theme):
        figure = new_figure(width, 3.8)
        axes = figure.add_subplot()
        style_axes(axes, theme, "y")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        for curve in curves:
            curve.check()
            style = theme.style(curve.style)
            values = np.maximum(np.asarray(curve.values, float), floor)
            axes.plot(curve.x, values, color=style.colour, linewidth=0.8, clip_on=False, **marker(style, theme, 4.0))
        highest = max(float(np.max(curve.values)) for curve in curves)
        axes.set_ylim(floor, 1.5 * max([highest, *(level for level, _ in levels)]))
        scale(axes, False, True, tick_format)
        format_axis(axes.xaxis, component_format, ticks=10)
        for level, name in levels:
            axes.axhline(level, color=theme.text, linewidth=1.1, linestyle=BROKEN, zorder=1)
            axes.annotate(
                name, (1, level), (-2, 4), xycoords=axes.get_yaxis_transform(), textcoords="offset points", ha="right",
                va="bottom", bbox=backing(theme), zorder=6,
            )  # fmt: skip
        settle(figure)
    return figure
