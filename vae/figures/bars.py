"""One value a row: dots with intervals, and bars in groups."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from vae.figures.errors import FigureError
from vae.figures.layout import Numbers, TickFormat, format_axis, marker, new_figure, set_categories, settle, style_axes
from vae.figures.style import BROKEN, PHONE_WIDTH, WIDTH, Theme, drawing

_ROW = 0.27  # inches
_ARROW = 7.0  # points, of a head


@dataclasses.dataclass(frozen=True)
class Row:
    """A value with its interval and a style of palette.json; note is written at the right edge. Without a value
    there is no mark, and the note stands in its place."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    style: str = "data"
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Series:
    """One bar in each group: values (groups,), with intervals where there are such."""

    label: str
    style: str
    values: Numbers
    low: Numbers | None = None
    high: Numbers | None = None


def dot_interval(
    rows: Sequence[Row],
    *,
    theme: Theme,
    x_label: str,
    tick_format: TickFormat,
    margin: float | None = None,
    margin_label: str = "",
    x_range: tuple[float, float] | None = None,
    key: Sequence[tuple[str, str]] = (),
    log_x: bool = False,
    group: int = 1,
    width: float = WIDTH,
) -> Figure:
    """Return a dot and its whisker a row, from the top; also the forest plot of verdicts.

    margin: a vertical line, named above. x_range: what lies beyond ends in an arrow head. key: (style, word) pairs.
    group: so many rows in a row share the label of the first, at their middle, and lines part them from the others.
    Raises FigureError without rows, or with a group that is not full.
    """
    if not rows:
        raise FigureError("a dot plot needs at least one row.")
    if len(rows) % group:
        raise FigureError(f"a dot plot in groups of {group} rows needs a multiple of it, not {len(rows)} rows.")
    with drawing(theme):
        figure = new_figure(width, _ROW * len(rows) + 0.75 + (0.25 if margin_label else 0) + (0.3 if key else 0))
        axes = figure.add_subplot()
        style_axes(axes, theme, "x")
        if log_x:
            axes.set_xscale("log")
        for y, row in enumerate(rows):
            style = theme.style(row.style)
            if y and y % group == 0:
                axes.axhline(y - 0.5, color=theme.grid, linewidth=0.4 if group == 1 else 1.2, zorder=0)
            if row.low is not None and row.high is not None:
                axes.hlines(y, row.low, row.high, color=style.colour, linewidth=1.6)
            if row.value is not None:
                inside = (
                    x_range is not None and x_range[0] <= row.value <= x_range[1]
                )  # on the edge half of it would be cut
                axes.plot(row.value, y, linestyle="none", zorder=4, clip_on=not inside, **marker(style, theme, 7.0))
        if x_range is not None:
            axes.set_xlim(*x_range)
            _arrows(axes, rows, x_range, theme)
            axes.tick_params(axis="y", pad=_ARROW + 2)  # heads stand across the edge, where the labels would begin
        else:
            axes.margins(x=0.05)
        if margin is not None:
            axes.axvline(margin, color=theme.text, linewidth=1.1, linestyle=BROKEN, zorder=1)
            axes.annotate(
                margin_label,
                (margin, 1.0),
                (0, 4),
                xycoords=axes.get_xaxis_transform(),
                textcoords="offset points",
                ha="center",
                va="bottom",
            )
        for y, row in enumerate(rows):
            if row.note:
                edge, shift = (0.0, 6) if row.value is None else (1.0, 8)
                axes.annotate(
                    row.note,
                    (edge, y),
                    (shift, 0),
                    xycoords=axes.get_yaxis_transform(),
                    textcoords="offset points",
                    va="center_baseline",
                    color=theme.muted,
                )
        axes.set_ylim(len(rows) - 0.5, -0.5)
        set_categories(axes.yaxis, [row.label for row in rows[::group]], group)
        format_axis(axes.xaxis, tick_format, log_x)
        axes.set_xlabel(x_label)
        _key(figure, key, theme, width)
        settle(figure)
    return figure


def grouped_bars(
    groups: Sequence[str],
    series: Sequence[Series],
    *,
    theme: Theme,
    x_label: str,
    tick_format: TickFormat,
    width: float = WIDTH,
) -> Figure:
    """Return horizontal bars, one a series in each group, in the order of the key, each ending in its marker.

    Raises FigureError naming the lengths if a series has not one value a group.
    """
    for one in series:
        lengths = {name: len(c) for name in ("values", "low", "high") if (c := getattr(one, name)) is not None}
        if set(lengths.values()) != {len(groups)}:
            raise FigureError(f"series '{one.label}' needs {len(groups)} values, one a group, not {lengths}.")
    with drawing(theme):
        thick = 0.78 / max(len(series), 1)
        figure = new_figure(width, len(groups) * (0.13 * len(series) + 0.12) + 1.0)
        axes = figure.add_subplot()
        style_axes(axes, theme, "x")
        for index, one in enumerate(series):
            style = theme.style(one.style)
            y = np.arange(len(groups)) + (index - (len(series) - 1) / 2) * thick
            # What has no marker with a face is what the others are held against: an outline tells it from their bars.
            outlined = style.marker in "|x"
            bars = axes.barh(y, one.values, height=thick * 0.72, color=style.colour, alpha=0.45, linewidth=0)
            if outlined:
                for bar in bars:
                    bar.set(fill=False, alpha=None, edgecolor=style.colour, linewidth=0.9)
            if one.low is not None and one.high is not None:
                axes.hlines(y, one.low, one.high, color=style.colour, linewidth=1.2)
            axes.plot(one.values, y, linestyle="none", clip_on=False, zorder=4, **marker(style, theme, 5.0))
        axes.axvline(0, color=theme.muted, linewidth=0.8)
        axes.set_ylim(len(groups) - 0.5, -0.5)
        set_categories(axes.yaxis, groups)
        format_axis(axes.xaxis, tick_format)
        axes.set_xlabel(x_label)
        _key(figure, [(one.style, one.label) for one in series], theme, width)
        settle(figure)
    return figure


def _arrows(axes: Axes, rows: Sequence[Row], x_range: tuple[float, float], theme: Theme) -> None:
    left, right = x_range
    for y, row in enumerate(rows):
        ends = [value for value in (row.low, row.value, row.high) if value is not None]
        beyond = [(left, "<")] * any(end < left for end in ends) + [(right, ">")] * any(end > right for end in ends)
        for edge, head in beyond:
            axes.plot(
                edge,
                y,
                marker=head,
                markersize=_ARROW,
                color=theme.style(row.style).colour,
                markeredgewidth=0,
                clip_on=False,
                zorder=5,
            )


def _key(figure: Figure, key: Sequence[tuple[str, str]], theme: Theme, width: float) -> None:
    if not key:
        return
    handles = [
        Line2D([], [], linestyle="none", label=word, **marker(theme.style(style), theme, 7.0)) for style, word in key
    ]
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=2 if width <= PHONE_WIDTH else len(key),
        handletextpad=0.2,
        columnspacing=1.4,
    )
