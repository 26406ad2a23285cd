"""Whether the fast paths train as the plain one: python -m benchmarks.equivalence writes benchmarks/equivalence.json.

The plain path is the notebook's model and step (NCHW float32, padded and cropped, Adam without fusion) on the same initial
weights, batches and noise as ours. Each path is trained with several seeds, and the validation -ELBO is measured in the
same way for all: our model, float32.
"""

import argparse
import os
import statistics
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks import machine
from benchmarks.notebook import LEARNING_RATE, NotebookVAE, loss_of
from benchmarks.speed_worker import PRECISIONS, run
from vae.allocator import keep_large_blocks
from vae.data import Data, as_input, load
from vae.datasets import FASHION_MNIST
from vae.grid import first_seeds
from vae.models.conv import ConvVAE, build_model
from vae.results import dump_json
from vae.spec import Precision, RunSpec
from vae.steps import Steps, make_optimiser
from vae.tasks import vae_task
from vae.train import epoch_draws, evaluate_terms

HERE = Path(__file__).parent
PLAIN = "plain"
PATHS = (PLAIN, *PRECISIONS)
FIRST_STEPS = 10
CPU = torch.device("cpu")


class GivenNoise(NotebookVAE):
    """The notebook's model, with the noise that it is given."""

    noise: Tensor

    def reparametrise(self, mean: Tensor, logvar: Tensor) -> Tensor:
        return mean + torch.exp(0.5 * logvar) * self.noise


def state(ours: ConvVAE) -> list[Tensor]:
    """Return the weights of our model in the order in which the notebook's lists its own."""
    encoder, decoder = ours.encoder, ours.decoder
    parts: tuple[nn.Module, ...] = (encoder.features, encoder.mean, encoder.logvar, decoder.expand, decoder.layers)
    return [tensor for part in parts for tensor in part.state_dict().values()]


def copy_into(target: list[Tensor], source: list[Tensor]) -> None:
    """Copy tensors one by one, each into its place and layout."""
    for to, value in zip(target, source, strict=True):
        to.copy_(value)


def plain(spec: RunSpec, seed: int, data: Data) -> tuple[ConvVAE, list[float]]:
    """Train the plain path; return its weights in our model, and the loss of its first steps, nats an image."""
    ours, model = build_model(spec.model, seed), GivenNoise(spec.latent_dim)
    notebook = list(model.state_dict().values())
    copy_into(notebook, state(ours))
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, foreach=False)
    images, batch = data.train.first(spec.training.train_images).images, spec.training.batch_size
    losses = []
    for epoch in range(1, spec.epochs + 1):
        draws = epoch_draws(seed, epoch, len(images), spec.latent_dim, CPU)
        for chosen, model.noise in zip(draws.order.split(batch), draws.noise.split(batch), strict=True):
            optimiser.zero_grad()
            loss = loss_of(model, as_input(images[chosen]))
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
    copy_into(state(ours), notebook)
    return ours, losses[:FIRST_STEPS]


def fast(spec: RunSpec, seed: int, data: Data) -> tuple[ConvVAE, list[float]]:
    """Train as vae/train.py does; return the model, and the loss of its first steps, nats an image."""
    task, split = vae_task(spec), data.train.first(spec.training.train_images)
    model = build_model(spec.model, seed)
    steps = Steps(task, model, make_optimiser(task, model, CPU), split)
    losses: list[float] = []
    for epoch in range(1, spec.epochs + 1):
        sizes = torch.tensor(list(steps.epoch(epoch_draws(seed, epoch, len(split), spec.latent_dim, CPU))))
        losses += (steps.sums().sum(dim=1) / sizes).tolist()
    return model, losses[:FIRST_STEPS]


def measure(images: int, epochs: int, seeds: int, cache: Path) -> dict[str, Any]:
    """Return validation -ELBO and the first losses of each path and seed."""
    keep_large_blocks()
    data = load(FASHION_MNIST, None, cache)
    final: dict[str, list[float]] = {path: [] for path in PATHS}
    first: dict[str, list[list[float]]] = {path: [] for path in PATHS}
    for seed in first_seeds(seeds):
        for path in PATHS:
            precision: Precision = "bfloat16" if path == "bfloat16" else "float32"
            spec = run(precision, train_images=images, epochs=epochs)
            model, losses = (plain if path == PLAIN else fast)(spec, seed, data)
            value = evaluate_terms(vae_task(run("float32")), model, data.validation, seed).sum(dim=0).mean().item()
            final[path].append(value)
            first[path].append(losses)
            print(f"seed {seed}, {path}: {value:.3f}", flush=True)
    facts = machine.facts("torch") | {"capability": torch.backends.cpu.get_cpu_capability()}
    return facts | {"images": images, "epochs": epochs, "final": final, "first": first}


def first_steps(result: Mapping[str, Any], path: str) -> float:
    """Return the largest relative difference between the losses of a path and the plain one's in the first steps."""
    pairs = zip(result["first"][path], result["first"][PLAIN], strict=True)
    return max(abs(a - b) / b for mine, theirs in pairs for a, b in zip(mine, theirs, strict=True))


def differences(result: Mapping[str, Any], path: str) -> list[float]:
    """Return the final validation -ELBO minus the plain path's, seed by seed, nats."""
    return [a - b for a, b in zip(result["final"][path], result["final"][PLAIN], strict=True)]


def seed_differences(result: Mapping[str, Any]) -> list[float]:
    """Return how far apart the plain path's final values are, for every two seeds, nats."""
    return [abs(a - b) for a, b in combinations(result["final"][PLAIN], 2)]


def section(result: Mapping[str, Any]) -> list[str]:
    """Return the lines of this benchmark in RESULTS.md."""
    final = result["final"]
    lines = [
        "## Fast and plain paths agree",
        "",
        f"{machine.sentence(result)} {result['capability']}.",
        "",
        (
            f"{len(final[PLAIN])} seeds, {result['epochs']} epochs of {result['images']} images, 2 latent dimensions. Plain is the "
            "notebook's model and step with the same initial weights, batches and noise. Validation -ELBO at the end, nats an "
            f"image; two seeds of the plain path differ by {statistics.mean(seed_differences(result)):.2f} on average, "
            f"{max(seed_differences(result)):.2f} at most."
        ),
        "",
        (
            f"| path | -ELBO, mean | standard deviation of seeds | minus plain, by seed | largest relative difference of the loss "
            f"in the first {FIRST_STEPS} steps |"
        ),
        "|---|---:|---:|---|---:|",
    ]
    for path in PATHS:
        apart = "" if path == PLAIN else ", ".join(f"{value:+.2f}" for value in differences(result, path))
        steps = "" if path == PLAIN else f"{first_steps(result, path):.1e}"
        mean, deviation = statistics.mean(final[path]), statistics.stdev(final[path])
        lines.append(f"| {path} | {mean:.2f} | {deviation:.2f} | {apart} | {steps} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=18_000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    cache = Path(os.environ.get("LAUDO_CACHE") or ".cache")
    result = measure(options.images, options.epochs, options.seeds, cache)
    (HERE / "equivalence.json").write_bytes(dump_json(result))
    print("\n".join(section(result)))


if __name__ == "__main__":
    main()
