"""The statistics of the page on the latent space, on clouds and votes whose answer is known in closed form."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from report.claims import Claim
from report.evidence import Evidence
from report.pages import espaco_latente as page
from report.pages import espaco_latente_dimensions as dimensions
from report.pages import espaco_latente_evolution as evolution
from report.pages import espaco_latente_groups as groups
from report.pages import espaco_latente_pairs as pairs
from report.pages import espaco_latente_tables as tables
from report.sample import Sample
from report.statistics import Samples
from tests.report.synthetic import PER_CLASS, RESAMPLES, synthetic_evidence
from vae.datasets import FASHION_MNIST
from vae.grid import make_grid
from vae.results import Array, Keys, RunResult

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


def test_footwear_silhouette_looks_at_footwear_alone_run_by_run() -> None:
    good, bad = (np.where(np.isin(LABELS, FOOTWEAR), value, -1.0) for value in (0.75, 0.5))
    value = groups.footwear_silhouette(sample(silhouette_footwear=good), sample(silhouette_footwear=bad))
    assert value == pytest.approx(np.tile([0.75, 0.5], (1 + RESAMPLES, 1)))


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


def test_bag_and_coat_are_held_against_the_median_pair() -> None:
    assert pairs.bag_coat_excess(sample(knn_votes=votes(Bag={"Coat": 3})))[0] == pytest.approx(15)
    assert pairs.bag_coat_excess(sample(knn_votes=votes(Bag={"Dress": 3})))[0] == 0
    everyone_alike = np.ones((len(LABELS), CLASSES), dtype=np.uint8)
    assert pairs.bag_coat_excess(sample(knn_votes=everyone_alike))[0] == pytest.approx(0)


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


def test_davies_bouldin_change_is_relative() -> None:
    before, after = (sample({"davies_bouldin": value}) for value in (4.0, 3.0))
    assert evolution.davies_bouldin_change(before, after)[0] == pytest.approx(-25)


# Many dimensions


def test_projection_is_held_against_the_native_plane() -> None:
    ones = np.ones(len(LABELS))
    native, projected = sample(silhouette=0.25 * ones), sample(silhouette=0.5 * ones, silhouette_pca=0.125 * ones)
    assert dimensions.projected_silhouette(native, projected) == pytest.approx(np.full(1 + RESAMPLES, -0.125))


def test_shares_and_accuracies_are_in_per_cent() -> None:
    deep = sample({"pca2_share": 0.25, "probe_accuracy": 0.875})
    assert dimensions.two_component_share(deep)[0] == 25
    assert dimensions.probe_accuracy(deep)[0] == 87.5


# The axes


def test_axis_share_is_the_correlation_ratio() -> None:
    cloud = np.array([[1.0, 0.0], [1.0, 2.0], [-1.0, 0.0], [-1.0, 2.0]])
    first = np.array([True, True, False, False])
    assert tables.axis_share(cloud, first, ~first, np.array([1.0, 0.0])) == pytest.approx(1)
    assert tables.axis_share(cloud, first, ~first, np.array([0.0, 1.0])) == pytest.approx(0)
    diagonal = np.array([1.0, 1.0]) / math.sqrt(2)
    assert tables.axis_share(cloud, first, ~first, diagonal) == pytest.approx(0.5)


@pytest.mark.parametrize("degrees", [0, 35, 90, 160])
def test_best_direction_turns_with_the_plane_and_loses_nothing(degrees: float) -> None:
    rng = np.random.default_rng(0)
    first = np.arange(200) < 80
    cloud = rng.standard_normal((200, 2)) * [1.0, 3.0] + np.where(first, 2.0, -2.0)[:, None] * [1.0, 0.5]
    turn = np.radians(degrees)
    turned = cloud @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    best, moved = (tables.best_direction(points, first, ~first) for points in (cloud, turned))
    gain = (tables.axis_angle(moved) - tables.axis_angle(best) - degrees) % 180
    assert min(gain, 180 - gain) < 1e-6
    share = tables.axis_share(cloud, first, ~first, best)
    assert tables.axis_share(turned, first, ~first, moved) == pytest.approx(share)
    around = [np.array([math.cos(t), math.sin(t)]) for t in np.linspace(0, math.pi, 60)]
    assert share >= max(tables.axis_share(cloud, first, ~first, direction) for direction in around)


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
    runs = {run: {42: sample(knn_votes=chosen).result} for run in tables.RUNS}
    made = Evidence(make_grid(seeds=1), Samples({"dataset": {42: DATASET}, **runs}, FASHION_MNIST, RESAMPLES), {})
    assert tables.extreme_class(made, "e100", easiest=False) == {"name": "Shirt", "accuracy": 0}
    assert tables.extreme_class(made, "e100", easiest=True)["accuracy"] == 100
    assert tables.top_pair(made, "e100")["names"] == "Coat e Shirt"


def test_components_for_counts_what_is_needed(evidence: Evidence) -> None:
    kept = np.cumsum(evidence.headline("e10-l50").array("pca_shares"))
    needed = tables.components_for(evidence, 0.9)
    assert kept[needed - 1] >= 0.9 > kept[needed - 2]


@pytest.mark.parametrize("claim", page.PAGE.claims, ids=lambda claim: claim.id)
def test_a_statistic_gives_as_many_rows_as_replicates(claim: Claim, evidence: Evidence) -> None:
    samples = [evidence.samples.sample(run, 42) for run in claim.needs]
    statistic: Callable[..., Any] = claim.statistic
    assert len(statistic(*samples)) == 1 + RESAMPLES
