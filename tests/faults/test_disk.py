"""Full disks, read-only places and missing permissions, for real: small file systems in memory, and the real command line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.test_kills import assert_same
from tests.faults.trees import BUILD, PAGE, RESULTS, Ended, Tree, files, said
from vae.storage.store import ResultsStore

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
FASHION = ("--section", PAGE, "--profile", "quick")  # Fashion-MNIST instead of the digits
NUMBERS = ("result.json", "arrays.npz", "weights.safetensors")


class Disk:
    """A small file system in memory, mounted on a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def mount(self, options: str) -> None:
        """Mount it, or mount it again with other options."""
        self.place.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "laudo-test", str(self.place)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and "remount" not in options:
            pytest.skip(f"needs the right to mount a file system, as root has it: {done.stderr.strip()}")
        assert done.returncode == 0, done.stderr


@pytest.fixture
def disk() -> Iterator[Callable[[Path, str], Disk]]:
    """disk(folder, "size=1m") -> the file system mounted there."""
    mounted: list[Disk] = []

    def mount(place: Path, options: str) -> Disk:
        one = Disk(place)
        one.mount(options)
        mounted.append(one)
        return one

    yield mount
    for one in mounted:
        subprocess.run(["umount", str(one.place)], check=True)


Mount = Callable[[Path, str], Disk]


def numbers(results: Path) -> dict[str, bytes]:
    """The stored files that hold numbers."""
    return {name: content for name, content in files(results).items() if name.endswith(NUMBERS)}


def leftovers(place: Path) -> list[Path]:
    """What was begun and not ended."""
    return [*place.rglob(".*.tmp"), *place.rglob(".incoming"), *place.rglob(".import-*")]


def test_no_space_for_results(tree: Tree, undisturbed: tuple[Ended, Path], tmp_path: Path, disk: Mount) -> None:
    tree.restore(undisturbed[1])
    expected = numbers(tree.root / RESULTS)
    shutil.rmtree(tree.root / RESULTS)  # the checkpoints are there: all is evaluated again
    results = tmp_path / "results"
    one = disk(results, "size=3m")
    command = (*BUILD, "--results", str(results))
    said(
        tree.build(*command),
        f"Cannot write results to {results} (No space left on device)",
        "Free space",
        "--results DIR",
    )
    store = ResultsStore(results)
    kept = store.stored()
    assert {"dataset", "classifier"} <= kept.keys() != {name.split("/")[0] for name in expected}
    assert store.faults() == []
    said(tree.build(*command), "No space left on device")
    assert store.stored() == kept, "nothing that was stored is lost"
    one.mount("remount,size=100m")
    assert tree.build(*command, phase="rendering", seconds=0).phase == "rendering"
    assert numbers(results) == expected
    assert leftovers(results) == []
    one.mount("remount,ro")
    told = tree.build(*command, "--retrain", "dataset")
    said(told, f"Cannot write results to {results} (Read-only file system)", "--results DIR")
    assert "measuring dataset" not in told.stderr, "it is told before anything is done"
    assert numbers(results) == expected


def test_no_space_for_checkpoints(tree: Tree, undisturbed: tuple[Ended, Path], tmp_path: Path, disk: Mount) -> None:
    tree.forget()
    runs, results = tree.root / "runs", tmp_path / "results"
    one = disk(runs, "size=8m")
    try:
        command = (*BUILD, "--results", str(results))
        said(
            tree.build(*command),
            f"{runs}/",
            ".safetensors: No space left on device. Mend it",
            "give the same command again",
        )
        assert leftovers(runs) == []
        before = sorted(runs.rglob("*.safetensors"))
        assert before, "what was trained before is there"
        said(tree.build(*command), ".safetensors: No space left on device")
        assert sorted(runs.rglob("*.safetensors")) == before
        one.mount("remount,size=100m")
        assert tree.build(*command, phase="rendering", seconds=0).phase == "rendering"
        assert numbers(results) == numbers(undisturbed[1] / RESULTS)
        one.mount("remount,ro")
        said(tree.build(*command), f"{runs}/", "Read-only file system. Mend it (space, permissions)")
        assert tree.build("--status", *BUILD[2:], "--results", str(results)).code == 0, (
            "reading needs no right to write"
        )
    finally:
        shutil.rmtree(results, ignore_errors=True)


def test_no_space_for_pages(built: Tree, undisturbed: tuple[Ended, Path], disk: Mount) -> None:
    shutil.rmtree(built.root / "rendered")
    rendered = built.root / "rendered"
    one = disk(rendered, "size=400k")
    said(built.build(*BUILD), f"{rendered}/", ": No space left on device. Mend it", "give the same command again")
    assert not (rendered / f".laudo/{PAGE}.json").exists(), "half a page is no page"
    assert leftovers(rendered) == []
    one.mount("remount,size=100m")
    assert built.build(*BUILD).code == 0
    assert_same(built.root, undisturbed[1])
    (rendered / "index.md").unlink()
    one.mount("remount,ro")
    said(built.build(*BUILD), f"{rendered}/", "Read-only file system. Mend it (space, permissions)")
    assert built.build("--status", *BUILD[2:]).code == 0


@pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="the Debian package dataset-fashion-mnist is not installed")
def test_no_space_for_the_data(built: Tree, tmp_path: Path, disk: Mount) -> None:
    cache = tmp_path / "cache"
    one = disk(cache, "size=30m")
    command = (*FASHION, "--results", str(tmp_path / "results"))
    # Named, so that it comes from there wherever else it is.
    given = ("--data", str(FASHION_MNIST))
    told = built.build(*command, *given, LAUDO_CACHE=str(cache))
    said(
        told,
        f"Cannot bring Fashion-MNIST into the data cache, {cache}/",
        "No space left on device",
        "Free space",
        "LAUDO_CACHE",
    )
    assert [path for path in cache.rglob("*") if path.is_file()] == []
    assert leftovers(cache) == []
    one.mount("remount,ro,size=100m")
    told = built.build(*command, *given, LAUDO_CACHE=str(cache))
    said(told, f"Cannot bring Fashion-MNIST into the data cache, {cache}/", "Read-only file system", "LAUDO_CACHE")
    one.mount("remount,rw")
    assert built.build(*command, *given, LAUDO_CACHE=str(cache), phase="training", seconds=0).phase == "training"


@pytest.mark.parametrize("place", ["runs", "runs/quick-digits", "rendered", "cache"])
def test_no_permission(built: Tree, tmp_path: Path, place: str) -> None:
    """For a process that permission bits bind: root without the capability to pass them over, or any other user."""
    folder, arguments = built.root / place, BUILD
    if place == "runs/quick-digits":
        arguments = (*BUILD, "--retrain", "dataset")
    elif place == "rendered":
        (folder / ".laudo/docs.json").unlink()
        (folder / "index.md").unlink()
    elif place == "cache":
        if not FASHION_MNIST.is_dir():
            pytest.skip("the Debian package dataset-fashion-mnist is not installed")
        folder = tmp_path / "cache"
        folder.mkdir()
        arguments = (*FASHION, "--results", str(tmp_path / "results"), "--data", str(FASHION_MNIST))
    prefix = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    environment = built.environment | {"LAUDO_CACHE": str(tmp_path / "cache")}
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        done = subprocess.run(
            [*prefix, sys.executable, "build.py", *arguments], cwd=built.root, env=environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
    finally:
        folder.chmod(mode)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1, done.stderr
    assert str(folder) in errors[0]
    assert "Permission denied" in errors[0]
    assert "permissions" in errors[0], "what to mend"
