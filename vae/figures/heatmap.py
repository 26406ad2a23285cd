"""Matrices of numbers: confusions between classes."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from vae.figures.colour import contrast
from vae.figures.errors import FigureError
from vae.figures.layout import new_figure, set_categories, settle, style_axes
from vae.figures.style import PHONE_WIDTH, WIDTH, Theme, drawing


def confusion_matrix(
    values: NDArray[Any],
    names: Sequence[str],
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    cell_format: Callable[[float], str],
    diagonal: Literal["shown", "muted", "masked"] = "muted",
    width: float = WIDTH,
) -> Figure:
    """Return a matrix (C, C) with its numbers in the cells; rows are y_label, from the top.

    diagonal muted: its numbers stay, uncoloured, so that the colours tell the confusions apart; masked: left empty.
    NaN cells are left empty. Raises FigureError if the matrix is not as large as the names.
    """
    values = np.asarray(values, float)
    count = len(names)
    if values.shape != (count, count):
        raise FigureError(f"a confusion matrix of {count} names needs shape ({count}, {count}), not {values.shape}.")
    coloured = np.isfinite(values)
    if diagonal != "shown":
        coloured &= ~np.eye(count, dtype=bool)
    top = float(values[coloured].max(initial=0.0)) or 1.0
    ramp = theme.colormap()
    with drawing(theme):
        figure = new_figure(width, width * (1.05 if width <= PHONE_WIDTH else 0.74))
        axes = figure.add_subplot()
        style_axes(axes, theme, "none")
        for row, column in np.ndindex(count, count):
            value = float(values[row, column])
            if not np.isfinite(value) or (row == column and diagonal == "masked"):
                continue
            colour = ramp(max(value, 0.0) / top) if coloured[row, column] else "none"
            axes.add_patch(
                Rectangle(
                    (column - 0.47, row - 0.47), 0.94, 0.94, facecolor=colour, linewidth=0.8, edgecolor=theme.grid
                )
            )
            under = theme.background if colour == "none" else colour
            inks = {contrast(ink, under): ink for ink in (theme.text, theme.background)}
            ink = theme.muted if colour == "none" else inks[max(inks)]
            axes.text(column, row, cell_format(value), ha="center", va="center_baseline", color=ink)
        axes.set_xlim(-0.5, count - 0.5)
        axes.set_ylim(count - 0.5, -0.5)
        set_categories(axes.xaxis, names)
        set_categories(axes.yaxis, names)
        axes.tick_params(length=0)
        axes.spines["bottom"].set_visible(False)
        for tick in axes.get_xticklabels():
            tick.set(rotation=40, ha="right", rotation_mode="anchor")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        settle(figure)
    return figure
