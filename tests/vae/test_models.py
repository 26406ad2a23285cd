import pytest
import torch
from torch import nn
from torch.nn import functional

from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE, Encoder, build_model, reparametrise
from vae.spec import ConvSpec


@pytest.mark.parametrize(("latent_dim", "parameters"), [(2, 279_301), (50, 574_309)])
def test_parameters_are_those_of_the_reference(latent_dim: int, parameters: int) -> None:
    assert sum(p.numel() for p in ConvVAE(ConvSpec(latent_dim)).parameters()) == parameters


def test_sides_of_every_layer_are_those_of_the_reference() -> None:
    model = build_model(ConvSpec(), 0)
    sides: list[int] = []
    for layer in (*model.encoder.features, *model.decoder.layers):
        if not isinstance(layer, nn.ReLU):
            layer.register_forward_hook(lambda module, inputs, output: sides.append(output.shape[-1]))
    mean, _ = model.encoder(torch.zeros(1, 1, 28, 28))
    model.decoder(mean)
    assert sides == [14, 7, 4, 8, 15, 30, 28]


def test_the_unpadded_last_convolution_is_the_padded_and_cropped_one_of_the_reference() -> None:
    decoder = build_model(ConvSpec(), 1).decoder
    z = torch.randn(3, 2, generator=torch.Generator().manual_seed(2))
    last = decoder.layers[-1]
    assert isinstance(last, nn.Conv2d)
    before = decoder.layers[:-1](decoder.expand(z).unflatten(1, (128, 4, 4)))
    padded = functional.conv2d(before, last.weight, last.bias, padding=1)
    assert padded.shape[-2:] == (30, 30)
    # float32's rounding: the two kernels may sum in another order.
    torch.testing.assert_close(decoder(z), padded[:, :, 1:-1, 1:-1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("latent_dim", [2, 10])
def test_the_decoder_is_the_same_map_for_one_image_and_for_many(latent_dim: int) -> None:
    """Many images go through the composition of the first two layers, one through the layers themselves."""
    decoder = build_model(ConvSpec(latent_dim), 1).decoder.double()
    z = torch.randn(latent_dim + 2, latent_dim, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    gradients = []
    for pixels in (decoder(z), torch.cat([decoder(row) for row in z.split(1)])):
        decoder.zero_grad()
        pixels.square().sum().backward()
        gradients.append((pixels.detach(), *(parameter.grad.clone() for parameter in decoder.parameters())))
    for many, one in zip(*gradients, strict=True):
        torch.testing.assert_close(many, one, rtol=1e-10, atol=1e-12)


def test_gradients_reach_mean_and_log_variance() -> None:
    mean, logvar = (torch.full((2, 3), value, requires_grad=True) for value in (0.5, -1.0))
    noise = torch.tensor([[1.0, -2.0, 0.0], [0.5, 0.0, 3.0]])
    reparametrise(mean, logvar, noise).sum().backward()
    assert mean.grad is not None
    assert logvar.grad is not None
    torch.testing.assert_close(mean.grad, torch.ones(2, 3))
    torch.testing.assert_close(logvar.grad, 0.5 * torch.exp(torch.tensor(-0.5)) * noise)


def test_the_posterior_has_the_asked_spread() -> None:
    noise = torch.randn(20_000, 1, generator=torch.Generator().manual_seed(3))
    z = reparametrise(torch.full_like(noise, 2.0), torch.full_like(noise, 1.2), noise)
    assert z.mean().item() == pytest.approx(2.0, abs=0.05)
    assert z.var().item() == pytest.approx(torch.tensor(1.2).exp().item(), rel=0.03)


def test_a_seed_gives_one_model_and_leaves_the_global_stream_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, again, other = (build_model(ConvSpec(), seed).state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["encoder.mean.weight"], other["encoder.mean.weight"])


def test_mean_and_log_variance_are_two_heads() -> None:
    mean, logvar = Encoder(ConvSpec(3))(torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(4)))
    assert mean.shape == logvar.shape == (4, 3)
    assert not torch.equal(mean, logvar)


def test_the_classifier_gives_a_logit_a_class_from_its_features() -> None:
    classifier = Classifier(7).eval()
    images = torch.rand(3, 1, 28, 28)
    assert classifier.features(images).shape == (3, Classifier.feature_dim)
    torch.testing.assert_close(classifier(images), classifier.head(classifier.features(images)))
    assert classifier(images).shape == (3, 7)
