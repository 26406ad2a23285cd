"""Converts only what changed while the site is served: most of a rebuild is Markdown of pages that stay; a hook of MkDocs."""

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page
    from mkdocs.structure.toc import TableOfContents


@dataclasses.dataclass(frozen=True)
class Converted:
    """A page's Markdown and what came of it. What only `mkdocs build` asks (do links to anchors lead anywhere) is left out."""

    markdown: str
    html: str
    toc: "TableOfContents"
    anchors: set[str] | None


_converted: dict[str, Converted] = {}  # by the page's source; MkDocs loads a hook once a process
_serving = False


def on_startup(*, command: Literal["build", "gh-deploy", "serve"], **_: Any) -> None:
    """Keep pages only where they will be asked for again."""
    global _serving
    _serving = command == "serve"


def on_page_markdown(markdown: str, *, page: "Page", **_: Any) -> str:
    """Return nothing to convert for a page that is known."""
    known = _converted.get(page.file.src_uri)
    return "" if known and known.markdown == markdown else markdown


def on_page_content(html: str, *, page: "Page", **_: Any) -> str:
    """Return what a page's Markdown gives, now or before."""
    known = _converted.get(page.file.src_uri)
    if known and not page.markdown:
        page.toc, page.present_anchor_ids = known.toc, known.anchors
        return known.html
    if _serving and page.markdown:
        _converted[page.file.src_uri] = Converted(page.markdown, html, page.toc, page.present_anchor_ids)
    return html
