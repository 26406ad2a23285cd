"""Pages name runs of the grid, and use those that they name."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import jinja2
import pytest

from report import sections
from report.evidence import Evidence
from report.page import Page, PageError
from report.rendering.environment import make_environment
from report.rendering.render import Rendering, render_page, usable
from report.sections import check_pages
from tests.copies import ROOT
from tests.report.synthetic import synthetic_evidence
from vae.errors import LaudoError
from vae.grid import make_grid
from vae.spec import ConvSpec, RunSpec

GRID = make_grid("full", "digits", 1)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return synthetic_evidence(n_seeds=1, dataset="digits")


@pytest.mark.parametrize("profile", ["full", "quick"])
def test_the_report_names_no_run_that_the_grid_has_not(profile: str) -> None:
    check_pages(make_grid(profile))


def test_a_run_that_left_the_grid_is_named_with_all_who_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without = dataclasses.replace(GRID, runs=tuple(run for run in GRID.runs if run.name != "e50"))
    with pytest.raises(LaudoError, match=r"'e50' is not in RUNS.*claim 5 \(page reconstrucoes\).*Did you mean e"):
        check_pages(without)
    page = dataclasses.replace(sections.page("referencias"), runs=("e10", "e1000"))
    monkeypatch.setattr(sections, "PAGES", (page,))
    with pytest.raises(
        LaudoError, match=r"'e1000' is not in RUNS.*1 place below report/pages/ names it: page referencias\."
    ):
        check_pages(GRID)
    monkeypatch.setattr(sections, "PAGES", (dataclasses.replace(page, runs=("e10",), beside=("e11",)),))
    with pytest.raises(LaudoError, match="'e11' is not in RUNS"):
        check_pages(GRID)


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ("e50-l50-n6000", "1 place below report/pages/ names it: page experimentos."),  # in its text alone
        ("e10", "page visao-geral"),  # around which tables are made
        ("e10-ae", "claim 4 (page reconstrucoes)"),
    ],
)
def test_a_run_that_pages_need_cannot_leave_the_grid(run: str, said: str) -> None:
    done = without(f"row.name != {run!r}")
    assert f"Run '{run}' is not in RUNS" in done
    assert said in done


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        (
            "e50",
            {"latent_dim": 4},
            "Run 'e50' has latent_dim=4 (vae/grid.py), but pages draw its plane: it must have 2.",
        ),
        ("e10-l50", {"latent_dim": 2}, "Run 'e10-l50' has latent_dim=2 (vae/grid.py), but pages project it"),
    ],
)
def test_a_run_that_pages_draw_keeps_its_dimensions(name: str, changed: dict[str, int], said: str) -> None:
    def other(run: RunSpec) -> RunSpec:
        return dataclasses.replace(run, model=ConvSpec(**changed)) if run.name == name else run

    with pytest.raises(LaudoError) as raised:
        check_pages(dataclasses.replace(GRID, runs=tuple(map(other, GRID.runs))))
    assert str(raised.value).startswith(said)


def test_two_pages_of_one_slug_and_a_page_without_its_text_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "PAGES", (*sections.PAGES, Page("licoes", "Outra", "Outra.")))
    with pytest.raises(LaudoError, match="Two pages have the slug 'licoes'"):
        check_pages(GRID)
    monkeypatch.setattr(sections, "PAGES", (Page("minhas-notas", "Notas", "Notas."),))
    with pytest.raises(
        LaudoError, match=r"'minhas-notas' has no text: report/pages/minhas_notas/page.md.jinja is not there"
    ):
        check_pages(GRID)


@pytest.mark.parametrize("wrong", [{"runs": "e10"}, {"beside": "e10"}, {"quotes": "*"}, {"title": " "}])
def test_a_page_says_what_is_wrong_with_its_declaration(wrong: dict[str, str]) -> None:
    name = next(iter(wrong))
    with pytest.raises(LaudoError, match=f"Page 'notas' has .*{name}"):
        Page(**{"slug": "notas", "title": "Notas", "description": "Notas.", **wrong})  # type: ignore[arg-type]


def test_claims_have_ids_of_their_own_and_statistics_that_take_their_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    page = sections.page("reconstrucoes")
    first = next(claim for claim in page.claims if len(claim.needs) == 2)
    for claims, said in (
        ((first, first), f"Claim id '{first.id}' is used twice, on pages reconstrucoes and reconstrucoes"),
        (
            (dataclasses.replace(first, needs=first.needs[:1]),),
            rf"Claim {first.id} \(page reconstrucoes\): .*needs=.*missing a",
        ),
    ):
        monkeypatch.setattr(sections, "PAGES", (dataclasses.replace(page, claims=claims),))
        with pytest.raises(LaudoError, match=said):
            check_pages(GRID)


def test_snapshots_of_one_training_differ_in_epochs_alone() -> None:
    assert "Run 'e90' differs from e100 in more than its epochs" in without("True", "beta=2.0", "e90")


def test_a_report_with_nothing_to_compare_is_refused() -> None:
    done = without("True", "epochs=12")
    assert "differs from e10 in latent_dim alone" in done


def without(kept: str, changes: str = "", changed: str = "e10") -> str:
    """Return what check_pages says, in a new process, of a grid with the rows that are kept, one of them changed."""
    program = (
        "import dataclasses, vae.grid as grid\n"
        f"grid.RUNS = tuple(dataclasses.replace(row, {changes}) if row.name == {changed!r} else row for row in grid.RUNS if {kept})\n"
        "from report.sections import check_pages\n"
        "check_pages(grid.make_grid())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ metric('ssim', 'e50') }}", "it uses run 'e50' without naming it; add it to runs=(...) of its Page."),
        ("{{ value('ssim', 'e50') | number(2) }}", "it uses run 'e50' without naming it"),
        ("{{ value('ssim', 'e500') | number(2) }}", "Unknown run 'e500'. Did you mean e50 or"),
        ("{{ run('e1000').epochs }}", "Unknown run 'e1000'. Did you mean e100"),
        ("{{ run('e50').epochs }}", "it uses run 'e50' without naming it"),
        ("{{ label('e50') }}", "it uses run 'e50' without naming it"),
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


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"context": lambda evidence: {"one": 1 / 0}}, "ZeroDivisionError: division by zero"),
        ({"context": lambda evidence: {"one": evidence.headline("e10").scores["nix"]}}, "KeyError: 'nix'"),
        (
            {"files": lambda evidence: {"a": evidence.headline("e50").run.encode()}},
            "it uses run 'e50' without naming it",
        ),
    ],
)
def test_a_mistake_in_a_pages_own_code_is_no_traceback(
    made: dict[str, Any], said: str, evidence: Evidence, tmp_path: Path
) -> None:
    page = Page("notas", "Notas", "O que anotamos.", runs=("e10",), **made)
    with pytest.raises(PageError, match=f"^Page notas: {said}"):
        render_page(page, evidence, templates(page, "# {{ page.title }}\n", tmp_path))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# {{ page.title }}\n", r"never states claim '1' of its page; say there: {{ claim\(\"1\"\) }}"),
        ("{{ claim('1') }}\n", r"has no title; begin it with: # {{ page.title }}"),
    ],
)
def test_a_text_states_its_claims_under_a_title(source: str, said: str, evidence: Evidence, tmp_path: Path) -> None:
    claim = next(claim for claim in sections.family() if claim.id == "1")
    page = Page("notas", "Notas", "O que anotamos.", claims=(claim,))
    with pytest.raises(PageError, match=f"^report/pages/notas/page.md.jinja {said}"):
        text(page, source, evidence, tmp_path)


def test_a_page_of_a_claim_without_a_verdict_says_why(evidence: Evidence) -> None:
    page = sections.page("treinamento")
    claim = page.claims[0]
    verdicts = {name: verdict for name, verdict in evidence.verdicts.items() if name != claim.id}
    lacking = dataclasses.replace(
        evidence, verdicts=verdicts, pending={claim.id: f"Claim {claim.id} cannot be judged: x"}
    )
    with pytest.raises(PageError, match=rf"^Page treinamento: Claim {claim.id} cannot be judged: x"):
        render_page(page, lacking, make_environment())


def text(page: Page, source: str, evidence: Evidence, folder: Path) -> str:
    """Return what a page's text is with this template."""
    return Rendering(page, usable(page, evidence), templates(page, source, folder)).text()


def templates(page: Page, source: str, folder: Path) -> jinja2.Environment:
    """Return the environment in which a page has this template."""
    environment = make_environment()
    (folder / page.folder).mkdir()
    (folder / page.template).write_text(source)
    assert environment.loader is not None
    environment.loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder), environment.loader])
    return environment
