"""A build on a Dask cluster of real processes: the same bytes, whoever dies."""

import io
import os
import shutil
import socket
import sys
import threading
from pathlib import Path

import pytest
from distributed import Client, get_worker

from tests.cluster.conftest import ROOT, Build, DaskCluster, until
from tests.cluster.small import GRID, LONG, grid, numbers, run
from vae.building import cluster, pipeline
from vae.building.cluster import dask_workers
from vae.building.executors import workers
from vae.building.progress import Progress
from vae.building.where import Where
from vae.errors import ClusterError, LaudoError, TrainingError
from vae.storage.store import ResultsStore
from vae.updates import Update


class Watch(Progress):
    """A progress that is kept as text, and lets a test wait for an epoch of a run."""

    def __init__(self, label: str, epoch: int) -> None:
        self.text = io.StringIO()
        super().__init__(self.text)
        self._label, self._epoch = label, epoch
        self.reached = threading.Event()

    def show(self, update: Update) -> None:
        super().show(update)
        if update.label == self._label and update.epoch >= self._epoch:
            self.reached.set()


def busy(client: Client) -> list[str]:
    """The addresses of the workers that have something to do."""
    return [worker for worker, keys in client.processing().items() if keys]


def test_three_workers_give_the_bytes_of_this_process(build: Build, dask: DaskCluster, tmp_path: Path) -> None:
    three = Where(scheduler=dask.at_least(3).address)
    here = build("here", GRID)
    progress = Watch("a1+a2+a6/42", 1)
    there = build("there", GRID, three, progress)
    assert numbers(there) == numbers(here)
    assert len(numbers(here)) == 2 * 7 + 2, "results and arrays of each entry, and two published weights"
    assert there.faults() == []
    text = progress.text.getvalue()
    for label in ("a1+a2+a6/42", "b2/42", "c2/42", "classifier/42"):
        assert f"training {label} to epoch" in text
        assert f"\n{label}: epoch" in text, "its last epoch, with its losses"
    for label in ("dataset/42", "classifier/42", "a1/42", "c2/42"):
        assert f"stored {label}" in text
    with dask.client() as client:
        loaded = client.run_on_scheduler(lambda: {name.partition(".")[0] for name in sys.modules})
    assert not loaded & {"torch", "vae"}, "the scheduler needs no code of ours, and does not stand still to load it"
    checkpoints = {path.relative_to(tmp_path / "there") for path in (tmp_path / "there/runs").rglob("epoch-*")}
    assert checkpoints == {path.relative_to(tmp_path / "here") for path in (tmp_path / "here/runs").rglob("epoch-*")}
    longer = grid(*GRID.runs, run("a8", 8))
    assert numbers(build("there", longer, three)) == numbers(build("here", longer))
    sessions = there.provenance("a8", 42)["training"]
    assert [session["until"] for session in sessions] == [6, 8], "it went on from the manager's checkpoint"


def test_each_build_finds_its_data_set_on_every_worker(lonely: DaskCluster) -> None:
    def give(*names: str) -> None:
        for name in names:
            with dask_workers(lonely.address, name * 64, name.encode(), "cpu", print):
                pass

    def received() -> list[bytes]:  # found on the worker, which has not this module
        from vae.building import received

        return list(received._received.values())

    def kept() -> list[list[bytes]]:
        with lonely.client() as client:
            return list(client.run(received).values())

    lonely.at_least(1)
    give("x", "y", "x")
    assert kept() == [[b"y", b"x"]]
    give("z", "x")
    assert kept() == [[b"z", b"x"]]
    lonely.at_least(2)
    assert kept() == [[b"z", b"x"]] * 2, "also on a worker that comes later"


def test_a_stopped_build_leaves_no_training_behind(
    build: Build, dask: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = Watch("a1+a9999/42", 2)
    original = pipeline.wait

    def wait(*arguments: object, **options: object) -> object:
        if progress.reached.is_set():
            raise KeyboardInterrupt
        return original(*arguments, **options)

    monkeypatch.setattr(pipeline, "wait", wait)
    with pytest.raises(KeyboardInterrupt):
        build("there", LONG, Where(scheduler=dask.at_least(1).address), progress)
    with dask.client() as client:
        until(lambda: not any(client.run(lambda dask_worker: len(dask_worker.active_threads)).values()))


def test_a_training_that_fails_there_does_not_keep_others_from_ending(
    build: Build, dask: DaskCluster, tmp_path: Path
) -> None:
    wild = grid(run("a1", 1, learning_rate=1e30), run("b2", 2, latent_dim=4))
    with pytest.raises(TrainingError, match="Run a1: the loss is no longer finite at epoch 1"):
        build("there", wild, Where(scheduler=dask.at_least(1).address))
    assert ResultsStore(tmp_path / "there/results").has("b2", 42)


def test_a_damaged_checkpoint_is_named_where_it_is(build: Build, dask: DaskCluster, tmp_path: Path) -> None:
    where = Where(scheduler=dask.at_least(1).address)
    build("there", grid(run("a1", 1), run("a2", 2)), where)
    (newest,) = (tmp_path / "there/runs").rglob("epoch-0002.safetensors")
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    with pytest.raises(
        TrainingError, match=f"The checkpoint {newest} is damaged.*goes on from epoch 1, the newest one"
    ):
        build("there", grid(run("a1", 1), run("a2", 2), run("a3", 3)), where)


def test_a_training_whose_worker_is_killed_is_done_elsewhere(build: Build, dask: DaskCluster) -> None:
    lasting = grid(run("a60", 60))
    progress = Watch("a60/42", 5)
    address = dask.at_least(2).address
    store: list[ResultsStore] = []
    builder = threading.Thread(
        target=lambda: store.append(build("there", lasting, Where(scheduler=address), progress)), daemon=True
    )
    builder.start()
    assert progress.reached.wait(60)
    with dask.client() as client:
        until(lambda: len(busy(client)) == 1)  # the classifier, if it was trained beside it, is done
        pids = client.run(os.getpid, workers=busy(client))
    (victim,) = [process for process in dask.workers if process.pid in pids.values()]
    victim.kill()
    builder.join(60)
    assert store, progress.text.getvalue()
    assert "training a60/42 to epoch 60 again, elsewhere" in progress.text.getvalue()
    assert numbers(store[0]) == numbers(build("here", lasting))


def test_without_workers_the_build_ends_soon_and_keeps_what_was_finished(
    build: Build, dask: DaskCluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_WITHOUT_WORKERS", 2.0)
    progress = Watch("a400/42", 2)
    where = Where(scheduler=dask.at_least(1).address)
    build("there", grid(), where)

    def kill_all() -> None:
        assert progress.reached.wait(60)
        for process in dask.workers:
            process.kill()

    killer = threading.Thread(target=kill_all)
    killer.start()
    with pytest.raises(ClusterError, match=f"There is no worker at {dask.address}. Start one, .*dask worker"):
        build("there", grid(run("a400", 400)), where, progress)
    killer.join()
    store = ResultsStore(tmp_path / "there/results")
    assert (store.stored(), store.faults()) == ({"classifier": [42], "dataset": [42]}, [])


def test_a_scheduler_that_goes_away_is_a_sentence(build: Build, lonely: DaskCluster) -> None:
    progress = Watch("classifier/42", 0)
    killer = threading.Thread(target=lambda: progress.reached.wait(60) and lonely.scheduler.kill())
    killer.start()
    with pytest.raises(ClusterError, match=r"The connection to the scheduler at .* is lost. What was finished is kept"):
        build("there", LONG, Where(scheduler=lonely.at_least(1).address), progress)
    killer.join()


def test_with_a_gpu_asked_for_only_workers_that_offer_one_are_used(lonely: DaskCluster) -> None:
    lonely.start_worker()
    lonely.start_worker("--resources", "GPU=1", "--name", "gpu")
    with dask_workers(lonely.at_least(2).address, "0" * 64, b"", "cuda", print) as workers:
        assert workers.slots() == 1
        names = [workers.executor.submit(lambda: get_worker().name).result(30) for _ in range(3)]
    assert names == ["gpu"] * 3


def test_without_a_worker_that_offers_a_gpu_the_resource_is_named(
    dask: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_WITHOUT_WORKERS", 1.0)
    with (
        pytest.raises(ClusterError, match=r"no worker that offers GPU .* --resources GPU=1"),
        dask_workers(dask.at_least(1).address, "0" * 64, b"", "cuda", print),
    ):
        pass


@pytest.mark.parametrize(("kind", "words"), [
    ("other code", "would compute other numbers: the code that makes them is"),
    ("no code", "No module named 'vae'"),
    ("two threads", "takes 2 tasks at a time.*--nthreads 1"),
])  # fmt: skip
def test_a_worker_that_would_compute_other_numbers_is_named(
    lonely: DaskCluster, tmp_path: Path, kind: str, words: str
) -> None:
    tree = tmp_path / "tree"
    if kind != "no code":
        shutil.copytree(ROOT / "vae", tree / "vae", ignore=shutil.ignore_patterns("__pycache__"))
    if kind == "other code":
        file = tree / "vae/tasks.py"
        assert "0.5" in file.read_text()
        file.write_text(file.read_text().replace("0.5", "0.25", 1))
    tree.mkdir(exist_ok=True)
    lonely.start_worker(*(("--nthreads", "2") if kind == "two threads" else ()), tree=tree)
    address = lonely.at_least(1).address
    with pytest.raises(ClusterError, match=words), dask_workers(address, "0" * 64, b"", "cpu", print):
        pass


def test_a_scheduler_needs_no_code(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    started = DaskCluster(tmp_path, tree=empty)
    try:
        started.start_worker()
        address = started.at_least(1).address
        with dask_workers(address, "0" * 64, b"", "cpu", print) as found:
            assert found.slots() == 1
    finally:
        started.close()


def test_what_is_no_scheduler_is_told_in_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(ClusterError, match=f"No Dask scheduler answers at 127.0.0.1:{port}"):
            cluster._connect(f"127.0.0.1:{port}")
    for address in (f"127.0.0.1:{port}", "no.such.host.invalid:8786"):
        with pytest.raises(ClusterError, match=f"No Dask scheduler answers at {address}"):
            cluster._connect(address)


def test_the_package_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "vae.building.cluster")
    monkeypatch.setitem(sys.modules, "dask", None)
    with (
        pytest.raises(LaudoError, match="needs the package dask, of the extra 'cluster'"),
        workers(Where(scheduler="127.0.0.1:8786"), "0" * 64, b"", "cpu", print),
    ):
        pass
