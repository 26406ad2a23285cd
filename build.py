"""Build the report: train what is missing, judge the claims, render the pages.

python build.py --all
python build.py --retrain e50 --section espaco-latente
"""

import dataclasses
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from vae.errors import SLIPS, LaudoError, SpecError, told

try:
    import click

    from vae.building import command
    from vae.building.plan import Plan, make_plan
    from vae.building.where import Where, where
    from vae.data.datasets import DATASETS, dataset_info
    from vae.grid import PROFILES, Grid, make_grid
    from vae.storage.store import ResultsStore
except SLIPS as error:  # the likeliest: another Python than the environment's, a row that no run can be
    sys.exit(f"Error: {told(error)}")

ROOT = Path(__file__).resolve().parent
RUNS_DIR = ROOT / "runs"
RENDERED_DIR = ROOT / "rendered"
DOCS_DIR = ROOT / "docs"


@dataclasses.dataclass(frozen=True)
class Means:
    """With what is trained: the device, who does it, and a folder with the data if one was given."""

    device: str
    where: Where
    data_dir: Path | None


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--all", "everything", is_flag=True, help="Train what is missing or stale, evaluate, render every page.")
@click.option(
    "--section", "sections", multiple=True, metavar="SLUG", help="Only this page and the runs it needs (repeatable)."
)
@click.option(
    "--retrain",
    "retrain",
    multiple=True,
    metavar="RUN[/SEED]",
    help="Train this run again even if fresh, or only one seed of it (repeatable).",
)
@click.option("--reproduce", "again", multiple=True, metavar="RUN", help="Train this run again in a scratch place (first seed, or "
              "--seeds N), compare each number with what is published; exit 1 if one is outside its tolerance (repeatable).")  # fmt: skip
@click.option(
    "--status", "show_status", is_flag=True, help="State of each run and page: fresh, stale or missing, and why."
)
@click.option(
    "--check", "check", is_flag=True, help="No training: verify results, pages, numbers, links; exit 1 on any fault."
)
@click.option("--compare", "revision", metavar="REV", help="What changed since the results of this git revision.")
@click.option("--deliver", "delivery", type=click.Path(), metavar="DIR",
              help="The report as the course wants it handed in: index.md, code/, figures/.")  # fmt: skip
@click.option("--ai-use", default="", metavar="TEXT", help="With --deliver: how AI was used, for the page's ai_use.")
@click.option("--notebook", type=click.Path(path_type=Path), metavar="PATH",
              help="Write the code as a Portuguese notebook that trains and draws, on Colab too.")  # fmt: skip
@click.option("--save", is_flag=True, help="With --compare: REV is the publication before, for the scoreboard page.")
@click.option("--profile", type=click.Choice(PROFILES), default="full", show_default=True, help="Size of the grid.")
@click.option("--seeds", type=int, default=None, metavar="N", help="Number of training seeds instead of the profile's.")
@click.option("--device", type=click.Choice(["auto", "cuda", "mps", "cpu"]), default="auto", show_default=True)
@click.option("--executor", default="local", show_default=True, metavar="local|dask://HOST:PORT",
              help="Who trains: this machine, or the workers of a Dask scheduler.")  # fmt: skip
@click.option("--jobs", type=int, default=None, metavar="N",
              help="Train in N processes, the cores shared out [default: 1]; with --executor local.")  # fmt: skip
@click.option("--data", "data_dir", type=click.Path(path_type=Path), default=None, metavar="DIR",
              help="Folder with the data set's idx files, plain or .gz.")  # fmt: skip
@click.option(
    "--dataset", default="fashion-mnist", show_default=True, metavar="NAME", help=f"One of: {', '.join(DATASETS)}."
)
@click.option("--dry-run", is_flag=True, help="Print what would be trained, on what, and about how long; do nothing.")
@click.option("--results", "results_dir", type=click.Path(path_type=Path), default=None, metavar="DIR",
              help="Results folder [default: results/ for the full profile, else runs/<profile>-<dataset>/].")  # fmt: skip
def main(
    everything: bool, sections: tuple[str, ...], retrain: tuple[str, ...], again: tuple[str, ...], show_status: bool, check: bool,
    revision: str | None, delivery: str | None, ai_use: str, notebook: Path | None, save: bool, profile: str, seeds: int | None,
    device: str, executor: str, jobs: int | None, data_dir: Path | None, dataset: str, dry_run: bool, results_dir: Path | None,
) -> None:  # fmt: skip
    """Train the grid of VAEs, judge the report's claims on the results, and render its pages.

    Without an option that says what to do, this help is printed.
    """
    with _usage():
        dataset_info(dataset)
        # What --reproduce takes by itself, one seed, is no part of the command that mends a result.
        grid = dataclasses.replace(
            make_grid(profile, dataset, 1 if again and seeds is None else seeds), seeds_asked=seeds
        )
        means = Means(device, where(executor, jobs), data_dir)
        for name in again:
            if "/" in name:
                raise LaudoError(
                    f"--reproduce {name}: it takes a run and its first seeds; say how many with --seeds N."
                )
        grid.check_names(again)
        grid.check_labels(retrain)
        store = ResultsStore(results_dir or ROOT / grid.folder, grid.options, results_dir is not None)
    if save and revision is None:
        raise click.UsageError("--save goes with --compare REV: it keeps what that revision said.")
    alone = {"--reproduce": again or None, "--compare": revision, "--deliver": delivery, "--notebook": notebook,
             "--status": show_status or None, "--check": check or None}  # fmt: skip
    given = [option for option, value in alone.items() if value is not None]
    building = everything or sections or retrain or (dry_run and not again)
    if given and (building or len(given) > 1):
        raise click.UsageError(f"{given[0]} stands alone: build or check with another command, before or after it.")
    if ai_use and delivery is None:
        raise click.UsageError("--ai-use goes with --deliver DIR: it is what the delivered page declares.")
    if again:
        reproduce(grid, store, tuple(dict.fromkeys(again)), means, dry_run)
    elif delivery is not None:
        print_delivery(delivery, grid, store, ai_use)
    elif notebook is not None:
        write_notebook(notebook)
    elif revision is not None:
        print_changes(revision, grid, store, save)
    elif show_status:
        print_status(grid, store)
    elif check:
        run_check(grid, store)
    elif everything or sections or retrain:
        if retrain and not (everything or sections):
            raise click.UsageError("--retrain goes with --all or --section SLUG: say which pages to render afterwards.")
        if everything and sections:
            raise click.UsageError("--all renders every page; leave out --section, or leave out --all.")
        build(grid, store, sections, retrain, means, dry_run)
    elif dry_run:
        raise click.UsageError(
            "--dry-run goes with --all, --section SLUG or --reproduce RUN: it prints what they would do."
        )
    else:
        click.echo(click.get_current_context().get_help())


def build(
    grid: Grid, store: ResultsStore, sections: tuple[str, ...], retrain: tuple[str, ...], means: Means, dry_run: bool
) -> None:
    """Plan, train, judge, render."""
    from report.publishing.publish import Publication
    from report.publishing.rendered import Rendered
    from report.publishing.status import reused
    from report.sections import PAGES, page, runs_of
    from vae.building.lock import sole_build
    from vae.data.raw_files import find

    with _usage():
        pages = [page(slug) for slug in dict.fromkeys(sections)] if sections else list(PAGES)
    # Before anything is trained: pages may name what the grid does not have.
    publication = Publication(grid, store, Rendered(RENDERED_DIR), DOCS_DIR)
    needed = {run for each in pages for run in runs_of(each)} | {name.partition("/")[0] for name in retrain}
    if not sections or any(name.partition("/")[0] == grid.classifier.name for name in retrain):
        needed = set(grid.specs)  # the whole grid, also the runs that no page speaks of yet
    if dry_run:
        plan = make_plan(grid, store, RUNS_DIR, needed, retrain)
        print_plan(plan, store, means.device, find(plan.info, means.data_dir, cache_dir()).words)
        return
    with sole_build(RUNS_DIR):
        store.recover()
        plan = make_plan(grid, store, RUNS_DIR, needed, retrain)
        # Also with nothing to train: a mistyped --data is never passed over.
        find(plan.info, means.data_dir, cache_dir())
        if plan.todo:
            carry_out(plan, store, means)
        else:
            for line in reused(plan, store):
                click.echo(line)
        publication.publish(pages, click.echo)
    if publication.identity.note():
        click.echo(publication.identity.note())
    click.echo("Read it: make serve")


def reproduce(grid: Grid, store: ResultsStore, runs: tuple[str, ...], means: Means, dry_run: bool) -> None:
    """Train runs again beside what is published, and compare; exit 1 if a number is outside its tolerance."""
    from vae.building.lock import sole_build
    from vae.data.raw_files import find
    from vae.reproduction.scratch import FOLDER, Scratch

    place = RUNS_DIR / FOLDER / f"{grid.profile}-{grid.dataset.dataset}"
    scratch = Scratch(grid, store, runs, place, means.device, find(grid.info, means.data_dir, cache_dir()).words)
    if dry_run:
        click.echo("\n".join(scratch.forecast()))
        return

    with sole_build(RUNS_DIR):
        store.recover()
        reproduced = scratch.reproduce(lambda plan, found: carry_out(plan, found, means), click.echo)
    if not reproduced:
        raise SystemExit(1)


def carry_out(plan: Plan, store: ResultsStore, means: Means) -> None:
    """Train and evaluate what a plan says."""
    from vae.building.pipeline import Places, execute
    from vae.building.progress import Progress

    execute(plan, store, Places(means.data_dir, cache_dir()), means.device, Progress(), means.where)


def cache_dir() -> Path:
    """Return where decompressed data sets are kept."""
    return Path(os.environ.get("LAUDO_CACHE") or ROOT / ".cache")


@contextmanager
def _usage() -> Iterator[None]:
    """Make what was typed wrong a usage error, with its exit code."""
    try:
        yield
    except SpecError:
        raise
    except LaudoError as error:
        raise click.UsageError(str(error)) from error


def print_plan(plan: Plan, store: ResultsStore, device: str, data: str) -> None:
    """Print what a build would do, on what, and about how long."""
    from vae.building.forecast import forecast

    for line in forecast(plan, store, device, data).lines:
        click.echo(line)


def print_status(grid: Grid, store: ResultsStore) -> None:
    """Print the state of every run and page, and why; exit 1 if a result is damaged."""
    from report.publishing.publish import Publication
    from report.publishing.rendered import Rendered
    from report.publishing.status import state

    found = state(grid, store, RUNS_DIR, Publication(grid, store, Rendered(RENDERED_DIR), DOCS_DIR))
    for line in found.lines:
        click.echo(line)
    if found.damaged:
        raise SystemExit(1)


def print_changes(revision: str, grid: Grid, store: ResultsStore, save: bool) -> None:
    """Print what changed since the results of a revision, and keep what it said if it is the publication before."""
    from report.comparison.past import compare_with
    from report.comparison.revision import RevisionError
    from report.comparison.text import lines
    from report.publishing.rendered import ESTIMATES
    from vae.building.lock import sole_build

    try:
        with sole_build(RUNS_DIR):  # also to read: the estimates are kept for the next time
            tell = partial(click.echo, err=True)
            compared = compare_with(ROOT, revision, grid, store, RENDERED_DIR / ESTIMATES, save, tell)
    except RevisionError as error:
        raise click.UsageError(str(error)) from error
    for line in lines(compared, store.root):
        click.echo(line)


def print_delivery(named: str, grid: Grid, store: ResultsStore, ai_use: str) -> None:
    """Write the delivery folder, and print what was done and what is left to do."""
    from report.delivery.deliver import deliver
    from report.delivery.folder import DeliveryError, folder_of
    from report.publishing.publish import Publication
    from report.publishing.rendered import Rendered
    from vae.building.lock import sole_build

    try:
        with sole_build(RUNS_DIR):
            publication = Publication(grid, store, Rendered(RENDERED_DIR), DOCS_DIR)
            deliver(folder_of(named), publication, ai_use, click.echo)
    except DeliveryError as error:
        raise click.UsageError(str(error)) from error


def write_notebook(path: Path) -> None:
    """Write the notebook, and say what keeps Colab from opening it by a link."""
    from report.notebook.compose import NotebookError, write
    from report.settings import read_identity

    identity = read_identity()
    try:
        write(path, identity)
    except NotebookError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"Written: {path}")
    click.echo(identity.colab_note())


def run_check(grid: Grid, store: ResultsStore) -> None:
    """Print every fault of results and pages; exit 1 if there is one."""
    from report.publishing.check import faults

    found = list(faults(grid, store, RUNS_DIR, RENDERED_DIR, DOCS_DIR, click.echo))
    for fault in found:
        click.echo(fault, err=True)
    if found:
        click.echo(f"{len(found)} {'fault' if len(found) == 1 else 'faults'}.", err=True)
        if sum("build.py --section" in fault for fault in found) > 1:
            click.echo(f"All pages at once: python build.py --all{store.options}", err=True)
        raise SystemExit(1)
    click.echo("No fault found.")


def run() -> None:
    """Run the command line."""
    command.run(lambda: main(standalone_mode=False))


if __name__ == "__main__":
    run()
