from pathlib import Path

import jinja2
import pytest

from report.environment import make_environment, render_sentence, render_template
from report.language import ptbr
from report.origins.numbers import Origin, origins_of, trace
from report.page import PageError


@pytest.fixture
def environment() -> jinja2.Environment:
    return make_environment()


def page(environment: jinja2.Environment, tmp_path: Path, source: str, **context: object) -> str:
    (tmp_path / "uma.md.jinja").write_text(source, encoding="utf-8")
    environment.loader = jinja2.FileSystemLoader(tmp_path)
    return ptbr.strip_marks(render_template(environment, "uma.md.jinja", context))


@pytest.mark.parametrize(("expression", "word"), [
    ("missing", "missing"), ("run.nothing", "nothing"), ("missing | number(2)", "missing"), ("0.5", "0.5"),
    ("none", "None"), ("true", "True"), ("none | number(2)", "TypeError"), ("'a' | number(2)", "TypeError"),
    ("nan | number(2)", "nan"), ("1 / 0", "ZeroDivisionError"), ("run['x']()", "no attribute 'x'"),
    ("fail()", "KeyError"), ("'2026-13-01' | date", "2026-13-01"),
])  # fmt: skip
def test_what_cannot_be_printed_is_a_page_error_with_page_and_line(
    environment: jinja2.Environment, tmp_path: Path, expression: str, word: str
) -> None:
    def fail() -> str:
        return {}["nope"]

    with pytest.raises(PageError, match=rf"uma\.md\.jinja, line 3: .*({word})"):
        page(environment, tmp_path, f"# A\n\ntext {{{{ {expression} }}}}\n", run={}, nan=float("nan"), fail=fail)
    with pytest.raises(PageError, match=rf"claim 5: .*({word}).*in: "):
        render_sentence(
            environment, f"{{{{ {expression} }}}}", {"run": {}, "nan": float("nan"), "fail": fail}, "claim 5"
        )


@pytest.mark.parametrize("source", ["# A\n\n{{ a", "# A\n\n{% if %}", "# A\n\n{{ 1 | nofilter }}"])
def test_a_template_that_cannot_be_read_names_its_line(
    environment: jinja2.Environment, tmp_path: Path, source: str
) -> None:
    with pytest.raises(PageError, match=r"uma\.md\.jinja, line 3"):
        page(environment, tmp_path, source)


def test_whole_numbers_are_formatted_by_themselves(environment: jinja2.Environment, tmp_path: Path) -> None:
    text = page(
        environment, tmp_path, "{{ 10000 }} e {{ 0.256 | number(2) }} e {{ 0.5 | percent }} e {{ name }}", name="e10"
    )
    assert text == "10.000 e 0,26 e 50,0% e e10"


def test_a_count_comes_from_what_was_counted(environment: jinja2.Environment) -> None:
    origins = frozenset({Origin("conjunto de dados: `classes`", ())})
    classes = trace(("Bag", "Coat"), origins)
    for source in ("{{ classes | length }}", "{{ classes | count }}", "{{ (1 / classes | length) | percent }}"):
        assert origins_of(render_sentence(environment, source, {"classes": classes}, "x")) == origins
    assert not origins_of(render_sentence(environment, "{{ classes | length }}", {"classes": ("Bag", "Coat")}, "x"))


def test_formatted_numbers_carry_the_marks_that_the_lint_looks_for(environment: jinja2.Environment) -> None:
    text = render_sentence(environment, "{{ 12 }} de {{ 0.5 | number(1) }}", {}, "x")
    assert ptbr.unmarked_digits(text) == []
    assert ptbr.unmarked_digits(ptbr.strip_marks(text))
