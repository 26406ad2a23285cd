"""Figures: numbers in, matplotlib figures out, for a light and a dark page. No torch, no language, no file.

Every function takes its words and its number format from the caller and returns a Figure of one Theme; to_svg and
to_webp turn it into bytes. Widths are inches at 96 px: WIDTH for the text column, PHONE_WIDTH for a phone.
"""

from vae.figures.bars import Row, Series, dot_interval, grouped_bars
from vae.figures.curves import Curve, Panel, gains, learning_curves
from vae.figures.diagram import LatentWords, Stage, architecture
from vae.figures.distributions import Distribution, histograms
from vae.figures.errors import FigureError
from vae.figures.export import RASTER_SCALE, to_svg, to_webp
from vae.figures.grids import grid_png, mosaic
from vae.figures.heatmap import confusion_matrix
from vae.figures.plane import Level, Place, plane
from vae.figures.relations import Trajectory, cost_quality, scree
from vae.figures.scatter import Cloud, latent_panels, latent_scatter
from vae.figures.style import PHONE_WIDTH, THEME_NAMES, WIDTH, Style, Theme, load_theme

__all__ = [
    "PHONE_WIDTH",
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
    "plane",
    "scree",
    "to_svg",
    "to_webp",
]
