"""ONNX graphs against the torch modules that they stand for; onnx's own evaluator runs them, in numpy."""

from collections.abc import Callable, Mapping

import numpy as np
import onnx
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from safetensors.torch import save

from vae import export
from vae.models.conv import ConvVAE, build_model
from vae.spec import ConvSpec
from vae.storage.results import Array

SPECS = {
    "few channels": ConvSpec(latent_dim=2, encoder_channels=(3, 4, 6), decoder_channels=(5, 4, 3)),
    "three dimensions": ConvSpec(latent_dim=3, encoder_channels=(2, 4, 5), decoder_channels=(4, 3, 2)),
}
# Of float32 sums of a few hundred terms near one.
ROUNDING = 1e-5


@pytest.fixture(params=SPECS)
def model(request: pytest.FixtureRequest) -> ConvVAE:
    return build_model(SPECS[request.param], seed=3).eval()


def weights_of(model: ConvVAE) -> dict[str, Array]:
    return export.read_weights(save({name: value.contiguous() for name, value in model.state_dict().items()}))


def run(graph: bytes, inputs: Mapping[str, torch.Tensor]) -> dict[str, Array]:
    evaluator = ReferenceEvaluator(onnx.load_from_string(graph))
    values = evaluator.run(None, {name: value.numpy() for name, value in inputs.items()})
    return dict(zip(evaluator.output_names, values, strict=True))


def test_the_decoder_gives_torch_s_pixels(model: ConvVAE) -> None:
    dimensions = model.encoder.mean.out_features
    # One point, and more than there are dimensions: torch takes another way for the latter.
    for points in (1, 6):
        latent = 2 * torch.randn(points, dimensions, generator=torch.Generator().manual_seed(points))
        found = run(export.decoder(weights_of(model), {}), {export.LATENT: latent})[export.PIXELS]
        with torch.no_grad():
            expected = torch.sigmoid(model.decoder(latent)).numpy()
        assert found.shape == (points, 1, 28, 28)
        np.testing.assert_allclose(found, expected, atol=ROUNDING)


def test_the_encoder_gives_torch_s_posterior(model: ConvVAE) -> None:
    images = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    found = run(export.encoder(weights_of(model), {}), {export.IMAGES: images})
    with torch.no_grad():
        mean, logvar = model.encoder(images)
    np.testing.assert_allclose(found[export.MEAN], mean.numpy(), atol=ROUNDING)
    np.testing.assert_allclose(found[export.LOGVAR], logvar.numpy(), atol=ROUNDING)


@pytest.mark.parametrize("write", [export.decoder, export.encoder])
def test_a_file_says_whose_it_is_and_its_bytes_follow_from_that_and_the_weights(
    write: Callable[[export.Weights, Mapping[str, str]], bytes],
) -> None:
    weights = weights_of(build_model(SPECS["few channels"], seed=3))
    facts = {"run": "e10", "seed": "42"}
    content = write(weights, facts)
    assert content == write(dict(reversed(weights.items())), dict(facts))
    model = onnx.load_from_string(content)
    assert {entry.key: entry.value for entry in model.metadata_props} == facts
    assert (model.producer_name, model.producer_version, model.ir_version) == ("laudo", "", export.IR_VERSION)
    others = weights | {name: values + 1 for name, values in weights.items() if name.endswith("0.bias")}
    assert content != write(others, facts)
    assert content != write(weights, facts | {"seed": "43"})
