import numpy as np
import pytest

from report.judging.ratios import LARGEST_RATIO, ratio, spread_if_unanimous
from report.judging.statistics import ALPHA, estimate_crossed


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


@pytest.mark.parametrize(("share", "n", "low", "high"), [(0.0, 890, 0, 0.0042978), (1.0, 20, 0.8388738, 1)])
def test_where_all_images_agree_the_interval_ends_where_wilsons_does(
    share: float, n: int, low: float, high: float
) -> None:
    replicates = spread_if_unanimous(np.full(2001, share), n, ALPHA)
    measured = estimate_crossed({1: replicates, 2: replicates}, 0.5, 10_000)
    assert measured.value == share
    assert max(measured.low, 0) == pytest.approx(low, rel=5e-3)
    assert min(measured.high, 1) == pytest.approx(high, rel=5e-3)


def test_a_share_that_varies_keeps_its_own_spread() -> None:
    varied = np.array([0.5, 0.4, 0.6])
    assert spread_if_unanimous(varied, 20, ALPHA) is varied
    assert spread_if_unanimous(np.zeros(3), 0, ALPHA).tolist() == [0, 0, 0]
