import pytest
import torch

from tests.vae.tiny import INFO
from vae.data.datasets import DIGITS, FASHION_MNIST
from vae.data.tensors import Data, foreign_images
from vae.measurements.baselines import VISIBLE, factors, summarise


def test_factors_of_a_box_are_its_sides_and_of_nothing_zero() -> None:
    images = torch.zeros(3, 1, 28, 28)
    images[0, 0, 4:10, 20:23] = 1.0
    images[1, 0, 4:10, 20:23] = VISIBLE / 2  # too faint to count
    found = factors(images)
    assert found["length"].tolist() == [6, 0, 0]
    assert found["width"].tolist() == [3, 0, 0]
    assert found["brightness"].tolist() == pytest.approx([18 / 784, 9 * VISIBLE / 784, 0])


def test_a_hole_in_a_thing_does_not_shorten_it() -> None:
    image = torch.zeros(1, 1, 28, 28)
    image[0, 0, [3, 20], [5, 9]] = 1.0
    found = factors(image)
    assert found["length"].tolist() == [18]
    assert found["width"].tolist() == [5]


def test_digits_are_foreign_to_garments_and_to_nothing_else() -> None:
    images = foreign_images(FASHION_MNIST)
    assert images is not None
    assert images.shape == (1797, 28, 28)
    assert foreign_images(DIGITS) is None
    assert foreign_images(INFO) is None


def test_the_first_test_images_are_kept_as_they_are(tiny: Data) -> None:
    _, arrays = summarise(tiny, fixed_per_class=1, explored_images=5)
    assert arrays["explored_images"].dtype == "uint8"
    assert (arrays["explored_images"] == tiny.test.images[:5].numpy()).all()
    assert len(summarise(tiny, 1, 10_000)[1]["explored_images"]) == len(tiny.test)
