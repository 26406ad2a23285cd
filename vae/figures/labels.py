"""Labels that stand by what they name, and keep out of each other's way."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vae.figures.style import FONT_SIZE, Theme

Where = Literal["on", "above", "beside"]


def place_labels(
    figure: Figure,
    axes: Axes,
    anchors: Sequence[tuple[float, float, str, str]],
    theme: Theme,
    where: Where = "on",
    boxed: bool = False,
) -> None:
    """Write a text at each anchor (x, y, text, colour), data coordinates, moved apart where they would overlap.

    where: on the anchor, above it, or above and to its right. boxed: the colour frames the text instead of filling it.
    A text that had to leave its anchor keeps a thin line to it.
    """
    if not anchors:
        return
    weight = "bold" if boxed else "normal"
    points = axes.transData.transform([(x, y) for x, y, _, _ in anchors])
    sizes = np.array([text_size(figure, text, FONT_SIZE, weight) for _, _, text, _ in anchors]) + (
        7.0 if boxed else 3.0
    )
    offsets = {"on": sizes * 0, "above": sizes * [0, 0.5] + [0, 5], "beside": sizes * 0.5 + [2, 2]}[where]
    frame = axes.get_window_extent()
    placed = separate(points + offsets, sizes, (frame.x0, frame.y0, frame.x1, frame.y1))
    for (x, y, text, colour), at, point, wanted, extent in zip(anchors, placed, points, offsets, sizes, strict=True):
        shift = at - point
        far = bool((np.abs(shift - wanted) > extent / 2).any())
        line = {"arrowstyle": "-", "color": colour, "linewidth": 1.0, "shrinkA": 0, "shrinkB": 0} if far else None
        axes.annotate(
            text,
            (x, y),
            tuple(shift),
            textcoords="offset points",
            ha="center",
            va="center_baseline",
            color=theme.text if boxed else colour,
            fontweight=weight,
            bbox=backing(theme, colour if boxed else "none"),
            arrowprops=line,
            zorder=6,
        )


def backing(theme: Theme, edge: str = "none") -> dict[str, Any]:
    """Return the box that lifts a text off the marks beneath it. A stroke around it would turn SVG text into paths."""
    return {
        "boxstyle": "round,pad=0.12,rounding_size=0.3",
        "facecolor": to_rgba(theme.background, 0.85),
        "edgecolor": edge,
        "linewidth": 1.6,
    }


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return positions at least a gap apart and inside [low, high], moved as little as possible in squares.

    Pool adjacent violators (isotonic regression) on the positions less their rank times the gap. If they do not all
    fit, the gap shrinks.
    """
    count = len(wanted)
    if count == 0:
        return []
    gap = min(gap, (high - low) / max(count - 1, 1))
    order = np.argsort(wanted, kind="stable")
    blocks: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        blocks.append((wanted[index] - rank * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, n), (b, m) = blocks[-2:]
            blocks[-2:] = [((a * n + b * m) / (n + m), n + m)]
    level = np.clip(np.repeat([b for b, _ in blocks], [n for _, n in blocks]), low, high - (count - 1) * gap)
    placed = np.empty(count)
    placed[order] = level + np.arange(count) * gap
    return [float(value) for value in placed]


def separate(
    centres: NDArray[np.float64], sizes: NDArray[np.float64], box: tuple[float, float, float, float]
) -> NDArray[np.float64]:
    """Return the centres (n, 2) of rectangles of the given sizes (n, 2), pushed apart and kept inside a box.

    box: left, bottom, right, top. Each overlapping pair parts along the axis that needs the smaller push; a weak pull
    home keeps a label near what it names.
    """
    placed = centres.astype(float).copy()
    half = sizes / 2
    lowest, highest = np.array(box[:2]) + half, np.array(box[2:]) - half
    for step in range(150):
        moved = False
        for i in range(len(placed)):
            for j in range(i):
                delta = placed[i] - placed[j]
                overlap = half[i] + half[j] - np.abs(delta)
                if (overlap > 1e-6).all():
                    axis = int(np.argmin(overlap))
                    push = (overlap[axis] / 2 + 0.01) * (1.0 if delta[axis] >= 0 else -1.0)
                    placed[i, axis] += push
                    placed[j, axis] -= push
                    moved = True
        placed = np.clip(placed, lowest, np.maximum(lowest, highest))
        if not moved:
            break
        if step < 100:
            placed += 0.02 * (centres - placed)
    return placed


def text_size(figure: Figure, text: str, size: float, weight: str = "normal") -> tuple[float, float]:
    """Return width and height of a text in points."""
    probe = figure.text(0, 0, text, fontsize=size, fontweight=weight)
    extent = probe.get_window_extent(figure.canvas.get_renderer())  # type: ignore[attr-defined]
    probe.remove()
    return float(extent.width), float(extent.height)
