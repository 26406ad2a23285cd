"""Pages of code: a line has its address, and every colour can be read on its ground."""

import re

import pytest
from pygments.formatters import HtmlFormatter
from pygments.styles import get_style_by_name
from pygments.token import Whitespace

from report.rendering.codepages import STYLE, STYLES, code_page, code_style
from report.sources import read_source


def contrast(first: str, second: str) -> float:
    """WCAG's contrast ratio of two colours as six hexadecimal digits."""

    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted([luminance(first), luminance(second)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("name", "ground"), STYLES.items())
def test_every_token_can_be_read(name: str, ground: str) -> None:
    faint = {
        str(token): style["color"]
        for token, style in get_style_by_name(name)
        if style["color"] and token is not Whitespace and contrast(style["color"], style["bgcolor"] or ground[1:]) < 4.5
    }
    assert faint == {}


def test_a_line_has_an_address_and_the_page_scrolls_from_the_keyboard() -> None:
    page = code_page("report/judging/ratios.py").decode()
    lines = len(read_source("report/judging/ratios.py").splitlines())
    assert re.findall(r'<a id="L-(\d+)" href="#L-(\d+)"> *(\d+)</a>', page) == [
        (str(n),) * 3 for n in range(1, lines + 1)
    ]
    assert " name=" not in page.replace('<meta name="', "")
    assert len(re.findall('<pre tabindex="0">', page)) == 1
    assert page.count("<main>") == page.count("</main>") == 1
    assert f'<link rel="stylesheet" href="../../{STYLE}">' in page
    for ground in STYLES.values():
        assert f"background: {ground};" in code_style().decode()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("plain", ["n", "p"])
def test_what_is_written_without_a_span_has_the_colour_of_the_page(style: str, plain: str) -> None:
    rule, *_ = HtmlFormatter(style=style).class2style.get(plain, ("",))
    assert not rule or f"{rule.lower()} }}" in code_style().decode(), "the text of :root"
