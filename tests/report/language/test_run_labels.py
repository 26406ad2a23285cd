import dataclasses
import itertools

import pytest

from report.language.labels import run_label
from report.language.ptbr import strip_marks
from vae.grid import QUICK_TRAIN_IMAGES, make_grid
from vae.spec import ObjectiveSpec, RunSpec

USUAL = make_grid().runs[0]


def label(spec: RunSpec) -> str:
    return strip_marks(run_label(spec)).replace("\N{NO-BREAK SPACE}", " ")


def changed(**training: object) -> RunSpec:
    return dataclasses.replace(USUAL, training=dataclasses.replace(USUAL.training, **training))  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", ["full", "quick"])
def test_no_two_runs_of_a_grid_have_the_same_name(profile: str) -> None:
    for first, second in itertools.combinations(make_grid(profile).runs, 2):
        assert label(first) != label(second)


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (USUAL, "VAE 10 épocas"),
        (dataclasses.replace(USUAL, objective=ObjectiveSpec(0.5)), "VAE 10 épocas · β = 0,5"),
        (dataclasses.replace(USUAL, objective=ObjectiveSpec(100.0)), "VAE 10 épocas · β = 100"),
        (changed(precision="bfloat16"), "VAE 10 épocas · bfloat16"),
        (changed(train_images=QUICK_TRAIN_IMAGES), "VAE 10 épocas · 3.000 imagens"),
        (make_grid("quick").runs[0], "VAE 2 épocas"),
    ],
)
def test_a_name_says_all_that_differs(spec: RunSpec, name: str) -> None:
    assert label(spec) == name
