"""Evidence puts origins on what is read from it, and a page's own numbers have those of what they were made from."""

import functools
from collections.abc import Callable
from typing import Any

import pytest

from report.evidence import Evidence
from report.language import ptbr
from report.metrics import METRICS
from report.origins import reads
from report.origins.numbers import origins_of
from report.page import Page
from report.rendering.tracing import followed_context, statistic_name, traced
from report.sections import family
from report.sources import ROOT
from tests.report.rendering import page_code
from tests.report.synthetic import synthetic_evidence

PATH = "tests/report/rendering/page_code.py"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return traced(synthetic_evidence(n_seeds=2))


@pytest.fixture
def context(evidence: Evidence, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The followed context of a page whose code is page_code.py."""
    monkeypatch.setattr(reads, "_is_page_code", lambda path: path == PATH)
    return followed_context(Page("amostra", "Amostra", "", context=page_code.context), evidence, reads.Reads())


def runs(value: Any) -> set[str]:
    return {run for origin in origins_of(value) for run, _ in origin.results}


@pytest.mark.parametrize(("read", "what", "results", "path"), [
    (lambda e: e.spec("e10").epochs, "especificação: `epochs`", {("e10", 42), ("e10", 43)}, "vae/grid.py"),
    (lambda e: e.spec("e50").training.batch_size, "especificação: `batch_size`", {("e50", 42), ("e50", 43)}, "vae/spec.py"),
    (lambda e: e.grid.evaluation.neighbours, "tamanho da avaliação: `neighbours`", set(), "vae/spec.py"),
    (lambda e: e.grid.seeds[0], "sementes da grade", set(), "vae/grid.py"),
    (lambda e: e.info.test_images, "conjunto de dados: `test_images`", {("dataset", 42)}, "vae/data/datasets.py"),
    (lambda e: e.dataset.score("test_entropy"), "`test_entropy`", {("dataset", 42)}, "vae/measurements/baselines.py"),
    (lambda e: e.headline("e10").score("iwae"), "Limite IWAE", {("e10", 42)}, "vae/measurements/fidelity.py"),
    (lambda e: e.seeds("e10")[43].score("iwae"), "Limite IWAE", {("e10", 43)}, "vae/measurements/fidelity.py"),
    (lambda e: sum(e.epoch_seconds("e10")), "procedência", {("e10", 42)}, "vae/storage/provenance.py"),
    (lambda e: e.device("e10"), "`device`", {("e10", 42)}, "vae/storage/provenance.py"),
    (lambda e: METRICS["mse"].measure(e, "e50").value, "EQM por pixel", {("e50", 42), ("e50", 43)}, "report/metrics.py"),
    (lambda e: METRICS["mse"].difference(e, "e10", "e50").half_width, "EQM por pixel",
     {("e10", 42), ("e10", 43), ("e50", 42), ("e50", 43)}, "report/metrics.py"),
    (lambda e: e.estimate(lambda run: run.score("iwae"), "e10").low, "estatística `<lambda>`", {("e10", 42), ("e10", 43)},
     "tests/report/rendering/test_tracing.py"),
])  # fmt: skip
def test_what_is_read_from_evidence_has_its_origin(
    evidence: Evidence, read: Callable[[Evidence], Any], what: str, results: set[tuple[str, int]], path: str
) -> None:
    (origin,) = origins_of(read(evidence))
    assert origin.what == what
    assert origin.results == results
    assert origin.places[0].path == path and origin.places[0].line > 0


def test_a_statistic_is_named_after_the_function_in_which_it_is_written() -> None:
    def written_here() -> Callable[..., Any]:
        return lambda run: run

    assert statistic_name(written_here()) == "written_here"
    assert statistic_name(functools.partial(runs, value=1)) == "runs"


def test_what_is_said_to_be_no_page_code_is_there() -> None:
    assert [path for path in reads.MACHINERY if not (ROOT / path).is_file()] == []


def test_a_verdict_leads_to_its_claim(evidence: Evidence) -> None:
    claim = next(claim for claim in family() if claim.id == "8")
    verdict = evidence.verdicts["8"]
    assert verdict.estimate
    for number in (verdict.estimate.value, verdict.claim.margin, verdict.adjusted_p, verdict.claim.id):
        (origin,) = origins_of(number)
        assert (origin.what, origin.claim) == (claim.measure, "8")
        assert {run for run, _ in origin.results} == set(claim.needs)


def test_tracing_changes_no_value(evidence: Evidence) -> None:
    plain = synthetic_evidence(n_seeds=2)
    assert evidence.grid == plain.grid
    assert evidence.verdicts == plain.verdicts
    assert evidence.headline("e10").scores == plain.headline("e10").scores
    assert traced(evidence) is evidence


@pytest.mark.parametrize("name", [
    "dataset", "dataset_rounded", "dataset_marked", "e10", "e10_marked", "e10_e50", "e100_table", "e50_dict", "e50_merged",
    "e10_formatted", "e50_second", "e10_e50_rows", "e10_paired",
])  # fmt: skip
def test_a_computed_entry_has_the_origins_of_its_own_reads_and_no_others(context: dict[str, Any], name: str) -> None:
    value = context[name]
    assert runs(value) == {part for part in name.split("_") if part in ("dataset", "e10", "e50", "e100")}
    for origin in origins_of(value):
        assert origin.places[0].path == PATH


def test_what_is_read_of_the_first_seed_names_no_other(context: dict[str, Any]) -> None:
    (origin,) = origins_of(context["e10"])
    assert origin.results == {("e10", 42)}


def test_a_number_formatted_in_a_call_that_cannot_be_followed_has_the_origins_of_its_line(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reads, "_is_page_code", lambda path: path == PATH)
    made = reads.Reads()
    page = Page("amostra", "Amostra", "", context=page_code.hidden)
    tables = followed_context(page, evidence, made)["tables"]
    with reads.recording(made):
        assert runs(tables.sample()) == {"e50"}
        assert runs(tables.typed()) == set()


@pytest.mark.parametrize(("name", "run"), [("e100_function", "e100"), ("e10_function", "e10")])
def test_what_a_template_calls_has_the_origins_of_what_was_read_in_the_call(
    context: dict[str, Any], name: str, run: str
) -> None:
    assert runs(context[name]()) == {run}


def test_a_count_of_the_grid_has_an_origin_without_results(context: dict[str, Any]) -> None:
    (origin,) = origins_of(context["runs"])
    assert origin.results == frozenset()


@pytest.mark.parametrize("name", [
    "typed", "typed_name", "typed_local", "typed_marked", "typed_helper", "typed_dict", "typed_table",
])  # fmt: skip
def test_a_typed_entry_has_no_origin(context: dict[str, Any], name: str) -> None:
    assert origins_of(context[name]) == frozenset()
    if isinstance(context[name], str):
        assert ptbr.unfollowed(context[name])


def test_a_function_that_reads_nothing_gives_a_number_without_origin(context: dict[str, Any]) -> None:
    assert origins_of(context["typed_function"]()) == frozenset()


def test_nothing_is_recorded_outside_of_a_recording(evidence: Evidence) -> None:
    assert page_code.mean_of(evidence, "e10") > 0
    assert reads.here() == frozenset()
