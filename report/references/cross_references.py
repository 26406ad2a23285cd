"""Cross-references by number: "Figura 3" in the text is a link to the third figure of its page.

The site numbers captions when it is built (pymdownx.blocks.caption), the report when a page is rendered, in the same order: what
is written is plain Markdown. Until the whole page is there a mark stands for the number.
"""

import re

from report.language import ptbr
from report.language.ptbr import NO_BREAK
from report.origins.numbers import Origin, trace
from report.page import PageError

WORDS = {"figure": "Figura", "table": "Tabela"}  # by the kind of a caption
KINDS = {"fig": WORDS["figure"], "tab": WORDS["table"]}  # by how an id begins
UNNUMBERED = "\ue002"
COUNTED = frozenset({Origin("ordem das figuras e tabelas da página", ())})  # no number typed by hand
REFERENCE = re.compile(rf"\[(?:{'|'.join(KINDS.values())}){NO_BREAK}({UNNUMBERED})\]\(#([\w-]+)\)")
NUMBERED = re.compile(rf"(\[(?:{'|'.join(KINDS.values())}){NO_BREAK})\d+(\]\(#([\w-]+)\))")
CAPTION = re.compile(r"^[ ]*/// (figure|table)-caption\b.*\n(?:[ ]*attrs: \{id: ([\w-]+)\}\n)?", re.MULTILINE)
LABELLED = re.compile(
    r"^(?P<head>[ ]*/// (?P<kind>figure|table)-caption\b.*\n(?:[ ]*attrs: .*\n)?)(?P<gap>\n?[ ]*)", re.MULTILINE
)  # up to the first word of the caption


def reference(anchor: str) -> str:
    """Return the link to a figure ("fig-curvas") or table ("tab-fim") of the page, without its number yet.

    Raises PageError if the anchor is of neither kind.
    """
    kind = KINDS.get(anchor.partition("-")[0])
    if kind is None:
        raise PageError(f"ref('{anchor}'): say 'fig-' and the id of a figure, or 'tab-' and that of a table.")
    return f"[{kind}{NO_BREAK}{UNNUMBERED}](#{anchor})"


def numbered(markdown: str, template: str) -> str:
    """Return a page in which every reference has its number.

    Raises PageError naming the template if the page shows no such figure or table.
    """
    numbers = {anchor: number for anchor, (_, number) in captions(markdown).items()}

    def text(match: re.Match[str]) -> str:
        if match[2] not in numbers:
            raise PageError(
                f"report/pages/{template} refers to '{match[2]}', which the page does not show. "
                f"It shows: {', '.join(numbers) or 'nothing with a caption and an id'}."
            )
        return match.group().replace(UNNUMBERED, ptbr.integer(trace(numbers[match[2]], COUNTED)))

    return REFERENCE.sub(text, markdown)


def renumbered(markdown: str) -> str:
    """Return pages that were put one after the other, each reference with the number that its caption gets there."""
    numbers = {anchor: number for anchor, (_, number) in captions(markdown).items()}
    return NUMBERED.sub(lambda match: f"{match[1]}{numbers[match[3]]}{match[2]}", markdown)


def labelled(markdown: str) -> str:
    """Return a page whose captions say word and number themselves, for a site that numbers none, or in other words."""
    counts = dict.fromkeys(WORDS, 0)

    def text(match: re.Match[str]) -> str:
        counts[match["kind"]] += 1
        head = match["head"].replace(f"{match['kind']}-caption", "caption")
        return f"{head}{match['gap']}**{WORDS[match['kind']]} {counts[match['kind']]}.** "

    return LABELLED.sub(text, markdown)


def captions(markdown: str) -> dict[str, tuple[str, int]]:
    """Return word and number that the site gives to each caption of a page, by the id of its figure or table."""
    counts = dict.fromkeys(WORDS, 0)
    found = {}
    for kind, anchor in CAPTION.findall(markdown):
        counts[kind] += 1
        if anchor:
            found[anchor] = (WORDS[kind], counts[kind])
    return found
