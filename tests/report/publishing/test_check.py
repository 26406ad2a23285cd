"""Every kind of fault is found in a page that was rendered for real and then harmed."""

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from report import sections
from report.language import ptbr
from report.origins.numbers import Origin, trace
from report.page import PageError, page_path
from report.publishing import check
from report.publishing.check import link_faults
from report.publishing.rendered import Rendered
from report.rendering.render import RenderedPage
from tests.report.synthetic import stored, synthetic_results
from vae.grid import make_grid
from vae.storage.store import ResultsStore

SLUG = "espaco-latente"
EPOCHS = trace(10, frozenset({Origin("especificação: `epochs`", ())}))
TEXT = f"# Página\n\nForam {ptbr.integer(EPOCHS)} épocas.\n\n![Uma figura](figures/a.svg)\n\n[A outra](outra.md#x)\n"


def page(tmp_path: Path, text: str) -> list[str]:
    """The faults of links of one page beside which outra.md and figures/a.svg are there."""
    path = tmp_path / page_path(SLUG)
    (path.parent / "figures").mkdir(parents=True, exist_ok=True)
    (path.parent / "figures" / "a.svg").write_text("<svg/>")
    (path.parent / "outra.md").write_text("# Outra\n")
    path.write_text(text)
    return list(link_faults(tmp_path, page_path(SLUG)))


def test_a_good_page_has_no_fault(tmp_path: Path) -> None:
    assert page(tmp_path, ptbr.strip_marks(TEXT)) == []
    assert page(tmp_path, "[fora](https://example.org) [aqui](#a) [carta](mailto:a@b.c)\n") == []


@pytest.mark.parametrize(("text", "words"), [
    ("# A\n\n[x](nada.md)\n", "line 3: the link to nada.md leads nowhere"),
    ("# A\n\n![x](figures/b.svg)\n", "line 3: the link to figures/b.svg leads nowhere"),
    ("# A\n\n![](figures/a.svg)\n", "line 3: image figures/a.svg has no alt text"),
    ("# A\n\n![ ](figures/a.svg)\n", "has no alt text"),
    ("[um](outra.md) [dois](nada%20.md)\n", "line 1: the link to nada .md"),
    ("```\n[x](nada.md)\n```\n\n[x](nada.md)\n", "line 5: the link to nada.md"),
])  # fmt: skip
def test_links_and_images_that_lead_nowhere_are_named(tmp_path: Path, text: str, words: str) -> None:
    found = page(tmp_path, text)
    assert len(found) == 1
    assert words in found[0]


def test_code_has_no_links(tmp_path: Path) -> None:
    assert page(tmp_path, "```\n[x](nada.md)\n```\n") == []


Faults = Callable[[], list[str]]


@pytest.fixture
def faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faults:
    """All faults of a report of one page, whose text stands for what its template gives."""
    files = {page_path(SLUG): ptbr.strip_marks(TEXT).encode(), "atividades/04-vae/figures/a.svg": b"<svg/>"}
    rendered = Rendered(tmp_path / "rendered")
    rendered.write_page(SLUG, files, {})
    rendered.write({"atividades/04-vae/outra.md": b"# Outra\n"})
    monkeypatch.setattr(check, "PAGES", (SimpleNamespace(slug=SLUG, template=f"{SLUG}/page.md.jinja"),))
    monkeypatch.setattr(check.Publication, "evidence", lambda *_, **__: None)
    monkeypatch.setattr(check, "render_page", lambda *_: RenderedPage(marked, files))
    monkeypatch.setattr(check, "runs_of", lambda page: ())
    monkeypatch.setattr(check, "status", lambda *_: [])
    monkeypatch.setattr(check, "_sentence_faults", lambda *_: iter(()))
    monkeypatch.setattr(check.calibration, "faults", lambda: iter(()))
    marked = TEXT
    store = ResultsStore(tmp_path / "results")
    return lambda: list(check.faults(make_grid(), store, tmp_path / "runs", rendered.root, tmp_path, lambda text: None))


def test_a_report_as_it_was_rendered_has_no_fault(faults: Faults) -> None:
    assert faults() == []


def test_a_simulation_of_another_engine_is_a_fault_and_stops_nothing(
    faults: Faults, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(check.calibration, "faults", lambda: iter(["engine.json is old"]))
    (tmp_path / "rendered" / page_path(SLUG)).unlink()
    found = faults()
    assert found[0] == "engine.json is old"
    assert any("is missing" in fault for fault in found[1:])


def test_an_altered_page_is_named_with_its_command(faults: Faults, tmp_path: Path) -> None:
    path = tmp_path / "rendered" / page_path(SLUG)
    path.write_bytes(path.read_bytes().replace(b"10", b"11"))
    assert faults() == [f"{path} is not what its results and template give; run python build.py --section {SLUG}"]
    path.write_bytes(b"\xff")
    assert "is not what its results" in faults()[0]


def test_a_missing_file_is_named(faults: Faults, tmp_path: Path) -> None:
    (tmp_path / "rendered/atividades/04-vae/figures/a.svg").unlink()
    found = faults()
    assert any("a.svg is missing; run" in fault for fault in found)
    assert any("leads nowhere" in fault for fault in found)


def test_a_page_marked_as_old_is_named(faults: Faults, tmp_path: Path) -> None:
    Rendered(tmp_path / "rendered").set_notice(SLUG, "Velha.\n")
    assert [fault.split(" is ")[1] for fault in faults()] == [
        f"marked as out of date; run python build.py --section {SLUG}"
    ]


def test_a_typed_number_is_named_with_line_and_template(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = TEXT.replace("épocas", "épocas em 3 dias")
    files = {page_path(SLUG): ptbr.strip_marks(TEXT).encode()}
    monkeypatch.setattr(check, "render_page", lambda *_: RenderedPage(typed, files))
    found = faults()
    assert len(found) == 1
    assert "line 3 as rendered: a number typed by hand" in found[0]
    assert f"report/pages/{SLUG}/page.md.jinja" in found[0]


def test_a_number_from_nowhere_is_named_with_line_and_template(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = TEXT.replace("épocas", f"épocas e {ptbr.number(262.18)}")
    files = {page_path(SLUG): ptbr.strip_marks(TEXT).encode()}
    monkeypatch.setattr(check, "render_page", lambda *_: RenderedPage(lost, files))
    found = faults()
    assert len(found) == 1
    assert "line 3 as rendered: the number '262,18' came through no metric, claim or spec" in found[0]
    assert f"report/pages/{SLUG}/page.md.jinja" in found[0]


def test_damaged_results_stop_the_check_before_any_page(faults: Faults, tmp_path: Path) -> None:
    extra = tmp_path / "results/e10/42/notes.txt"
    extra.parent.mkdir(parents=True)
    extra.write_text("mine")
    assert faults() == [f"{extra} is not in the manifest."]


@pytest.mark.usefixtures("faults")
def test_the_command_means_the_same_grid(tmp_path: Path) -> None:
    (tmp_path / "rendered" / page_path(SLUG)).write_bytes(b"# Outra\n")
    grid = make_grid("quick", "digits", 2)
    store = ResultsStore(tmp_path / "results", grid.options, named=True)
    (fault,) = check.faults(grid, store, tmp_path / "runs", tmp_path / "rendered", tmp_path, lambda text: None)
    command = f"python build.py --section {SLUG} --profile quick --dataset digits --seeds 2 --results {store.root}"
    assert fault.endswith(f"run {command}")


def test_a_page_that_cannot_be_rendered_is_a_fault_and_stops_nothing(
    faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = tuple(SimpleNamespace(slug=slug, template=f"{slug}/page.md.jinja") for slug in ("quebrada", SLUG))
    good = check.render_page

    def rendered(page: SimpleNamespace, *_: object) -> RenderedPage:
        if page.slug == "quebrada":
            raise PageError("report/pages/quebrada/page.md.jinja, line 7: no")
        return good(page, *_)  # type: ignore[arg-type]

    monkeypatch.setattr(check, "PAGES", pages)
    monkeypatch.setattr(check, "render_page", rendered)
    assert faults() == ["report/pages/quebrada/page.md.jinja, line 7: no"]


def test_what_is_missing_or_stale_is_named_with_its_reason_and_the_pages_without_it_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = make_grid("full", "digits", 1)
    results = synthetic_results(grid, np.random.default_rng(0))
    del results["e50"], results["e100"]
    result = results["e90"][42]
    results["e90"] = {42: dataclasses.replace(result, keys=dataclasses.replace(result.keys, evaluation="old"))}
    store = stored(tmp_path / "results", results)
    monkeypatch.setattr(check.calibration, "faults", lambda: iter(()))
    told: list[str] = []
    found = list(check.faults(grid, store, tmp_path / "runs", tmp_path / "rendered", tmp_path, told.append))
    assert found[0].startswith("e50/42, e100/42 are missing: not in the results folder; run python build.py --all")
    assert found[1].startswith("e90/42 is stale: the evaluation changed since it was evaluated; run python build.py")
    assert [
        line for line in told if line == "page reconstrucoes: not checked, some of its results are missing or stale"
    ]
    assert "page referencias" in told
    assert [fault for fault in found if "referencias.md is missing; run python build.py --section referencias" in fault]
    assert not [fault for fault in found if "reconstrucoes" in fault]


def test_each_damage_is_told_once_with_one_remedy_for_all(tmp_path: Path) -> None:
    grid = make_grid("full", "digits", 2)
    store = stored(tmp_path / "results", synthetic_results(grid, np.random.default_rng(0)))
    for seed in (42, 43):
        (store.folder("e50", seed) / "result.json").write_bytes(b"{}")
    unlisted = store.folder("e10", 7)
    shutil.copytree(store.folder("e10", 42), unlisted)
    told: list[str] = []
    found = list(check.faults(grid, store, tmp_path / "runs", tmp_path / "rendered", tmp_path, told.append))
    damaged = [fault for fault in found if "is damaged" in fault]
    assert [fault.partition(" is damaged")[0] for fault in damaged] == [
        str(store.folder("e50", seed) / "result.json") for seed in (42, 43)
    ]
    assert [fault.count("--retrain") for fault in damaged] == [0, 2]
    assert "--retrain e50/42 --retrain e50/43" in damaged[1]
    others = [fault for fault in found if fault not in damaged and "engine" not in fault]
    assert {fault.partition(" is not in the manifest")[0] for fault in others} == set(map(str, unlisted.glob("*")))
    assert told[-1] == "no page was checked: results are damaged"


def test_a_damaged_manifest_is_one_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check.calibration, "faults", lambda: iter(()))
    grid = make_grid("full", "digits", 1)
    store = stored(tmp_path / "results", synthetic_results(grid, np.random.default_rng(0)))
    (store.root / "manifest.json").write_text("{")
    (fault,) = check.faults(grid, ResultsStore(store.root), tmp_path / "runs", tmp_path / "rendered", tmp_path, print)
    assert "manifest.json is damaged" in fault
    assert "--retrain" not in fault, "the manifest has a remedy of its own"


def test_a_claim_that_cannot_be_judged_is_a_fault_of_its_pages_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = make_grid("full", "digits", 2)
    results = synthetic_results(grid, np.random.default_rng(0))
    del results["e50"][42], results["e100"][43]  # no seed that both have
    store = stored(tmp_path / "results", results)
    monkeypatch.setattr(check.calibration, "faults", lambda: iter(()))
    pages = tuple(page for page in check.PAGES if page.slug in ("treinamento", "experimentos", "referencias"))
    monkeypatch.setattr(check, "PAGES", pages)
    found = list(check.faults(grid, store, tmp_path / "runs", tmp_path / "rendered", tmp_path, lambda text: None))
    assert found[0].startswith("e50/42, e100/43 are missing")
    assert [
        fault
        for fault in found
        if fault.startswith("Page treinamento: Claim 38 cannot be judged: the runs share no seed")
    ]
    assert [fault for fault in found if "referencias.md is missing" in fault], "it was rendered"


def test_sentences_of_verdicts_that_no_claim_has_now_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = make_grid("full", "digits", 1)  # of one seed, every verdict is open
    store = stored(tmp_path / "results", synthetic_results(grid, np.random.default_rng(0)))
    licoes = sections.page("treinamento")
    first, second, third = licoes.claims[:3]
    slips = (
        dataclasses.replace(first, confirmed="Sobe {{ value, e muito."),
        dataclasses.replace(second, refuted="Cai {{ valor }}."),
        dataclasses.replace(third, refuted="Cai 12,5 nats, e não {{ value }}.", confirmed="Cai {{ 3.5 | number(1) }}."),
    )
    page = dataclasses.replace(licoes, claims=(*slips, *licoes.claims[3:]))
    monkeypatch.setattr(sections, "PAGES", tuple(page if each is licoes else each for each in sections.PAGES))
    monkeypatch.setattr(check, "PAGES", (page,))
    monkeypatch.setattr(check.calibration, "faults", lambda: iter(()))
    found = list(check.faults(grid, store, tmp_path / "runs", tmp_path / "rendered", tmp_path, lambda text: None))
    faults = [fault for fault in found if fault.startswith("claim")]
    assert faults[0].startswith(f"claim {first.id}, confirmada: ")
    assert faults[1].startswith(f"claim {second.id}, refutada: 'valor' is undefined. Did you mean value")
    assert faults[2].startswith(f"claim {third.id}, confirmada: a number typed by hand: '3,5'")
    assert faults[3].startswith(f"claim {third.id}, refutada: a number typed by hand: 'Cai «12,5» nats")
    assert len(faults) == 4


def test_pages_that_the_nav_lacks_or_has_too_many_are_named(
    faults: Faults, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = tmp_path / "tree/docs"
    docs.mkdir(parents=True)
    (docs / "atividades/04-vae").mkdir(parents=True)
    (docs / "atividades/04-vae/lições.md").write_text("# Lições\n")
    mkdocs = docs.parent / "mkdocs.yml"
    mkdocs.write_text(
        f"nav:\n  - Um: index.md\n  - Dois:\n    - Página: {page_path(SLUG)}\n    - X: !!python/name:a.b\n  - L: atividades/04-vae/lições.md\n"
    )
    assert list(check._nav_faults(docs)) == []
    mkdocs.write_text("nav:\n  - Um: index.md\n  - Outra: atividades/04-vae/notas.md\n")
    assert list(check._nav_faults(docs)) == [
        f"{page_path(SLUG)} is not in nav of mkdocs.yml, and no reader finds it; add it there",
        "nav of mkdocs.yml names atividades/04-vae/notas.md, which is no page of report/sections.py; take it out there",
    ]
