"""Where jobs are done: in this process, in several of this machine, or on a Dask cluster; each through an Executor."""

import dataclasses
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from vae.building.where import Where
from vae.errors import LaudoError

if TYPE_CHECKING:  # a process of the pool starts sooner
    from vae.building.jobs import Job, Outcome
    from vae.updates import Show

P = ParamSpec("P")
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Workers:
    """An executor and what has to be known of it.

    submit: hands a job to the executor. slots: how many jobs are worth submitting at a time now; it raises LaudoError when
    nobody is left to do them. shared_disk: whether workers see the folders of this process. threads: see received.Setting.
    explain: what an exception of the executor itself means, None if it is not one.
    """

    executor: Executor
    submit: "Callable[[Job], Future[Outcome]]"
    slots: Callable[[], int]
    shared_disk: bool
    threads: int | None
    explain: Callable[[Exception], LaudoError | None] = lambda error: None


@contextmanager
def workers(place: Where, checksum: str, packed: bytes, device: str, show: "Show") -> Iterator[Workers]:
    """Have workers that received a data set (vae.building.received.pack); none of their jobs outlives the context.

    Raises LaudoError naming the remedy if the cluster cannot be used.
    """
    if place.scheduler is not None:
        try:
            from vae.building.cluster import dask_workers
        except ModuleNotFoundError as error:
            raise LaudoError(
                f"--executor dask://{place.scheduler} needs the package {error.name}, of the extra 'cluster', here and "
                f"on every worker: python -m pip install --require-hashes -r requirements-test.txt"
            ) from error
        with dask_workers(place.scheduler, checksum, packed, device, show) as found:
            yield found
    elif place.jobs == 1:
        yield from _in_process(checksum, packed, show)
    else:
        yield from _processes(place.jobs, checksum, packed, show)


class InProcess(Executor):
    """Does each job when it is submitted, here."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def _in_process(checksum: str, packed: bytes, show: "Show") -> Iterator[Workers]:
    from vae.building import jobs, received

    received.receive(checksum, packed)
    try:
        executor = InProcess()
        yield Workers(
            executor, lambda job: executor.submit(jobs.run, job, show), lambda: 1, shared_disk=True, threads=None
        )
    finally:
        received.release()


class Processes(ProcessPoolExecutor):
    """A pool whose processes leave Ctrl-C to this one, which ends them."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if sys.platform == "win32":
            return super().submit(fn, *args, **kwargs)
        # A process that this starts inherits the mask; a Ctrl-C of now comes to this one a moment later.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _processes(count: int, checksum: str, packed: bytes, show: "Show") -> Iterator[Workers]:
    import torch

    threads = max(1, torch.get_num_threads() // count)
    context = multiprocessing.get_context("spawn")  # torch's threads and CUDA do not live through a fork
    updates = context.Queue()
    listener = threading.Thread(target=_listen, args=(updates, show), daemon=True)
    listener.start()
    others = set(multiprocessing.active_children())
    executor = Processes(count, context, initializer=_begin, initargs=(checksum, packed, updates))
    try:
        yield Workers(
            executor, lambda job: executor.submit(_run_here, job), lambda: count, shared_disk=True, threads=threads,
            explain=_broken,
        )  # fmt: skip
        executor.shutdown()
    finally:
        # Not politely: a training ends when it ends, and its checkpoints are written whole or not at all.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        executor.shutdown(cancel_futures=True)
        updates.put(None)
        # A process that was killed while it held the queue keeps it for ever: what it said last is not worth waiting for.
        listener.join(timeout=1)
        updates.cancel_join_thread()


def _broken(error: Exception) -> LaudoError | None:
    if not isinstance(error, BrokenExecutor):
        return None
    return LaudoError(
        "A worker process was ended from outside, as the system does when memory runs out. Free memory or lower --jobs, "
        "and give the same command again: it goes on where it was."
    )


def _listen(updates: Any, show: "Show") -> None:
    for update in iter(updates.get, None):
        show(update)


_updates: Any = None  # of a process of the pool: it can only be inherited


def _begin(checksum: str, packed: bytes, updates: Any) -> None:
    """Prepare a process of the pool."""
    global _updates
    from vae.building import received

    _updates = updates
    received.receive(checksum, packed)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the build is gone, however that ended."""
    import os

    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _run_here(job: "Job") -> "Outcome":
    from vae.building import jobs

    return jobs.run(job, _updates.put)
