"""A flipped byte or a cut in any stored file, and the real command line: found, named, its remedy told, never used."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from report.comparison.changes import Revision, Snapshot
from report.comparison.snapshot import to_bytes
from tests.faults.test_kills import assert_same
from tests.faults.trees import BUILD, PAGE, RESULTS, Ended, Tree, files, said
from vae.storage.files import write_atomically
from vae.storage.results import dump_json, sha256
from vae.storage.store import INCOMING, JOURNAL, PREVIOUS

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
DIGITS = ("--dataset", "digits", "--profile", "quick")


def flipped(content: bytes) -> bytes:
    """Turn one bit in the middle."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def cut(content: bytes) -> bytes:
    """Lose the last third."""
    return content[: len(content) * 2 // 3]


Damage = Callable[[bytes], bytes]
DAMAGES = pytest.mark.parametrize("damage", [flipped, cut])


@contextmanager
def damaged(path: Path, damage: Damage) -> Iterator[None]:
    """A file with some damage, for as long as the block lasts; nothing else below the tree's results may change."""
    content = path.read_bytes()
    path.write_bytes(damage(content))
    before = files(path.parent)
    try:
        yield
        assert files(path.parent) == before
    finally:
        path.write_bytes(content)


@DAMAGES
@pytest.mark.parametrize("name", ["result.json", "arrays.npz", "provenance.json", "weights.safetensors"])
def test_a_file_of_a_result(built: Tree, name: str, damage: Damage) -> None:
    path = built.root / RESULTS / "e10/42" / name
    with damaged(path, damage):
        said(
            built.build(*BUILD),
            str(path),
            "is damaged",
            "version control",
            f"--retrain e10/42 --profile quick --dataset digits --results {built.root / RESULTS}",
        )
        status = built.build("--status", *DIGITS)
        assert status.code == 1
        assert f"{path} is damaged" in status.stdout
        check = built.build("--check", *DIGITS)
        assert check.code == 1
        assert f"{path} is damaged" in check.stderr


@DAMAGES
def test_the_manifest(built: Tree, damage: Damage) -> None:
    path = built.root / RESULTS / "manifest.json"
    with damaged(path, damage):
        said(built.build(*BUILD), "manifest")
        assert built.build("--status", *DIGITS).code == 1


@pytest.mark.parametrize("name", ["../../../etc/passwd", "e10/42/../../../x", "/etc/passwd", "<b>/1/result.json"])
def test_a_manifest_with_a_name_that_leads_elsewhere(built: Tree, name: str) -> None:
    path = built.root / RESULTS / "manifest.json"

    def listed(content: bytes) -> bytes:
        body = json.loads(content)
        body["files"][name] = body["files"]["e10/42/result.json"]
        return json.dumps(body).encode()

    with damaged(path, listed):
        said(built.build(*BUILD), f"{path} is damaged ('{name}' is no file of a result)", "git checkout")


@DAMAGES
def test_what_the_publication_before_said(built: Tree, damage: Damage) -> None:
    path = built.root / RESULTS / PREVIOUS
    revision = Revision("0123456789" * 4, "2026-11-20", "v1")
    write_atomically(path, to_bytes(Snapshot("yardstick", {}, {}, {}, revision=revision)))
    assert PREVIOUS not in built.build("--check", *DIGITS).stderr
    with damaged(path, damage):
        check = built.build("--check", *DIGITS)
        assert check.code == 1
        assert f"{PREVIOUS}, which holds what the publication before said, cannot be read" in check.stderr
        assert "--compare REV --save, or delete it" in check.stderr


@DAMAGES
def test_a_checkpoint(built: Tree, undisturbed: tuple[Ended, Path], damage: Damage) -> None:
    """Also inside its tensors, which the format itself does not notice."""
    results = built.root / RESULTS
    shutil.rmtree(results)  # so that all is evaluated again, from the checkpoints
    newest = max(built.root.glob("runs/*/42/epoch-0004.safetensors"), key=lambda path: len(list(path.parent.iterdir())))
    with damaged(newest, damage):
        told = built.build(*BUILD)
        said(told, f"The checkpoint {newest} is damaged", "Delete it", "goes on from epoch 3, the newest one before it")
        assert not (results / "e100").exists()
    newest.unlink()
    assert built.build(*BUILD).code == 0
    assert_same(built.root, undisturbed[1])


def test_the_only_checkpoint(built: Tree) -> None:
    shutil.rmtree(built.root / RESULTS)
    only = next(path for path in built.root.glob("runs/*/42/*") if len(list(path.parent.iterdir())) == 1)
    with damaged(only, flipped):
        said(built.build(*BUILD), f"The checkpoint {only} is damaged", "Delete it", "this training then begins again")


@pytest.mark.skipif(not FASHION_MNIST.is_dir(), reason="the Debian package dataset-fashion-mnist is not installed")
def test_the_data(built: Tree, tmp_path: Path) -> None:
    command = ("--section", PAGE, "--profile", "quick", "--results", str(tmp_path / "results"))
    given = tmp_path / "given"
    shutil.copytree(FASHION_MNIST, given)
    packed = given / "train-images-idx3-ubyte.gz"
    for damage in (flipped, cut):
        with damaged(packed, damage):
            told = built.build(*command, "--data", str(given))
            said(told, str(packed), "--data DIR", "dataset-fashion-mnist", "network")
    # Up to the first training, then the cache is there.
    assert built.build(*command, "--data", str(given), phase="training", seconds=0).phase == "training"
    labels = built.root / ".cache/datasets/FashionMNIST/raw/train-labels-idx1-ubyte"
    for damage in (flipped, cut):
        with damaged(labels, damage):
            said(built.build(*command), f"{labels} is not the Fashion-MNIST file", f"Delete {labels.parent}")


@DAMAGES
def test_the_record_of_a_page(built: Tree, damage: Damage) -> None:
    path = built.root / f"rendered/.laudo/{PAGE}.json"
    with damaged(path, damage):
        told = built.build("--status", *DIGITS)
        assert f"{path} is damaged: python build.py --section {PAGE}" in told.stdout
        text = (built.root / f"rendered/atividades/04-vae/{PAGE}.md").read_text()
    # What nobody knows the age of does not look new, whatever the build then comes to.
    path.write_bytes(damage(path.read_bytes()))
    assert built.build(*BUILD, phase="rendering", operation=4).fired
    marked = (built.root / f"rendered/atividades/04-vae/{PAGE}.md").read_text()
    assert marked != text
    assert "Não se sabe de que resultados esta página foi gerada" in marked


def test_a_record_that_leads_elsewhere_deletes_nothing(built: Tree, undisturbed: tuple[Ended, Path]) -> None:
    """Also with a good digest; the page is rendered again."""
    mine = built.root / "mine.txt"
    mine.write_text("mine")
    path = built.root / f"rendered/.laudo/{PAGE}.json"
    body = json.loads(path.read_bytes())
    body["files"]["../mine.txt"] = body["files"].popitem()[1]
    path.write_bytes(dump_json({**body, "sha256": sha256(dump_json([body["inputs"], body["files"]]))}))
    again = built.build(*BUILD)
    assert again.code == 0
    assert f"({path} is damaged)" in again.stdout
    assert mine.read_text() == "mine"
    assert_same(built.root, undisturbed[1])


def another_number(content: bytes) -> bytes:
    """Alter one estimate: JSON as good as before."""
    return re.sub(
        rb'("value": -?\d+\.)(\d)', lambda found: found[1] + str((int(found[2]) + 1) % 10).encode(), content, count=1
    )


@pytest.mark.parametrize("damage", [flipped, cut, another_number])
def test_the_estimates(built: Tree, damage: Damage) -> None:
    path = built.root / "rendered/.laudo/estimates.json"
    with damaged(path, damage):
        said(built.build(*BUILD), f"{path}, which keeps what was estimated, is damaged", "Delete it")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"e1", b""])
def test_the_marker_of_a_retraining(built: Tree, undisturbed: tuple[Ended, Path], content: bytes) -> None:
    """Whatever is in it, the retraining begins anew, and ends with the same numbers."""
    first = next(built.root.glob("runs/*/42/epoch-0002.safetensors"))
    (first.parent / "retraining").write_bytes(content)
    done = built.build("--retrain", "e50", *BUILD, phase="rendering", seconds=0)
    assert done.phase == "rendering", done.stderr
    assert "training e50/42 to epoch 2" in done.stderr
    for name in ("result.json", "arrays.npz"):
        again = (built.root / RESULTS / "e50/42" / name).read_bytes()
        assert again == (undisturbed[1] / RESULTS / "e50/42" / name).read_bytes()
    assert not (first.parent / "retraining").exists()


@pytest.fixture
def interrupted(built: Tree) -> Path:
    """The journal of a result that was complete and not yet in its place when the build was killed."""
    journal = built.root / RESULTS / INCOMING / JOURNAL
    for operation in range(1, 40):
        assert built.build(*BUILD, "--retrain", "dataset", phase="storing", operation=operation).fired
        if journal.is_file():
            return journal
    pytest.fail("the journal was never seen")


@DAMAGES
def test_the_journal(interrupted: Path, built: Tree, damage: Damage) -> None:
    with damaged(interrupted, damage):
        said(built.build(*BUILD), f"{interrupted} is damaged", f"Delete {interrupted.parent}: its result is made again")
    staged = next(path for path in interrupted.parent.glob("*/arrays.npz"))
    with damaged(staged, damage):
        said(built.build(*BUILD), f"{staged} is damaged", f"Delete {interrupted.parent}")
    before = (built.root / RESULTS / "manifest.json").read_bytes()
    body = json.loads(interrupted.read_bytes())
    for change in ({"run": "../x"}, {"entries": {"../../x": next(iter(body["entries"].values()))}}):
        other = {name: value for name, value in {**body, **change}.items() if name != "sha256"}
        interrupted.write_bytes(dump_json({**other, "sha256": sha256(dump_json(other))}))
        said(built.build(*BUILD), f"{interrupted} is damaged", f"Delete {interrupted.parent}")
        assert (built.root / RESULTS / "manifest.json").read_bytes() == before
    shutil.rmtree(interrupted.parent)
    assert built.build("--status", *DIGITS).code == 0
    assert os.path.lexists(built.root / RESULTS / "dataset/42")
