"""Pages name runs of the grid, and use those that they name."""

import dataclasses
from pathlib import Path

import jinja2
import pytest

from report import sections
from report.evidence import Evidence
from report.page import Page, PageError
from report.rendering.environment import make_environment
from report.rendering.render import Rendering, render_page
from report.sections import check_runs
from tests.report.synthetic import synthetic_evidence
from vae.errors import LaudoError
from vae.grid import make_grid

GRID = make_grid("full", "digits", 1)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return synthetic_evidence(n_seeds=1, dataset="digits")


@pytest.mark.parametrize("profile", ["full", "quick"])
def test_the_report_names_no_run_that_the_grid_has_not(profile: str) -> None:
    check_runs(make_grid(profile))


def test_a_run_that_left_the_grid_is_named_with_all_who_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without = dataclasses.replace(GRID, runs=tuple(run for run in GRID.runs if run.name != "e50"))
    with pytest.raises(LaudoError, match=r"'e50' is not in RUNS.*claim 5 \(page reconstrucoes\).*Did you mean e"):
        check_runs(without)
    page = Page("notas", "Notas", "O que anotamos.", runs=("e10", "e1000"))
    monkeypatch.setattr(sections, "PAGES", (page,))
    with pytest.raises(LaudoError, match=r"'e1000' is not in RUNS.*1 place below report/pages/ names it: page notas\."):
        check_runs(GRID)
    monkeypatch.setattr(sections, "PAGES", (dataclasses.replace(page, runs=("e10",), beside=("e11",)),))
    with pytest.raises(LaudoError, match="'e11' is not in RUNS"):
        check_runs(GRID)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ metric('ssim', 'e50') }}", "it uses run 'e50' without naming it; add it to runs=(...) of its Page."),
        ("{{ value('ssim', 'e50') | number(2) }}", "it uses run 'e50' without naming it"),
        ("{{ value('ssim', 'e500') | number(2) }}", "Unknown run 'e500'. Did you mean e50 or"),
        ("{{ run('e1000').epochs }}", "Unknown run 'e1000'. Did you mean e100"),
        ("{{ evidence.headline('e50').score('ssim') | number(2) }}", "it uses run 'e50' without naming it"),
        ("{{ metric('sim', 'e10') }}", "Unknown metric 'sim'. Did you mean ssim"),
        ("{{ seedz }}", "'seedz' is undefined. Did you mean seeds"),
        ("{{ qqqqqq }}", "'qqqqqq' is undefined. A template may use: anchor, "),
    ],
)
def test_what_a_page_names_wrongly_is_told_with_its_line(
    source: str, said: str, evidence: Evidence, tmp_path: Path
) -> None:
    page = Page("notas", "Notas", "O que anotamos.", runs=("e10",))
    with pytest.raises(PageError) as raised:
        text(page, f"# {{{{ page.title }}}}\n\n{source}\n", evidence, tmp_path)
    assert f"notas/page.md.jinja, line 3: {said}" in str(raised.value)


def test_what_a_page_names_it_may_use(evidence: Evidence, tmp_path: Path) -> None:
    page = Page("notas", "Notas", "O que anotamos.", runs=("e10", "e50"))
    source = (
        "# {{ page.title }}\n\n{{ metric('ssim', 'e50') }} {{ evidence.dataset.score('test_entropy') | number(2) }}\n"
    )
    assert "# Notas" in text(page, source, evidence, tmp_path)


def test_an_error_of_a_pages_own_code_names_the_page(evidence: Evidence) -> None:
    page = Page("notas", "Notas", "O que anotamos.", context=lambda evidence: {"one": evidence.headline("e50").seed})
    with pytest.raises(PageError, match=r"^Page notas: it uses run 'e50' without naming it"):
        render_page(page, evidence, make_environment())


def text(page: Page, source: str, evidence: Evidence, folder: Path) -> str:
    """Return what a page's text is with this template."""
    environment = make_environment()
    (folder / page.folder).mkdir()
    (folder / page.template).write_text(source)
    environment.loader = jinja2.FileSystemLoader(folder)
    return Rendering(page, evidence, environment).text()
