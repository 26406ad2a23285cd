"""The stored simulation of the engine: read, and recognised as old when the engine's code changes."""

import json
from collections.abc import Callable

import pytest

from report import sources
from report.judging import calibration
from report.sections import family
from vae.errors import LaudoError


def test_the_stored_table_is_that_of_this_engine() -> None:
    table = calibration.read()
    assert not table.outdated, f"the engine changed since it was simulated; run: {calibration.COMMAND}"
    assert list(calibration.faults()) == []


def test_the_stored_table_is_as_large_as_the_documentation_says() -> None:
    table = calibration.read()
    assert min(row.repetitions for row in table.singles) >= 2_000
    assert min(row.repetitions for row in table.families) >= 1_000
    tested = sum(claim.statistic is not None for claim in family())
    assert min(row.claims for row in table.families) >= tested, "Holm corrects over all of them"


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Let a source file read as something else."""

    def replace(path: str, text: str) -> None:
        real = sources.read_source
        monkeypatch.setattr(sources, "read_source", lambda asked: text if asked == path else real(asked))

    return replace


def test_another_engine_is_a_fault_with_its_remedy(reading: Callable[[str, str], None]) -> None:
    reading(
        "report/judging/statistics.py",
        sources.read_source("report/judging/statistics.py").replace("ALPHA = 0.05", "ALPHA = 0.1"),
    )
    assert calibration.read().outdated
    (fault,) = calibration.faults()
    assert "benchmarks/engine.json" in fault and "python -m benchmarks.engine" in fault


def test_the_rest_of_a_module_of_claims_is_no_engine(reading: Callable[[str, str], None]) -> None:
    path = "report/pages/experimentos/claims.py"
    reading(path, sources.read_source(path).replace("margin=25.0", "margin=30.0"))
    assert not calibration.read().outdated
    reading(path, sources.read_source(path).replace("LEAST_GAIN)", "0.5)"))
    assert calibration.read().outdated


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"singles": [1]}'])
def test_a_table_that_cannot_be_read_is_named_with_its_command(text: str, reading: Callable[[str, str], None]) -> None:
    reading(calibration.FILE, text)
    with pytest.raises(LaudoError, match=r"benchmarks/engine.json cannot be read .*python -m benchmarks.engine"):
        calibration.read()
    assert len(list(calibration.faults())) == 1


def test_a_table_survives_its_file() -> None:
    body = json.loads(sources.read_source(calibration.FILE))
    table = calibration.from_json(body)
    assert table.single("five-seeds").methods["engine"].covered == next(
        row["methods"]["engine"]["covered"] for row in body["singles"] if row["id"] == "five-seeds"
    )
