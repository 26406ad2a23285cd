"""A small CNN classifier, the independent eye of the sample metrics. It never sees the VAE."""

from jaxtyping import Float
from torch import Tensor, nn


class Classifier(nn.Module):
    """Two convolution blocks and two linear layers; its penultimate layer gives the features of sample metrics."""

    feature_dim = 128

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, kernel_size=3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, kernel_size=3, padding=1), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
            nn.Dropout(0.3),
            nn.Flatten(),
            nn.Linear(64 * 7 * 7, self.feature_dim), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(self.feature_dim, classes))

    def forward(self, images: Float[Tensor, "batch 1 28 28"]) -> Float[Tensor, "batch classes"]:
        """Return the logit of every class."""
        return self.head(self.features(images))
