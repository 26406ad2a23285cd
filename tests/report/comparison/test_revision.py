"""Results come out of real git repositories as they were committed, or one sentence says why not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from report.comparison.changes import Revision
from report.comparison.revision import PastResultsError, RevisionError, find_revision, results_of
from tests.report.repository import commit, git, start
from vae.storage.manifest import entry_of
from vae.storage.results import Keys, RunResult, dump_json
from vae.storage.store import ResultsStore


def result(run: str = "e10", score: float = 1.5) -> RunResult:
    return RunResult(run, 42, {"type": "RunSpec"}, Keys("t", "e"), {"a": score}, {}, {}, {"training": []})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: one without results, and v1 with those of e10."""
    folder = start(tmp_path / "repository")
    (folder / "README.md").write_text("first")
    commit(folder, "empty", date="2026-11-01")
    ResultsStore(folder / "results").save(result())
    commit(folder, "v1")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_a_revision_has_hash_date_and_tag(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD")
    assert find_revision(repository, "v1") == Revision(head, "2026-11-20", "v1")
    assert find_revision(repository, head[:8]) == Revision(head, "2026-11-20", "v1")
    assert find_revision(repository, "HEAD~1").date == "2026-11-01"
    commit(repository, date="2026-11-21")
    assert find_revision(repository, "main").name == ""
    git(repository, "tag", "--annotate", "v2", "--message", "two")
    assert find_revision(repository, "v2").name == "v2"


def test_results_are_those_of_the_revision_and_nothing_is_touched(repository: Path) -> None:
    committed = files(repository / "results")
    ResultsStore(repository / "results").save(result(score=2.5))
    (repository / "results" / "e10" / "42" / "arrays.npz").write_bytes(b"half a file")
    before = files(repository)
    status = git(repository, "status", "--porcelain")
    with results_of(repository, find_revision(repository, "v1")) as store:
        assert files(store.root) == committed
        assert store.load("e10", 42).score("a") == 1.5
        assert not store.root.is_relative_to(repository)
    assert not store.root.exists()
    assert files(repository) == before
    assert git(repository, "status", "--porcelain") == status


def test_a_report_may_live_in_a_folder_of_a_repository(tmp_path: Path) -> None:
    folder = start(tmp_path / "course") / "atividades" / "laudo"
    ResultsStore(folder / "results").save(result())
    commit(tmp_path / "course", "v1")
    with results_of(folder, find_revision(folder, "v1")) as store:
        assert store.load("e10", 42).score("a") == 1.5


@pytest.mark.parametrize("name", ["v3", "", "--all", "-1", "^v1", "v1..main", "HEAD~9", "main:README.md", "v1^{tree}"])
def test_what_is_no_commit_is_unknown(repository: Path, name: str) -> None:
    with pytest.raises(RevisionError, match=r"Unknown revision .*git log --oneline -- results") as raised:
        find_revision(repository, name)
    assert f"'{name}'" in str(raised.value)


def test_a_name_that_is_nearly_right_is_suggested(repository: Path) -> None:
    git(repository, "tag", "publicada-2026")
    with pytest.raises(RevisionError, match="Did you mean publicada-2026"):
        find_revision(repository, "publicada-2025")


def test_a_shallow_clone_says_how_to_get_its_history(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    with pytest.raises(RevisionError, match="git fetch --unshallow"):
        find_revision(tmp_path / "shallow", "HEAD~1")


def test_a_folder_without_history_says_so(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    with pytest.raises(RevisionError, match=r"has no history that git can read.*'v1'.*git clone"):
        find_revision(repository, "v1")


def test_a_machine_without_git_says_so(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RevisionError, match="git is not installed"):
        find_revision(repository, "v1")


def test_a_revision_without_results_says_so(repository: Path) -> None:
    revision = find_revision(repository, "empty")
    with (
        pytest.raises(RevisionError, match=r"has no results/manifest.json: nothing was published in it"),
        results_of(repository, revision),
    ):
        pass


def listed(folder: Path, name: str) -> None:
    """Put a file's present sha256 and size into the manifest."""
    manifest = ResultsStore(folder).manifest()
    manifest[name] = entry_of((folder / name).read_bytes())
    (folder / "manifest.json").write_bytes(dump_json({"files": manifest}))


def half_a_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"files": ')


def altered_file(folder: Path) -> None:
    (folder / "e10/42/result.json").write_text("{}")


def lost_file(folder: Path) -> None:
    (folder / "e10/42/arrays.npz").unlink()


def unlisted_file(folder: Path) -> None:
    (folder / "e10/42/extra").write_text("mine")


def link(folder: Path) -> None:
    (folder / "e10/42/arrays.npz").unlink()
    (folder / "e10/42/arrays.npz").symlink_to("/etc/hostname")


def older_format(folder: Path) -> None:
    path = folder / "e10/42/result.json"
    path.write_bytes(path.read_bytes().replace(b'"format": 1', b'"format": 0'))
    listed(folder, "e10/42/result.json")


def no_json(folder: Path) -> None:
    (folder / "e10/42/result.json").write_text("<html>")
    listed(folder, "e10/42/result.json")


@pytest.mark.parametrize(("harm", "words"), [
    (half_a_manifest, "results/manifest.json cannot be read"),
    (altered_file, "results/e10/42/result.json is damaged: its sha256 or size is not the manifest's"),
    (lost_file, "results/e10/42/arrays.npz is missing although the manifest lists it"),
    (unlisted_file, "results/e10/42/extra is not in the manifest"),
    (link, "results/e10/42/arrays.npz is missing"),
    (older_format, "result.json has format 0, this version reads 1"),
    (no_json, "results/e10/42: not a readable result"),
])  # fmt: skip
def test_damaged_or_older_results_are_one_sentence(repository: Path, harm: Callable[[Path], None], words: str) -> None:
    harm(repository / "results")
    head = commit(repository)
    with pytest.raises(PastResultsError) as raised, results_of(repository, find_revision(repository, "main")):
        pass
    text = str(raised.value)
    assert words in text
    assert head[:10] in text
    assert "Name another revision" in text
    assert "/tmp" not in text and "--retrain" not in text, "the remedies of results that can be made again"
