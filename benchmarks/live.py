"""How soon a served page shows what was built again: python -m benchmarks.live writes benchmarks/live.json.

In a clone: mkdocs serve in one process, a page open in Chromium, build.py --section in another process.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import machine
from report.page import ACTIVITY
from vae.storage.results import dump_json

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
SLUG = "licoes"
PATIENCE = 60  # seconds for a page to appear
SILENCE = {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}


@contextmanager
def serving(project: Path) -> Iterator[tuple[str, Path]]:
    """Run mkdocs serve in a project; gives the site's address and the file of its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    log = project / "serve.log"
    command = [sys.executable, "-m", "mkdocs", "serve", "-a", address]
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=project, env=os.environ | SILENCE, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + PATIENCE
        while "Serving on" not in log.read_text():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"mkdocs serve did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield f"http://{address}", log
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def reading(browser: "Browser", address: str) -> Iterator[tuple["Page", list[float]]]:
    """Open an address; gives the page and the times at which it was loaded, the first load included."""
    page = browser.new_page()
    loads: list[float] = []
    page.on("load", lambda _: loads.append(time.time()))
    page.goto(address)
    yield page, loads
    page.close()


def measure(rounds: int, quiet: float) -> dict[str, Any]:
    """Return, a round, seconds of the build, from the page's file to the browser, and loads that came afterwards."""
    found = []
    with tempfile.TemporaryDirectory(prefix="laudo-live-") as folder:
        project = Path(folder) / "laudo"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", HERE.parent, project], check=True)
        shutil.copytree(HERE.parent / "rendered", project / "rendered")
        build = [sys.executable, "build.py", "--section", SLUG]
        subprocess.run(build, cwd=project, check=True, capture_output=True)  # what is stale of old is no part of it
        template = project / f"report/pages/{SLUG}/page.md.jinja"
        with (
            serving(project) as (address, _),
            chromium() as browser,
            reading(browser, f"{address}/{ACTIVITY}/{SLUG}/") as (page, loads),
        ):
            for turn in range(rounds):
                word = "mudança " + "abcdefghij"[turn]
                template.write_text(template.read_text() + f"\nUma {word}.\n")
                before, started = len(loads), time.time()
                subprocess.run(build, cwd=project, check=True, capture_output=True)
                written = (project / f"rendered/{ACTIVITY}/{SLUG}.md").stat().st_mtime
                page.get_by_text(f"Uma {word}.").wait_for(timeout=PATIENCE * 1000)
                shown = time.time()
                page.wait_for_timeout(quiet * 1000)
                found.append({"build": written - started, "shown": shown - written, "loads": len(loads) - before})
                print(found[-1], flush=True)
    return machine.facts("mkdocs", "mkdocs-material") | {"quiet_seconds": quiet, "rounds": found}


def section(result: Mapping[str, Any]) -> list[str]:
    """Return the lines of this benchmark in RESULTS.md."""
    rounds = result["rounds"]
    spread = {name: sorted(each[name] for each in rounds) for name in ("build", "shown")}
    low, middle, high = (f"{spread['shown'][index]:.1f}" for index in (0, len(rounds) // 2, -1))
    loads = sorted({each["loads"] for each in rounds})
    return [
        "## Live work",
        "",
        machine.sentence(result),
        "",
        (
            f"A sentence is added to a page's template; `build.py --section {SLUG}` writes the page "
            f"{spread['build'][len(rounds) // 2]:.1f} s after it was started, and Chromium, on `mkdocs serve`, shows it "
            f"{middle} s after that ({low} to {high} s, {len(rounds)} rounds). In the {result['quiet_seconds']:.0f} s "
            f"after that the page was loaded {' or '.join(map(str, loads))} time{'' if loads == [1] else 's'} in all."
        ),
    ]


def main() -> None:
    """Measure and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quiet", type=float, default=10.0, help="seconds to watch for another reload")
    given = parser.parse_args()
    result = measure(given.rounds, given.quiet)
    (HERE / "live.json").write_bytes(dump_json(result))
    print("\n".join(section(json.loads((HERE / "live.json").read_text()))))


if __name__ == "__main__":
    main()
