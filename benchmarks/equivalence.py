"""Whether the fast paths train as the plain one: python -m benchmarks.equivalence writes benchmarks/equivalence.json.

The plain path is the notebook's model and step (NCHW float32, padded and cropped, Adam without fusion) on the same initial
weights, batches and noise as ours. Each path is trained with several seeds, and the validation -ELBO is measured in the
same way for all: our model, float32.
"""

import argparse
import statistics
from collections.abc import Mapping
from itertools import chain, combinations
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks import machine
from benchmarks.notebook import LEARNING_RATE, NotebookVAE, loss_of
from benchmarks.speed_worker import PRECISIONS, run
from build import cache_dir
from vae.allocator import keep_large_blocks
from vae.data.datasets import FASHION_MNIST
from vae.data.tensors import Data, as_input, load
from vae.grid import first_seeds
from vae.models.conv import ConvVAE, build_model
from vae.spec import Precision, RunSpec
from vae.steps import Steps, make_optimiser
from vae.storage.results import dump_json
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


def measure(images: int, epochs: int, seeds: int) -> dict[str, Any]:
    """Return validation -ELBO and the first losses of each path and seed."""
    keep_large_blocks()
    data = load(FASHION_MNIST, None, cache_dir())
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


def summary(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the tables show.

    seeds_apart: how far two seeds of the plain path end from each other, mean and largest. By path: mean and standard
    deviation over seeds; apart: its final value minus the plain path's, seed by seed (all nats an image); first_steps:
    largest relative difference between their losses in the first steps.
    """
    final, first = result["final"], result["first"]
    seeds_apart = [abs(a - b) for a, b in combinations(final[PLAIN], 2)]
    paths = {}
    for path in PATHS:
        steps = zip(*(chain.from_iterable(first[which]) for which in (path, PLAIN)), strict=True)
        paths[path] = {
            "mean": statistics.mean(final[path]),
            "deviation": statistics.stdev(final[path]),
            "apart": [a - b for a, b in zip(final[path], final[PLAIN], strict=True)],
            "first_steps": max(abs(a - b) / b for a, b in steps),
        }
    return {"seeds_apart": {"mean": statistics.mean(seeds_apart), "most": max(seeds_apart)}, "paths": paths}


def section(result: Mapping[str, Any]) -> list[str]:
    """Return the lines of this benchmark in RESULTS.md."""
    found = result["summary"]
    lines = [
        "## Fast and plain paths agree",
        "",
        f"{machine.sentence(result)} {result['capability']}.",
        "",
        (
            f"{len(result['final'][PLAIN])} seeds, {result['epochs']} epochs of {result['images']} images, 2 latent dimensions. "
            "Plain is the notebook's model and step with the same initial weights, batches and noise. Validation -ELBO at the "
            f"end, nats an image; two seeds of the plain path end {found['seeds_apart']['mean']:.2f} apart on average, "
            f"{found['seeds_apart']['most']:.2f} at most."
        ),
        "",
        (
            f"| path | -ELBO, mean | standard deviation of seeds | minus plain, by seed | largest relative difference of the loss "
            f"in the first {FIRST_STEPS} steps |"
        ),
        "|---|---:|---:|---|---:|",
    ]
    for path, shown in found["paths"].items():
        apart = "" if path == PLAIN else ", ".join(f"{value:+.2f}" for value in shown["apart"])
        steps = "" if path == PLAIN else f"{shown['first_steps']:.1e}"
        lines.append(f"| {path} | {shown['mean']:.2f} | {shown['deviation']:.2f} | {apart} | {steps} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=18_000)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    result = measure(options.images, options.epochs, options.seeds)
    result["summary"] = summary(result)
    (HERE / "equivalence.json").write_bytes(dump_json(result))
    print("\n".join(section(result)))


if __name__ == "__main__":
    main()
