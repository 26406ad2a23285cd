"""The state of results and pages as plain text, in English: what --status and a build with nothing to train print."""

from collections.abc import Iterator
from pathlib import Path

from report.publish import Publication
from report.sections import PAGES
from vae.grid import Grid
from vae.plan import Plan, status
from vae.store import ResultsStore


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


def state(grid: Grid, store: ResultsStore, runs_dir: Path, publication: Publication) -> Iterator[str]:
    """Yield the state of every run and page, and why."""
    yield f"results: {store.root}  (profile {grid.profile}, {grid.dataset.dataset})"
    for step in status(grid, store, runs_dir):
        yield f"  {step.label:16} {step.state.value:8} {step.reason}"
    yield f"pages: {publication.rendered.root}"
    for slug, found, reason in publication.status(PAGES):
        yield f"  {slug:16} {found:8} {reason}"
