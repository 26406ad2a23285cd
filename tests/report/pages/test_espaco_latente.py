"""The statistics of the page on the latent space, on clouds and votes whose answer is known in closed form."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import davies_bouldin_score, silhouette_samples

from report.evidence import Evidence
from report.judging.claims import Claim
from report.judging.sample import Sample
from report.judging.statistics import Samples
from report.language import ptbr
from report.pages.espaco_latente import axes, dimensions, drift, evolution, groups, maps, page, pairs, raw, tables, used
from tests.report.synthetic import PER_CLASS, RESAMPLES, synthetic_evidence
from vae.data.datasets import FASHION_MNIST
from vae.grid import REFERENCE_RUNS, SNAPSHOTS, WIDE, make_grid
from vae.storage.results import Array, Keys, RunResult

CLASSES = len(FASHION_MNIST.classes)
LABELS = np.repeat(np.arange(CLASSES), PER_CLASS)
FOOTWEAR, CLOTHES = FASHION_MNIST.groups["footwear"], FASHION_MNIST.groups["clothes"]
DATASET = RunResult("dataset", 42, {}, Keys("", ""), {}, {}, {"test_labels": LABELS}, {})


def sample(scores: dict[str, float] | None = None, **arrays: Array) -> Sample:
    return Sample(RunResult("r", 42, {}, Keys("", ""), scores or {}, {}, arrays, {}), FASHION_MNIST, LABELS, RESAMPLES)


def index(name: str) -> int:
    return FASHION_MNIST.class_index(name)


def votes(**mixed: dict[str, int]) -> Array:
    """Ten votes for each image's own class, but for the classes named: {class: {other: votes}} go elsewhere."""
    own = np.zeros((len(LABELS), CLASSES), dtype=np.uint8)
    own[np.arange(len(LABELS)), LABELS] = 10
    for name, others in mixed.items():
        rows = np.flatnonzero(index(name.replace("_", "-").replace("Tshirt", "T-shirt/top")) == LABELS)
        for other, count in others.items():
            own[rows, index(other)] += np.uint8(count)
            own[rows, LABELS[rows[0]]] -= np.uint8(count)
    return own


def crosses(centres: Array, radius: Array | float) -> Array:
    """Points of each class on a cross about its centre: the trace of its covariance is radius^2."""
    corners = np.array([[1, 0], [-1, 0], [0, 1], [0, -1]] * (PER_CLASS // 4), dtype=float)
    radii = np.broadcast_to(radius, CLASSES)
    return np.concatenate([centre + r * corners for centre, r in zip(centres, radii, strict=True)])


CENTRES = np.array([[math.cos(t), math.sin(t)] for t in np.linspace(0, 2 * math.pi, CLASSES, endpoint=False)]) * 8


# Footwear and clothes


def test_footwear_recall_counts_groups_not_classes_run_by_run() -> None:
    within = sample(knn_votes=votes(Sneaker={"Sandal": 9}))
    outside = sample(knn_votes=votes(Sneaker={"Bag": 9}))
    assert groups.footwear_recall(within, within)[0] == pytest.approx([100, 100])
    assert groups.footwear_recall(within, outside, within)[0] == pytest.approx([100, 200 / 3, 100])


def test_footwear_silhouette_looks_at_footwear_alone() -> None:
    value = groups.footwear_silhouette(sample(silhouette_footwear=np.where(np.isin(LABELS, FOOTWEAR), 0.75, -1.0)))
    assert value == pytest.approx(np.full(1 + RESAMPLES, 0.75))


def test_footwear_spread_is_zero_if_equal_and_negative_if_denser() -> None:
    assert groups.footwear_spread(sample(latent_mean=crosses(CENTRES, 1.0)))[0] == pytest.approx(0)
    radius = np.where(np.isin(np.arange(CLASSES), FOOTWEAR), 0.5, 1.0)
    assert groups.footwear_spread(sample(latent_mean=crosses(CENTRES, radius)))[0] == pytest.approx(-75)


def test_angle_gain_is_that_of_the_group_means() -> None:
    def at(degrees: float) -> Sample:
        turned = np.radians(degrees)
        centres = np.zeros((CLASSES, 2))
        centres[list(CLOTHES)] = [5, 0]
        centres[list(FOOTWEAR)] = [3 * math.cos(turned), 3 * math.sin(turned)]
        return sample(latent_mean=crosses(centres, 1.0))

    assert groups.angle_gain(at(60), at(150))[0] == pytest.approx(90)
    assert groups.angle_gain(at(150), at(-60))[0] == pytest.approx(-90)


def test_robustness_lead_is_positive_if_only_footwear_and_clothes_never_mix() -> None:
    # Every class gives votes to another of its own group, and Bag to both groups: no cut is perfect but the one.
    shifted = votes()
    for group in (FOOTWEAR, CLOTHES):
        for position, c in enumerate(group):
            rows = np.flatnonzero(c == LABELS)[: PER_CLASS // 2]
            shifted[rows] = 0
            shifted[rows, group[position - 1]] = 10
    bag = np.flatnonzero(index("Bag") == LABELS)
    shifted[bag] = 0
    shifted[bag[::2], FOOTWEAR[0]] = shifted[bag[1::2], CLOTHES[0]] = 10
    assert groups.robustness_lead(sample(knn_votes=shifted))[0].min() > 0.1


def test_robustness_lead_is_negative_if_another_split_is_cleaner() -> None:
    mixed = votes(Sneaker={"Coat": 10}, Coat={"Sneaker": 10})
    # Half of Coat's images still look like Coat, so footwear and clothes overlap, and Bag stays apart from all.
    assert groups.robustness_lead(sample(knn_votes=mixed))[0].min() < -0.1


def test_natural_splits_are_disjoint_and_cover_every_class_against_the_rest() -> None:
    splits = groups.natural_splits(FASHION_MNIST)
    assert splits[groups.FOOTWEAR_CLOTHES] == (FOOTWEAR, CLOTHES)
    assert all(not set(first) & set(second) for first, second in splits.values())
    whole = [split for split in splits.values() if len(split[0]) + len(split[1]) == CLASSES]
    assert len(whole) == CLASSES and len(splits) == CLASSES + 3  # Bag against either group


# Pairs


def with_votes(run: str, votes_of: Array) -> Evidence:
    evidence = synthetic_evidence(n_seeds=2)
    for result in evidence.seeds(run).values():
        result.arrays["knn_votes"] = votes_of
    return measured_anew(evidence)


def measured_anew(evidence: Evidence) -> Evidence:
    """Forget what was computed of the results before a test changed them."""
    return dataclasses.replace(evidence, samples=Samples(evidence.samples.results, FASHION_MNIST, RESAMPLES))


def test_bag_and_coat_are_held_against_chance() -> None:
    assert pairs.bag_coat_confusion(sample(knn_votes=votes(Bag={"Coat": 3})))[0] == pytest.approx(15)
    assert pairs.bag_coat_confusion(sample(knn_votes=votes(Bag={"Dress": 3})))[0] == 0
    everyone_alike = np.ones((len(LABELS), CLASSES), dtype=np.uint8)
    assert pairs.bag_coat_confusion(sample(knn_votes=everyone_alike))[0] == pytest.approx(pairs.BAGS.margin), "chance"


def test_a_pair_has_its_place_among_all() -> None:
    evidence = with_votes("e10", votes(Bag={"Coat": 3}, Shirt={"Coat": 5, "Dress": 1}))
    pair = tables.pair_rank(evidence, "e10", "Bag", "Coat")
    assert (pair["rank"], pair["pairs"]) == (2, CLASSES * (CLASSES - 1) // 2)
    assert [ptbr.strip_marks(pair[name]).split(ptbr.NO_BREAK)[0] for name in ("confusion", "median")] == ["15,0", "0,0"]
    assert tables.pair_rank(evidence, "e10", "Coat", "Bag") == pair


def test_every_class_has_its_own_density_in_the_table() -> None:
    radius = np.full(CLASSES, 2.0)
    radius[index("Sandal")], radius[index("Bag")], radius[index("Trouser")] = 1.0, 3.0, 1.5
    evidence = synthetic_evidence(n_seeds=2)
    for run in SNAPSHOTS:
        for result in evidence.seeds(run).values():
            result.arrays["latent_mean"] = crosses(CENTRES, radius)
    evidence = measured_anew(evidence)
    spread = tables.spreads(evidence, "e100")
    assert (spread["densest"], spread["widest"], spread["denser"], spread["footwear"]) == ("Sandal", "Bag", 1, 3)
    rows = [line.split(" | ") for line in ptbr.strip_marks(tables.spreads_table(evidence)).splitlines()[2:12]]
    assert [row[0].strip("| ") for row in rows[:2]] == ["Sandal", "Trouser"] and rows[-1][0] == "| Bag"
    assert [row[1] for row in (rows[0], rows[1], rows[-1])] == ["calçados", "roupas", "—"]
    assert [rows[i][2].split(ptbr.NO_BREAK)[0] for i in (0, 1, -1)] == ["1,00", "2,25", "9,00"]


def test_t_shirt_and_shirt_lead_over_the_next_pair() -> None:
    first = sample(knn_votes=votes(Shirt={"T-shirt/top": 4}, Coat={"Pullover": 2}))
    second = sample(knn_votes=votes(Shirt={"T-shirt/top": 2}, Coat={"Pullover": 4}))
    assert pairs.t_shirt_shirt_lead(first)[0].min() == pytest.approx(10)
    assert pairs.t_shirt_shirt_lead(second)[0].min() == pytest.approx(-10)


def test_shirt_lies_between_only_if_it_mixes_with_both() -> None:
    both = sample(knn_votes=votes(Shirt={"T-shirt/top": 4, "Pullover": 2}))
    one = sample(knn_votes=votes(Shirt={"T-shirt/top": 6}, Pullover={"T-shirt/top": 2}))
    assert pairs.shirt_between(both)[0].min() == pytest.approx(10)
    assert pairs.shirt_between(one)[0].min() == pytest.approx(-10)


def test_a_class_is_held_against_the_median_class() -> None:
    even = math.log(2)  # five votes for each of two classes
    assert pairs.entropy_excess(sample(knn_votes=votes(Dress={"Coat": 5})), "Dress")[0] == pytest.approx(even)
    assert pairs.entropy_excess(sample(knn_votes=votes(Bag={"Coat": 5})), "Dress")[0] == pytest.approx(0)
    mixed = np.ones((len(LABELS), CLASSES), dtype=np.uint8)
    mixed[index("Dress") == LABELS] = votes()[index("Dress") == LABELS]
    assert pairs.entropy_excess(sample(knn_votes=mixed), "Dress")[0] == pytest.approx(-math.log(10), rel=1e-5)


def test_long_and_short_sleeves_are_apart_as_far_as_votes_tell_them() -> None:
    assert pairs.sleeves_apart(sample(knn_votes=votes()))[0] == pytest.approx(1)
    assert pairs.sleeves_apart(sample(knn_votes=votes(Tshirt={"Pullover": 5}, Pullover={"T-shirt/top": 5})))[0] == 0.5
    assert pairs.sleeves_apart(sample(knn_votes=votes(Tshirt={"Coat": 9}, Shirt={"Pullover": 9})))[0] == 1


def test_the_confusion_of_upper_garments_is_that_among_themselves() -> None:
    # Of the three pairs one is confused by 4 votes of 10, one way: 20 % over both ways, a third of it in the mean.
    before, after = (sample(knn_votes=votes(Shirt={"T-shirt/top": 4}))), sample(knn_votes=votes(Shirt={"Coat": 9}))
    assert pairs.tops_confusion_change(before, after) == pytest.approx(np.full(1 + RESAMPLES, -20 / 3))
    assert pairs.tops_confusion_change(after, before)[0] == pytest.approx(20 / 3)


def test_the_confusion_that_dimensions_remove_is_relative() -> None:
    narrow, wide = (sample(knn_votes=votes(Shirt={"T-shirt/top": count})) for count in (8, 2))
    assert pairs.confusion_removed(narrow, wide) == pytest.approx(np.full(1 + RESAMPLES, 75))
    assert pairs.confusion_removed(wide, narrow)[0] == pytest.approx(-300)
    assert pairs.confusion_removed(narrow, sample(knn_votes=votes(Coat={"Bag": 9})))[0] == 100


# Epochs


def test_a_larger_plane_changes_raw_traces_and_no_share() -> None:
    small, large = (sample(latent_mean=scale * crosses(CENTRES, 1.0)) for scale in (1.0, 2.0))
    assert evolution.within_change(small, large) == pytest.approx(np.full(1 + RESAMPLES, 300), rel=1e-5)
    assert evolution.between_change(small, large)[0] == pytest.approx(300)
    assert evolution.within_share_change(small, large)[0] == pytest.approx(0, abs=1e-4)
    assert evolution.angular_gain(small, large)[0] == pytest.approx(0, abs=1e-4)


def test_denser_classes_change_what_lies_within_and_not_what_lies_between() -> None:
    wide, dense = (sample(latent_mean=crosses(CENTRES, radius)) for radius in (2.0, 1.0))
    assert evolution.within_change(wide, dense)[0] == pytest.approx(-75)
    assert evolution.between_change(wide, dense)[0] == pytest.approx(0, abs=1e-6)
    assert evolution.within_share_change(wide, dense)[0] == pytest.approx(100 * (1 / 65 - 4 / 68), abs=1e-4)
    assert evolution.angular_gain(wide, dense)[0] > 50


def test_accuracy_gain_is_in_points() -> None:
    before, after = sample(knn_votes=votes(Shirt={"Coat": 6})), sample(knn_votes=votes())
    assert evolution.accuracy_gain(before, after)[0] == pytest.approx(10)


def test_a_collapsed_cloud_gives_finite_numbers() -> None:
    """All images on one point: nothing changes from it to itself, all that is there lies within classes."""
    point = sample(latent_mean=np.full((len(LABELS), 2), 0.01), knn_votes=votes())
    cloud = sample(latent_mean=crosses(np.arange(2.0 * CLASSES).reshape(CLASSES, 2) + 1, 1.0), knn_votes=votes())
    for change in (evolution.within_change, evolution.between_change, evolution.within_share_change,
                   evolution.angular_gain, drift.latent_drift, groups.angle_gain):  # fmt: skip
        assert change(point, point) == pytest.approx(np.zeros(1 + RESAMPLES), abs=1e-9), change.__name__
        assert np.isfinite(change(point, cloud)).all(), change.__name__
        assert np.isfinite(change(cloud, point)).all(), change.__name__
    assert evolution.within_share(point) == pytest.approx(np.ones(1 + RESAMPLES))
    assert drift.latent_drift(point, cloud)[0] == pytest.approx(100), "nothing in common"
    assert groups.footwear_spread(point) == pytest.approx(np.zeros(1 + RESAMPLES), abs=1e-9)
    assert pairs.confusion_removed(point, point)[0] == 0, "of no confusion, none is gone"


def test_a_mean_on_the_origin_has_no_direction() -> None:
    origin = sample(latent_mean=np.zeros((len(LABELS), 2)))
    assert origin.group_angle(FOOTWEAR, CLOTHES).tolist() == [0.0] * (1 + RESAMPLES)


def test_davies_bouldin_change_is_relative() -> None:
    before, after = (sample({"davies_bouldin": value}) for value in (4.0, 3.0))
    assert evolution.davies_bouldin_change(before, after)[0] == pytest.approx(-25)


CLOUD = crosses(CENTRES, 1.0)
REFLECTION = np.array([[0.6, 0.8], [0.8, -0.6]])


@pytest.mark.parametrize("moved", [CLOUD + 3.0, 0.25 * CLOUD, CLOUD @ REFLECTION, 2 * CLOUD @ REFLECTION - 5])
def test_a_cloud_that_moves_as_a_whole_does_not_drift(moved: Array) -> None:
    pair = [sample(latent_mean=points) for points in (CLOUD, moved)]
    assert drift.latent_drift(*pair) == pytest.approx(np.zeros(1 + RESAMPLES), abs=0.1)


def test_drift_is_what_no_fit_explains() -> None:
    # Steps to and fro, of length 3 on a radius of 5, along axes of the cloud that they are not correlated with.
    square = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]] * (len(LABELS) // 4)) * math.sqrt(8)
    away = 3 * np.sign(square * [[1, -1]] * square[:, ::-1]) / math.sqrt(2)
    assert np.abs(square.T @ away).max() < 1e-9
    before, after = sample(latent_mean=square), sample(latent_mean=square + away)
    assert drift.latent_drift(before, after)[0] == pytest.approx(60)
    assert drift.latent_drift(after, before)[0] == pytest.approx(60)


def test_drift_is_averaged_under_the_weights_with_the_fit_of_all_images() -> None:
    rng = np.random.default_rng(0)
    before, after = (sample(latent_mean=CLOUD + rng.normal(0, 1, CLOUD.shape)) for _ in range(2))
    distance, radius = drift.residuals(before.latent_means(), after.latent_means())
    weights = after.weights(len(LABELS)).astype(np.float64)
    assert drift.latent_drift(before, after) == pytest.approx(
        100 * np.sqrt(weights @ distance / (weights @ radius)), rel=1e-5
    )


def test_drift_between_the_clusters_is_that_of_two_classes_in_percent_of_the_radius_of_all() -> None:
    rng = np.random.default_rng(0)
    others = ~np.isin(LABELS, [index("Dress"), index("Coat")])
    before, after = (sample(latent_mean=CLOUD + rng.normal(0, 0.1, CLOUD.shape)) for _ in range(2))
    distance, radius = drift.residuals(before.latent_means(), after.latent_means())
    expected = 100 * math.sqrt(distance[~others].mean() / radius.mean())
    assert drift.between_drift(before, after)[0] == pytest.approx(expected)


# Many dimensions


def test_projection_is_held_against_the_native_plane() -> None:
    ones = np.ones(len(LABELS))
    native, projected = sample(silhouette=0.25 * ones), sample(silhouette=0.5 * ones, silhouette_pca=0.125 * ones)
    assert dimensions.projected_silhouette(native, projected) == pytest.approx(np.full(1 + RESAMPLES, -0.125))


def test_shares_and_accuracies_are_in_per_cent() -> None:
    read = np.where(np.arange(len(LABELS)) % 8 == 0, (LABELS + 1) % CLASSES, LABELS)
    deep = sample({"pca2_share": 0.25}, probe_classes=read)
    assert dimensions.two_component_share(deep)[0] == 25
    assert dimensions.probe_accuracy(deep)[0] == 87.5


def blocks(first: Array, others: Array) -> Array:
    """A cloud that varies along three coordinates, given for class 0 and for every other class."""
    cloud = np.random.default_rng(0).normal(0, 1e-3, (len(LABELS), 12))
    for c in range(CLASSES):
        rows, axes_of_class = np.flatnonzero(c == LABELS), first if c == 0 else others
        for k, axis in enumerate(axes_of_class):
            cloud[rows[2 * k : 2 * k + 2], axis] = [1.0, -1.0]
    return cloud


def test_subspaces_overlap_if_classes_vary_along_the_same_axes() -> None:
    alike, apart = blocks(np.arange(3), np.arange(3)), blocks(np.arange(3), np.arange(3, 6))
    assert dimensions.subspace_overlap(sample(latent_mean=alike)) == pytest.approx(1, abs=1e-4)
    pairs_of_first = (CLASSES - 1) / (CLASSES * (CLASSES - 1) / 2)
    assert dimensions.subspace_overlap(sample(latent_mean=apart)) == pytest.approx(1 - pairs_of_first, abs=1e-4)
    one_axis_shared = blocks(np.arange(3), np.arange(2, 5))
    expected = 1 - pairs_of_first * 2 / 3
    assert dimensions.subspace_overlap(sample(latent_mean=one_axis_shared)) == pytest.approx(expected, abs=1e-4)


def test_random_subspaces_overlap_as_expected() -> None:
    rng = np.random.default_rng(0)
    cloud = rng.standard_normal((6000, 12))
    drawn = np.mean(list(dimensions.overlaps(cloud, np.repeat(np.arange(300), 20)).values()))
    assert dimensions.random_overlap(sample(latent_mean=cloud)) == 0.25 and drawn == pytest.approx(0.25, abs=0.01)


def test_one_pair_of_classes_in_the_same_subspace_is_what_counts() -> None:
    cloud = 1e-3 * np.random.default_rng(0).standard_normal((len(LABELS), 3 * CLASSES))
    for c in range(CLASSES):
        own = 3 * (CLASSES - 2 if c == CLASSES - 1 else c)  # the last two classes vary along the same axes
        rows = np.flatnonzero(c == LABELS)
        for k in range(dimensions.DIRECTIONS):
            cloud[rows[2 * k : 2 * k + 2], own + k] = [1.0, -1.0]
    run = sample(latent_mean=cloud)
    assert dimensions.largest_overlap(run) == pytest.approx(1, abs=1e-3)
    assert dimensions.subspace_overlap(run) == pytest.approx(1 / math.comb(CLASSES, 2), abs=1e-3)
    assert dimensions.shared_by_closest(run) == pytest.approx(100 / dimensions.permuted_overlap(run), rel=1e-3)
    assert dimensions.shared_by_closest(run) > dimensions.OWN_SUBSPACE.margin
    results = {"dataset": {42: DATASET}, WIDE: {42: run.result}}
    made = Evidence(make_grid(seeds=1), Samples(results, FASHION_MNIST, RESAMPLES), {})
    closest = [ptbr.strip_marks(name) for name in dimensions.closest_classes(made, WIDE)]
    assert closest == list(FASHION_MNIST.classes[-2:])


def with_variances(*variances: float) -> Sample:
    """Two halves of a cloud on either side of its centre, in dimensions of these variances."""
    signs = np.where(np.arange(len(LABELS)) % 2, 1.0, -1.0)
    return sample(
        {"active_units": float(np.sum(np.array(variances) > 0.01))}, latent_mean=np.outer(signs, np.sqrt(variances)) + 5
    )


def test_without_room_random_subspaces_are_all_the_same() -> None:
    in_use = [with_variances(*np.ones(n), 0.05, 0.02) for n in (0, 2, 3, 6)]
    assert [dimensions.random_overlap(run) for run in in_use] == [1, 1, 1, 0.5]


# Raw coordinates


def test_raw_silhouettes_and_overlaps_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    clusters = rng.integers(0, 5, 120)
    points = rng.standard_normal((120, 4)) + 2 * rng.standard_normal((5, 4))[clusters]
    assert raw.silhouettes(points, clusters) == pytest.approx(silhouette_samples(points, clusters))
    assert raw.davies_bouldin(points, clusters) == pytest.approx(davies_bouldin_score(points, clusters))


def test_coinciding_clusters_have_a_silhouette_of_zero_and_the_worst_overlap() -> None:
    points, clusters = np.ones((12, 3)), np.arange(12) % 3
    assert not raw.silhouettes(points, clusters).any()
    assert not raw.silhouettes(points[:3], clusters[:3]).any()  # each alone in its cluster
    assert raw.davies_bouldin(points, clusters) == raw.WORST_OVERLAP


def test_raw_measures_are_of_the_first_images_and_not_whitened(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = np.random.default_rng(0).standard_normal((len(LABELS), 3)) * [1.0, 1.0, 1e-3]
    cloud[:, 0] += 5 * LABELS
    run = sample(latent_mean=cloud)
    monkeypatch.setattr(raw, "IMAGES", len(LABELS) // 2)
    few = slice(0, raw.IMAGES)
    assert raw.raw_silhouette(run)[0] == pytest.approx(silhouette_samples(cloud[few], LABELS[few]).mean())
    assert raw.raw_davies_bouldin(run) == pytest.approx(davies_bouldin_score(cloud[few], LABELS[few]))
    monkeypatch.setattr(raw, "IMAGES", len(LABELS))
    run = sample(latent_mean=cloud)
    footwear = np.isin(LABELS, FOOTWEAR)
    of_footwear = silhouette_samples(cloud, footwear)[footwear].mean()
    assert raw.raw_footwear_silhouette(run)[0] == pytest.approx(of_footwear)


# Dimensions in use


def test_dimensions_in_use_are_those_above_a_tenth_and_hold_their_share_of_the_variance() -> None:
    run = with_variances(0.05, 0.3, 0.02, 0.6, 0.03)
    assert run.mean_variances() == pytest.approx([0.6, 0.3, 0.05, 0.03, 0.02])
    assert run.used_dimensions() == 2 and used.used_variance(run) == pytest.approx(0.9)
    assert used.used_variance(with_variances(0.0, 0.0)) == 0.0


def test_what_a_dimension_tells_is_the_information_of_a_gaussian_channel() -> None:
    # Of a mean of variance v and noise of variance 1 - v: ln(1 / (1 - v)) / 2.
    assert used.nats_at(0.5) == pytest.approx(math.log(2) / 2)


def test_counts_across_seeds_are_one_number_only_if_all_trainings_agree() -> None:
    def made(*runs: Sample) -> Evidence:
        results = {"dataset": {42: DATASET}, WIDE: {42 + i: run.result for i, run in enumerate(runs)}}
        return Evidence(make_grid(seeds=len(runs)), Samples(results, FASHION_MNIST, RESAMPLES), {})

    unlike = made(with_variances(1.0, 0.2, 0.05), with_variances(1.0, 0.05, 0.02))
    assert ptbr.strip_marks(used.across_seeds(unlike, "used_units")) == "vai de 1 a 2"
    assert ptbr.strip_marks(used.across_seeds(unlike, "active_units")) == "é 3 em todos"


def test_permuted_labels_leave_the_images_and_their_number() -> None:
    apart = sample(latent_mean=blocks(np.arange(3), np.arange(3, 6)))
    assert dimensions.permuted_overlap(apart) == dimensions.permuted_overlap(apart)
    assert dimensions.permuted_overlap(apart) != pytest.approx(dimensions.subspace_overlap(apart), abs=1e-3)


# Flat maps


LINE = np.cumsum(np.arange(CLASSES) ** 1.5)  # no two pairs of classes equally far apart


def test_order_of_distances_is_one_if_kept_and_falls_if_a_class_is_moved() -> None:
    deep = sample(latent_mean=np.outer(LINE[LABELS], np.ones(5)))
    # Any growing function of the distances keeps their order.
    kept = np.stack([7 * LINE[LABELS], np.zeros(len(LABELS))], axis=1)
    assert maps.distance_order(deep, kept) == pytest.approx(np.ones(1 + RESAMPLES), abs=1e-5)
    moved = kept.copy()
    moved[LABELS == CLASSES - 1] = 0
    assert maps.distance_order(deep, moved)[0] < 0.8


def test_order_of_distances_is_the_spearman_correlation_of_images_of_different_classes() -> None:
    # Two classes only, each image in one pair: what a pair within a class does to the map must not count.
    rng = np.random.default_rng(0)
    labels, cloud, plane = rng.integers(0, 2, 400), rng.normal(size=(400, 4)), rng.normal(size=(400, 2))
    plane[:, 0] += cloud[:, 0] + 3 * labels
    run = dataclasses.replace(sample(latent_mean=cloud), labels=labels)
    order = np.random.default_rng(0).permutation(400)
    pairs = [(i, j) for i, j in zip(order[:200], order[200:], strict=True) if labels[i] != labels[j]]
    gaps = [[np.linalg.norm(points[i] - points[j]) for i, j in pairs] for points in (cloud, plane)]
    found = maps.distance_order(run, plane)
    assert found[0] == pytest.approx(stats.spearmanr(*gaps).statistic, abs=1e-5)
    # Fisher's standard error of a correlation.
    assert found[1:].std() == pytest.approx(len(pairs) ** -0.5, rel=0.4)


def test_a_map_that_parts_a_class_in_two_does_not_keep_the_order_that_its_centre_has() -> None:
    deep = sample(latent_mean=np.outer(LINE[LABELS], np.ones(5)))
    parted = np.stack([LINE[LABELS], np.zeros(len(LABELS))], axis=1)
    parted[LABELS == 0, 1] = np.where(np.arange(PER_CLASS) % 2, 1.0, -1.0) * 3 * LINE[-1]  # its centre stays
    assert maps.distance_order(deep, parted)[0] < 0.95


def test_a_map_of_one_point_keeps_no_order() -> None:
    assert not maps.distance_order(sample(latent_mean=np.eye(CLASSES)[LABELS]), np.zeros((len(LABELS), 2))).any()


def test_ranks_of_ties_are_shared() -> None:
    assert list(maps.midranks(np.array([5.0, 1.0, 5.0, 9.0]))) == [0.0, -1.5, 0.0, 1.5]


def test_kept_neighbours_are_counted_point_by_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "ROWS_AT_ONCE", 7)
    rng = np.random.default_rng(0)
    cloud = rng.standard_normal((60, 3))
    assert maps.kept_neighbours(maps.nearest(cloud), maps.nearest(2 * cloud)) == 1
    flat = cloud[:, :2]
    near = [
        set(np.argsort(((points - points[i]) ** 2).sum(axis=1))[1:11]) for points in (cloud, flat) for i in range(60)
    ]
    expected = np.mean([len(near[i] & near[60 + i]) for i in range(60)]) / 10
    assert maps.kept_neighbours(maps.nearest(cloud), maps.nearest(flat)) == pytest.approx(expected)


@pytest.mark.parametrize("levels", [0, 40, 3], ids=["no ties", "ties", "nothing but ties"])
@pytest.mark.parametrize("width", [30, 45, 1_003])
def test_the_least_of_rows_are_those_that_numpy_chooses(levels: int, width: int) -> None:
    values = np.random.default_rng(width).random((50, width))
    values = np.floor(values * levels) if levels else values
    expected = np.argpartition(values, maps.NEAREST, axis=1)[:, : maps.NEAREST]
    found = maps.least_of_rows(values, maps.NEAREST)
    assert np.array_equal(np.sort(found, axis=1), np.sort(expected, axis=1))


# The axes


def plane_and_factor(degrees: float) -> tuple[Sample, Sample]:
    """A round cloud, and as its factors the coordinate along one direction, by its rank."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(CLASSES), 200)
    cloud = rng.standard_normal((len(labels), 2))
    factor = cloud @ [math.cos(math.radians(degrees)), math.sin(math.radians(degrees))]
    arrays = dict.fromkeys(axes.FACTORS, factor)
    results = (RunResult(name, 42, {}, Keys("", ""), {}, {}, found, {}) for name, found in
               (("r", {"latent_mean": cloud}), ("dataset", arrays)))  # fmt: skip
    run, data = (Sample(result, FASHION_MNIST, labels, RESAMPLES) for result in results)
    return run, data


def test_an_axis_that_is_the_factor_tells_all_of_it_and_more_than_turned_ones() -> None:
    for degrees in (0, 90, 180):
        run, data = plane_and_factor(degrees)
        assert axes.turned_information(run, data)[0, 0, 0] == pytest.approx(
            math.log(axes.BINS), rel=1e-5
        )  # 2,000 in 12 bins
        assert axes.length_on_axis(run, data)[0] > 0.5


def test_an_axis_far_from_the_factor_tells_less_than_turned_ones() -> None:
    assert axes.width_on_axis(*plane_and_factor(45))[0] < -0.3


def test_a_factor_without_direction_prefers_no_axis() -> None:
    run, data = plane_and_factor(0)
    radius = np.hypot(*run.latent_means().T)
    data.result.arrays.update(dict.fromkeys(axes.FACTORS, radius))
    assert abs(axes.length_on_axis(run, data)[0]) < 0.03


def test_mutual_information_of_tables_known_by_heart() -> None:
    tables_known = np.stack([np.eye(4), np.ones((4, 4)), np.diag([2.0, 2.0, 0.0, 0.0])])
    assert axes.mutual_information(tables_known) == pytest.approx([math.log(4), 0, math.log(2)])


def test_bins_hold_equally_many_and_ties_stay_together() -> None:
    assert np.bincount(axes.quantile_bins(np.arange(24.0)[::-1], 12)).tolist() == [2] * 12
    tied = axes.quantile_bins(np.array([1.0] * 3 + [5.0] * 9), 4)
    assert len(set(tied[:3])) == len(set(tied[3:])) == 1 and tied[0] < tied[-1]
    # What an edge falls on keeps a bin of its own.
    assert axes.quantile_bins(np.array([1.0] * 2 + [2.0] * 2 + [3.0] * 8), 4).tolist() == [0] * 2 + [1] * 2 + [2] * 8


def test_axis_share_is_the_correlation_ratio() -> None:
    cloud = np.array([[1.0, 0.0], [1.0, 2.0], [-1.0, 0.0], [-1.0, 2.0]])
    first = np.array([True, True, False, False])
    assert axes.axis_share(cloud, first, ~first, np.array([1.0, 0.0])) == pytest.approx(1)
    assert axes.axis_share(cloud, first, ~first, np.array([0.0, 1.0])) == pytest.approx(0)
    diagonal = np.array([1.0, 1.0]) / math.sqrt(2)
    assert axes.axis_share(cloud, first, ~first, diagonal) == pytest.approx(0.5)


def test_directions_of_clouds_without_width() -> None:
    first = np.arange(8) < 4
    point = np.full((8, 2), 0.01)
    line = np.outer(np.arange(8.0), [0.6, 0.8])
    ends = np.where(first[:, None], [3.0, 4.0], [0.0, 0.0])
    assert axes.best_direction(point, first, ~first).tolist() == [1, 0]
    assert axes.axis_share(point, first, ~first, np.array([1.0, 0.0])) == 0
    for cloud in (line, ends):
        best = axes.best_direction(cloud, first, ~first)
        assert abs(best @ [0.6, 0.8]) == pytest.approx(1)


@pytest.mark.parametrize("degrees", [0, 35, 90, 160])
def test_best_direction_turns_with_the_plane_and_loses_nothing(degrees: float) -> None:
    rng = np.random.default_rng(0)
    first = np.arange(200) < 80
    cloud = rng.standard_normal((200, 2)) * [1.0, 3.0] + np.where(first, 2.0, -2.0)[:, None] * [1.0, 0.5]
    turn = np.radians(degrees)
    turned = cloud @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    best, moved = (axes.best_direction(points, first, ~first) for points in (cloud, turned))
    gain = (axes.axis_angle(moved) - axes.axis_angle(best) - degrees) % 180
    assert min(gain, 180 - gain) < 1e-6
    share = axes.axis_share(cloud, first, ~first, best)
    assert axes.axis_share(turned, first, ~first, moved) == pytest.approx(share)
    around = [np.array([math.cos(t), math.sin(t)]) for t in np.linspace(0, math.pi, 60)]
    assert share >= max(axes.axis_share(cloud, first, ~first, direction) for direction in around)


# The page


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return synthetic_evidence(n_seeds=2)


def test_listed_pairs_come_in_order_and_each_once(evidence: Evidence) -> None:
    ranked = tables.ranked_pairs(evidence, "e100")
    assert len(set(ranked)) == len(ranked) == CLASSES * (CLASSES - 1) // 2
    found = [evidence.estimate(lambda s, p=pair: s.confusion(*p), "e100").value for pair in ranked]
    assert np.diff(found).max() < 1e-9 and found[0] > found[-1]


def test_the_best_class_is_the_one_that_neighbours_recognise() -> None:
    chosen = votes(Shirt={"Coat": 7}, Bag={"Coat": 2})
    runs = {run: {42: sample(knn_votes=chosen).result} for run in REFERENCE_RUNS}
    made = Evidence(make_grid(seeds=1), Samples({"dataset": {42: DATASET}, **runs}, FASHION_MNIST, RESAMPLES), {})
    assert tables.extreme_class(made, "e100", easiest=False) == {"name": "Shirt", "accuracy": 0}
    assert tables.extreme_class(made, "e100", easiest=True)["accuracy"] == 100
    assert tables.top_pair(made, "e100")["names"] == "Coat e Shirt"


def test_components_for_counts_what_is_needed(evidence: Evidence) -> None:
    kept = np.cumsum(evidence.headline("e10-l50").array("pca_shares"))
    needed = tables.components_for(evidence, 0.9)
    assert kept[needed - 1] >= 0.9 > kept[needed - 2]


@pytest.mark.parametrize("claim", [one for one in page.PAGE.claims if one.statistic], ids=lambda claim: claim.id)
def test_a_statistic_gives_one_number_or_as_many_as_replicates(claim: Claim, evidence: Evidence) -> None:
    samples = [evidence.samples.sample(run, 42) for run in claim.needs]
    statistic: Callable[..., Any] = claim.statistic
    shape = np.shape(statistic(*samples))
    assert shape == () or (shape[0] == 1 + RESAMPLES and len(shape) <= 2)


def test_between_seeds_needs_two_of_them(evidence: Evidence) -> None:
    one = {"dataset": {42: DATASET}, "e100": {42: evidence.seeds("e100")[42]}}
    alone = Evidence(make_grid(seeds=1), Samples(one, FASHION_MNIST, RESAMPLES), {})
    assert drift.between_seeds(alone, "e100") is None
    pair = [evidence.samples.sample("e100", seed) for seed in (42, 43)]
    assert drift.between_seeds(evidence, "e100") == pytest.approx(float(drift.latent_drift(*pair)[0]))


def test_native_and_turned_axes_are_those_of_the_claim(evidence: Evidence) -> None:
    native, turned = axes.native_and_turned(evidence, "e100", "test_width")
    lead = evidence.estimate(axes.width_on_axis, "e100", "dataset").value
    assert native - turned == pytest.approx(lead)
    curves = axes.turn_curves(evidence, "e100", "test_width")
    assert curves.shape == (2, 1 + axes.TURNS) and curves[:, 0].mean() == native


def test_strangers_are_the_other_classes_that_occur_most() -> None:
    chosen = votes(Dress={"Coat": 3, "Shirt": 2})
    results = {"dataset": {42: DATASET}, "e100": {42: sample(knn_votes=chosen).result}}
    made = Evidence(make_grid(seeds=1), Samples(results, FASHION_MNIST, RESAMPLES), {})
    assert ptbr.strip_marks(tables.strangers(made, "e100", "Dress")) == "Coat (30%) e Shirt (20%)"


def test_label_confusion_is_the_mean_of_both_ways(evidence: Evidence) -> None:
    confusion = evidence.classifier.array("confusion") / PER_CLASS
    i, j = index("T-shirt/top"), index("Trouser")
    found = tables.label_confusion(evidence, "T-shirt/top", "Trouser")
    assert found == pytest.approx((confusion[i, j] + confusion[j, i]) / 2)


def test_a_map_that_shuffles_the_points_keeps_no_class() -> None:
    rng = np.random.default_rng(2)
    cloud = rng.standard_normal((len(LABELS), 5)) * 0.01 + 10 * np.eye(CLASSES)[LABELS][:, :5] + LABELS[:, None]
    plane = cloud[:, :2] + LABELS[:, None] * np.array([3.0, 1.0])
    assert maps.kept_accuracy(sample(latent_mean=cloud, tsne=plane), "tsne")[0] == pytest.approx(100)
    shuffled = sample(latent_mean=cloud, tsne=rng.permutation(plane))
    assert maps.kept_accuracy(shuffled, "tsne")[0] == pytest.approx(100 / CLASSES, abs=10)
