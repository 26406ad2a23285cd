"""A page knows what it was made from: the scoreboard, of the publication before too."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from report import forked, sources
from report.comparison.past import compare_with
from report.judging import calibration
from report.judging.family import StoredResults
from report.page import Page, PageError
from report.publishing import code, notices, publish
from report.publishing.check import faults
from report.publishing.made_from import SHARED, own_sources
from report.publishing.publish import Publication
from report.publishing.rendered import Rendered
from report.rendering import render
from report.sections import PAGES, page
from report.settings import Identity
from tests.report.repository import commit, start
from tests.report.synthetic import stored, synthetic_results
from vae.errors import ResultsError
from vae.grid import make_grid
from vae.storage.store import ResultsStore

GRID = make_grid("full", "fashion-mnist", 1)
LABEL = "the publication before"


@pytest.fixture
def publication(tmp_path: Path) -> Publication:
    """A report in its own repository, whose first publication has the tag v1."""
    folder = start(tmp_path / "repository")
    store = stored(folder / "results", synthetic_results(GRID, np.random.default_rng(0)))
    commit(folder, "v1")
    (tmp_path / "docs").mkdir()
    return Publication(GRID, store, Rendered(tmp_path / "rendered"), tmp_path / "docs", Identity())


def state(publication: Publication, slug: str) -> tuple[str, str]:
    return next((found, why) for name, found, why in publication.status(PAGES) if name == slug)


def text(publication: Publication, slug: str = "placar") -> str:
    return (publication.rendered.root / f"atividades/04-vae/{slug}.md").read_text()


def test_the_scoreboard_grows_old_with_the_publication_before(publication: Publication, tmp_path: Path) -> None:
    told: list[str] = []
    both = [page("placar"), page("licoes")]
    publication.publish(both, told.append)
    assert [state(publication, each.slug)[0] for each in both] == ["fresh", "fresh"]
    assert "Desde a última publicação" not in text(publication)

    compare_with(tmp_path / "repository", "v1", GRID, publication.store, save=True)
    assert state(publication, "placar")[0] == "stale"
    assert LABEL in state(publication, "placar")[1]
    assert state(publication, "licoes")[0] == "fresh", "it does not speak of it"
    publication.publish([page("licoes")], told.append)
    notice = "O que mudou desde que esta página foi gerada: a publicação anterior."
    assert notice in text(publication), "older than what it should speak of, and says so"

    publication.publish([page("placar")], told.append)
    assert state(publication, "placar") == ("fresh", "as its results, template and code make it")
    assert "De lá para cá nada mudou" in text(publication)

    path = publication.store.root / "previous.json"
    path.unlink()
    assert LABEL in state(publication, "placar")[1]


def test_every_run_of_the_grid_counts_in_a_comparison(publication: Publication, tmp_path: Path) -> None:
    """A run that no claim needs may have come or gone since."""
    results = StoredResults(GRID, publication.store)
    needed = publication.inputs(page("placar"), publication.evidence([page("placar")], results), results)
    compare_with(tmp_path / "repository", "v1", GRID, publication.store, save=True)
    now = publication.inputs(page("placar"), publication.evidence([page("placar")], results), results)
    assert now.keys() - needed.keys() >= {LABEL}
    assert {f"{run}/42" for run in GRID.specs} <= now.keys()


def test_a_file_that_was_touched_stops_the_pages_that_read_it(publication: Publication, tmp_path: Path) -> None:
    compare_with(tmp_path / "repository", "v1", GRID, publication.store, save=True)
    path = publication.store.root / "previous.json"
    path.write_bytes(path.read_bytes().replace(b'"inconclusiva"', b'"confirmada"', 1))
    results = StoredResults(GRID, publication.store)
    with pytest.raises(ResultsError, match=r"previous.json.*--save"):
        publication.evidence([page("placar")], results)
    assert publication.evidence([page("licoes")], results).previous is None
    found = list(
        faults(GRID, publication.store, tmp_path / "runs", publication.rendered.root, tmp_path, lambda _: None)
    )
    assert len(found) == 1
    assert "previous.json" in found[0]


def test_an_older_copy_of_docs_is_said(publication: Publication, tmp_path: Path) -> None:
    (publication.docs / "style.css").write_text("a")
    publication.publish([page("licoes")], lambda _: None)
    assert [slug for slug, _, _ in publication.status([page("licoes")])] == ["licoes"]
    (publication.docs / "style.css").write_text("b")
    assert state(publication, "docs") == (
        "stale",
        "style.css of docs/ changed since it was copied: any build copies it",
    )
    found = faults(
        GRID, publication.store, tmp_path / "runs", publication.rendered.root, publication.docs, lambda _: None
    )
    assert any("style.css is not what" in fault for fault in found)


def test_a_store_without_the_file_has_no_previous_publication(tmp_path: Path) -> None:
    assert Publication(GRID, ResultsStore(tmp_path), Rendered(tmp_path), tmp_path).previous() is None


def test_a_page_that_the_report_no_longer_has_leaves_the_site(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    publication.publish([page("licoes"), page("placar")], told.append)
    shared = publication.rendered.root / "atividades/04-vae/codigo/build.py.html"
    assert shared.is_file()
    monkeypatch.setattr(publish, "PAGES", tuple(each for each in PAGES if each.slug != "licoes"))
    publication.publish([page("placar")], told.append)
    assert not (publication.rendered.root / "atividades/04-vae/licoes.md").exists()
    assert publication.rendered.record("licoes") is None
    assert text(publication), "the others stay"
    assert shared.is_file()


def test_a_repository_puts_the_link_to_colab_on_a_page_and_makes_others_old(publication: Publication) -> None:
    licoes = page("licoes")
    linked = dataclasses.replace(publication, identity=Identity(repository="https://github.com/someone/laudo"))
    linked.publish([licoes], lambda _: None)
    badge = f"[Abrir no Colab]({linked.identity.colab}){{ .colab }}"
    assert text(linked, "licoes").split("\n# ")[1].split("\n\n")[1] == badge
    assert state(linked, "licoes")[0] == "fresh"
    moved = dataclasses.replace(publication, identity=Identity(repository="https://github.com/other/laudo"))
    assert state(moved, "licoes") == ("stale", "older than: who publishes it, or where")
    publication.publish([licoes], lambda _: None)
    assert "Colab" not in text(publication, "licoes")


def test_a_page_that_is_about_to_be_rendered_gets_no_notice_of_its_age(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication.publish([page("licoes"), page("placar")], lambda _: None)
    written: list[str] = []
    write = Rendered._write

    def noted(self: Rendered, path: Path, content: bytes) -> None:
        written.append(path.relative_to(self.root).as_posix())
        write(self, path, content)

    monkeypatch.setattr(Rendered, "_write", noted)
    edited = sources.digest
    changed = {"report/pages/licoes/page.md.jinja"}
    monkeypatch.setattr(sources, "digest", lambda *paths: edited(*paths) + ("x" if changed & set(paths) else ""))
    shown: list[str] = []
    monkeypatch.setattr(forked, "_cores", lambda: 1)  # what another process appends is not seen here
    monkeypatch.setattr(code, "code_page", lambda path: shown.append(path) or b"other")
    publication.publish([page("licoes")], lambda _: None)
    assert shown == ["report/pages/licoes/page.md.jinja"], "only the page of code whose source changed is made again"
    watched = [name for name in written if not name.startswith(".laudo/")]
    # The page reads as before; with a notice of its age put in and taken out, a browser would load it twice.
    assert watched == ["atividades/04-vae/codigo/report/pages/licoes/page.md.jinja.html"]


def test_what_takes_long_is_told_before_it_is_done(publication: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(publish, "made_files", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publication.publish([page("licoes"), page("placar")], told.append)
    assert told == ["Judging the claims.", "Rendering 2 pages."]


def test_a_page_whose_rendering_fails_says_that_it_is_old(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication.publish([page("licoes")], lambda _: None)
    edited = sources.digest
    monkeypatch.setattr(
        sources, "digest", lambda *paths: edited(*paths) + ("x" if "report/pages/licoes/page.md.jinja" in paths else "")
    )
    monkeypatch.setattr(publish, "code_pages", lambda rendered: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publication.publish([page("licoes")], lambda _: None)
    assert "Página desatualizada" in text(publication, "licoes")


def test_a_page_that_cannot_be_made_keeps_no_other_from_it_and_says_that_it_is_old(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [page("licoes"), page("referencias")]
    publication.publish(pages, lambda _: None)
    before = text(publication, "referencias")
    edited = sources.digest
    monkeypatch.setattr(
        sources,
        "digest",
        lambda *paths: (
            edited(*paths)
            + ("x" if own_sources(page("licoes"))[0] in paths or own_sources(page("referencias"))[0] in paths else "")
        ),
    )
    working = render.render_page

    def rendered(one: Page, *rest: Any) -> render.RenderedPage:
        if one.slug == "licoes":
            raise PageError("report/pages/licoes/page.md.jinja, line 3: no")
        made = working(one, *rest)
        return dataclasses.replace(
            made, files={n: c + (b"mais\n" if n.endswith("referencias.md") else b"") for n, c in made.files.items()}
        )

    monkeypatch.setattr(render, "render_page", rendered)
    told: list[str] = []
    with pytest.raises(PageError, match=r"licoes/page.md.jinja, line 3"):
        publication.publish(pages, told.append)
    assert "licoes: not rendered" in told
    assert text(publication, "referencias") == before + "mais\n"
    assert "Página desatualizada" in text(publication, "licoes")


def test_a_source_that_is_gone_leaves_the_site_with_the_last_page_that_leads_to_it(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = "report/pages/licoes/rows.py"
    name = f"atividades/04-vae/codigo/{gone}.html"
    files, rendered = sources.code_files, publication.rendered
    monkeypatch.setattr(sources, "code_files", lambda: [*files(), gone])
    monkeypatch.setattr(code, "code_page", lambda path: path.encode())
    publication.publish([page("licoes"), page("referencias")], lambda _: None)
    assert (rendered.root / name).read_text() == gone
    path = rendered.root / "atividades/04-vae/licoes.md"
    path.write_text(path.read_text() + f"\n[conta](codigo/{gone}.html#L-3)\n")

    monkeypatch.setattr(sources, "code_files", files)
    publication.publish([page("referencias")], lambda _: None)
    assert (rendered.root / name).is_file(), "an older page leads there"
    publication.publish([page("licoes")], lambda _: None)
    assert not (rendered.root / name).exists()
    assert code.code_pages(rendered) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["e10/42"], "o resultado `e10/42`."),
        (["e10/42", "e10/43", "a verdict"], "os resultados `e10/42`, `e10/43`; um veredito."),
        ([f"e10/{seed}" for seed in range(42, 47)], "os resultados `e10/42`, `e10/43`, `e10/44` e mais 2."),
        (["an input of another version"], "o que a compõe."),
        (["its template or code", "the publication before"], "o código ou o texto; a publicação anterior."),
        (
            ["dataset/42", "e10/42", "a verdict", "the profile, data set or seeds"],
            "o perfil, o conjunto de dados ou as sementes.",
        ),
    ],
)
def test_a_page_says_in_short_what_it_is_older_than(changed: list[str], said: str) -> None:
    notice = notices.outdated_notice(page("licoes"), changed, " --profile quick")
    assert f"O que mudou desde que esta página foi gerada: {said} Números" in notice
    assert "`python build.py --section licoes --profile quick`" in notice


def test_every_input_of_a_page_has_words(publication: Publication, tmp_path: Path) -> None:
    compare_with(tmp_path / "repository", "v1", GRID, publication.store, save=True)
    results = StoredResults(GRID, publication.store)
    evidence = publication.evidence(PAGES, results)
    named = {name for one in PAGES for name in publication.inputs(one, evidence, results) if not name.endswith("/42")}
    assert named == notices.WORDS.keys()


def test_a_page_is_made_from_the_modules_of_other_pages_that_it_imports() -> None:
    assert "report/pages/treinamento/claims.py" in own_sources(page("experimentos")), (
        "the gap between test and training"
    )
    assert not [path for path in own_sources(page("treinamento")) if "experimentos" in path]


@pytest.mark.parametrize("one", PAGES, ids=lambda one: one.slug)
def test_a_page_grows_old_with_all_that_computes_it(one: Page) -> None:
    # These say nothing that a page prints: errors, files, what imports what, and which pages there are.
    # Who publishes (settings) is an input of its own, and so is what a page gathers from the others.
    silent = {
        "report/sections.py", "report/settings.py", "report/sources.py", "vae/errors.py",
        "vae/storage/files.py", "vae/storage/imports.py", "vae/storage/manifest.py", "vae/storage/store.py",
    }  # fmt: skip
    module = f"report/pages/{one.folder}/page.py"
    imported = [path for path in sources.with_imports(module) if path not in silent and Path(path).stem != "__init__"]
    known = (*SHARED, *own_sources(one))
    if one.gathers() is not None:
        imported = [path for path in imported if not path.startswith("report/pages/")]
    assert not [path for path in imported if not any(path == part or path.startswith(f"{part}/") for part in known)]


def test_the_page_that_tells_of_the_simulated_engine_grows_old_with_it() -> None:
    known = (*SHARED, *own_sources(page("reproducao")))
    needed = (*calibration.ENGINE, calibration.FILE)
    assert not [path for path in needed if not any(path == part or path.startswith(f"{part}/") for part in known)]


def test_all_that_every_page_depends_on_is_there() -> None:
    """A path that leads nowhere would be hashed as nothing, and no page would grow old with what has moved."""
    assert [path for path in SHARED if not (sources.ROOT / path).exists()] == []


@pytest.mark.parametrize("changes", ["a title", "a citation"])
def test_the_references_grow_old_with_what_other_pages_are_called_or_cite(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, changes: str
) -> None:
    publication.publish([page("referencias")], lambda _: None)
    assert state(publication, "referencias")[0] == "fresh"
    if changes == "a title":
        renamed = dataclasses.replace(page("licoes"), title="Outro título")
        pages = tuple(renamed if each.slug == "licoes" else each for each in PAGES)
        monkeypatch.setattr("report.sections.PAGES", pages)
    else:
        monkeypatch.setattr("report.references.bibliography.keys_in", lambda template: {"holm1979"})
    assert state(publication, "referencias") == ("stale", "older than: what the other pages are called or cite")
