import math

import numpy as np
import pytest
import torch

from vae.metrics import images
from vae.metrics.images import gradient_energy, laplacian_sharpness, laplacian_variance, mse, sharpness, ssim


def random_images(n: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


def slow_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Wang et al. 2004, window by window, in float64."""
    offsets = np.arange(11) - 5
    window = np.exp(-(offsets[:, None] ** 2 + offsets[None, :] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    values = []
    for row in range(a.shape[0] - 10):
        for column in range(a.shape[1] - 10):
            x, y = a[row : row + 11, column : column + 11], b[row : row + 11, column : column + 11]
            mean_x, mean_y = (window * x).sum(), (window * y).sum()
            var_x, var_y = (window * (x - mean_x) ** 2).sum(), (window * (y - mean_y) ** 2).sum()
            covariance = (window * (x - mean_x) * (y - mean_y)).sum()
            c1, c2 = 0.01**2, 0.03**2
            values.append(
                (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
                / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
            )  # fmt: skip
    return float(np.mean(values))


def test_mse_is_per_pixel():
    a, b = torch.zeros(2, 1, 28, 28), torch.zeros(2, 1, 28, 28)
    b[1, 0, 3, 4] = 0.5
    torch.testing.assert_close(mse(a, b), torch.tensor([0.0, 0.25 / 784]))


def test_ssim_equals_the_definition():
    a = random_images(4)
    b = (0.7 * a + 0.3 * random_images(4, seed=1)).clamp(0, 1)
    a[2, :, :14], b[2, :, :14] = 0, 0  # flat regions, as in the data
    a[3] = 1 - b[3]  # negative covariance
    expected = [slow_ssim(x, y) for x, y in zip(a[:, 0].double().numpy(), b[:, 0].double().numpy(), strict=True)]
    assert expected[3] < 0
    np.testing.assert_allclose(ssim(a, b).numpy(), expected, atol=1e-6)


def test_ssim_of_an_image_with_itself_is_one():
    a = random_images(3)
    a[0] = 0
    torch.testing.assert_close(ssim(a, a), torch.ones(3))


def test_ssim_of_flat_images_has_a_closed_form():
    a, b = torch.full((1, 1, 28, 28), 0.2), torch.full((1, 1, 28, 28), 0.6)
    expected = (2 * 0.2 * 0.6 + 1e-4) / (0.2**2 + 0.6**2 + 1e-4)
    assert ssim(a, b).item() == pytest.approx(expected, abs=1e-6)


def test_gradient_energy_counts_each_edge_once():
    x = torch.zeros(3, 1, 28, 28)
    x[0, :, :, 14:] = 0.5  # 28 rows with one horizontal step
    x[1, :, 10:] = 1.0  # 28 columns with one vertical step
    x[2, 0, 5, 5] = 1.0  # four neighbours
    torch.testing.assert_close(gradient_energy(x), torch.tensor([28 * 0.25, 28.0, 4.0]))


def test_laplacian_variance_equals_the_kernel_applied_pixel_by_pixel():
    x = random_images(2)
    plain = x[:, 0].double().numpy()
    for image, value in zip(plain, laplacian_variance(x).tolist(), strict=True):
        responses = [
            image[r - 1, c] + image[r + 1, c] + image[r, c - 1] + image[r, c + 1] - 4 * image[r, c]
            for r in range(1, 27)
            for c in range(1, 27)
        ]
        assert value == pytest.approx(np.var(responses), rel=1e-5)


def test_laplacian_of_a_ramp_is_zero():
    ramp = (torch.arange(28.0) / 32).expand(1, 1, 28, 28)
    assert laplacian_variance(ramp).item() == pytest.approx(0, abs=1e-12)


def test_sharpness_is_one_for_a_copy_and_quadratic_in_contrast():
    a = random_images(3)
    for ratio in (sharpness, laplacian_sharpness):
        torch.testing.assert_close(ratio(a, a), torch.ones(3))
        torch.testing.assert_close(ratio(0.5 * a, a), torch.full((3,), 0.25))


def test_a_blurred_image_is_less_sharp():
    a = random_images(3)
    blurred = torch.nn.functional.avg_pool2d(a, 3, stride=1, padding=1)
    assert (sharpness(blurred, a) < 0.5).all()
    assert (laplacian_sharpness(blurred, a) < 0.5).all()


def test_a_flat_original_gives_a_finite_ratio():
    a, flat = random_images(1), torch.full((1, 1, 28, 28), 0.3)
    for ratio in (sharpness, laplacian_sharpness):
        assert 1e3 < ratio(a, flat).item() < math.inf
        assert ratio(flat, flat).item() == 0


def test_the_floors_touch_no_image_with_contrast():
    corner, edge = torch.zeros(1, 1, 28, 28), torch.zeros(1, 1, 28, 28)
    corner[0, 0, 0, 0] = edge[0, 0, 0, 9] = 1 / 255
    assert gradient_energy(corner).item() == pytest.approx(images.GRADIENT_FLOOR, rel=1e-5)
    assert laplacian_variance(edge).item() == pytest.approx(images.LAPLACIAN_FLOOR, rel=2e-3)


def test_batches_change_nothing(monkeypatch):
    a, b = random_images(5), random_images(5, seed=1)
    whole = [metric(a, b) for metric in (mse, ssim, sharpness, laplacian_sharpness)]
    monkeypatch.setattr(images, "BATCH", 2)
    parts = [metric(a, b) for metric in (mse, ssim, sharpness, laplacian_sharpness)]
    torch.testing.assert_close(parts, whole)
