"""Labels keep apart, stay inside and stay near."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vae.figures import load_theme
from vae.figures.labels import place_around, separate, spread
from vae.figures.layout import new_figure, settle


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_spread_labels_are_apart_inside_and_in_order(wanted: list[float]) -> None:
    placed = spread(wanted, 8.0, 0.0, 100.0)
    ordered = np.sort(placed)
    assert (np.diff(ordered) >= 8.0 - 1e-9).all()
    assert ordered[0] >= -1e-9 and ordered[-1] <= 100 + 1e-9
    assert list(np.argsort(placed)) == list(np.argsort(wanted, kind="stable"))


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([50.0, 10.0, 90.0], 8.0, 0.0, 100.0) == pytest.approx([50, 10, 90])


def test_two_equal_labels_part_evenly() -> None:
    assert spread([50.0, 50.0], 8.0, 0.0, 100.0) == pytest.approx([46, 54])


def test_too_many_labels_share_what_there_is() -> None:
    assert sorted(spread([5.0] * 11, 8.0, 0.0, 10.0)) == pytest.approx(np.arange(11.0))


def test_ten_labels_at_one_place_come_apart_inside_the_box() -> None:
    centres = np.random.default_rng(1).normal(100, 5, (10, 2))
    sizes = np.tile([40.0, 14.0], (10, 1))
    placed = separate(centres, sizes, (0, 0, 200, 200))
    for i in range(10):
        for j in range(i):
            assert (np.abs(placed[i] - placed[j]) >= (sizes[i] + sizes[j]) / 2 - 0.5).any()
    assert (placed >= sizes / 2 - 1e-9).all() and (placed <= 200 - sizes / 2 + 1e-9).all()


def test_labels_that_do_not_meet_are_not_moved() -> None:
    centres = np.array([[20.0, 20.0], [150.0, 150.0]])
    assert (separate(centres, np.full((2, 2), 10.0), (0, 0, 200, 200)) == centres).all()


def test_names_around_points_cover_no_point_and_no_other_name() -> None:
    figure = new_figure(6, 4)
    axes = figure.add_subplot()
    axes.set(xlim=(0, 10), ylim=(0, 10))
    points = [(5.0, 5.0), (5.0, 5.0), (5.0, 5.6), (9.9, 9.9), (0.1, 0.1)]
    settle(figure)
    place_around(figure, axes, [(x, y, "um rótulo", "#000000") for x, y in points], points, load_theme("light"))
    boxes = [text.get_window_extent() for text in axes.texts]
    marks = axes.transData.transform(points)
    assert len(boxes) == 5
    assert not any(box.contains(x, y) for box in boxes for x, y in marks)
    assert not any(box.overlaps(other) for box in boxes for other in boxes if box is not other)
    frame = axes.get_window_extent()
    assert all(box.x0 >= frame.x0 and box.x1 <= frame.x1 for box in boxes)
