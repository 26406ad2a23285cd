"""Every finder leads to the line that it promises, in the real source files."""

import functools

import pytest

import vae.grid
import vae.spec
from report import sources
from report.judging.statistics import estimate_crossed
from report.origins import places
from report.origins.places import Place
from report.pages.espaco_latente import evolution
from report.sources import read_source
from vae.errors import innermost
from vae.spec import EvaluationSpec, TrainingSpec


def line(place: Place) -> str:
    """The source line of a place."""
    assert place.line, place
    return read_source(place.path).splitlines()[place.line - 1]


@pytest.mark.parametrize(("place", "path", "text"), [
    (places.of_function(estimate_crossed), "report/judging/statistics.py", "def estimate_crossed("),
    (places.of_function(functools.partial(estimate_crossed, margin=1)), "report/judging/statistics.py", "def estimate_crossed("),
    (places.of_constant(vae.grid, "FIRST_SEED"), "vae/grid.py", "FIRST_SEED ="),
    (places.of_field(TrainingSpec, "batch_size"), "vae/spec.py", "    batch_size: int"),
    (places.of_field(EvaluationSpec, "train_images"), "vae/spec.py", "    train_images: int = 10_000"),
    (places.of_text("vae/grid.py", "e50"), "vae/grid.py", '    Row("e50",'),
    (places.of_keyword("vae/data/datasets.py", "test_images", "fashion-mnist"), "vae/data/datasets.py", "    test_images=10_000"),
    (places.of_keyword("vae/data/datasets.py", "test_images", "digits"), "vae/data/datasets.py", "    test_images=297"),
    (places.of_keyword("vae/grid.py", "iwae_images"), "vae/grid.py", "    iwae_images=50"),
    (places.of_score("knn_accuracy"), "vae/measurements/latent_space.py", '        "knn_accuracy":'),
    (places.of_score("iwae"), "vae/measurements/fidelity.py", '    scores["iwae"]'),
    (places.of_score("validation_kl"), "vae/measurements/fidelity.py", '            scores[f"{name}_kl"]'),
    (places.of_score("pca10_bce"), "vae/measurements/baselines.py", '        scores[f"pca{k}_bce"]'),
    (places.of_score("test_accuracy"), "vae/measurements/eye.py", '        "test_accuracy":'),
])  # fmt: skip
def test_a_place_is_the_line_that_defines(place: Place, path: str, text: str) -> None:
    assert place.path == path
    assert line(place).startswith(text)


def test_what_is_not_found_is_the_file_as_a_whole() -> None:
    assert places.of_text("vae/grid.py", "no such run") == Place("vae/grid.py")
    assert places.of_constant(vae.spec, "NOTHING") == Place("vae/spec.py")
    assert places.of_score("no_such_score") is None
    assert (str(Place("a.py")), str(Place("a.py", 3))) == ("a.py", "a.py:3")


def test_an_error_is_placed_at_its_innermost_step_in_a_page() -> None:
    with pytest.raises(AttributeError) as raised:
        evolution.accuracy_gain(None, None)  # type: ignore[arg-type]
    line = sources.definition("report/pages/espaco_latente/evolution.py", "accuracy_gain")[1] + 2
    assert innermost(raised.value, "report/pages/") == f"report/pages/espaco_latente/evolution.py, line {line}"
    assert innermost(raised.value, "vae/") == ""
