"""What one trained VAE looks like, with Portuguese words: for `python -m vae` and the notebook.

The report draws the same figures from stored results of many runs; here they are drawn from a model at hand.
"""

from collections.abc import Mapping

import numpy as np
import torch
from matplotlib.figure import Figure

from vae import figures
from vae.data.tensors import Data
from vae.figures import Theme
from vae.measurements.baselines import fixed_indices
from vae.measurements.subject import as_pixels, decode, encode
from vae.metrics.latent import principal_axes
from vae.models.conv import ConvVAE
from vae.storage.checkpoints import History
from vae.train import standard_normal, stream

PER_CLASS = 2  # test images of each class beside their reconstructions
SAMPLES, SAMPLE_COLUMNS = 60, 12
POINTS = 5_000  # test images in the latent plane


def portrait(model: ConvVAE, history: History, data: Data, seed: int, theme: Theme) -> Mapping[str, bytes]:
    """Return the figures of a model as PNG bytes by name; data lies on the model's device."""
    model.eval()
    return {
        "curvas": figures.to_png(draw_curves(history, theme), background=theme.background),
        "reconstrucoes": draw_reconstructions(model, data),
        "amostras": draw_samples(model, seed),
        "espaco-latente": figures.to_png(draw_latent(model, data, theme), background=theme.background),
    }


def draw_curves(history: History, theme: Theme) -> Figure:
    """Return the two terms of the loss by epoch: validation, and training dashed."""
    epochs = np.arange(1, history.epochs + 1)

    def panel(title: str, term: str) -> figures.Panel:
        training, validation = (np.asarray(history.columns[f"{split}_{term}"]) for split in ("train", "validation"))
        return figures.Panel(title, [figures.Curve("VAE", "e10", epochs, validation, dashed=training)])

    return figures.learning_curves(
        [panel("BCE", "bce"), panel("KL", "kl")],
        theme=theme,
        x_label="época",
        y_label="nats por imagem",
        solid_label="validação",
        dashed_label="treino",
        tick_format=plain_number,
    )


@torch.no_grad()
def draw_reconstructions(model: ConvVAE, data: Data) -> bytes:
    """Return the first test images of each class, and below each its decoded posterior mean."""
    chosen = fixed_indices(data.test.labels, len(data.info.classes), PER_CLASS)
    originals = data.test.images[chosen]
    decoded = as_pixels(decode(model, encode(model, originals).mean))
    return figures.grid_png(np.concatenate([originals.cpu().numpy(), decoded]), columns=len(chosen))


@torch.no_grad()
def draw_samples(model: ConvVAE, seed: int) -> bytes:
    """Return images decoded from codes that are drawn from the prior."""
    head = model.encoder.mean
    codes = standard_normal(SAMPLES, head.out_features, stream(seed, 0, "samples"), head.weight.device)
    return figures.grid_png(as_pixels(decode(model, codes)), columns=SAMPLE_COLUMNS)


@torch.no_grad()
def draw_latent(model: ConvVAE, data: Data, theme: Theme) -> Figure:
    """Return the posterior means of test images by class: the plane itself, or the first two principal components."""
    few = data.test.first(POINTS)
    means = encode(model, few.images).mean
    plane = means.shape[1] == 2
    return figures.latent_scatter(
        (means if plane else principal_axes(means)[1]).cpu().numpy(),
        few.labels.cpu().numpy(),
        data.info.classes,
        theme=theme,
        x_label="primeira coordenada" if plane else "primeira componente principal",
        y_label="segunda coordenada" if plane else "segunda componente principal",
        tick_format=plain_number,
    )


def plain_number(value: float) -> str:
    """Return a tick of an axis as it is written in Portuguese."""
    return f"{value:g}".replace(".", ",").replace("-", "\u2212")
