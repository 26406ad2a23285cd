"""Brazilian Portuguese formats, and the lint that finds numbers typed by hand.

Whatever is returned with a digit in it stands between two private-use characters, after the key of its origins
(report/origins/numbers.py). The last step of rendering turns marks into links; before it, a digit outside of them is one that
nobody measured, and a mark without a key is a number that came through no metric, claim or spec.
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from report.origins import reads
from report.origins.numbers import CLOSE, KEYS, OPEN, key_of, origins_of
from vae.errors import LaudoError

LOCALE = "pt_BR"
MARKS = re.compile(f"[{OPEN}{CLOSE}{KEYS}]")
SPARE_DECIMALS = 9  # beyond those that are printed: what follows is rounding of the arithmetic before
MINUS, NO_BREAK = "\u2212", "\u00a0"
SINGULAR = {"nats": "nat", "meios intervalos": "meio intervalo"}  # by the plural, which pages write
# What rises, what falls and what does neither, by the form of the first.
MOVES = {
    "sobe": ("sobe", "cai", "fica igual"),
    "sobem": ("sobem", "caem", "ficam iguais"),
    "subiu": ("subiu", "caiu", "ficou igual"),
    "subiram": ("subiram", "caíram", "ficaram iguais"),
    "cresce": ("cresce", "diminui", "fica igual"),
    "crescem": ("crescem", "diminuem", "ficam iguais"),
    "cresceu": ("cresceu", "diminuiu", "ficou igual"),
    "cresceram": ("cresceram", "diminuíram", "ficaram iguais"),
}


def mark(text: str, *values: Any) -> str:
    """Return a text from specs or results (names, class labels, versions), marked if it has a digit.

    values: what it was made from; their origins are the text's, beside those that it has itself.
    """
    plain = strip_marks(text)
    if not re.search(r"\d", plain):
        return plain
    return f"{OPEN}{key_of(origins_of(text, *values) or reads.here())}{plain}{CLOSE}"


def strip_marks(text: str) -> str:
    """Return a text without the marks around its numbers and the keys in them."""
    return MARKS.sub("", text)


def number(value: float, decimals: int = 2, unit: str = "") -> str:
    """Return "1.234,50" and, if given, its unit after a no-break space ("%" and "°" stand close).

    unit: in the plural; what is printed below two has its singular, if it is in SINGULAR.
    """
    return mark(_plain(value, decimals) + _unit(unit, decimals, value), value)


def exact(value: float) -> str:
    """Return a number of a spec with the decimals that it was written with."""
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return number(value, max(0, -int(exponent)))


def signed(value: float, decimals: int = 2, unit: str = "") -> str:
    """Return "+0,12" or "−0,12"; what rounds to zero has no sign."""
    text = _plain(value, decimals)
    positive = value > 0 and text != _plain(0, decimals)
    return mark(("+" if positive else "") + text + _unit(unit, decimals, value), value)


def moved(change: float, decimals: int = 2, unit: str = "", form: str = "sobe") -> str:
    """Return "sobe 0,12", "cai 0,12", or "fica igual" where the change is printed as zero.

    form: the verb of a rise, in the number and tense of its subject. Raises LaudoError if it is none of MOVES.
    """
    if form not in MOVES:
        raise LaudoError(f"'{form}' is no verb of a rise; write one of {', '.join(MOVES)}.")
    rise, fall, still = MOVES[form]
    size = _plain(abs(change), decimals)
    if size == _plain(0, decimals):
        return still
    return f"{rise if change > 0 else fall} {mark(size + _unit(unit, decimals, change), change)}"


def apart(difference: float, decimals: int = 2, unit: str = "") -> str:
    """Return "0,12 maior", "0,12 menor", or "nem maior nem menor" where the difference is printed as zero."""
    size = _plain(abs(difference), decimals)
    if size == _plain(0, decimals):
        return "nem maior nem menor"
    return f"{mark(size + _unit(unit, decimals, difference), difference)} {'maior' if difference > 0 else 'menor'}"


def plus_minus(value: float, half_width: float, decimals: int = 2, unit: str = "") -> str:
    """Return "12,3 ± 0,4", with the unit once, after both."""
    text = f"{_plain(value, decimals)}{NO_BREAK}±{NO_BREAK}{_plain(half_width, decimals)}"
    return mark(text + _unit(unit, decimals, value), value, half_width)


def with_interval(value: float, low: float, high: float, decimals: int = 2, unit: str = "") -> str:
    """Return "12,3 ± 0,4"; "0,98 [0,95; 1,00]" if the value is not in the middle; the value alone if nothing bounds it."""
    if not math.isfinite(high - low):
        return number(value, decimals, unit)
    if math.isclose(high - value, value - low, rel_tol=1e-6, abs_tol=1e-12):
        return plus_minus(value, (high - low) / 2, decimals, unit)
    ends = f"[{_plain(low, decimals)};{NO_BREAK}{_plain(high, decimals)}]"
    return mark(f"{_plain(value, decimals)} {ends}{_unit(unit, decimals, low, high)}", value, low, high)


def interval(low: float, high: float, decimals: int = 2, unit: str = "") -> str:
    """Return "[0,12; 0,34]" with the unit after it."""
    ends = f"[{_plain(low, decimals)};{NO_BREAK}{_plain(high, decimals)}]"
    return mark(ends + _unit(unit, decimals, low, high), low, high)


def percent(share: float, decimals: int = 1) -> str:
    """Return a share between 0 and 1 as "85,3%"."""
    return mark(_plain(100 * share, decimals) + "%", share)


def integer(value: int) -> str:
    """Return "10.000"."""
    return mark(_plain(value, 0), value)


def p_value(value: float) -> str:
    """Return "0,032", and "< 0,001" below that."""
    return mark(f"<{NO_BREAK}{_plain(0.001, 3)}" if value < 0.001 else _plain(value, 3), value)


def plural(count: int, singular: str, plural_form: str) -> str:
    """Return "1 semente" or "5 sementes"; none counts as many ("0 sementes")."""
    return mark(f"{_plain(count, 0)}{NO_BREAK}{singular if count == 1 else plural_form}", count)


def duration(seconds: float) -> str:
    """Return a time by its two largest units: "0,42 s", "45 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 9.95:
        return number(seconds, 2 if seconds < 0.995 else 1, "s")
    whole = round(seconds)
    if whole < 60:
        return number(whole, 0, "s")
    # Rounded to what is shown before it is split, so that 59,6 s is 1 min and never 60 s.
    small, large = ("s", "min") if whole < 3600 else ("min", "h")
    total = whole if large == "min" else round(seconds / 60)
    high, low = divmod(total, 60)
    parts = [_plain(high, 0) + NO_BREAK + large] + ([_plain(low, 0) + NO_BREAK + small] if low else [])
    return mark(NO_BREAK.join(parts), seconds)


def date(iso: str) -> str:
    """Return "23 de novembro de 2026" from "2026-11-23", with or without a time; the first of a month is "1º".

    Raises LaudoError if it is no ISO date.
    """
    day = _day(iso)
    text = format_date(day, "d 'de' MMMM 'de' y", locale=LOCALE)
    return mark("1º" + text[1:] if day.day == 1 else text, iso)


def short_date(iso: str) -> str:
    """Return "23/11/2026", for tables; input and errors are those of date()."""
    return mark(format_date(_day(iso), "dd/MM/y", locale=LOCALE), iso)


def join(items: Iterable[str | int]) -> str:
    """Return "a, b e c"; whole numbers are formatted, and items with digits marked."""
    texts = [integer(item) if isinstance(item, int) else item for item in items]
    marked = [item if OPEN in item else mark(item) for item in texts]
    return " e ".join([", ".join(marked[:-1]), marked[-1]]) if len(marked) > 1 else "".join(marked)


def sort_key(text: str) -> str:
    """Return what a text is sorted by: neither case nor accents count."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def with_one_stop(markdown: str) -> str:
    """Return a text in which the stop of "p.p." ends a sentence too: two in a row are no Portuguese."""
    return re.sub(rf"(\.{CLOSE})\.(?!\w)", r"\1", markdown)


def tick_format(decimals: int) -> Callable[[float], str]:
    """Return how a figure writes its numbers: as the text does, without marks, because a figure is no prose."""
    return lambda value: _plain(value, decimals)


def short_tick_format(most: int) -> Callable[[float], str]:
    """Return how an axis of many scales writes its numbers: with no decimals that are not there, `most` at most."""

    def written(value: float) -> str:
        enough = (places for places in range(most) if math.isclose(value, round(value, places), abs_tol=1e-9))
        return _plain(value, next(enough, most))

    return written


def unmarked_digits(markdown: str) -> list[tuple[int, str]]:
    """Return line number (from 1) and excerpt of every number in prose outside the marks, «within» its line.

    Prose is all that a reader sees as text: headings, tables, alt texts and link titles are in; code, TeX, HTML tags,
    targets, labels, attribute lists, list markers, comments and front matter are out.
    """
    masked = _NOT_PROSE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), markdown)
    lines = zip(markdown.split("\n"), masked.split("\n"), strict=True)
    return [
        (row, _excerpt(line, *hit.span()))
        for row, (line, prose) in enumerate(lines, start=1)
        for hit in re.finditer(r"\d(?:[\d.,:]*\d)?", prose)
    ]


def prose_marks(markdown: str) -> Iterator[re.Match[str]]:
    """Yield the marks that stand in prose: what a reader sees as text."""
    return (match for match in _NOT_PROSE.finditer(markdown) if match.group().startswith(OPEN))


def not_prose(markdown: str) -> list[tuple[int, int]]:
    """Return where what no reader sees as text begins and ends, in order."""
    return [match.span() for match in _NOT_PROSE.finditer(markdown)]


def unfollowed(markdown: str) -> list[tuple[int, str]]:
    """Return line number (from 1) and text of every number in prose that came through no metric, claim or spec."""
    lost = (match for match in prose_marks(markdown) if not origins_of(match.group()))
    return [(markdown.count("\n", 0, match.start()) + 1, strip_marks(match.group())) for match in lost]


# What starts first wins, so that a "$" inside code opens no formula; at one place the order below decides.
_NOT_PROSE = re.compile(
    r"""
      \A---[ \t]*\n(?s:.*?)^(?:---|\.\.\.)[ \t]*$                                    # front matter
    | ^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)  # fenced code
    | (?s:<!--.*?-->)
    | (?s:<(?P<element>script|style)\b.*?</(?P=element)>)
    | [OPEN][^OPENCLOSE]*[CLOSE]                                                     # formatted by this module
    | \\[`$\\]                                                                       # escaped: opens nothing
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n)(?s:.))+?(?<!`)(?P=ticks)(?!`)        # inline code
    | \$\$(?s:.+?)\$\$ | \\\[(?s:.+?)\\\] | \\\((?s:.+?)\\\)                         # TeX
    | \$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$                                            # "R$ 5 e R$ 6" is none
    | <[/!?]?[A-Za-z](?:"[^"]*"|'[^']*'|[^'"<>])*>                                   # HTML tag, <https://...>
    | &\#?\w+;                                                                       # HTML entity
    | \[\^[^\]\n]+\]:?                                                               # footnote label
    | ^[ \t]*\[[^\]\n]+\]:[ \t]*\S+                                                  # definition of a link
    | \]\([ \t]*(?:<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)                             # target; a title after it is prose
    | \]\[[^\]\n]*\]
    | https?://[^\s<>)\]"]+
    | \{:?[ \t]*(?:[#.][A-Za-z]|[\w-]+=)[^{}\n]*\}                                   # attribute list
    | :[a-z][\w+-]*:                                                                 # icon
    | ^[ \t>]*\d+[.)](?=[ \t])                                                       # list marker
    """.replace("OPEN", OPEN).replace("CLOSE", CLOSE),
    re.VERBOSE | re.MULTILINE,
)


def _day(iso: str) -> datetime.date:
    try:
        return datetime.datetime.fromisoformat(iso).date()
    except ValueError as error:
        raise LaudoError(f"'{iso}' is no date; write it as 2026-11-23.") from error


def _excerpt(line: str, start: int, stop: int, reach: int = 30) -> str:
    around = f"{line[max(0, start - reach) : start]}«{line[start:stop]}»{line[stop : stop + reach]}"
    return strip_marks(around).strip()


def _plain(value: float, decimals: int) -> str:
    if math.isnan(value):
        raise LaudoError("nan cannot be printed as a number: find the metric that is not finite and mend it.")
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    rounded = _rounded(value, decimals)
    # abs first: Decimal keeps the sign of a zero.
    text = format_decimal(abs(rounded), format="#,##0." + "0" * decimals, locale=LOCALE)
    return (MINUS if rounded < 0 else "") + str(text)


def _rounded(value: float, decimals: int) -> Decimal:
    # First to what arithmetic leaves of its digits: 100 * 0.2355 is 23.549999..., and would be rounded away from 0.2355.
    written = repr(round(float(value), decimals + SPARE_DECIMALS))
    return Decimal(written).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)


def _unit(unit: str, decimals: int, *values: float) -> str:
    if unit in ("", "%", "°"):
        return unit
    # In Portuguese the plural begins at two, and what counts is the number that is read.
    below_two = all(math.isfinite(value) and abs(_rounded(value, decimals)) < 2 for value in values)
    return NO_BREAK + (SINGULAR.get(unit, unit) if below_two else unit)
