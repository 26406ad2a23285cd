"""Results as a git revision has them, read out of git's objects: the working tree is never touched."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from report.comparison.changes import COMMIT, Revision
from vae.errors import LaudoError, ResultsError, meant
from vae.storage.store import MANIFEST, ResultsStore

FOLDER = "results"  # where the published results are, in this revision and in every other
LIST = f"git log --oneline -- {FOLDER}"


class RevisionError(LaudoError):
    """There is no such revision, or nothing was published in it."""


class PastResultsError(ResultsError):
    """The results of a revision are damaged or of another format: nothing mends them."""


def find_revision(repository: Path, name: str) -> Revision:
    """Return the commit that a name stands for: a branch, a tag, a hash, HEAD~3.

    Raises RevisionError if git is not there, the folder is in no repository, or the name stands for no commit.
    """
    asked = _git(repository, "rev-parse", "--git-dir")
    if asked.returncode:
        words = asked.stderr.decode(errors="replace").strip().split("\n")[0]
        raise RevisionError(
            f"{repository} has no history that git can read, so there is no revision '{name}' ({words}). "
            "Get this report with git clone: a downloaded archive has no history."
        )
    # A hyphen would begin an option, and "^HEAD" is all that is not in HEAD: no commit, though git prints one.
    found = _git(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").stdout.decode().strip()
    if name.startswith("-") or not COMMIT.fullmatch(found):
        raise RevisionError(f"Unknown revision '{name}'.{_hint(repository, name)}")
    date = _git(repository, "-c", "log.showSignature=false", "show", "--no-patch", "--format=%cs", found)
    tag = _git(repository, "describe", "--tags", "--exact-match", found).stdout.decode().strip()
    return Revision(found, date.stdout.decode().strip(), tag)


@contextmanager
def results_of(repository: Path, revision: Revision) -> Iterator[ResultsStore]:
    """Give the results of a revision in a temporary folder, each file compared with their manifest.

    Raises RevisionError if the revision has none, PastResultsError naming what is damaged or of another format.
    """
    with TemporaryDirectory(prefix="laudo-") as folder:
        for path, content in _files(repository, revision):
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        store = ResultsStore(Path(folder) / FOLDER)
        if not (store.root / MANIFEST).is_file():
            raise RevisionError(
                f"Revision {revision.short} has no {FOLDER}/{MANIFEST}: nothing was published in it. Revisions that have: {LIST}"
            )
        for fault in _faults(store):
            raise PastResultsError(
                f"The results of revision {revision.short} cannot be compared: {fault.replace(folder + '/', '')} "
                f"Name another revision; those that changed results: {LIST}"
            )
        yield store


def _faults(store: ResultsStore) -> Iterator[str]:
    try:
        yield from store.faults()
    except ResultsError:
        yield f"{FOLDER}/{MANIFEST} cannot be read."
        return
    for run, seeds in store.stored().items():
        for seed in seeds:
            try:
                store.load(run, seed)
            except ResultsError as error:
                # The cause alone: the store's remedy is for results that can be made again.
                yield f"{FOLDER}/{run}/{seed}: {error.__cause__ or error}"


def _files(repository: Path, revision: Revision) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the result files of a revision, as raw as git keeps them."""
    asked = ("ls-tree", "-r", "-z", revision.commit, "--", f"{FOLDER}/")
    listed = _git(repository, *asked).stdout.decode(errors="surrogateescape")
    entries = [entry.split("\t", 1) for entry in listed.split("\0") if entry]
    blobs = [(head.split()[2], path) for head, path in entries if head.startswith("100") and _inside(path)]
    content = _git(repository, "cat-file", "--batch", stdin="".join(f"{name}\n" for name, _ in blobs).encode()).stdout
    position = 0
    for name, path in blobs:
        end = content.find(b"\n", position)
        head = content[position:end].split()
        if len(head) != 3:
            raise RevisionError(f"git cannot give {path} of revision {revision.short} ({name}); see: git fsck")
        start, size = end + 1, int(head[2])
        yield path, content[start : start + size]
        position = start + size + 1


def _inside(path: str) -> bool:
    return path.startswith(f"{FOLDER}/") and ".." not in PurePosixPath(path).parts


def _hint(repository: Path, name: str) -> str:
    if _git(repository, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        return " This clone has only the latest history; get the rest with: git fetch --unshallow --tags"
    names = _git(repository, "for-each-ref", "--format=%(refname:short)").stdout.decode().split()
    return f"{meant(name, names, cutoff=0.5)} Give a tag, a branch or a commit of this repository; those that changed results: {LIST}"


def _git(repository: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(repository), *arguments], input=stdin, capture_output=True, check=False)
    except FileNotFoundError:
        raise RevisionError("git is not installed, and --compare reads old results from it: install git.") from None
