"""What a build would do and about how long it would take, said without loading torch."""

import dataclasses
import platform
import shutil
import statistics

from vae.building.plan import Action, Plan, Step, by_training
from vae.data.datasets import DatasetInfo
from vae.errors import ResultsError
from vae.spec import ClassifierSpec, DatasetSpec, RunSpec
from vae.storage.checkpoint_files import checkpointed_epochs
from vae.storage.store import ResultsStore

# Training images a second where nothing was measured yet: two cores of a small machine, and any recent GPU.
TYPICAL_IMAGES_PER_SECOND = {"cpu": 1_500.0, "mps": 10_000.0, "cuda": 80_000.0}
EVALUATION_SECONDS = {"cpu": 25.0, "mps": 15.0, "cuda": 15.0}  # of 10,000 test images, t-SNE included
LEAST_SHARE = 0.2  # of it, however few the images


@dataclasses.dataclass(frozen=True)
class Forecast:
    """Lines to print, and the total in seconds."""

    lines: tuple[str, ...]
    seconds: float


def forecast(plan: Plan, store: ResultsStore, device: str, data: str) -> Forecast:
    """Return what would be trained and evaluated, on which device, and about how long; data: where it is, in words."""
    kind = guess_device(device)
    rate, evaluation, basis = pace(plan, store, kind)
    lines = []
    total = 0.0
    wide = max((len(step.label) for step in plan.todo), default=0)
    for steps in by_training(plan.steps):
        todo = [step for step in steps if step.action is not Action.NOTHING]
        for step in todo:
            lines.append(f"  {step.label:{wide}} {step.action.value:9} {step.state.value}: {step.reason}")
        images = _epochs_to_train(todo) * _images_per_epoch(steps[0], plan.info)
        total += images / rate + evaluation * len(todo)
    fresh = len(plan.steps) - len(plan.todo)
    if fresh and plan.todo:
        lines.append(f"  {fresh} more {'is' if fresh == 1 else 'are'} fresh: build.py --status lists all.")
    if not plan.todo:
        return Forecast((f"Nothing to train: {len(plan.steps)} results are fresh.",), 0.0)
    if device == "cuda" and kind == "cuda" and not shutil.which("nvidia-smi"):
        lines.append("No nvidia-smi on this machine: without a CUDA device the build will stop and say so.")
    trained = sum(step.action is Action.TRAIN for step in plan.todo)
    lines.append(f"Data: {plan.info.title}, from {data}." if plan.info.files else f"Data: {plan.info.title}, {data}.")
    lines.append(
        f"Would train {trained} and evaluate {len(plan.todo)} {'result' if len(plan.todo) == 1 else 'results'} on {kind}, in about {_duration(total)} "
        f"(at {rate:,.0f} images/s, {basis})."
    )
    return Forecast(tuple(lines), total)


def guess_device(asked: str) -> str:
    """Return the kind of device that a training would use, as far as can be seen without torch."""
    if asked != "auto":
        return asked
    if shutil.which("nvidia-smi"):
        return "cuda"
    return "mps" if (platform.system(), platform.machine()) == ("Darwin", "arm64") else "cpu"


def pace(plan: Plan, store: ResultsStore, kind: str) -> tuple[float, float, str]:
    """Return images a second, seconds an evaluation takes, and whose: medians of all that is stored of such a device.

    Of the whole grid, so that what a build of one page and a build of all will take is said alike. Typical values where
    nothing is stored.
    """
    rates, evaluations = [], []
    for spec in plan.grid.runs:
        for seed in plan.grid.seeds_of(spec.name):
            if not store.has(spec.name, seed):
                continue
            try:
                provenance = store.provenance(spec.name, seed)
            except ResultsError:
                continue  # what is damaged is told where it is needed
            on_cpu = all(session["device"].startswith("CPU") for session in provenance["training"])
            if on_cpu == (kind == "cpu") and provenance.get("images_per_second"):
                rates.append(float(provenance["images_per_second"]))
                evaluations.append(float(provenance["evaluation"]["seconds"]))
    if not rates:
        share = min(plan.grid.evaluation.test_images or plan.info.test_images, plan.info.test_images) / 10_000
        return TYPICAL_IMAGES_PER_SECOND[kind], EVALUATION_SECONDS[kind] * max(share, LEAST_SHARE), "a typical rate"
    whose = "as when the stored result was made" if len(rates) == 1 else f"the median of {len(rates)} stored results"
    return statistics.median(rates), statistics.median(evaluations), whose


def _epochs_to_train(steps: list[Step]) -> int:
    """Return how many epochs a trajectory still has to go: its snapshots share one training."""
    specs = [step.spec for step in steps if step.action is Action.TRAIN]
    wanted = {spec.epochs for spec in specs if isinstance(spec, RunSpec | ClassifierSpec)}
    if not wanted:
        return 0
    again = any(step.again for step in steps)
    there = set() if again else set(checkpointed_epochs(steps[0].checkpoints))
    # As in vae/train.py: from the newest checkpoint before the first snapshot that is not there.
    first = min(wanted - there, default=max(wanted))
    return max(wanted) - max((epoch for epoch in there if epoch <= first), default=0)


def _images_per_epoch(step: Step, info: DatasetInfo) -> float:
    """Return the images of an epoch in trained ones; the loss of a validation image takes a third of a training step."""
    match step.spec:
        case RunSpec():
            training = step.spec.training
            return (training.train_images or info.train_images) + (
                training.validation_images or info.validation_images
            ) / 3
        case ClassifierSpec():
            return (step.spec.train_images or info.train_images) + info.validation_images / 3
        case DatasetSpec():
            return 0.0


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
