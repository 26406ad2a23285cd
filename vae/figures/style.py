"""Themes: what a figure looks like on a white and on a dark page. Words and numbers come from the caller."""

import dataclasses
import functools
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, cast

import matplotlib
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from vae.figures.colour import from_oklab, oklab
from vae.figures.errors import FigureError

PALETTE_FILE = Path(__file__).with_name("palette.json")
THEME_NAMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# One size for all: 10 pt at 96 dpi is 13.3 CSS px, and WIDTH is the 720 px of the page's text column.
FONT_SIZE, TITLE_SIZE = 10.0, 11.0
LINE_HEIGHT = FONT_SIZE * 1.3  # points from one label to the next
WIDTH, PHONE_WIDTH = 7.5, 3.75
# Dashes, in line widths: of what things are held against (margins, levels), and of a curve's twin.
BROKEN, DASHED = (0, (5, 3)), (0, (3, 2))

_RC: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be searched, and takes the reader's font
    "svg.hashsalt": "laudo",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans"],  # shipped with matplotlib, so text is measured alike everywhere
    "font.size": FONT_SIZE,
    "text.parse_math": False,  # a word with two dollar signs is still a word
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "axes.titlelocation": "left",
    "axes.titlesize": TITLE_SIZE,
    "axes.titleweight": "bold",
    "axes.titlepad": 8.0,
    "axes.labelsize": FONT_SIZE,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.linewidth": 0.6,
    "xtick.labelsize": FONT_SIZE,
    "ytick.labelsize": FONT_SIZE,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "xtick.minor.size": 0.0,
    "ytick.minor.size": 0.0,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.5,
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.fontsize": FONT_SIZE,
}


@dataclasses.dataclass(frozen=True)
class Style:
    """How one series looks: a colour and a marker, so that colour never speaks alone."""

    colour: str
    marker: str
    hollow: bool = False


@dataclasses.dataclass(frozen=True)
class Theme:
    """The colours of a page. background is what lies under the transparent figure, for halos and contrast."""

    name: str
    background: str
    text: str
    muted: str
    grid: str
    ramp: str
    classes: tuple[str, ...]
    styles: Mapping[str, Style]

    def style(self, key: str) -> Style:
        """Return the style of a run, series or verdict.

        Raises FigureError naming the known keys.
        """
        if key not in self.styles:
            raise FigureError(f"no style '{key}' in palette.json; it has {', '.join(self.styles)}.")
        return self.styles[key]

    def class_colour(self, index: int) -> str:
        """Return the colour of a class by its number.

        Raises FigureError beyond the ten that are told apart.
        """
        if not 0 <= index < len(self.classes):
            raise FigureError(f"class {index} has no colour: palette.json has {len(self.classes)}; group the classes.")
        return self.classes[index]

    def colormap(self) -> LinearSegmentedColormap:
        """Return the sequential map from the page background to the ramp colour, even steps in OKLab."""
        ends = np.array([oklab(self.background), oklab(self.ramp)])
        steps = np.linspace(0.0, 1.0, 64)[:, None]
        return LinearSegmentedColormap.from_list(
            "ramp", [from_oklab(c) for c in ends[0] * (1 - steps) + ends[1] * steps]
        )


@functools.cache
def load_theme(name: Literal["light", "dark"]) -> Theme:
    """Return a theme of palette.json.

    Raises FigureError if there is none of that name.
    """
    palette = json.loads(PALETTE_FILE.read_text(encoding="utf-8"))
    if name not in palette["themes"]:
        raise FigureError(f"no theme '{name}'; palette.json has {', '.join(palette['themes'])}.")
    colours = palette["themes"][name]
    styles = {
        key: Style(colour, palette["markers"][key], key in palette["hollow"])
        for key, colour in colours["styles"].items()
    }
    plain = {key: colours[key] for key in ("background", "text", "muted", "grid", "ramp")}
    return Theme(name=name, classes=tuple(colours["classes"]), styles=styles, **plain)


def drawing(theme: Theme) -> AbstractContextManager[None]:
    """Return the context in which a figure of this theme is built: its settings end with it."""
    colours = {
        "text.color": theme.text,
        "axes.edgecolor": theme.muted,
        "axes.labelcolor": theme.text,
        "axes.titlecolor": theme.text,
        "xtick.color": theme.muted,
        "ytick.color": theme.muted,
        "xtick.labelcolor": theme.text,
        "ytick.labelcolor": theme.text,
        "grid.color": theme.grid,
        "legend.labelcolor": theme.text,
    }
    return matplotlib.rc_context(cast(Any, _defaults() | _RC | colours))


def exporting() -> AbstractContextManager[None]:
    """Return the context in which a finished figure is written; it holds no colour."""
    return matplotlib.rc_context(cast(Any, _defaults() | _RC))


@functools.cache
def _defaults() -> dict[str, Any]:
    # A reader's own matplotlibrc must not change the published bytes. Backends are left alone: no figure needs one.
    default: Mapping[str, Any] = cast(Any, matplotlib.rcParamsDefault)
    return {key: default[key] for key in default if key.split(".")[0] in _DRAWN}


_DRAWN = {
    "axes",
    "figure",
    "font",
    "grid",
    "hatch",
    "legend",
    "lines",
    "patch",
    "path",
    "savefig",
    "scatter",
    "svg",
    "text",
    "xtick",
    "ytick",
}
