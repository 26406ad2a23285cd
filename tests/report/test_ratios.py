import numpy as np

from report.ratios import LARGEST_RATIO, ratio


def test_it_divides() -> None:
    assert ratio(np.array([3.0, 1.0]), np.array([2.0, 4.0]), of_nothing=1.0).tolist() == [1.5, 0.25]


def test_what_vanishes_gives_finite_numbers() -> None:
    nothing, something, tiny = np.array([0.0]), np.array([2.0]), np.array([1e-300])
    assert ratio(nothing, nothing, of_nothing=1.0) == 1.0
    assert ratio(nothing, something, of_nothing=1.0) == 0.0
    assert ratio(something, nothing, of_nothing=1.0) == LARGEST_RATIO
    assert ratio(something, tiny, of_nothing=1.0) == LARGEST_RATIO


def test_a_replicate_without_a_denominator_takes_the_samples_ratio() -> None:
    assert ratio(np.array([3.0, 0.0, 5.0]), np.array([2.0, 0.0, 0.0]), of_nothing=7.0).tolist() == [1.5, 1.5, 1.5]
