"""The import hook of tests/conftest.py is at work: without this, every shape check could be off and no one would see."""

import pytest
import torch
from jaxtyping import TypeCheckError

from vae import objectives, tasks


def test_a_wrong_shape_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        objectives.kl_divergence(torch.zeros(3, 2), torch.zeros(3, 1))


def test_a_wrong_type_is_refused() -> None:
    with pytest.raises(TypeCheckError):
        tasks.cosine("high", 1, 2)  # type: ignore[arg-type]
