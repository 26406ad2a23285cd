"""Citations in the text, and the works as references and BibTeX.

The digits of a work are facts of its publication: their origin is the line of report/references/works.py that states it.
"""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from report.language import ptbr
from report.language.ptbr import NO_BREAK
from report.origins import places
from report.origins.numbers import Origin, trace
from report.page import PageError
from report.references.citation import entry
from report.references.terms import SLUG
from report.references.works import WORKS, Work

FILE = f"dados/{SLUG}/referencias.bib"  # beside the pages
ALL_NAMED = 3  # authors; of more, the first and "et al."
CALL = re.compile(r"\bcitep?\(([^()]*)\)")  # in a template
BY_KEY: Mapping[str, Work] = {work.key: work for work in WORKS}


def cite(key: str) -> str:
    """Return "Kingma e Welling (2014)", a link to the work's entry; PageError if there is no such work."""
    return f"[{names(_work(key))}]({SLUG}.md#{anchor(key)})"


def citep(*keys: str) -> str:
    """Return "(Kingma; Welling, 2014)", each work a link to its entry; PageError if there is no such work."""
    works = map(_work, keys)
    links = (f"[{_names(work, '; ')}, {_mark(work, str(work.year))}]({SLUG}.md#{anchor(work.key)})" for work in works)
    return f"({'; '.join(links)})"


def keys_in(template: str) -> set[str]:
    """Return the keys of the works that a template's text cites."""
    return {key for call in CALL.findall(template) for key in re.findall(r"[\"'](\w+)[\"']", call)}


def anchor(key: str) -> str:
    """Return the id of a work's entry."""
    return ptbr.mark(f"ref-{key}")


def in_order(works: Iterable[Work]) -> list[Work]:
    """Return works by their authors, without "van den", and year."""
    return sorted(works, key=lambda work: ([_sorted_by(author) for author in work.authors], work.year))


def reference(work: Work) -> str:
    """Return a work as Brazilian readers know a reference, in Markdown, with links to where it can be read."""
    authors = "; ".join(f"{family.upper()}, {given}" for family, _, given in (a.partition(", ") for a in work.authors))
    stop = "" if authors.endswith(".") else "."
    numbers = [f"v.{NO_BREAK}{work.volume}"] * bool(work.volume) + [f"n.{NO_BREAK}{work.number}"] * bool(work.number)
    numbers += [f"p.{NO_BREAK}{work.pages}"] * bool(work.pages) + [str(work.year)]
    numbered = _mark(work, ", ".join(numbers))
    joint = {"article": ". ", "inproceedings": ". In: "}.get(work.kind, "")
    within = f"{_english(f'*{work.within}*')}, " if work.within else ""
    title = _english(work.title if work.within else f"*{work.title}*") + ("" if work.within else ". ")
    said = f"{title}{joint}{within}{f'{work.publisher}, ' if work.publisher else ''}{numbered}."
    links = " ".join(f"{link}." for link in _links(work))
    return f'<span translate="no">{authors}{stop}</span> {said} {links}'.rstrip()


def bibtex(work: Work) -> str:
    """Return the BibTeX entry of a work."""
    within = {"article": "journal", "inproceedings": "booktitle"}.get(work.kind, "howpublished")
    return entry(work.kind, work.key, {
        "author": " and ".join(work.authors), "title": f"{{{work.title}}}", within: work.within, "year": str(work.year),
        "volume": work.volume, "number": work.number, "pages": work.pages.replace("–", "--"), "publisher": work.publisher,
        "doi": work.doi, "eprint": work.arxiv, "archiveprefix": "arXiv" if work.arxiv else "", "url": work.url,
    })  # fmt: skip


def bibtex_file(works: Iterable[Work]) -> bytes:
    """Return all entries as one file."""
    return "\n\n".join(map(bibtex, works)).encode() + b"\n"


def names(work: Work) -> str:
    """Return "Kingma e Welling (2014)" without a link."""
    return f"{_names(work, ' e ')}{NO_BREAK}({_mark(work, str(work.year))})"


def _work(key: str) -> Work:
    if key not in BY_KEY:
        raise PageError(f"cite('{key}'): report/references/works.py has no such work; it has: {', '.join(BY_KEY)}.")
    return BY_KEY[key]


def _names(work: Work, last: str) -> str:
    families = [author.partition(", ")[0] for author in work.authors]
    families = [family[0].upper() + family[1:] for family in families]
    if len(families) > ALL_NAMED:
        return f"{families[0]} et{NO_BREAK}al."
    joint = ", " if last.strip().isalpha() else last
    return last.join(filter(None, [joint.join(families[:-1]), families[-1]]))


def _sorted_by(author: str) -> str:
    return ptbr.sort_key(re.sub(r"^(?:[a-z]+ )+", "", author))


def _links(work: Work) -> list[str]:
    found = [("DOI", work.doi, "https://doi.org/"), ("arXiv", work.arxiv, "https://arxiv.org/abs/")]
    links = [
        f'[{name}: <span translate="no">{_mark(work, identifier)}</span>]({address}{quote(identifier)})'
        for name, identifier, address in found
        if identifier
    ]
    return links or ([f"[Texto]({work.url})"] if work.url else [])


def _english(text: str) -> str:
    """Return a text that is read aloud, and spelt, as English."""
    return f'<span lang="en">{text}</span>'


def _mark(work: Work, text: str) -> str:
    origin = Origin(f"obra `{work.key}`", (places.of_text("report/references/works.py", work.key),))
    return ptbr.mark(text, trace(work.year, frozenset({origin})))
