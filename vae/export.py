"""Published weights as ONNX graphs, which the explorer runs in the reader's browser. No torch: a site is built without it.

Equal weights give equal bytes, whichever version of onnx writes them. Weights stay in float32, as they were trained: in
float16 pixels would differ by up to 1.5e-3 and latents by up to 3e-3 from what the report measures.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load

from vae.models.layers import DOWN, FEATURE_SIDE, LAST, UP, Shape
from vae.storage.results import Array

# Fixed, so that the bytes do not change with the installed onnx; every runtime of the last years reads them.
OPSET, IR_VERSION = 17, 8
LATENT, PIXELS, IMAGES, MEAN, LOGVAR = "latent", "pixels", "images", "mean", "logvar"

Weights = Mapping[str, Array]


def read_weights(content: bytes) -> dict[str, Array]:
    """Return the arrays of a weights.safetensors by parameter name, float32."""
    weights: dict[str, Array] = load(content)
    return weights


def decoder(weights: Weights, facts: Mapping[str, str]) -> bytes:
    """Return the decoder: latent (batch, d) -> pixels (batch, 1, 28, 28), the probabilities of p(x|z).

    facts: what the file says of itself (run, seed, ...), as its metadata.
    """
    graph = _Graph(weights)
    channels = weights["decoder.layers.0.weight"].shape[0]
    flat = graph.linear(LATENT, "decoder.expand")
    shape = numpy_helper.from_array(
        np.array([0, channels, FEATURE_SIDE, FEATURE_SIDE]), "shape"
    )  # 0: the batch, as it is
    graph.initializers.append(shape)
    value = graph.add("Reshape", [flat, "shape"])
    for index, layer in enumerate(UP):
        # torch's Sequential has a ReLU after each convolution, so their numbers are even.
        value = graph.convolution(value, f"decoder.layers.{2 * index}", layer, transposed=True)
        value = graph.add("Relu", [value])
    value = graph.convolution(value, f"decoder.layers.{2 * len(UP)}", LAST)
    graph.add("Sigmoid", [value], PIXELS)
    dimensions = weights["decoder.expand.weight"].shape[1]
    return graph.model("decoder", {LATENT: (dimensions,)}, {PIXELS: (1, 28, 28)}, facts)


def encoder(weights: Weights, facts: Mapping[str, str]) -> bytes:
    """Return the encoder: images (batch, 1, 28, 28) in [0, 1] -> mean and logvar of q(z|x), (batch, d) each."""
    graph = _Graph(weights)
    value = IMAGES
    for index in range(sum(name.startswith("encoder.features") for name in weights) // 2):  # weights and biases
        value = graph.add("Relu", [graph.convolution(value, f"encoder.features.{2 * index}", DOWN)])
    flat = graph.add("Flatten", [value], axis=1)
    for name in (MEAN, LOGVAR):
        graph.linear(flat, f"encoder.{name}", name)
    dimensions = weights["encoder.mean.weight"].shape[0]
    return graph.model("encoder", {IMAGES: (1, 28, 28)}, {MEAN: (dimensions,), LOGVAR: (dimensions,)}, facts)


class _Graph:
    """Nodes in the order in which they were added, and the weights that they use."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def add(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        output = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def linear(self, value: str, layer: str, output: str = "") -> str:
        return self.add("Gemm", [value, *self._parameters(layer)], output, transB=1)

    def convolution(self, value: str, layer: str, shape: Shape, transposed: bool = False) -> str:
        kernel, stride, padding, extra = shape
        more: dict[str, Any] = {"output_padding": [extra] * 2} if transposed else {}
        return self.add(
            "ConvTranspose" if transposed else "Conv", [value, *self._parameters(layer)], "",
            kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[padding] * 4, **more,
        )  # fmt: skip

    def _parameters(self, layer: str) -> list[str]:
        names = [f"{layer}.weight", f"{layer}.bias"]
        self.initializers += [numpy_helper.from_array(self.weights[name], name) for name in names]
        return names

    def model(
        self,
        name: str,
        inputs: Mapping[str, tuple[int, ...]],
        outputs: Mapping[str, tuple[int, ...]],
        facts: Mapping[str, str],
    ) -> bytes:
        given, made = (
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, ["batch", *shape]) for key, shape in values.items()]
            for values in (inputs, outputs)
        )
        graph = helper.make_graph(self.nodes, name, given, made, self.initializers)
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION, producer_name="laudo")
        helper.set_model_props(model, dict(facts))
        onnx.checker.check_model(model, full_check=True)
        content: bytes = model.SerializeToString(deterministic=True)
        return content
