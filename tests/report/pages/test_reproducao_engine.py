"""What the page says of the engine's simulation follows its counts, whatever they are."""

import dataclasses

import pytest

from report.judging import calibration
from report.judging.calibration import Calibration
from report.language import ptbr
from report.pages.reproducao import engine
from report.pages.reproducao import page as reproducao
from report.publishing.made_from import own_sources
from report.rendering.environment import make_environment
from report.rendering.render import Rendering
from tests.report.synthetic import synthetic_evidence
from tests.report.test_pages import undrawn

EVIDENCE = synthetic_evidence()
SECTION = "## O motor de julgamento posto à prova"


def text_of(table: Calibration, monkeypatch: pytest.MonkeyPatch) -> str:
    """The section's text, unmarked and on one line, with this table in place of the stored one."""
    monkeypatch.setattr(engine, "read", lambda: table)
    text = Rendering(reproducao.PAGE, EVIDENCE, make_environment(), draw=undrawn).text()
    section = text[text.index(SECTION) :].split("\n## ", 2)[0]
    return " ".join(ptbr.strip_marks(section).replace("\u00a0", " ").split())


def with_counts(table: Calibration, name: str, **counts: int) -> Calibration:
    """The table with other counts of the engine in one row."""
    row = table.single(name)
    methods = {**row.methods, "engine": dataclasses.replace(row.methods["engine"], **counts)}
    changed = dataclasses.replace(row, methods=methods)
    return dataclasses.replace(table, singles=tuple(changed if each is row else each for each in table.singles))


@pytest.fixture
def right() -> Calibration:
    """The stored table, as if every count of the engine were what is promised."""
    table = calibration.read()
    for row in table.singles:
        n = row.repetitions
        table = with_counts(table, row.id, confirmed=n // 40, refuted=n // 40, covered=n - n // 20)
    return table


def test_an_engine_that_keeps_its_promise_is_said_to(right: Calibration, monkeypatch: pytest.MonkeyPatch) -> None:
    text = text_of(right, monkeypatch)
    assert "em nenhuma situação o motor erra mais do que promete" in text
    assert "A maior parcela de falsas confirmadas é 2,5%" in text and "a menor cobertura, 95,0%" in text


@pytest.mark.parametrize("counts", [{"confirmed": 130}, {"refuted": 130}, {"covered": 1_800}])
def test_an_engine_that_breaks_it_is_said_to_and_where(
    counts: dict[str, int], right: Calibration, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = text_of(with_counts(right, "medians", **counts), monkeypatch)
    assert "Em 1 situação com mais de uma semente o motor erra mais do que promete" in text
    assert "simulação: medianas de uma razão assimétrica, 5 sementes." in text
    # What five seeds cannot show, and what one cannot, is spoken of elsewhere.
    for name in ("failures", "one-seed"):
        assert "em nenhuma situação o motor erra" in text_of(with_counts(right, name, **counts), monkeypatch)


def test_one_seed_that_decides_would_be_told(right: Calibration, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = with_counts(right, "one-seed", confirmed=0, refuted=0, found=0)
    assert "com uma semente, o motor nada decide" in text_of(silent, monkeypatch)
    loud = with_counts(silent, "one-seed", found=1)
    assert "não deveria decidir nada, e decidiu" in text_of(loud, monkeypatch)


def test_families_that_err_too_often_are_counted(right: Calibration, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Promete-se no máximo 5%." in text_of(right, monkeypatch)
    bad = [dataclasses.replace(row, erred={**row.erred, "engine": 100}) for row in right.families]
    table = dataclasses.replace(right, families=(bad[0], bad[1], right.families[2]))
    assert "Promete-se no máximo 5%, e 2 famílias passam disso." in text_of(table, monkeypatch)


def test_an_old_table_says_so(right: Calibration, monkeypatch: pytest.MonkeyPatch) -> None:
    warning = "Tabelas de uma versão anterior do motor"
    assert warning not in text_of(dataclasses.replace(right, engine=calibration.engine_digest()), monkeypatch)
    assert warning in text_of(dataclasses.replace(right, engine="other"), monkeypatch)


def test_every_row_of_the_table_is_shown(right: Calibration) -> None:
    assert set(engine.SITUATIONS) == {row.id for row in right.singles}
    assert set(engine.FAMILIES) == {row.id for row in right.families}
    table = engine.engine_table(right)
    assert len(table.rows) == len(right.singles)
    row = dict(zip(table.header, table.rows[3], strict=True))
    assert ptbr.strip_marks(row["Falsa confirmada"]) == "2,5%" and ptbr.strip_marks(row["Cobertura"]) == "95,0%"


def test_the_luck_of_the_simulation_is_no_excess() -> None:
    # 2.5 % of 2,000 are 50, with a standard error of 7.
    assert not engine.exceeds(70, 2_000, 0.025)
    assert engine.exceeds(72, 2_000, 0.025)


def test_the_page_is_made_from_the_table_and_from_the_code_that_it_links_to() -> None:
    made_from = own_sources(reproducao.PAGE)
    assert {calibration.FILE, "benchmarks/engine.py", "report/judging/calibration.py"} <= set(made_from)
