"""The last step of a page: from each number the way back to its run, file, commit, device, dates and line of code.

Marks become links, where Markdown lets them, into a section at the end of the page: a row for each thing that numbers
are made from, in it an anchor for each choice of runs, and below a row for each result that they were read from.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jinja2

from report.evidence import Evidence
from report.language import ptbr
from report.language.spans import NO_LINK, outside
from report.language.untrusted import code, plain
from report.origins.numbers import Origins, Result, origins_at
from report.origins.places import Place
from report.rendering.codepages import code_path
from report.sections import family, page_of
from vae.storage.results import RunResult, dump_json, numbers

SECTION = "_origins.md.jinja"
SHORT_COMMIT = 12  # hexadecimal digits

# A line that ends in the one letter before a hyphen reads as a slip: "T-" and, below it, "shirt".
ONE_LETTER = re.compile(r"(?<![\w-])[A-Za-z]-[A-Za-z]+(?:/[a-z]+)?(?![\w-])")


@dataclass(frozen=True)
class Item:
    """The anchor of one origin: its number, and Markdown links to its results and to the code that is its own."""

    number: int
    results: str
    places: str


@dataclass(frozen=True)
class Row:
    """What is said, as Markdown, of the numbers that are the same thing: links to the code of all, and their items."""

    what: str
    links: str
    items: tuple[Item, ...]


def finished(
    marked: str, slug: str, evidence: Evidence, environment: jinja2.Environment, drawn: Iterable[Result] = ()
) -> tuple[str, dict[str, bytes]]:
    """Return a page as it is written, and the data that it leads to by path beside it.

    Its numbers are links to the section on their origins, with which it ends. drawn: what its figures were made from.
    """
    order: dict[str, int] = {}
    pieces, end = [], 0
    for match in linkable(marked):
        key, text = match.group()[1], match.group()[2:-1]
        number = order.setdefault(key, len(order) + 1)
        pieces += [marked[end : match.start()], f'<a class="numero" href="#origem-{number}">{text}</a>']
        end = match.end()
    text = ptbr.strip_marks("".join([*pieces, marked[end:]]))
    shown = list(drawn)
    if not order and not shown:
        return unbroken(text), {}
    groups: dict[Any, dict[int, Origins]] = {}
    for key, number in order.items():
        parts = frozenset((origin.what, origin.claim) for origin in origins_at(key))
        groups.setdefault(parts, {})[number] = origins_at(key)
    rows = [_row(group, slug, evidence) for group in groups.values()]
    read = (result for key in order for origin in origins_at(key) for result in origin.results)
    used = _in_order((*read, *shown), evidence)
    results = [evidence.samples.results[run][seed] for run, seed in used]
    section = environment.get_template(SECTION).render(rows=rows, results=[_facts(result, slug) for result in results])
    files = {result_path(slug, result.run, result.seed): result_data(result) for result in results}
    return unbroken(f"{text.rstrip()}\n\n{ptbr.strip_marks(section).strip()}\n"), files


def linkable(marked: str) -> Iterator[re.Match[str]]:
    """Yield the marks with a key that stand where a link may stand."""
    marks = (match for match in ptbr.prose_marks(marked) if origins_at(match.group()[1]))
    return outside([match.span() for match in NO_LINK.finditer(marked)], marks)


def unbroken(text: str) -> str:
    """Return a page in whose prose no line breaks after the one letter before a hyphen, as in T-shirt.

    An element says so, and no other character stands for the hyphen: what is searched, copied and read out is the name.
    """
    pieces, end = [], 0
    names = outside([match.span() for match in NO_LINK.finditer(text)], ONE_LETTER.finditer(text))
    for match in outside(ptbr.not_prose(text), names):
        pieces += [text[end : match.start()], f'<span class="nowrap">{match.group()}</span>']
        end = match.end()
    return "".join([*pieces, text[end:]])


def result_path(slug: str, run: str, seed: int) -> str:
    """Return where a result's numbers and provenance are, beside the page that was made from them."""
    return f"dados/{slug}/resultados/{run}-{seed}.json"


def result_data(result: RunResult) -> bytes:
    """Return a result as JSON: spec, keys, scores, history and provenance, all but its arrays."""
    return dump_json({**numbers(result), "provenance": dict(result.provenance)}, compact=True)


def result_anchor(result: Result) -> str:
    """Return the id of a result's row."""
    return f"resultado-{result[0]}-{result[1]}"


def claim_anchor(claim_id: str) -> str:
    """Return the id of a claim's block on its page."""
    return ptbr.mark(f"afirmacao-{claim_id}")


def claim_data_path(slug: str, claim_id: str) -> str:
    """Return where the evidence of a claim is, beside the page that states it."""
    return f"dados/{slug}/{claim_id}.json"


def _row(group: Mapping[int, Origins], slug: str, evidence: Evidence) -> Row:
    parts = sorted({(origin.what, origin.claim) for origins in group.values() for origin in origins})
    places = {number: _places_of(origins) for number, origins in group.items()}
    common = [place for place in next(iter(places.values())) if all(place in own for own in places.values())]
    claims = dict.fromkeys(claim for _, claim in parts if claim)
    return Row(
        what="; ".join(dict.fromkeys(what for what, _ in parts)),
        links=", ".join([*(_claim_links(claim, slug) for claim in claims), *map(_code_link, common)]),
        items=tuple(
            Item(
                number,
                _result_links(origins, evidence),
                ", ".join(_code_link(place) for place in places[number] if place not in common),
            )
            for number, origins in group.items()
        ),
    )


def _places_of(origins: Origins) -> list[Place]:
    ordered = sorted(origins, key=lambda origin: (origin.what, origin.places))
    return list(dict.fromkeys(place for origin in ordered for place in origin.places))


def _in_order(results: Iterable[Result], evidence: Evidence) -> list[Result]:
    """Return results in the order in which the grid makes them."""
    order = {name: place for place, name in enumerate(evidence.grid.specs)}
    return sorted(set(results), key=lambda result: (order[result[0]], result[1]))


def _result_links(origins: Origins, evidence: Evidence) -> str:
    seeds: dict[str, list[int]] = {}
    for run, seed in _in_order((result for origin in origins for result in origin.results), evidence):
        seeds.setdefault(run, []).append(seed)
    return " + ".join(
        f"[`{run}`](#{result_anchor((run, listed[0]))})"
        + ("" if set(listed) == set(evidence.samples.results[run]) else f" (semente {', '.join(map(str, listed))})")
        for run, listed in seeds.items()
    )


def figure_origins(drawn: Iterable[Result], evidence: Evidence) -> str:
    """Return links to the rows of the runs that a figure was drawn from, '' if it shows no result."""
    runs = dict.fromkeys(run for run, _ in _in_order(drawn, evidence))
    first = {run: min(seed for own, seed in drawn if own == run) for run in runs}
    return ", ".join(f"[`{run}`](#{result_anchor((run, first[run]))})" for run in runs)


def _code_link(place: Place) -> str:
    return f"[`{place}`]({code_path(place.path)}{f'#L-{place.line}' if place.line else ''})"


def _claim_links(claim_id: str, slug: str) -> str:
    stated = page_of(next(claim for claim in family() if claim.id == claim_id)).slug
    page = "" if stated == slug else f"{stated}.md"
    return f"[afirmação {claim_id}]({page}#{claim_anchor(claim_id)}), [dados]({claim_data_path(stated, claim_id)})"


def _facts(result: RunResult, slug: str) -> dict[str, Any]:
    """Return what is said of a result: its file, and when, on what and with which code it was trained and evaluated."""
    return {
        "name": f"{result.run}/{result.seed}",
        "anchor": result_anchor((result.run, result.seed)),
        "link": result_path(slug, result.run, result.seed),
        "trained": list(dict.fromkeys(_session(session) for session in result.provenance.get("training", []))),
        "evaluated": [_session(result.provenance["evaluation"])],
    }


def _session(facts: Mapping[str, str]) -> str:
    dirty = " com alterações" if facts["dirty"] == "yes" else ""
    return f"{ptbr.date(facts['finished'])}, {plain(facts['device'])}, {code(facts['commit'][:SHORT_COMMIT])}{dirty}"
