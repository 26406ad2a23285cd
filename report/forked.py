"""The same work on all cores: forked processes, which start with everything that this one has loaded and computed."""

import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, TypeVar

T = TypeVar("T")
R = TypeVar("R")

STANDARD_STREAMS = 3
STOPPING = (signal.SIGINT, signal.SIGTERM)


def forked_map(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Yield work(item) for each item, in order, done by this process and forked ones, a core each.

    In this process alone where forking is not safe (anywhere but Linux) or there is nothing to share. What a child
    cannot do (it was killed, or the work raises) is done here, so that errors are raised here, as without children.
    """
    helpers = min(_cores(), len(items)) - 1 if sys.platform == "linux" and len(items) <= 256 else 0
    if helpers < 1:
        yield from map(work, items)
        return
    # A byte an item: whoever reads it takes the item. No lock, so no process that is killed leaves one behind.
    waiting, tickets = os.pipe()
    os.write(tickets, bytes(range(len(items))))
    os.close(tickets)
    done: dict[int, R] = {}
    children: list[tuple[int, BinaryIO]] = []
    try:
        with _not_stopped():
            children.extend(_child(work, items, waiting) for _ in range(helpers))
        readers = [threading.Thread(target=_collect, args=(pipe, done), daemon=True) for _, pipe in children]
        for reader in readers:
            reader.start()
        for index in _tickets(waiting):
            done[index] = work(items[index])
        for reader in readers:
            reader.join()
        for index, item in enumerate(items):
            yield done.pop(index) if index in done else work(item)
    finally:
        os.close(waiting)
        for process, _ in children:
            os.kill(process, signal.SIGKILL)  # not yet waited for, so the number is still its own
            os.waitpid(process, 0)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@contextmanager
def _not_stopped() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM wait for the end of a block: Python drops what is raised in the hooks of a fork."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda stopping, _: came.append(stopping)) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


def _child(work: Callable[[T], R], items: Sequence[T], waiting: int) -> tuple[int, BinaryIO]:
    """Fork a process that takes items as long as there are any; return its number and where its results come from."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Python 3.12 and later warn of other threads. Those of BLAS sleep, and OpenBLAS starts its own again in a child.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if process:
        os.close(writing)
        return process, os.fdopen(reading, "rb")
    try:
        for number in STOPPING:
            signal.signal(number, signal.SIG_DFL)
        _close_all_but(waiting, writing)  # a build's lock among them, which must end with the build
        with os.fdopen(writing, "wb") as pipe:
            for index in _tickets(waiting):
                pickle.dump((index, work(items[index])), pipe)
                pipe.flush()
    finally:
        os._exit(0)  # whatever was raised: what is not sent is done by the parent, which raises it again


def _tickets(waiting: int) -> Iterator[int]:
    while ticket := os.read(waiting, 1):
        yield ticket[0]


def _collect(pipe: BinaryIO, done: dict[int, R]) -> None:
    """Receive results until a child ends."""
    with pipe:
        while True:
            try:
                index, result = pickle.load(pipe)
            except (EOFError, pickle.UnpicklingError, OSError):
                return  # it has ended, or was killed in the middle of a word
            done[index] = result


def _close_all_but(*kept: int) -> None:
    start = STANDARD_STREAMS
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, os.sysconf("SC_OPEN_MAX"))
