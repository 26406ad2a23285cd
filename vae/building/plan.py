"""What a build has to do, and why: the grid held against the results store. No torch."""

import dataclasses
import enum
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from vae.data.datasets import DatasetInfo, dataset_info
from vae.errors import ResultsError
from vae.grid import FIRST_SEED, Grid
from vae.spec import (
    ClassifierSpec,
    DatasetSpec,
    Fields,
    RunSpec,
    Spec,
    canonical,
    evaluation_key,
    training_key,
    trajectory_key,
)
from vae.storage.checkpoint_files import checkpoint_file
from vae.storage.results import Keys
from vae.storage.store import ResultsStore

KEY_IN_PATHS = 16  # hexadecimal digits of a trajectory's key in the name of its folder


class State(enum.Enum):
    """How a stored result stands to the grid."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"
    DAMAGED = "damaged"


class Action(enum.Enum):
    """What brings it up to date."""

    NOTHING = "nothing"
    EVALUATE = "evaluate"
    TRAIN = "train"


@dataclasses.dataclass(frozen=True)
class Step:
    """One entry of the grid and seed: its state, what to do, and why.

    again: whether it was asked to be trained again, from nothing.
    """

    spec: Spec
    seed: int
    keys: Keys
    state: State
    action: Action
    reason: str
    checkpoints: Path
    again: bool = False

    @property
    def label(self) -> str:
        return f"{self.spec.name}/{self.seed}"


@dataclasses.dataclass(frozen=True)
class Plan:
    """Every step that was asked for, fresh ones included, in the order in which they are done."""

    grid: Grid
    info: DatasetInfo
    steps: tuple[Step, ...]

    @property
    def todo(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.action is not Action.NOTHING)


def by_training(steps: Iterable[Step]) -> list[list[Step]]:
    """Return the steps that share one training together, whatever stands between them, in the order of their first."""
    trainings: dict[Path, list[Step]] = {}
    for step in steps:
        trainings.setdefault(step.checkpoints, []).append(step)
    return list(trainings.values())


def make_plan(
    grid: Grid, store: ResultsStore, runs_dir: Path, needed: Collection[str], retrain: Collection[str] = ()
) -> Plan:
    """Hold the needed entries of a grid against what is stored.

    needed: names of the grid; retrain: names, or name/seed. The data set's own entry is always needed, the classifier whenever a VAE has
    to be evaluated. Raises ResultsError for a damaged result that is not to be trained again anyway.
    """
    info = dataset_info(grid.dataset.dataset)
    names = [name for name in grid.specs if name in needed or isinstance(grid.specs[name], DatasetSpec)]
    steps = [_step(grid, info, store, runs_dir, name, seed, retrain) for name in names for seed in grid.seeds_of(name)]
    evaluates = any(isinstance(step.spec, RunSpec) and step.action is not Action.NOTHING for step in steps)
    if evaluates and grid.classifier.name not in names:
        name = grid.classifier.name
        steps += [_step(grid, info, store, runs_dir, name, seed, retrain) for seed in grid.seeds_of(name)]
    damaged = [step for step in steps if step.state is State.DAMAGED and not step.again]
    if damaged:
        causes, remedy = damages(damaged, store, retrain)
        raise ResultsError(" ".join(filter(None, (*causes, remedy))))
    eyes = [step for step in steps if step.spec.name == grid.classifier.name]
    if any(step.action is Action.TRAIN or step.state is State.MISSING for step in eyes):
        steps = [_with_another_eye(step, store) for step in steps]
    order = {name: place for place, name in enumerate(grid.specs)}
    steps.sort(key=lambda step: (order[step.spec.name], step.seed))
    return Plan(grid, info, tuple(steps))


def damages(steps: Iterable[Step], store: ResultsStore, retrain: Iterable[str] = ()) -> tuple[list[str], str]:
    """Return what is wrong with damaged results, a sentence each, and the one remedy for all of them, '' if each has its own.

    retrain: what the command was to train again already.
    """
    found = [step for step in steps if step.state is State.DAMAGED]
    causes = list(dict.fromkeys(step.reason.removesuffix(store.remedy(step.label)).strip() for step in found))
    again = [step.label for step in found if step.reason.endswith(store.remedy(step.label))]
    return causes, store.remedy(*dict.fromkeys((*retrain, *again))) if again else ""


def keys_of(grid: Grid, info: DatasetInfo, spec: Spec | Fields) -> Keys:
    """Return the keys that a stored result of this spec carries if it was trained and measured as the grid says."""
    kind = spec["type"] if isinstance(spec, Mapping) else type(spec).__name__
    eye = training_key(grid.classifier, info.checksum) if kind == RunSpec.__name__ else ""
    return Keys(training_key(spec, info.checksum), evaluation_key(spec, info.checksum, grid.evaluation, eye))


def checkpoints_of(runs_dir: Path, info: DatasetInfo, spec: Spec, seed: int) -> Path:
    """Return the folder of a training's checkpoints: one for all runs of a trajectory."""
    if isinstance(spec, DatasetSpec):
        return runs_dir
    return runs_dir / trajectory_key(spec, info.checksum)[:KEY_IN_PATHS] / str(seed)


def _step(
    grid: Grid, info: DatasetInfo, store: ResultsStore, runs_dir: Path, name: str, seed: int, retrain: Collection[str]
) -> Step:
    spec, again = grid.specs[name], name in retrain or f"{name}/{seed}" in retrain
    keys = keys_of(grid, info, spec)
    checkpoints = checkpoints_of(runs_dir, info, spec, seed)
    state, reason = _state(store, spec, seed, keys, grid.classifier)
    if again:
        action = Action.TRAIN
        reason = "asked for with --retrain"
    elif state is State.DAMAGED:
        action = Action.NOTHING  # make_plan raises, when it knows of all
    elif state is State.FRESH:
        action = Action.NOTHING
    else:
        action = Action.EVALUATE if _has_weights(store, spec, seed, checkpoints, keys) else Action.TRAIN
    return Step(spec, seed, keys, state, action, reason, checkpoints, again)


def _with_another_eye(step: Step, store: ResultsStore) -> Step:
    """Evaluate a fresh run again when the classifier is made again: runs seen by two eyes do not compare."""
    if not isinstance(step.spec, RunSpec) or step.action is not Action.NOTHING:
        return step
    at_hand = _has_weights(store, step.spec, step.seed, step.checkpoints, step.keys)
    action = Action.EVALUATE if at_hand else Action.TRAIN
    return dataclasses.replace(step, action=action, reason="the classifier that it is measured with is made again")


def _state(store: ResultsStore, spec: Spec, seed: int, keys: Keys, classifier: ClassifierSpec) -> tuple[State, str]:
    name = spec.name
    if not store.has(name, seed):
        return State.MISSING, "not in the results folder"
    try:
        stored = store.keys(name, seed)
        changed = _changed(store.load(name, seed).spec, canonical(spec)) if stored.training != keys.training else []
        other_eye = seen_by_another(store, name, seed, classifier)
    except ResultsError as error:
        return State.DAMAGED, str(error)
    if stored.training != keys.training:
        what = f"its spec ({', '.join(changed)})" if changed else "the data or TRAINING_NUMERICS"
        return State.STALE, f"{what} changed since it was trained"
    if stored.evaluation != keys.evaluation:
        return State.STALE, "the evaluation changed since it was evaluated"
    if other_eye:
        return State.STALE, "it was measured with another classifier than the one that is stored"
    return State.FRESH, "it is what the grid asks for"


def seen_by_another(store: ResultsStore, run: str, seed: int, classifier: ClassifierSpec) -> bool:
    """Return whether a result was measured with another classifier than the one that is stored; no, if either is unknown.

    Raises ResultsError naming the damaged or missing file.
    """
    stored, seen_by = store.weights_sha256(classifier.name, FIRST_SEED), store.seen_by(run, seed)
    return bool(stored and seen_by) and stored != seen_by


def _changed(stored: Fields, asked: Fields, where: str = "") -> list[str]:
    """Return the fields of a spec that differ, each with the stored and the asked value."""
    found = []
    for name in sorted({*stored, *asked}):
        old, new = stored.get(name), asked.get(name)
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            found += _changed(old, new, f"{where}{name}.")
        elif old != (list(new) if isinstance(new, tuple) else new):  # JSON has lists alone
            found.append(f"{where}{name} from {old} to {new}")
    return found


def _has_weights(store: ResultsStore, spec: Spec, seed: int, checkpoints: Path, keys: Keys) -> bool:
    if isinstance(spec, DatasetSpec):
        return True  # nothing to train
    if checkpoint_file(checkpoints, spec.epochs).is_file():
        return True
    stored = store.has(spec.name, seed) and store.keys(spec.name, seed).training == keys.training
    return stored and store.weights(spec.name, seed) is not None


def status(grid: Grid, store: ResultsStore, runs_dir: Path) -> list[Step]:
    """Return the state of every entry and seed of the grid; damage is reported, not raised."""
    info = dataset_info(grid.dataset.dataset)
    steps = []
    for name, spec in grid.specs.items():
        keys = keys_of(grid, info, spec)
        for seed in grid.seeds_of(name):
            state, reason = _state(store, spec, seed, keys, grid.classifier)
            folder = checkpoints_of(runs_dir, info, spec, seed)
            steps.append(Step(spec, seed, keys, state, Action.NOTHING, reason, folder))
    return steps
