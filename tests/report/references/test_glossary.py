"""Pages lead from a term to what it means, where a link can stand and does no harm."""

import re

import pytest

from report.evidence import Evidence
from report.language import ptbr
from report.page import Page, page_path
from report.pages.referencias.page import PAGE
from report.references.glossary import BY_FORM, explained
from report.references.terms import TERMS, anchor
from report.rendering.environment import make_environment
from report.rendering.following import finished
from report.rendering.render import Rendering, render_page
from report.sections import PAGES
from tests.report.references.test_cross_references import html_of
from tests.report.synthetic import synthetic_evidence
from tests.report.test_pages import text_of, undrawn

MEANT = {form: f'[{form}](referencias.md#{anchor(term)} "{term.meaning}"){{ .term }}' for form, term in BY_FORM.items()}
FOUND = re.compile(r"\]\(referencias\.md#termo-([\w-]+) ")


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return synthetic_evidence()


def written(page: Page, evidence: Evidence) -> str:
    """A page as it is written, but for the links to terms."""
    rendering = Rendering(page, evidence, make_environment(), draw=undrawn)
    return finished(rendering.text(), page.slug, rendering.evidence, rendering.environment)[0]


def test_the_first_mention_of_a_section_leads_to_the_meaning() -> None:
    text = "O ELBO e o ELBO.\n\n## Outra\n\nO ELBO, e a silhueta.\n"
    assert explained(text) == text.replace("O ELBO", f"O {MEANT['ELBO']}").replace("silhueta", MEANT["silhueta"])


def test_words_of_a_term_may_start_a_sentence_and_break_over_lines() -> None:
    assert explained("Silhueta alta.").startswith("[Silhueta](referencias.md#termo-silhueta ")
    assert explained("a posterior\nagregada").startswith(
        "a [posterior\nagregada](referencias.md#termo-posterior-agregada "
    )
    assert explained("A t-SNE") == f"A {MEANT['t-SNE']}"
    assert explained('A <span class="nowrap">t-SNE</span>') == f'A <span class="nowrap">{MEANT["t-SNE"]}</span>'


@pytest.mark.parametrize("form", BY_FORM)
def test_a_form_is_linked_whole_though_it_holds_others(form: str) -> None:
    assert explained(f"a {form}.") == f"a {MEANT[form]}."


@pytest.mark.parametrize("text", [
    "## O ELBO e a KL\n", "# ELBO\n", "### Uma silhueta { #silhueta }\n",
    "[o ELBO](treinamento.md)", '<a class="numero" href="#origem-1">9 ELBO</a>', "![A KL por época](a.svg)",
    "`ELBO`", "```\nELBO\n```", "\\(D_\\mathrm{KL}\\)", "\\[\n\\mathrm{KL}\n\\]", "| KL | ELBO |\n| :-- | --: |\n| BCE | PCA |\n",
    "<details class=\"evidence\" markdown>\n<summary>Evidência</summary>\n\nO ELBO\n\n</details>", "<p>ELBO</p>",
    '!!! note "O ELBO"', "/// figure-caption\n    attrs: {id: fig-a}\n\nSilhueta e ELBO\n///\n", "/// table-caption | <\nKL\n///\n", "---\ntitle: ELBO\n---\n", "<!-- ELBO -->",
    "a priori, KLs, pré-ELBO, ELBO-like, silhuetado",
])  # fmt: skip
def test_where_no_link_may_stand_the_text_stays(text: str) -> None:
    assert explained(text) == text


@pytest.mark.parametrize("page", [page for page in PAGES if page is not PAGE], ids=lambda page: page.slug)
def test_a_term_never_harms_a_page(page: Page, evidence: Evidence) -> None:
    """Headings, their ids, other links and the text itself are what they are without the links to terms."""
    without = written(page, evidence)
    with_links = explained(without)
    html = html_of(with_links)
    links = re.findall(r'<a class="term" href="referencias\.md#termo-[\w-]+" title="[^"]+">([^<]+)</a>', html)
    assert len(links) == len(FOUND.findall(with_links)) > 1, "a link that Markdown does not make one"
    assert re.sub(r'<a class="term"[^>]*>([^<]+)</a>', r"\1", html) == html_of(without)


def test_the_glossary_does_not_lead_to_itself(evidence: Evidence) -> None:
    files = render_page(PAGE, evidence, make_environment()).files
    assert not FOUND.search(files[page_path(PAGE.slug)].decode())


def test_pages_are_published_with_the_links(evidence: Evidence) -> None:
    licoes = next(page for page in PAGES if page.slug == "licoes")
    assert FOUND.search(render_page(licoes, evidence, make_environment()).files[page_path("licoes")].decode())


def test_every_term_has_a_place_and_a_meaning_that_can_be_a_title() -> None:
    text = ptbr.strip_marks(text_of(PAGE, synthetic_evidence()))
    for term in TERMS:
        assert text.count(f'<span id="{anchor(term)}"></span>**{term.name}**\n:   {term.meaning}\n') == 1
        assert not re.search(r"[\d\"*_`\[\]<>\\]", term.meaning), term.name
        assert term.meaning.endswith(".") and len(term.meaning) < 330
    assert len({term.slug for term in TERMS}) == len(TERMS)
    assert sum(len(term.forms) for term in TERMS) == len(BY_FORM), "one form of two terms"


def test_every_term_that_has_forms_is_met_on_some_page(evidence: Evidence) -> None:
    met = {slug for page in PAGES for slug in FOUND.findall(explained(written(page, evidence)))}
    assert met == {term.slug for term in TERMS if term.forms}


def test_terms_are_in_the_order_of_the_alphabet() -> None:
    names = [term.name for term in TERMS]
    assert names.index("EQM (erro quadrático médio)") < names.index("Espaço latente") < names.index("FID")
    assert names.index("Acurácia de vizinhos (kNN)") < names.index("AUROC")
