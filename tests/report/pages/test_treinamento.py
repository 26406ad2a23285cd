from collections.abc import Sequence

import numpy as np
import pytest

from report.judging.sample import Sample
from report.language import ptbr
from report.language.ptbr import strip_marks
from report.pages.experimentos.data import reconstruction_gap_difference
from report.pages.treinamento.ablations import deviation, deviation_change
from report.pages.treinamento.claims import (
    MEMORY,
    fall_per_epoch,
    fit_change,
    fit_difference,
    gap_difference,
    generalisation_gap,
    late_fall_per_epoch,
    looseness,
    memorised,
)
from report.pages.treinamento.tables import channels
from vae.data.datasets import DIGITS
from vae.errors import ResultsError
from vae.storage.results import Array, Keys, RunResult

LABELS = np.arange(40) % 10


def make_sample(scores: dict[str, float], arrays: dict[str, Array], losses: Sequence[float] = ()) -> Sample:
    history = {"validation_neg_elbo": [float(loss) for loss in losses]}
    result = RunResult("e10", 42, {}, Keys("", ""), scores, history, arrays, {})
    return Sample(result, DIGITS, LABELS, resamples=50)


def trained(losses: Sequence[float]) -> Sample:
    return make_sample({}, {}, losses)


def test_a_straight_line_falls_by_its_slope() -> None:
    assert fall_per_epoch(trained([300 - 0.7 * epoch for epoch in range(10)])) == pytest.approx(0.7)


def test_the_late_fall_is_that_of_the_last_fifth() -> None:
    early, late = [900 - 9.0 * epoch for epoch in range(80)], [150 - 0.03 * epoch for epoch in range(20)]
    assert late_fall_per_epoch(trained(early + late)) == pytest.approx(0.03)
    assert late_fall_per_epoch(trained([9, 5, 4])) == pytest.approx(1), "two epochs at least"
    with pytest.raises(ResultsError, match="one epoch"):
        late_fall_per_epoch(trained([9]))


def test_only_the_last_epochs_count() -> None:
    assert fall_per_epoch(trained([900, 500, 300, 260, 255, 254, 253, 252, 251, 250])) == pytest.approx(1)


def test_noise_of_one_epoch_is_averaged_out() -> None:
    # Least squares: the middle of five points carries no weight at all.
    assert fall_per_epoch(trained([250, 250, 257, 250, 250])) == pytest.approx(0)


def test_a_rising_loss_is_a_negative_fall() -> None:
    assert fall_per_epoch(trained([250, 251])) == pytest.approx(-1)


def test_one_epoch_has_no_slope() -> None:
    with pytest.raises(ResultsError, match="e10/42 has one epoch"):
        fall_per_epoch(trained([250]))


def test_the_gap_leaves_the_entropies_out() -> None:
    entropy = np.linspace(100, 140, 40)
    run = make_sample(
        {"train_kl": 10.0, "train_deviance": 60.0},
        {"test_bce": entropy + 65, "test_kl": np.full(40, 8.0)},
    )
    gap = generalisation_gap(run, make_sample({}, {"test_entropy": entropy}))
    assert gap.shape == (51,)
    assert gap == pytest.approx(np.full(51, (65 + 8) - (60 + 10)), abs=1e-4)


def test_a_model_that_is_as_good_on_test_has_no_gap() -> None:
    run = make_sample(
        {"train_kl": 10.0, "train_deviance": 80.0},
        {"test_bce": np.full(40, 200.0), "test_kl": np.full(40, 10.0)},
    )
    assert generalisation_gap(run, make_sample({}, {"test_entropy": np.full(40, 120.0)}))[0] == pytest.approx(0)


def gapped(gap: float) -> Sample:
    """A run whose bound, entropies discounted, is worse by gap on the test images than on its training images."""
    scores = {"train_kl": 10.0 - gap / 2, "train_deviance": 80.0 - gap / 2}
    return make_sample(scores, {"test_bce": np.linspace(190, 210, 40), "test_kl": np.full(40, 10.0)})


def test_gaps_are_compared_first_minus_second() -> None:
    data = make_sample({}, {"test_entropy": np.full(40, 120.0)})
    assert gap_difference(gapped(7), gapped(2), data) == pytest.approx(np.full(51, 5.0), abs=1e-3)  # paired by image
    # Half of these gaps is the KL term's.
    assert reconstruction_gap_difference(gapped(7), gapped(2), data) == pytest.approx(np.full(51, 2.5), abs=1e-3)


def snapshot(test: float, train: float) -> Sample:
    """A run with such a −ELBO on test and training images; half of what changes is the KL term's."""
    scores = {"train_kl": train / 2, "train_deviance": train / 2}
    return make_sample(scores, {"test_bce": np.linspace(-10, 10, 40) + test / 2, "test_kl": np.full(40, test / 2)})


@pytest.mark.parametrize(
    ("test", "train", "said"),
    [(103, 95, [3, 5]), (99, 90, [-1, 10]), (103, 101, [3, -1])],
    ids=["worse on what was not seen", "better on both", "worse on both"],
)
def test_memory_is_better_on_what_was_seen_and_worse_on_the_rest(test: float, train: float, said: list[float]) -> None:
    found = memorised(snapshot(test, train), snapshot(100, 100))
    assert found == pytest.approx(np.tile(said, (51, 1)), abs=1e-3)  # paired by image
    assert (found[0].min() > MEMORY.margin) == (said == [3, 5])


def test_the_change_of_the_fit_is_late_minus_early() -> None:
    runs = [make_sample({}, {"test_mean_bce": np.linspace(0, 100, 40) + shift}) for shift in (203, 200, 207, 202)]
    assert fit_change(*runs) == pytest.approx(np.full(51, -2.0), abs=1e-3)


def test_the_fit_is_compared_first_minus_second() -> None:
    images = np.linspace(0, 100, 40)
    vae, autoencoder = (make_sample({}, {"test_mean_bce": images + shift}) for shift in (252.5, 250.0))
    assert fit_difference(vae, autoencoder) == pytest.approx(np.full(51, 2.5), abs=1e-3)


def test_deviations_are_means_over_images() -> None:
    first, second = (make_sample({}, {"test_deviation": np.linspace(0, 2 * mean, 40)}) for mean in (0.5, 0.1))
    assert deviation(first)[0] == pytest.approx(0.5)
    assert deviation(first)[1:].std() > 0
    assert deviation_change(first, second)[0] == pytest.approx(0.4)


def test_looseness_is_what_more_samples_gain() -> None:
    assert looseness(make_sample({"iwae_neg_elbo": 245.5, "iwae": 243.0}, {}))[0] == 2.5


@pytest.mark.parametrize(("value", "shown"), [(0.002, "0,002"), (1.0, "1"), (0.25, "0,25"), (1e-4, "0,0001")])
def test_specs_are_shown_with_their_own_decimals(value: float, shown: str) -> None:
    assert strip_marks(ptbr.exact(value)) == shown


def test_widths_of_layers_are_chained() -> None:
    assert strip_marks(channels((1, 32, 64))) == "1 → 32 → 64"
