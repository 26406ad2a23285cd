import pytest
import torch

from vae.metrics.probe import linear_probe


def clusters(n: int, spread: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, 3, (n,), generator=generator)
    centers = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    return centers[labels] + spread * torch.randn(n, 2, generator=generator), labels


def test_separated_classes_are_read_perfectly():
    test_x, test_labels = clusters(100, 0.3, 1)
    assert torch.equal(linear_probe(*clusters(200, 0.3, 0), test_x), test_labels)


def test_overlapping_classes_reach_the_accuracy_of_the_best_linear_rule():
    train_x, train_labels = clusters(4_000, 2.0, 0)
    test_x, test_labels = clusters(4_000, 2.0, 1)
    centers = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    bayes = (torch.cdist(test_x, centers).argmin(dim=1) == test_labels).double().mean().item()
    assert 0.6 < bayes < 0.9
    accuracy = (linear_probe(train_x, train_labels, test_x) == test_labels).double().mean().item()
    assert accuracy == pytest.approx(bayes, abs=0.01)


def test_the_scale_of_a_dimension_does_not_matter_and_the_result_repeats():
    train_x, train_labels = clusters(300, 2.0, 0)
    test_x, _ = clusters(300, 2.0, 1)
    scale = torch.tensor([1e-4, 1e3])
    plain = linear_probe(train_x, train_labels, test_x)
    rescaled = linear_probe(train_x * scale, train_labels, test_x * scale)
    assert (
        rescaled == plain
    ).double().mean() > 0.995  # L-BFGS stops elsewhere, so a point on a boundary may change sides
    assert torch.equal(linear_probe(train_x, train_labels, test_x), plain)
