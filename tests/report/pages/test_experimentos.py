import dataclasses

import numpy as np
import pytest

from report.evidence import Evidence
from report.judging.sample import Sample
from report.judging.statistics import Samples
from report.pages.by_dimension import BY_DIMENSION, best_run
from report.pages.experimentos.beta import MOST, USED, information_margin, rate_margin, variance_at_most_used
from report.pages.experimentos.claims import (
    BEND,
    LEAST_GAIN,
    MARGINAL,
    doubling_ratio,
    gain_ratio,
    late_gain,
)
from report.pages.experimentos.figures import short_label
from report.pages.experimentos.tables import enough_dimensions, steps, used_share
from tests.report.synthetic import synthetic_results
from vae.data.datasets import DIGITS, dataset_info
from vae.grid import make_grid
from vae.storage.results import Keys, RunResult

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
    assert late_gain(snapshot(260, 5), snapshot(255, 6), snapshot(254.5, 6.3)) == pytest.approx(100 * ratio)


def test_snapshots_are_paired_by_image() -> None:
    # The images differ by nats, the ratio does not vary: unpaired weights would let it.
    assert gain_ratio(snapshot(260, 5), snapshot(255, 6), snapshot(252, 6)).std() < 1e-3


def test_a_rising_loss_is_a_negative_gain() -> None:
    assert gain_ratio(snapshot(260, 5), snapshot(256, 5), snapshot(258, 5))[0] == pytest.approx(-0.5, abs=1e-3)


def test_without_a_first_gain_a_second_one_is_not_marginal() -> None:
    # A ratio of -1 / 2 would lie below the margin, though everything was gained after the second snapshot.
    ratio = gain_ratio(snapshot(256, 5), snapshot(257, 5), snapshot(255, 5))[0]
    assert ratio == pytest.approx(2 / LEAST_GAIN, rel=1e-2)
    assert 100 * ratio > MARGINAL.margin


def trained(epochs: int, bce: float, kl: float) -> Sample:
    sample = snapshot(bce, kl)
    return dataclasses.replace(sample, result=dataclasses.replace(sample.result, spec={"training": {"epochs": epochs}}))


def test_the_ratio_of_gains_for_each_doubling() -> None:
    # Two doublings gain 4 nats, the next one 1: half of what a doubling gained before.
    ratio = doubling_ratio(trained(10, 260, 5), trained(40, 256, 5), trained(80, 255, 5))
    assert ratio == pytest.approx(np.full(51, 50.0), abs=0.1)


def test_without_a_gain_to_double_a_late_one_does_not_bend_the_front() -> None:
    ratio = doubling_ratio(trained(10, 256, 5), trained(20, 257, 5), trained(40, 256, 5))
    assert ratio[0] == pytest.approx(100 / LEAST_GAIN, rel=1e-2)
    assert ratio[0] > BEND.margin


def weighted(information: float, kl: float) -> Sample:
    sample = snapshot(250, kl)
    result = dataclasses.replace(
        sample.result,
        scores={"mutual_information": information},
    )
    return dataclasses.replace(sample, result=result)


def test_information_is_held_against_either_end() -> None:
    heavy, free = weighted(0.1, 0.2), weighted(9.2, 90)
    assert information_margin(weighted(5.1, 6), heavy, free) == pytest.approx(np.tile([5.0, 4.1], (51, 1)))
    assert information_margin(weighted(2.1, 6), heavy, free) == pytest.approx(np.tile([2.0, 7.1], (51, 1)))
    assert rate_margin(weighted(2.1, 6), heavy, free) == pytest.approx(np.tile([5.8, 84], (51, 1)), abs=1e-4)


def test_beyond_either_end_the_margin_is_negative() -> None:
    heavy, free = weighted(0.5, 1), weighted(9.2, 90)
    assert information_margin(weighted(9.3, 6), heavy, free)[0].min() == pytest.approx(-0.1)
    assert rate_margin(weighted(5, 0.5), heavy, free)[0].min() == pytest.approx(-0.5, abs=1e-4)


def varying(*variances: float) -> Sample:
    """A run whose posterior means vary by so much in each dimension."""
    deviations = np.sqrt(variances)
    means = np.concatenate([deviations * sign + 3.0 for sign in (-1, 1) for _ in range(100)]).reshape(200, -1)
    sample = snapshot(250, 6)
    arrays = {**sample.result.arrays, "latent_mean": means}
    return dataclasses.replace(sample, result=dataclasses.replace(sample.result, arrays=arrays))


def test_the_share_of_dimensions_in_use_leaves_out_those_that_hardly_vary() -> None:
    # The last two are active by the usual cut, a hundredth.
    assert used_share(varying(0.11, 1.2, 0.09, 0.02)) == 0.5


@pytest.mark.parametrize("used", range(1, 21))
@pytest.mark.parametrize("dimensions", [2, 10, 20])
def test_the_dimension_that_completes_nine_tenths_tells_whether_so_many_are_in_use(dimensions: int, used: int) -> None:
    used = min(used, dimensions)
    run = varying(*np.linspace(2, 1.1, used), *np.linspace(0.09, 0.01, dimensions - used))
    assert (variance_at_most_used(run) > USED.margin) == (used_share(run) >= MOST)


def test_a_code_of_two_dimensions_is_judged_by_the_lesser() -> None:
    assert variance_at_most_used(varying(0.3, 1.2)) == pytest.approx(0.3)


def test_labels_of_the_plane_say_what_differs_and_no_two_agree() -> None:
    grid = make_grid()
    specs = {spec.name: spec for spec in grid.runs if not spec.deterministic}
    labels = {name: short_label(spec, specs["e10"]) for name, spec in specs.items()}
    assert labels["e10"] == "10\u00a0épocas"
    assert labels["e10-l50-b0"] == "50 dim., β = 0"
    assert labels["e50-l50-n6000"] == "50 dim., 6.000\u00a0imagens"
    assert labels["e10-stopped"] == "gradiente cortado"
    assert len(set(labels.values())) == len(labels)


def test_the_smallest_latent_that_no_larger_one_betters() -> None:
    grid = make_grid("full", "fashion-mnist", 2)
    results = synthetic_results(grid, np.random.default_rng(0))
    # Test −ELBO of each size of the sweep, in its order.
    for losses, expected, best in (
        ((260, 255, 245, 240.5, 240.2, 240), 10, 50),
        ((260, 255, 245, 244.5, 241.5, 240), 50, 50),
        ((240, 241, 242, 243, 244, 245), 2, 2),
        ((260, 255, 245, 240.2, 240.1, 240.9), 10, 20),
    ):
        for run, loss in zip(BY_DIMENSION, losses, strict=True):
            for result in results[run].values():
                result.arrays.update(
                    {
                        name: np.full_like(result.arrays[name], value)
                        for name, value in (("test_bce", loss), ("test_kl", 0))
                    }
                )
        evidence = Evidence(grid, Samples(results, dataset_info("fashion-mnist"), 20), {})
        assert enough_dimensions(evidence) == expected
        assert evidence.spec(best_run(evidence, "test_neg_elbo")).latent_dim == best


def test_the_best_latent_has_the_most_of_what_more_is_better() -> None:
    grid = make_grid("full", "fashion-mnist", 1)
    results = synthetic_results(grid, np.random.default_rng(0))
    for run, sharpness in zip(BY_DIMENSION, (0.3, 0.4, 0.5, 0.7, 0.6, 0.5), strict=True):
        for result in results[run].values():
            result.arrays["test_sharpness"] = np.full_like(result.arrays["test_sharpness"], sharpness)
    evidence = Evidence(grid, Samples(results, dataset_info("fashion-mnist"), 20), {})
    assert evidence.spec(best_run(evidence, "sharpness")).latent_dim == 10


def test_steps_count_the_last_short_batch() -> None:
    grid = make_grid("full", "fashion-mnist", 1)
    evidence = Evidence(grid, Samples({}, dataset_info("fashion-mnist"), 20), {})
    assert steps(evidence, "e200-n600") == 1000
    assert steps(evidence, "e10") == 4220
