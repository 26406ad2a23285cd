"""The links by which pages lead to what a term means (report/references/terms.py).

A link and not an abbreviation of Markdown: one can reach it by keyboard and touch, it says what it means when pointed at, and
it stands where a reader meets a term first, not at each of its hundreds of mentions, nor in headings and other links.
"""

import re
from collections.abc import Iterable

from report.language import ptbr
from report.language.spans import NO_LINK, outside
from report.references.terms import SLUG, TERMS, anchor

BY_FORM = {form: term for term in TERMS for form in term.forms}
# Where no term becomes a link, beside where none may stand: tables (their heads sort them), HTML (no Markdown in it), the
# folded evidence, in which few would find it, and captions, whose number loses its space before a link.
ELSEWHERE = re.compile(r"(?s:^<details\b.*?^</details>)|(?s:^[ \t]*/// \w.*?^[ \t]*///$)|^[ \t]*[|<].*$", re.MULTILINE)
SECTION = re.compile(r"^## ", re.MULTILINE)


def explained(text: str) -> str:
    """Return a page's Markdown in which the first mention of each term in a section leads to what it means."""
    mentions: Iterable[re.Match[str]] = _MENTION.finditer(text)
    for barred in (ptbr.not_prose(text), *([m.span() for m in kind.finditer(text)] for kind in (NO_LINK, ELSEWHERE))):
        mentions = outside(barred, mentions)
    sections = [match.start() for match in SECTION.finditer(text)]
    seen: set[tuple[int, str]] = set()
    pieces, end = [], 0
    for match in mentions:
        form = " ".join(match.group().split())
        term = BY_FORM.get(form) or BY_FORM[form[0].lower() + form[1:]]
        place = (sum(start <= match.start() for start in sections), term.slug)
        if place not in seen:
            seen.add(place)
            link = f'[{match.group()}]({SLUG}.md#{anchor(term)} "{term.meaning}"){{ .term }}'
            pieces += [text[end : match.start()], link]
            end = match.end()
    return "".join([*pieces, text[end:]])


def _pattern(form: str) -> str:
    first = f"[{form[0].upper()}{form[0]}]" if form[0].islower() and form[1] != "-" else re.escape(form[0])
    return first + re.escape(form[1:]).replace("\\ ", r"\s")


_MENTION = re.compile(rf"(?<![\w-])(?:{'|'.join(map(_pattern, BY_FORM))})(?![\w-])")
