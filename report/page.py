"""What a page is made of: its runs, claims, figures and template. Pure descriptions; nothing is computed here."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae.errors import LaudoError

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

    from report.evidence import Evidence
    from report.judging.claims import Claim
    from vae.figures.style import Theme

ACTIVITY = "atividades/04-vae"  # of the course: the folder of the pages
PAGES_DIR = Path(__file__).parent / "pages"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PageError(LaudoError):
    """A page cannot be rendered: it names page and line."""


def page_path(slug: str) -> str:
    """Return where a page's Markdown is, below rendered/."""
    return f"{ACTIVITY}/{slug}.md"


@dataclasses.dataclass(frozen=True)
class Plot:
    """A figure drawn once for each theme.

    caption, alt: Portuguese Jinja sentences; the alt text says the figure's main finding. raster: for scatters of
    thousands of points, which would be megabytes of SVG.
    """

    id: str
    draw: Callable[["Evidence", "Theme"], "MatplotlibFigure"]
    caption: str
    alt: str
    raster: bool = False


@dataclasses.dataclass(frozen=True)
class Picture:
    """A mosaic of images at native size, the same in both themes. draw returns PNG bytes."""

    id: str
    draw: Callable[["Evidence"], bytes]
    caption: str
    alt: str
    scale: int = 2


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a comparison: its title and alt text (Jinja sentences), and how to draw its PNG."""

    title: str
    alt: str
    draw: Callable[["Evidence"], bytes]


@dataclasses.dataclass(frozen=True)
class Columns:
    """Image columns side by side under one caption, each under its title, pixelated."""

    id: str
    columns: tuple[Column, ...]
    caption: str
    scale: int = 1


Figure = Plot | Picture | Columns


@dataclasses.dataclass(frozen=True)
class Page:
    """One page of the report: a folder below report/pages/, with page.py and page.md.jinja.

    runs: names of the grid that its text and figures use; those of its claims are added by themselves.
    quotes: pages whose claims it speaks of too ("*" for all). compares: whether it says what changed since the
    publication before. beside: the runs whose numbers stand side by side, so that of these only the seeds which all of
    them have count; None for all its runs. wide: whether it gives up its table of contents for a wider column. context:
    values for the template beside the common ones. files: what its scripts load, by path beside the page. live: whether it
    is nothing without its scripts, so that a page which must do with text and images leaves it out. card: draws the PNG
    that a shared link to the site shows, which bears the site's name. gathers: what it takes from the sources of the other
    pages, as JSON. made_from: files that its text depends on and that its modules do not name, by path from the root.
    """

    slug: str
    title: str
    description: str
    runs: tuple[str, ...] = ()
    claims: tuple["Claim", ...] = ()
    figures: tuple[Figure, ...] = ()
    quotes: tuple[str, ...] = ()
    compares: bool = False
    beside: tuple[str, ...] | None = None
    wide: bool = False
    context: Callable[["Evidence"], dict[str, Any]] = lambda evidence: {}
    files: Callable[["Evidence"], Mapping[str, bytes]] = lambda evidence: {}
    live: bool = False
    card: Callable[["Evidence", str], bytes] | None = None
    gathers: Callable[[], Any] = lambda: None
    made_from: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not SLUG.fullmatch(self.slug):
            raise LaudoError(f"Page '{self.slug}': a slug is lower-case letters, digits and hyphens.")
        if not self.title.strip():
            raise LaudoError(f"Page '{self.slug}' has no title.")
        for name in ("runs", "quotes", "beside"):
            if isinstance(getattr(self, name), str):
                raise LaudoError(
                    f"Page '{self.slug}' has {name}={getattr(self, name)!r}; give a tuple, such as ('e10',)."
                )
        for claim in self.claims:
            claim.check_printed()

    @property
    def side_by_side(self) -> tuple[str, ...]:
        """The runs of whose seeds only the common ones count in the page's own numbers."""
        return self.runs if self.beside is None else self.beside

    @property
    def folder(self) -> str:
        """Its folder below report/pages/: a package, whose name has no hyphens."""
        return self.slug.replace("-", "_")

    @property
    def template(self) -> str:
        """Its text, by path below report/pages/."""
        return f"{self.folder}/page.md.jinja"

    def figure(self, figure_id: str) -> Figure:
        """Return one of the page's figures.

        Raises LaudoError naming the page and what it has.
        """
        for figure in self.figures:
            if figure.id == figure_id:
                return figure
        known = ", ".join(figure.id for figure in self.figures) or "none"
        raise LaudoError(f"Page {self.slug} has no figure '{figure_id}'; it has: {known}.")
