"""What all figures share: the canvas, the axes, the ticks, the markers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from vae.figures.style import Style, Theme

Numbers = Sequence[float] | NDArray[Any]
TickFormat = Callable[[float], str]
# Markers of one nominal size do not look of one size.
_OPTICAL = {"^": 1.3, "v": 1.3, "s": 0.95, "D": 0.9}

# Positions of the axes of what was laid out, by size and number of axes: only within one_layout().
_layouts: ContextVar[dict[tuple[float, ...], list[Bbox]]] = ContextVar("layouts")


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure, inches; at 72 dpi, so that a pixel of its layout is a point."""
    layout = ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06, wspace=0.04, hspace=0.06)
    figure = Figure(figsize=(width, height), dpi=72, layout=layout)
    FigureCanvasAgg(figure)
    return figure


def style_axes(axes: Axes, theme: Theme, grid: str = "both") -> None:
    """Quieten an axes: no box, a thin grid along one axis, both or none.

    Ticks are made late, when the figure is drawn, so their colours are pinned here.
    """
    axes.tick_params(color=theme.grid, labelcolor=theme.text, grid_color=theme.grid)
    axes.grid(visible=False)
    if grid != "none":
        axes.grid(visible=True, axis=grid)  # type: ignore[arg-type]
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(theme.grid)


def format_axis(axis: Any, tick_format: TickFormat, log: bool = False, ticks: int = 6) -> None:
    """Choose few round ticks and write them with the caller's number format."""
    if log:
        low, high = sorted(axis.get_view_interval())
        decades = np.log10(high / low)
        subs = (1.0, 2.0, 5.0) if decades < 2.2 else (1.0, 3.0) if decades < 3.2 else (1.0,)
        axis.set_major_locator(LogLocator(subs=subs, numticks=20))
        axis.set_minor_formatter(NullFormatter())
    else:
        axis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick_format(value)))


def set_categories(axis: Any, names: Sequence[str], step: int = 1) -> None:
    """Put one tick at each integer, named; with a step, at the middle of each so many integers."""
    axis.set_major_locator(FixedLocator([index * step + (step - 1) / 2 for index in range(len(names))]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: names[int(value // step)]))


@contextmanager
def one_layout() -> Iterator[None]:
    """Lay out once, within the block, what is drawn several times in colours alone different: a layout is slow."""
    token = _layouts.set({})
    try:
        yield
    finally:
        _layouts.reset(token)


def settle(figure: Figure) -> None:
    """Compute the layout once and keep it, so that positions in points may be relied on."""
    engine = figure.get_layout_engine()
    if engine is not None:
        # Limits that follow the aspect depend on every step of a layout, not only on where it ends.
        steps = any(axes.get_aspect() != "auto" and axes.get_adjustable() == "datalim" for axes in figure.axes)
        layouts = {} if steps else _layouts.get({})
        drawn = (*figure.get_size_inches(), len(figure.axes))
        if drawn in layouts:
            for axes, position in zip(figure.axes, layouts[drawn], strict=True):
                axes.set_position(position)
        else:
            engine.execute(figure)
            layouts[drawn] = [axes.get_position(original=True) for axes in figure.axes]
    for axes in figure.axes:
        axes.apply_aspect()
    figure.set_layout_engine(None)  # not "none", which keeps an idle engine, for which every export draws twice


def marker(style: Style, theme: Theme, size: float = 5.5) -> dict[str, Any]:
    """Return the marker settings of a style for Axes.plot; the rim parts a marker from what it covers."""
    size *= _OPTICAL.get(style.marker, 1.0)
    if style.marker in "|x":
        return {"marker": style.marker, "markersize": size, "markeredgecolor": style.colour, "markeredgewidth": 1.8}
    face = theme.background if style.hollow else style.colour
    rim = style.colour if style.hollow else theme.background
    width = 1.4 if style.hollow else 0.8
    return {
        "marker": style.marker,
        "markersize": size,
        "markerfacecolor": face,
        "markeredgecolor": rim,
        "markeredgewidth": width,
    }


def scale(axes: Axes, log_x: bool, log_y: bool, tick_format: TickFormat, ticks: int = 6) -> None:
    """Set the scales of both axes and write their ticks with one number format."""
    if log_x:
        axes.set_xscale("log")
    if log_y:
        axes.set_yscale("log")
    format_axis(axes.xaxis, tick_format, log_x, ticks)
    format_axis(axes.yaxis, tick_format, log_y, 6)
