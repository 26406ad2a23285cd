"""Figures: numbers in, matplotlib figures out, for a light and a dark page. No torch, no language, no file.

Every function takes its words and its number format from the caller and returns a Figure of one Theme; to_svg and
to_webp turn it into bytes. Widths are inches at 96 px: WIDTH for the text column, PHONE_WIDTH for a phone.
"""

import importlib
from typing import TYPE_CHECKING, Any

from vae.figures.errors import FigureError

if TYPE_CHECKING:
    from vae.figures.bars import Row, Series, dot_interval, grouped_bars
    from vae.figures.cards import CARD_SIZE, card
    from vae.figures.curves import Curve, Panel, gains, learning_curves
    from vae.figures.diagram import LatentWords, Stage, architecture
    from vae.figures.distributions import Distribution, histograms
    from vae.figures.export import PNG_SCALE, RASTER_SCALE, to_png, to_svg, to_webp
    from vae.figures.grids import grid_png, mosaic, outlined_png
    from vae.figures.heatmap import confusion_matrix
    from vae.figures.layout import one_layout
    from vae.figures.planes import Level, Place, plane
    from vae.figures.relations import Trajectory, cost_quality, scree, spectrum
    from vae.figures.scatter import Cloud, latent_panels, latent_scatter
    from vae.figures.style import PHONE_WIDTH, THEME_NAMES, WIDTH, Style, Theme, load_theme

# Where each name is. They are loaded when first used, and matplotlib with them: what only looks at pages (--status)
# would wait longer for it than for all else.
_HOMES = {
    "bars": ("Row", "Series", "dot_interval", "grouped_bars"),
    "cards": ("CARD_SIZE", "card"),
    "curves": ("Curve", "Panel", "gains", "learning_curves"),
    "diagram": ("LatentWords", "Stage", "architecture"),
    "distributions": ("Distribution", "histograms"),
    "export": ("PNG_SCALE", "RASTER_SCALE", "to_png", "to_svg", "to_webp"),
    "grids": ("grid_png", "mosaic", "outlined_png"),
    "heatmap": ("confusion_matrix",),
    "layout": ("one_layout",),
    "planes": ("Level", "Place", "plane"),
    "relations": ("Trajectory", "cost_quality", "scree", "spectrum"),
    "scatter": ("Cloud", "latent_panels", "latent_scatter"),
    "style": ("PHONE_WIDTH", "THEME_NAMES", "WIDTH", "Style", "Theme", "load_theme"),
}

__all__ = [
    "CARD_SIZE",
    "PHONE_WIDTH",
    "PNG_SCALE",
    "RASTER_SCALE",
    "THEME_NAMES",
    "WIDTH",
    "Cloud",
    "Curve",
    "Distribution",
    "FigureError",
    "LatentWords",
    "Level",
    "Panel",
    "Place",
    "Row",
    "Series",
    "Stage",
    "Style",
    "Theme",
    "Trajectory",
    "architecture",
    "card",
    "confusion_matrix",
    "cost_quality",
    "dot_interval",
    "gains",
    "grid_png",
    "grouped_bars",
    "histograms",
    "latent_panels",
    "latent_scatter",
    "learning_curves",
    "load_theme",
    "mosaic",
    "one_layout",
    "outlined_png",
    "plane",
    "scree",
    "spectrum",
    "to_png",
    "to_svg",
    "to_webp",
]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"vae.figures.{home}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
