"""Cross-references have the numbers that the site's own captions get when it is built."""

import re
from pathlib import Path

import markdown
import pytest
import yaml

from report.language import ptbr
from report.page import PageError
from report.references.cross_references import captions, numbered, reference, renumbered

ROOT = Path(__file__).parents[3]
PAGE = """# Página

A {later} vem depois; veja a {table} e a {first}.

![Uma](a.svg)

/// figure-caption
    attrs: {{id: fig-curvas}}

Como mostra a {later}.
///

| A | B |
| :-- | --: |
| a | b |

/// table-caption | <

Sem id, mas com número.
///

<div class="image-columns" markdown>
<div markdown>

![Duas](b.png)

</div>
</div>

/// figure-caption
    attrs: {{id: fig-colunas}}

Colunas.
///

| A | B |
| :-- | --: |
| a | b |

/// table-caption | <
    attrs: {{id: tab-fim}}

Perdas no fim.
///
"""


def html_of(text: str) -> str:
    """A page as the site's own Markdown extensions make it."""
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text())["markdown_extensions"]
    names = [entry if isinstance(entry, str) else next(iter(entry)) for entry in settings]
    options = {name: value for entry in settings if isinstance(entry, dict) for name, value in entry.items()}
    return markdown.markdown(text, extensions=names, extension_configs=options)


def printed_captions(html: str) -> dict[str, str]:
    """The printed number of each caption, by the id of its figure or table."""
    found = re.findall(
        r'<figure class="\w+" id="((?:fig|tab)-[\w-]+)">.*?caption-prefix">([^<]+)\.</span>', html, re.DOTALL
    )
    return dict(found)


def test_a_reference_says_what_its_caption_says() -> None:
    anchors = {"first": "fig-curvas", "later": "fig-colunas", "table": "tab-fim"}
    page = PAGE.format(**{name: reference(anchor) for name, anchor in anchors.items()})
    html = html_of(ptbr.strip_marks(numbered(page, "pagina.md.jinja")))
    printed = printed_captions(html)
    assert printed == {"fig-curvas": "Figura 1", "fig-colunas": "Figura 2", "tab-fim": "Tabela 2"}
    links = re.findall(r'<a href="#([\w-]+)">([^<]+)</a>', html)
    assert len(links) == 4
    assert [(anchor, text.replace("\u00a0", " ")) for anchor, text in links] == [
        (anchor, printed[anchor]) for anchor, _ in links
    ]


def test_a_number_of_a_reference_is_not_typed_by_hand() -> None:
    page = numbered(PAGE.format(first=reference("fig-curvas"), later="outra", table="tabela"), "pagina.md.jinja")
    assert ptbr.unmarked_digits(page) == []
    assert ptbr.unfollowed(page) == []


def test_what_the_page_does_not_show_cannot_be_referred_to() -> None:
    with pytest.raises(
        PageError, match=r"pagina\.md\.jinja refers to 'tab-nada', .* It shows: fig-curvas, fig-colunas, tab-fim\."
    ):
        numbered(PAGE.format(first=reference("tab-nada"), later="", table=""), "pagina.md.jinja")
    with pytest.raises(PageError, match="nothing with a caption"):
        numbered(reference("fig-curvas"), "pagina.md.jinja")


def test_a_reference_says_of_what_kind_it_is() -> None:
    with pytest.raises(PageError, match=r"ref\('curvas'\): say 'fig-'"):
        reference("curvas")


def test_captions_are_numbered_by_kind() -> None:
    assert captions(PAGE.format(first="", later="", table="")) == {
        "fig-curvas": ("Figura", 1),
        "fig-colunas": ("Figura", 2),
        "tab-fim": ("Tabela", 2),
    }


def test_pages_that_became_one_are_numbered_through() -> None:
    first, second = (
        numbered(PAGE.format(first=reference("fig-colunas"), later="", table=""), "pagina.md.jinja") for _ in range(2)
    )
    whole = renumbered(ptbr.strip_marks(first + second.replace("fig-", "outra-fig-")))
    assert "[Figura\N{NO-BREAK SPACE}2](#fig-colunas)" in whole
    assert "[Figura\N{NO-BREAK SPACE}4](#outra-fig-colunas)" in whole
