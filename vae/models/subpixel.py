"""The decoder's transposed convolutions as plain convolutions: the sub-pixel form (Shi et al. 2016), equal maths.

A transposed convolution of kernel 4 and stride 2 gives each of its four output phases (even or odd row, even or odd
column) from a 2x2 window of its input. So it is a 2x2 convolution with four times the channels, shuffled into place.
The last convolution is taken on the phases themselves, and only its result is shuffled. In bfloat16 on CPU this trains
1.5 times as fast as float32 in the usual form, while bfloat16 transposed convolutions are several times slower; in
float32 it is a little slower than the usual form (benchmarks/RESULTS.md).
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

CHANNELS_LAST = torch.channels_last
# [phase of the output, phase of the input, window, tap]: which window and phase of its input each tap of a 3-tap
# convolution falls on. Output 2u + a takes inputs t = 2u + a + k; an even t is phase 0 of window t / 2, an odd one
# phase 1 of window (t + 1) / 2, as phases() lays them out.
_TAPS = torch.zeros(2, 2, 3, 3)
for _phase in range(2):
    for _tap in range(3):
        _position = _phase + _tap
        _odd = _position % 2
        _TAPS[_phase, _odd, (_position + _odd) // 2, _tap] = 1


def phases(weight: Float[Tensor, "i o 4 4"], odd_first: bool) -> Float[Tensor, "4*o i 2 2"]:
    """Return the 2x2 kernel of a transposed convolution's four phases, the rows of each phase side by side.

    odd_first: whether the first tap (and not the second) belongs to the odd phase, as with padding 2.
    """
    inputs, outputs = weight.shape[:2]
    taps = weight.flip(2, 3).view(inputs, outputs, 2, 2, 2, 2)  # window row, phase row, window column, phase column
    kernel = taps.permute(3, 5, 1, 0, 2, 4)
    if odd_first:
        kernel = kernel.flip(0, 1)
    return kernel.reshape(4 * outputs, inputs, 2, 2).contiguous(memory_format=CHANNELS_LAST)


def fused(weight: Float[Tensor, "1 c 3 3"]) -> Float[Tensor, "4 4*c 3 3"]:
    """Return the kernel of a 3x3 convolution to one channel that reads the phases of its input and gives its own."""
    taps = _TAPS.to(weight)
    kernel = torch.einsum("acpk,bdql,hkl->abcdhpq", taps, taps, weight[0])
    return kernel.reshape(4, 4 * weight.shape[1], 3, 3).contiguous(memory_format=CHANNELS_LAST)


def shuffle(x: Float[Tensor, "n phases h w"]) -> Float[Tensor, "n c 2*h 2*w"]:
    """Put four phases into their places; channels last in, channels last out."""
    n, channels, height, width = x.shape
    parts = x.permute(0, 2, 3, 1).view(n, height, width, 2, 2, channels // 4)
    whole = parts.permute(0, 1, 3, 2, 4, 5).reshape(n, 2 * height, 2 * width, channels // 4)
    return whole.permute(0, 3, 1, 2)


def upsample(features: Float[Tensor, "n c 8 8"], layers: Sequence[nn.Module]) -> Float[Tensor, "n 1 28 28"]:
    """Return the pixel logits from the features behind the decoder's first transposed convolution and its ReLU.

    layers: the two other transposed convolutions and the last convolution.
    """
    (second, second_bias), (third, third_bias), (last, last_bias) = map(_parameters, layers)
    # 8 -> 15 (kernel 4, stride 2, padding 2, output padding 1): windows begin at each input, the last reaches beyond.
    x = functional.conv2d(functional.pad(features, (0, 1, 0, 1)), phases(second, True), second_bias.repeat(4))
    x = shuffle(torch.relu(x))[:, :, :15, :15].contiguous(memory_format=CHANNELS_LAST)
    # 15 -> 30 (padding 1): windows end at each input, and one more begins at the last.
    x = torch.relu(functional.conv2d(x, phases(third, False), third_bias.repeat(4), padding=1))
    return shuffle(functional.conv2d(x, fused(last), last_bias.repeat(4)))


def _parameters(layer: nn.Module) -> tuple[Tensor, Tensor]:
    assert isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
    assert layer.bias is not None
    return layer.weight, layer.bias
