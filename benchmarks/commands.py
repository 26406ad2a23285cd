"""What the commands that train nothing take: python -m benchmarks.commands writes benchmarks/commands.json.

Each in a process of its own, start of the interpreter included: --help, --status and --all with all fresh, beside the
import of click, several times; and once the first --all, which renders every page from results/.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import facts, sentence
from vae.storage.results import dump_json

HERE = Path(__file__).parent
CLICK, FIRST = "import click", "first --all"
REPEATED = (CLICK, "--help", "--status", "--all")
# build.py as it is, but what it writes goes elsewhere: the tree's own pages stay as they are.
BUILD = """
import sys
from pathlib import Path
import build
build.RENDERED_DIR, build.RUNS_DIR = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
build.run()
"""


def measure(repetitions: int) -> dict[str, Any]:
    """Return what each command took, each time."""
    with tempfile.TemporaryDirectory() as scratch:
        taken: dict[str, list[dict[str, float]]] = {FIRST: [_run("--all", Path(scratch))]}
        for _ in range(repetitions):
            for command in REPEATED:
                taken.setdefault(command, []).append(_run(command, Path(scratch)))
    return facts("click", "numpy") | {"load": os.getloadavg()[0], "commands": taken}


def _run(command: str, scratch: Path) -> dict[str, float]:
    arguments = ["-c", CLICK]
    if command != CLICK:
        arguments = ["-c", BUILD, str(scratch / "rendered"), str(scratch / "runs"), command]
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], cwd=HERE.parent, stdout=subprocess.DEVNULL)
    _, state, used = os.wait4(process.pid, 0)  # what it used, and its children
    if state:
        raise SystemExit(f"{command} ended with {os.waitstatus_to_exitcode(state)}")
    return {
        "seconds": round(time.perf_counter() - began, 3),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 3),
        "peak_bytes": used.ru_maxrss * 1024,  # Linux counts KiB
    }


def section(result: dict[str, Any]) -> list[str]:
    """Return the lines of the section in RESULTS.md."""
    lines = [
        "## Commands that train nothing",
        "",
        (
            f"{sentence(result)} Each in a process of its own, start included; medians of {len(result['commands'][CLICK])}, `{FIRST}` once. The load of other programs is "
            f"not controlled (mean over a minute: {result['load']:.1f} processes that want a core)."
        ),
        "",
        "| command | s | fastest, s | processor s | peak memory, MiB |",
        "|---|---:|---:|---:|---:|",
    ]
    for command in (*REPEATED, FIRST):
        rows = result["commands"][command]
        seconds = [row["seconds"] for row in rows]
        busy = statistics.median(row["processor_seconds"] for row in rows)
        memory = max(row["peak_bytes"] for row in rows) / 2**20
        lines.append(
            f"| `{command}` | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {busy:.2f} | {memory:.0f} |"
        )
    return [*lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7)
    result = measure(parser.parse_args().repetitions)
    (HERE / "commands.json").write_bytes(dump_json(result))
    print("\n".join(section(result)))


if __name__ == "__main__":
    main()
