"""What page code reads of the evidence, line by line, so that a number it computes with numpy has origins too.

Values that carry their origins need none of this. But a mean over an array, a count or a rounded number is a plain
number; its origins are the reads on the lines that it was made from (report/origins/dataflow.py).
"""

import ast
import itertools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

from report.origins import dataflow
from report.origins.numbers import Origin, Origins, Result
from report.origins.places import Place, relative

# Modules that read, carry and format numbers for page code; what they do is not of their own making.
MACHINERY = frozenset(
    f"report/{name}.py"
    for name in (
        "evidence",
        "language/ptbr",
        "origins/numbers",
        "origins/reads",
        "rendering/drawing",
        "rendering/environment",
        "rendering/render",
        "rendering/tracing",
    )
)
# How many of a formatter's first arguments are numbers or texts from results; the others say how to print them.
FORMATTERS = dict.fromkeys(
    (
        "number", "exact", "signed", "moved", "apart", "percent", "integer", "p_value", "plural", "duration", "date",
        "short_date", "join", "mark",
    ), 1
) | {"plus_minus": 2, "interval": 2, "with_interval": 3}  # fmt: skip

Line = tuple[str, int]


class Reads:
    """The results read on each line of page code while something was computed; outer: what was computed around it."""

    def __init__(self, outer: "Reads | None" = None) -> None:
        self.lines: dict[Line, set[Result]] = {}
        self.outer = outer

    def on(self, path: str, line: int) -> set[Result] | None:
        """Return what was read on a line, None if it touched no evidence."""
        if (path, line) in self.lines:
            return self.lines[path, line]
        return self.outer.on(path, line) if self.outer else None

    def of(self, path: str, nodes: Iterable[ast.AST]) -> set[Result] | None:
        """Return what some expressions are made from, None if nothing of it was read from evidence."""
        found = [self.on(path, line) for line in dataflow.feed(path, *nodes).lines]
        read = [results for results in found if results is not None]
        return set().union(*read) if read else None

    def everything(self) -> set[Result] | None:
        """Return all that was read, None if no evidence was touched."""
        return set().union(*self.lines.values()) if self.lines else None


_active: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def recording(reads: Reads) -> Iterator[Reads]:
    """Keep there what page code reads within the block."""
    token = _active.set(reads)
    try:
        yield reads
    finally:
        _active.reset(token)


def note(results: Iterable[Result] = ()) -> None:
    """Record that the lines of page code that are being executed read some results, or evidence that is no result."""
    reads = _active.get()
    if reads is None:
        return
    found = set(results)
    for frame in _frames(sys._getframe(1)):
        path = relative(frame.f_code.co_filename)
        if _is_page_code(path):
            reads.lines.setdefault((path, frame.f_lineno), set()).update(found)


def here() -> Origins:
    """Return the origins of the number that page code is formatting: the reads that its arguments were made from.

    Nothing if it was made from no reads, or if it is no page code but a template that formats it.
    """
    reads = _active.get()
    if reads is None:
        return frozenset()
    results: set[Result] | None = None
    first: tuple[str, Place] | None = None
    for frame in _frames(sys._getframe(1)):
        path = relative(frame.f_code.co_filename)
        if path in MACHINERY:
            continue
        node = _expression(frame, path) if _is_page_code(path) else None
        if node is None:
            break
        nodes = dataflow.value_arguments(node, FORMATTERS) if first is None else [node]
        found = reads.of(path, nodes)
        results = results if found is None else found | (results or set())
        first = first or (dataflow.function_name(path, node), Place(path, frame.f_lineno))
        if not dataflow.feed(path, *nodes).parameters:
            break
    if first is None or results is None:
        return frozenset()
    name, place = first
    return frozenset({Origin(f"cálculo da página: `{name}`", (place,), frozenset(results))})


def _frames(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _is_page_code(path: str) -> bool:
    return path.startswith("report/") and path.endswith(".py") and path not in MACHINERY


def _expression(frame: FrameType, path: str) -> ast.expr | None:
    """Return the expression that a frame is evaluating."""
    span = next(itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
    return None if None in span else dataflow.expression(path, span)
