import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.language import ptbr
from report.origins.numbers import Origin, origins_of, trace
from vae.errors import LaudoError

NB = "\u00a0"
plain = ptbr.strip_marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ptbr.number(1234.5), "1.234,50"),
        (ptbr.number(-0.5, 1, "nats"), f"−0,5{NB}nat"),
        (ptbr.number(1.994, 2, "nats"), f"1,99{NB}nat"),
        (ptbr.number(1.996, 2, "nats"), f"2,00{NB}nats"),  # by what is read
        (ptbr.number(0.5, 1, "vezes"), f"0,5{NB}vezes"),
        (ptbr.signed(-1.0, 1, "meios intervalos"), f"−1,0{NB}meio intervalo"),
        (ptbr.number(-0.004), "0,00"),
        (ptbr.number(-0.0), "0,00"),
        (ptbr.number(12, 0, "°"), "12°"),
        (ptbr.number(math.inf), "∞"),
        (ptbr.signed(0.12), "+0,12"),
        (ptbr.signed(-0.12), "−0,12"),
        (ptbr.signed(0.001), "0,00"),
        (ptbr.signed(-0.001), "0,00"),
        (ptbr.moved(0.029, 3), "sobe 0,029"),
        (ptbr.moved(-0.004, 3), "cai 0,004"),
        (ptbr.moved(-0.0004, 3), "fica igual"),
        (ptbr.moved(-1.5, 1, "nats", "crescem"), f"diminuem 1,5{NB}nat"),
        (ptbr.moved(2, 0, "%", form="subiram"), "subiram 2%"),
        (ptbr.apart(0.077, 3), "0,077 maior"),
        (ptbr.apart(-0.226, 3, "nats"), f"0,226{NB}nat menor"),
        (ptbr.apart(0.0004, 3), "nem maior nem menor"),
        (ptbr.plus_minus(12.34, 0.4, 1, "nats"), f"12,3{NB}±{NB}0,4{NB}nats"),
        (ptbr.plus_minus(1.9, 3.0, 1, "nats"), f"1,9{NB}±{NB}3,0{NB}nat"),
        (ptbr.interval(-1.2, 1.9, 1, "nats"), f"[−1,2;{NB}1,9]{NB}nat"),
        (ptbr.interval(-2.2, 1.9, 1, "nats"), f"[−2,2;{NB}1,9]{NB}nats"),
        (ptbr.with_interval(1.0, 0.5, 2.5, 1, "nats"), f"1,0 [0,5;{NB}2,5]{NB}nats"),
        (ptbr.with_interval(12.34, 11.94, 12.74, 1, "nats"), f"12,3{NB}±{NB}0,4{NB}nats"),
        (ptbr.with_interval(0.98, 0.95, 1.0, 2, "%"), f"0,98 [0,95;{NB}1,00]%"),
        (ptbr.with_interval(0.98, -math.inf, math.inf, 2, "%"), "0,98%"),
        (ptbr.interval(-0.126, 0.34), f"[−0,13;{NB}0,34]"),
        (ptbr.percent(0.853), "85,3%"),
        (ptbr.integer(10_000), "10.000"),
        (ptbr.p_value(0.0316), "0,032"),
        (ptbr.p_value(0.0), f"<{NB}0,001"),
        (ptbr.plural(1, "semente", "sementes"), f"1{NB}semente"),
        (ptbr.plural(0, "semente", "sementes"), f"0{NB}sementes"),
        (ptbr.plural(10_000, "imagem", "imagens"), f"10.000{NB}imagens"),
        (ptbr.duration(0.418), f"0,42{NB}s"),
        (ptbr.duration(9.96), f"10{NB}s"),
        (ptbr.duration(59.6), f"1{NB}min"),
        (ptbr.duration(200), f"3{NB}min{NB}20{NB}s"),
        (ptbr.duration(3599.7), f"1{NB}h"),
        (ptbr.duration(7500), f"2{NB}h{NB}5{NB}min"),
        (ptbr.date("2026-11-23"), "23 de novembro de 2026"),
        (ptbr.date("2026-03-01T10:00:00+00:00"), "1º de março de 2026"),
        (ptbr.short_date("2026-03-01T10:00:00+00:00"), "01/03/2026"),
        (ptbr.join(["a", "b", "c"]), "a, b e c"),
        (ptbr.join(["a"]), "a"),
        (ptbr.join([]), ""),
    ],
)
def test_formats(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_what_cannot_be_printed_is_refused() -> None:
    with pytest.raises(LaudoError, match="nan"):
        ptbr.number(math.nan)
    with pytest.raises(LaudoError, match="23/11/2026"):
        ptbr.date("23/11/2026")
    with pytest.raises(LaudoError, match="desce"):
        ptbr.moved(0.1, form="desce")


finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)


@settings(deadline=None)  # a busy machine is no fault
@given(finite, finite, st.integers(0, 6), st.sampled_from(["", "nats", "%"]))
def test_whatever_has_a_digit_is_marked_once_and_passes_the_lint(a: float, b: float, decimals: int, unit: str) -> None:
    texts = [
        ptbr.number(a, decimals, unit),
        ptbr.signed(a, decimals, unit),
        ptbr.moved(a, decimals, unit),
        ptbr.apart(a, decimals, unit),
        ptbr.plus_minus(a, abs(b), decimals, unit),
        ptbr.interval(min(a, b), max(a, b), decimals, unit),
        ptbr.percent(a, decimals),
        ptbr.duration(abs(a)),
        ptbr.integer(int(a)),
        ptbr.p_value(abs(a)),
        ptbr.plural(int(abs(a)), "a", "b"),
        ptbr.join([ptbr.number(a, decimals), "50-D", "x"]),
        ptbr.mark(ptbr.number(a)),
    ]
    for text in texts:
        depth = 0
        for character in text:
            depth += (character == ptbr.OPEN) - (character == ptbr.CLOSE)
            assert depth in (0, 1)
            assert depth == 1 or not character.isdigit()
        assert depth == 0
        assert ptbr.unmarked_digits(text) == []
        assert ptbr.OPEN not in plain(text) and ptbr.CLOSE not in plain(text)


@settings(deadline=None)  # a busy machine is no fault
@given(finite, st.integers(0, 6))
def test_a_number_reads_back_as_what_was_rounded(value: float, decimals: int) -> None:
    text = plain(ptbr.number(value, decimals))
    read = float(text.replace(".", "").replace(",", ".").replace("−", "-"))
    # Half a unit of the last decimal, and the spacing of floats near 1e15 on top.
    assert abs(read - value) <= 0.5 * 10**-decimals + 0.25
    assert not (text.startswith("−") and read == 0)


NOT_PROSE = {
    "front matter": "---\ntitle: Aula 4\n---\ntexto",
    "fence": "```python\nx = 1\n```\n",
    "fence in a list": "- item\n\n    ~~~ { .py }\n    x = 1\n    ~~~\n",
    "long fence": "````md\n```\n1\n```\n````\n",
    "inline code": "o `e10` e ``a`1`` fim",
    "code over two lines": "o `a\n1` fim",
    "inline TeX": "seja $z_1 < 2$ e \\(x^2\\)",
    "display TeX": "$$\nx^2 = 1\n$$\n\n\\[ y_2 \\]",
    "attributes of a tag": '<img src="a1.svg" width=\'300\' alt="a > 1">',
    "closing tag": "<h2>Título</h2>",
    "autolink": "<https://example.org/1>",
    "bare link": "em https://example.org/1312.6114.",
    "link target": "[texto](pagina-1.md) e ![alt](img_2_(1).png)",
    "link in angle brackets": "[texto](<pagina 1.md>)",
    "link label": "[texto][ref1]\n\n[ref1]: https://example.org/2",
    "footnote": "texto[^1]\n\n[^1]: Kingma.",
    "attribute list": '## Título { #sec-1 .c2 }\n![a](b.png){ width="300" }\n{: .x2 }',
    "comment": "<!-- 12\n13 -->",
    "script": "<script>var a = 1;</script><style>p{margin:0}</style>",
    "entity": "a&#8239;b",
    "icon": ":material-numeric-1-box:",
    "list marker": "1. um\n2. dois\n",
    "marked": f"são {ptbr.OPEN}12,5{ptbr.CLOSE} nats",
}

PROSE = {
    "plain": "a perda caiu 12 nats",
    "decimal": "cerca de 0,85",
    "name with a digit": "o VAE 50-D",
    "heading": "## Após 100 épocas",
    "table": "| a | b |\n|---|---|\n| x | 3 |",
    "alt text": "![mosaico com 10 linhas](a.png)",
    "link text": "[as 5 sementes](a.md)",
    "link title": '[texto](a.md "figura 3")',
    "text inside a tag": '<span class="a1">7</span>',
    "money is no TeX": "custa R$ 20 e R$ 30",
    "two dollars": "de $ 5 a $ 6",
    "two dollars close up": "de US$5 a US$6",
    "dollar with a space after": "R$ 20 em R$",
    "dollar with a space before": "de $5 a $ algum",
    "escaped dollar and a lone one": r"\$3 e x$",
    "ratio": "a razão a:3:b",
    "after code": "`a` vale 3",
    "after a fence": "```\nx\n```\nvale 3",
    "lone backtick": "um ` só, e 3",
    "backtick pair over a blank line": "um `\n\n3\n\n` fim",
    "opened and never closed": f"são {ptbr.OPEN}12 nats",
    "closed and never opened": f"são 12{ptbr.CLOSE} nats",
    "between two marks": f"{ptbr.OPEN}1{ptbr.CLOSE} 2 {ptbr.OPEN}3{ptbr.CLOSE}",
    "dollar in code": "`$` e 3 e `$`",
    "escaped dollar": r"\$3 e \$",
    "braces in prose": "o conjunto {1, 2}",
    "less-than": "se a < 3 e b > 2",
    "list item": "1. são 3 itens",
    "admonition title": '!!! note "Após 100 épocas"',
    "footnote text": "[^1]: são 3",
    "rule is no front matter": "texto\n\n---\n3\n\n---\n",
    "number starting a line": "3 sementes",
    "time of day": "às 10:30:45",
}


TWO = ("money is no TeX", "two dollars", "braces in prose", "less-than")  # every number is found, not a line's first


@pytest.mark.parametrize("name", NOT_PROSE)
def test_digits_outside_prose_are_left_alone(name: str) -> None:
    assert ptbr.unmarked_digits(NOT_PROSE[name]) == []


@pytest.mark.parametrize("name", PROSE)
def test_digits_in_prose_are_found(name: str) -> None:
    assert len(ptbr.unmarked_digits(PROSE[name])) == (2 if name in TWO else 1)


def test_a_typed_digit_is_located() -> None:
    text = f"# Título\n\n```\n1\n2\n```\n\n$$\nx^2\n$$\n{ptbr.number(3)} e foram 42 sementes\n"
    assert ptbr.unmarked_digits(text) == [(11, "3,00 e foram «42» sementes")]


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(alphabet="ab1 \n`$<>[](){}#.!-\\\"'~" + ptbr.OPEN + ptbr.CLOSE, max_size=60))
def test_the_lint_reads_any_text(text: str) -> None:
    for row, _ in ptbr.unmarked_digits(text):
        assert any(character.isdigit() for character in text.split("\n")[row - 1])


@pytest.mark.parametrize("name", NOT_PROSE)
def test_a_digit_typed_after_markup_is_still_found(name: str) -> None:
    assert len(ptbr.unmarked_digits(NOT_PROSE[name] + "\n\nforam 42 sementes\n")) == 1


def test_a_share_and_its_percentage_are_rounded_alike() -> None:
    assert ptbr.strip_marks(ptbr.percent(0.2355)) == "23,6%"
    assert ptbr.strip_marks(ptbr.number(0.2355, 3)) == "0,236"
    assert 100 * 0.2355 < 23.55, "else this tests nothing"
    assert ptbr.strip_marks(ptbr.number(100 * 0.2355, 1)) == "23,6"
    assert (
        ptbr.strip_marks(ptbr.with_interval(100 * 0.2355, 100 * 0.1355, 100 * 0.3355, 1))
        == "23,6\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}10,0"
    )


def test_what_moved_keeps_where_its_number_comes_from() -> None:
    change = trace(-0.25, frozenset({Origin("a mudança da nitidez", ())}))
    for text in (ptbr.moved(change), ptbr.apart(change)):
        assert origins_of(text) == origins_of(change) != frozenset()


def test_a_unit_that_ends_in_a_stop_ends_the_sentence() -> None:
    said = f"Abaixo de {ptbr.number(-1, 1, 'p.p.')}. De {ptbr.number(2, 1, 'p.p.')} a {ptbr.number(3, 1)}."
    assert (
        ptbr.strip_marks(ptbr.with_one_stop(said))
        == "Abaixo de −1,0\N{NO-BREAK SPACE}p.p. De 2,0\N{NO-BREAK SPACE}p.p. a 3,0."
    )
