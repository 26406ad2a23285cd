"""Latent spaces as clouds of points, coloured by class and named in place."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from vae.figures.errors import FigureError
from vae.figures.labels import place_labels, separate
from vae.figures.layout import TickFormat, format_axis, new_figure, settle, style_axes
from vae.figures.style import PHONE_WIDTH, WIDTH, Theme, drawing

Points = NDArray[Any]


@dataclasses.dataclass(frozen=True)
class Cloud:
    """One latent space: points (n, 2) and their classes (n,)."""

    title: str
    points: Points
    labels: NDArray[Any]

    def check(self, classes: int) -> None:
        """Raises FigureError naming the shapes if they do not fit, or a class without a name."""
        if self.points.ndim != 2 or self.points.shape[1] != 2 or self.labels.shape != self.points.shape[:1]:
            raise FigureError(
                f"a scatter needs points (n, 2) and labels (n,), not {self.points.shape} and {self.labels.shape}."
            )
        if len(self.labels) and int(self.labels.max()) >= classes:
            raise FigureError(f"label {int(self.labels.max())} has no name: {classes} class names were given.")


def latent_scatter(
    points: Points,
    labels: NDArray[Any],
    class_names: Sequence[str],
    *,
    theme: Theme,
    x_label: str,
    y_label: str,
    tick_format: TickFormat,
    title: str = "",
    width: float = WIDTH,
) -> Figure:
    """Return points (n, 2) coloured by labels (n,), each class named at its median; equal aspect."""
    cloud = Cloud(title, points, labels)
    cloud.check(len(class_names))
    with drawing(theme):
        figure = new_figure(width, width * (1.0 if width <= PHONE_WIDTH else 0.85))
        axes = figure.add_subplot()
        draw_cloud(axes, cloud, theme, size=5.0 if width > PHONE_WIDTH else 3.0)
        axes.set_title(title)
        axes.grid(visible=True)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        format_axis(axes.xaxis, tick_format)
        format_axis(axes.yaxis, tick_format)
        settle(figure)
        centres = _centres(cloud, len(class_names))
        anchors = [(x, y, class_names[c], theme.class_colour(c)) for c, (x, y) in centres.items()]
        place_labels(figure, axes, anchors, theme, boxed=True)
    return figure


def latent_panels(
    clouds: Sequence[Cloud], class_names: Sequence[str], *, theme: Theme, columns: int = 2, width: float = WIDTH
) -> Figure:
    """Return several latent spaces side by side, sharing one key; no axes, since scales differ and only shape compares.

    A class is known by its number in the key and at its median, so the panels may be small. Each panel frames the
    central 99.6% of its points along either direction: one stray point would shrink all the others.
    """
    for cloud in clouds:
        cloud.check(len(class_names))
    columns = min(columns, len(clouds))
    rows = -(-len(clouds) // columns)
    key_columns = 2 if width <= PHONE_WIDTH else 5
    key_rows = -(-len(class_names) // key_columns)
    with drawing(theme):
        side = width / columns
        figure = new_figure(width, rows * (side + 0.25) + 0.22 * key_rows + 0.2)
        axes_list = []
        for i, cloud in enumerate(clouds):
            axes = figure.add_subplot(rows, columns, i + 1)
            axes.set_title(cloud.title)
            draw_cloud(axes, cloud, theme, size=2.2 if side < 3 else 3.0)
            if len(cloud.points):
                lowest, highest = np.quantile(cloud.points.astype(float), [0.002, 0.998], axis=0)
                half = float((highest - lowest).max()) * 0.52 or 1.0
                x, y = (lowest + highest) / 2
                axes.set(xlim=(x - half, x + half), ylim=(y - half, y + half))
                axes.set_aspect("equal", adjustable="box")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines["bottom"].set_visible(False)
            axes_list.append(axes)
        handles = [_handle(theme, c, f"{c}  {name}") for c, name in enumerate(class_names)]
        figure.legend(
            handles=handles, loc="outside lower left", ncols=key_columns, handletextpad=0.3, columnspacing=1.2
        )
        settle(figure)
        for axes, cloud in zip(axes_list, clouds, strict=True):
            _number(axes, cloud, len(class_names), theme)
    return figure


def draw_cloud(axes: Axes, cloud: Cloud, theme: Theme, size: float) -> None:
    """Draw the points of a cloud; size is a point's area in points squared."""
    style_axes(axes, theme, "none")
    # A fixed shuffle: else the class with the largest number would cover the others.
    order = np.random.default_rng(0).permutation(len(cloud.points))
    colours = np.array([theme.class_colour(c) for c in range(int(cloud.labels.max(initial=0)) + 1)])
    points = cloud.points.astype(float)[order]
    # Opaque and with hard edges: blended colours, thousands of them, are most of what a scatter weighs.
    axes.scatter(
        points[:, 0], points[:, 1], s=size, c=colours[cloud.labels[order]], linewidths=0, antialiased=False
    )  # fmt: skip
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.03)


def _centres(cloud: Cloud, classes: int) -> dict[int, tuple[float, float]]:
    """The median of each class present: unmoved by the few points that lie with another class."""
    found = {}
    for c in range(classes):
        own = cloud.points[cloud.labels == c].astype(float)
        if len(own):
            x, y = np.median(own, axis=0)
            found[c] = (float(x), float(y))
    return found


def _number(axes: Axes, cloud: Cloud, classes: int, theme: Theme) -> None:
    centres = _centres(cloud, classes)
    if not centres:
        return
    at = axes.transData.transform(list(centres.values()))
    frame = axes.get_window_extent()
    halo = [withStroke(linewidth=3.0, foreground=theme.background)]
    placed = separate(at, np.full((len(at), 2), 14.0), (frame.x0, frame.y0, frame.x1, frame.y1))
    for c, (x, y) in zip(centres, axes.transData.inverted().transform(placed), strict=True):
        axes.text(
            x,
            y,
            str(c),
            ha="center",
            va="center",
            fontsize=10,
            fontweight="bold",
            color=theme.text,
            path_effects=halo,
            zorder=6,
        )


def _handle(theme: Theme, index: int, label: str) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker="o",
        markersize=7,
        markeredgewidth=0,
        color=theme.class_colour(index),
        label=label,
    )
