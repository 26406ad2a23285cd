"""Colours: contrast against both pages, distance between classes for colour-blind readers, one file for all."""

import itertools
import json

import numpy as np
import pytest
from matplotlib import color_sequences
from matplotlib.colors import to_hex

from vae import figures as f
from vae.figures.colour import contrast, from_oklab, linear_rgb, oklab
from vae.figures.style import PALETTE_FILE

# Machado 2009, severity 1, on linear sRGB.
PROTAN = np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]])
DEUTAN = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
# The least distance between two colours of petroff10 itself, under protanopia, in OKLab.
LEAST_DISTANCE = 0.060

both = pytest.mark.parametrize("theme", [f.load_theme(name) for name in f.THEME_NAMES], ids=f.THEME_NAMES)


def seen_as(colour: str, deficiency: np.ndarray) -> np.ndarray:
    linear = np.clip(deficiency @ linear_rgb(colour), 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return oklab(tuple(encoded))


def least_distance(colours: list[str], deficiency: np.ndarray) -> float:
    places = [seen_as(colour, deficiency) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(places, 2))


def test_contrast_of_known_pairs() -> None:
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)  # the example of WCAG's own tools


@both
def test_marks_reach_three_to_one_and_texts_four_and_a_half(theme: f.Theme) -> None:
    assert min(contrast(colour, theme.background) for colour in theme.classes) >= 3
    assert min(contrast(style.colour, theme.background) for style in theme.styles.values()) >= 4.5
    assert contrast(theme.text, theme.background) >= 7
    assert contrast(theme.muted, theme.background) >= 4.5


@both
@pytest.mark.parametrize("deficiency", [np.eye(3), PROTAN, DEUTAN], ids=["none", "protan", "deutan"])
def test_classes_stay_as_far_apart_as_in_petroff10(theme: f.Theme, deficiency: np.ndarray) -> None:
    assert len(theme.classes) == 10
    assert least_distance(list(theme.classes), deficiency) >= LEAST_DISTANCE


def test_the_distance_is_petroffs_own() -> None:
    assert least_distance(json.loads(PALETTE_FILE.read_text())["petroff10"], PROTAN) == pytest.approx(0.061, abs=0.001)


def test_classes_come_from_petroff10_and_move_only_for_contrast() -> None:
    palette = json.loads(PALETTE_FILE.read_text(encoding="utf-8"))
    assert palette["petroff10"] == [to_hex(colour) for colour in color_sequences["petroff10"]]
    moved = {
        name: [i for i in range(10) if theme["classes"][i] != palette["petroff10"][i]]
        for name, theme in palette["themes"].items()
    }
    assert moved == {"light": [1, 3, 6, 7, 9], "dark": [2, 4]}


@both
def test_runs_go_from_light_to_strong_and_have_markers_of_their_own(theme: f.Theme) -> None:
    runs = [theme.style(key) for key in ("e10", "e50", "e100", "e10-l50")]
    ratios = [contrast(style.colour, theme.background) for style in runs[:3]]
    assert ratios == sorted(ratios)
    assert len({style.marker for style in runs}) == 4
    verdicts = [theme.style(key) for key in ("confirmed", "refuted", "inconclusive", "untested")]
    assert len({style.marker for style in verdicts}) == 4


def test_both_themes_have_the_same_styles() -> None:
    light, dark = (f.load_theme(name) for name in f.THEME_NAMES)
    assert list(light.styles) == list(dark.styles)
    assert [s.marker for s in light.styles.values()] == [s.marker for s in dark.styles.values()]


def test_oklab_goes_there_and_back() -> None:
    assert to_hex(from_oklab(oklab("#3f90da"))) == "#3f90da"
    assert oklab("white") == pytest.approx([1, 0, 0], abs=1e-4)


@both
def test_the_colormap_rises_in_even_steps_from_the_page(theme: f.Theme) -> None:
    ramp = theme.colormap()
    lightness = np.array([oklab(ramp(v)[:3])[0] for v in np.linspace(0, 1, 9)])
    assert to_hex(ramp(0.0)) == theme.background
    steps = np.diff(lightness)
    assert (np.sign(steps) == np.sign(steps[0])).all()
    assert np.abs(steps).max() / np.abs(steps).min() < 1.3
