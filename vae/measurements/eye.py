"""How well the classifier sees: the numbers of the eye that every other measurement looks through."""

import torch

from vae.data.tensors import as_input
from vae.measurements.subject import Arrays, RealImages, Scores
from vae.metrics import samples


@torch.no_grad()
def sight(real: RealImages) -> tuple[Scores, Arrays]:
    """Return accuracy, the Fréchet distance between two real samples, and what it sees in the test images."""
    classes = len(real.data.info.classes)
    test, other = real.test, real.look(as_input(real.data.validation.images))
    labels = real.data.test.labels
    confusion = torch.bincount(labels * classes + test.classes, minlength=classes**2).view(classes, classes)
    scores = {
        "test_accuracy": (test.classes == labels).float().mean().item(),
        "frechet_floor": samples.frechet(test.features, other.features),
        "parameters": float(sum(p.numel() for p in real.classifier.parameters())),
    }
    arrays: Arrays = {
        "test_predictions": test.classes.to(torch.uint8).cpu().numpy(),
        "confusion": confusion.cpu().numpy(),
    }
    return scores, arrays
