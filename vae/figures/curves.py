"""Quantities along the epochs: learning curves and gains."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation

from vae.figures.errors import FigureError
from vae.figures.labels import backing, place_labels, spread
from vae.figures.layout import Numbers, TickFormat, marker, new_figure, scale, settle, style_axes
from vae.figures.style import BROKEN, DASHED, LINE_HEIGHT, PHONE_WIDTH, WIDTH, Theme, drawing


@dataclasses.dataclass(frozen=True)
class Curve:
    """One line: values (n,) at x (n,), a dashed twin and a band where there are such, a style of palette.json.

    marked: whether every value has its marker, and not only the last; for few values with straight lines between them.
    """

    label: str
    style: str
    x: Numbers
    values: Numbers
    dashed: Numbers | None = None
    low: Numbers | None = None
    high: Numbers | None = None
    marked: bool = False

    def check(self) -> None:
        """Raises FigureError naming the lengths if they differ."""
        lengths = {
            name: len(column)
            for name in ("x", "values", "dashed", "low", "high")
            if (column := getattr(self, name)) is not None
        }
        if len(set(lengths.values())) != 1 or lengths["x"] == 0:
            raise FigureError(
                f"curve '{self.label}' needs columns of one length and at least one value, not {lengths}."
            )


@dataclasses.dataclass(frozen=True)
class Panel:
    """Curves that share an axes."""

    title: str
    curves: Sequence[Curve]


def learning_curves(
    panels: Sequence[Panel],
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    solid_label: str,
    dashed_label: str,
    tick_format: TickFormat,
    log_x: bool = False,
    columns: int | None = None,
    width: float = WIDTH,
) -> Figure:
    """Return one panel a quantity: values solid (validation), dashed the other split (training), band over seeds.

    Each line carries its label at its end. Lines of one label in other panels look the same.
    """
    if not panels:
        raise FigureError("learning curves need at least one panel.")
    columns = columns or (1 if width <= PHONE_WIDTH else min(len(panels), 3))
    rows = -(-len(panels) // columns)
    with drawing(theme):
        figure = new_figure(width, 0.45 + (3.2 if columns < 3 else 2.6) * rows)
        axes_list = [figure.add_subplot(rows, columns, i + 1) for i in range(len(panels))]
        for i, (axes, panel) in enumerate(zip(axes_list, panels, strict=True)):
            style_axes(axes, theme, "y")
            axes.set_title(panel.title)
            if i >= len(panels) - columns:
                axes.set_xlabel(x_label)
            if i % columns == 0:
                axes.set_ylabel(y_label)
            for curve in panel.curves:
                _draw(axes, curve, theme)
            scale(axes, log_x, False, tick_format, ticks=4 if columns > 1 else 6)
        if any(curve.dashed is not None for panel in panels for curve in panel.curves):
            _split_key(figure, theme, solid_label, dashed_label)
        _label_ends(figure, axes_list, panels, theme)
    return figure


def gains(
    curves: Sequence[Curve],
    margin: float,
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    margin_label: str,
    tick_format: TickFormat,
    worse_label: str = "",
    log_x: bool = True,
    width: float = WIDTH,
) -> Figure:
    """Return the improvement an epoch on a log axis, with the margin under which it counts as converged.

    Epochs that gained less than a twentieth of the margin, or lost, would stretch the axis or have no place on it: each
    is a small tick on the lower edge, and worse_label says so.
    """
    floor = margin / 20
    with drawing(theme):
        figure = new_figure(width, 3.6)
        axes = figure.add_subplot()
        style_axes(axes, theme, "y")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        shown = []
        for curve in curves:
            curve.check()
            values = np.asarray(curve.values, float)
            kept = values >= floor
            style = theme.style(curve.style)
            axes.plot(
                curve.x,
                np.where(kept, values, np.nan),
                color=style.colour,
                linewidth=1.1,
                **marker(style, theme, 4.0),
            )
            shown.append(dataclasses.replace(curve, x=np.asarray(curve.x)[kept], values=values[kept]))
        axes.axhline(margin, color=theme.text, linewidth=1.2, linestyle=BROKEN)
        axes.set_yscale("log")
        axes.set_ylim(bottom=floor * 0.8)
        scale(axes, log_x, True, tick_format)
        fallen = False
        for curve in curves:
            worse = np.asarray(curve.x, float)[np.asarray(curve.values, float) < floor]
            fallen = fallen or len(worse) > 0
            axes.plot(
                worse,
                np.zeros(len(worse)),
                "|",
                color=theme.style(curve.style).colour,
                markersize=8,
                transform=axes.get_xaxis_transform(),
                clip_on=False,
            )
        axes.annotate(
            margin_label,
            (0, margin),
            (2, -4),
            xycoords=axes.get_yaxis_transform(),
            textcoords="offset points",
            va="top",
            color=theme.text,
            bbox=backing(theme),
            zorder=6,
        )
        if fallen and worse_label:
            axes.annotate(
                worse_label,
                (0, 0),
                (2, 7),
                xycoords="axes fraction",
                textcoords="offset points",
                color=theme.muted,
                bbox=backing(theme),
                zorder=6,
            )
        _label_ends(figure, [axes], [Panel("", [curve for curve in shown if len(curve.x)])], theme)
    return figure


def _draw(axes: Axes, curve: Curve, theme: Theme) -> None:
    curve.check()
    style = theme.style(curve.style)
    if curve.low is not None and curve.high is not None:
        axes.fill_between(curve.x, curve.low, curve.high, color=style.colour, alpha=0.18, linewidth=0)
    if curve.dashed is not None:
        axes.plot(curve.x, curve.dashed, color=style.colour, linewidth=1.1, linestyle=DASHED)
    axes.plot(curve.x, curve.values, color=style.colour)
    shown = slice(None) if curve.marked else slice(-1, None)
    axes.plot(curve.x[shown], curve.values[shown], linestyle="none", zorder=5, **marker(style, theme))


def _split_key(figure: Figure, theme: Theme, solid_label: str, dashed_label: str) -> None:
    solid = Line2D([], [], color=theme.text, label=solid_label)
    dashed = Line2D([], [], color=theme.text, linewidth=1.1, linestyle=DASHED, label=dashed_label)
    figure.legend(handles=[solid, dashed], loc="outside upper left", ncols=2, handlelength=2.4, columnspacing=1.6)


def _label_ends(figure: Figure, axes_list: Sequence[Axes], panels: Sequence[Panel], theme: Theme) -> None:
    """Name each line at its end: in the margin, or just above it where the axes goes on."""
    margins: list[list[tuple[Annotation, Curve]]] = []
    for axes, panel in zip(axes_list, panels, strict=True):
        axes.autoscale_view()
        axes.autoscale(enable=False)
        limit = max((float(curve.x[-1]) for curve in panel.curves), default=0.0)
        last = [curve for curve in panel.curves if float(curve.x[-1]) >= limit]
        margins.append([(_margin_label(axes, curve, theme), curve) for curve in last])
    settle(figure)
    for axes, panel, margin in zip(axes_list, panels, margins, strict=True):
        named = [curve for _, curve in margin]
        inner = [curve for curve in panel.curves if all(curve is not other for other in named)]
        anchors = [(float(c.x[-1]), float(c.values[-1]), c.label, theme.style(c.style).colour) for c in inner]
        place_labels(figure, axes, anchors, theme, "beside")
        frame = axes.get_window_extent()
        heights = [float(axes.transData.transform((curve.x[-1], curve.values[-1]))[1]) for curve in named]
        for (text, _), height, place in zip(
            margin, heights, spread(heights, LINE_HEIGHT, frame.y0, frame.y1), strict=True
        ):
            text.set_position((9, place - height))


def _margin_label(axes: Axes, curve: Curve, theme: Theme) -> Annotation:
    return axes.annotate(
        curve.label,
        (float(curve.x[-1]), float(curve.values[-1])),
        (9, 0),
        textcoords="offset points",
        va="center_baseline",
        color=theme.style(curve.style).colour,
        annotation_clip=False,
    )
