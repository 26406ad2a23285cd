"""How values are spread: histograms over each other."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from vae.figures.errors import FigureError
from vae.figures.labels import place_labels
from vae.figures.layout import Numbers, TickFormat, format_axis, marker, new_figure, settle, style_axes
from vae.figures.style import PHONE_WIDTH, WIDTH, Theme, drawing


@dataclasses.dataclass(frozen=True)
class Distribution:
    """Values of one group, any number of them, with a style of palette.json."""

    label: str
    style: str
    values: Numbers


def histograms(
    panels: Mapping[str, Sequence[Distribution]],
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    tick_format: TickFormat,
    bins: int = 60,
    width: float = WIDTH,
) -> Figure:
    """Return one panel a title, one above the other: groups in common bins, each of area 1 and named at its peak.

    Raises FigureError naming the group that has no value, or one that is not finite.
    """
    for group in (group for groups in panels.values() for group in groups):
        if not len(group.values) or not np.isfinite(group.values).all():
            raise FigureError(f"distribution '{group.label}' needs at least one value, and finite ones only.")
    with drawing(theme):
        figure = new_figure(width, 0.5 + (1.7 if width <= PHONE_WIDTH else 1.9) * len(panels))
        placed = []
        for index, (title, groups) in enumerate(panels.items()):
            axes = figure.add_subplot(len(panels), 1, index + 1)
            style_axes(axes, theme, "x")
            axes.set_title(title)
            edges = np.histogram_bin_edges(np.concatenate([group.values for group in groups]), bins)
            peaks = []
            for group in groups:
                heights = np.histogram(group.values, edges, density=True)[0]
                style, top = theme.style(group.style), int(heights.argmax())
                axes.stairs(heights, edges, fill=True, color=style.colour, alpha=0.2)
                axes.stairs(heights, edges, color=style.colour, linewidth=1.4)
                peak = (float(edges[top : top + 2].mean()), float(heights[top]))
                axes.plot(*peak, linestyle="none", zorder=5, **marker(style, theme, 7.0))
                peaks.append((*peak, group.label, style.colour))
            axes.set_ylim(bottom=0, top=1.25 * max(height for _, height, _, _ in peaks))
            axes.set_yticks([])  # a density's unit says nothing; the area is 1
            axes.set_ylabel(y_label)
            format_axis(axes.xaxis, tick_format)
            if index == len(panels) - 1:
                axes.set_xlabel(x_label)
            placed.append((axes, peaks))
        settle(figure)
        for axes, peaks in placed:
            place_labels(figure, axes, peaks, theme, "beside")
    return figure
