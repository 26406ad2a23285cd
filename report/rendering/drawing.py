"""Figures of a page: their files, and the Markdown that shows them with caption, alt text and size."""

import io
import re
from typing import Any

import jinja2
from PIL import Image

from report.evidence import Evidence
from report.page import Columns, Figure, Page, PageError, Picture, Plot
from report.rendering.environment import render_sentence
from vae import figures

Files = dict[str, bytes]
POINTS_PER_INCH, CSS_PIXELS_PER_INCH = 72, 96
SVG_SIZE = re.compile(
    rb'<svg[^>]*? height="([\d.]+)pt"[^>]*? width="([\d.]+)pt"|<svg[^>]*? width="([\d.]+)pt"[^>]*? height="([\d.]+)pt"'
)


def draw(page: Page, figure: Figure, evidence: Evidence) -> Files:
    """Return the image files of a figure by their path beside the page: a plot once for each theme."""
    stem = f"figuras/{page.slug}/{figure.id}"
    if isinstance(figure, Plot):
        suffix, encode = ("webp", figures.to_webp) if figure.raster else ("svg", figures.to_svg)
        themes = (("claro", "light"), ("escuro", "dark"))
        with figures.one_layout():
            return {
                f"{stem}.{name}.{suffix}": encode(figure.draw(evidence, figures.load_theme(theme)))
                for name, theme in themes
            }
    if isinstance(figure, Picture):
        return {f"{stem}.png": figure.draw(evidence)}
    return {f"{stem}-{index}.png": column.draw(evidence) for index, column in enumerate(figure.columns, start=1)}


def card_path(slug: str) -> str:
    """Return where a page's card is, beside the page; mkdocs.yml names it."""
    return f"figuras/{slug}/cartao.png"


def markdown(
    page: Page, figure: Figure, files: Files, origins: str, environment: jinja2.Environment, context: dict[str, Any]
) -> str:
    """Return the Markdown of a drawn figure. origins: links to what it was drawn from, '' if that is no result.

    Raises PageError if an image has no alt text.
    """
    where = f"figure {figure.id} of page {page.slug}"

    def sentence(text: str) -> str:
        rendered = render_sentence(environment, text, context, where)
        if not rendered:
            raise PageError(f"{where} has an empty caption or alt text; say its main finding.")
        return rendered

    names = list(files)
    caption = sentence(figure.caption)
    if isinstance(figure, Columns):
        columns = []
        for column, (name, content) in zip(figure.columns, files.items(), strict=True):
            width, height = shown_size(figure, content)
            alt = attribute(sentence(column.alt))
            columns.append(
                {"title": sentence(column.title), "alt": alt, "name": name, "width": width, "height": height}
            )
        return (
            environment.get_template("_columns.md.jinja")
            .render(figure=figure, columns=columns, caption=caption, origins=origins)
            .strip()
        )
    width, height = shown_size(figure, files[names[0]])
    return environment.get_template("_figure.md.jinja").render(
        figure=figure, names=names, alt=attribute(sentence(figure.alt)), caption=caption, width=width, height=height, origins=origins,
        plot=isinstance(figure, Plot),
    ).strip()  # fmt: skip


def attribute(text: str) -> str:
    """Return a text that can stand inside ![...]: no bracket, no line break."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def shown_size(figure: Figure, content: bytes) -> tuple[str, str]:
    """Return width and height at which an image is shown, in CSS pixels, as attribute values."""
    if not isinstance(figure, Plot) or figure.raster:
        with Image.open(io.BytesIO(content)) as image:
            # A plot is webp on the site and png elsewhere, each with more pixels than are shown.
            drawn = figures.RASTER_SCALE if image.format == "WEBP" else figures.PNG_SCALE
            scale = 1 / drawn if isinstance(figure, Plot) else figure.scale
            width, height = (str(round(side * scale)) for side in image.size)
        return width, height
    match = SVG_SIZE.search(content)
    if match is None:
        raise PageError(f"figure {figure.id} gives an SVG without width and height in points.")
    height_pt, width_pt = (float(match[1]), float(match[2])) if match[1] else (float(match[4]), float(match[3]))
    factor = CSS_PIXELS_PER_INCH / POINTS_PER_INCH
    return str(round(width_pt * factor)), str(round(height_pt * factor))
