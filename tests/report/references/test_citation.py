"""Whose report it is and of when: the citation, the day of the last result, the card."""

import dataclasses
import io
import re
from pathlib import Path

import yaml
from PIL import Image

from report.evidence import Evidence
from report.page import ACTIVITY, page_path
from report.pages.visao_geral.card import draw_card
from report.references.citation import bibtex
from report.rendering.drawing import card_path
from report.rendering.environment import make_environment
from report.rendering.render import render_page
from report.sections import page, runs_of
from report.settings import Identity
from tests.report.synthetic import synthetic_evidence

ROOT = Path(__file__).parents[3]


OWN = Identity("https://exemplo.org/curso/", "Ana e Bia", site_name="Curso")


def test_the_citation_says_who_what_when_and_where() -> None:
    assert bibtex(OWN, "O VAE", "2026-11-24", "a/b/") == (
        "@misc{laudo-vae-2026,\n"
        "  author       = {{Ana e Bia}},\n"
        "  title        = {O VAE},\n"
        "  year         = {2026},\n"
        "  howpublished = {Curso},\n"
        "  note         = {Resultados de 2026-11-24},\n"
        "  url          = {https://exemplo.org/curso/a/b/}\n"
        "}"
    )


def test_what_latex_would_take_for_its_own_is_escaped() -> None:
    entry = bibtex(Identity("https://exemplo.org/a_b/", "Ana & Bia_2", site_name="50 %"), "O {VAE}", "2026-11-24", "")
    assert r"{{Ana \& Bia\_2}}" in entry and r"{50 \%}" in entry and r"{O \{VAE\}}" in entry
    assert "{https://exemplo.org/a_b/}" in entry, "an address stays as it is"


def test_the_citation_leaves_out_what_is_unset() -> None:
    entry = bibtex(Identity(site_name="Curso"), "O VAE", "2026-11-24", "a/b/")
    assert "url" not in entry and "author" not in entry and "Curso" in entry


def test_a_page_says_of_when_its_last_result_is() -> None:
    evidence = synthetic_evidence(n_seeds=2)
    licoes = page("licoes")
    late = redated(evidence, runs_of(licoes)[0], "2031-05-06T07:08:09")
    text = render_page(licoes, late, make_environment()).files[page_path("licoes")].decode()
    assert text.startswith("---\n") and '\nupdated: "2031-05-06"\n---\n' in text
    assert text.endswith(
        '<p class="updated">Atualizada com os resultados de <time datetime="2031-05-06">6 de maio de 2031</time>.</p>\n'
    )


def test_a_result_that_a_page_does_not_use_makes_it_no_newer() -> None:
    evidence = synthetic_evidence(n_seeds=1)
    licoes = page("licoes")
    other = next(run for run in evidence.grid.specs if run not in runs_of(licoes))
    before = evidence.measured_on(runs_of(licoes))
    assert redated(evidence, other, "2031-05-06T07:08:09").measured_on(runs_of(licoes)) == before


def redated(evidence: Evidence, run: str, moment: str) -> Evidence:
    """The same evidence, one run evaluated at another moment."""
    seeds = evidence.samples.results[run]
    seed, result = next(iter(seeds.items()))
    provenance = {**result.provenance, "evaluation": {**result.provenance["evaluation"], "finished": moment}}
    changed = {**seeds, seed: dataclasses.replace(result, provenance=provenance)}
    samples = dataclasses.replace(evidence.samples, results={**evidence.samples.results, run: changed})
    return dataclasses.replace(evidence, samples=samples)


def test_the_card_is_where_mkdocs_yml_says_and_of_the_usual_size() -> None:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    assert settings["extra"]["card"] == f"{ACTIVITY}/{card_path('visao-geral')}"
    evidence = synthetic_evidence()
    card = draw_card(evidence, "Curso")
    assert page("visao-geral").card is draw_card
    with Image.open(io.BytesIO(card)) as image:
        assert image.size == (1200, 630)
        assert image.convert("RGBA").getchannel("A").getextrema() == (255, 255), "see-through, it is black elsewhere"
    assert draw_card(synthetic_evidence(), "Curso") == card
    assert draw_card(synthetic_evidence(seed=3), "Curso") != card


def test_the_overview_says_how_to_cite_it() -> None:
    template = (ROOT / "report/pages/visao_geral/page.md.jinja").read_text()
    assert re.search(r"## Como citar\n\n\{\{ citation\(title\) \}\}", template)
