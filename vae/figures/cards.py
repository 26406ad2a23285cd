"""The picture that a link to the report shows elsewhere: 1,200 × 630 pixels, words on the left, a latent space on the right."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from vae.figures.scatter import Cloud, draw_cloud
from vae.figures.style import Theme, drawing

CARD_SIZE = (6.25, 3.28125)  # inches: 1,200 × 630 pixels in to_png
_LEFT, _CLOUD_LEFT, _TITLE_WIDTH = 0.055, 0.62, 24  # of the figure's width, twice; characters


def card(cloud: Cloud, *, kicker: str, title: str, facts: Sequence[tuple[str, str]], foot: str, theme: Theme) -> Figure:
    """Return the card. facts: at most three pairs of a number and what it is, one below the other.

    Raises FigureError if points and labels do not fit.
    """
    cloud.check(len(theme.classes))
    with drawing(theme):
        figure = Figure(figsize=CARD_SIZE, facecolor=theme.background)
        axes = figure.add_axes((_CLOUD_LEFT, 0.0, 1 - _CLOUD_LEFT, 1.0))
        draw_cloud(axes, cloud, theme, size=1.6)
        lowest, highest = np.quantile(cloud.points.astype(float), [0.01, 0.99], axis=0)
        # One unit is as long along both axes, and the cloud fills the whole of its side of the card.
        sides = np.array(CARD_SIZE) * (1 - _CLOUD_LEFT, 1.0)
        reach = sides * ((highest - lowest) / sides).max() / 2
        (left, bottom), (right, top) = (highest + lowest) / 2 - reach, (highest + lowest) / 2 + reach
        axes.set(xlim=(left, right), ylim=(bottom, top))
        axes.set_axis_off()
        figure.text(_LEFT, 0.9, kicker, size=8.5, color=theme.muted, va="top")
        figure.text(
            _LEFT,
            0.81,
            textwrap.fill(title, _TITLE_WIDTH, break_on_hyphens=False),
            size=17,
            weight="bold",
            va="top",
            linespacing=1.15,
        )
        for row, (number, what) in enumerate(facts):
            height = 0.4 - 0.105 * row
            figure.text(_LEFT, height, number, size=13, weight="bold", color=theme.ramp)
            figure.text(_LEFT + 0.24, height, what, size=9)
        figure.text(_LEFT, 0.055, foot, size=8.5, color=theme.muted)
    return figure
