"""Where in Markdown something may stand: matches outside of spans, and prose in which no link can be."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

# Prose in which a link cannot stand: headings, texts of links and images, titles of boxes and tabs, summaries.
NO_LINK = re.compile(
    r"""
      ^[ \t>]*\#{1,6}[ \t].*$
    | ^[ \t>]*(?:!!!|\?\?\?\+?|===)[ \t].*$
    | ^[ \t]*\*\[.*$                                       # abbreviations
    | !?\[(?:[^\[\]]|\[[^\[\]]*\])*\](?=[(\[])
    | (?s:<(?P<element>a|summary|title|button|option)\b.*?</(?P=element)>)
    """,
    re.VERBOSE | re.MULTILINE,
)


def outside(spans: Sequence[tuple[int, int]], matches: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Yield the matches that begin in none of the spans, which are in order and apart."""
    starts = [start for start, _ in spans]
    for match in matches:
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or match.start() >= spans[before][1]:
            yield match
