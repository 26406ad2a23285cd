"""How evenly a path of decoded images moves."""

import torch
from jaxtyping import Float
from torch import Tensor

LARGEST_JUMP = 1_000.0


def jump(path_features: Float[Tensor, "pairs steps d"]) -> Float[Tensor, " pairs"]:
    """Return the largest step of each path over its median step: 1 is uniform speed, large is a sudden change.

    path_features: features (or pixels) of the images along each path, at least two. Steps are Euclidean distances of
    consecutive images. At most LARGEST_JUMP, where more than half of the steps stand still; 1 for a path that never
    moves. The ratio is ours; it has no standard name.
    """
    steps = path_features.diff(dim=1).norm(dim=2)
    largest = steps.amax(dim=1)
    # quantile, not Tensor.median: of an even number of steps that takes the lower middle one.
    median = steps.quantile(0.5, dim=1)
    ratio = largest / torch.maximum(median, largest / LARGEST_JUMP)
    return torch.where(largest > 0, ratio, 1.0)
