"""The state of results and pages as plain text, in English: what --status and a build with nothing to train print."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

from report.publishing.publish import Publication
from report.sections import PAGES
from vae.building.plan import Plan, State, status
from vae.errors import ResultsError, listed
from vae.grid import Grid
from vae.storage.store import ResultsStore


def reused(plan: Plan, store: ResultsStore) -> Iterator[str]:
    """Yield in plain words what is reused, when it was trained and on what."""
    trained: dict[tuple[str, str], list[str]] = {}
    for step in plan.steps:
        sessions = store.provenance(step.spec.name, step.seed).get("training")
        if sessions:
            where = (sessions[-1]["finished"][:10], " and ".join({session["device"]: "" for session in sessions}))
            trained.setdefault(where, []).append(step.label)
    yield f"Nothing to train: {len(plan.steps)} results in {store.root} are fresh."
    for (day, device), labels in sorted(trained.items()):
        yield f"  trained {day} on {device}: {', '.join(labels)}"


def _stored(store: ResultsStore) -> Iterable[tuple[str, list[int]]]:
    try:
        return store.stored().items()
    except ResultsError:
        return ()  # the manifest is damaged, which every line says


@dataclasses.dataclass(frozen=True)
class Shown:
    """Lines to print, and whether some result is damaged."""

    lines: tuple[str, ...]
    damaged: bool


def state(grid: Grid, store: ResultsStore, runs_dir: Path, publication: Publication) -> Shown:
    """Return the state of every run and page, and why."""
    steps = status(grid, store, runs_dir)
    lines = [f"results: {store.root}  (profile {grid.profile}, {grid.dataset.dataset})"]
    wide = max(len(step.label) for step in steps)
    lines += [f"  {step.label:{wide}} {step.state.value:8} {step.reason}" for step in steps]
    others = [
        f"{run}/{seed}" for run, seeds in _stored(store) for seed in seeds
        if run not in grid.specs or seed not in grid.seeds_of(run)
    ]  # fmt: skip
    if others:
        lines.append(f"  also there, of no run or seed of this grid: {listed(others)}")
    lines.append(f"pages: {publication.rendered.root}")
    lines += [f"  {slug:16} {found:8} {reason}" for slug, found, reason in publication.status(PAGES)]
    return Shown(tuple(lines), any(step.state is State.DAMAGED for step in steps))
