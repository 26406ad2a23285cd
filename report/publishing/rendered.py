"""The rendered/ folder: what each page was made from, what is written, what has grown old.

A page's record, rendered/.laudo/<slug>.json, holds what the page was made from (by part, so that --status can say what
changed) and the sha256 of its files. It is written last: a killed build leaves a page without a valid record, which is
rendered again.
"""

import dataclasses
import json
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from report.page import page_path
from vae.storage.files import remove_leftovers, write_atomically
from vae.storage.results import UNREADABLE, dump_json, sha256

RECORDS = ".laudo"
ESTIMATES = f"{RECORDS}/estimates.json"  # kept by report/judging/family.py
DOCS, CODE = "docs", "code"  # what is recorded beside the pages: hand-written files, pages of source code
OUTDATED_OPEN, OUTDATED_CLOSE = "<!-- laudo: desatualizada -->\n", "<!-- laudo: fim -->\n"
FEW = 3  # results that are named; a page can have sixty
NOT_RENDERED = "not rendered"
LOSSLESS = "surrogateescape"  # a page altered by hand may be no UTF-8; it is to be found, not to stop the build

Files = Mapping[str, bytes]
Inputs = Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Record:
    """What a page was made from, and the files that it consists of (path below rendered/ -> sha256)."""

    inputs: Inputs
    files: Mapping[str, str]


class Rendered:
    """The folder of rendered pages."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def record(self, slug: str) -> Record | None:
        """Return what is known of a rendered page; None if there is none, or it is damaged."""
        try:
            content = self._record_path(slug).read_bytes()
        except FileNotFoundError:
            return None
        try:
            body = json.loads(content)
            record = Record(dict(body["inputs"]), dict(body["files"]))
            # Files are deleted by these names.
            return record if all(map(_inside, record.files)) and body["sha256"] == _seal(record) else None
        except UNREADABLE:
            return None

    def why_no_record(self, slug: str) -> str:
        """Return why nothing is known of a page."""
        path = self._record_path(slug)
        return f"{path} is damaged" if path.is_file() else NOT_RENDERED

    def why_not_fresh(self, slug: str, inputs: Inputs) -> str:
        """Return why a page has to be rendered again, '' if it is as the inputs make it."""
        record = self.record(slug)
        if record is None:
            return self.why_no_record(slug)
        changed = [name for name in {**record.inputs, **inputs} if record.inputs.get(name) != inputs.get(name)]
        if changed:
            return f"{in_short(changed)} changed since it was rendered"
        altered = self.altered(record)
        return f"{altered[0]} was altered or removed by hand" if altered else ""

    def altered(self, record: Record) -> list[str]:
        """Return the files of a page that are no longer what was written (a notice of age does not count)."""
        return [name for name, digest in record.files.items() if self._digest(name) != digest]

    def write_page(self, slug: str, files: Files, inputs: Inputs) -> int:
        """Write a page's files where their bytes changed, drop those it no longer has, record it; return how many changed."""
        old = self.record(slug)
        self._record_path(slug).unlink(missing_ok=True)
        changed = self.write(files)
        for name in set(old.files if old else ()) - set(files):
            (self.root / name).unlink(missing_ok=True)
            changed += 1
        record = Record(inputs, {name: sha256(content) for name, content in sorted(files.items())})
        body = {"inputs": dict(record.inputs), "files": record.files, "sha256": _seal(record)}
        self._write(self._record_path(slug), dump_json(body))
        return changed

    def drop_others(self, slugs: Collection[str]) -> None:
        """Remove the files of pages that the report no longer has, and what killed builds had begun to write."""
        for path in sorted((self.root / RECORDS).glob("*.json")):
            record = self.record(path.stem)
            if record is not None and path.stem not in slugs:
                kept = {name for slug in slugs if (other := self.record(slug)) for name in other.files}
                for name in set(record.files) - kept:
                    (self.root / name).unlink(missing_ok=True)
                path.unlink()
        remove_leftovers(self.root, everywhere=True)

    def write(self, files: Files) -> int:
        """Write the files whose bytes changed, each atomically; return how many."""
        changed = 0
        for name, content in files.items():
            path = self.root / name
            if not (path.is_file() and path.read_bytes() == content):
                self._write(path, content)
                changed += 1
        return changed

    def has_notice(self, slug: str) -> bool:
        """Say whether a page is marked as older than its results."""
        path = self.root / page_path(slug)
        return path.is_file() and OUTDATED_OPEN.encode() in path.read_bytes()

    def set_notice(self, slug: str, notice: str) -> None:
        """Put a notice below a page's title, or take it away ('')."""
        path = self.root / page_path(slug)
        if not path.is_file():
            return
        content = path.read_bytes()
        marked = with_notice(content.decode(errors=LOSSLESS), notice).encode(errors=LOSSLESS)
        if marked != content:
            self._write(path, marked)

    def copy_docs(self, docs: Path) -> None:
        """Copy the hand-written pages and assets, so that rendered/ is a whole site on its own."""
        self.write_page(DOCS, _copied(docs), {})

    def old_docs(self, docs: Path) -> list[str]:
        """Return the hand-written files whose copy is not what docs/ has, [] if nothing was rendered yet."""
        record = self.record(DOCS)
        if record is None:
            return []
        files = _copied(docs)
        return sorted(
            {name for name, content in files.items() if self._digest(name) != sha256(content)}
            | (set(record.files) - set(files))
        )

    def _digest(self, name: str) -> str:
        path = self.root / name
        if not path.is_file():
            return ""
        content = path.read_bytes()
        return sha256(without_notice(content) if name.endswith(".md") else content)

    def _record_path(self, slug: str) -> Path:
        return self.root / RECORDS / f"{slug}.json"

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content, durable=False)  # what a power cut takes is found by its sha256


def _copied(docs: Path) -> Files:
    """Return the hand-written files that a site needs beside the pages; the theme's overrides are MkDocs' alone."""
    paths = (path for path in sorted(docs.rglob("*")) if path.is_file())
    files = {path.relative_to(docs).as_posix(): path.read_bytes() for path in paths}
    return {name: content for name, content in files.items() if not name.startswith("overrides/")}


def _inside(name: str) -> bool:
    """Return whether a path that was recorded stays below the folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _seal(record: Record) -> str:
    """Return the sha256 by which a record that was altered is known."""
    return sha256(dump_json([dict(record.inputs), dict(record.files)]))


def in_short(changed: Collection[str]) -> str:
    """Return in words what changed of a page's inputs: results by name if they are few, else how many."""
    results = sorted(name for name in changed if "/" in name)
    others = sorted(set(changed) - set(results))
    return ", ".join([*others, *(results if len(results) <= FEW else [f"{len(results)} results"])])


def with_notice(text: str, notice: str) -> str:
    """Return a page with this notice below its title in place of any that it has; '' takes it away."""
    before, opened, rest = text.partition(OUTDATED_OPEN)
    _, closed, after = rest.partition(OUTDATED_CLOSE)
    if opened and closed:
        text = before + after
    if not notice:
        return text
    lines = text.splitlines(keepends=True)
    title = next((index for index, line in enumerate(lines) if line.startswith("# ")), -1)
    head, tail = "".join(lines[: title + 1]), "".join(lines[title + 1 :])
    return f"{head}{OUTDATED_OPEN}{notice}{OUTDATED_CLOSE}{tail}"


def without_notice(content: bytes) -> bytes:
    """Return the bytes of a page as they were written, whatever was done to them since."""
    return with_notice(content.decode(errors=LOSSLESS), "").encode(errors=LOSSLESS)
