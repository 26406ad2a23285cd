"""The reference's convolutional VAE: 1x28x28 images, a Gaussian latent, Bernoulli logits."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from vae.models import subpixel
from vae.models.layers import DOWN, FEATURE_SIDE, LAST, UP
from vae.spec import ConvSpec


class Encoder(nn.Module):
    """Images to the mean and log-variance of q(z|x)."""

    def __init__(self, spec: ConvSpec) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 1
        kernel, stride, padding, _ = DOWN
        for width in spec.encoder_channels:
            layers += [nn.Conv2d(channels, width, kernel, stride, padding), nn.ReLU()]
            channels = width
        self.features = nn.Sequential(*layers)
        size = channels * FEATURE_SIDE**2
        self.mean = nn.Linear(size, spec.latent_dim)
        self.logvar = nn.Linear(size, spec.latent_dim)

    def forward(self, images: Float[Tensor, "batch 1 28 28"]) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance, each of shape (batch, latent)."""
        features = self.features(images).flatten(1)
        return self.mean(features), self.logvar(features)


class Decoder(nn.Module):
    """A latent to the logits of p(x|z)."""

    def __init__(self, spec: ConvSpec) -> None:
        super().__init__()
        first = spec.encoder_channels[-1]
        self.feature_channels = first
        self.expand = nn.Linear(spec.latent_dim, first * FEATURE_SIDE**2)
        layers: list[nn.Module] = []
        channels = first
        for width, (kernel, stride, padding, extra) in zip(spec.decoder_channels, UP, strict=True):
            layers += [nn.ConvTranspose2d(channels, width, kernel, stride, padding, extra), nn.ReLU()]
            channels = width
        kernel, stride, padding, _ = LAST
        layers.append(nn.Conv2d(channels, 1, kernel, stride, padding))
        self.layers = nn.Sequential(*layers)

    def forward(self, latent: Float[Tensor, "batch latent"]) -> Float[Tensor, "batch 1 28 28"]:
        """Return the logit of every pixel."""
        first, *others = self.layers
        # Nothing stands between the first two layers, so they are one linear map. Taking that map's columns through
        # the convolution costs less than taking the images, where there are fewer columns.
        pixels = self._composed(latent) if latent.shape[1] + 1 < len(latent) else first(self._as_features(latent))
        if pixels.device.type == "cpu" and torch.is_autocast_enabled("cpu"):
            return subpixel.upsample(torch.relu(pixels), [layer for layer in others if not isinstance(layer, nn.ReLU)])
        for layer in others:
            pixels = layer(pixels)
        return pixels

    def _as_features(self, latent: Float[Tensor, "batch latent"]) -> Tensor:
        features = self.expand(latent).unflatten(1, (self.feature_channels, FEATURE_SIDE, FEATURE_SIDE))
        # On CPU the convolutions keep the layout of their input, and channels-last is the faster one.
        return features.contiguous(memory_format=torch.channels_last)

    def _composed(self, latent: Float[Tensor, "batch latent"]) -> Tensor:
        """Return what the first two layers give, as latent @ matrix + offset."""
        first = self.layers[0]
        assert isinstance(first, nn.ConvTranspose2d)
        assert first.bias is not None and not isinstance(first.padding, str)
        columns = torch.cat([self.expand.weight.T, self.expand.bias.unsqueeze(0)])
        columns = columns.unflatten(1, (self.feature_channels, FEATURE_SIDE, FEATURE_SIDE))
        images = columns.contiguous(memory_format=torch.channels_last)
        images = functional.conv_transpose2d(images, first.weight, stride=first.stride, padding=first.padding)
        pixels = images.permute(0, 2, 3, 1)  # channels last, so that the product below comes out so too
        offset = (pixels[-1] + first.bias).flatten()
        product = torch.addmm(offset, latent, pixels[:-1].flatten(1))
        return product.unflatten(1, pixels.shape[1:]).permute(0, 3, 1, 2)


class ConvVAE(nn.Module):
    """Encoder and decoder (Kingma & Welling 2014), 279,301 parameters at two latent dimensions."""

    def __init__(self, spec: ConvSpec) -> None:
        super().__init__()
        self.encoder = Encoder(spec)
        self.decoder = Decoder(spec)


def reparametrise(
    mean: Float[Tensor, "batch latent"], logvar: Float[Tensor, "batch latent"], noise: Float[Tensor, "batch latent"]
) -> Float[Tensor, "batch latent"]:
    """Return z = mean + sigma * noise, so that gradients reach mean and sigma (Kingma & Welling 2014, section 2.4)."""
    return mean + torch.exp(0.5 * logvar) * noise


def build_model(spec: ConvSpec, seed: int) -> ConvVAE:
    """Return a model with PyTorch's default initialisation drawn from seed, the global generator left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ConvVAE(spec).to(memory_format=torch.channels_last)
