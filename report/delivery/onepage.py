"""The report's pages as one page of another site: plain Markdown that needs none of this site's styles and scripts.

Headings go one level down, ids get the page's slug in front, links between pages become anchors.
"""

import dataclasses
import re
from collections.abc import Collection, Sequence

from markdown.extensions.toc import slugify, strip_tags, unique

# Code and TeX, which stay as they are. A fence may stand in a box, indented.
_KEPT = re.compile(
    r"^[ \t]*(?P<fence>`{3,})[^\n]*\n(?s:.*?)^[ \t]*(?P=fence)[ \t]*$|`[^`\n]+`|\\\[(?s:.+?)\\\]|\\\((?s:.+?)\\\)",
    re.MULTILINE,
)
# TeX in a line is never broken, and what is wider than a phone would make the whole page as wide.
_LONG = 40  # characters of its source
_SCROLLS = "display: inline-block; max-width: 100%; overflow: auto hidden; vertical-align: bottom"
_HELD = re.compile("\x02(\\d+)\x03")
_HEADING = re.compile(r"^(#{1,5}) (.+?)(?: *\{ *#([\w-]+) *\})?[ ]*$", re.MULTILINE)
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^()\s]+)\)")
_ID = re.compile(r'(\{id: |\bid=")([\w-]+)')
_DETAILS = re.compile(
    r"^<details[^>\n]*>\n<summary>(?P<title>.*?)</summary>\n(?P<body>.*?)^</details>$", re.MULTILINE | re.DOTALL
)
_NUMBER = re.compile(r"<div><dt>(.*?)</dt><dd>(.*?)(?: *<small>(.*?)</small>)?</dd></div>")


@dataclasses.dataclass(frozen=True)
class Source:
    """A page of the report: its Markdown as rendered, without marks."""

    slug: str
    text: str


@dataclasses.dataclass(frozen=True)
class _Held:
    """A piece that stays as it is, and the indent of the line that it was on."""

    text: str
    indent: int


def one_page(pages: Sequence[Source], files: Collection[str], site: str = "") -> str:
    """Return the pages one after the other, each from a heading of the second level on.

    files: what lies in the delivered folder, by path. What a link leads to and the folder has not, it finds at site, the
    published address of the pages; without that, its text stays and the link goes.
    """
    slugs = [page.slug for page in pages]
    return "\n\n".join(_part(page, slugs, files, site).strip() for page in pages) + "\n"


def anchor(slug: str, name: str = "") -> str:
    """Return the id that a page, or what has an id on it, gets on the one page."""
    return f"{slug}-{name}" if name else slug


def image_name(path: str) -> str:
    """Return where an image of a page is delivered, from where it is beside the page."""
    _, slug, name = path.split("/")
    return f"figures/{slug}-{name.replace('.claro.', '.')}"


def _part(page: Source, slugs: Sequence[str], files: Collection[str], site: str) -> str:
    held: list[_Held] = []

    def hold(match: re.Match[str]) -> str:
        start = match.string.rfind("\n", 0, match.start()) + 1
        kept = match.group()
        if kept.startswith("\\(") and len(kept) > _LONG:
            kept = f'<span style="{_SCROLLS}">{kept}</span>'
        held.append(_Held(kept, _indent(match.string[start : match.start()])))
        return f"\x02{len(held) - 1}\x03"

    def restored(text: str) -> str:
        return _HELD.sub(lambda match: held[int(match[1])].text, text)

    used: set[str] = set()

    def heading(match: re.Match[str]) -> str:
        level, text, given = match.groups()
        # As the toc extension names it on the report's own site, where links to it are written.
        name = given or unique(slugify(strip_tags(restored(text)), "-"), used)
        used.add(name)
        return f"#{level} {text} {{ #{anchor(page.slug, '' if level == '#' else name)} }}"

    def link(match: re.Match[str]) -> str:
        image, text, target = match.groups()
        if image:
            return f"![{text}]({image_name(target)})"
        if re.match(r"[a-z]+:", target) or target in files:
            return match.group()
        path, _, name = target.partition("#")
        slug = path.removesuffix(".md") if path else page.slug
        if slug in slugs:
            return f"[{text}](#{anchor(slug, name)})"
        address = re.sub(r"^([\w-]+)\.md", r"\1/", target)
        return f"[{text}]({site}{address})" if site else text

    text = re.sub(r"\A---\n.*?\n---\n", "", page.text, flags=re.DOTALL)
    text = _KEPT.sub(hold, text)
    text = _ID.sub(lambda match: match[1] + anchor(page.slug, match[2]), text)
    text = _HEADING.sub(heading, text)
    text = _LINK.sub(link, text)
    text = _plain(text)
    return _restored_in_place(text, held)


def _plain(text: str) -> str:
    """Return Markdown without what only this site's styles and scripts make something of."""
    text = re.sub(r"<form\b.*?</form>\n*", "", text, flags=re.DOTALL)
    text = re.sub(r'^<div class="scoreboard" markdown>\n(.*?)^</div>$', r"\1", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"</?dl[^>]*>\n?", "", text)
    text = _NUMBER.sub(_key_number, text)
    text = re.sub(r"[ \t]*\{ (?:\.[\w-]+|data-[^}]*)\s*\}", "", text)
    return _DETAILS.sub(lambda match: f'??? note "{match["title"]}"\n\n' + _indented(match["body"]), text)


def _key_number(match: re.Match[str]) -> str:
    what, value, note = match.groups()
    joint = " " if re.match(r"d[ao]s? ", what) else ": "  # "48,8% da nitidez", but "240,9: perda de teste"
    return f"- **{value}**{joint}{what}" + (f" ({note})" if note else "")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.strip().split("\n"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _restored_in_place(text: str, held: Sequence[_Held]) -> str:
    """Put code and TeX back; what was moved into a box moves with all its lines."""

    def put(line: str) -> str:
        def back(match: re.Match[str]) -> str:
            kept = held[int(match[1])]
            return kept.text.replace("\n", "\n" + " " * (_indent(line) - kept.indent))

        return _HELD.sub(back, line)

    return "\n".join(map(put, text.split("\n")))
