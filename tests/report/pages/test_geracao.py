"""The statistics and pictures of the page on generation, on samples whose answer is known in closed form."""

import io
import itertools
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from report import ptbr
from report.by_dimension import BY_DIMENSION, FEW, MANY
from report.claims import Verdict, VerdictKind, estimate, judge
from report.pages import geracao as page
from report.pages import geracao_claims as claims
from report.pages import geracao_dimensions as dimensions
from report.pages import geracao_figures as drawings
from report.pages import geracao_midpoints as midpoints
from report.pages import geracao_order as order
from report.sample import Sample
from report.statistics import Samples
from tests.report.synthetic import PER_CLASS, RESAMPLES, synthetic_evidence
from vae.datasets import FASHION_MNIST
from vae.grid import make_grid
from vae.results import Array, Keys, RunResult

CLASSES = len(FASHION_MNIST.classes)
LABELS = np.repeat(np.arange(CLASSES), PER_CLASS)


def sample(scores: dict[str, float] | None = None, **arrays: Array) -> Sample:
    return Sample(RunResult("r", 42, {}, Keys("", ""), scores or {}, {}, arrays, {}), FASHION_MNIST, LABELS, RESAMPLES)


def pixels(content: bytes) -> Array:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L"))


def test_a_missing_class_is_a_tenth_of_the_mass() -> None:
    data = sample(test_predictions=LABELS)
    even = np.tile(np.arange(CLASSES), 90)
    assert claims.class_imbalance(sample(sample_classes=even), data)[0] == pytest.approx(0)
    without_bags = np.where(even == 8, 0, even)
    imbalance = claims.class_imbalance(sample(sample_classes=without_bags), data)
    assert imbalance[0] == pytest.approx(0.1) and imbalance.shape == (1 + RESAMPLES,)
    one = claims.class_imbalance(sample(sample_classes=np.zeros(50, dtype=np.uint8)), data)
    assert one == pytest.approx(np.full(1 + RESAMPLES, 0.9))


def test_samples_are_held_against_what_the_classifier_sees_in_data_not_against_labels() -> None:
    confused = np.where(LABELS == 6, 0, LABELS)
    assert claims.class_imbalance(sample(sample_classes=confused), sample(test_predictions=confused))[0] == 0


def test_ambiguity_is_that_of_samples_less_that_of_reconstructions() -> None:
    run = sample(sample_entropy=np.full(500, 0.75, np.float16), recon_entropy=np.full(len(LABELS), 0.5, np.float16))
    assert claims.added_ambiguity(run) == pytest.approx(np.full(1 + RESAMPLES, 0.25))


def test_one_path_that_jumps_does_not_make_interpolation_rough() -> None:
    jumps = np.array([1.2] * 30 + [1.4] * 30 + [500.0])
    assert claims.interpolation_jump(sample(interpolation_jump=jumps))[0] == pytest.approx(1.4)


def test_scores_are_read_in_the_units_of_their_margins() -> None:
    run = sample({"hole_mass": 0.04, "sample_density": 0.8})
    assert claims.hole_mass(run)[0] == pytest.approx(4) and claims.sample_density(run)[0] == 0.8
    margins = {claim.id: claim.margin for claim in claims.CLAIMS}
    assert (margins["23"], margins["25"]) == (5, 0.9)


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
        assert dimensions.best_run(evidence, metric) == extreme(values, key=values.__getitem__)


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


def test_a_thinned_plane_is_centred_on_the_full_one() -> None:
    evidence = synthetic_evidence()
    plane = evidence.headline("e50").array("manifold")
    thin = pixels(drawings.draw_plane(evidence, "e50", thin=drawings.THIN))
    count = plane.shape[0] // drawings.THIN
    assert thin.shape == (28 * count, 28 * count)
    middle = count // 2 * 28
    assert (thin[middle : middle + 28, middle : middle + 28] == plane[plane.shape[0] // 2, plane.shape[1] // 2]).all()


def test_shares_and_doubt_are_means_over_seeds() -> None:
    evidence = synthetic_evidence(n_seeds=2)
    runs = list(evidence.seeds("e10").values())
    shares = drawings.sample_shares(evidence, "e10")
    assert shares.sum() == pytest.approx(1)
    assert shares[3] == pytest.approx(np.mean([(run.array("sample_classes") == 3).mean() for run in runs]))
    doubtful = np.mean([(run.array("sample_entropy") > np.log(2)).mean() for run in runs])
    assert drawings.undecided_share(evidence, "e10", "sample_entropy") == pytest.approx(doubtful)


def test_the_text_names_the_classes_that_are_too_many_and_too_few() -> None:
    evidence = synthetic_evidence()
    told = page.context(evidence)
    excess = drawings.sample_shares(evidence, "e100") - drawings.data_shares(evidence)
    assert told["most"]["e100"] == FASHION_MNIST.classes[int(np.argmax(excess))]
    assert told["least"]["e100"] == FASHION_MNIST.classes[int(np.argmin(excess))]
    assert told["most_share"]["e100"] - told["most_data"]["e100"] == pytest.approx(excess.max())
