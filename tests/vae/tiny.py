"""A data set of 300 images and models of a few hundred parameters: everything of the real ones, in seconds."""

import dataclasses

import numpy as np
import torch

from vae.data.datasets import DatasetInfo
from vae.data.tensors import Split
from vae.spec import ConvSpec, EvaluationSpec, RunSpec, TrainingSpec
from vae.storage.checkpoints import History
from vae.storage.results import Keys, RunResult

torch.set_num_threads(1)  # the same sums in the same order on every machine, and no quarrel over cores

INFO = DatasetInfo(
    name="tiny",
    title="Tiny",
    classes=("a", "b", "c", "d"),
    train_images=200,
    validation_images=40,
    test_images=60,
    files={},
    groups={"footwear": (2, 3)},
    interpolations=((0, 1), (2, 3), (0, 3)),
)
SMALL = {"encoder_channels": (4, 8, 8), "decoder_channels": (8, 4, 4)}
SIZES = EvaluationSpec(
    train_images=100, prior_samples=50, shown_samples=9, neighbours=5, reference_images=150, iwae_images=10,
    iwae_samples=4, probe_images=100, silhouette_images=40, tsne_images=45, tsne_perplexity=5.0, prdc_images=40,
    prdc_neighbours=3, interpolation_pairs=6, interpolation_steps=5, manifold_side=5, fixed_per_class=2,
)  # fmt: skip


class Quiet:
    """A listener that wants to know nothing."""

    def step(self, epoch: int, step: int, steps: int, images: int) -> None: ...

    def epoch(self, epoch: int, history: History) -> None: ...


class StopError(Exception):
    """What a killed process looks like from inside."""


@dataclasses.dataclass
class StopAfter(Quiet):
    """A listener that kills the training after an epoch."""

    last: int

    def epoch(self, epoch: int, history: History) -> None:
        if epoch == self.last:
            raise StopError


def tiny_run(name: str = "a3", epochs: int = 3, latent_dim: int = 2, **training: float) -> RunSpec:
    """A VAE of a few hundred parameters, batches of 32 with a short last one."""
    plan = TrainingSpec(**{"epochs": epochs, "batch_size": 32, "learning_rate": 2e-3} | training)
    return RunSpec(name, "tiny", ConvSpec(latent_dim=latent_dim, **SMALL), training=plan)


def tiny_split(n: int, seed: int) -> Split:
    """Bars at a place that says the class, with smooth edges and noise; grey, so that the entropy floor is not zero."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % len(INFO.classes)
    rows = np.arange(28)
    center = 4 + 6 * labels + rng.uniform(-1, 1, n)
    profile = np.exp(-(((rows[None, :] - center[:, None]) / 2.5) ** 2))
    images = 200 * profile[:, :, None] * np.linspace(0.5, 1, 28) + rng.uniform(0, 50, (n, 28, 28))
    return Split(torch.from_numpy(images.astype(np.uint8)), torch.from_numpy(labels))


def make_result(run: str = "e10", seed: int = 42, value: float = 1.0) -> RunResult:
    """A result as an evaluation gives it, all its parts filled."""
    return RunResult(
        run=run,
        seed=seed,
        spec={"dataset": "tiny"},
        keys=Keys("t" * 64, "e" * 64),
        scores={"mse": value, "bce": 1 / 3},
        history={"train_bce": [3.0, 2.0], "learning_rate": [0.002, 0.002]},
        arrays={"test_bce": np.full(5, value, np.float32), "latent_mean": np.zeros((5, 2), np.float16)},
        provenance={"training": [{"device": "CPU"}], "evaluation": {"finished": "2026-11-23T00:00:00Z"}},
    )
