"""The whole way, for real: train, judge, render, build the site, in a copy of the tree, through the command line."""

import functools
import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.special

from report.sections import PAGES
from tests.copies import ROOT, SITE, copy_sources
from vae.grid import make_grid

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
SLUGS = tuple(page.slug for page in PAGES)
TIMEOUT = 1_800  # seconds; a command that takes longer hangs
DIGITS = ("--dataset", "digits", "--profile", "quick", "--seeds", "2")

# Lazy images are asked for and waited for; those of the other colour scheme are not shown and never load.
BROKEN_IMAGES = """async () => {
  const shown = [...document.querySelectorAll('article img')].filter(image => image.checkVisibility());
  shown.forEach(image => { image.loading = 'eager' });
  const decoded = await Promise.allSettled(shown.map(image => image.decode()));
  return shown.filter((_, index) => decoded[index].status === 'rejected').map(image => image.src);
}"""


class Tree:
    """A copy of the repository in which a build may do what it likes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        copy_sources(root, *SITE)
        self.environment = {
            **os.environ,
            "LAUDO_CACHE": str(ROOT / ".cache"),
            "LAUDO_COMMIT": "test",
            "DISABLE_MKDOCS_2_WARNING": "true",
            "NO_MKDOCS_2_WARNING": "1",
        }

    def build(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run build.py and return what it said."""
        return self.run(sys.executable, "build.py", *arguments)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the tree."""
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )

    def files(self, folder: str) -> dict[str, bytes]:
        """Return the bytes of every file below a folder, by path."""
        top = self.root / folder
        return {p.relative_to(top).as_posix(): p.read_bytes() for p in sorted(top.rglob("*")) if p.is_file()}

    def numbers(self, results: str) -> dict[str, bytes]:
        """Return the stored files that hold numbers: all but provenance, and the manifest that lists it."""
        return {name: content for name, content in self.files(results).items()
                if not name.endswith(("provenance.json", "manifest.json"))}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree in which the report on the digits was trained and rendered."""
    tree = Tree(tmp_path_factory.mktemp("digits"))
    done = tree.build("--all", *DIGITS)
    assert done.returncode == 0, done.stdout + done.stderr
    return tree


def test_every_page_is_rendered_and_fresh(built: Tree) -> None:
    for slug in SLUGS:
        assert (built.root / f"rendered/atividades/04-vae/{slug}.md").stat().st_size > 500, slug
    status = built.build("--status", *DIGITS)
    assert status.returncode == 0
    assert "stale" not in status.stdout
    assert "missing" not in status.stdout


def test_the_site_builds_strict_without_a_warning(built: Tree) -> None:
    done = built.run(sys.executable, "-m", "mkdocs", "build", "--strict")
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    for slug in SLUGS:
        assert (built.root / f"site/atividades/04-vae/{slug}/index.html").is_file()


def test_check_finds_no_fault_and_then_finds_one(built: Tree) -> None:
    good = built.build("--check", *DIGITS)
    assert good.returncode == 0, good.stdout + good.stderr
    page = built.root / "rendered/atividades/04-vae/licoes.md"
    kept = page.read_bytes()
    try:
        page.write_bytes(kept.replace("época".encode(), b"epoca", 1))
        bad = built.build("--check", *DIGITS)
    finally:
        page.write_bytes(kept)
    assert bad.returncode == 1
    assert "licoes.md" in bad.stderr


def test_building_again_changes_no_byte(built: Tree) -> None:
    before = built.files("rendered")
    done = built.build("--section", "espaco-latente", *DIGITS)
    assert done.returncode == 0
    assert "fresh" in done.stdout
    assert built.files("rendered") == before


def test_a_retrained_run_marks_the_pages_that_are_older(built: Tree) -> None:
    numbers = built.numbers("runs/quick-digits/e50")
    done = built.build("--retrain", "e50", "--section", "espaco-latente", *DIGITS)
    assert done.returncode == 0, done.stderr
    assert built.numbers("runs/quick-digits/e50") == numbers, "the same machine and versions give the same numbers"
    status = built.build("--status", *DIGITS).stdout
    lines = {line.split()[0]: line for line in status.splitlines() if line.startswith("  ")}
    assert lines["espaco-latente"].split()[1] == "fresh"
    assert "e50" in lines["treinamento"]
    assert lines["treinamento"].split()[1] == "stale"
    older = (built.root / "rendered/atividades/04-vae/treinamento.md").read_text()
    assert "Página desatualizada" in older
    assert "desatualizada" not in (built.root / "rendered/atividades/04-vae/espaco-latente.md").read_text()
    assert built.build("--all", *DIGITS).returncode == 0
    assert "desatualizada" not in (built.root / "rendered/atividades/04-vae/treinamento.md").read_text()


def test_damage_is_named_and_nothing_else_is_harmed(built: Tree) -> None:
    results = built.root / "runs/quick-digits"
    arrays, kept = results / "e10/42/arrays.npz", (results / "e10/42/arrays.npz").read_bytes()
    others = {
        name: content for name, content in built.files("runs/quick-digits").items() if name != "e10/42/arrays.npz"
    }
    try:
        arrays.write_bytes(kept[:100] + bytes([kept[100] ^ 1]) + kept[101:])
        altered = built.build("--all", *DIGITS)
        arrays.unlink()
        missing = built.build("--all", *DIGITS)
    finally:
        arrays.write_bytes(kept)
    for done, word in ((altered, "damaged"), (missing, "missing")):
        assert done.returncode == 1
        assert "arrays.npz" in done.stderr
        assert word in done.stderr
        assert "--retrain e10" in done.stderr
        assert "Traceback" not in done.stderr
    now = {name: content for name, content in built.files("runs/quick-digits").items() if name != "e10/42/arrays.npz"}
    assert now == others


def in_mid_training(runs: Path, seed: str) -> bool:
    """Say whether the long trajectory of a seed has its first checkpoint and not yet its last."""
    first, last = (set(runs.glob(f"*/{seed}/epoch-{epoch:04d}.safetensors")) for epoch in (5, 10))
    return bool(first) and not last


def test_a_build_killed_in_training_goes_on_to_the_same_numbers(built: Tree, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "killed")
    command = ("--all", *DIGITS, "--seeds", "1")  # one of the seeds is enough, and takes half the time
    started = [sys.executable, "build.py", *command]
    with subprocess.Popen(started, cwd=tree.root, env=tree.environment, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not in_mid_training(tree.root / "runs", "42"):
            time.sleep(0.005)
        assert process.poll() is None, "the build was never caught in a training"
        process.send_signal(signal.SIGKILL)
    done = tree.build(*command)
    assert done.returncode == 0, done.stderr
    first = {name: numbers for name, numbers in built.numbers("runs/quick-digits").items() if "/42/" in name}
    assert tree.numbers("runs/quick-digits") == first


def pixel_entropies(path: Path) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Entropy of the grey pixels of each image of a gzipped idx file, taken as Bernoulli probabilities, in nats."""
    header = 16
    pixels = np.frombuffer(gzip.decompress(path.read_bytes()), np.uint8, offset=header).reshape(-1, 784) / 255
    terms = -scipy.special.xlogy(pixels, pixels) - scipy.special.xlogy(1 - pixels, 1 - pixels)
    return np.asarray(terms.sum(axis=1))


@pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="the Debian package dataset-fashion-mnist is not installed")
def test_the_quick_profile_on_fashion_mnist(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "fashion")
    done = tree.build("--all", "--profile", "quick", "--results", "scratch")
    assert done.returncode == 0, done.stderr
    scores = json.loads((tree.root / "scratch/e100/42/result.json").read_text())["scores"]
    data = json.loads((tree.root / "scratch/dataset/42/result.json").read_text())["scores"]
    floors = pixel_entropies(FASHION_MNIST / "t10k-images-idx3-ubyte.gz")
    assert abs(floors.mean() - 189.86) < 0.01, "the known floor of the whole test set"
    assert abs(data["test_entropy"] - floors[: make_grid("quick").info.test_images].mean()) < 0.01
    # Better than the mean image, and not below the floor: a VAE that learnt something, and no broken loss.
    assert data["test_entropy"] < scores["test_bce"] < data["mean_image_bce"]
    strict = tree.run(sys.executable, "-m", "mkdocs", "build", "--strict")
    assert strict.returncode == 0, strict.stderr


def test_properdocs_builds_the_same_articles(built: Tree) -> None:
    assert built.run(sys.executable, "-m", "mkdocs", "build", "--strict").returncode == 0
    done = built.run(sys.executable, "-m", "properdocs", "build", "--strict", "-f", "properdocs.yml")
    assert done.returncode == 0, done.stderr
    for slug in SLUGS:
        pages = [
            (built.root / f"{site}/atividades/04-vae/{slug}/index.html").read_text()
            for site in ("site", "site-properdocs")
        ]
        first, second = (page.split("<article", 1)[1].split("</article>", 1)[0] for page in pages)
        assert first == second, slug


@pytest.mark.parametrize("view", ["light", "dark", "phone"])
def test_the_built_pages_in_a_browser(built: Tree, browser: "Browser", view: str) -> None:
    """Every page of the report: nothing fails, nothing leaves the origin, nothing overflows, every shown image loads."""
    assert built.run(sys.executable, "-m", "mkdocs", "build", "--strict").returncode == 0
    width = 390 if view == "phone" else 1280
    faults: list[str] = []
    with serving(built.root / "site") as origin:
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme="dark" if view == "dark" else "light"
        )
        page.on("request", lambda sent: None if sent.url.startswith((origin, "data:")) else faults.append(sent.url))
        page.on("response", lambda got: faults.append(f"{got.status} {got.url}") if got.status >= 400 else None)
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        for slug in SLUGS:
            page.goto(f"{origin}/atividades/04-vae/{slug}/", wait_until="networkidle")
            broken = page.evaluate(BROKEN_IMAGES)
            faults += [f"{slug}: {source} does not load" for source in broken]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{slug} is wider than the window")
            if page.locator("article .katex-error").count():
                faults.append(f"{slug} has a formula that KaTeX cannot set")
        page.close()
    assert faults == []


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            pass  # a browser that closes a page hangs up in the middle of an answer

    with Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
