"""Plans carried out on the tiny data set: nothing twice, nothing lost, numbers that do not depend on interruptions."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vae.tiny import INFO, SIZES, StopError
from vae import tasks
from vae import train as training
from vae.building import jobs, pipeline, received
from vae.building.plan import Action, Plan, checkpoints_of, make_plan
from vae.data.datasets import DatasetInfo
from vae.errors import LaudoError, ResultsError
from vae.evaluate import evaluate
from vae.grid import Grid
from vae.spec import ClassifierSpec, EvaluationSpec
from vae.storage.provenance import SEEN_BY
from vae.storage.results import RunResult, sha256
from vae.storage.store import ResultsStore

Execute = Callable[..., Plan]


@pytest.fixture(autouse=True)
def few_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """The evaluation has its own tests; here it is a part of it, so that a plan takes a second."""
    from vae.measurements.fidelity import likelihood
    from vae.measurements.subject import Arrays, Codes, Scores, Subject, encode

    def short(subject: Subject) -> tuple[Scores, Arrays]:
        splits = (subject.data.train, subject.data.validation, subject.data.test)
        return likelihood(subject, Codes(*(encode(subject.model, split.images) for split in splits)))

    import torch

    monkeypatch.setattr(jobs, "evaluate", torch.no_grad()(short))


def numbers(store: ResultsStore) -> dict[str, bytes]:
    files = (path for path in sorted(store.root.rglob("*")) if path.is_file())
    return {
        path.relative_to(store.root).as_posix(): path.read_bytes()
        for path in files
        if path.name in ("result.json", "arrays.npz", "weights.safetensors")
    }


def kill_after(monkeypatch: pytest.MonkeyPatch, epoch: int) -> None:
    """Make every training die after it saved an epoch."""
    monkeypatch.setattr(training, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
    original = training.CheckpointFolder.prune

    def prune(self: training.CheckpointFolder, keep: set[int], until: int) -> None:
        original(self, keep, until)
        if until == epoch:
            raise StopError

    monkeypatch.setattr(training.CheckpointFolder, "prune", prune)


def test_a_plan_fills_the_store_and_the_next_one_is_empty(execute: Execute, store: ResultsStore, grid: Grid) -> None:
    first = execute()
    assert len(first.todo) == 1 + 1 + 4 * 2
    before = numbers(store)
    assert store.faults() == []
    second = execute()
    assert second.todo == ()
    assert numbers(store) == before
    assert {name for name in grid.specs if store.weights(name, 42)} == grid.stored_whole
    assert store.weights("a1", 43) is None, "only the first seed's weights are published"
    lengths = {run.name: len(store.load(run.name, 42).history["train_bce"]) for run in grid.runs}
    assert lengths == {"a1": 1, "a2": 2, "a3": 3, "b1": 1}
    assert store.load("a3", 42).history["train_bce"][:2] == store.load("a2", 42).history["train_bce"]
    assert store.load("a2", 42).score("test_bce") != store.load("a3", 42).score("test_bce")
    accuracy = store.load("classifier", 42)
    assert accuracy.array("confusion").sum() == 60
    assert accuracy.array("confusion").trace() / 60 == pytest.approx(accuracy.score("test_accuracy"))
    assert store.load("dataset", 42).array("fixed_images").shape == (4 * SIZES.fixed_per_class, 28, 28)
    provenance = store.provenance("a2", 42)
    eye = store.weights("classifier", 42)
    assert eye and provenance["evaluation"][SEEN_BY] == sha256(eye.read_bytes())
    assert SEEN_BY not in store.provenance("classifier", 42)["evaluation"]
    assert len(provenance["epoch_seconds"]) == 2
    assert [session["until"] for session in provenance["training"]] == [2]
    assert provenance["evaluation"]["finished"]


def test_a_build_says_how_many_results_it_has_made_and_how_many_it_makes(
    execute: Execute, capsys: pytest.CaptureFixture[str]
) -> None:
    execute("dataset", "a1")
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("stored")]
    assert [line.rsplit(" ", 3)[1:] for line in lines] == [[f"({n}", "of", "4)"] for n in (1, 2, 3, 4)]


def test_a_build_that_was_killed_gives_the_same_numbers(
    execute: Execute, store: ResultsStore, tmp_path: Path, grid: Grid
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        kill_after(patch, 2)
        with pytest.raises(StopError):
            execute("a1", "a3")
    execute("a1", "a3")
    stopped = numbers(store)
    other = ResultsStore(tmp_path / "undisturbed")
    plan = make_plan(grid, other, tmp_path / "other-runs", {"a1", "a3"})
    pipeline.execute(plan, other, pipeline.Places(None, tmp_path), "cpu", pipeline.Progress())
    assert numbers(other) == stopped


def test_retraining_goes_on_after_a_stop_and_leaves_other_snapshots(
    execute: Execute, store: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    execute("a1", "a2", "a3")
    before = numbers(store)
    folder = training.CheckpointFolder(checkpoints_of(tmp_path / "runs", INFO, grid.specs["a2"], 42))
    untouched = folder.file(3).stat().st_mtime_ns
    with pytest.MonkeyPatch.context() as patch:
        kill_after(patch, 1)
        with pytest.raises(StopError):
            execute("a2", retrain=("a2",))
    assert folder.epochs() == [1, 3], "trained from nothing to the first epoch"
    assert numbers(store) == before, "the old result stays until the new one is there"
    first_epoch = folder.file(1).stat().st_mtime_ns
    execute("a2", retrain=("a2",))
    assert folder.file(1).stat().st_mtime_ns == first_epoch, "went on, did not begin again"
    assert folder.epochs() == [1, 2, 3]
    assert folder.file(3).stat().st_mtime_ns == untouched
    assert numbers(store) == before
    assert not (folder.path / pipeline.RETRAINING).exists()


def test_after_a_killed_retraining_of_the_classifier_no_two_results_were_seen_by_two(
    execute: Execute, store: ResultsStore, grid: Grid
) -> None:
    few = dataclasses.replace(grid, runs=grid.runs[:3], run_seeds=dict.fromkeys(grid.run_seeds, (42,)))
    names = [run.name for run in few.runs]
    execute(grid=few)
    before = store.weights_sha256("classifier", 42)
    task, save = tasks.classifier_task, ResultsStore.save

    def elsewhere(spec: ClassifierSpec, info: DatasetInfo) -> tasks.Task:
        """The same classifier, to other weights, as another machine would train it."""
        return task(dataclasses.replace(spec, learning_rate=spec.learning_rate / 2), info)

    def until(self: ResultsStore, result: RunResult, weights: bytes | None = None) -> None:
        if result.run == "a2":
            raise StopError
        save(self, result, weights)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tasks, "classifier_task", elsewhere)
        patch.setattr(ResultsStore, "save", until)
        with pytest.raises(StopError):
            execute(grid=few, retrain=("classifier",))
    now = store.weights_sha256("classifier", 42)
    assert [store.seen_by(name, 42) for name in names] == [now, before, before]
    assert {step.label: step.action for step in execute(grid=few).todo} == dict.fromkeys(
        ("a2/42", "a3/42"), Action.EVALUATE
    )
    assert {store.seen_by(name, 42) for name in names} == {now} != {before}
    assert execute(grid=few).todo == ()


def test_a_run_between_others_is_trained_while_they_are_evaluated(
    execute: Execute, store: ResultsStore, grid: Grid
) -> None:
    ends = dataclasses.replace(grid, runs=(grid.runs[0], grid.runs[2]), run_seeds=dict.fromkeys(grid.run_seeds, (42,)))
    execute(grid=ends)
    history = store.load("a3", 42).history
    wider = dataclasses.replace(
        grid, run_seeds=dict.fromkeys(grid.run_seeds, (42,)), evaluation=dataclasses.replace(SIZES, iwae_samples=2)
    )
    plan = execute("a1", "a2", "a3", grid=wider)
    actions = {step.label: step.action for step in plan.steps}
    assert (actions["a1/42"], actions["a2/42"], actions["a3/42"]) == (Action.EVALUATE, Action.TRAIN, Action.EVALUATE)
    assert store.load("a2", 42).history["train_bce"] == history["train_bce"][:2]


def test_an_evaluation_from_published_weights_keeps_history_and_provenance(
    execute: Execute, store: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    import shutil

    one = dataclasses.replace(grid, run_seeds=dict.fromkeys(grid.run_seeds, (42,)))
    execute("a1", "a3", grid=one)
    before = {name: store.load(name, 42) for name in ("a1", "a3")}
    shutil.rmtree(tmp_path / "runs")
    plan = execute("a1", "a3", grid=dataclasses.replace(one, evaluation=EvaluationSpec(iwae_images=5, iwae_samples=2)))
    assert {step.action for step in plan.todo} == {Action.EVALUATE}
    for name, old in before.items():
        new = store.load(name, 42)
        assert new.history.keys() == old.history.keys()
        for column, values in new.history.items():
            # -ELBO and deviance are computed again, from terms that were rounded when they were stored.
            derived = column.endswith(("_neg_elbo", "_deviance"))
            expected = pytest.approx(old.history[column], rel=1e-8) if derived else old.history[column]
            assert values == expected, column
        assert new.provenance["training"] == old.provenance["training"]
        assert new.provenance["epoch_seconds"] == old.provenance["epoch_seconds"]
        assert new.keys.training == old.keys.training
        assert new.keys.evaluation != old.keys.evaluation
        assert store.weights(name, 42) is not None


def test_a_folder_that_takes_no_results_is_named_before_anything_is_done(
    grid: Grid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "run", lambda job, show: pytest.fail(f"{job.label} was begun"))
    (tmp_path / "taken").write_text("no folder")  # whatever the permissions of who runs the tests
    store = ResultsStore(tmp_path / "taken" / "results")
    plan = make_plan(grid, store, tmp_path / "runs", {"a1"})
    with pytest.raises(
        ResultsError, match=rf"Cannot write results to {store.root} \(Not a directory\)\..*--results DIR"
    ):
        pipeline.execute(plan, store, pipeline.Places(None, tmp_path), "cpu", pipeline.Progress())
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_looking_whether_results_can_be_written_leaves_nothing(execute: Execute, store: ResultsStore) -> None:
    execute("a1")
    names = {path.name for path in store.root.iterdir()}
    assert names == {"manifest.json", *store.stored()}


def test_a_device_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(LaudoError, match=r"--device cuda: no such device.*Available: .*cpu"):
        received.choose_device("cuda")
    assert received.choose_device("cpu").type == "cpu"


def test_the_short_evaluation_of_these_tests_is_not_the_real_one() -> None:
    assert jobs.evaluate is not evaluate
