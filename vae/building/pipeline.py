"""Carry out a plan: hand out what is missing, store what comes back. Everything that needs torch is below here."""

import dataclasses
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from pathlib import Path
from typing import Any

from vae.building import jobs, received
from vae.building.executors import Workers, workers
from vae.building.jobs import DatasetJob, EvaluationJob, Trained, TrainingJob
from vae.building.plan import Action, Plan, Step, by_training
from vae.building.progress import Progress
from vae.building.received import Setting
from vae.building.where import Where
from vae.data.tensors import load
from vae.errors import LaudoError, TrainingError
from vae.evaluate import recorded
from vae.grid import FIRST_SEED
from vae.spec import ClassifierSpec, DatasetSpec, RunSpec
from vae.storage.checkpoints import CheckpointFolder, History, Session
from vae.storage.files import write_atomically
from vae.storage.results import RunResult
from vae.storage.store import ResultsStore

RETRAINING = "retraining"
SECONDS_BETWEEN_LOOKS = 1.0  # at whether there is anybody who works


@dataclasses.dataclass(frozen=True)
class Places:
    """Where the data set is looked for: a folder that was given, if any, and the cache."""

    data_dir: Path | None
    cache_dir: Path


def execute(
    plan: Plan, store: ResultsStore, places: Places, device_kind: str, progress: Progress, where: Where | None = None
) -> None:
    """Do every step of a plan that is not fresh, storing each result as soon as it is there.

    where: who does it, by default this process. Safe to stop at any moment: the next call goes on from the newest
    checkpoint. A run whose training fails does not keep the others from ending. Raises DataError, TrainingError,
    ResultsError or ClusterError, each naming its remedy.
    """
    if not plan.todo:
        return
    place = where or Where()
    if place.scheduler is None:
        device_kind = received.choose_device(device_kind).type
    packed = received.pack(load(plan.info, places.data_dir, places.cache_dir))
    store.check_writable()
    with progress, workers(place, plan.info.checksum, packed, device_kind, progress.show) as found:
        setting = Setting(plan.info, plan.grid.evaluation, device_kind, found.threads)
        Build(plan, store, found, setting, progress).run()


@dataclasses.dataclass
class Build:
    """One execution of a plan. Only here is anything stored, in whatever order it comes back.

    ready: what can be handed out. eye_is_coming: whether the classifier is still to be measured; blind: evaluations that
    wait for it. running: what was handed out, and what to do with what comes back. unmeasured: results still to come of
    each training. stored: results that this build has made.
    """

    plan: Plan
    store: ResultsStore
    workers: Workers
    setting: Setting
    progress: Progress
    ready: deque[Callable[[], None]] = dataclasses.field(default_factory=deque)
    eye_is_coming: bool = False
    blind: list[Callable[[], None]] = dataclasses.field(default_factory=list)
    running: dict[Future[Any], tuple[str, Callable[[Any], None]]] = dataclasses.field(default_factory=dict)
    failures: list[TrainingError] = dataclasses.field(default_factory=list)
    unmeasured: dict[Path, int] = dataclasses.field(default_factory=dict)
    stored: int = 0

    def run(self) -> None:
        """Hand out as much as there are workers for, until nothing is left."""
        self.eye_is_coming = any(isinstance(step.spec, ClassifierSpec) for step in self.plan.todo)
        self.ready.extend(partial(self._begin, steps) for steps in by_training(self.plan.todo))
        while self.ready or self.running:
            while self.ready and len(self.running) < self.workers.slots():
                self.ready.popleft()()
            if not self.running:
                time.sleep(SECONDS_BETWEEN_LOOKS)  # for a worker to come; slots() knows for how long
                continue
            done, _ = wait(self.running, timeout=SECONDS_BETWEEN_LOOKS, return_when=FIRST_COMPLETED)
            for future in done:
                self._take(future)
            self.workers.slots()
        if self.failures:
            others = f" {len(self.failures) - 1} more failed, as said above." if self.failures[1:] else ""
            raise TrainingError(f"{self.failures[0]}{others}")

    def _submit(self, job: jobs.Job, then: Callable[[Any], None]) -> None:
        self.progress.expect(job.label)
        self.running[self.workers.submit(job)] = (job.label, then)

    def _take(self, future: Future[Any]) -> None:
        label, then = self.running.pop(future)
        try:
            outcome = future.result()
        except Exception as error:
            meant = self.workers.explain(error)
            if meant is None:
                raise
            raise meant from error
        self.progress.finished(label)
        then(outcome)

    def _begin(self, steps: list[Step]) -> None:
        """Hand out the training of some steps (several snapshots of a trajectory, or one), or else their evaluations."""
        first = steps[0]
        if isinstance(first.spec, DatasetSpec):
            job = DatasetJob(self.setting, f"measuring {first.label}", first.spec, first.seed, first.keys)
            self._submit(job, partial(self._store, first, None))
            return
        folder = CheckpointFolder(first.checkpoints)
        self.unmeasured[folder.path] = len(steps)
        self._prepare_retraining(steps, folder)
        to_train = [step for step in steps if step.action is Action.TRAIN]
        if to_train:
            self._submit(self._training(first, to_train, folder), partial(self._trained, steps, folder))
        else:
            self._evaluations(steps)

    def _training(self, first: Step, to_train: list[Step], folder: CheckpointFolder) -> TrainingJob:
        assert not isinstance(first.spec, DatasetSpec)
        snapshots = tuple(sorted({step.spec.epochs for step in to_train}))  # type: ignore[union-attr]
        names = "+".join(step.spec.name for step in to_train)
        keep = {run.epochs for run in self.plan.grid.runs} if isinstance(first.spec, RunSpec) else set()
        job = TrainingJob(
            self.setting,
            f"{names}/{first.seed}",
            names,
            first.spec,
            first.seed,
            snapshots,
            frozenset(keep),
            folder.path,
        )
        if self.workers.shared_disk:
            return job
        missing = min(set(snapshots) - set(folder.epochs()), default=snapshots[-1])
        newest = max((epoch for epoch in folder.epochs() if epoch <= missing), default=None)
        start = None
        if newest is not None:
            folder.read(newest)  # damage is told here, where the file is: the worker has only a copy
            start = (newest, folder.file(newest).read_bytes())
        return dataclasses.replace(job, folder=None, start=start)

    def _prepare_retraining(self, steps: list[Step], folder: CheckpointFolder) -> None:
        asked = [step for step in steps if step.again]
        if not asked:
            return
        marker = folder.path / RETRAINING
        wanted = ",".join(step.spec.name for step in asked).encode()
        # A retraining that was stopped goes on; only a new one starts from nothing.
        if not (marker.is_file() and marker.read_bytes() == wanted):
            folder.clear(until=max(step.spec.epochs for step in asked))  # type: ignore[union-attr]
            folder.path.mkdir(parents=True, exist_ok=True)
            write_atomically(marker, wanted)

    def _trained(self, steps: list[Step], folder: CheckpointFolder, trained: Trained) -> None:
        for epoch, content in sorted(trained.checkpoints.items()):
            folder.put(epoch, content)
        if trained.failure is None:
            self._evaluations(steps)
        else:
            self.failures.append(trained.failure)
            self.progress.note(str(trained.failure))

    def _evaluations(self, steps: list[Step]) -> None:
        todo = [partial(self._evaluate, step) for step in steps]
        if self.eye_is_coming and isinstance(steps[0].spec, RunSpec):
            self.blind.extend(todo)
        else:
            self.ready.extendleft(reversed(todo))

    def _evaluate(self, step: Step) -> None:
        assert not isinstance(step.spec, DatasetSpec)
        weights, history, sessions = self._learnt(step)
        eye = self._eye() if isinstance(step.spec, RunSpec) else None
        # Of the headline seed: what the site shows, the explorer decodes with and every evaluation looks through.
        whole = step.seed == FIRST_SEED and step.spec.name in self.plan.grid.stored_whole
        job = EvaluationJob(
            self.setting,
            f"evaluating {step.label}",
            step.spec,
            step.seed,
            step.keys,
            weights,
            history,
            sessions,
            eye,
            whole,
        )
        self._submit(job, partial(self._measured, step, weights if whole else None))

    def _learnt(self, step: Step) -> tuple[bytes, History, list[Session]]:
        """Return weights, the history up to a step's own epoch, and the sessions of the training that reached it."""
        assert not isinstance(step.spec, DatasetSpec)
        folder = CheckpointFolder(step.checkpoints)
        if folder.file(step.spec.epochs).is_file():
            _, history, sessions = folder.read(step.spec.epochs)
            return jobs.pack_weights(folder.weights(step.spec.epochs)), history, sessions
        published = self.store.weights(step.spec.name, step.seed)
        if published is None:
            raise LaudoError(f"No weights of {step.label} are at hand; train it again with --retrain {step.spec.name}.")
        # Published weights without their checkpoints: history and sessions were published with them.
        stored = self.store.load(step.spec.name, step.seed)
        history = History(recorded(stored.history), stored.provenance["epoch_seconds"])
        return published.read_bytes(), history, stored.provenance["training"]

    def _eye(self) -> bytes:
        """Return the weights of the published classifier: it comes before the VAEs in a grid."""
        spec = self.plan.grid.classifier
        published = self.store.weights(spec.name, FIRST_SEED)
        if published is None:
            raise LaudoError(f"The classifier's weights are missing; train it again with --retrain {spec.name}.")
        return published.read_bytes()

    def _measured(self, step: Step, weights: bytes | None, result: RunResult) -> None:
        self._store(step, weights, result)
        self.unmeasured[step.checkpoints] -= 1
        if not self.unmeasured[step.checkpoints]:
            (step.checkpoints / RETRAINING).unlink(missing_ok=True)
        if isinstance(step.spec, ClassifierSpec):
            self.eye_is_coming = False
            self.ready.extendleft(reversed(self.blind))
            self.blind.clear()

    def _store(self, step: Step, weights: bytes | None, result: RunResult) -> None:
        self.store.save(result, weights)
        self.stored += 1
        of = f" ({self.stored} of {len(self.plan.todo)})" if len(self.plan.todo) > 1 else ""
        self.progress.note(f"stored {step.label}{of}")
