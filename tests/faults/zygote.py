"""A process that has everything imported and runs each command line in a fork of its own: a real process, without the wait.

Commands come as lines of JSON on its standard input, answers as lines on its standard output. It runs in a copy of the
tree: python zygote.py TREE.
"""

import importlib
import json
import os
import runpy
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

WRITES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "shutil.rmtree"}
TRAINING = (
    "sklearn.datasets",
    "torchvision.datasets",
    "vae.figures",
    "vae.building.forecast",
    "vae.building.lock",
    "vae.building.jobs",
    "vae.building.pipeline",
    "vae.building.progress",
)
PHASES = ("starting", "training", "evaluating", "storing", "rendering")


class Child:
    """What a child says of itself, and its signal at an operation on files; signals at a time come from the parent."""

    def __init__(self, report: int, number: int, phase: str, operation: int | None) -> None:
        self.report, self.number, self.phase, self.operation = report, number, phase, operation
        self.now = PHASES[0]
        self.counts = dict.fromkeys(PHASES, 0)

    def say(self, **what: Any) -> None:
        """Tell the parent."""
        os.write(self.report, json.dumps(what).encode() + b"\n")

    def enter(self, phase: str) -> None:
        """Say what is done from now on."""
        self.now = phase
        self.say(phase=phase)

    def audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Count operations that change files, and send the signal at the one that it is meant for."""
        if event not in WRITES and not (event == "open" and str(arguments[1])[:1] in ("w", "x", "a")):
            return
        self.counts[self.now] += 1
        if self.operation is not None and self.phase in ("", self.now):
            self.operation -= 1
            if self.operation == 0:
                self.say(fired=True)
                os.kill(os.getpid(), self.number)


def tell_phases(child: Child) -> None:
    """Wrap what a build does, so that it says when it does it."""
    from report.publish import Publication
    from vae.building import jobs
    from vae.storage.store import ResultsStore

    def telling(owner: Any, name: str, phase: str) -> None:
        original = getattr(owner, name)

        def told(*arguments: Any, **keywords: Any) -> Any:
            before = child.now
            child.enter(phase)
            try:
                return original(*arguments, **keywords)
            finally:
                child.enter(before)

        setattr(owner, name, told)

    telling(jobs, "train", "training")
    telling(jobs, "evaluate", "evaluating")
    telling(ResultsStore, "save", "storing")
    telling(Publication, "publish", "rendering")


def be(order: dict[str, Any], report: int) -> None:
    """Be one command line; never returns."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w", buffering=1)
    os.environ |= order["environment"]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    child = Child(report, order["signal"], order["phase"], order["operation"])
    tell_phases(child)
    sys.argv = ["build.py", *order["arguments"]]
    sys.addaudithook(child.audit)
    code = 0
    child.enter(PHASES[0])
    try:
        runpy.run_path("build.py", run_name="__main__")
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc(file=sys.stderr)
        code = 70
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.stdout.flush()
    sys.stderr.flush()
    child.say(counts=child.counts)
    os._exit(code)


def watch(pid: int, said: int, order: dict[str, Any]) -> dict[str, Any]:
    """Listen to a child until it ends, and send it its signal when its time has come."""
    answer: dict[str, Any] = {"fired": False, "phase": PHASES[0]}
    began = time.monotonic()
    due, rest = (None, b"")
    while True:
        left = None if due is None else max(due - time.monotonic(), 0)
        if not select.select([said], [], [], left)[0]:
            os.kill(pid, order["signal"])
            answer["fired"], due = True, None
            continue
        chunk = os.read(said, 65536)
        if not chunk:
            break
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if answer["fired"]:
                event.pop("phase", None)  # of interest is where it was then
            answer |= event
            wanted = order["seconds"] is not None and not answer["fired"] and due is None
            if wanted and event.get("phase") == (order["phase"] or PHASES[0]):
                due = time.monotonic() + order["seconds"]
    os.close(said)
    _, status = os.waitpid(pid, 0)
    return answer | {"code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began}


def serve() -> None:
    """Carry out one order after another."""
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            be(order, writing)
        os.close(writing)
        say(json.dumps(watch(pid, reading, order)))


def say(line: str) -> None:
    """Answer."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def prepare(tree: Path) -> None:
    """Import whatever a build imports."""
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    from vae.storage import provenance

    provenance.now = lambda: "2026-01-01T00:00:00Z"  # before it is imported elsewhere: pages show the day

    import torch

    for name in (
        "report.check",
        "report.environment",
        "report.comparison.past",
        "report.render",
        "report.state_text",
        *TRAINING,
    ):
        importlib.import_module(name)
    torch.set_num_threads(1)
    say("ready")


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
    serve()
