"""Pages into one: headings, ids and links that stay apart; code and TeX that stay as they are; nothing of this site's own."""

import pytest

from report.delivery.onepage import Source, one_page

SLUGS = ("visao-geral", "geracao")


def made(text: str, *, files: tuple[str, ...] = (), site: str = "") -> str:
    """The first page, alone on the one page, with a second one behind it."""
    whole = one_page([Source(SLUGS[0], text), Source(SLUGS[1], "# Geração\n")], files, site)
    behind = "\n\n## Geração { #geracao }\n"
    assert whole.endswith(behind)
    return whole.removesuffix(behind) + "\n"


def test_headings_go_down_and_bear_the_page_s_name() -> None:
    text = "---\ntitle: x\n---\n\n# A `z` média\n\n## Épocas\n\n## Épocas\n\n### Onde { #la }\n"
    assert made(text).strip().split("\n\n") == [
        "## A `z` média { #visao-geral }",
        "### Épocas { #visao-geral-epocas }",
        "### Épocas { #visao-geral-epocas_1 }",
        "#### Onde { #visao-geral-la }",
    ]


@pytest.mark.parametrize(("link", "becomes"), [
    ("[x](geracao.md)", "[x](#geracao)"),
    ("[x](geracao.md#buracos)", "[x](#geracao-buracos)"),
    ("[x](#aqui)", "[x](#visao-geral-aqui)"),
    ("[`x` e [y]](geracao.md)", "[`x` e [y]](#geracao)"),
    ("[x](https://example.org/a#b)", "[x](https://example.org/a#b)"),
    ("[x](code/vae/train.py)", "[x](code/vae/train.py)"),
    ("[x](explorador.md#plano)", "x"),
    ("[x](dados/placar/1.json)", "x"),
    ("![y](figuras/geracao/plano.claro.svg){ width=9 }", "![y](figures/geracao-plano.svg){ width=9 }"),
])  # fmt: skip
def test_links_lead_to_what_is_there_or_are_none(link: str, becomes: str) -> None:
    assert made(f"Veja {link}.\n", files=("code/vae/train.py",)) == f"Veja {becomes}.\n"


@pytest.mark.parametrize(("link", "becomes"), [
    ("[x](explorador.md#plano)", "[x](https://example.org/explorador/#plano)"),
    ("[x](dados/placar/1.json)", "[x](https://example.org/dados/placar/1.json)"),
])  # fmt: skip
def test_what_only_the_site_has_is_linked_there(link: str, becomes: str) -> None:
    assert made(f"Veja {link}.\n", site="https://example.org/") == f"Veja {becomes}.\n"


@pytest.mark.parametrize("text", [
    "```python title=\"a\"\n# no heading\nx = y[0](z)\nid=\"a\"\n```",
    "??? note \"Código\"\n\n    ```python\n    # no heading\n    def f():\n        return [a](b)\n    ```",
    "Em `[a](b)` e \\(q[x](z)\\).",
    "\\[\n\\bigl[x\\bigr](y)\n\\]",
])  # fmt: skip
def test_code_and_formulas_stay_as_they_are(text: str) -> None:
    assert made(text) == text + "\n"


def test_ids_bear_the_page_s_name() -> None:
    assert made('    attrs: {id: fig-a}\n\n<span id="b-1"></span>x\n') == (
        '    attrs: {id: visao-geral-fig-a}\n\n<span id="visao-geral-b-1"></span>x\n'.lstrip()
    )


def test_a_box_to_fold_takes_its_code_with_it() -> None:
    text = '<details class="evidence" markdown>\n<summary>Antes</summary>\n\n```text\na\n  b\n```\n\n| a |\n| - |\n\n</details>\n'
    assert made(text) == '??? note "Antes"\n\n    ```text\n    a\n      b\n    ```\n\n    | a |\n    | - |\n'


def test_what_only_this_site_s_styles_and_scripts_read_goes() -> None:
    text = (
        'Um parágrafo.\n{ .lead }\n\n<form class="filter" hidden>\n<label>x</label>\n</form>\n\n'
        '<dl class="numbers">\n<div><dt>da nitidez</dt><dd>48% <small>29% antes</small></dd></div>\n'
        "<div><dt>perda</dt><dd>240</dd></div>\n</dl>\n\n"
        '<div class="scoreboard" markdown>\n\n| a { data-rotulo="A" } |\n| - |\n\n</div>\n'
    )
    lines = [line for line in made(text).splitlines() if line]
    assert lines == ["Um parágrafo.", "- **48%** da nitidez (29% antes)", "- **240**: perda", "| a |", "| - |"]
