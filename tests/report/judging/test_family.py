"""Judging the whole family on several cores: the same estimates, and what they were made from is kept."""

import sys
from pathlib import Path

import numpy as np
import pytest

from report import forked
from report.judging.family import StoredResults, judge_family
from report.sections import family
from tests.report.synthetic import stored, synthetic_results
from vae.grid import make_grid


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does it all")
def test_what_another_process_computed_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = make_grid("full", "fashion-mnist", 1)
    store = stored(tmp_path / "results", synthetic_results(grid, np.random.default_rng(4)))
    found = []
    for cores in (1, 2):
        monkeypatch.setattr(forked, "_cores", lambda cores=cores: cores)
        found.append(judge_family(family(), grid, StoredResults(grid, store), None))
    alone, shared = (each.samples for each in found)
    assert found[0].verdicts == found[1].verdicts
    assert shared.computed().keys() == alone.computed().keys()
    arrays = [value for value in shared.computed().values() if isinstance(value, np.ndarray)]
    assert arrays and not any(array.flags.writeable for array in arrays)
