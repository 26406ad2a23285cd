import dataclasses
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vae.storage.test_store import relist
from tests.vae.tiny import INFO, make_result
from vae import spec
from vae.building.forecast import EVALUATION_SECONDS, LEAST_SHARE, forecast
from vae.building.plan import Action, Plan, State, by_training, checkpoints_of, keys_of, make_plan, status
from vae.errors import ResultsError
from vae.grid import Grid
from vae.spec import ConvSpec, EvaluationSpec
from vae.storage.provenance import SEEN_BY
from vae.storage.results import RESULT_FILE, dump_json, sha256
from vae.storage.store import ResultsStore

Planner = Callable[..., Plan]


@pytest.fixture
def plan(grid: Grid, store: ResultsStore, tmp_path: Path) -> Planner:
    def run(*needed: str, retrain: tuple[str, ...] = (), grid: Grid = grid) -> Plan:
        return make_plan(grid, store, tmp_path / "runs", needed or tuple(grid.specs), retrain)

    return run


@pytest.fixture
def filled(grid: Grid, store: ResultsStore) -> ResultsStore:
    """A store that has everything of the grid; weights of the first seed only, as published."""
    for name, entry in grid.specs.items():
        for seed in grid.seeds_of(name):
            result = make_result(name, seed)
            result = dataclasses.replace(result, spec=spec.canonical(entry), keys=keys_of(grid, INFO, entry))
            store.save(result, b"weights" if seed == 42 else None)
    return store


def found(plan: Plan) -> dict[str, tuple[State, Action]]:
    return {step.label: (step.state, step.action) for step in plan.steps}


def checkpoint(grid: Grid, tmp_path: Path, run: str, seed: int, epoch: int) -> None:
    folder = checkpoints_of(tmp_path / "runs", INFO, grid.specs[run], seed)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"epoch-{epoch:04d}.safetensors").write_bytes(b"")


def test_nothing_is_stored(plan: Planner) -> None:
    steps = found(plan())
    assert steps.pop("dataset/42") == (State.MISSING, Action.EVALUATE)
    assert set(steps.values()) == {(State.MISSING, Action.TRAIN)}
    assert len(steps) == 1 + 4 * 2


def test_everything_is_fresh(plan: Planner, filled: ResultsStore) -> None:
    assert set(found(plan()).values()) == {(State.FRESH, Action.NOTHING)}
    assert plan().todo == ()


def test_a_spec_read_from_a_result_has_its_keys(grid: Grid) -> None:
    for each in grid.specs.values():
        assert keys_of(grid, INFO, spec.canonical(each)) == keys_of(grid, INFO, each)


def test_only_what_is_needed_is_planned_with_data_and_classifier(plan: Planner, filled: ResultsStore) -> None:
    assert list(found(plan("a2"))) == ["dataset/42", "a2/42", "a2/43"]
    assert "classifier/42" in found(plan("a2", retrain=("a2",))), "an evaluation looks through the classifier"


def test_another_spec_is_stale_and_names_why(plan: Planner, filled: ResultsStore, grid: Grid) -> None:
    slower = dataclasses.replace(grid.runs[3], training=dataclasses.replace(grid.runs[3].training, learning_rate=1e-4))
    steps = {step.label: step for step in plan(grid=dataclasses.replace(grid, runs=(*grid.runs[:3], slower))).steps}
    assert (steps["b1/42"].state, steps["b1/42"].action) == (State.STALE, Action.TRAIN)
    assert (
        steps["b1/42"].reason == "its spec (training.learning_rate from 0.002 to 0.0001) changed since it was trained"
    )
    assert steps["a1/42"].state is State.FRESH


def test_another_evaluation_trains_only_what_has_no_weights(
    plan: Planner, filled: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    checkpoint(grid, tmp_path, "a2", 43, 2)
    other = dataclasses.replace(grid, evaluation=EvaluationSpec(iwae_samples=2))
    steps = found(plan(grid=other))
    assert steps["a1/42"] == (State.STALE, Action.EVALUATE), "from the published weights"
    assert steps["a2/43"] == (State.STALE, Action.EVALUATE), "from the checkpoint"
    assert steps["a1/43"] == (State.STALE, Action.TRAIN)


def test_published_weights_of_another_training_are_not_evaluated(
    plan: Planner, filled: ResultsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spec, "TRAINING_NUMERICS", spec.TRAINING_NUMERICS + 1)
    assert found(plan())["a1/42"] == (State.STALE, Action.TRAIN)


def test_raised_evaluation_numerics_evaluate_again(
    plan: Planner, filled: ResultsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spec, "EVALUATION_NUMERICS", spec.EVALUATION_NUMERICS + 1)
    assert found(plan())["a1/42"] == (State.STALE, Action.EVALUATE)


def test_another_classifier_makes_every_evaluation_stale(plan: Planner, filled: ResultsStore, grid: Grid) -> None:
    other = dataclasses.replace(grid, classifier=dataclasses.replace(grid.classifier, epochs=2))
    steps = found(plan(grid=other))
    assert steps["classifier/42"] == (State.STALE, Action.TRAIN)
    assert steps["a1/42"] == (State.STALE, Action.EVALUATE)
    assert steps["dataset/42"] == (State.FRESH, Action.NOTHING)


def seen_by(store: ResultsStore, run: str, seed: int, classifier: str) -> None:
    """Store a result again as if it had been measured with a classifier of these weights."""
    result = store.load(run, seed)
    evaluation = store.provenance(run, seed)["evaluation"] | {SEEN_BY: classifier}
    weights = store.weights(run, seed)
    made = dataclasses.replace(result, provenance={**result.provenance, "evaluation": evaluation})
    store.save(made, weights.read_bytes() if weights else None)


def test_a_classifier_that_nobody_asked_for_and_is_trained_measures_what_is_stored_again(
    plan: Planner, filled: ResultsStore
) -> None:
    shutil.rmtree(filled.folder("classifier", 42))
    shutil.rmtree(filled.folder("a2", 43))
    steps = found(plan("a1", "a2"))  # as a page asks that does not speak of the classifier
    assert steps["classifier/42"] == (State.MISSING, Action.TRAIN)
    assert {steps[label][1] for label in ("a1/42", "a2/42")} == {Action.EVALUATE}
    assert steps["a1/43"][1] is Action.TRAIN, "its weights are not published"


def test_a_classifier_that_comes_from_a_checkpoint_measures_what_is_stored_again(
    plan: Planner, filled: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    # What is left of another training of it, whose weights may be others than those that were stored.
    shutil.rmtree(filled.folder("classifier", 42))
    checkpoint(grid, tmp_path, "classifier", 42, grid.classifier.epochs)
    steps = found(plan())
    assert steps["classifier/42"] == (State.MISSING, Action.EVALUATE)
    assert steps["a1/42"][1] is Action.EVALUATE


def test_what_was_measured_with_another_classifier_is_stale(
    plan: Planner, filled: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    # A retraining of the classifier that was killed when it was stored and some runs were measured with it, others not.
    seen_by(filled, "a1", 42, sha256(b"weights"))
    seen_by(filled, "a2", 42, sha256(b"other weights"))
    seen_by(filled, "a2", 43, sha256(b"other weights"))
    steps = found(plan())
    assert steps.pop("a2/42") == (State.STALE, Action.EVALUATE)
    assert steps.pop("a2/43") == (State.STALE, Action.TRAIN)
    assert set(steps.values()) == {(State.FRESH, Action.NOTHING)}, "those that name no classifier too"
    reasons = {step.label: step.reason for step in status(grid, filled, tmp_path / "runs")}
    assert "another classifier" in reasons["a2/42"]


@pytest.mark.parametrize("made", [{}, {"evaluation": None}])
def test_a_provenance_of_another_form_names_no_classifier(
    filled: ResultsStore, grid: Grid, tmp_path: Path, made: dict[str, object]
) -> None:
    filled.save(dataclasses.replace(filled.load("a2", 43), provenance=made))
    assert {step.state for step in status(grid, filled, tmp_path / "runs")} == {State.FRESH}


def test_damage_stops_a_plan_unless_it_is_to_be_trained_again(plan: Planner, filled: ResultsStore) -> None:
    (filled.folder("a2", 43) / "arrays.npz").write_bytes(b"damage")
    with pytest.raises(ResultsError, match=r"a2/43/arrays\.npz is damaged.*--retrain a2"):
        plan()
    assert found(plan(retrain=("a2",)))["a2/43"] == (State.DAMAGED, Action.TRAIN)
    assert found(plan("a1"))["a1/42"] == (State.FRESH, Action.NOTHING)


def test_retrain_is_for_all_seeds_of_that_run_only(plan: Planner, filled: ResultsStore) -> None:
    steps = {label: action for label, (_, action) in found(plan(retrain=("a2",))).items()}
    assert {label for label, action in steps.items() if action is Action.TRAIN} == {"a2/42", "a2/43"}


def test_the_remedy_for_damage_takes_all_of_it_and_what_was_asked_for(plan: Planner, filled: ResultsStore) -> None:
    for label in ("a1/42", "a2/43"):
        (filled.root / label / "arrays.npz").write_bytes(b"damage")
    with pytest.raises(ResultsError) as raised:
        plan(retrain=("b1", "a1/42"))
    assert "a2/43/arrays.npz is damaged" in str(raised.value)
    assert str(raised.value).count("make ") == 1
    remedy = tuple(re.findall(r"--retrain (\S+)", str(raised.value)))
    assert remedy == ("b1", "a1/42", "a2/43")
    steps = {label: action for label, (_, action) in found(plan(retrain=remedy)).items()}
    assert {label for label, action in steps.items() if action is Action.TRAIN} >= {"a1/42", "a2/43"}


def test_a_damaged_classifier_stops_a_plan_that_comes_to_need_it(plan: Planner, filled: ResultsStore) -> None:
    (filled.folder("classifier", 42) / "arrays.npz").write_bytes(b"damage")
    assert "classifier/42" not in found(plan("a2"))
    with pytest.raises(
        ResultsError, match=r"classifier/42/arrays\.npz is damaged.*--retrain a2 --retrain classifier/42"
    ):
        plan("a2", retrain=("a2",))


def test_one_seed_can_be_trained_again_alone(plan: Planner, filled: ResultsStore) -> None:
    (filled.folder("a2", 43) / "arrays.npz").write_bytes(b"damage")
    with pytest.raises(ResultsError, match=r"make it again with: .*--retrain a2/43 "):
        plan()
    steps = {label: action for label, (_, action) in found(plan(retrain=("a2/43",))).items()}
    assert {label for label, action in steps.items() if action is Action.TRAIN} == {"a2/43"}


def test_snapshots_of_a_seed_are_one_training(plan: Planner) -> None:
    groups = [[step.label for step in group] for group in by_training(plan().steps)]
    assert ["a1/42", "a2/42", "a3/42"] in groups
    assert ["a1/43", "a2/43", "a3/43"] in groups
    assert ["b1/42"] in groups
    assert len(groups) == 6


def test_status_reports_damage_and_changes_nothing(filled: ResultsStore, grid: Grid, tmp_path: Path) -> None:
    (filled.folder("a2", 43) / "arrays.npz").unlink()
    steps = {step.label: step for step in status(grid, filled, tmp_path / "runs")}
    assert steps["a2/43"].state is State.DAMAGED
    assert "arrays.npz" in steps["a2/43"].reason
    assert steps["a2/42"].state is State.FRESH
    assert not (tmp_path / "runs").exists()


VALIDATION = 40 / 3  # the loss of an image costs a third of a training step on it
EPOCH = 200 + VALIDATION


def epochs_said(plan: Plan, store: ResultsStore) -> float:
    """Epochs of 200 images, and of the validation, that a forecast counts, from its seconds at the typical rate."""
    evaluations = EVALUATION_SECONDS["cpu"] * LEAST_SHARE * len(plan.todo)  # of few test images
    return (forecast(plan, store, "cpu", "a folder").seconds - evaluations) * 1_500 / EPOCH


def test_the_forecast_counts_each_epoch_of_a_trajectory_once(plan: Planner, store: ResultsStore) -> None:
    # 3 epochs of a*, 1 of b1, for two seeds, and one of the classifier.
    assert epochs_said(plan(), store) == pytest.approx(2 * (3 + 1) + 1)


def test_the_forecast_counts_on_from_checkpoints(
    plan: Planner, store: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    for seed in grid.seeds:
        checkpoint(grid, tmp_path, "a3", seed, 1)
    assert epochs_said(plan("a2", "a3"), store) == pytest.approx(2 * 2 + 1)
    checkpoint(grid, tmp_path, "a3", 42, 3)
    assert epochs_said(plan("a2"), store) == pytest.approx(1 + 1 + 1), "a later checkpoint is no way back"


def test_a_file_that_is_no_checkpoint_is_passed_over(
    plan: Planner, store: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    checkpoint(grid, tmp_path, "a3", 42, 1)
    expected = epochs_said(plan("a3"), store)
    folder = checkpoints_of(tmp_path / "runs", INFO, grid.specs["a3"], 42)
    for name in ("epoch-0002 (copy).safetensors", "epoch-last.safetensors", ".epoch-0003.safetensors.1.tmp"):
        (folder / name).write_bytes(b"")
    assert epochs_said(plan("a3"), store) == pytest.approx(expected)


def test_the_forecast_counts_only_the_images_of_a_spec(plan: Planner, store: ResultsStore, grid: Grid) -> None:
    half = tuple(
        dataclasses.replace(run, training=dataclasses.replace(run.training, train_images=100)) for run in grid.runs
    )
    expected = 2 * (3 + 1) * (100 + VALIDATION) / EPOCH + 1
    assert epochs_said(plan(grid=dataclasses.replace(grid, runs=half)), store) == pytest.approx(expected)


def test_the_forecast_goes_at_the_median_pace_of_what_is_stored(
    plan: Planner, filled: ResultsStore, grid: Grid
) -> None:
    stored = [(run.name, seed) for run in grid.runs for seed in grid.seeds_of(run.name)]
    for place, (run, seed) in enumerate(stored):
        result = filled.load(run, seed)
        session = {"device": "CPU of a test", "commit": "none"}
        made = {
            "training": [session],
            "evaluation": {"seconds": 10.0 + place},
            "images_per_second": 100.0 * (place + 1),
        }
        filled.save(dataclasses.replace(result, provenance=made))
    middle = (len(stored) - 1) / 2
    said = forecast(plan(retrain={"b1"}), filled, "cpu", "a folder")
    again = len(grid.seeds_of("b1"))
    assert said.seconds == pytest.approx(again * (EPOCH / (100 * (middle + 1)) + 10 + middle))
    assert f"the median of {len(stored)} stored results" in said.lines[-1]
    # What would be done is told, and the rest is counted.
    assert [line.split()[0].split("/")[0] for line in said.lines[:again]] == ["b1"] * again
    assert said.lines[again].split()[:4] == [str(len(plan().steps) - again), "more", "are", "fresh:"]


def test_a_fresh_grid_is_said_to_be_fresh(plan: Planner, filled: ResultsStore) -> None:
    said = forecast(plan(), filled, "cpu", "a folder")
    assert said.seconds == 0
    assert "Nothing to train" in said.lines[-1]


def test_latent_dimension_is_another_folder_of_checkpoints(grid: Grid, tmp_path: Path) -> None:
    other = dataclasses.replace(grid.runs[0], model=ConvSpec(latent_dim=9))
    assert checkpoints_of(tmp_path, INFO, other, 42) != checkpoints_of(tmp_path, INFO, grid.runs[0], 42)
    assert checkpoints_of(tmp_path, INFO, grid.runs[0], 42) == checkpoints_of(tmp_path, INFO, grid.runs[2], 42)


def test_a_stale_result_of_another_format_is_damaged_and_no_exception(
    filled: ResultsStore, grid: Grid, tmp_path: Path
) -> None:
    body = json.loads((filled.folder("a2", 43) / RESULT_FILE).read_bytes())
    body |= {"format": 0, "keys": body["keys"] | {"training": "of another spec"}}
    relist(filled, f"a2/43/{RESULT_FILE}", dump_json(body))
    steps = {step.label: step for step in status(grid, filled, tmp_path / "runs")}
    assert steps["a2/43"].state is State.DAMAGED
    assert "format 0, this version reads 1. Restore it" in steps["a2/43"].reason
