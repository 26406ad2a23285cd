"""How quickly the explorer decodes and draws: python -m benchmarks.explorer writes benchmarks/explorer.json.

The built site (make site) in Chromium: the explorer is loaded and a pointer goes over its plane, a position a frame.
"""

import functools
import json
import math
import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import machine
from benchmarks.live import chromium
from report.page import ACTIVITY
from vae.storage.results import dump_json

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

HERE = Path(__file__).parent
SITE = HERE.parent / "site"
POSITIONS = 200
FRAME = 1 / 60  # seconds between two positions
LIMIT = 10.0  # milliseconds that a decode should take at most
LONG = 20.0  # milliseconds: a longer gap between two frames is a frame that was missed

# Appended to the worker: how long each decode of one position takes there, in milliseconds.
WORKER = """
const untimed = actions.decode;
const spent = [];
actions.decode = async (asked) => {
  const started = performance.now();
  const pixels = await untimed(asked);
  if (asked.latents.length === 2) spent.push(performance.now() - started);
  return pixels;
};
actions.spent = () => spent.splice(0);
"""

# In the page: when the pointer moved to a position, when what is there was drawn, and the gaps between frames.
WATCH = """async () => {
  const app = document.querySelector(".explorer").explorer;
  await app.engine.ask("spent", {}); // what was decoded to open it is no part of it
  const moved = new WeakMap();
  const seen = (window.seen = { drawn: [], gaps: [], on: true });
  let current;
  app.part("overlay").addEventListener("pointermove", (event) => moved.set(app.state.z, event.timeStamp));
  const decode = app.engine.decode.bind(app.engine);
  app.engine.decode = (run, latents) => {
    if (moved.has(latents)) current = moved.get(latents);
    return decode(run, latents);
  };
  const pen = app.part("decoded").getContext("2d");
  const put = pen.putImageData.bind(pen);
  pen.putImageData = (...given) => {
    put(...given);
    if (current !== undefined) seen.drawn.push(performance.now() - current);
    current = undefined;
  };
  let last;
  requestAnimationFrame(function frame(now) {
    if (last !== undefined) seen.gaps.push(now - last);
    last = now;
    if (seen.on) requestAnimationFrame(frame);
  });
}"""
READ = """async () => {
  const app = document.querySelector(".explorer").explorer;
  window.seen.on = false;
  return { worker: await app.engine.ask("spent", {}), drawn: window.seen.drawn, gaps: window.seen.gaps };
}"""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder; gives its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def timed(route: "Route") -> None:
    """Give the worker with WORKER at its end."""
    route.fulfill(body=route.fetch().text() + WORKER, content_type="text/javascript")


def wander(page: "Page") -> None:
    """Move the pointer over the plane, a position a frame, on a curve that does not close."""
    box = page.locator('[data-part="overlay"]').bounding_box()
    if box is None:
        raise RuntimeError("The explorer shows no plane.")
    due = time.monotonic()
    for step in range(POSITIONS):
        x = 0.5 + 0.4 * math.sin(0.031 * step + 1)
        y = 0.5 + 0.4 * math.sin(0.047 * step)
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        due = max(due + FRAME, time.monotonic())
        page.wait_for_timeout(1000 * (due - time.monotonic()) if due > time.monotonic() else 0)


def measure() -> dict[str, Any]:
    """Return milliseconds of each decode in the worker, from pointer to drawn, and between frames; the browser's version."""
    with serving(SITE) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.route("**/worker.js", timed)
        page.goto(f"{address}/{ACTIVITY}/explorador/", wait_until="networkidle")
        page.click('[data-part="load"]')
        page.wait_for_selector('.explorer[data-state="ready"]')
        page.locator('[data-part="overlay"]').scroll_into_view_if_needed()
        page.wait_for_timeout(1000)
        page.evaluate(WATCH)
        wander(page)
        found: dict[str, Any] = page.evaluate(READ)
        facts = machine.facts()
        facts["versions"]["chromium"] = browser.version
    return facts | {"positions": POSITIONS, "milliseconds": found}


def section(result: Mapping[str, Any]) -> list[str]:
    """Return the lines of this benchmark in RESULTS.md."""
    found = result["milliseconds"]
    rows = []
    for name, what in (("worker", "a decode, in the worker"), ("drawn", "from the pointer's move to the image drawn")):
        median, high = statistics.median(found[name]), statistics.quantiles(found[name], n=20, method="inclusive")[-1]
        within = sum(value < LIMIT for value in found[name])
        rows.append(f"| {what} | {len(found[name])} | {median:.1f} | {high:.1f} | {within} |")
    long = sum(gap > LONG for gap in found["gaps"])
    return [
        "## Explorer",
        "",
        machine.sentence(result),
        "",
        (
            f"The explorer of the built site in Chromium, without a GPU; a pointer goes over {result['positions']} "
            "positions of the plane, at most one every 1/60 s. Of positions reached while one is being decoded the last "
            "is decoded next; the reconstruction of the nearest image is a decode, too. A move is answered in the frame "
            "that follows it, and the wait for that frame, up to 17 ms, is part of the second row. Milliseconds."
        ),
        "",
        f"| | times | median | 95th percentile | below {LIMIT:.0f} ms |",
        "|---|---:|---:|---:|---:|",
        *rows,
        "",
        (
            f"Of {len(found['gaps'])} gaps between frames while the pointer moved, {long} were longer than {LONG:.0f} ms; "
            f"the longest was {max(found['gaps']):.0f} ms."
        ),
    ]


def main() -> None:
    """Measure and keep the result."""
    (HERE / "explorer.json").write_bytes(dump_json(measure()))
    print("\n".join(section(json.loads((HERE / "explorer.json").read_text()))))


if __name__ == "__main__":
    main()
