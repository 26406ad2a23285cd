import numpy as np
import pytest

from report.pages.experimentos_claims import LEAST_GAIN, MARGINAL, gain_ratio
from report.sample import Sample
from vae.datasets import DIGITS
from vae.results import Keys, RunResult

LABELS = np.arange(200) % 10
IMAGES = np.random.default_rng(0).standard_normal(200)


def snapshot(bce: float, kl: float) -> Sample:
    """A run whose images all lose by the same amount from one snapshot to the next."""
    arrays = {"test_bce": bce + IMAGES - IMAGES.mean(), "test_kl": np.full(200, kl)}
    return Sample(RunResult("e", 42, {}, Keys("", ""), {}, {}, arrays, {}), DIGITS, LABELS, resamples=50)


def test_the_ratio_of_the_two_gains() -> None:
    ratio = gain_ratio(snapshot(260, 5), snapshot(255, 6), snapshot(254.5, 6.3))  # gains of 4 and 0.2
    assert ratio.shape == (51,)
    assert ratio == pytest.approx(np.full(51, 0.05), abs=1e-3)


def test_snapshots_are_paired_by_image() -> None:
    # The images differ by nats, the ratio does not vary: unpaired weights would let it.
    assert gain_ratio(snapshot(260, 5), snapshot(255, 6), snapshot(252, 6)).std() < 1e-3


def test_a_rising_loss_is_a_negative_gain() -> None:
    assert gain_ratio(snapshot(260, 5), snapshot(256, 5), snapshot(258, 5))[0] == pytest.approx(-0.5, abs=1e-3)


def test_without_a_first_gain_a_second_one_is_not_marginal() -> None:
    # A ratio of -1 / 2 would lie below the margin, though everything was gained after the second snapshot.
    ratio = gain_ratio(snapshot(256, 5), snapshot(257, 5), snapshot(255, 5))[0]
    assert ratio == pytest.approx(2 / LEAST_GAIN, rel=1e-2)
    assert ratio > MARGINAL.margin
