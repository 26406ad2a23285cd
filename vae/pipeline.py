"""Carry out a plan: train what is missing, evaluate it, store it. Everything that needs torch is below here."""

import dataclasses
import time
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save

from vae import baselines, provenance, tasks
from vae.allocator import keep_large_blocks
from vae.checkpoints import CheckpointFolder, History, Session
from vae.data import Data, as_input, load
from vae.errors import LaudoError
from vae.evaluate import evaluate, run_history
from vae.grid import FIRST_SEED
from vae.measurements.subject import RealImages, Subject
from vae.metrics import samples
from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE
from vae.plan import Action, Plan, Step, by_training
from vae.progress import Progress
from vae.results import Array, RunResult
from vae.spec import ClassifierSpec, DatasetSpec, RunSpec, canonical
from vae.store import ResultsStore
from vae.tasks import Task
from vae.train import train

RETRAINING = "retraining"


@dataclasses.dataclass(frozen=True)
class Places:
    """Where things are: given data, cache of the data, checkpoints."""

    data_dir: Path | None
    cache_dir: Path


def choose_device(asked: str) -> torch.device:
    """Return the device to train on.

    Raises LaudoError if the one asked for is not there.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if asked == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    if not available[asked]:
        there = ", ".join(kind for kind, yes in available.items() if yes)
        raise LaudoError(f"--device {asked}: no such device here. Available: {there}; --device auto picks the best.")
    return torch.device(asked)


def execute(plan: Plan, store: ResultsStore, places: Places, device_kind: str, progress: Progress) -> None:
    """Do every step of a plan that is not fresh, in order, storing each result as soon as it is there.

    Safe to stop at any moment: the next call goes on from the newest checkpoint. Raises DataError, TrainingError or
    ResultsError, each naming its remedy.
    """
    if not plan.todo:
        return
    keep_large_blocks()  # for evaluations too, where nothing is trained first
    device = choose_device(device_kind)
    data = load(plan.info, places.data_dir, places.cache_dir).with_test(plan.grid.evaluation.test_images).to(device)
    build = Build(plan, store, data, device, progress)
    for steps in by_training(plan.todo):
        build.do(steps)


@dataclasses.dataclass
class Build:
    """One execution of a plan."""

    plan: Plan
    store: ResultsStore
    data: Data
    device: torch.device
    progress: Progress

    def do(self, steps: list[Step]) -> None:
        """Train and evaluate the steps of one training (several snapshots of a trajectory, or one step)."""
        spec = steps[0].spec
        if isinstance(spec, DatasetSpec):
            self._summarise(steps[0])
            return
        self._train(steps)
        for step in steps:
            self._evaluate(step)
        (steps[0].checkpoints / RETRAINING).unlink(missing_ok=True)

    def _train(self, steps: list[Step]) -> None:
        """Leave a checkpoint for every step of a trajectory that has to be trained."""
        first = steps[0]
        assert not isinstance(first.spec, DatasetSpec)
        folder = CheckpointFolder(first.checkpoints)
        self._prepare_retraining(steps, folder)
        to_train = [step for step in steps if step.action is Action.TRAIN]
        if not to_train:
            return
        snapshots = sorted({step.spec.epochs for step in to_train})  # type: ignore[union-attr]
        names = "+".join(step.spec.name for step in to_train)
        facts = provenance.facts(self.device.type) | {"started": provenance.now()}
        with self.progress.training(f"{names}/{first.seed}", snapshots[-1]) as listener:
            keep = {run.epochs for run in self.plan.grid.runs} if isinstance(first.spec, RunSpec) else set()
            task = self._task(first.spec)
            train(task, first.seed, self.data, self.device, folder, snapshots, names, facts, listener, keep)

    def _prepare_retraining(self, steps: list[Step], folder: CheckpointFolder) -> None:
        asked = [step.spec.name for step in steps if step.spec.name in self.plan.retrain]
        if not asked:
            return
        marker = folder.path / RETRAINING
        wanted = ",".join(asked)
        # A retraining that was stopped goes on; only a new one starts from nothing.
        if not (marker.is_file() and marker.read_text() == wanted):
            folder.clear(until=max(step.spec.epochs for step in steps if step.spec.name in asked))  # type: ignore[union-attr]
            folder.path.mkdir(parents=True, exist_ok=True)
            marker.write_text(wanted)

    def _history(self, step: Step) -> tuple[History, list[Session]]:
        """Return the history up to a step's own epoch, and the sessions of the training that reached it."""
        assert not isinstance(step.spec, DatasetSpec)
        folder = CheckpointFolder(step.checkpoints)
        if folder.file(step.spec.epochs).is_file():
            _, history, sessions = folder.read(step.spec.epochs)
            return history, sessions
        # Published weights without their checkpoints: history and sessions were published with them.
        stored = self.store.load(step.spec.name, step.seed)
        names = [name for name in stored.history if not name.endswith(("_neg_elbo", "_deviance"))]
        history = History({name: list(stored.history[name]) for name in names}, stored.provenance["epoch_seconds"])
        return history, stored.provenance["training"]

    def _task(self, spec: RunSpec | ClassifierSpec) -> Task:
        return tasks.vae_task(spec) if isinstance(spec, RunSpec) else tasks.classifier_task(spec, self.plan.info)

    def _weights(self, step: Step) -> dict[str, torch.Tensor]:
        assert not isinstance(step.spec, DatasetSpec)
        folder = CheckpointFolder(step.checkpoints)
        if folder.file(step.spec.epochs).is_file():
            return folder.weights(step.spec.epochs)
        published = self.store.weights(step.spec.name, step.seed)
        if published is None:
            raise LaudoError(f"No weights of {step.label} are at hand; train it again with --retrain {step.spec.name}.")
        return load_file(published)

    def _evaluate(self, step: Step) -> None:
        began = time.perf_counter()
        history, sessions = self._history(step)
        with self.progress.working(f"evaluating {step.label}"):
            weights = self._weights(step)
            if isinstance(step.spec, ClassifierSpec):
                scores, arrays, columns = self._classifier_numbers(step.spec, weights, history)
            else:
                assert isinstance(step.spec, RunSpec)
                scores, arrays, columns = self._vae_numbers(step.spec, step.seed, weights, history)
        made = {
            "training": sessions,
            "epoch_seconds": [round(value, 3) for value in history.seconds[: len(columns["learning_rate"])]],
            "images_per_second": _images_per_second(
                history, self._task(step.spec).train_images or len(self.data.train)
            ),
        }
        # Of the headline seed: what the site shows, the explorer decodes with and every evaluation looks through.
        publish = step.seed == FIRST_SEED and step.spec.name in self.plan.grid.with_weights
        content = save({name: tensor.contiguous() for name, tensor in weights.items()}) if publish else None
        self._store(step, scores, arrays, columns, made, began, content)

    def _vae_numbers(
        self, spec: RunSpec, seed: int, weights: dict[str, torch.Tensor], history: History
    ) -> tuple[dict[str, float], dict[str, Array], dict[str, list[float]]]:
        model = ConvVAE(spec.model).to(self.device)
        model.load_state_dict(weights)
        scores, arrays = evaluate(Subject(spec, seed, model, self._real, self.plan.grid.evaluation))
        return scores, arrays, run_history(spec, history, self._real)

    @torch.no_grad()
    def _classifier_numbers(
        self, spec: ClassifierSpec, weights: dict[str, torch.Tensor], history: History
    ) -> tuple[dict[str, float], dict[str, Array], dict[str, list[float]]]:
        classes = len(self.plan.info.classes)
        classifier = Classifier(classes).to(self.device).eval()
        classifier.load_state_dict(weights)
        real = RealImages(classifier, self.data)
        test, other = real.test, real.look(as_input(self.data.validation.images))
        labels = self.data.test.labels
        confusion = torch.bincount(labels * classes + test.classes, minlength=classes**2).view(classes, classes)
        scores = {
            "test_accuracy": (test.classes == labels).float().mean().item(),
            "frechet_floor": samples.frechet(test.features, other.features),
            "parameters": float(sum(p.numel() for p in classifier.parameters())),
        }
        arrays: dict[str, Array] = {
            "test_predictions": test.classes.to(torch.uint8).cpu().numpy(),
            "confusion": confusion.cpu().numpy(),
        }
        return scores, arrays, history.columns

    @cached_property
    def _real(self) -> RealImages:
        """The real images as the published classifier sees them: it comes before the VAEs in a grid."""
        spec = self.plan.grid.classifier
        classifier = Classifier(len(self.plan.info.classes)).to(self.device)
        published = self.store.weights(spec.name, FIRST_SEED)
        if published is None:
            raise LaudoError(f"The classifier's weights are missing; train it again with --retrain {spec.name}.")
        classifier.load_state_dict(load_file(published))
        return RealImages(classifier.eval(), self.data)

    def _summarise(self, step: Step) -> None:
        began = time.perf_counter()
        assert isinstance(step.spec, DatasetSpec)
        fixed_per_class, explored = self.plan.grid.evaluation.fixed_per_class, step.spec.explored_images
        with self.progress.working(f"measuring {step.label}"):
            scores, arrays = baselines.summarise(self.data, fixed_per_class, explored)
        self._store(step, scores, arrays, {}, {}, began, None)

    def _store(
        self,
        step: Step,
        scores: dict[str, float],
        arrays: dict[str, Array],
        history: dict[str, list[float]],
        made: dict[str, Any],
        began: float,
        weights: bytes | None,
    ) -> None:
        evaluation = provenance.facts(self.device.type) | {
            "finished": provenance.now(),
            "seconds": round(time.perf_counter() - began, 3),
        }
        result = RunResult(
            run=step.spec.name,
            seed=step.seed,
            spec=canonical(step.spec),
            keys=step.keys,
            scores=scores,
            history=history,
            arrays=arrays,
            provenance={**made, "evaluation": evaluation},
        )
        self.store.save(result, weights)
        self.progress.note(f"stored {step.label}")


def _images_per_second(history: History, images: int) -> float:
    return round(images * history.epochs / sum(history.seconds), 1) if history.seconds else 0.0
