"""The engine on simulated experiments. Bounds leave about three standard errors of the simulation, so a right engine
passes whatever the seed and a wrong one does not."""

import itertools
import math
import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from report.judging.bootstrap import BOOTSTRAP_SEED, poisson_weights, ratio_of_sums, weighted_auroc, weighted_median
from report.judging.sample import Sample
from report.judging.statistics import (
    ALPHA,
    SHARE,
    UNBOUNDED,
    Estimate,
    Samples,
    estimate_crossed,
    half_width,
    holm,
    possible,
    two_sided_p,
)
from report.origins.numbers import Origin, origins_of, trace
from vae.data.datasets import DIGITS, FASHION_MNIST, DatasetInfo
from vae.errors import ResultsError
from vae.storage.results import Array, Keys, RunResult

RESAMPLES, IMAGES, SEEDS = 200, 60, 5


def simulate(
    seed_sd: float, image_sd: float, noise_sd: float, mean: float, n: int, rng_seed: int, n_seeds: int = SEEDS
) -> list[Estimate]:
    """Estimates of n experiments whose true mean is `mean`, with random seeds, images and their interaction."""
    rng = np.random.default_rng(rng_seed)
    weights = poisson_weights(IMAGES, RESAMPLES)
    totals = weights.sum(axis=1)
    estimates = []
    for _ in range(n):
        values = (
            mean
            + seed_sd * rng.standard_normal((n_seeds, 1))
            + image_sd * rng.standard_normal((1, IMAGES))
            + noise_sd * rng.standard_normal((n_seeds, IMAGES))
        )
        rows = (values.astype(np.float32) @ weights.T) / totals
        estimates.append(estimate_crossed(dict(enumerate(rows)), 0.0, IMAGES))
    return estimates


def coverage(estimates: list[Estimate], truth: float) -> float:
    return float(np.mean([e.low <= truth <= e.high for e in estimates]))


SOURCES = {"seeds": (1.0, 0.0, 0.0), "images": (0.0, 1.0, 0.0), "both": (0.15, 1.0, 0.0), "all": (0.15, 1.0, 1.0)}


@pytest.mark.parametrize("source", SOURCES)
def test_intervals_cover_the_truth_as_often_as_they_say(source: str) -> None:
    # 800 experiments: standard error of a coverage of 0.95 is 0.8 %, so 0.92 is more than three below.
    assert coverage(simulate(*SOURCES[source], mean=1.0, n=800, rng_seed=1), truth=1.0) >= 0.92


@pytest.mark.parametrize("source", ["seeds", "images", "both"])
def test_intervals_are_not_needlessly_wide(source: str) -> None:
    # Without interaction nothing is counted twice: coverage above 0.985 would mean a wasteful interval.
    assert coverage(simulate(*SOURCES[source], mean=1.0, n=800, rng_seed=2), truth=1.0) <= 0.985


@pytest.mark.parametrize("source", SOURCES)
def test_false_decisions_at_the_margin_stay_near_the_level(source: str) -> None:
    p_values = np.array([e.p_value for e in simulate(*SOURCES[source], mean=0.0, n=800, rng_seed=3)])
    # 5 % and three standard errors (0.77 % each).
    assert np.mean(p_values < ALPHA) <= ALPHA + 3 * 0.0077


def test_a_known_effect_is_found() -> None:
    # Five seeds, effect of 3 seed standard deviations: a t test on 4 degrees of freedom has power 0.999 (noncentral t).
    found = [e.p_value < ALPHA and e.low > 0 for e in simulate(1.0, 0.5, 0.0, mean=3.0, n=200, rng_seed=4)]
    assert np.mean(found) > 0.95


def test_images_alone_are_far_too_sure() -> None:
    # The classic error: many test images, trainings that vary, and error bars over images only.
    estimates = simulate(1.0, 1.0, 0.0, mean=0.0, n=400, rng_seed=5)
    naive = []
    for e in estimates:
        one = 1.96 / np.sqrt(IMAGES)
        naive.append(abs(e.value) <= one)
    assert np.mean(naive) < 0.6
    assert coverage(estimates, 0.0) >= 0.92


def test_seeds_alone_are_too_sure_when_images_vary() -> None:
    # The opposite error: five seeds scored on the same few images agree with each other, and are wrong together.
    estimates = simulate(0.05, 1.0, 0.0, mean=0.0, n=400, rng_seed=6)
    seeds_only = [abs(e.value) <= 2.776 * np.std(list(e.per_seed.values()), ddof=1) / np.sqrt(SEEDS) for e in estimates]
    assert np.mean(seeds_only) < 0.6
    assert coverage(estimates, 0.0) >= 0.92


def test_seed_variance_alone_gives_students_interval() -> None:
    values = [1.0, 2.0, 4.0, 3.0, 7.0]
    e = estimate_crossed({s: np.full(11, v) for s, v in enumerate(values)}, margin=0.0, n_images=0)
    # Student's t with 4 degrees of freedom: quantile 2.776445, p by R's t.test.
    half = 2.776445 * np.std(values, ddof=1) / np.sqrt(5)
    assert e.value == pytest.approx(3.4) and e.high - e.value == pytest.approx(half, rel=1e-6)
    assert e.p_value == pytest.approx(0.0297, abs=5e-4)
    assert e.per_seed == dict(enumerate(values))


def test_image_variance_is_that_of_the_mean_over_seeds() -> None:
    rows = {s: np.random.default_rng(s).standard_normal(RESAMPLES) for s in range(4)}
    for row in rows.values():
        row[0] = 0  # no variance between seeds
    e = estimate_crossed(rows, margin=0.0, n_images=IMAGES)
    expected = np.mean(list(rows.values()), axis=0)[1:].std(ddof=1)
    # Student's t with IMAGES - 1 degrees of freedom: quantile 2.0010.
    assert e.half_width == pytest.approx(2.0010 * expected, rel=1e-3)


def test_two_errors_are_put_together_each_with_its_own_quantile() -> None:
    # Student's t: 2.776445 with 4 degrees of freedom, 1.960201 with 9,999; with one error the interval is its own.
    assert half_width([(3.0, 4), (4.0, 9_999)], 0.05) == pytest.approx(np.hypot(3 * 2.776445, 4 * 1.960201), rel=1e-6)
    assert half_width([(3.0, 4), (0.0, 9_999)], 0.05) == pytest.approx(3 * 2.776445, rel=1e-6)
    assert half_width([], 0.05) == np.inf
    assert two_sided_p(5, []) == 1, "of what nothing is known there is no evidence"
    assert two_sided_p(3 * 2.776445, [(3.0, 4)]) == pytest.approx(0.05, rel=1e-5)
    assert two_sided_p(1e9, [(1.0, 4), (1.0, 99)]) < 1e-30 and two_sided_p(0, [(1.0, 4), (1.0, 99)]) == 1


ERRORS = st.lists(st.tuples(st.floats(1e-6, 1e3), st.integers(1, 10_000)), min_size=1, max_size=3)


@settings(deadline=None)  # a busy machine is no fault
@given(ERRORS, st.floats(1e-12, 0.99))
def test_the_p_value_is_the_level_whose_interval_ends_there(errors: list[tuple[float, int]], level: float) -> None:
    assert two_sided_p(half_width(errors, level), errors) == pytest.approx(level, rel=1e-4)


@pytest.mark.parametrize("n_seeds", [2, 3, 5, 10])
@pytest.mark.parametrize("level", [ALPHA, ALPHA / 45], ids=["alone", "first of 45 in Holm's order"])
def test_no_share_of_the_seeds_makes_false_decisions_more_frequent_than_the_level(n_seeds: int, level: float) -> None:
    # Exact, by quadrature over the estimated seed variance: no simulation could see one in a thousand. Satterthwaite's
    # degrees of freedom give up to 4.5 times the level of 0.05 / 45 with five seeds and forty times with two.
    grid = (np.arange(4_000) + 0.5) / 4_000
    estimated = special.chdtri(n_seeds - 1, 1 - grid) / (n_seeds - 1)
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        reach = [half_width([(np.sqrt(share * v), n_seeds - 1), (np.sqrt(1 - share), 10**6)], level) for v in estimated]
        wrong = 2 * special.ndtr(-np.array(reach)).mean()
        assert wrong <= level * 1.01
        if share in (0.0, 1.0):
            assert wrong == pytest.approx(level, rel=0.02)


def rows_of(values: Array, image_error: float, count: int = 2_001) -> dict[int, Array]:
    """Replicates of given per-seed values (S, k) whose bootstrap gives this error, the same for all seeds."""
    spread = np.resize([image_error, -image_error], count - 1)[:, None]
    return {seed: np.concatenate([row[None], row + spread]) for seed, row in enumerate(values)}


def test_the_least_of_several_is_judged_number_by_number() -> None:
    values = np.array([[5.0, 1.0, 9.0], [5.2, 1.4, 9.0], [4.8, 1.2, 9.0]])
    e = estimate_crossed(rows_of(values, 0.1), margin=0.0, n_images=5_000)
    parts = [estimate_crossed(rows_of(column[:, None], 0.1), 0.0, 5_000) for column in values.T]
    assert e.value == pytest.approx(1.2) and e.per_seed == {0: 1.0, 1: 1.4, 2: 1.2}
    # Above the margin: all must be, each at the full level. Below: one suffices, at a third of it.
    assert e.low == pytest.approx(min(part.low for part in parts))
    assert e.p_value == pytest.approx(max(part.p_value for part in parts))
    third = half_width([(0.2 / np.sqrt(3), 2), (0.1, 1_999)], ALPHA / 3)
    assert e.high == pytest.approx(1.2 + third, rel=1e-3)
    above = estimate_crossed(rows_of(values, 0.1), margin=3.0, n_images=5_000)
    alone = estimate_crossed(rows_of(values[:, 1:2], 0.1), margin=3.0, n_images=5_000)
    assert above.p_value == pytest.approx(3 * alone.p_value)
    assert estimate_crossed({0: rows_of(values, 0.1)[0]}, margin=0.0, n_images=5_000).p_value == 1


@settings(deadline=None)  # a busy machine is no fault
@given(st.integers(0, 10**6), st.floats(-3, 3))
def test_the_interval_of_a_least_leaves_a_margin_out_iff_its_p_value_is_small(seed: int, margin: float) -> None:
    values = np.random.default_rng(seed).standard_normal((4, 3))
    e = estimate_crossed(rows_of(values, 0.2, 41), margin, n_images=40)
    assert e.low <= e.value <= e.high
    assert (e.p_value < ALPHA) == (not e.low <= margin <= e.high)


def test_one_seed_is_never_decisive() -> None:
    rng = np.random.default_rng(7)
    e = estimate_crossed({42: 100 + rng.standard_normal(RESAMPLES)}, margin=0.0, n_images=IMAGES)
    assert e.single_seed and e.p_value == 1 and 0 < e.half_width < 5
    alone = estimate_crossed({42: np.full(11, 100.0)}, margin=0.0, n_images=0)
    assert alone.p_value == 1 and alone.low == -np.inf and alone.high == np.inf


def test_no_variation_at_all_gives_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        same = {s: np.full(11, 2.0) for s in range(5)}
        assert estimate_crossed(same, margin=2.0, n_images=0).p_value == 1
        beyond = estimate_crossed(same, margin=1.0, n_images=7)
        assert beyond.p_value == 0 and beyond.low == beyond.high == 2.0
        tiny = estimate_crossed({s: np.full(11, 1e-200 * s) for s in range(5)}, margin=0.0, n_images=0)
        assert 0 <= tiny.p_value <= 1


def test_holm_by_hand() -> None:
    # Holm 1979: 0.01 x 4, 0.02 x 3, then 0.03 x 2 = 0.06, and 0.5 x 1.
    p_values = {"d": 0.5, "b": 0.02, "a": 0.01, "c": 0.03}
    assert holm(p_values) == pytest.approx({"d": 0.5, "b": 0.06, "a": 0.04, "c": 0.06})
    assert holm({}) == {}


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_lies_between_no_correction_and_bonferroni_and_keeps_the_order(values: list[float]) -> None:
    p = {str(i): v for i, v in enumerate(values)}
    adjusted = holm(p)
    assert list(adjusted) == list(p)
    for name, value in p.items():
        assert value <= adjusted[name] <= min(1, len(p) * value) + 1e-12
    for a, b in itertools.combinations(p, 2):
        assert p[a] == p[b] or (p[a] < p[b]) == (adjusted[a] < adjusted[b]) or adjusted[a] == adjusted[b]
    smallest = min(p, key=lambda name: p[name])
    assert adjusted[smallest] == pytest.approx(min(1, len(p) * p[smallest]))


def test_holm_keeps_false_decisions_in_a_family_rare() -> None:
    rng = np.random.default_rng(8)
    families = rng.random((600, 20))
    wrong = [min(holm({str(i): p for i, p in enumerate(row)}).values()) < ALPHA for row in families]
    assert np.mean(wrong) <= ALPHA + 3 * 0.0089  # standard error of 5 % over 600 families
    assert np.mean(families.min(axis=1) < ALPHA) > 0.5  # and without the correction most families err


def test_weights_are_poisson_and_shared_by_prefix() -> None:
    weights = poisson_weights(700, RESAMPLES)
    assert weights.dtype == np.float32 and weights.shape == (1 + RESAMPLES, 700)
    assert np.all(weights[0] == 1) and np.all(weights == np.round(weights))
    assert weights[1:].mean() == pytest.approx(1, abs=0.01) and weights[1:].var() == pytest.approx(1, abs=0.02)
    assert np.array_equal(weights[:, :550], poisson_weights(550, RESAMPLES))
    with pytest.raises(ValueError, match="read-only"):
        weights[0, 0] = 2


def test_weights_of_more_images_go_on_where_those_of_fewer_ended() -> None:
    resamples = 37  # of no other test: nothing is drawn yet
    at_once = np.random.default_rng(BOOTSTRAP_SEED).poisson(1.0, size=(1_300, resamples)).T
    for size in (10, 777, 300, 1_300):
        assert np.array_equal(poisson_weights(size, resamples)[1:], at_once[:, :size]), size


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=40).flatmap(
        lambda v: st.tuples(
            st.just(v), st.lists(st.lists(st.integers(0, 4), min_size=len(v), max_size=len(v)), min_size=1, max_size=4)
        )
    )
)
def test_weighted_median_is_the_median_of_the_repeated_values(case: tuple[list[int], list[list[int]]]) -> None:
    values, counts = np.array(case[0], dtype=float), np.array([[1] * len(case[0]), *case[1]], dtype=np.float32)
    medians = weighted_median(values, counts)
    for row, median in zip(counts.astype(int), medians, strict=True):
        expected = np.median(np.repeat(values, row)) if row.any() else np.median(values)
        assert median == expected


@pytest.mark.parametrize("tilt", [1, 8])
def test_weighted_median_is_exact_where_the_window_must_grow(tilt: int) -> None:
    rng = np.random.default_rng(9)
    values = np.sort(rng.standard_normal(3_000))
    weights = rng.poisson(1.0, (6, 3_000)).astype(np.float32)
    weights[3:, :600] *= tilt  # a median far below the middle rank
    expected = [np.median(np.repeat(values, row.astype(int))) for row in weights]
    assert np.array_equal(weighted_median(values, weights), expected)


def test_weighted_auroc_counts_the_pairs_of_the_repeated_values() -> None:
    rng = np.random.default_rng(2)
    positive, negative = rng.integers(0, 6, 30).astype(float), rng.integers(-1, 5, 40).astype(float)
    weights = rng.poisson(1.0, (450, 70)).astype(np.float32)  # more rows than one turn
    weights[0], weights[1, :30] = 1, 0
    found = weighted_auroc(positive, negative, weights[:, :30], weights[:, 30:])
    for row in (0, 2, 199, 200, 449):
        p, q = (np.repeat(v, w.astype(int)) for v, w in ((positive, weights[row, :30]), (negative, weights[row, 30:])))
        above, level = (p[:, None] > q).mean(), (p[:, None] == q).mean()
        assert found[row] == pytest.approx(above + level / 2, abs=1e-12)
    assert found[1] == found[0]
    assert weighted_auroc(negative, positive, weights[:, 30:], weights[:, :30])[2] == pytest.approx(1 - found[2])


def test_an_empty_class_in_a_replicate_takes_the_original() -> None:
    assert np.array_equal(ratio_of_sums(np.array([6.0, 0.0, 8.0]), np.array([2.0, 0.0, 2.0])), [3, 3, 4])
    with pytest.raises(ResultsError, match="empty"):
        ratio_of_sums(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    with pytest.raises(ResultsError, match="empty"):
        weighted_median(np.array([]), np.ones((3, 0), dtype=np.float32))


def result(run: str, seed: int, arrays: dict[str, Array], scores: dict[str, float] | None = None) -> RunResult:
    return RunResult(run, seed, {}, Keys("", ""), scores or {}, {"train_kl": [3.0, 1.0]}, arrays, {})


def sample(arrays: dict[str, Array], labels: Array, info: DatasetInfo = FASHION_MNIST) -> Sample:
    return Sample(result("e10", 42, arrays, {"active_units": 2.0}), info, labels, RESAMPLES)


@pytest.fixture(scope="module")
def drawn() -> Sample:
    rng = np.random.default_rng(10)
    n = 400
    labels = rng.integers(0, 10, n).astype(np.uint8)
    arrays: dict[str, Array] = {
        "test_bce": (240 + 60 * rng.standard_normal(n)).astype(np.float32),
        "silhouette": rng.standard_normal(250).astype(np.float16),
        "knn_votes": rng.multinomial(10, np.full(10, 0.1), size=n).astype(np.uint8),
        "latent_mean": (3 + rng.standard_normal((n, 2)) + labels[:, None] % 3).astype(np.float16),
        "sample_classes": rng.integers(0, 10, 333).astype(np.uint8),
    }
    return sample(arrays, labels)


def expanded(drawn: Sample, row: int, size: int = 400) -> Array:
    """Indices of the images of a replicate, each as often as it was drawn."""
    return np.repeat(np.arange(size), poisson_weights(size, RESAMPLES)[row].astype(int))


@pytest.mark.parametrize("row", [0, 1, 17])
def test_every_replicate_is_the_statistic_of_its_resampled_images(drawn: Sample, row: int) -> None:
    i, labels, z = expanded(drawn, row), drawn.labels, drawn.latent_means()
    bce, votes = drawn.array("test_bce").astype(float), drawn.array("knn_votes") / 10
    predicted = drawn.knn_predictions()
    shoes = drawn.members("footwear")
    assert drawn.mean("test_bce")[row] == pytest.approx(bce[i].mean(), rel=1e-8)
    assert drawn.mean("test_bce", shoes)[row] == pytest.approx(bce[i][shoes[i]].mean(), rel=1e-7)
    assert drawn.median("test_bce", shoes)[row] == np.median(bce[i][shoes[i]])
    first = expanded(drawn, row, 250)
    assert drawn.median("silhouette", shoes)[row] == np.median(drawn.array("silhouette")[first][shoes[first]])
    assert drawn.votes()[row, 3, 6] == pytest.approx(votes[i][labels[i] == 3][:, 6].mean(), rel=1e-5)
    assert drawn.knn_accuracy()[row] == pytest.approx((predicted == labels)[i].mean(), rel=1e-6)
    recall = np.isin(predicted, [5, 7, 9])[i][shoes[i]].mean()
    assert drawn.knn_recall("footwear")[row] == pytest.approx(recall, rel=1e-6)
    shares = np.bincount(drawn.array("sample_classes")[expanded(drawn, row, 333)], minlength=10)
    assert drawn.class_shares("sample_classes")[row] == pytest.approx(shares / shares.sum(), rel=1e-6)
    moments = drawn.class_moments()
    of_class = z[i][labels[i] == 4]
    assert moments.counts[row, 4] == len(of_class)
    assert moments.means[row, 4] == pytest.approx(of_class.mean(axis=0), rel=1e-6)
    assert moments.scatter[row, 4] == pytest.approx(len(of_class) * of_class.var(axis=0).sum(), rel=1e-5)
    assert drawn.spread([4])[row] == pytest.approx(of_class.var(axis=0).sum(), rel=1e-5)
    chosen = i[np.isin(labels[i], (0, 2, 6))]
    scatter = drawn.scatter((0, 2, 6))
    assert scatter.total[row] == pytest.approx(z[chosen].var(axis=0).sum(), rel=1e-5)
    within = sum((labels[chosen] == c).mean() * z[chosen][labels[chosen] == c].var(axis=0).sum() for c in (0, 2, 6))
    assert scatter.within[row] == pytest.approx(within, rel=1e-5)
    a, b = z[i][np.isin(labels[i], (5, 7, 9))].mean(axis=0), z[chosen].mean(axis=0)
    angle = np.degrees(abs(np.arctan2(*a) - np.arctan2(*b)))
    assert drawn.group_angle((5, 7, 9), (0, 2, 6))[row] == pytest.approx(angle, rel=1e-4)
    direction = (of_class / np.hypot(*of_class.T)[:, None]).mean(axis=0)
    assert drawn.class_directions()[row, 4] == pytest.approx(complex(*direction), rel=1e-5)
    margin = 10 * (votes[:, [5, 7, 9]].sum(axis=1) - votes[:, [0, 2]].sum(axis=1)).round(8)
    up, down = margin[i][np.isin(labels[i], (5, 7, 9))], margin[i][np.isin(labels[i], (0, 2))]
    wins = (up[:, None] > down + 1e-6).mean() + (abs(up[:, None] - down) < 1e-6).mean() / 2
    assert drawn.knn_auroc((5, 7, 9), (0, 2))[row] == pytest.approx(wins, rel=1e-6)


def test_confusion_is_symmetric_and_its_lead_is_over_all_other_pairs(drawn: Sample) -> None:
    assert np.array_equal(drawn.confusion(0, 6), drawn.confusion(6, 0))
    pairs = drawn.confusions()
    assert len(pairs) == 45
    best = max(pairs, key=lambda pair: pairs[pair][0])
    leads = {pair: drawn.confusion_leads(*pair)[0].min() for pair in pairs}
    assert leads[best] > 0 and sum(lead > 0 for lead in leads.values()) == 1
    assert drawn.confusion_leads(*reversed(best))[0].min() == leads[best]


def test_ties_go_to_the_lowest_class() -> None:
    votes = np.zeros((20, 10), dtype=np.uint8)
    votes[:, [3, 7]] = 5
    labels = np.arange(20) % 10
    assert set(sample({"knn_votes": votes}, labels).knn_predictions()) == {3}


def test_separated_classes_have_a_larger_angular_separation() -> None:
    rng = np.random.default_rng(11)
    labels = np.arange(400) % 10
    angle = 2 * np.pi * labels / 10
    noise = rng.standard_normal((400, 2))
    means = 5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    tight, loose = (sample({"latent_mean": means + k * noise}, labels).angular_separation()[0] for k in (0.3, 2.0))
    assert tight > 2 * loose


def test_principal_coordinates_hold_the_largest_variance(drawn: Sample) -> None:
    rng = np.random.default_rng(12)
    z = rng.standard_normal((400, 5)) * [1, 9, 2, 5, 1]
    kept = sample({"latent_mean": z}, drawn.labels).principal_coordinates(2)
    assert kept.var(axis=0) == pytest.approx(np.sort(np.linalg.eigvalsh(np.cov(z.T, bias=True)))[::-1][:2])


def test_what_differs_in_its_last_digit_does_not_vary() -> None:
    rows = {seed: np.full(1 + RESAMPLES, 1 - 1e-16 * seed) for seed in range(3)}
    measured = estimate_crossed(rows, 0.5, 100)
    assert (measured.half_width, measured.p_value) == (0, 0), "all images of all trainings agree"
    counted = estimate_crossed(rows, 0.5, 0)
    assert (counted.half_width, counted.p_value) == (math.inf, 1), "three trainings do"


def test_paired_differences_ignore_what_both_runs_share(drawn: Sample) -> None:
    bce = drawn.array("test_bce")
    better = sample({"test_bce": bce - 1}, drawn.labels)
    difference = drawn.mean("test_bce") - better.mean("test_bce")
    assert difference.std() < 1e-5 and drawn.mean("test_bce").std() > 1


def test_names_stand_for_groups_and_classes(drawn: Sample) -> None:
    assert drawn.classes("footwear", "Bag", "Sneaker") == (5, 7, 8, 9)
    assert np.array_equal(drawn.members("Bag"), drawn.labels == 8)
    assert drawn.history("train_kl") == [3.0, 1.0]
    assert np.all(drawn.score("active_units") == 2) and len(drawn.score("active_units")) == 1 + RESAMPLES


def test_what_is_not_there_is_named(drawn: Sample) -> None:
    for missing in (lambda: drawn.mean("nope"), lambda: drawn.score("nope"), lambda: drawn.history("nope")):
        with pytest.raises(ResultsError, match=r"'nope'.*(EVALUATION_NUMERICS|--retrain e10)"):
            missing()
    with pytest.raises(ResultsError, match="not the same images"):
        drawn.mean("test_bce", np.ones(10, dtype=bool))


def make_samples(seeds: dict[str, list[int]], n: int = 50) -> Samples:
    rng = np.random.default_rng(13)
    labels = (np.arange(n) % 10).astype(np.uint8)
    results = {
        run: {
            s: result(run, s, {"test_bce": rng.standard_normal(n), "short": rng.standard_normal(20)}, {"kl": float(s)})
            for s in run_seeds
        }
        for run, run_seeds in seeds.items()
    }
    return Samples(results | {"dataset": {42: result("dataset", 42, {"test_labels": labels})}}, DIGITS, RESAMPLES)


def test_seeds_are_those_common_to_all_runs() -> None:
    samples = make_samples({"e10": [44, 42, 43], "e50": [43, 44, 45], "classifier": [42]})
    assert samples.seeds(["e10"]) == (42, 43, 44)
    assert samples.seeds(["e10", "e50", "classifier"]) == (43, 44)
    assert samples.seeds(["dataset"]) == (42,)
    paired = samples.paired(["e10", "e50", "classifier"])
    assert [list(paired.results[run]) for run in ("e10", "e50", "classifier")] == [[43, 44], [43, 44], [42]]
    assert paired.sample("e10", 43).cache is samples.sample("e10", 43).cache, "nothing is computed twice"
    assert samples.sample("classifier", 43).result.seed == 42
    with pytest.raises(ResultsError, match=r"'e100'.*--retrain e100"):
        samples.seeds(["e10", "e100"])
    with pytest.raises(ResultsError, match=r"e10: 42; b: 43.*--all"):
        make_samples({"e10": [42], "b": [43]}).seeds(["e10", "b"])


def test_an_estimate_counts_the_images_it_looked_at() -> None:
    samples = make_samples({"e10": [42, 43]})
    assert samples.estimate(lambda a: a.mean("test_bce"), "e10").n_images == 50
    assert samples.estimate(lambda a: a.mean("test_bce") - a.mean("short"), "e10").n_images == 20
    for _ in range(2):  # the second time from the cache
        assert samples.estimate(lambda a: a.median("short"), "e10").n_images == 20
    few = np.arange(50) < 7
    assert samples.estimate(lambda a: a.mean("test_bce", few), "e10").n_images == 7, "those of a class, not all"
    assert samples.estimate(lambda a: a.median("test_bce", few), "e10").n_images == 7
    only_seeds = samples.estimate(lambda a: a.score("kl"), "e10")
    assert only_seeds.n_images == 0 and only_seeds.per_seed == {42: 42.0, 43: 43.0}
    assert samples.estimate(lambda a: 2 * a.result.seed, "e10").value == 85


def test_the_cache_keeps_runs_seeds_and_subsets_apart() -> None:
    samples = make_samples({"e10": [42, 43]})
    even = np.arange(50) % 2 == 0
    seen = set()
    for seed, where in itertools.product((42, 43), (even, ~even, None)):
        one = samples.sample("e10", seed)
        bce = one.array("test_bce")
        assert one.median("test_bce", where)[0] == np.median(bce if where is None else bce[where])
        seen.add(one.median("test_bce", where)[0])
    assert len(seen) == 6


def test_a_mean_is_kept_for_its_values_and_subset_and_still_counted() -> None:
    samples = make_samples({"e10": [42, 43]})
    even = np.arange(50) % 2 == 0
    seen = set()
    for seed, where, flip in itertools.product((42, 43), (even, ~even, None), (False, True)):
        one = samples.sample("e10", seed)
        bce = one.array("test_bce")
        values = bce[::-1] ** 2 if flip else bce
        expected = (values if where is None else values[where]).mean(dtype=np.float64)
        for asked in (values, values.copy()) if flip else (values, "test_bce"):
            assert one.mean(asked, where)[0] == pytest.approx(expected, rel=1e-6)
        seen.add(one.mean(values, where)[0])
    assert len(seen) == 12
    again = samples.sample("e10", 42)
    mean = again.mean("test_bce")
    assert again.used == {50}, "what was computed before counts too"
    with pytest.raises(ValueError, match="read-only"):
        mean += 1


def test_what_is_not_finite_or_of_another_shape_stops() -> None:
    samples = make_samples({"e10": [42, 43]})
    with pytest.raises(ResultsError, match=r"not finite at seed 42.*--retrain e10"):
        samples.estimate(lambda a: float("nan"), "e10")
    for shape in ((3,), (1 + RESAMPLES, 2, 2), (1 + RESAMPLES, 0)):
        with pytest.raises(ResultsError, match=rf"shape {re.escape(str(shape))}"):
            samples.estimate(lambda a, shape=shape: np.ones(shape), "e10")
    assert samples.estimate(lambda a: np.tile([2.0, 1.0], (1 + RESAMPLES, 1)), "e10").value == 1


@given(st.floats(0, 1), st.floats(0, 2), st.floats(0.01, 0.99))
def test_bounds_cut_the_interval_and_change_no_decision(value: float, half: float, margin: float) -> None:
    whole = Estimate(value, value - half, value + half, 0.01, 5, 100, {})
    cut = possible(whole, SHARE)
    assert 0 <= cut.low <= cut.value <= cut.high <= 1
    assert (cut.low <= margin <= cut.high) == (whole.low <= margin <= whole.high)
    assert (cut.low > margin, cut.high < margin) == (whole.low > margin, whole.high < margin)
    assert (cut.value, cut.p_value) == (whole.value, whole.p_value)
    assert possible(whole, UNBOUNDED) == whole


def test_what_has_no_interval_gets_none_from_its_bounds() -> None:
    alone = Estimate(0.5, -np.inf, np.inf, 1.0, 1, 0, {42: 0.5})
    assert possible(alone, SHARE) == alone


def test_the_end_that_is_cut_keeps_its_origins() -> None:
    origins = frozenset({Origin("AUROC", ())})
    cut = possible(trace(Estimate(0.9, 0.7, 1.1, 1.0, 5, 9, {}), origins), SHARE)
    assert (cut.low, cut.high) == (0.7, 1.0) and origins_of(cut.high) == origins
