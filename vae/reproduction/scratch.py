"""Runs trained again in a scratch place, to be held against what is published. torch is loaded only by the training.

    runs/.reproduce/<profile>-<data set>/begun.json       of which code and classifier it is
                                         trainings/       checkpoints, shared by the runs of a trajectory
                                         results/<run>/   a results folder a run: what was found, and the published
                                                          classifier, through which every evaluation looks

A stopped reproduction goes on where it was, but not from what other code trained. The place is removed when every number
was within its tolerance; else it is left to be looked at, and the next reproduction begins anew.
"""

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from vae.building.forecast import forecast
from vae.building.plan import Action, Plan, State, Step, make_plan
from vae.errors import ResultsError
from vae.grid import FIRST_SEED, Grid
from vae.reproduction.reproduce import compare
from vae.spec import RunSpec
from vae.storage.provenance import code
from vae.storage.results import dump_json
from vae.storage.store import ResultsStore

FOLDER, BEGUN = ".reproduce", "begun.json"
REASON = "published; to be trained again in a scratch place"
Say = Callable[[str], object]


@dataclasses.dataclass(frozen=True)
class Scratch:
    """What is reproduced of a grid, and where: names of its entries, the published results, the place, device and data.

    device: as asked for. data: where the data set is, in words.
    """

    grid: Grid
    published: ResultsStore
    runs: tuple[str, ...]
    place: Path
    device: str
    data: str

    def plan(self, run: str) -> Plan:
        """Return what is still to be done to find a run again.

        Raises ResultsError naming the remedy if nothing is published to compare with, or it is damaged or of another spec.
        """
        names = {run, self.grid.classifier.name} if isinstance(self.grid.specs[run], RunSpec) else {run}
        plan = make_plan(self.grid, self.published, self.place / "trainings", names)
        # The run itself first: what is amiss with it is what was asked for.
        for step in sorted(plan.steps, key=lambda step: step.spec.name != run):
            if step.spec.name in names and step.state is not State.FRESH:
                raise ResultsError(self._not_comparable(step))
        steps = (self._again(step) for step in plan.steps if step.spec.name == run)
        return dataclasses.replace(plan, steps=tuple(steps))

    def forecast(self) -> Iterator[str]:
        """Yield what is to be done, and about how long it takes."""
        plans = [self.plan(run) for run in self.runs]
        together = dataclasses.replace(plans[0], steps=tuple(step for plan in plans for step in plan.steps))
        yield from forecast(together, self.published, self.device, self.data).lines

    def reproduce(self, execute: Callable[[Plan, ResultsStore], None], say: Say) -> bool:
        """Train, evaluate and compare each run; return whether all is as published. execute: carries a plan out."""
        for run in self.runs:
            self.plan(run)  # raises before anything is touched
        self._begin()
        for line in self.forecast():
            say(line)
        outside = 0
        for run in self.runs:
            plan, store = self.plan(run), self._store(run)
            if isinstance(self.grid.specs[run], RunSpec):
                self._lend_classifier(store)
            execute(plan, store)
            for step in plan.steps:
                comparison = compare(self.published.load(run, step.seed), store.load(run, step.seed))
                for line in comparison.lines():
                    say(line)
                outside += len(comparison.outside)
        if outside:
            (self.place / BEGUN).unlink()
            say(
                f"Not reproduced: {outside} of the scores, columns and arrays. What was found is left in {self.place} "
                f"until the next --reproduce, which begins anew."
            )
        else:
            shutil.rmtree(self.place)
            if not any(self.place.parent.iterdir()):
                self.place.parent.rmdir()
            say("Reproduced.")
        return outside == 0

    def _store(self, run: str) -> ResultsStore:
        return ResultsStore(self.place / "results" / run)

    def _again(self, step: Step) -> Step:
        store = self._store(step.spec.name)
        found = store.has(step.spec.name, step.seed) and store.keys(step.spec.name, step.seed) == step.keys
        return dataclasses.replace(step, action=Action.NOTHING if found else Action.TRAIN, reason=REASON)

    def _begin(self) -> None:
        """Make the place ready: what was begun with other code, or through another classifier, is of no use."""
        begun = dump_json({"code": code(), "classifier": self.published.digest(self.grid.classifier.name, FIRST_SEED)})
        path = self.place / BEGUN
        if not (path.is_file() and path.read_bytes() == begun):
            if self.place.is_dir():
                shutil.rmtree(self.place)
            self.place.mkdir(parents=True)
            path.write_bytes(begun)
        for run in self.runs:
            self._store(run).recover()

    def _lend_classifier(self, store: ResultsStore) -> None:
        """Put the published classifier beside what is to be found: a retrained one would be another eye."""
        eye = self.grid.classifier.name
        weights = self.published.weights(eye, FIRST_SEED)
        store.save(self.published.load(eye, FIRST_SEED), weights.read_bytes() if weights else None)

    def _not_comparable(self, step: Step) -> str:
        name, place = step.spec.name, self.published.root
        again = self.published.again(name)
        if step.state is State.MISSING:
            return f"{step.label} is not in {place}: nothing is published to compare with. Name another folder with --results DIR."
        if self.published.keys(name, step.seed) == step.keys:
            return f"What {place} holds of {step.label} is old: {step.reason}. Bring it up to date: {self.published.again()}"
        commit = self.published.provenance(name, step.seed)["evaluation"]["commit"]
        return (
            f"What {place} holds of {step.label} is of another spec than the grid's: {step.reason}. Go back to the code that "
            f"it was made with (commit {commit[:12]}) to reproduce it, or make it again with: {again}"
        )
