"""The workers of a Dask scheduler. What travels: the data set once to each, jobs there, results and progress back."""

import asyncio
import dataclasses
import logging
import pickle
import platform
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import dask
from distributed import Client, KilledWorker, WorkerPlugin, get_worker

from vae.building.executors import Workers
from vae.errors import ClusterError, LaudoError
from vae.storage import provenance

if TYPE_CHECKING:
    from concurrent.futures import Future

    from distributed import Worker

    from vae.building.jobs import Job, Outcome
    from vae.updates import Show, Update

SECONDS_TO_CONNECT = 5.0
# A worker that a nanny starts anew is back within this time; a laptop that was closed is not.
SECONDS_WITHOUT_WORKERS = 10.0
SECONDS_BETWEEN_LOOKS = 1.0
PACKAGES = ("torch", "torchvision", "numpy", "scikit-learn", "scipy", "distributed")
HOW = "python -m dask worker {scheduler} --nthreads 1 --memory-limit 0"


class DataSet(WorkerPlugin):
    """A data set, given to every worker that is there and to each that joins later.

    Each build gives it again: nobody knows which data sets a worker still keeps.
    """

    def __init__(self, checksum: str, packed: bytes) -> None:
        self.name = f"laudo-data-{checksum[:16]}"
        self._checksum, self._packed = checksum, packed

    async def setup(self, worker: "Worker") -> None:
        await asyncio.to_thread(self._receive)  # torch takes seconds to load, in which the worker has to answer

    def _receive(self) -> None:
        from vae.building import received

        received.receive(self._checksum, self._packed)


class Cancelled(Exception):
    """The build that asked for a job has ended."""


@cache
def code() -> dict[str, str]:
    """Return what has to be the same here and on a worker for the same numbers: the code that makes them, and versions."""
    python = ".".join(platform.python_version_tuple()[:2])
    versions = {name: version(name).partition("+")[0] for name in PACKAGES}  # without CUDA's or the CPU's suffix
    return {"the code that makes them": provenance.code(), "python": python} | versions


def run_on_worker(manager: Mapping[str, str], topic: str, job: "Job") -> "Outcome":
    """Do a job on a worker, if its code is the manager's."""
    from vae.building import jobs

    _same_code(get_worker().address, manager, code())  # also of a worker that joined after the build began
    return jobs.run(job, reporter(topic))


def reporter(topic: str) -> "Show":
    """Return what takes the updates of the task that calls this to the manager."""
    worker = get_worker()
    key = worker.get_current_task()

    def show(update: "Update") -> None:
        # A task cannot be interrupted from outside; one that nobody waits for ends itself.
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise Cancelled
        worker.log_event(topic, {"update": dataclasses.asdict(update)})  # beside it Dask puts the worker

    return show


def _unpacking() -> Callable[[bytes], Any]:
    """Return what a worker calls with a packed call.

    The scheduler unpickles what is submitted. It finds bytes, and a function that is no module's and so comes with its
    own code: it needs none of ours, and does not stand still while it loads torch.
    """

    def call(packed: bytes) -> Any:
        import pickle

        work, *arguments = pickle.loads(packed)
        return work(*arguments)

    return call


Work = Callable[[Mapping[str, str], str, Any], Any]


@contextmanager
def dask_workers(
    scheduler: str, checksum: str, packed: bytes, device: str, show: "Show", work: Work = run_on_worker
) -> Iterator[Workers]:
    """Have the workers of a scheduler (HOST:PORT); work is what they do with a job.

    With the device cuda, those that offer the resource GPU. Raises ClusterError if it cannot be reached, has no such
    workers, or workers that would compute other numbers.
    """
    from vae.updates import Update

    _silence()
    with dask.config.set({"distributed.comm.timeouts.connect": SECONDS_TO_CONNECT}):
        client = _connect(scheduler)
        resources = {"GPU": 1} if device == "cuda" else {}
        cluster = Cluster(client, scheduler, resources)
        topic = f"laudo-{client.id}"
        unpacking = _unpacking()
        executor = client.get_executor(pure=False, resources=resources)
        try:
            cluster.wait()
            cluster.judge()
            cluster.give(DataSet(checksum, packed))
            client.subscribe_topic(topic, lambda event: show(Update(**event[1]["update"])))

            def submit(job: "Job") -> "Future[Outcome]":
                return executor.submit(unpacking, pickle.dumps((work, code(), topic, job)))

            yield Workers(executor, submit, cluster.slots, shared_disk=False, threads=None, explain=cluster.explain)
        finally:
            executor.shutdown(wait=False)  # cancels what nobody waits for any more
            client.close()


def _silence() -> None:
    """Leave it to this module to say what is wrong: Dask tells each lost connection with a traceback."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _connect(scheduler: str) -> Client:
    host, _, port = scheduler.rpartition(":")
    try:
        # A client would wait for ever for something else than a scheduler to answer; a scheduler speaks first.
        with socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS_TO_CONNECT) as connection:
            if not connection.recv(1):
                raise ConnectionError("what is there hung up")
        return Client(f"tcp://{scheduler}", timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, TimeoutError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {scheduler} ({error}). Start one there (python -m dask scheduler), or "
            f"correct --executor; without it, this machine trains alone."
        ) from error


class Cluster:
    """Who is there to work."""

    def __init__(self, client: Client, scheduler: str, resources: Mapping[str, int]) -> None:
        self._client, self._scheduler, self._resources = client, scheduler, resources
        self._how = HOW.format(scheduler=scheduler) + "".join(f" --resources {name}=1" for name in resources)
        self._looked = 0.0
        self._without: float | None = None  # since when there are no workers
        self._workers: dict[str, Any] = {}

    def slots(self) -> int:
        """Return how many workers there are: each does one job at a time.

        Raises ClusterError when there was none for a while, or the scheduler is gone.
        """
        now = time.monotonic()
        if now - self._looked > SECONDS_BETWEEN_LOOKS:
            self._workers = self._look()
            self._looked = time.monotonic()
        if self._workers:
            self._without = None
            return len(self._workers)
        self._without = self._without or now
        if now - self._without > SECONDS_WITHOUT_WORKERS:
            offering = "".join(f" that offers {name}" for name in self._resources)
            raise ClusterError(
                f"There is no worker{offering} at {self._scheduler}. Start one, in a copy of this tree with the same "
                f"environment: {self._how}"
            )
        return 0

    def wait(self) -> None:
        """Wait for the first worker."""
        while not self.slots():
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def judge(self) -> None:
        """Raise ClusterError for a worker that has other code, or takes several jobs at a time."""
        for address, worker in self._workers.items():
            if worker["nthreads"] > 1:
                raise ClusterError(
                    f"The worker {address} takes {worker['nthreads']} tasks at a time, but a training needs a process "
                    f"of its own. Start it with: {self._how} (OMP_NUM_THREADS says with how many threads it trains)."
                )
        for address, said in self._client.run(code, workers=list(self._workers), on_error="return").items():
            if isinstance(said, Exception):
                raise ClusterError(
                    f"The worker {address} cannot work ({type(said).__name__}: {said}). Start it in a copy of this "
                    f"tree, in an environment that has the extras 'train' and 'cluster': {self._how}"
                )
            _same_code(address, code(), said)

    def give(self, data: DataSet) -> None:
        """Give the data set to every worker; the scheduler keeps it for those that join later."""
        # Those that join receive all that the scheduler ever kept, in its order, and keep the last: this has to be it.
        with suppress(ValueError):
            self._client.unregister_worker_plugin(data.name)
        self._client.register_plugin(data)

    def explain(self, error: Exception) -> LaudoError | None:
        """Return what an exception of the cluster means; None if it is the job's."""
        from concurrent.futures import CancelledError

        if isinstance(error, KilledWorker):
            return ClusterError(
                f"A job was given up because each worker that had it died: {error.task}. Their machines may be out of "
                f"memory. Give the same command again; what was finished is kept."
            )
        if isinstance(error, CancelledError):
            return self._lost()
        if isinstance(error, ImportError | AttributeError):
            return ClusterError(f"A worker has other code or lacks a package ({error}). Start it with: {self._how}")
        return None

    def _look(self) -> dict[str, Any]:
        if self._client.status != "running":
            raise self._lost()
        try:
            found = self._client.scheduler_info()["workers"]
        except (OSError, TimeoutError) as error:
            raise self._lost() from error
        needs = self._resources.items()
        return {
            address: worker
            for address, worker in found.items()
            if all(worker["resources"].get(name, 0) >= amount for name, amount in needs)
        }

    def _lost(self) -> ClusterError:
        return ClusterError(
            f"The connection to the scheduler at {self._scheduler} is lost. What was finished is kept: start it and its "
            f"workers again and give the same command."
        )


def _same_code(worker: str, here: Mapping[str, str], there: Mapping[str, str]) -> None:
    for name, value in here.items():
        if there.get(name) != value:
            raise ClusterError(
                f"The worker {worker} would compute other numbers: {name} is {there.get(name, 'missing')} there and {value} "
                f"here. Bring it to the same state (git pull, the locked packages) and start it again."
            )
