"""Numbers keep their origins through arithmetic, formats and marks, and typed ones have none."""

import ast
import json
import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.judging import statistics
from report.language import ptbr
from report.metrics import METRICS
from report.origins.numbers import Origin, Origins, constant, origins_at, origins_of, relabel, trace
from report.origins.places import Place
from report.origins.reads import FORMATTERS
from report.sources import read_source
from vae.grid import make_grid
from vae.spec import canonical


def origin(what: str, *results: tuple[str, int]) -> Origins:
    return frozenset({Origin(what, (Place("vae/spec.py", 1),), frozenset(results))})


A, B = origin("a", ("e10", 42)), origin("b", ("e50", 42))
OPERATIONS = (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod)
small = st.integers(1, 50) | st.floats(0.5, 50)


@given(small, small, st.sampled_from(OPERATIONS))
def test_arithmetic_gives_the_same_value_and_unites_origins(
    a: float, b: float, operation: Callable[[Any, Any], Any]
) -> None:
    both = operation(trace(a, A), trace(b, B))
    assert both == operation(a, b)
    assert origins_of(both) == A | B
    assert origins_of(operation(trace(a, A), b)) == A
    reflected = operation(int(b), trace(a, A))
    assert (reflected, origins_of(reflected)) == (operation(int(b), a), A)


@pytest.mark.parametrize(("made", "value"), [
    (-trace(2.5, A), -2.5), (abs(trace(-3, A)), 3), (round(trace(2.6, A)), 3), (round(trace(2.66, A), 1), 2.7),
    (sum([trace(1, A), trace(2.5, B)]), 3.5), (max(trace(1, A), trace(2, A)), 2), (2.0 * trace(2.5, A), 5.0),
    (trace(3, A) ** 2, 9), (sorted([trace(2, A), trace(1, A)])[0], 1), (trace("2026-11-23T12", A)[:10], "2026-11-23"),
])  # fmt: skip
def test_what_pages_do_with_numbers_keeps_their_origins(made: Any, value: Any) -> None:
    assert made == value
    assert origins_of(made) >= A


def test_a_comparison_is_a_plain_answer() -> None:
    assert (trace(1, A) < 2) is True
    assert trace(True, A) is True
    assert trace(None, A) is None


def test_what_knows_its_origins_keeps_them() -> None:
    assert origins_of(trace([trace(1, A), 2], B)) == A | B
    assert origins_of(trace({"x": trace(1, A)}, B)["x"]) == A


def test_a_traced_spec_is_the_same_spec() -> None:
    spec = make_grid().runs[0]
    traced = trace(spec, A)
    assert traced == spec and hash(traced) == hash(spec)
    assert json.dumps(canonical(traced)) == json.dumps(canonical(spec))
    assert origins_of(traced.training.epochs) == A


@pytest.mark.parametrize("text", [
    ptbr.number(trace(2.5, A)), ptbr.signed(trace(2.5, A)), ptbr.percent(trace(0.5, A)), ptbr.integer(trace(3, A)),
    ptbr.p_value(trace(0.5, A)), ptbr.plural(trace(3, A), "vez", "vezes"), ptbr.duration(trace(200, A)),
    ptbr.duration(trace(2, A)), ptbr.date(trace("2026-11-23", A)), ptbr.join([trace(3, A)]), ptbr.mark(trace("e10", A)),
    ptbr.mark(f"de {ptbr.number(trace(2.5, A))} a"), ptbr.mark("e10", trace(1, A)),
])  # fmt: skip
def test_every_formatter_puts_the_key_of_the_origins_into_its_mark(text: str) -> None:
    assert text.startswith(ptbr.OPEN)
    assert origins_at(text[1]) == A
    assert ptbr.unmarked_digits(text) == ptbr.unfollowed(text) == []


@pytest.mark.parametrize("text", [
    ptbr.plus_minus(trace(1.0, A), trace(2.0, B)), ptbr.interval(trace(1.0, A), trace(2.0, B)),
    ptbr.mark(ptbr.number(trace(1.0, A)) + ptbr.number(trace(1.0, B))),
])  # fmt: skip
def test_a_mark_of_two_numbers_has_the_origins_of_both(text: str) -> None:
    assert origins_of(text) == A | B


@pytest.mark.parametrize("text", [
    ptbr.number(262.18), ptbr.integer(3), ptbr.join(["3 dias"]), ptbr.mark("256"), f"{ptbr.OPEN}7{ptbr.CLOSE}",
])  # fmt: skip
def test_a_typed_number_has_no_origin_and_is_found(text: str) -> None:
    found = ptbr.unfollowed(f"# A\n\nsão {text} nats e {ptbr.integer(trace(3, A))} vezes\n")
    assert found == [(3, ptbr.strip_marks(text))]


def test_a_mark_outside_prose_needs_no_origin() -> None:
    assert ptbr.unfollowed(f'<div id="{ptbr.mark("a1")}">\n\n`{ptbr.mark("e50")}` [x](a.md#{ptbr.mark("b2")})\n') == []


def test_marks_and_keys_are_stripped() -> None:
    assert ptbr.strip_marks(ptbr.number(trace(1234.5, A))) == "1.234,50"


def test_a_constant_leads_to_the_line_that_chooses_it() -> None:
    alpha = constant(statistics, "ALPHA")
    (found,) = origins_of(1 - alpha)
    assert 1 - alpha == 0.95
    assert (found.what, found.places[0].path) == ("constante `ALPHA`", "report/judging/statistics.py")


def test_relabelling_keeps_the_results() -> None:
    (found,) = origins_of(relabel(trace(1.5, A), "KL", Place("vae/objectives.py", 3)))
    assert found == Origin("KL", (Place("vae/objectives.py", 3),), frozenset({("e10", 42)}))
    assert relabel(1.5, "KL") == 1.5


def test_a_metric_knows_where_it_is_declared() -> None:
    place = METRICS["mse"].defined
    assert place.path == "report/metrics.py"
    assert '"mse": Metric(' in read_source(place.path).splitlines()[place.line - 1]


def test_every_formatter_is_known_to_the_search_for_what_a_number_was_made_from() -> None:
    functions = [
        node for node in ast.parse(read_source("report/language/ptbr.py")).body if isinstance(node, ast.FunctionDef)
    ]
    calls = {
        function.name: {node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
        for function in functions
    }  # fmt: skip
    formatters = {name for name, called in calls.items() if name[0] != "_" and called & {"mark", *FORMATTERS}}
    assert formatters | {"mark"} == set(FORMATTERS)
