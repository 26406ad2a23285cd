"""What a build hands out: one training, one evaluation, as functions of what travels. Nothing is read or stored but
checkpoints, so that the same job gives the same bytes in this process, in another one and on another machine.

The data set is too large to travel with every job: each process receives it once.
"""

import dataclasses
import tempfile
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from vae import baselines, provenance, tasks
from vae.allocator import keep_large_blocks
from vae.checkpoints import CheckpointFolder, History, Session
from vae.data import Data, Split
from vae.datasets import DatasetInfo
from vae.errors import LaudoError, TrainingError
from vae.evaluate import evaluate, run_history
from vae.measurements.eye import sight
from vae.measurements.subject import Arrays, RealImages, Scores, Subject
from vae.models.classifier import Classifier
from vae.models.conv import ConvVAE
from vae.plan import Step
from vae.results import Keys, RunResult
from vae.spec import ClassifierSpec, DatasetSpec, EvaluationSpec, RunSpec, Spec, canonical
from vae.train import train
from vae.updates import Reporter, Show, Update

SPLITS = ("train", "validation", "test")


@dataclasses.dataclass(frozen=True)
class Setting:
    """What all jobs of a build share.

    device: as asked for, so that each machine picks its own. threads: with how many a CPU adds up, which decides the
    last digits; None = as many as torch takes there (OMP_NUM_THREADS, or all cores).
    """

    info: DatasetInfo
    sizes: EvaluationSpec
    device: str
    threads: int | None = None

    def __hash__(self) -> int:
        return hash((self.info.checksum, self.sizes, self.device, self.threads))


@dataclasses.dataclass(frozen=True)
class Trained:
    """What comes back from a training: checkpoints by epoch that are not yet in the manager's folder, and its failure."""

    checkpoints: dict[int, bytes]
    failure: TrainingError | None = None


@dataclasses.dataclass(frozen=True)
class TrainingJob:
    """One training, with a snapshot for every run that shares it.

    folder: where its checkpoints are, None if this is another machine's disk: then it goes on from the checkpoint that
    is sent along, if there is one (epoch and bytes), and sends back its own.
    """

    setting: Setting
    label: str
    names: str
    spec: RunSpec | ClassifierSpec
    seed: int
    snapshots: tuple[int, ...]
    keep: frozenset[int]
    folder: Path | None
    start: tuple[int, bytes] | None = None

    def run(self, show: Show) -> Trained:
        """Train; a training that fails leaves its checkpoints where the next attempt finds them."""
        if self.folder is not None:
            return Trained({}, self._train(CheckpointFolder(self.folder), show))
        with tempfile.TemporaryDirectory(prefix="laudo-") as scratch:
            folder = CheckpointFolder(Path(scratch))
            if self.start is not None:
                folder.put(*self.start)
            failure = self._train(folder, show)
            sent = self.start[0] if self.start is not None else None
            made = {epoch: folder.file(epoch).read_bytes() for epoch in folder.epochs() if epoch != sent}
            return Trained(made, failure)

    def _train(self, folder: CheckpointFolder, show: Show) -> TrainingError | None:
        device, data = _here(self.setting)
        facts = provenance.facts(device.type) | {"started": provenance.now()}
        listener = Reporter(self.label, max(self.snapshots), show)
        task = _task(self.spec, self.setting.info)
        try:
            train(task, self.seed, data, device, folder, self.snapshots, self.names, facts, listener, self.keep)
        except TrainingError as error:
            return error
        return None


@dataclasses.dataclass(frozen=True)
class EvaluationJob:
    """Weights to numbers. eye: the classifier's weights, with which a VAE is looked at; None for the classifier itself."""

    setting: Setting
    label: str
    spec: RunSpec | ClassifierSpec
    seed: int
    keys: Keys
    weights: bytes
    history: History
    sessions: list[Session]
    eye: bytes | None

    def run(self, show: Show) -> RunResult:
        """Return every number of the run."""
        began = time.perf_counter()
        show(Update(self.label))
        device, data = _here(self.setting)
        scores, arrays, columns = self._numbers(device)
        images = _task(self.spec, self.setting.info).train_images or len(data.train)
        made = {
            "training": self.sessions,
            "epoch_seconds": [round(value, 3) for value in self.history.seconds[: len(columns["learning_rate"])]],
            "images_per_second": _images_per_second(self.history, images),
        }
        return _result(self, scores, arrays, columns, made, device, began)

    def _numbers(self, device: torch.device) -> tuple[Scores, Arrays, dict[str, list[float]]]:
        if self.eye is None:
            return *sight(_real(self.setting, self.weights)), self.history.columns
        assert isinstance(self.spec, RunSpec)
        real = _real(self.setting, self.eye)
        model = ConvVAE(self.spec.model).to(device)
        model.load_state_dict(load(self.weights))
        scores, arrays = evaluate(Subject(self.spec, self.seed, model, real, self.setting.sizes))
        return scores, arrays, run_history(self.spec, self.history, real)


@dataclasses.dataclass(frozen=True)
class DatasetJob:
    """What is measured on the data alone."""

    setting: Setting
    label: str
    spec: DatasetSpec
    seed: int
    keys: Keys

    def run(self, show: Show) -> RunResult:
        """Return every number of the data set."""
        began = time.perf_counter()
        show(Update(self.label))
        device, data = _here(self.setting)
        scores, arrays = baselines.summarise(data, self.setting.sizes.fixed_per_class)
        return _result(self, scores, arrays, {}, {}, device, began)


Job = TrainingJob | EvaluationJob | DatasetJob
Outcome = Trained | RunResult

# A process has one number of threads and one state of random numbers: two jobs at a time would disturb each other.
_one_at_a_time = threading.Lock()
_received: dict[str, bytes] = {}


def run(job: Job, show: Show) -> Outcome:
    """Do a job in this process, telling where it is.

    Raises LaudoError if the data set was not received or the device is not there, and what training and evaluation raise.
    """
    with _one_at_a_time:
        keep_large_blocks()  # for evaluations too, where nothing is trained first
        if job.setting.threads is not None:
            torch.set_num_threads(job.setting.threads)
        return job.run(show)


def pack(data: Data) -> bytes:
    """Return a data set as bytes, to be sent to the processes that work on it."""
    parts = {name: getattr(data, name) for name in SPLITS}
    tensors = {f"{name}.images": part.images.contiguous() for name, part in parts.items()}
    return save(tensors | {f"{name}.labels": part.labels.contiguous() for name, part in parts.items()})


def receive(checksum: str, packed: bytes) -> None:
    """Keep a data set for the jobs of this process."""
    release()
    _received[checksum] = packed


def release() -> None:
    """Forget every data set, and what was derived from it."""
    _received.clear()
    _real.cache_clear()
    _data.cache_clear()


def pack_weights(weights: dict[str, Tensor]) -> bytes:
    """Return weights as a safetensors file."""
    return save({name: tensor.contiguous() for name, tensor in weights.items()})


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


def label_of(step: Step) -> str:
    """Return how the measuring of a step is called."""
    return f"{'measuring' if isinstance(step.spec, DatasetSpec) else 'evaluating'} {step.label}"


def _here(setting: Setting) -> tuple[torch.device, Data]:
    return choose_device(setting.device), _data(setting)


@lru_cache(maxsize=1)
def _data(setting: Setting) -> Data:
    """The data set on this process's device, with as many test images as the evaluation looks at."""
    packed = _received.get(setting.info.checksum)
    if packed is None:
        raise LaudoError(f"The data set {setting.info.name} was not received here; restart this worker.")
    tensors = load(packed)
    splits = (Split(tensors[f"{name}.images"], tensors[f"{name}.labels"]) for name in SPLITS)
    return Data(setting.info, *splits).with_test(setting.sizes.test_images).to(choose_device(setting.device))


@lru_cache(maxsize=1)
def _real(setting: Setting, eye: bytes) -> RealImages:
    """The real images as a classifier with these weights sees them: every evaluation is held against them."""
    device, data = _here(setting)
    classifier = Classifier(len(setting.info.classes)).to(device)
    classifier.load_state_dict(load(eye))
    return RealImages(classifier.eval(), data)


def _task(spec: RunSpec | ClassifierSpec, info: DatasetInfo) -> tasks.Task:
    return tasks.vae_task(spec) if isinstance(spec, RunSpec) else tasks.classifier_task(spec, info)


def _result(
    job: EvaluationJob | DatasetJob,
    scores: Scores,
    arrays: Arrays,
    history: dict[str, list[float]],
    made: dict[str, Any],
    device: torch.device,
    began: float,
) -> RunResult:
    spec: Spec = job.spec
    evaluation = provenance.facts(device.type) | {
        "finished": provenance.now(),
        "seconds": round(time.perf_counter() - began, 3),
    }
    made = {**made, "evaluation": evaluation}
    return RunResult(spec.name, job.seed, canonical(spec), job.keys, scores, history, arrays, made)


def _images_per_second(history: History, images: int) -> float:
    return round(images * history.epochs / sum(history.seconds), 1) if history.seconds else 0.0
