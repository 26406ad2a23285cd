import dataclasses

import pytest

from vae import grid as module
from vae.data.datasets import DATASETS, FASHION_MNIST
from vae.errors import LaudoError, SpecError
from vae.grid import FIRST_SEED, PROFILES, QUICK_TRAIN_IMAGES, SEEDS, Row, alike_but_for, make_grid
from vae.spec import RunSpec, training_key, trajectory_key


@pytest.mark.parametrize("profile", PROFILES)
def test_data_and_classifier_come_before_the_runs_of_the_reference(profile: str) -> None:
    assert list(make_grid(profile).specs)[:6] == ["dataset", "classifier", "e10", "e50", "e100", "e10-l50"]


@pytest.mark.parametrize("profile", PROFILES)
def test_every_run_is_another_training_or_length(profile: str) -> None:
    runs = make_grid(profile).runs
    assert len({training_key(run, "data") for run in runs}) == len({run.name for run in runs}) == len(runs)


def test_the_full_grid_holds_the_reference() -> None:
    grid = make_grid("full")
    found = [(run.name, run.latent_dim, run.epochs, run.beta, run.training.batch_size) for run in grid.runs]
    assert found[:4] == [
        ("e10", 2, 10, 1.0, 128), ("e50", 2, 50, 1.0, 128), ("e100", 2, 100, 1.0, 128), ("e10-l50", 50, 10, 1.0, 128),
    ]  # fmt: skip
    assert {run.training.learning_rate for run in grid.runs} == {2e-3}
    assert {run.training.train_images for run in grid.runs[:4]} == {None}
    assert all(len(seeds) >= SEEDS and seeds[0] == FIRST_SEED for seeds in grid.run_seeds.values())


@pytest.mark.parametrize("profile", PROFILES)
def test_two_dimensional_runs_share_one_trajectory(profile: str) -> None:
    keys = {run.name: trajectory_key(run, "data") for run in make_grid(profile).runs}
    assert keys["e10"] == keys["e50"] == keys["e100"] != keys["e10-l50"]


def test_quick_is_smaller_in_all_that_takes_time() -> None:
    full, quick = make_grid("full"), make_grid("quick")
    assert len(quick.seeds) == 1
    assert all(small.epochs < large.epochs for small, large in zip(quick.runs, full.runs, strict=True))
    assert quick.classifier.epochs < full.classifier.epochs
    assert quick.evaluation.prior_samples < full.evaluation.prior_samples


def test_seeds_replace_those_of_the_profile_for_runs_only() -> None:
    grid = make_grid("quick", "digits", seeds=3)
    assert grid.seeds_of("e10") == (42, 43, 44)
    assert grid.seeds_of("dataset") == grid.seeds_of("classifier") == (FIRST_SEED,)
    assert all(isinstance(grid.specs[run.name], RunSpec) and run.dataset == "digits" for run in grid.runs)


def test_runs_may_have_seeds_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (Row("a", 2, 3, seeds=1), Row("b", 2, 4, seeds=3))
    monkeypatch.setattr(module, "RUNS", rows)
    grid = make_grid()
    assert (grid.seeds_of("a"), grid.seeds_of("b"), grid.seeds) == ((42,), (42, 43, 44), (42, 43, 44))
    assert grid.seeds_apart
    assert make_grid(seeds=2).run_seeds == {"a": (42, 43), "b": (42, 43)}
    assert not make_grid(seeds=2).seeds_apart
    assert make_grid("quick").run_seeds == {"a": (42,), "b": (42,)}, "a few minutes, whatever is published"


def test_a_data_set_is_described_as_far_as_it_is_looked_at() -> None:
    grid = make_grid()
    assert grid.info == FASHION_MNIST
    few = dataclasses.replace(grid.evaluation, test_images=50)
    assert dataclasses.replace(grid, evaluation=few).info == dataclasses.replace(FASHION_MNIST, test_images=50)
    many = dataclasses.replace(grid.evaluation, test_images=10**6)
    assert dataclasses.replace(grid, evaluation=many).info == FASHION_MNIST


@pytest.mark.parametrize("seeds", [0, -1])
def test_no_seed_is_refused_with_a_remedy(seeds: int) -> None:
    with pytest.raises(LaudoError, match=rf"--seeds {seeds}.*--seeds 1"):
        make_grid("full", "fashion-mnist", seeds)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"latent_dim": 0}, "latent_dim=0: it must be a whole number, at least 1"),
        ({"latent_dim": 2.5}, "latent_dim=2.5: it must be a whole number"),
        ({"epochs": 0}, "epochs=0: it must be a whole number, at least 1"),
        ({"beta": -1.0}, "beta=-1.0: it must be a number, zero or greater"),
        ({"beta": float("nan")}, "beta=nan: it must be a number"),
        ({"beta": "1"}, "beta='1': it must be a number"),
        ({"code": "median"}, "code='median': it must be one of 'sample', 'mean', 'stopped'"),
        ({"precision": "float16"}, "precision='float16': it must be one of 'float32', 'bfloat16'"),
        ({"train_images": 0}, "train_images=0: it must be a whole number up to 48600, or None for all"),
        ({"train_images": 48_601}, "train_images=48601: it must be a whole number up to 48600, or None for all"),
        ({"train_images": "600"}, "train_images='600': it must be a whole number"),
        ({"seeds": 0}, "seeds=0: it must be a whole number from 1 to 100"),
        ({"seeds": 101}, "seeds=101: it must be a whole number from 1 to 100"),
        ({"seeds": "3"}, "seeds='3': it must be a whole number from 1 to 100"),
        ({"seeds": 2.0}, "seeds=2.0: it must be a whole number from 1 to 100"),
        ({"latent_dim": True}, "latent_dim=True: it must be a whole number"),
        ({"train_images": 600.0}, "train_images=600.0: it must be a whole number"),
    ],
)
def test_what_no_run_can_be_is_named_with_its_run(changed: dict[str, object], said: str) -> None:
    with pytest.raises(SpecError) as raised:
        Row("e10-l30", **changed)  # type: ignore[arg-type]
    assert str(raised.value).startswith(f"Run 'e10-l30' (RUNS in vae/grid.py): {said}")


@pytest.mark.parametrize("name", ["", "E10", "e10/l3", "e10.5", "-e10", "dataset", "classifier", 10])
def test_a_name_is_one_of_a_folder_and_no_other_entrys(name: str) -> None:
    with pytest.raises(SpecError, match=rf"Run '{name}'.*name="):
        Row(name)


def test_two_runs_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RUNS", (Row("a"), Row("b"), Row("a", 3)))
    with pytest.raises(SpecError, match="Run 'a' stands twice in RUNS"):
        make_grid()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_run_of_fewer_images_is_one_on_every_data_set(
    profile: str, dataset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = (600, QUICK_TRAIN_IMAGES, 6_000)
    monkeypatch.setattr(module, "RUNS", (Row("all"), *(Row(f"n{count}", train_images=count) for count in counts)))
    grid = make_grid(profile, dataset)
    used = [run.training.train_images or grid.info.train_images for run in grid.runs]
    assert used[0] == min(grid.info.train_images, QUICK_TRAIN_IMAGES if profile == "quick" else 10**6)
    assert used[1] == 600
    assert used[1:] == sorted(used[1:]), "more asked for, no fewer used"
    assert all(count < used[0] for count in used[1:]), "a label says how many they are"


def test_a_quick_run_has_at_least_two_epochs_and_no_more_than_the_full_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RUNS", tuple(Row(f"e{epochs}", epochs=epochs) for epochs in (1, 2, 10, 35, 200)))
    assert [run.epochs for run in make_grid("quick").runs] == [1, 2, 2, 3, 20]


def test_runs_alike_but_for_one_field_are_found_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        Row("a"),
        Row("wide", 20, seeds=1),
        Row("long", 2, 50),
        Row("mid", 5),
        Row("b5", 5, beta=5.0),
        Row("half", beta=0.5),
    )
    monkeypatch.setattr(module, "RUNS", rows)
    assert alike_but_for("a", "latent_dim") == alike_but_for("wide", "latent_dim") == ("a", "mid", "wide")
    assert alike_but_for("a", "epochs") == ("a", "long")
    assert alike_but_for("a", "beta") == ("half", "a")
    assert alike_but_for("a", "latent_dim", "beta") == ("half", "a", "mid", "b5", "wide")
    assert alike_but_for("e10", "beta") == ()


def test_runs_of_all_images_come_after_those_of_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module, "RUNS", (Row("all"), Row("some", train_images=600), Row("long", epochs=50, train_images=600))
    )
    assert alike_but_for("all", "train_images", "epochs") == ("some", "long", "all")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("e51", "Unknown run 'e51'. Did you mean e50"),
        ("e51/42", "Unknown run 'e51'. Did you mean e50"),
        ("e50/41", "No seed '41' in 'e50/41': e50 has 42, 43, 44"),
        ("e50/", "No seed '' in 'e50/'"),
        ("e50/42/1", "No seed '42/1'"),
        ("classifier/43", "classifier has 42"),
    ],
)
def test_a_result_that_the_grid_has_not_is_named(name: str, said: str) -> None:
    grid = make_grid(seeds=3)
    grid.check_labels(["e50", "e50/44", "classifier/42", "dataset"])
    with pytest.raises(LaudoError) as raised:
        grid.check_labels(["e50", name])
    assert said in str(raised.value)


def test_a_weight_without_decimals_is_the_same_training() -> None:
    (whole, real) = (Row("a", beta=beta).spec(FASHION_MNIST, quick=False) for beta in (100, 100.0))
    assert training_key(whole, "data") == training_key(real, "data")


def test_the_options_of_a_command_mean_this_grid() -> None:
    assert make_grid().options == ""
    assert make_grid("quick", "digits", 4).options == " --profile quick --dataset digits --seeds 4"


def test_a_row_of_the_published_data_set_has_the_images_that_it_says() -> None:
    for images in (600, 30_000, 48_600):
        assert Row("a", train_images=images).spec(FASHION_MNIST, quick=False).training.train_images == images
