"""The section on scaling is that of the measured numbers, and an ideal cluster is one."""

import json
from pathlib import Path

import pytest

from benchmarks import scaling

MEASURED = Path(scaling.__file__).with_name("scaling.json")


def test_an_ideal_cluster_never_waits() -> None:
    assert scaling.ideal([3, 1, 1, 1], 2) == 3
    assert scaling.ideal([1, 1, 1, 3], 2) == 4, "in the order in which they are handed out"
    assert scaling.ideal([2.0] * 10, 100) == 2


def test_the_durations_are_those_of_the_published_trainings() -> None:
    durations = scaling.measured_durations()
    assert len(durations) > 10
    assert min(durations) > 10


def test_the_section_is_written_from_the_numbers() -> None:
    result = json.loads(MEASURED.read_bytes())
    text = "\n".join(scaling.section(result))
    assert [row["workers"] for row in result["measured"]] == [1, 2, 3]
    assert (result["simulation"]["trainings"], result["simulation"]["workers"]) == (1_000, 100)
    for row in result["measured"]:
        assert f"| {row['workers']} | {min(row['seconds']):.1f} |" in text
    simulated = result["simulation"]
    assert simulated["overhead"] == pytest.approx(simulated["seconds"] / simulated["ideal_seconds"] - 1)
    assert f"overhead {simulated['overhead']:.1%}" in text
