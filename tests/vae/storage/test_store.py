import contextlib
import dataclasses
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vae.tiny import make_result
from vae.errors import ResultsError
from vae.grid import make_grid
from vae.storage.manifest import entry_of
from vae.storage.results import ARRAYS_FILE, PROVENANCE_FILE, RESULT_FILE, Keys, dump_json
from vae.storage.store import INCOMING, JOURNAL, MANIFEST, WEIGHTS_FILE, ResultsStore

OLD, NEW = make_result(value=1.0), make_result(value=2.0)


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def saved(store: ResultsStore) -> ResultsStore:
    store.save(OLD, b"weights")
    return store


def test_round_trip(saved: ResultsStore) -> None:
    assert saved.has("e10", 42)
    assert saved.load("e10", 42).scores == OLD.scores | {"bce": 0.333333333}
    assert saved.keys("e10", 42) == Keys("t" * 64, "e" * 64)
    assert saved.provenance("e10", 42)["training"] == [{"device": "CPU"}]
    weights = saved.weights("e10", 42)
    assert weights is not None
    assert weights.read_bytes() == b"weights"
    assert saved.faults() == []
    assert not (saved.root / INCOMING).exists()


def test_what_is_stored_is_listed_by_run_and_seed(store: ResultsStore) -> None:
    assert store.stored() == {}
    for run, seed in (("e50", 43), ("e10", 9), ("e50", 42), ("e10", 10)):
        store.save(make_result(run, seed))
    store.save_previous(b"{}")
    assert store.stored() == {"e10": [9, 10], "e50": [42, 43]}


def test_what_the_publication_before_said_is_kept_beside_the_results(saved: ResultsStore) -> None:
    assert saved.previous() is None
    assert saved.save_previous(b"one") == saved.root / "previous.json"
    saved.save_previous(b"two")
    assert saved.previous() == b"two"
    assert saved.faults() == []
    saved.save(NEW)
    assert saved.previous() == b"two"


def test_equal_results_give_equal_bytes(saved: ResultsStore, tmp_path: Path) -> None:
    other = ResultsStore(tmp_path / "other")
    other.save(OLD, b"weights")
    assert tree(other.root) == tree(saved.root)


def test_reading_creates_nothing(store: ResultsStore) -> None:
    assert not store.has("e10", 42)
    assert store.manifest() == {}
    assert store.weights("e10", 42) is None
    assert store.digest("e10", 42) == ""
    assert store.faults() == []
    store.recover()
    assert not store.root.exists()


def test_a_new_result_replaces_the_old_one_and_its_weights(saved: ResultsStore) -> None:
    before = saved.digest("e10", 42)
    saved.save(NEW)
    assert saved.load("e10", 42).score("mse") == 2.0
    assert saved.weights("e10", 42) is None
    assert not (saved.folder("e10", 42) / WEIGHTS_FILE).exists()
    assert saved.digest("e10", 42) != before
    assert saved.faults() == []


def test_results_of_others_stay(saved: ResultsStore) -> None:
    before = saved.digest("e10", 42)
    saved.save(make_result("e10", 43))
    saved.save(make_result("e10-l50", 42))
    assert saved.digest("e10", 42) == before
    assert saved.digest("e10", 4) == "", "a seed is no prefix of another"
    assert saved.faults() == []


@pytest.mark.parametrize("name", [RESULT_FILE, ARRAYS_FILE, WEIGHTS_FILE])
def test_an_altered_byte_is_found_and_named(saved: ResultsStore, name: str) -> None:
    path = saved.folder("e10", 42) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    for read in (saved.load, saved.keys, saved.weights, saved.provenance):
        with pytest.raises(ResultsError, match=rf"{name} is damaged.*--retrain e10"):
            read("e10", 42)
    assert saved.faults() == [f"{path} is damaged: its sha256 or size is not the manifest's."]


def test_an_altered_byte_is_found_after_the_result_was_verified_once(saved: ResultsStore) -> None:
    keys, provenance = saved.keys("e10", 42), saved.provenance("e10", 42)
    assert (saved.keys("e10", 42), saved.provenance("e10", 42)) == (keys, provenance)
    path = saved.folder("e10", 42) / ARRAYS_FILE
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    for read in (saved.keys, saved.provenance, saved.load):
        with pytest.raises(ResultsError, match=f"{ARRAYS_FILE} is damaged"):
            read("e10", 42)


def test_what_is_loaded_is_hashed_whatever_was_seen_before(
    saved: ResultsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved.keys("e10", 42)
    monkeypatch.setattr(
        "vae.storage.manifest._stamp", lambda path: (0,)
    )  # a file system on which nothing shows that a file changed
    saved.keys("e10", 42)
    path = saved.folder("e10", 42) / ARRAYS_FILE
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    for read in (saved.load, saved.weights):
        with pytest.raises(ResultsError, match=f"{ARRAYS_FILE} is damaged"):
            read("e10", 42)


def test_another_stores_save_is_seen(saved: ResultsStore) -> None:
    before = saved.digest("e10", 42)
    other = ResultsStore(saved.root)
    result = other.load("e10", 42)
    other.save(dataclasses.replace(result, scores={**result.scores, "mse": 0.5}))
    other.save(dataclasses.replace(result, seed=43))
    assert saved.digest("e10", 42) != before
    assert saved.stored()["e10"] == [42, 43]
    assert saved.load("e10", 42).scores["mse"] == 0.5


def test_the_manifest_is_read_once_for_all_results(saved: ResultsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in (43, 44, 45):
        saved.save(dataclasses.replace(saved.load("e10", 42), seed=seed))
    fresh, read = ResultsStore(saved.root), []
    real = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path.name) or real(path))
    for seed in (42, 43, 44, 45):
        fresh.keys("e10", seed)
        fresh.digest("e10", seed)
    assert read.count("manifest.json") == 1


def test_a_missing_file_is_found_and_named(saved: ResultsStore) -> None:
    path = saved.folder("e10", 42) / ARRAYS_FILE
    path.unlink()
    with pytest.raises(ResultsError, match=r"arrays\.npz is missing.*--retrain e10"):
        saved.load("e10", 42)
    assert saved.faults() == [f"{path} is missing although the manifest lists it."]


def test_an_unlisted_file_is_found(saved: ResultsStore) -> None:
    extra = saved.folder("e10", 42) / "notes.txt"
    extra.write_text("mine")
    assert saved.faults() == [f"{extra} is not in the manifest."]


def test_a_result_that_the_manifest_does_not_list_is_refused(saved: ResultsStore) -> None:
    shutil.copytree(saved.root / "e10", saved.root / "e50")
    with pytest.raises(ResultsError, match="not in the manifest"):
        saved.load("e50", 42)


@pytest.mark.parametrize("content", [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"files": null}', b'{"files": {"a": 1}}',
    b'{"files": {"a": {"bytes": 3}}}', b'{"files": 3}',
])  # fmt: skip
def test_a_damaged_manifest_is_named(saved: ResultsStore, content: bytes) -> None:
    (saved.root / MANIFEST).write_bytes(content)
    for read in (saved.manifest, saved.faults, lambda: saved.load("e10", 42)):
        with pytest.raises(ResultsError, match=r"manifest\.json is damaged.*git checkout"):
            read()


def relist(store: ResultsStore, name: str, content: bytes) -> None:
    """Alter a file and the manifest with it: what another version of this program would have written."""
    (store.root / name).write_bytes(content)
    manifest = json.loads((store.root / MANIFEST).read_bytes())
    manifest["files"][name] = dict(entry_of(content))
    (store.root / MANIFEST).write_text(json.dumps(manifest))


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"keys": {"other": 1}}', b'{"keys": null}', b"nothing"])
def test_another_format_is_named_even_if_the_manifest_agrees(saved: ResultsStore, content: bytes) -> None:
    relist(saved, "e10/42/result.json", content)
    for read in (saved.keys, saved.load):
        with pytest.raises(ResultsError, match=r"e10/42: .*(not a readable result|no readable keys).*--retrain e10"):
            read("e10", 42)


@pytest.mark.parametrize(("change", "words"), [
    ({"run": "../../x"}, "is of ../../x/42, another result"), ({"seed": 43}, "is of e10/43, another result"),
    ({"run": None}, "does not say of which run"), ({"seed": True}, "does not say of which run"),
    ({"scores": {"mse": "1"}}, "'1' is no number"), ({"history": {"bce": [None]}}, "None is no number"),
    ({"keys": {"training": 1, "evaluation": ""}}, "keys are texts"),
])  # fmt: skip
def test_a_result_that_somebody_else_wrote_is_not_believed(
    saved: ResultsStore, change: dict[str, object], words: str
) -> None:
    body = json.loads((saved.folder("e10", 42) / RESULT_FILE).read_bytes()) | change
    relist(saved, "e10/42/result.json", dump_json(body))
    with pytest.raises(ResultsError, match=rf"e10/42: .*{re.escape(words)}.*--retrain e10"):
        saved.load("e10", 42)


def test_a_remedy_means_the_same_grid_and_folder(saved: ResultsStore) -> None:
    other = ResultsStore(saved.root, make_grid("quick", "digits", 2).options)
    (saved.folder("e10", 42) / ARRAYS_FILE).unlink()
    command = (
        f"python build.py --all --retrain e10/42 --profile quick --dataset digits --seeds 2 --results {saved.root}"
    )
    with pytest.raises(ResultsError, match=re.escape(command)):
        other.load("e10", 42)
    assert make_grid().options == ""


def test_a_provenance_of_another_form_is_named(saved: ResultsStore) -> None:
    relist(saved, f"e10/42/{PROVENANCE_FILE}", b"3")
    with pytest.raises(ResultsError, match=r"provenance\.json: .*--retrain e10"):
        saved.provenance("e10", 42)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../e10", "e10/42", "/etc", "E10", "e 10", "é", "-e10", "e10\n", "a" * 65]
)
def test_strange_names_leave_the_folder_never(store: ResultsStore, name: str) -> None:
    with pytest.raises(ResultsError, match="is no run name"):
        store.has(name, 42)
    with pytest.raises(ResultsError, match="is no run name"):
        store.save(make_result(name))
    assert not store.root.exists()


class KilledError(BaseException):
    """Stands for SIGKILL: nothing may catch it."""


STEPS: list[tuple[Any, str]] = [
    (os, "replace"), (os, "fsync"), (shutil, "rmtree"), (Path, "mkdir"), (Path, "open"), (Path, "unlink"),
]  # fmt: skip


def interrupt(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, call: int, after: bool, error: BaseException
) -> Callable[[], bool]:
    """Make the nth call of a function fail, before or after it did its work; the answer says whether it came to that."""
    original, calls = getattr(owner, name), [0]

    def failing(*arguments: Any, **keywords: Any) -> Any:
        calls[0] += 1
        if calls[0] == call and not after:
            raise error
        value = original(*arguments, **keywords)
        if calls[0] == call:
            raise error
        return value

    monkeypatch.setattr(owner, name, failing)
    return lambda: calls[0] >= call


def interruptions(root: Path, error: BaseException, again: bool) -> int:
    """Interrupt a save at every step; what is there afterwards is the old or the new result. Returns how many steps."""
    tried = 0
    template = ResultsStore(root / "template")
    template.save(OLD, b"old weights")
    template.save(make_result("e50"))
    for owner, name in STEPS:
        for after in (False, True) if name != "open" else (False,):  # what was opened would stay open
            call = 0
            while True:
                call += 1
                store = ResultsStore(Path(shutil.copytree(template.root, root / f"{name}-{call}-{after}")))
                with pytest.MonkeyPatch.context() as patch:
                    reached = interrupt(patch, owner, name, call, after, error)
                    with contextlib.suppress(KilledError, ResultsError):
                        store.save(NEW, b"new weights")
                if not reached():
                    break
                tried += 1
                fresh = ResultsStore(store.root)
                if again:
                    fresh.save(make_result("e50"))  # another one: what was begun before it is not lost by it
                else:
                    fresh.recover()
                mse = fresh.load("e10", 42).score("mse")
                weights = fresh.weights("e10", 42)
                content = weights.read_bytes() if weights else None
                assert (mse, content) in [(1.0, b"old weights"), (2.0, b"new weights")], (
                    f"mixed after {name}, call {call}, after={after}"
                )
                assert fresh.load("e50", 42).score("mse") == 1.0
                assert fresh.faults() == []
                assert not (fresh.root / INCOMING).exists()
                shutil.rmtree(store.root)
    return tried


@pytest.fixture
def no_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of order need no disk that waits."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.mark.usefixtures("no_sync")
def test_a_save_killed_at_any_step_leaves_the_old_or_the_new_result(tmp_path: Path) -> None:
    assert interruptions(tmp_path, KilledError(), again=False) > 20


@pytest.mark.usefixtures("no_sync")
def test_a_save_after_a_killed_one_is_whole(tmp_path: Path) -> None:
    assert interruptions(tmp_path, KilledError(), again=True) > 20


def test_a_full_disk_is_a_results_error_with_a_remedy(saved: ResultsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt(monkeypatch, os, "fsync", 2, False, OSError(28, "No space left on device"))
    with pytest.raises(ResultsError, match=r"No space left on device.*--results DIR"):
        saved.save(NEW)
    monkeypatch.undo()
    saved.recover()
    assert saved.load("e10", 42).score("mse") == 1.0


def test_before_recovery_a_reader_sees_no_mix(saved: ResultsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    # Killed between the move and the manifest: the new files under the old manifest are damage, not a result.
    interrupt(monkeypatch, os, "replace", 3, True, KilledError())
    with pytest.raises(KilledError):
        saved.save(NEW)
    monkeypatch.undo()
    with pytest.raises(ResultsError, match="damaged"):
        saved.load("e10", 42)
    saved.recover()
    assert saved.load("e10", 42).score("mse") == 2.0


def test_nothing_is_deleted_that_a_reader_looks_for(saved: ResultsStore, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[float] = []
    original = shutil.rmtree

    def delete(path: Path, ignore_errors: bool = False) -> None:
        original(path, ignore_errors=ignore_errors)
        found.append(ResultsStore(saved.root).load("e10", 42).score("mse"))

    monkeypatch.setattr(shutil, "rmtree", delete)
    saved.save(NEW)
    assert found == sorted(found)
    assert {*found} == {1.0, 2.0}


def test_what_was_to_be_replaced_comes_back_if_its_replacement_is_damaged(
    saved: ResultsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(monkeypatch, os, "replace", 2, True, KilledError())
    with pytest.raises(KilledError):
        saved.save(NEW)
    monkeypatch.undo()
    (saved.root / ".incoming" / "e10.42" / "arrays.npz").write_bytes(b"damage")
    with pytest.raises(ResultsError, match="Delete"):
        saved.recover()
    shutil.rmtree(saved.root / ".incoming")  # as it was said
    assert saved.load("e10", 42).score("mse") == 1.0
    assert saved.faults() == []


def test_a_result_that_was_restored_while_its_replacement_waited_is_replaced(
    saved: ResultsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(saved.folder("e10", 42), tmp_path / "copy")
    interrupt(monkeypatch, os, "replace", 2, True, KilledError())
    with pytest.raises(KilledError):
        saved.save(NEW)
    monkeypatch.undo()
    assert not saved.has("e10", 42)
    shutil.copytree(copy, saved.folder("e10", 42))  # as its damage was said to be mended
    saved.recover()
    assert saved.load("e10", 42).score("mse") == 2.0
    assert saved.faults() == []


@pytest.mark.parametrize("lost", ["folder", "file"])
def test_a_journal_whose_files_are_gone_lists_none_of_them(
    saved: ResultsStore, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    interrupt(monkeypatch, os, "replace", 2, False, KilledError())
    with pytest.raises(KilledError):
        saved.save(dataclasses.replace(NEW, seed=43))
    monkeypatch.undo()
    before = (saved.root / MANIFEST).read_bytes()
    staged, target = saved.root / INCOMING / "e10.43", saved.folder("e10", 43)
    if lost == "folder":
        shutil.rmtree(staged)
    else:
        os.replace(staged, target)
        (target / ARRAYS_FILE).unlink()
    with pytest.raises(ResultsError, match=rf"{target}/.* is damaged\. Delete .*\.incoming: its result is made again"):
        saved.recover()
    assert (saved.root / MANIFEST).read_bytes() == before


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"run": "e10"}', b'{"run": "../x", "seed": 1, "entries": {}}'])
def test_a_damaged_journal_is_named(saved: ResultsStore, content: bytes) -> None:
    (saved.root / INCOMING).mkdir()
    (saved.root / INCOMING / JOURNAL).write_bytes(content)
    with pytest.raises(ResultsError, match=r"journal\.json is damaged.*Delete .*\.incoming: its result is made again"):
        saved.recover()


def test_what_a_killed_build_had_begun_to_write_goes_away(saved: ResultsStore) -> None:
    left = saved.root / ".manifest.json.123.tmp"
    left.write_bytes(b"{")
    saved.recover()
    assert not left.exists()
