"""The section on scaling is that of the measured numbers."""

import json
from pathlib import Path

import pytest

from benchmarks import scaling

MEASURED = Path(scaling.__file__).with_name("scaling.json")


def test_the_section_is_written_from_the_numbers() -> None:
    result = json.loads(MEASURED.read_bytes())
    text = "\n".join(scaling.section(result))
    assert [row["workers"] for row in result["measured"]] == [1, 2, 3]
    assert (result["simulation"]["trainings"], result["simulation"]["workers"]) == (1_000, 100)
    for row in result["measured"]:
        assert f"| {row['workers']} | {min(row['seconds']):.1f} | {max(row['seconds']):.1f} |" in text
    simulated = result["simulation"]
    assert simulated["overhead"] == pytest.approx(simulated["seconds"] / simulated["ideal_seconds"] - 1)
    assert f"overhead {simulated['overhead']:.1%}" in text
