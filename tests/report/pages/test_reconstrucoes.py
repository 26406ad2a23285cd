"""The statistics and tables of the page on reconstructions, on images whose answer is known in closed form."""

import io

import numpy as np
import pytest
from PIL import Image

from report.judging.sample import Sample
from report.judging.statistics import estimate_crossed
from report.language import ptbr
from report.pages.reconstrucoes import anomalies, blur, claims, kept, page
from report.pages.reconstrucoes import figures as drawings
from tests.report.synthetic import FIXED_PER_CLASS, PER_CLASS, RESAMPLES, synthetic_evidence
from vae.data.datasets import FASHION_MNIST
from vae.grid import make_grid
from vae.storage.results import Array, Keys, RunResult

CLASSES = len(FASHION_MNIST.classes)
LABELS = np.repeat(np.arange(CLASSES), PER_CLASS)


def sample(**arrays: Array) -> Sample:
    return Sample(RunResult("r", 42, {}, Keys("", ""), {}, {}, arrays, {}), FASHION_MNIST, LABELS, RESAMPLES)


def test_sharpness_is_compared_by_medians_first_run_minus_second() -> None:
    blurred = np.linspace(0.1, 0.3, len(LABELS))
    flat_originals = np.where(np.arange(len(LABELS)) < 5, 1e6, blurred + 0.05)
    gap = claims.sharpness_gap(sample(test_sharpness=blurred + 0.05), sample(test_sharpness=blurred))
    assert gap == pytest.approx(np.full(1 + RESAMPLES, 0.05))
    # A few flat originals, whose ratio is huge, must not decide: means would differ by thousands.
    assert abs(claims.sharpness_gap(sample(test_sharpness=flat_originals), sample(test_sharpness=blurred))[0]) < 0.1
    laplacian = claims.laplacian_gap(sample(test_laplacian=blurred), sample(test_laplacian=blurred + 0.2))
    assert laplacian[0] == pytest.approx(-0.2)


def test_strays_are_the_reconstructions_near_no_training_image() -> None:
    some, none = np.where(np.arange(len(LABELS)) % 4 == 0, 0.0, 0.1), np.full(len(LABELS), 3.0)
    assert claims.stray_gap(sample(reconstruction_density=none), sample(reconstruction_density=some))[0] == -25
    assert claims.stray_gap(sample(reconstruction_density=some), sample(reconstruction_density=none))[0] == 25


def test_details_are_those_of_bags_and_boots() -> None:
    before = np.full(len(LABELS), 0.1)
    names = [FASHION_MNIST.classes[label] for label in LABELS]
    after = np.where(np.isin(names, ["Bag", "Ankle boot"]), 0.25, 0.9)
    assert claims.detail_gap(sample(test_laplacian=after), sample(test_laplacian=before))[0] == pytest.approx(0.15)


def test_error_is_compared_by_means() -> None:
    low = np.where(np.arange(len(LABELS)) < len(LABELS) // 4, 0.05, 0.01)
    assert claims.error_gap(sample(test_mse=low), sample(test_mse=low * 0))[0] == pytest.approx(0.02)


def test_returned_sharpness_is_a_share_of_what_is_missing() -> None:
    vae = np.linspace(0.3, 0.5, len(LABELS))
    share = blur.returned_sharpness(sample(test_sharpness=vae + 0.15), sample(test_sharpness=vae))
    assert share[0] == pytest.approx(100 * 0.15 / 0.6) and share.shape == (1 + RESAMPLES,)
    # Under every resampling it is the share of that resampling's own medians.
    median = sample(test_sharpness=vae).median("test_sharpness")
    assert share == pytest.approx(100 * 0.15 / (1 - median))
    assert blur.returned_sharpness(sample(test_sharpness=np.ones(len(LABELS))), sample(test_sharpness=vae))[0] == 100
    assert blur.returned_sharpness(sample(test_sharpness=vae - 0.06), sample(test_sharpness=vae))[0] < 0
    # Where nothing is missing, what is gained or lost keeps its sign.
    for level in (1.0, 1.5):
        sharp = sample(test_sharpness=np.full(len(LABELS), level))
        assert blur.returned_sharpness(sharp, sharp)[0] == 0
        assert np.isfinite(blur.returned_sharpness(sample(test_sharpness=vae), sharp)).all()
        assert blur.returned_sharpness(sample(test_sharpness=vae), sharp)[0] < 0


def test_the_autoencoder_has_the_size_and_the_epochs_of_its_vae() -> None:
    specs = {spec.name: spec for spec in make_grid().runs}
    needs = {claim.id: claim.needs for claim in blur.CLAIMS}
    for claim_id, size in (("4", 2), ("4b", 50)):
        first, second = (specs[run] for run in needs[claim_id])
        assert (first.deterministic, second.deterministic) == (True, False)
        assert first.latent_dim == second.latent_dim == size and first.epochs == second.epochs
    patient, wide = (specs[run] for run in needs["10"])
    assert patient.deterministic and patient.latent_dim < wide.latent_dim and patient.epochs > wide.epochs


def test_what_is_not_measured_is_no_number_of_the_dimension_table() -> None:
    evidence = synthetic_evidence()
    rows = [line.split("|")[1:-1] for line in blur.dimension_table(evidence).split("\n")[2:8]]
    cells = [[ptbr.strip_marks(cell).strip() for cell in row] for row in rows]
    assert [row[0] for row in cells] == ["2", "3", "5", "10", "20", "50"]
    assert [row[2] == "n. m." for row in cells] == [False, True, True, True, True, False]
    assert [row[3] == "n. m." for row in cells] == [False, True, True, False, True, False]
    assert cells[3][6] == ptbr.strip_marks(ptbr.number(evidence.dataset.score("pca10_mse"), 4))


def test_bright_images_hide_what_only_the_deviance_shows() -> None:
    # Foreign images are darker and worse reconstructed: by BCE none looks strange, by deviance all do.
    entropy, dark = np.linspace(150, 250, len(LABELS)), np.linspace(20, 40, 30)
    run = sample(test_mean_bce=entropy + 100, foreign_bce=dark + 120)
    data = sample(test_entropy=entropy, foreign_entropy=dark)
    assert anomalies.bce_auroc(run) == pytest.approx(np.zeros(1 + RESAMPLES))
    assert anomalies.deviance_auroc(run, data) == pytest.approx(np.ones(1 + RESAMPLES))
    assert anomalies.auroc(dark, entropy) == 0
    flipped = sample(test_entropy=entropy, foreign_entropy=dark + 40)
    assert anomalies.deviance_auroc(run, flipped) == pytest.approx(np.zeros(1 + RESAMPLES))
    equal = sample(test_mean_bce=np.ones(len(LABELS)), foreign_bce=np.ones(30))
    assert anomalies.bce_auroc(equal) == pytest.approx(np.full(1 + RESAMPLES, 0.5))


def test_test_images_and_foreign_images_are_resampled_apart() -> None:
    rng = np.random.default_rng(3)
    losses = rng.normal(size=len(LABELS))
    run = sample(test_mean_bce=losses, foreign_bce=losses)
    # Had both the same weights, every replicate of two equal sets would give one half.
    assert anomalies.bce_auroc(run)[0] == pytest.approx(0.5) and anomalies.bce_auroc(run).std() > 0.02
    assert run.used == {len(LABELS)}, "the fewer of the two"


def test_recognition_is_counted_class_by_class() -> None:
    seen = LABELS.copy()
    seen[np.flatnonzero(LABELS == 6)[: PER_CLASS * 3 // 4]] = 0
    originals = LABELS.copy()
    share = claims.least_kept_class(sample(recon_classes=seen), sample(test_predictions=originals))
    assert share[0] == pytest.approx(np.where(np.arange(CLASSES) == 6, 25, 100)) and len(share) == 1 + RESAMPLES
    # What the classifier already sees otherwise in the original is no fault of the reconstruction, nor to its credit.
    same = claims.least_kept_class(sample(recon_classes=seen), sample(test_predictions=seen))
    assert same == pytest.approx(np.full((1 + RESAMPLES, CLASSES), 100))


def test_a_shirt_that_comes_back_as_a_pullover_keeps_its_kind() -> None:
    assert list(claims.kinds(FASHION_MNIST)) == [0, 1, 0, 3, 0, 5, 0, 5, 8, 5]
    seen = np.where(LABELS == 6, 2, np.where(LABELS == 3, 0, LABELS))  # every Shirt a Pullover, every Dress a T-shirt
    shares = claims.least_kept_kind(sample(recon_classes=seen), sample(test_predictions=LABELS))[0]
    assert shares == pytest.approx([100, 100, 0, 100, 100])  # upper, Trouser, Dress, footwear, Bag


def test_what_no_image_keeps_has_an_interval_all_the_same() -> None:
    seen = np.where(LABELS == 3, 0, np.where(LABELS == 6, 2, LABELS))  # every Dress a T-shirt, every Shirt a Pullover
    runs = sample(recon_classes=seen), sample(test_predictions=LABELS)
    for judged, named in (
        (kept.kept_in_every_class, claims.least_kept_class),
        (kept.kept_in_every_kind, claims.least_kept_kind),
    ):
        shares = judged(*runs)
        assert shares[0] == pytest.approx(named(*runs)[0]) and shares[0].min() == 0
        assert (shares[1:].std(axis=0) > 0).all()
        dresses = shares[:, 3 if judged is kept.kept_in_every_class else 2]
        measured = estimate_crossed({1: dresses}, 50.0, len(LABELS))
        # Wilson's end, but for the t quantile of a few resamplings.
        assert measured.high == pytest.approx(100 * 1.96**2 / (PER_CLASS + 1.96**2), rel=0.1)


def test_entropy_explains_what_follows_it() -> None:
    entropy = np.array([100.0, 150, 200, 250])
    assert page.explained(2 * entropy + 5, entropy) == pytest.approx(1)
    assert page.explained(np.array([1.0, -1, -1, 1]), entropy) == pytest.approx(0)


def test_what_does_not_vary_explains_nothing() -> None:
    values = np.arange(10.0)
    assert page.correlation(values, np.ones(10)) == page.correlation(np.ones(10), values) == 0
    assert page.correlation(values, -values) == pytest.approx(-1)


def test_class_table_goes_from_the_darkest_to_the_brightest_and_deviance_is_loss_less_entropy() -> None:
    evidence = synthetic_evidence()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in page.class_table(evidence).split("\n")[2:12]]
    entropy, loss, deviance = (
        [float(ptbr.strip_marks(row[column]).replace(",", ".")) for row in rows] for column in (1, 2, 5)
    )
    assert entropy == sorted(entropy) and len(rows) == CLASSES
    assert [a - b for a, b in zip(loss, entropy, strict=True)] == pytest.approx(deviance, abs=0.11)
    first = FASHION_MNIST.class_index(rows[0][0])
    assert entropy[0] == pytest.approx(
        evidence.dataset.array("test_entropy")[evidence.labels == first].mean(), abs=0.06
    )


def test_extremes_are_the_best_and_worst_of_the_images_shown() -> None:
    evidence = synthetic_evidence()
    errors = drawings.fixed_errors(evidence)
    chosen = drawings.extremes(evidence)
    assert len(errors) == CLASSES * FIXED_PER_CLASS and len(set(chosen)) == 2 * drawings.EXTREMES
    assert errors[chosen].tolist() == sorted(errors[chosen])
    assert errors[chosen[0]] == errors.min() and errors[chosen[-1]] == errors.max()
    picture = np.asarray(Image.open(io.BytesIO(drawings.draw_extremes(evidence))).convert("L"))
    assert (picture[:28, :28] == evidence.dataset.array("fixed_images")[chosen[0]]).all()
    last = evidence.headline("e10-l50").array("fixed_reconstructions")[chosen[-1]]
    assert (picture[-28:, -28:] == last).all()
