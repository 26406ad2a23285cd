"""The statistics and pictures of the page on generation, on samples whose answer is known in closed form."""

import io
import itertools
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from report.judging.claims import Verdict, VerdictKind, estimate, judge
from report.judging.sample import Sample
from report.judging.statistics import Samples
from report.language import ptbr
from report.metrics import metric_moves
from report.pages.by_dimension import BY_DIMENSION, best_run
from report.pages.geracao import claims, classes, dimensions, midpoints, order, page, paths
from report.pages.geracao import figures as drawings
from report.pages.geracao.dimensions import FEW, MANY
from tests.report.synthetic import PER_CLASS, RESAMPLES, synthetic_evidence
from tests.report.test_pages import text_of
from vae.data.datasets import FASHION_MNIST
from vae.grid import REFERENCE_RUNS, make_grid
from vae.storage.results import Array, Keys, RunResult

CLASSES = len(FASHION_MNIST.classes)
LABELS = np.repeat(np.arange(CLASSES), PER_CLASS)


def sample(scores: dict[str, float] | None = None, **arrays: Array) -> Sample:
    return Sample(RunResult("r", 42, {}, Keys("", ""), scores or {}, {}, arrays, {}), FASHION_MNIST, LABELS, RESAMPLES)


def pixels(content: bytes) -> Array:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"))


def test_a_missing_class_is_a_tenth_of_the_mass() -> None:
    even = np.tile(np.arange(CLASSES), 90)
    assert classes.class_imbalance(sample(sample_classes=even, recon_classes=LABELS))[0] == pytest.approx(0)
    without_bags = np.where(even == 8, 0, even)
    imbalance = classes.class_imbalance(sample(sample_classes=without_bags, recon_classes=LABELS))
    assert imbalance[0] == pytest.approx(10) and imbalance.shape == (1 + RESAMPLES,)
    one = classes.class_imbalance(sample(sample_classes=np.zeros(50, np.uint8), recon_classes=np.ones(50, np.uint8)))
    assert one == pytest.approx(np.full(1 + RESAMPLES, 100))


def test_what_the_classifier_mistakes_in_all_that_is_drawn_is_no_lack_of_diversity() -> None:
    confused = np.where(LABELS == 4, 2, LABELS)
    run, data = sample(sample_classes=confused, recon_classes=confused), sample(test_predictions=LABELS)
    assert classes.class_imbalance(run)[0] == 0
    assert classes.data_shift(run, data)[0] == pytest.approx(0.1), "that is between data and reconstructions"


def test_the_classes_that_samples_have_more_and_fewer_are_named() -> None:
    evidence = synthetic_evidence(n_seeds=2)

    def told(samples: Array, **options: bool) -> str:
        for result in evidence.seeds("e100").values():
            result.arrays["recon_classes"] = np.repeat(np.arange(CLASSES), 100).astype(np.uint8)
            result.arrays["sample_classes"] = samples.astype(np.uint8)
        return ptbr.strip_marks(classes.moves(evidence, "e100", **options))

    even = np.repeat(np.arange(CLASSES), 100)
    assert told(even) == "nenhuma classe sobra nem falta"
    changed = even.copy()
    changed[[0, 1, 2, 100]], changed[[200, 201, 300]] = 8, 9  # Bag + 4, Ankle boot + 3; T-shirt - 3, Pullover - 2, ...
    assert told(changed) == "sobram Bag e Ankle boot e faltam T-shirt/top e Pullover"
    changed = np.where(even == 6, 0, even)
    assert told(changed, shares=True) == (
        "sobra T-shirt/top (20,0% das amostras, 10,0% das reconstruções); "
        "falta Shirt (0,0% das amostras, 10,0% das reconstruções)"
    )


def test_the_three_distances_between_classes_stand_in_a_table() -> None:
    evidence = synthetic_evidence(n_seeds=2)
    rows = [line.split(" | ") for line in ptbr.strip_marks(classes.shift_table(evidence)).split("\n")[2:5]]
    assert "reconstruções às amostras" in rows[1][0]
    for run, cell in zip(REFERENCE_RUNS, rows[1][1:], strict=True):
        shares = [[np.bincount(result.array(name), minlength=CLASSES) / len(result.array(name))
                   for name in ("sample_classes", "recon_classes")] for result in evidence.seeds(run).values()]  # fmt: skip
        expected = np.mean([100 * np.abs(samples - recons).sum() / 2 for samples, recons in shares])
        assert float(re.split(r"\s", cell)[0].replace(",", ".")) == pytest.approx(expected, abs=0.051)


def test_ambiguity_is_that_of_samples_less_that_of_reconstructions() -> None:
    run = sample(sample_entropy=np.full(500, 0.75, np.float16), recon_entropy=np.full(len(LABELS), 0.5, np.float16))
    assert claims.added_ambiguity(run) == pytest.approx(np.full(1 + RESAMPLES, 0.25))


def test_jumps_are_counted_pair_by_pair_and_those_of_mixing_come_off() -> None:
    decoded = np.array([1.2, 3.1, 500, 3.0, 4.0] * 20, np.float32)  # three in five jump, though not the median one
    mixed = np.array([1.0, 1.0, 3.5, 1.0, 1.0] * 20, np.float32)
    run = sample(interpolation_feature_jump=decoded, mixing_feature_jump=mixed)
    assert paths.added_jumps(run)[0] == pytest.approx(60 - 20)
    assert paths.added_jumps(sample(interpolation_feature_jump=mixed, mixing_feature_jump=decoded))[0] < 0
    assert paths.irregularity(run)[0] == pytest.approx(3.1 - 1.0, rel=1e-6)
    smooth = np.ones(20, np.float32)
    none = paths.added_jumps(sample(interpolation_feature_jump=smooth, mixing_feature_jump=smooth))
    assert none[0] == 0
    # Wilson's interval for none of twenty reaches to 16 %: that twenty agree does not decide at five.
    assert 16 < 1.96 * none[1:].std() < 40
    (claim,) = paths.CLAIMS
    assert (claim.id, claim.side, claim.margin) == ("28", "below", 5)


def regularity(decoded: float, mixed: float, noise: float) -> str:
    """Return what the page says of paths with these ratios, give or take some noise, pair by pair."""
    evidence, rng = synthetic_evidence(n_seeds=3), np.random.default_rng(0)
    for result in evidence.seeds("e100").values():
        for name, level in (("interpolation_feature_jump", decoded), ("mixing_feature_jump", mixed)):
            result.arrays[name] = (level + noise * rng.random(200)).astype(np.float32)
    text = ptbr.strip_marks(text_of(page.PAGE, evidence))
    return next(line for line in text.split("\n") if line.startswith("Aos olhos do classificador,"))


def test_paths_are_called_more_or_less_regular_only_where_the_interval_leaves_zero_out() -> None:
    assert "é menos regular (2,1" in regularity(2.0, 1.0, 0.3)
    assert "é mais regular (1,1" in regularity(1.0, 2.0, 0.3)
    for decoded in (1.35, 1.45):  # differences of about -0.04 and 0.06, in intervals that reach 0.15 to both sides
        assert "não se distingue" in regularity(decoded, 1.5, 2.0)


def test_scores_are_read_in_the_units_of_their_margins() -> None:
    run = sample({"hole_mass": 0.04, "sample_precision": 0.97})
    assert claims.hole_mass(run)[0] == pytest.approx(4)
    assert claims.outside_share(run)[0] == pytest.approx(3)
    assert {claim.id: (claim.margin, claim.side) for claim in claims.CLAIMS if claim.id in ("23", "25")} == {
        "23": (5, "below"), "25": (5, "below"),
    }  # fmt: skip


def test_samples_that_crowd_together_confirm_nothing() -> None:
    crowded = sample({"sample_precision": 0.5, "sample_density": 4.0})
    assert claims.outside_share(crowded)[0] == pytest.approx(50)


def test_what_changes_less_than_its_error_is_not_told_as_a_change() -> None:
    evidence = synthetic_evidence(n_seeds=3)

    def told(name: str, *steps: float) -> str:
        for step, before, after in zip(steps, *(evidence.seeds(run).values() for run in ("e10", "e100")), strict=True):
            before.scores[name], after.scores[name] = 0.3, 0.3 + step
        # Nothing is computed on scores, which would be kept.
        return ptbr.strip_marks(metric_moves(evidence, name, "e10", "e100")).replace(ptbr.NO_BREAK, " ")

    assert told("aggregate_kl", 0.01, -0.01, 0.03).startswith("não muda além do erro (intervalo da mudança: [−0,04")
    assert told("hole_mass", 0.1, 0.11, 0.12).startswith("sobe 11,0 p.p. (intervalo da mudança: [8,5; 13,5] p.p.")
    assert told("hole_mass", -0.1, -0.11, -0.12).startswith("cai 11,0 p.p.")
    alone = synthetic_evidence(n_seeds=1)
    for run, kl in (("e10", 0.4611), ("e100", 0.4639)):
        alone.headline(run).scores.update(aggregate_kl=kl, hole_mass=kl / 2)
    assert ptbr.strip_marks(metric_moves(alone, "aggregate_kl", "e10", "e100")) == f"fica em 0,46{ptbr.NO_BREAK}nat"
    assert ptbr.strip_marks(metric_moves(alone, "hole_mass", "e10", "e100")) == "passa de 23,1 a 23,2%"


def test_the_large_are_held_by_their_mean_against_each_of_the_small() -> None:
    large, small = ([sample({"sample_frechet": value}) for value in values] for values in ((9.0, 3, 6), (12.0, 5, 8)))
    advantage = dimensions.frechet_advantage(*large, *small, first=3)
    assert advantage == pytest.approx(np.tile([50.0, -20, 25], (1 + RESAMPLES, 1)))
    assert dimensions.frechet_ratio(large[0], small[0])[0] == pytest.approx(0.75)
    needs = {claim.id: claim.needs for claim in dimensions.CLAIMS}
    specs = {spec.name: spec for spec in make_grid().runs}
    sizes = {run: specs[run].latent_dim for run in BY_DIMENSION}
    assert [sizes[run] for run in needs["40"]] == [10, 20, 50, 2, 3] and needs["40"] == (*MANY, *FEW)
    assert [sizes[run] for run in needs["40b"]] == [50, 10]


def test_the_best_dimension_goes_by_what_is_better_for_the_metric() -> None:
    evidence = synthetic_evidence(n_seeds=1)
    for metric, extreme in (("sample_frechet", min), ("sample_coverage", max)):
        values = {run: evidence.headline(run).score(metric) for run in BY_DIMENSION}
        assert best_run(evidence, metric) == extreme(values, key=values.__getitem__)


def test_midpoints_are_weighted_like_the_reconstructions_that_they_are_held_against() -> None:
    near = np.linspace(0.1, 3, len(LABELS))
    ratio = midpoints.midpoint_density_ratio(sample(midpoint_density=0.5 * near, reconstruction_density=near))
    assert ratio == pytest.approx(np.full(1 + RESAMPLES, 0.5))
    # A ratio of means: one reconstruction of no density is no division by zero.
    few = sample(midpoint_density=np.tile([1.0, 2], 60), reconstruction_density=np.tile([0.0, 4], 60))
    assert midpoints.midpoint_density_ratio(few)[0] == pytest.approx(0.75)


def test_an_image_in_no_ball_is_outside_and_one_in_few_is_not() -> None:
    density = np.array([0.0, 0.2, 1.0, 3.0])
    shares = np.asarray(midpoints.outside("midpoint_density").read(sample(midpoint_density=density)))
    assert shares[0] == pytest.approx(0.25)


def grey(levels: Array) -> Array:
    """Return an image of one grey level for each."""
    return np.broadcast_to(levels[:, None, None], (len(levels), 28, 28)).astype(np.uint8)


def test_a_grid_in_order_is_told_from_one_at_random() -> None:
    # Brightness is row + column: neighbours differ by one grey level in every pixel.
    place = np.arange(100)
    bright = place // order.GRID_COLUMNS + place % order.GRID_COLUMNS
    pairs = np.abs(bright[:, None] - bright)[~np.eye(100, dtype=bool)].mean()
    assert order.reduction(grey(bright), order.GRID_COLUMNS) == pytest.approx(100 * (1 - 1 / pairs))
    # The last of a row and the first of the next are far apart, though they follow each other.
    column = place % order.GRID_COLUMNS
    apart = np.abs(column[:, None] - column)[~np.eye(100, dtype=bool)].mean()
    assert order.reduction(grey(column), order.GRID_COLUMNS) == pytest.approx(100 * (1 - 0.5 / apart))
    # Of two rows, the second not full: 0 1 2 / 3 has adjoining pairs 01, 12 and 03.
    assert order.reduction(grey(np.arange(4)), 3) == pytest.approx(100 * (1 - (5 / 3) / (10 / 6)))
    assert order.grid_order(sample(sample_images=grey(np.zeros(100)))).tolist() == [0.0] * (1 + RESAMPLES), (
        "in no order"
    )


def test_the_shuffles_of_a_grid_have_the_mean_and_spread_of_all_its_orders() -> None:
    images = grey(np.array([0, 1, 5, 6]))
    every = [order.reduction(images[list(places)], 2) for places in itertools.permutations(range(4))]
    assert np.mean(every) == pytest.approx(0, abs=1e-9), "the mean over all pairs is that over all orders"
    wide = grey(np.random.default_rng(0).integers(0, 256, 100))
    chance = order.shuffles(wide, 2_000)
    assert abs(chance.mean()) < 4 * chance.std() / np.sqrt(2_000)
    drawn = [order.reduction(wide[np.random.default_rng(i).permutation(100)], 10) for i in range(500)]
    assert np.std(drawn) == pytest.approx(chance.std(), rel=0.15)


def judged(draw: Callable[[np.random.Generator], Array]) -> Verdict:
    """Judge claim 27 alone on five trainings with these grids of grey levels."""
    rng = np.random.default_rng(1)
    results = {seed: RunResult("e100", seed, {}, Keys("", ""), {}, {}, {"sample_images": grey(draw(rng))}, {})
               for seed in range(42, 47)}  # fmt: skip
    data = RunResult("dataset", 42, {}, Keys("", ""), {}, {}, {"test_labels": LABELS}, {})
    samples = Samples({"dataset": {42: data}, "e100": results}, FASHION_MNIST, RESAMPLES)
    return judge([order.ORDERED], {"27": estimate(order.ORDERED, samples)})["27"]


def test_a_grid_no_more_in_order_than_its_shuffles_refutes_the_claim() -> None:
    refuted = judged(lambda rng: rng.integers(0, 256, 100))
    assert refuted.kind is VerdictKind.REFUTED
    assert refuted.estimate is not None and refuted.estimate.n_images == 100
    assert refuted.estimate.low < 0 < refuted.estimate.high < refuted.claim.margin
    place = np.arange(100)
    gradual = 10 * (place // 10 + place % 10)
    assert judged(lambda rng: gradual + rng.integers(0, 9, 100)).kind is VerdictKind.CONFIRMED


def test_one_training_has_an_interval_from_the_shuffles_and_decides_nothing() -> None:
    rows = order.grid_order(sample(sample_images=grey(np.random.default_rng(3).integers(0, 256, 100))))
    assert rows.shape == (1 + RESAMPLES,) and 1 < rows[1:].std() < 10
    assert abs(rows[1:].mean() - rows[0]) < 1, "rows scatter about the value"


def test_the_table_of_order_has_a_true_grid_beside_the_samples() -> None:
    evidence = synthetic_evidence(n_seeds=2)
    place = np.arange(21)
    plane = np.broadcast_to((place[:, None] + place)[..., None, None], (21, 21, 28, 28)).astype(np.uint8)
    for result in evidence.seeds("e100").values():
        result.arrays["manifold"] = plane
    cells = [ptbr.strip_marks(cell) for cell in order.order_row(evidence, "e100")]
    assert cells[-1] == ptbr.strip_marks(ptbr.signed(order.reduction(plane.reshape(-1, 28, 28), 21), 1)) > "+8"
    low, high = (
        float(end.replace(",", ".").replace("−", "-")) for end in cells[2].strip("[]").split(f";{ptbr.NO_BREAK}")
    )
    assert low < 0 < high
    assert ptbr.strip_marks(order.order_row(evidence, "e10-l50")[-1]) == "—"


def test_the_most_ambiguous_samples_are_above_and_the_clearest_below() -> None:
    evidence = synthetic_evidence()
    result = evidence.headline("e100")
    entropy, images = result.array("sample_entropy")[:100], result.array("sample_images")
    picture = pixels(drawings.draw_ambiguous(evidence))
    assert (picture[:28, :28] == images[entropy.argmax()]).all()
    assert (picture[-28:, :28] == images[entropy.argmin()]).all()


def coloured(content: bytes) -> Array:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def test_a_thinned_plane_is_centred_on_the_full_one_and_its_images_in_holes_are_outlined() -> None:
    evidence = synthetic_evidence()
    plane = evidence.headline("e50").array("manifold")
    thin = coloured(drawings.draw_plane(evidence, "e50", thin=drawings.THIN))
    count = plane.shape[0] // drawings.THIN
    assert thin.shape == (28 * count, 28 * count, 3)
    middle = thin[count // 2 * 28 :, count // 2 * 28 :][4:24, 4:24]
    assert (middle == plane[plane.shape[0] // 2, plane.shape[1] // 2][4:24, 4:24, None]).all()
    orange = (thin.max(axis=2) != thin.min(axis=2)).reshape(count, 28, count, 28).any(axis=(1, 3))
    holes = drawings.plane_holes(evidence, "e50", drawings.THIN)
    assert not (orange & ~holes).any(), "no line where there is no hole"
    assert 0 < drawings.hole_count(evidence, "e50", drawings.THIN) == holes.sum()
    every = drawings.plane_holes(evidence, "e50")
    place = drawings.THIN * np.arange(count) + drawings.THIN // 2
    assert (holes == every[np.ix_(place, place)]).all(), "of the very images that are drawn"


def test_the_places_of_holes_are_those_of_the_images() -> None:
    evidence = synthetic_evidence()
    result = evidence.headline("e100")
    # All posteriors up and to the left: only there, where an image is drawn of z2 > 0 and z1 < 0, is no hole.
    result.arrays["latent_mean"] = np.tile(np.array([-1.0, 1.0], np.float16), (len(LABELS), 1))
    result.arrays["latent_logvar"] = np.full((len(LABELS), 2), -5, np.float16)
    full = ~drawings.plane_holes(evidence, "e100")
    side = len(result.array("manifold"))
    rows, columns = np.nonzero(full)
    assert full.any() and (rows < side / 2).all() and (columns < side / 2).all()


def test_shares_and_doubt_are_means_over_seeds() -> None:
    evidence = synthetic_evidence(n_seeds=2)
    runs = list(evidence.seeds("e10").values())
    shares = classes.class_shares(evidence, "e10", "sample_classes")
    assert shares.sum() == pytest.approx(1)
    assert shares[3] == pytest.approx(np.mean([(run.array("sample_classes") == 3).mean() for run in runs]))
    doubtful = np.mean([(run.array("sample_entropy") > np.log(2)).mean() for run in runs])
    assert drawings.undecided_share(evidence, "e10", "sample_entropy") == pytest.approx(doubtful)


def test_the_classes_of_what_is_in_doubt_are_those_of_the_ambiguous_samples_alone() -> None:
    evidence = synthetic_evidence(n_seeds=1)
    result = evidence.headline("e100")
    count = len(result.array("sample_classes"))
    entropy, given = np.zeros(count, np.float16), np.zeros(count, np.uint8)
    entropy[:4], given[:4] = (2, 1.5, 1.25, 1), (6, 6, 2, 8)
    result.arrays.update(sample_entropy=entropy, sample_classes=given)
    assert ptbr.strip_marks(page.most_in_doubt(evidence, "e100")) == "Shirt (50,0%) e Pullover (25,0%)"
    assert ptbr.strip_marks(page.ambiguous(evidence)) == "T-shirt/top (6), Shirt (2), Pullover (1) e Bag (1)"
    result.arrays["sample_entropy"] = np.zeros(count, np.float16)
    assert page.most_in_doubt(evidence, "e100") == ""
