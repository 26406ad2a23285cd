"""A page's numbers become links, where a link may stand, to rows that lead to runs, files, dates and code."""

import json
import re

import pytest

from report.environment import make_environment
from report.evidence import Evidence
from report.following import finished, linkable, unbroken
from report.language import ptbr
from report.metrics import METRICS
from report.origins.numbers import Origin, trace
from report.origins.places import Place
from report.page import Page
from report.render import Rendering
from report.sections import PAGES
from report.sources import read_source
from report.tracing import traced
from tests.report.synthetic import synthetic_evidence
from tests.report.test_pages import undrawn

HERE = frozenset({Origin("especificação: `epochs`", (Place("vae/grid.py", 15),), frozenset({("e10", 42)}))})
TEN = ptbr.integer(trace(10, HERE))
LINK = '<a class="numero" href="#origem-1">10</a>'

PROSE = {
    "a paragraph": f"são {TEN} épocas",
    "the start of a line": f"{TEN} épocas",
    "bold text": f"**{TEN}**",
    "a table cell": f"| a | b |\n|---|---|\n| x | {TEN} |",
    "a list": f"- são {TEN}",
    "a caption": f"/// figure-caption\n    attrs: {{id: fig-a}}\n\nSão {TEN}.\n///",
    "the text of an element": f"<dd>{TEN} <small>nats</small></dd>",
    "after a link": f"[a](b.md) e {TEN}",
    "brackets that are no link": f"[0; {TEN}] (meio)",
    "a box": f"!!! note\n\n    São {TEN}.",
}
ELSEWHERE = {
    "a heading": f"## Após {TEN} épocas",
    "the text of a link": f"[as {TEN} épocas](a.md)",
    "brackets in the text of a link": f"[as [{TEN}] épocas](a.md)",
    "an alt text": f"![mosaico com {TEN} linhas](a.png)",
    "a link target": f"[a](b.md#x-{TEN})",
    "an attribute": f'<div id="a{TEN}">texto</div>',
    "code": f"`{TEN}`",
    "a code block": f"```\n{TEN}\n```",
    "TeX": f"\\(x = {TEN}\\)",
    "the title of a box": f'!!! note "Após {TEN}"',
    "the title of a folded box": f'??? note "Após {TEN}"',
    "the title of a tab": f'=== "Após {TEN}"',
    "a summary": f"<summary>Após {TEN}</summary>",
    "an element that is a link": f'<a href="b">{TEN}</a>',
}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return traced(synthetic_evidence(n_seeds=2))


@pytest.mark.parametrize("name", PROSE)
def test_a_number_in_prose_is_a_link(name: str, evidence: Evidence) -> None:
    text, _ = finished(PROSE[name], "licoes", evidence, make_environment())
    assert text.count(LINK) == 1
    assert text.startswith(ptbr.strip_marks(PROSE[name].replace(TEN, LINK)))


@pytest.mark.parametrize("name", ELSEWHERE)
def test_where_no_link_may_stand_the_number_is_plain(name: str, evidence: Evidence) -> None:
    assert list(linkable(ELSEWHERE[name])) == []
    text, files = finished(ELSEWHERE[name], "licoes", evidence, make_environment())
    assert (text, files) == (ptbr.strip_marks(ELSEWHERE[name]), {})


def test_a_row_says_what_it_is_and_leads_to_run_file_dates_device_commit_and_code(evidence: Evidence) -> None:
    metric = METRICS["mse"]
    marked = f"são {metric.text(metric.measure(evidence, 'e10'))} e {metric.text(metric.measure(evidence, 'e50'))}\n"
    text, files = finished(marked, "licoes", evidence, make_environment())
    row = next(line for line in text.splitlines() if line.startswith("- EQM por pixel:"))
    for run, number in (("e10", 1), ("e50", 2)):
        assert f'<span id="origem-{number}">[`{run}`](#resultado-{run}-42)</span>' in row
    assert f"(codigo/report/metrics.py.html#L-{metric.defined.line})" in row
    assert "(codigo/vae/measurements/fidelity.py.html#L-" in row
    table = [line for line in text.splitlines() if "{ #resultado-" in line]
    assert len(table) == 4, "two runs of two seeds"
    assert table[0].startswith("| [`e10/42`](dados/licoes/resultados/e10-42.json) { #resultado-e10-42 } |")
    for words in ("23 de novembro de 2026", "CPU of a test", "`0123456789ab`"):
        assert table[0].count(words) == 2, "once of the training, once of the evaluation"
    data = json.loads(files["dados/licoes/resultados/e10-42.json"])
    assert data["scores"]["mse"] == evidence.headline("e10").score("mse")
    assert data["provenance"]["training"][0]["device"] == "CPU of a test, 2 threads"


def test_a_number_of_one_seed_says_which(evidence: Evidence) -> None:
    text, _ = finished(f"são {TEN}\n", "licoes", evidence, make_environment())
    assert '<span id="origem-1">[`e10`](#resultado-e10-42) (semente 42)</span>' in text


def test_a_number_made_from_several_things_names_them_all(evidence: Evidence) -> None:
    difference = evidence.dataset.score("mean_image_bce") - evidence.headline("e10").score("iwae")
    text, _ = finished(f"são {ptbr.number(difference)}\n", "licoes", evidence, make_environment())
    row = next(line for line in text.splitlines() if 'id="origem-1"' in line)
    assert row.startswith("- Limite IWAE; `mean_image_bce`:")
    assert "[`dataset`](#resultado-dataset-42) + [`e10`](#resultado-e10-42)" in row


def test_numbers_of_one_origin_share_an_anchor(evidence: Evidence) -> None:
    text, _ = finished(f"são {TEN} e {TEN}\n", "licoes", evidence, make_environment())
    assert text.count(LINK) == 2
    assert text.count('id="origem-1"') == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_every_number_of_every_page_can_be_followed_to_its_end(page: Page, evidence: Evidence) -> None:
    rendering = Rendering(page, evidence, make_environment(), draw=undrawn)
    text, files = finished(rendering.text(), page.slug, rendering.evidence, rendering.environment)
    body, section = text.split('\n## Origem dos números { data-search-exclude="" }\n')
    followed = set(re.findall(r'class="numero" href="#(origem-\d+)"', body))
    anchors = re.findall(r'<span id="(origem-\d+)">', section)
    assert len(followed) > 10
    assert sorted(anchors) == sorted(followed), "each anchor once, and none that no number leads to"
    results = set(re.findall(r"\]\(#(resultado-[\w-]+)\)", section))
    assert results <= set(re.findall(r"\{ #(resultado-[\w-]+) \}", section))
    assert set(re.findall(r"\((dados/[\w-]+/resultados/[\w.-]+)\)", section)) == set(files)
    for path, line in re.findall(r"\(codigo/([\w./-]+)\.html#L-(\d+)\)", section):
        assert read_source(path).splitlines()[int(line) - 1].strip(), f"{path}:{line}"
    for row in section.splitlines():
        assert not row.startswith("- ") or "(codigo/" in row, row


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("entre T-shirt/top e Shirt", "entre <span class=\"nowrap\">T-shirt/top</span> e Shirt"),
        ("| T-shirt/top · t-SNE |", '| <span class="nowrap">T-shirt/top</span> · <span class="nowrap">t-SNE</span> |'),
        ("/// table-caption | <\numa T-shirt\n///", '/// table-caption | <\numa <span class="nowrap">T-shirt</span>\n///'),
        *((text, text) for text in (
            "## A t-SNE", "![T-shirt](a.png)", "`T-shirt`", "\\(t-x\\)", '<div title="T-shirt">', "Fashion-MNIST", "quatro-e-a-meia",
        )),
    ],
)  # fmt: skip
def test_no_line_breaks_after_the_one_letter_before_a_hyphen(text: str, found: str) -> None:
    assert unbroken(text) == found
