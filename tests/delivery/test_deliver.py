"""What a delivery says of numbers typed by hand, and of results that are not there."""

from pathlib import Path

import numpy as np
import pytest

from report.delivery import compose, deliver
from report.delivery.compose import NONE_TYPED
from report.delivery.folder import PAGE
from report.publishing.publish import Publication
from report.publishing.rendered import Rendered
from report.rendering.render import Rendering
from report.sections import page
from report.settings import Identity
from tests.report.synthetic import stored, synthetic_results
from vae.errors import ResultsError
from vae.grid import make_grid

GRID = make_grid("full", "digits", 1)


@pytest.fixture
def publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publication:
    """A report of one page, of made-up results."""
    monkeypatch.setattr(deliver, "PAGES", (page("reproducao"),))
    store = stored(tmp_path / "results", synthetic_results(GRID, np.random.default_rng(0)))
    return Publication(GRID, store, Rendered(tmp_path / "rendered"), tmp_path / "docs", Identity())


def delivered(folder: Path, publication: Publication) -> tuple[str, list[str]]:
    """Return the page that is delivered, and what was told."""
    told: list[str] = []
    deliver.deliver(folder, publication, "", told.append)
    return (folder / PAGE).read_text(), told


def test_that_no_number_was_typed_is_said_if_none_was(
    publication: Publication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, told = delivered(tmp_path / "entrega", publication)
    assert f"medidos{NONE_TYPED}." in text
    assert not [line for line in told if "typed by hand" in line]

    whole = Rendering.text
    monkeypatch.setattr(compose.Rendering, "text", lambda self: whole(self) + "\n\nForam 37 treinos.\n")
    text, told = delivered(tmp_path / "entrega", publication)
    assert NONE_TYPED not in text
    (line,) = [line for line in told if "typed by hand" in line]
    assert line.startswith("To do:")
    assert line.endswith("report/pages/reproducao/page.md.jinja: 'Foram «37» treinos.'.")


def test_all_that_is_missing_is_told_before_anything_is_judged(tmp_path: Path, publication: Publication) -> None:
    results = synthetic_results(GRID, np.random.default_rng(0))
    for run in ("e10", "e50", "e100", "e90"):
        del results[run]
    store = stored(tmp_path / "few", results)
    few = Publication(GRID, store, publication.rendered, publication.docs, Identity())
    told: list[str] = []
    with pytest.raises(ResultsError, match=r"no fresh result of e10, e50, e100 and 1 more\. Bring .*build\.py --all"):
        deliver.deliver(tmp_path / "entrega", few, "", told.append)
    assert told == []
    assert not (tmp_path / "entrega").exists()
