"""Cross-references by number: "Figura 3" in the text is a link to the third figure of its page.

The site numbers captions when it is built (pymdownx.blocks.caption), the report when a page is rendered, in the same order: what
is written is plain Markdown. Until the whole page is there a mark stands for the number.
"""

import re

from report import ptbr
from report.environment import PageError
from report.origins import Origin, trace
from report.ptbr import NO_BREAK

KINDS = {"fig": "Figura", "tab": "Tabela"}
UNNUMBERED = "\ue002"
COUNTED = frozenset({Origin("ordem das figuras e tabelas da página", ())})  # no number typed by hand
REFERENCE = re.compile(rf"\[(?:{'|'.join(KINDS.values())}){NO_BREAK}({UNNUMBERED})\]\(#([\w-]+)\)")
NUMBERED = re.compile(rf"(\[(?:{'|'.join(KINDS.values())}){NO_BREAK})\d+(\]\(#([\w-]+)\))")
CAPTION = re.compile(r"^[ ]*/// (figure|table)-caption\b.*\n(?:[ ]*attrs: \{id: ([\w-]+)\}\n)?", re.MULTILINE)


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
    numbers = caption_numbers(markdown)

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
    numbers = caption_numbers(markdown)
    return NUMBERED.sub(lambda match: f"{match[1]}{numbers[match[3]]}{match[2]}", markdown)


def caption_numbers(markdown: str) -> dict[str, int]:
    """Return the numbers that the site gives to the captions of a page, by the id of their figure or table."""
    counts = {"figure": 0, "table": 0}
    numbers = {}
    for kind, anchor in CAPTION.findall(markdown):
        counts[kind] += 1
        if anchor:
            numbers[anchor] = counts[kind]
    return numbers
