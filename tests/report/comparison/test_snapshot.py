"""A snapshot of evidence survives its file, byte for byte, and a file that was touched is refused."""

import base64
import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest

from report.comparison.changes import Comparison, Revision, Snapshot, compare
from report.comparison.snapshot import KEPT, STEPS, facts, from_bytes, take, to_bytes, yardstick
from report.judging.statistics import Estimate
from report.metrics import METRICS
from tests.report.synthetic import evidence_of, synthetic_evidence, synthetic_results
from vae.errors import ResultsError
from vae.grid import make_grid
from vae.storage.results import dump_json, sha256

RUNS = ("e10", "e50")
REVISION = Revision("0123456789" * 4, "2026-11-20", "v1")


def taken(seed: int = 0, n_seeds: int = 3, **quality: float) -> Snapshot:
    snapshot = take(synthetic_evidence(seed, n_seeds, **quality), RUNS)
    return dataclasses.replace(snapshot, revision=REVISION, unlike=("e100",), outside=("e20",))


@pytest.fixture(scope="module")
def one() -> Snapshot:
    return taken()


def test_every_metric_of_the_runs_that_were_asked_for_is_read(one: Snapshot) -> None:
    evidence = synthetic_evidence()
    assert one.readings.keys() == set(RUNS)
    assert one.runs.keys() == set(evidence.grid.specs)
    assert one.runs["e10"].numbers.keys() == {42, 43, 44}
    judged = {claim for claim, verdict in evidence.verdicts.items() if verdict.claim.statistic is not None}
    assert one.verdicts.keys() == judged < evidence.verdicts.keys(), "what no run can settle cannot change"
    for run in RUNS:
        assert one.readings[run].keys() == METRICS.keys()
        for name, reading in one.readings[run].items():
            assert METRICS[name].possible(reading.estimate) == METRICS[name].measure(evidence, run), (
                "what the pages print"
            )
            assert (reading.deviations is None) == (reading.estimate.n_images == 0)
            assert reading.deviations is None or reading.deviations.shape == (KEPT,)


def test_a_metric_that_a_run_has_not_is_left_out() -> None:
    grid = make_grid("full", "fashion-mnist", 2)
    results = synthetic_results(grid, np.random.default_rng(0))
    evidence = evidence_of(grid, results)
    for seed, result in results["e10"].items():
        arrays = {name: array for name, array in result.arrays.items() if name != "test_ssim"}
        results["e10"][seed] = dataclasses.replace(result, arrays=arrays)
    assert METRICS.keys() - take(evidence, RUNS).readings["e10"].keys() == {"ssim"}


def test_data_and_classifier_have_no_readings() -> None:
    evidence = synthetic_evidence()
    assert take(evidence, evidence.grid.specs).readings.keys() == {spec.name for spec in evidence.grid.runs}


def test_a_file_gives_back_what_was_put_in(one: Snapshot) -> None:
    content = to_bytes(one)
    read = from_bytes(content)
    assert to_bytes(read) == content == to_bytes(taken())
    assert (read.revision, read.unlike, read.outside) == (REVISION, ("e100",), ("e20",))
    assert read.verdicts == one.verdicts
    assert (read.yardstick, read.runs) == (one.yardstick, one.runs)
    assert {run: {n: r.estimate for n, r in some.items()} for run, some in read.readings.items()} == {
        run: {n: r.estimate for n, r in some.items()} for run, some in one.readings.items()
    }
    assert len(content) < 150_000, "small: it is tracked"


def test_seeds_of_one_and_two_digits_are_read_again(one: Snapshot) -> None:
    estimate = Estimate(1.0, -math.inf, math.inf, 1.0, 2, 0, {9: 1.0, 10: 1.0})
    verdicts = {"1": dataclasses.replace(one.verdicts["1"], estimate=estimate)}
    read = from_bytes(to_bytes(dataclasses.replace(one, verdicts=verdicts)))
    assert read.verdicts["1"].estimate == estimate


def test_what_was_kept_pairs_as_what_was_measured(one: Snapshot) -> None:
    new = taken(seed=5, e10=3.0)
    direct, kept = compare(one, new, STEPS), compare(from_bytes(to_bytes(one)), new, STEPS)
    assert direct.moved
    assert direct == kept
    assert compare(from_bytes(to_bytes(one)), one, STEPS) == Comparison(
        alike=True, judged=len(one.verdicts), unlike=("e100",), went=("e20",)
    )


def test_steps_are_the_last_printed_decimal() -> None:
    assert STEPS.keys() == METRICS.keys()
    assert (STEPS["test_bce"], STEPS["mse"], STEPS["parameters"]) == (0.01, 0.0001, 1)
    assert STEPS["knn_accuracy"] == pytest.approx(0.001), "0,1 %"


def test_a_yardstick_is_of_data_and_evaluation_and_not_of_runs() -> None:
    grid = make_grid()
    others = [
        make_grid("quick"),
        make_grid(dataset="mnist"),
        dataclasses.replace(grid, classifier=dataclasses.replace(grid.classifier, epochs=3)),
        dataclasses.replace(grid, evaluation=dataclasses.replace(grid.evaluation, neighbours=11)),
    ]
    assert len({yardstick(each) for each in (grid, *others)}) == 5
    assert yardstick(grid) == yardstick(dataclasses.replace(make_grid(seeds=2), runs=grid.runs[:1]))


def test_facts_change_with_the_numbers_alone() -> None:
    grid = make_grid("full", "fashion-mnist", 1)
    results = synthetic_results(grid, np.random.default_rng(0))
    before = facts(evidence_of(grid, results))
    results["e10"][42] = dataclasses.replace(results["e10"][42], provenance={"training": []})
    results["e50"][42] = dataclasses.replace(results["e50"][42], scores={**results["e50"][42].scores, "iwae": 1.0})
    after = facts(evidence_of(grid, results))
    assert {run for run in before if before[run] != after[run]} == {"e50"}


def altered(one: Snapshot, change: dict[str, Any]) -> bytes:
    """A file with another body, its sha256 put right."""
    body = json.loads(to_bytes(one))["publication"] | change
    return dump_json({"format": 1, "sha256": sha256(dump_json(body)), "publication": body})


def test_a_file_that_was_touched_is_refused_with_a_remedy(one: Snapshot) -> None:
    content = to_bytes(one)
    reading = {"e10": {"ssim": {"estimate": {}, "deviations": "no base64"}}}
    bad = {
        "nothing": b"",
        "half": content[: len(content) // 2],
        "no text": b"\xff\xfe",
        "a list": b"[]",
        "typed": content.replace(b'"confirmada"', b'"refutada"', 1),
        "another format": content.replace(b'"format": 1', b'"format": 2'),
        "no runs": altered(one, {"runs": None}),
        "no verdict": altered(one, {"verdicts": {"1": {"kind": "talvez"}}}),
        "no reading": altered(one, {"readings": reading}),
        "odd replicates": altered(one, {"readings": {"e10": {"ssim": {
            "estimate": {"low": None, "high": None, "per_seed": {}}, "deviations": base64.b64encode(b"abc").decode()}}}}),
        "no revision": altered(one, {"revision": None}),
    }  # fmt: skip
    for name, harmed in bad.items():
        assert harmed != content, name
        with pytest.raises(ResultsError, match=r"^previous.json.*cannot be read .*--compare REV --save"):
            from_bytes(harmed)
    with pytest.raises(ResultsError, match="its sha256 is not that of its content"):
        from_bytes(bad["typed"])
    with pytest.raises(ResultsError, match="its format is 2, this version reads 1"):
        from_bytes(bad["another format"])
