import dataclasses

import pytest

from vae import grid as module
from vae.data.datasets import FASHION_MNIST
from vae.errors import LaudoError
from vae.grid import FIRST_SEED, PROFILES, SEEDS, make_grid
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
    rows = (module.Row("a", 2, 3, 1, seeds=1), module.Row("b", 2, 4, 1, seeds=3))
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
