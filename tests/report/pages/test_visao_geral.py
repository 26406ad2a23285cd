import pytest
from torch import nn

from report.language.ptbr import strip_marks
from report.pages.visao_geral.layers import decoder_layers, encoder_layers, layers_table, linear_parameters
from vae.models.conv import build_model
from vae.spec import ConvSpec


@pytest.mark.parametrize("latent_dim", [2, 50])
def test_the_layers_are_those_of_the_model(latent_dim: int) -> None:
    spec = ConvSpec(latent_dim=latent_dim)
    model = build_model(spec, seed=0)
    built = [module for module in model.modules() if isinstance(module, nn.Conv2d | nn.ConvTranspose2d)]
    listed = [*encoder_layers(spec), *decoder_layers(spec)]
    for module, layer in zip(built, listed, strict=True):
        extra = module.output_padding[0]
        shape = (module.kernel_size[0], module.stride[0], module.padding[0], extra)
        assert (shape, (module.in_channels, module.out_channels)) == (layer.shape, layer.channels)
        assert isinstance(module, nn.ConvTranspose2d) == layer.transposed
    total = sum(parameter.numel() for parameter in model.parameters())
    assert sum(layer.parameters for layer in listed) + sum(linear_parameters(spec)) == total


def test_the_sides_are_those_of_the_maps() -> None:
    spec = ConvSpec(latent_dim=2)
    assert [layer.side for layer in encoder_layers(spec)] == [14, 7, 4]
    assert [layer.side for layer in decoder_layers(spec)] == [8, 15, 30, 28]


def test_the_table_of_layers_ends_in_their_sum() -> None:
    assert strip_marks(layers_table(ConvSpec(latent_dim=2)).rows[-1][-1]) == "279.301"
