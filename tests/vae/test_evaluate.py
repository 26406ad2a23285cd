import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
import torch

from tests.vae.tiny import INFO, SIZES, tiny_run
from vae.data.tensors import Data, as_input
from vae.evaluate import evaluate, run_history
from vae.measurements import fidelity, generation
from vae.measurements.subject import (
    RESOLUTION,
    SIGNIFICANT_BITS,
    Arrays,
    Codes,
    Posterior,
    RealImages,
    Scores,
    Subject,
    as_coordinates,
    as_magnitudes,
    encode,
)
from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE
from vae.objectives import pixel_entropy
from vae.spec import ObjectiveSpec
from vae.storage.checkpoints import CheckpointFolder, History

N, C, FEW = 60, 4, SIZES.silhouette_images
ROUNDING = 2.0**-SIGNIFICANT_BITS  # of one value, and so of means and medians
ARRAYS: dict[str, tuple[tuple[int, ...], str]] = {
    "test_bce": ((N,), "float32"),
    "test_kl": ((N,), "float32"),
    "test_deviation": ((N,), "float32"),
    "test_mean_bce": ((N,), "float32"),
    "midpoint_density": ((SIZES.prdc_images,), "float32"),
    "reconstruction_density": ((SIZES.prdc_images,), "float32"),
    "test_mse": ((N,), "float32"),
    "test_ssim": ((N,), "float32"),
    "test_sharpness": ((N,), "float32"),
    "test_laplacian": ((N,), "float32"),
    "knn_votes": ((N, C), "uint8"),
    "probe_classes": ((N,), "uint8"),
    "silhouette": ((FEW,), "float16"),
    "silhouette_footwear": ((FEW,), "float16"),
    "recon_classes": ((N,), "uint8"),
    "recon_entropy": ((N,), "float16"),
    "sample_images": ((SIZES.shown_samples, 28, 28), "uint8"),
    "sample_classes": ((SIZES.prior_samples,), "uint8"),
    "sample_entropy": ((SIZES.prior_samples,), "float16"),
    "fixed_reconstructions": ((C * SIZES.fixed_per_class, 28, 28), "uint8"),
    "interpolation_images": ((3, SIZES.interpolation_steps, 28, 28), "uint8"),
    "interpolation_jump": ((SIZES.interpolation_pairs,), "float32"),
    "interpolation_feature_jump": ((SIZES.interpolation_pairs,), "float32"),
    "mixing_feature_jump": ((SIZES.interpolation_pairs,), "float32"),
}
SCORES = {
    *(f"{split}_{name}" for split in ("train", "validation", "test") for name in ("neg_elbo", "bce", "kl", "deviance")),
    "iwae", "iwae_neg_elbo", "mse", "ssim", "sharpness", "laplacian", "active_units", "knn_accuracy", "probe_accuracy",
    "silhouette", "silhouette_footwear", "davies_bouldin", "fisher", "trace_within", "trace_between", "trace_total",
    "mutual_information", "aggregate_kl", "hole_mass", "pca2_share", "sample_tv", "sample_precision", "sample_recall",
    "sample_density", "sample_coverage", "sample_frechet", "recon_frechet", "recon_accuracy", "parameters",
    "posterior_deviation",
}  # fmt: skip
HIGH = {
    "trustworthiness_pca", "trustworthiness_tsne", "continuity_pca", "continuity_tsne", "silhouette_pca",
}  # fmt: skip
SHARES = {
    "knn_accuracy", "probe_accuracy", "hole_mass", "pca2_share", "sample_tv", "sample_precision", "sample_recall",
    "sample_coverage", "recon_accuracy", *HIGH - {"silhouette_pca"},
}  # fmt: skip


@pytest.fixture(params=[2, 5], scope="module")
def measured(request: pytest.FixtureRequest, tiny: Data) -> tuple[int, Subject, Scores, Arrays]:
    dim: int = request.param
    torch.manual_seed(0)
    spec = tiny_run(latent_dim=dim)
    subject = Subject(spec, 42, ConvVAE(spec.model).eval(), RealImages(Classifier(C).eval(), tiny), SIZES, whole=True)
    scores, arrays = evaluate(subject)
    return dim, subject, scores, arrays


Measured = tuple[int, Subject, Scores, Arrays]


def test_every_documented_array_is_there_with_shape_and_type(measured: Measured) -> None:
    dim, _, _, arrays = measured
    of = N if dim == 2 else FEW
    expected = {**ARRAYS, "latent_mean": ((of, dim), "float16"), "pca_shares": ((dim,), "float32")}
    if dim == 2:
        side = SIZES.manifold_side
        expected |= {"latent_logvar": ((N, 2), "float16"), "manifold": ((side, side, 28, 28), "uint8")}
    else:
        few = SIZES.tsne_images
        expected |= {"tsne": ((few, 2), "float16"), "silhouette_pca": ((few,), "float16")}
    assert {name: (array.shape, str(array.dtype)) for name, array in arrays.items()} == expected


def test_every_documented_score_is_there_and_finite(measured: Measured) -> None:
    dim, _, scores, arrays = measured
    assert scores.keys() == SCORES | (HIGH if dim > 2 else set())
    assert all(isinstance(value, float) and np.isfinite(value) for value in scores.values())
    assert all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")


@pytest.mark.parametrize("dim", [2, 5])
def test_a_model_that_collapsed_altogether_has_finite_scores(dim: int, tiny: Data) -> None:
    """As without a gradient through z, or under a heavy KL term: every image has the same code, the prior's."""
    spec = tiny_run(latent_dim=dim)
    model = ConvVAE(spec.model).eval()
    with torch.no_grad():
        for parameter in model.encoder.parameters():
            parameter.zero_()
    scores, arrays = evaluate(Subject(spec, 42, model, RealImages(Classifier(C).eval(), tiny), SIZES, whole=True))
    assert scores["active_units"] == 0
    assert [name for name, value in scores.items() if not np.isfinite(value)] == []
    assert [name for name, values in arrays.items() if not np.isfinite(values).all()] == []


def test_scores_are_in_their_ranges(measured: Measured) -> None:
    dim, subject, scores, arrays = measured
    assert all(0 <= scores[name] <= 1 for name in SHARES & scores.keys())
    assert 0 <= scores["active_units"] <= dim
    assert -1 <= scores["silhouette"] <= 1
    assert scores["trace_total"] == pytest.approx(scores["trace_within"] + scores["trace_between"], rel=1e-4)
    assert scores["iwae"] <= scores["iwae_neg_elbo"] + 1.0, "64 samples bound no worse than one, up to noise"
    assert scores["test_deviance"] > 0
    assert (arrays["test_kl"] >= 0).all()
    assert (arrays["knn_votes"].sum(axis=1) == SIZES.neighbours).all()
    assert arrays["pca_shares"].sum() == pytest.approx(1, abs=1e-5)
    assert (arrays["sample_classes"] < C).all()
    assert (arrays["interpolation_jump"] >= 1).all()
    assert scores["parameters"] == sum(p.numel() for p in subject.model.parameters())


def test_scores_are_means_of_their_arrays(measured: Measured) -> None:
    _, _, scores, arrays = measured
    for name in ("bce", "kl"):
        assert scores[f"test_{name}"] == pytest.approx(arrays[f"test_{name}"].mean(), rel=ROUNDING)
    assert scores["mse"] == pytest.approx(arrays["test_mse"].mean(), rel=ROUNDING)
    assert scores["sharpness"] == pytest.approx(np.median(arrays["test_sharpness"]), rel=ROUNDING)
    assert scores["test_neg_elbo"] == pytest.approx(scores["test_bce"] + scores["test_kl"])


def test_magnitudes_are_rounded_to_the_nearest_of_so_many_bits() -> None:
    values = torch.cat([torch.logspace(-30, 30, 1_001), torch.tensor([0.0, 1.0, 245.3, 65_536.0, 2.0**-130])])
    kept = as_magnitudes(torch.cat([values, -values]))
    exact = np.concatenate([values, -values])
    normal = np.abs(exact) > np.finfo(np.float32).tiny
    assert np.abs(kept / np.where(normal, exact, 1) - 1)[normal].max() == pytest.approx(ROUNDING, rel=0.1)
    assert kept.dtype == np.float32
    assert not (kept.view(np.uint32) & 0x1FFF).any(), "the last 13 bits are zero, and compress"
    assert kept[values.tolist().index(1.0)] == 1


def test_ties_of_magnitudes_go_to_even_and_carry_into_the_exponent() -> None:
    step = 2.0**-10
    values = torch.tensor([1 + step / 2, 1 + 3 * step / 2, 2 - step / 4])
    np.testing.assert_array_equal(as_magnitudes(values), [1, 1 + 2 * step, 2])


def test_coordinates_are_multiples_of_the_resolution(measured: Measured) -> None:
    _, _, _, arrays = measured
    for name in ("latent_mean", "silhouette", "recon_entropy"):
        steps = arrays[name].astype(np.float64) / RESOLUTION
        np.testing.assert_array_equal(steps, steps.round())
    np.testing.assert_array_equal(as_coordinates(torch.tensor([0.0021, -1.0])), [RESOLUTION, -1])


@pytest.mark.parametrize("measured", [2], indirect=True)  # without t-SNE it is quick
def test_what_is_only_drawn_is_left_out_unless_the_run_is_stored_whole(measured: Measured) -> None:
    _, subject, scores, arrays = measured
    fewer_scores, fewer = evaluate(dataclasses.replace(subject, whole=False))
    assert fewer_scores == scores
    assert arrays.keys() - fewer.keys() == {"manifold", "latent_logvar", "interpolation_images"}
    assert all(np.array_equal(array, arrays[name]) for name, array in fewer.items())


@pytest.mark.parametrize("measured", [2], indirect=True)  # t-SNE is the slow part, and its own library's to test
def test_evaluating_again_gives_the_same_bits(measured: Measured) -> None:
    _, subject, scores, arrays = measured
    torch.manual_seed(123)
    again_scores, again = evaluate(subject)
    assert again_scores == scores
    assert all(np.array_equal(again[name], array) for name, array in arrays.items())


def test_latent_means_are_in_the_order_of_the_test_images(measured: Measured) -> None:
    _, subject, _, arrays = measured
    one = encode(subject.model, subject.data.test.images[7:8]).mean
    np.testing.assert_allclose(arrays["latent_mean"][7], one[0].detach().numpy(), atol=2e-3)


def test_the_manifold_has_its_largest_second_latent_on_top(measured: Measured) -> None:
    dim, subject, _, arrays = measured
    if dim > 2:
        assert "manifold" not in arrays
        return
    from scipy.stats import norm

    side = SIZES.manifold_side
    low, high = norm.ppf(0.5 / side), norm.ppf(1 - 0.5 / side)
    for row, column, z in ((0, 0, (low, high)), (0, side - 1, (high, high)), (side - 1, 0, (low, low))):
        with torch.no_grad():
            pixels = torch.sigmoid(subject.model.decoder(torch.tensor([z], dtype=torch.float32)))[0, 0] * 255
        assert np.abs(arrays["manifold"][row, column] - pixels.numpy()).max() <= 1


def test_interpolations_run_from_the_first_image_of_one_class_to_that_of_the_other(measured: Measured) -> None:
    _, _, _, arrays = measured
    fixed = arrays["fixed_reconstructions"][:: SIZES.fixed_per_class].astype(int)
    for path, (start, end) in zip(arrays["interpolation_images"].astype(int), INFO.interpolations, strict=True):
        assert np.abs(path[0] - fixed[start]).max() <= 1
        assert np.abs(path[-1] - fixed[end]).max() <= 1


def test_history_has_elbo_and_deviance_beside_the_terms(
    trained: Callable[..., tuple[History, CheckpointFolder]], tiny: Data
) -> None:
    history, _ = trained("a", tiny_run())
    columns = run_history(tiny_run(epochs=2), history, RealImages(Classifier(C).eval(), tiny))
    names = {f"{split}_{term}" for split in ("train", "validation") for term in ("neg_elbo", "bce", "kl", "deviance")}
    assert columns.keys() == names | {"learning_rate"}
    assert {len(values) for values in columns.values()} == {2}
    assert columns["train_neg_elbo"][1] == columns["train_bce"][1] + columns["train_kl"][1]
    assert columns["validation_deviance"][0] == pytest.approx(
        columns["validation_bce"][0] - pixel_entropy(as_input(tiny.validation.images)).mean().item()
    )


def test_an_autoencoder_has_losses_and_no_posterior(tiny: Data) -> None:
    spec = dataclasses.replace(tiny_run(), objective=ObjectiveSpec(0.0, "mean"))
    torch.manual_seed(0)
    scores, arrays = evaluate(
        Subject(spec, 42, ConvVAE(spec.model).eval(), RealImages(Classifier(C).eval(), tiny), SIZES, whole=True)
    )
    missing = {name for name in SCORES if name.endswith(("_kl", "_neg_elbo"))} | {
        "iwae",
        "mutual_information",
        "hole_mass",
    }
    assert scores.keys() == SCORES - missing - {"posterior_deviation"}
    assert ARRAYS.keys() - arrays.keys() == {"test_kl", "test_deviation"}
    np.testing.assert_allclose(arrays["test_bce"], arrays["test_mean_bce"], rtol=1e-5)


def test_the_history_of_an_autoencoder_has_no_bound(
    trained: Callable[..., tuple[History, CheckpointFolder]], tiny: Data
) -> None:
    spec = dataclasses.replace(tiny_run(), objective=ObjectiveSpec(0.0, "mean"))
    history, _ = trained("a", spec)
    terms = {f"{split}_{term}" for split in ("train", "validation") for term in ("bce", "deviance")}
    assert run_history(spec, history, RealImages(Classifier(C).eval(), tiny)).keys() == terms | {"learning_rate"}


def test_foreign_images_are_measured_where_there_are_any(tiny: Data) -> None:
    spec = tiny_run()
    subject = Subject(spec, 42, ConvVAE(spec.model).eval(), RealImages(Classifier(C).eval(), tiny), SIZES, whole=True)
    assert fidelity.foreign(subject) == ({}, {})
    elsewhere = dataclasses.replace(tiny, info=dataclasses.replace(INFO, foreign="digits"))
    with torch.no_grad():
        _, arrays = fidelity.foreign(dataclasses.replace(subject, real=RealImages(Classifier(C).eval(), elsewhere)))
    assert arrays["foreign_bce"].shape == (1797,)
    assert (arrays["foreign_bce"] > 0).all()


def test_midpoints_of_a_class_with_itself_are_not_taken(tiny: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a decoder that draws its latent, and an eye that sees pixels, a mid-point shows whose it is."""
    spec = tiny_run()
    subject = Subject(spec, 42, ConvVAE(spec.model).eval(), RealImages(Classifier(C).eval(), tiny), SIZES, whole=True)
    labels = tiny.test.labels.float()[:, None].expand(-1, 2)
    posterior = Posterior(labels, labels)
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(generation, "decode", lambda model, z: seen.append(z) or torch.rand(len(z), 1, 28, 28))
    with torch.no_grad():
        reconstructions = subject.real.look(torch.rand(N, 1, 28, 28))
        generation.midpoints(subject, Codes(posterior, posterior, posterior), reconstructions)
    own = labels[: SIZES.prdc_images]
    assert (2 * seen[0] - own != own).all(), "the partner is of another class"
    assert (2 * seen[0] - own).unique().tolist() == [0, 1, 2, 3]
