"""The layers of the convolutional VAE, one by one: as vae/models/conv.py builds them from a spec, but without torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from report.language import ptbr
from report.origins.numbers import constant
from report.tables import Table
from vae import figures
from vae.data import datasets
from vae.models.layers import DOWN, LAST, UP, Shape
from vae.spec import ConvSpec

if TYPE_CHECKING:
    from vae.figures import Stage


@dataclass(frozen=True)
class Convolution:
    """A convolution of square maps. sides and channels: (before, after)."""

    channels: tuple[int, int]
    side_before: int
    shape: Shape
    transposed: bool = False

    @property
    def side(self) -> int:
        """Side of the maps that it gives, pixels."""
        kernel, stride, padding, extra = self.shape
        if self.transposed:
            return (self.side_before - 1) * stride - 2 * padding + kernel + extra
        return (self.side_before + 2 * padding - kernel) // stride + 1

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return (self.channels[0] * self.shape[0] ** 2 + 1) * self.channels[1]


def encoder_layers(spec: ConvSpec) -> list[Convolution]:
    """Return the convolutions of the encoder."""
    side = constant(datasets, "IMAGE_SIDE")
    return _chain((1, *spec.encoder_channels), side, [DOWN] * len(spec.encoder_channels))


def decoder_layers(spec: ConvSpec) -> list[Convolution]:
    """Return the convolutions of the decoder, the last of which is not transposed."""
    widths = (spec.encoder_channels[-1], *spec.decoder_channels)
    up = _chain(widths, encoder_layers(spec)[-1].side, UP, transposed=True)
    return [*up, Convolution((widths[-1], 1), up[-1].side, LAST)]


def linear_parameters(spec: ConvSpec) -> tuple[int, int]:
    """Return the parameters of the two heads of the encoder together, and of the decoder's first layer."""
    size = spec.encoder_channels[-1] * encoder_layers(spec)[-1].side ** 2
    return 2 * (size + 1) * spec.latent_dim, (spec.latent_dim + 1) * size


def stages(spec: ConvSpec) -> tuple[list["Stage"], list["Stage"]]:
    """Return encoder and decoder tensors for the drawing of the architecture."""
    down, (*up, last) = encoder_layers(spec), decoder_layers(spec)
    encoder = [
        figures.Stage("imagem", 1, down[0].side_before),
        *(figures.Stage("conv + ReLU", one.channels[1], one.side) for one in down),
    ]
    decoder = [
        figures.Stage("linear", down[-1].channels[1], down[-1].side),
        *(figures.Stage("conv. transp.", one.channels[1], one.side) for one in up),
        figures.Stage("conv + sigmoide", *last.channels[1:], last.side),
    ]
    return encoder, decoder


def layers_table(spec: ConvSpec) -> Table:
    """Return the layers: what each is, what it gives and how many parameters it has."""
    down, (*up, last) = encoder_layers(spec), decoder_layers(spec)
    heads, expand = linear_parameters(spec)
    latent, first = spec.latent_dim, down[-1]

    def row(part: str, operation: str, shape: str, parameters: int) -> list[str]:
        # Kernels and sides are those of the layers that have so many parameters.
        marked = [ptbr.mark(text, parameters) if text else "" for text in (operation, shape)]
        return [part, *marked, ptbr.integer(parameters)]

    def maps(channels: int, side: int) -> str:
        return ptbr.NO_BREAK.join(map(str, (channels, "×", side, "×", side)))

    def convolution(one: Convolution, activation: str) -> list[str]:
        kernel, stride, padding, extra = one.shape
        kind = "conv. transposta" if one.transposed else "convolução"
        details = [
            f"{kind} {kernel}{ptbr.NO_BREAK}×{ptbr.NO_BREAK}{kernel}",
            f"passo {stride}",
            f"preenchimento {padding}",
        ]
        details += [f"extra {extra}"] if extra else []
        part = "decodificador" if one.transposed or one is last else "codificador"
        return row(part, f"{', '.join(details)}; {activation}", maps(one.channels[1], one.side), one.parameters)

    rows = [
        *(convolution(one, "ReLU") for one in down),
        row("código", "duas projeções lineares: μ e log σ²", f"2 × {latent}", heads),
        row("decodificador", "projeção linear, sem ativação", maps(first.channels[1], first.side), expand),
        *(convolution(one, "ReLU") for one in up),
        convolution(last, "sigmoide"),
    ]
    total = heads + expand + sum(one.parameters for one in (*down, *up, last))
    rows.append(row("**ao todo**", "", "", total))
    caption = (
        f"As camadas com {ptbr.plural(latent, 'dimensão latente', 'dimensões latentes')}; saída em canais × altura × largura. "
        "A sigmoide fica dentro da perda, que trabalha com os logits."
    )
    return Table(["Parte", "Camada", "Saída", "Parâmetros"], rows, caption, "camadas", numeric=False)


def _chain(widths: Sequence[int], side: int, shapes: Sequence[Shape], transposed: bool = False) -> list[Convolution]:
    made: list[Convolution] = []
    for before, after, shape in zip(widths[:-1], widths[1:], shapes, strict=True):
        made.append(Convolution((before, after), side, shape, transposed))
        side = made[-1].side
    return made
