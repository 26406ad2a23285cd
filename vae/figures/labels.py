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


def place_around(
    figure: Figure,
    axes: Axes,
    anchors: Sequence[tuple[float, float, str, str]],
    obstacles: Sequence[tuple[float, float]],
    theme: Theme,
) -> None:
    """Write a text near each anchor (x, y, text, colour) where it covers neither a point nor another text.

    obstacles: the points, data coordinates, the anchors' own included. The nearest free place of a ring of candidates is
    taken, the most crowded anchors first; a text that is not next to its anchor has a thin line to it.
    """
    if not anchors:
        return
    frame = axes.get_window_extent()
    points = axes.transData.transform([(x, y) for x, y, _, _ in anchors])
    fixed = [(x - 6, y - 6, x + 6, y + 6) for x, y in axes.transData.transform(np.asarray(obstacles, float))]
    sizes = [text_size(figure, text, FONT_SIZE) for _, _, text, _ in anchors]
    crowd = [float((np.hypot(*(points - point).T) < _CROWD).sum()) for point in points]
    taken: list[_Box] = []
    for index in sorted(range(len(anchors)), key=lambda i: -crowd[i]):
        x, y, text, colour = anchors[index]
        (px, py), (width, height) = points[index], sizes[index]

        def box(
            dx: float, dy: float, at: tuple[float, float] = (px, py), size: tuple[float, float] = (width, height)
        ) -> _Box:
            cx, cy = at[0] + dx, at[1] + dy
            # A reader's font may be wider than the one that is measured here.
            return (cx - size[0] / 2 - 5, cy - size[1] / 2 - 1, cx + size[0] / 2 + 5, cy + size[1] / 2 + 1)

        def cost(candidate: tuple[float, float, float]) -> float:
            reach, dx, dy = candidate
            there = box(dx, dy)
            covered = sum(_overlap(there, other) for other in fixed) + 3 * sum(
                _overlap(there, other) for other in taken
            )
            return 10 * covered + 100 * _outside(there, frame.bounds) + reach

        candidates = [
            (reach, np.cos(angle) * (reach + width / 2), np.sin(angle) * (reach + height / 2))
            for reach in _REACHES
            for angle in np.arange(16) * np.pi / 8
        ]
        reach, dx, dy = min(candidates, key=cost)
        taken.append(box(dx, dy))
        line = {"arrowstyle": "-", "color": colour, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 3}
        axes.annotate(
            text,
            (x, y),
            (dx, dy),
            textcoords="offset points",
            ha="center",
            va="center_baseline",
            color=colour,
            bbox=backing(theme),
            arrowprops=line if reach > _REACHES[1] else None,
            zorder=6,
        )


_Box = tuple[float, float, float, float]
_CROWD = 60.0  # points: anchors nearer than this compete for room
_REACHES = (7.0, 11.0, 20.0, 32.0, 46.0, 62.0)  # points from an anchor to the edge of its text


def _overlap(a: _Box, b: _Box) -> float:
    """Area that two boxes share, points squared."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return max(wide, 0.0) * max(high, 0.0)


def _outside(box: _Box, bounds: tuple[float, float, float, float]) -> float:
    """By how many points a box leaves a frame (left, bottom, width, height)."""
    left, bottom, width, height = bounds
    over = (left - box[0], bottom - box[1], box[2] - left - width, box[3] - bottom - height)
    return sum(max(part, 0.0) for part in over)


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
