"""The loop that course notebooks have, kept plain on purpose: what benchmarks/speed.py measures ours against."""

from collections.abc import Callable, Iterable
from itertools import chain, count, islice
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, Subset, random_split

BATCH, LEARNING_RATE, SEED = 128, 2e-3, 42


class NotebookVAE(nn.Module):
    """The reference model as it is written there: NCHW, the last convolution padded and then cropped."""

    def __init__(self, latent: int = 2) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(64, 128, 3, stride=2, padding=1), nn.ReLU(),
            nn.Flatten(),
        )  # fmt: skip
        self.mean = nn.Linear(128 * 4 * 4, latent)
        self.logvar = nn.Linear(128 * 4 * 4, latent)
        self.expand = nn.Linear(latent, 128 * 4 * 4)
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(128, 64, 4, stride=2, padding=1), nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 4, stride=2, padding=2, output_padding=1), nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(16, 1, 3, padding=1),
        )  # fmt: skip

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance, (batch, latent)."""
        features = self.encoder(images)
        return self.mean(features), self.logvar(features)

    def reparametrise(self, mean: Tensor, logvar: Tensor) -> Tensor:
        """Return a draw of the latent, (batch, latent)."""
        return mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)

    def decode(self, z: Tensor) -> Tensor:
        """Return the logits, (batch, 1, 28, 28)."""
        logits: Tensor = self.decoder(self.expand(z).view(-1, 128, 4, 4))
        return logits[:, :, 1:-1, 1:-1]

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits (batch, 1, 28, 28), the mean and the log-variance (batch, latent)."""
        mean, logvar = self.encode(images)
        return self.decode(self.reparametrise(mean, logvar)), mean, logvar


def loss_of(model: NotebookVAE, images: Tensor) -> Tensor:
    """Return the negative ELBO, the mean over the batch, in nats."""
    logits, mean, logvar = model(images)
    bce = functional.binary_cross_entropy_with_logits(logits, images, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())
    return (bce + kl) / images.shape[0]


def train_steps(
    model: NotebookVAE, optimiser: torch.optim.Optimizer, batches: Iterable[Tensor], device: torch.device
) -> list[float]:
    """Take one optimiser step a batch; return the loss of each."""
    model.train()
    losses = []
    for images in batches:
        images = images.to(device)
        optimiser.zero_grad()
        loss = loss_of(model, images)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return losses


def train_set(root: Path, images: int = 54_000) -> Dataset[tuple[Tensor, int]]:
    """Return the first images of the training split, one tensor an item. root: torchvision's."""
    from torchvision import datasets, transforms

    everything = datasets.FashionMNIST(root, train=True, download=False, transform=transforms.ToTensor())
    train, _ = random_split(everything, [54_000, 6_000], generator=torch.Generator().manual_seed(SEED))
    return Subset(train, range(images))


def loop(root: Path, device: torch.device) -> Callable[[int], None]:
    """Return what takes so many steps of the loop, epoch after epoch. root: torchvision's."""
    torch.manual_seed(SEED)
    loader = DataLoader(train_set(root), batch_size=BATCH, shuffle=True)
    batches = chain.from_iterable(loader for _ in count())
    model = NotebookVAE().to(device)
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)

    def take(steps: int) -> None:
        train_steps(model, optimiser, (images for images, _ in islice(batches, steps)), device)

    return take


def grid(root: Path, device: torch.device, runs: Iterable[tuple[int, int]]) -> Callable[[int], None]:
    """Return what trains runs (latent dimensions, epochs) one after another, each from nothing, on so many images."""

    def take(images: int) -> None:
        loader = DataLoader(train_set(root, images), batch_size=BATCH, shuffle=True)
        for latent, epochs in runs:
            torch.manual_seed(SEED)
            model = NotebookVAE(latent).to(device)
            optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
            for _ in range(epochs):
                train_steps(model, optimiser, (batch for batch, _ in loader), device)

    return take
