"""The step as it is captured: nothing of it is kept by the host, and its numbers are those of the loop written out."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from tests.vae.tiny import tiny_run
from vae.data.tensors import Data, Split, as_input
from vae.models.conv import build_model
from vae.spec import Precision, RunSpec
from vae.steps import Draws, Steps, make_optimiser
from vae.storage.checkpoints import CheckpointFolder, History
from vae.tasks import vae_task
from vae.train import epoch_draws

CPU = torch.device("cpu")
RUN = tiny_run()


def in_bfloat16(spec: RunSpec) -> RunSpec:
    return dataclasses.replace(spec, training=dataclasses.replace(spec.training, precision="bfloat16"))


def steps_of(spec: RunSpec, split: Split) -> tuple[torch.nn.Module, Steps]:
    task = vae_task(spec)
    model = task.build(42).to(split.images.device)
    return model, Steps(task, model, make_optimiser(task, model, split.images.device), split)


def draws(epoch: int, split: Split) -> Draws:
    return epoch_draws(42, epoch, len(split), RUN.latent_dim, split.images.device)


def written_out(split: Split, epochs: int) -> tuple[torch.nn.Module, list[torch.Tensor]]:
    task = vae_task(RUN)
    model = task.build(42)
    optimiser = torch.optim.Adam(model.parameters(), lr=RUN.training.learning_rate, fused=True)
    sums = []
    for epoch in range(1, epochs + 1):
        drawn, rows = draws(epoch, split), []
        for first in range(0, len(split), task.batch_size):
            batch = slice(first, first + task.batch_size)
            chosen = drawn.order[batch]
            terms = task.terms(model, as_input(split.images[chosen]), split.labels[chosen], drawn.noise[batch])
            optimiser.zero_grad()
            terms.mean(dim=1).sum().backward()
            optimiser.step()
            rows.append(terms.detach().sum(dim=1))
        sums.append(torch.stack(rows))
    return model, sums


def test_the_steps_are_those_of_the_loop_written_out(tiny: Data) -> None:
    plain, expected = written_out(tiny.train, 2)
    model, steps = steps_of(RUN, tiny.train)
    for epoch in (1, 2):
        assert list(steps.epoch(draws(epoch, tiny.train))) == [32] * 6 + [8], "the short batch too"
        torch.testing.assert_close(steps.sums(), expected[epoch - 1], rtol=1e-6, atol=0)
    for mine, theirs in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-7)


class Waits(TorchDispatchMode):
    """Counts what makes the host wait for a device: reading a value, or a shape that depends on values."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func.name() in (
            "aten::_local_scalar_dense",
            "aten::nonzero",
            "aten::masked_select",
            "aten::_to_copy.device",
        ):
            self.seen.append(func.name())
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_nothing_in_an_epoch_waits_for_the_device(tiny: Data, precision: Precision) -> None:
    spec = dataclasses.replace(RUN, training=dataclasses.replace(RUN.training, precision=precision))
    _, steps = steps_of(spec, tiny.train)
    list(steps.epoch(draws(1, tiny.train)))  # Adam makes its state in its first step
    drawn = draws(2, tiny.train)
    with Waits() as waits:
        list(steps.epoch(drawn))
    assert waits.seen == []
    with Waits() as waits:
        steps.sums().sum().item()
    assert waits.seen == ["aten::_local_scalar_dense"], "a wait would be seen"


def test_bfloat16_trains_to_nearly_the_same(trained: Callable[..., tuple[History, CheckpointFolder]]) -> None:
    full, _ = trained("full", RUN)
    half, folder = trained("half", in_bfloat16(RUN))
    for name in ("train_bce", "validation_bce"):
        assert half.columns[name] != full.columns[name]
        assert half.columns[name] == pytest.approx(full.columns[name], rel=2e-3), "8 bits of mantissa, 784 pixels"
    assert {tensor.dtype for tensor in folder.weights(3).values()} == {torch.float32}


def test_bfloat16_resumes_exactly(
    trained: Callable[..., tuple[History, CheckpointFolder]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.vae.tiny import StopAfter, StopError
    from vae import train

    whole, there = trained("whole", in_bfloat16(RUN))
    monkeypatch.setattr(train, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    with pytest.raises(StopError):
        trained("stopped", in_bfloat16(RUN), listener=StopAfter(2))
    history, here = trained("stopped", in_bfloat16(RUN))
    assert history.columns == whole.columns
    first, second = here.weights(3), there.weights(3)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_what_a_warm_up_did_is_undone(tiny: Data) -> None:
    """What a capture does before it; without a GPU the capture itself is not run."""
    model, steps = steps_of(RUN, tiny.train)
    list(steps.epoch(draws(1, tiny.train)))
    fresh, _ = steps_of(RUN, tiny.train)
    before = [tensor.clone() for tensor in (*model.state_dict().values(), *steps._state())]
    with steps._undone():
        list(steps.epoch(draws(2, tiny.train)))
        assert not all(map(torch.equal, before, (*model.state_dict().values(), *steps._state())))
    assert all(map(torch.equal, before, (*model.state_dict().values(), *steps._state())))
    model, steps = steps_of(RUN, tiny.train)
    with steps._undone():
        list(steps.epoch(draws(1, tiny.train)))
    assert all(map(torch.equal, model.state_dict().values(), fresh.state_dict().values()))
    assert all(not tensor.any() for tensor in steps._state()), "an optimiser that had no state begins at zero"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="captures a CUDA graph")
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_captured_step_gives_what_an_eager_one_gives(
    tiny: Data, precision: Precision, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = dataclasses.replace(RUN, training=dataclasses.replace(RUN.training, precision=precision))
    split = tiny.train.to(torch.device("cuda"))
    found = []
    for captured in (True, False):
        _, steps = steps_of(spec, split)
        if not captured:
            monkeypatch.setattr(steps, "_captured", lambda size, steps=steps: lambda: steps._take(size))
        for epoch in (1, 2):
            list(steps.epoch(draws(epoch, split)))
        found.append(steps.sums())
    torch.testing.assert_close(*found, rtol=1e-3, atol=0)


@pytest.mark.parametrize("latent_dim", [2, 40])
def test_the_sub_pixel_form_is_the_same_map(latent_dim: int) -> None:
    """In float64, values and gradients; the mode itself casts to bfloat16, which would hide an error."""
    from torch import nn

    from vae.models import subpixel
    from vae.spec import ConvSpec

    decoder = build_model(ConvSpec(latent_dim), 1).decoder.double()
    first, activation, *others = decoder.layers
    z = torch.randn(3, latent_dim, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    found = []
    for sub_pixel in (True, False):
        decoder.zero_grad()
        features = activation(first(decoder._as_features(z)))
        if sub_pixel:
            pixels = subpixel.upsample(features, [layer for layer in others if not isinstance(layer, nn.ReLU)])
        else:
            pixels = nn.Sequential(*others)(features)
        pixels.square().sum().backward()
        gradients = [parameter.grad for parameter in decoder.parameters()]
        found.append([pixels.detach(), *(gradient.clone() for gradient in gradients if gradient is not None)])
    for mine, plain in zip(*found, strict=True):
        torch.testing.assert_close(mine, plain, rtol=1e-10, atol=1e-12)


def test_on_a_cpu_bfloat16_goes_through_the_sub_pixel_form(monkeypatch: pytest.MonkeyPatch) -> None:
    from vae.models import subpixel

    seen: list[torch.dtype] = []

    def upsample(features: torch.Tensor, layers: object) -> torch.Tensor:
        seen.append(features.dtype)
        return torch.zeros(len(features), 1, 28, 28)

    monkeypatch.setattr(subpixel, "upsample", upsample)
    decoder = build_model(tiny_run().model, 1).decoder
    decoder(torch.zeros(2, 2))
    assert not seen
    with torch.autocast("cpu", torch.bfloat16):
        decoder(torch.zeros(2, 2))
    assert len(seen) == 1


def test_losses_are_float32_in_every_precision(tiny: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    from vae import objectives

    seen: set[torch.dtype] = set()
    for name in ("reconstruction", "kl_divergence"):
        real = getattr(objectives, name)

        def spy(a: torch.Tensor, b: torch.Tensor, real: Callable[..., torch.Tensor] = real) -> torch.Tensor:
            seen.update({a.dtype, b.dtype})
            return real(a, b)

        monkeypatch.setattr(objectives, name, spy)
    _, steps = steps_of(in_bfloat16(RUN), tiny.train)
    list(steps.epoch(draws(1, tiny.train)))
    assert seen == {torch.float32}
