"""Whatever stands in a stored file: its loader raises our errors and nothing else, or gives what was stored.

vae/storage/results.py has its own, in tests/vae/storage/test_results.py. Cases that once broke a loader stay here as examples.
"""

import dataclasses
import gzip
import json
import math
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.vae.data.tensors.test_tensors import FILES, INFO
from torch import nn

from report.comparison.changes import Revision, Snapshot
from report.comparison.snapshot import from_bytes, to_bytes
from report.judging import estimates
from report.judging.statistics import Estimate
from report.rendered import RECORDS, Record, Rendered
from tests.vae.storage.test_checkpoints import HISTORY, stepped
from tests.vae.tiny import StopError, make_result
from vae.data.tensors import load
from vae.errors import DataError, LaudoError, ResultsError, TrainingError
from vae.storage.checkpoints import CheckpointFolder
from vae.storage.results import dump_json, sha256
from vae.storage.store import INCOMING, JOURNAL, MANIFEST, ResultsStore

DEEP = b"[" * 100_000  # the parser gives up with a RecursionError
LONG = b'{"seed": ' + b"9" * 5_000 + b"}"  # more digits than Python turns into a number

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=5,
)
documents = st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode())
# Mostly one bit, which leaves a digit a digit; sometimes a few bytes.
changes = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128, 255])), min_size=1, max_size=3
)
fuzzed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def altered(content: bytes, where: list[tuple[int, int]]) -> bytes:
    """Other bits at some places."""
    other = bytearray(content)
    for position, value in where:
        other[position % len(other)] ^= value
    return bytes(other)


@pytest.fixture
def saved(tmp_path: Path) -> ResultsStore:
    store = ResultsStore(tmp_path / "results")
    store.save(make_result(), b"weights")
    return store


def ask_everything(store: ResultsStore) -> Any:
    """Put every question to a store whose manifest is strange; what it answers if it answers."""
    try:
        return store.stored(), store.keys("e10", 42), store.load("e10", 42).scores, store.faults() and None
    except ResultsError:
        return None


@fuzzed
@given(documents)
@example(DEEP)
@example(LONG)
@example(b'{"files": {"e10/99999999999999999999999999/result.json": {"sha256": "", "bytes": 0}}}')
@example(b'{"files": {"../../x": {"sha256": "", "bytes": 0}}}')
@example(b'{"files": {"e10/42/result.json": []}}')
@example(b'{"files": {"e10/42/result.json": {"sha256": 1, "bytes": 0}}}')
def test_a_manifest_of_anything(saved: ResultsStore, content: bytes) -> None:
    (saved.root / MANIFEST).write_bytes(content)
    ask_everything(saved)


@fuzzed
@given(changes)
def test_a_manifest_with_other_bytes(saved: ResultsStore, where: list[tuple[int, int]]) -> None:
    path = saved.root / MANIFEST
    content, truth = path.read_bytes(), ask_everything(saved)
    path.write_bytes(altered(content, where))
    answer = ask_everything(saved)
    path.write_bytes(content)
    # A line that is not needed may be gone or called otherwise; what is answered of the result is true.
    assert answer is None or answer[1:3] == truth[1:3]


@fuzzed
@given(documents)
@example(DEEP)
@example(LONG)
@example(b'{"sha256": "", "run": "e10", "seed": 42, "entries": {}}')
def test_a_journal_of_anything(saved: ResultsStore, content: bytes) -> None:
    journal(saved, content)


@fuzzed
@given(st.sampled_from(["run", "seed", "entries"]), json_values)
@example("run", "../../e10")
@example("run", "e10/42")
@example("seed", "../42")
@example("seed", math.inf)
@example("entries", {"../../x": {"sha256": "", "bytes": 0}})
@example("entries", {"e50/42/result.json": {"sha256": "", "bytes": 0}})
def test_a_journal_that_somebody_wrote(saved: ResultsStore, field: str, value: object) -> None:
    """Its digest is right: what it says is not believed all the same."""
    body = {"run": "e10", "seed": 42, "entries": {}} | {field: value}
    try:
        content = json.dumps({**body, "sha256": sha256(dump_json(body))}).encode()
    except ValueError:
        content = json.dumps({**body, "sha256": ""}).encode()
    journal(saved, content)


def journal(store: ResultsStore, content: bytes) -> None:
    """Recover with this journal: nothing outside of the folder is touched, and no result is."""
    around = {path.name for path in store.root.parent.iterdir()}
    (store.root / INCOMING).mkdir(exist_ok=True)
    (store.root / INCOMING / JOURNAL).write_bytes(content)
    manifest = (store.root / MANIFEST).read_bytes()
    try:
        store.recover()
        assert all(name.startswith("e10/42/") for name in store.manifest()), "it speaks of one result alone"
    except ResultsError as error:
        assert "Delete" in str(error)
        assert (store.root / MANIFEST).read_bytes() == manifest
    finally:
        shutil.rmtree(store.root / INCOMING, ignore_errors=True)
        (store.root / MANIFEST).write_bytes(manifest)
    assert {path.name for path in store.root.parent.iterdir()} == around
    assert store.load("e10", 42)


@fuzzed
@given(changes)
def test_a_journal_with_other_bytes(tmp_path: Path, where: list[tuple[int, int]]) -> None:
    shutil.rmtree(tmp_path / "results", ignore_errors=True)
    store = ResultsStore(tmp_path / "results")
    with pytest.MonkeyPatch.context() as patch:  # complete, and not yet in its place
        patch.setattr("vae.storage.store.os.replace", stop)
        with pytest.raises(StopError):
            store.save(make_result(), b"weights")
    path = store.root / INCOMING / JOURNAL
    path.write_bytes(altered(path.read_bytes(), where))
    try:
        store.recover()
    except ResultsError as error:
        assert f"{path} is damaged" in str(error)
        assert not (store.root / MANIFEST).exists()
        return
    assert store.faults() == []
    assert store.load("e10", 42).score("mse") == 1.0


def stop(source: Path, target: Path) -> None:
    """Let files be written, and no folder be moved into its place."""
    if source.is_dir():
        raise StopError
    source.rename(target)


ESTIMATE = Estimate(1.0, 0.5, math.inf, 0.03, 2, 7, {42: 1.0, 43: 1.5})
SNAPSHOT = Snapshot("y", {}, {}, {}, revision=Revision("0123456789" * 4, "2026-11-20", "v1"))


def estimates_of(content: bytes) -> dict[str, Estimate]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estimates.json"
        path.write_bytes(content)
        return estimates.read(path)


def written() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "estimates.json"
        estimates.write(path, {"key": ESTIMATE})
        return path.read_bytes()


WRITTEN, PREVIOUS = written(), to_bytes(SNAPSHOT)


@pytest.mark.parametrize(("read", "good", "value", "other"), [
    (estimates_of, WRITTEN, {"key": ESTIMATE}, WRITTEN.replace(b"0.03", b"0.04")),
    (from_bytes, PREVIOUS, SNAPSHOT, PREVIOUS.replace(b"v1", b"v2")),
])  # fmt: skip
class TestSealedFiles:
    """Files that carry a sha256 of what they say."""

    def test_they_are_read_as_written(
        self, read: Callable[[bytes], Any], good: bytes, value: Any, other: bytes
    ) -> None:
        assert read(good) == value
        assert other != good
        with pytest.raises(ResultsError, match="its sha256 is not that of its content"):
            read(other)

    @fuzzed
    @given(content=documents)
    @example(content=DEEP)
    @example(content=LONG)
    @example(content=b'{"sha256": "", "estimates": {}}')
    def test_anything(
        self, read: Callable[[bytes], Any], good: bytes, value: Any, other: bytes, content: bytes
    ) -> None:
        with pytest.raises(ResultsError, match="elete it"):
            read(content)

    @fuzzed
    @given(where=changes)
    def test_other_bytes(
        self, read: Callable[[bytes], Any], good: bytes, value: Any, other: bytes, where: list[tuple[int, int]]
    ) -> None:
        try:
            assert read(altered(good, where)) == value
        except ResultsError as error:
            assert "elete it" in str(error)


@fuzzed
@given(st.sampled_from(["value", "low", "high", "p_value", "n_seeds", "n_images", "per_seed"]), json_values)
@example("per_seed", {"x": 1.0})
@example("value", None)
@example("value", "1")
def test_an_estimate_of_anything(field: str, value: object) -> None:
    body = {"key": {**dataclasses.asdict(ESTIMATE), field: value}}
    digest = sha256(json.dumps(json.loads(json.dumps(body)), sort_keys=True).encode())
    try:
        read = estimates_of(json.dumps({"sha256": digest, "estimates": body}).encode())
    except ResultsError:
        return
    one = read["key"]
    assert all(isinstance(number, int | float) for number in (one.value, one.half_width, *one.per_seed.values()))


@fuzzed
@given(st.sampled_from(["yardstick", "runs", "verdicts", "readings", "unlike", "outside", "revision"]), json_values)
@example("outside", ["<script>"])
@example("runs", {"../x": {"spec": {}, "numbers": {}}})
@example("revision", {"commit": "`", "date": "2026-11-20", "name": ""})
@example("revision", {"commit": "0" * 40, "date": "yesterday", "name": ""})
@example("revision", {"commit": "0" * 40, "date": "2026-11-20", "name": []})
def test_a_publication_of_anything(field: str, value: object) -> None:
    body = json.loads(PREVIOUS)["publication"] | {field: value}
    try:
        content = dump_json({"format": 1, "sha256": sha256(dump_json(body)), "publication": body})
    except ValueError:
        return  # no JSON
    try:
        read = from_bytes(content)
    except ResultsError:
        return
    assert field in ("yardstick", "unlike") or not value, read


@fuzzed
@given(documents)
@example(DEEP)
@example(b'{"inputs": {}, "files": {"../../x": ""}, "sha256": ""}')
def test_a_record_of_anything(tmp_path: Path, content: bytes) -> None:
    rendered = Rendered(tmp_path)
    (tmp_path / RECORDS).mkdir(exist_ok=True)
    (tmp_path / RECORDS / "um.json").write_bytes(content)
    assert rendered.record("um") is None


@fuzzed
@given(changes)
def test_a_record_with_other_bytes(tmp_path: Path, where: list[tuple[int, int]]) -> None:
    rendered = Rendered(tmp_path)
    rendered.write_page("um", {"um.md": b"# Um\n"}, {"e10/42": "a"})
    path = tmp_path / RECORDS / "um.json"
    path.write_bytes(altered(path.read_bytes(), where))
    assert rendered.record("um") in (None, Record({"e10/42": "a"}, {"um.md": sha256(b"# Um\n")}))


@pytest.fixture
def folder(tmp_path: Path) -> CheckpointFolder:
    place = CheckpointFolder(tmp_path / "run")
    place.save(2, *stepped(), HISTORY, [{"commit": "abc"}])
    return place


def resumed(folder: CheckpointFolder) -> list[torch.Tensor] | None:
    """The weights after a resume, None if it was refused."""
    model, optimiser = stepped(1)
    try:
        assert folder.resume(2, model, optimiser) == (HISTORY, [{"commit": "abc"}])
    except TrainingError as error:
        assert "Delete it" in str(error)
        return None
    return list(model.parameters())


@fuzzed
@given(st.binary(max_size=100) | st.binary(max_size=60).map(lambda header: len(header).to_bytes(8, "little") + header))
@example(b"")
@example((2**63).to_bytes(8, "little"))
@example((100_000).to_bytes(8, "little") + DEEP)
def test_a_checkpoint_of_anything(folder: CheckpointFolder, content: bytes) -> None:
    folder.file(2).write_bytes(content)
    assert resumed(folder) is None


@settings(fuzzed, max_examples=200)
@given(changes)
def test_a_checkpoint_with_other_bytes(folder: CheckpointFolder, where: list[tuple[int, int]]) -> None:
    content, truth = folder.file(2).read_bytes(), resumed(folder)
    folder.file(2).write_bytes(altered(content, where))
    got = resumed(folder)
    folder.file(2).write_bytes(content)
    assert truth is not None
    assert got is None or all(torch.equal(a, b) for a, b in zip(got, truth, strict=True))


def test_a_bit_anywhere_in_a_checkpoint(folder: CheckpointFolder) -> None:
    """In its header, names, history or numbers: refused, or no other."""
    content, truth = folder.file(2).read_bytes(), folder.read(2)
    refused = 0
    for position in range(len(content)):
        folder.file(2).write_bytes(altered(content, [(position, 1 << position % 8)]))
        try:
            tensors, *others = folder.read(2)
        except TrainingError:
            refused += 1
            continue
        assert others == list(truth[1:]), position
        assert all(torch.equal(tensors[name], tensor) for name, tensor in truth[0].items()), position
    assert refused > 0.95 * len(content), "a space beside the header says nothing"


def test_a_checkpoint_of_another_model(folder: CheckpointFolder) -> None:
    other = nn.Linear(4, 2)
    with pytest.raises(TrainingError, match=r"is damaged \(Error\(s\) in loading state_dict.*Delete it"):
        folder.resume(2, other, torch.optim.Adam(other.parameters()))


def test_files_that_are_no_checkpoints(folder: CheckpointFolder) -> None:
    for name in ("epoch-.safetensors", "epoch-x.safetensors", "epoch-0003.safetensors.bak", "epoch-٣٣٣٣.safetensors"):
        (folder.path / name).write_bytes(b"")
    assert folder.epochs() == [2]


@settings(fuzzed, max_examples=30)
@given(st.sampled_from(sorted(FILES)), st.booleans(), changes | st.integers(0, 10**6))
def test_data_with_other_bytes(name: str, packed: bool, damage: list[tuple[int, int]] | int) -> None:
    with tempfile.TemporaryDirectory() as place:
        given_dir = Path(place) / "given"
        given_dir.mkdir()
        for each, content in FILES.items():
            (given_dir / each).write_bytes(content)
        good = gzip.compress(FILES[name], mtime=0) if packed else FILES[name]
        bad = good[: damage % len(good)] if isinstance(damage, int) else altered(good, damage)
        (given_dir / name).unlink()
        (given_dir / (f"{name}.gz" if packed else name)).write_bytes(bad)
        try:
            loaded = load(INFO, given_dir, Path(place) / "cache")
        except DataError as error:
            assert name in str(error)
            return
        assert torch.equal(loaded.test.labels, torch.arange(60) % 10), "what was altered was not read"


def test_our_errors_are_one_family() -> None:
    assert all(issubclass(error, LaudoError) for error in (DataError, ResultsError, TrainingError))
