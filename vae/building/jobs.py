"""What a build hands out: one training, one evaluation, as functions of what travels. Nothing is read or stored but
checkpoints, so that the same job gives the same bytes in this process, in another one and on another machine.

The data set is too large to travel with every job: each process receives it once.
"""

import dataclasses
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from vae import tasks
from vae.allocator import keep_large_blocks
from vae.building.received import Setting, here, real_images
from vae.data.datasets import DatasetInfo
from vae.errors import TrainingError
from vae.evaluate import evaluate, run_history
from vae.measurements import baselines
from vae.measurements.eye import sight
from vae.measurements.subject import Arrays, Scores, Subject
from vae.models.conv import ConvVAE
from vae.spec import ClassifierSpec, DatasetSpec, RunSpec, Spec, canonical
from vae.storage import provenance
from vae.storage.checkpoints import CheckpointFolder, History, Session
from vae.storage.results import Keys, RunResult, sha256
from vae.train import train
from vae.updates import Reporter, Show, Update


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
        device, data = here(self.setting)
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
    """Weights to numbers.

    eye: the classifier's weights, with which a VAE is looked at; None for the classifier itself. whole: see Subject.
    """

    setting: Setting
    label: str
    spec: RunSpec | ClassifierSpec
    seed: int
    keys: Keys
    weights: bytes
    history: History
    sessions: list[Session]
    eye: bytes | None
    whole: bool

    def run(self, show: Show) -> RunResult:
        """Return every number of the run."""
        began = time.perf_counter()
        show(Update(self.label))
        device, data = here(self.setting)
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
            return *sight(real_images(self.setting, self.weights)), self.history.columns
        assert isinstance(self.spec, RunSpec)
        real = real_images(self.setting, self.eye)
        model = ConvVAE(self.spec.model).to(device)
        model.load_state_dict(load(self.weights))
        scores, arrays = evaluate(Subject(self.spec, self.seed, model, real, self.setting.sizes, self.whole))
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
        device, data = here(self.setting)
        scores, arrays = baselines.summarise(data, self.setting.sizes.fixed_per_class, self.spec.explored_images)
        return _result(self, scores, arrays, {}, {}, device, began)


Job = TrainingJob | EvaluationJob | DatasetJob
Outcome = Trained | RunResult

# A process has one number of threads and one state of random numbers: two jobs at a time would disturb each other.
_one_at_a_time = threading.Lock()


def run(job: Job, show: Show) -> Outcome:
    """Do a job in this process, telling where it is.

    Raises LaudoError if the data set was not received or the device is not there, and what training and evaluation raise.
    """
    with _one_at_a_time:
        keep_large_blocks()  # for evaluations too, where nothing is trained first
        if job.setting.threads is not None:
            torch.set_num_threads(job.setting.threads)
        return job.run(show)


def pack_weights(weights: dict[str, Tensor]) -> bytes:
    """Return weights as a safetensors file."""
    return save({name: tensor.contiguous() for name, tensor in weights.items()})


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
    if isinstance(job, EvaluationJob) and job.eye is not None:
        evaluation[provenance.SEEN_BY] = sha256(job.eye)
    made = {**made, "evaluation": evaluation}
    return RunResult(spec.name, job.seed, canonical(spec), job.keys, scores, history, arrays, made)


def _images_per_second(history: History, images: int) -> float:
    return round(images * history.epochs / sum(history.seconds), 1) if history.seconds else 0.0
