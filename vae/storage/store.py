"""The results folder: atomic writes, a manifest, and damage found before it is used.

    results/<run>/<seed>/{result.json, arrays.npz, provenance.json[, weights.safetensors]}
    results/manifest.json
    results/previous.json       what the publication before said (report/comparison/)

A result is first written whole beside its place, then a journal says that it is complete, then it is moved in and the
manifest is brought up to date. A build killed anywhere in between is completed by recover() at the next one.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vae.errors import ResultsError
from vae.spec import RUN_NAME, RUN_NAME_IN_WORDS
from vae.storage.files import reason, remove_leftovers, write_atomically, write_through
from vae.storage.manifest import NONE, Entry, Manifest, checked, differs, entry_of, read, stamps
from vae.storage.provenance import SEEN_BY
from vae.storage.results import (
    ARRAYS_FILE,
    PROVENANCE_FILE,
    RESULT_FILE,
    UNREADABLE,
    Keys,
    RunResult,
    dump_json,
    from_files,
    read_keys,
    sha256,
    to_files,
)

MANIFEST = "manifest.json"
INCOMING = ".incoming"
JOURNAL = "journal.json"
REPLACED = "replaced"  # the old result, until the new one is in its place
PREVIOUS = "previous.json"
WEIGHTS_FILE = "weights.safetensors"


class ResultsStore:
    """A results folder; reading creates nothing.

    grid_options: what a command needs beside --results to mean the grid that is stored here (Grid.options). named: whether
    it needs --results too. Raises ResultsError for a root that is no folder.
    """

    def __init__(self, root: Path, grid_options: str = "", named: bool = False) -> None:
        if root.exists() and not root.is_dir():
            raise ResultsError(f"--results {root}: that is no folder; name a new one, or that of earlier results.")
        self.root, self._grid_options = root, grid_options
        self.options = f"{grid_options} --results {root}" if named else grid_options
        self._manifest = NONE
        self._keys: dict[tuple[str, int], tuple[tuple[object, ...], Keys]] = {}

    def folder(self, run: str, seed: int) -> Path:
        """Return where a result is or would be.

        Raises ResultsError for a name that is no plain run name (so that no path leaves the folder).
        """
        if not RUN_NAME.fullmatch(run):
            raise ResultsError(f"'{run}' is no run name: use {RUN_NAME_IN_WORDS}.")
        return self.root / run / str(int(seed))

    def has(self, run: str, seed: int) -> bool:
        """Say whether anything is stored for a run and seed."""
        return self.folder(run, seed).is_dir()

    def stored(self) -> dict[str, list[int]]:
        """Return the names of all stored runs, each with its seeds, in order, as the manifest lists them.

        Raises ResultsError if the manifest cannot be read.
        """
        places = {tuple(name.split("/")[:2]) for name in self.manifest()}
        seeds: dict[str, list[int]] = {}
        for run, seed in sorted((run, int(seed)) for run, seed in places):
            seeds.setdefault(run, []).append(seed)
        return seeds

    def keys(self, run: str, seed: int) -> Keys:
        """Return the keys of a stored result, all its files verified.

        Raises ResultsError naming the damaged or missing file.
        """
        # A command asks for the same keys a few times; what is loaded, in contrast, is always hashed.
        seen = (self._entries(run, seed), stamps(self.folder(run, seed)))
        before, keys = self._keys.get((run, seed), ((), Keys("", "")))
        if before == seen:
            return keys
        content = self._verified(run, seed)[RESULT_FILE]
        try:
            keys = read_keys(content)
        except ResultsError as error:
            raise ResultsError(f"{self.folder(run, seed)}: {error}. {self.remedy(f'{run}/{seed}')}") from error
        self._keys[run, seed] = (seen, keys)
        return keys

    def load(self, run: str, seed: int) -> RunResult:
        """Return a stored result.

        Raises ResultsError naming the damaged or missing file.
        """
        files = self._verified(run, seed)
        try:
            result = from_files(files)
            if (result.run, result.seed) != (run, seed):
                raise ResultsError(f"{RESULT_FILE} is of {result.run}/{result.seed}, another result")
            return result
        except ResultsError as error:
            raise ResultsError(f"{self.folder(run, seed)}: {error}. {self.remedy(f'{run}/{seed}')}") from error

    def provenance(self, run: str, seed: int) -> Mapping[str, Any]:
        """Return when, where and with what a stored result was made.

        Raises ResultsError naming the damaged or missing file.
        """
        self.keys(run, seed)  # a result of which any file is damaged is not spoken of
        content = self._verified(run, seed, PROVENANCE_FILE)[PROVENANCE_FILE]
        try:
            return dict(json.loads(content))
        except UNREADABLE as error:
            raise ResultsError(
                f"{self.folder(run, seed) / PROVENANCE_FILE}: {error}. {self.remedy(f'{run}/{seed}')}"
            ) from error

    def weights(self, run: str, seed: int) -> Path | None:
        """Return the published weights of a run, verified, or None.

        Raises ResultsError naming the damaged or missing file.
        """
        if WEIGHTS_FILE not in self._entries(run, seed):
            return None
        self._verified(run, seed)
        return self.folder(run, seed) / WEIGHTS_FILE

    def weights_sha256(self, run: str, seed: int) -> str:
        """Return the sha256 of the published weights of a run as the manifest says it, '' if there are none."""
        return str(self._entries(run, seed).get(WEIGHTS_FILE, {"sha256": ""})["sha256"])

    def seen_by(self, run: str, seed: int) -> str:
        """Return the sha256 of the classifier's weights with which a result was measured, '' if it does not say.

        Raises ResultsError naming the damaged or missing file.
        """
        evaluation = self.provenance(run, seed).get("evaluation")
        return str(evaluation.get(SEEN_BY, "")) if isinstance(evaluation, Mapping) else ""

    def remedy(self, *results: str) -> str:
        """Return what is to be done about damaged results (run/seed)."""
        it = "them" if results[1:] else "it"
        return f"Restore {it} from version control or a copy, or make {it} again with: {self.again(*results)}"

    def again(self, *results: str) -> str:
        """Return the command that makes results (run, or run/seed) of this folder again, and no other folder's or grid's.

        Without any: that brings up to date what is old.
        """
        retrain = "".join(f" --retrain {result}" for result in results)
        return f"python build.py --all{retrain}{self._grid_options} --results {self.root}"

    def digest(self, run: str, seed: int) -> str:
        """Return one hash of all that is stored for a run and seed, or '' if nothing is."""
        entries = {f"{run}/{seed}/{name}": entry for name, entry in self._entries(run, seed).items()}
        return sha256(dump_json(entries)) if entries else ""

    def manifest(self) -> dict[str, Entry]:
        """Return sha256 and size of every file, by its path below the folder; empty if there is none yet.

        Raises ResultsError if the manifest is damaged, or names a file that is none of a result.
        """
        return self._read_manifest().files

    def _entries(self, run: str, seed: int) -> Mapping[str, Entry]:
        """Return what the manifest says of the files of a result, by their names in its folder."""
        return self._read_manifest().by_result.get(f"{run}/{seed}", {})

    def _read_manifest(self) -> Manifest:
        self._manifest = read(self.root / MANIFEST, self._manifest)
        return self._manifest

    def previous(self) -> bytes | None:
        """Return what is kept of the publication before, None if nothing is."""
        path = self.root / PREVIOUS
        return path.read_bytes() if path.is_file() else None

    def save_previous(self, content: bytes) -> Path:
        """Keep what the publication before said; return where."""
        path = self.root / PREVIOUS
        write_atomically(path, content)
        return path

    def faults(self) -> list[str]:
        """Return what is wrong with the folder, one sentence a fault: altered, missing and unlisted files."""
        faults = []
        manifest = self.manifest()
        for name, entry in sorted(manifest.items()):
            path = self.root / name
            if not path.is_file():
                faults.append(f"{path} is missing although the manifest lists it.")
            elif differs(path.read_bytes(), entry):
                faults.append(f"{path} is damaged: its sha256 or size is not the manifest's.")
        for path in sorted(self.root.glob("*/*/*")):
            name = path.relative_to(self.root).as_posix()
            if name not in manifest and not name.startswith("."):
                faults.append(f"{path} is not in the manifest.")
        return faults

    def save(self, result: RunResult, weights: bytes | None = None) -> None:
        """Store a result, replacing what was there: the old or the new one, never a half, whenever it is killed.

        A reader that looks just while folders and manifest are renamed (--status or --check beside a build) finds the result
        missing or damaged; its next look, or that after the recover() of the next build, finds it whole. Raises ResultsError if the folder cannot be written.
        """
        self.folder(result.run, result.seed)  # refuses a name that would lead out of here, before anything is written
        files = to_files(result)
        if weights is not None:
            files[WEIGHTS_FILE] = weights
        try:
            self.recover()  # what an interrupted save left must not be mixed with this one
            incoming = self.root / INCOMING
            staged = incoming / f"{result.run}.{result.seed}"
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(parents=True)
            for name, content in files.items():
                write_through(staged / name, content)
            entries = {f"{result.run}/{result.seed}/{name}": entry_of(content) for name, content in files.items()}
            journal = {"run": result.run, "seed": result.seed, "entries": entries}
            journal["sha256"] = sha256(dump_json(journal))
            write_atomically(incoming / JOURNAL, dump_json(journal))
            self.recover()
        except OSError as error:
            raise ResultsError(
                f"Cannot write results to {self.root} ({reason(error)}). Free space or permissions there, or "
                f"give another folder with --results DIR; the build then goes on where it was."
            ) from error

    def check_writable(self) -> None:
        """Raise ResultsError if nothing can be stored: told before anything is trained, and not when a training has ended."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise ResultsError(
                f"Cannot write results to {self.root} ({reason(error)}). Mend that (permissions, space), or give another "
                f"folder with --results DIR; nothing was trained."
            ) from error

    def recover(self) -> None:
        """Finish what a killed build had begun to store, and drop what is not complete; safe to repeat.

        Raises ResultsError naming what is damaged of it.
        """
        incoming = self.root / INCOMING
        journal = incoming / JOURNAL
        if journal.is_file():
            run, seed, entries = self._journal(journal)
            staged, target = incoming / f"{run}.{seed}", self.folder(run, seed)
            # Without the staged folder it was moved before the kill, and has to be in its place.
            place = staged if staged.is_dir() else target
            for name, entry in entries.items():
                path = place / name.rpartition("/")[2]
                if not path.is_file() or differs(path.read_bytes(), entry):
                    if (incoming / REPLACED).is_dir() and not target.exists():
                        os.replace(incoming / REPLACED, target)  # the remedy deletes what is incoming, and this is not
                    raise ResultsError(f"{path} is damaged. Delete {incoming}: its result is made again.")
            prefix = f"{run}/{seed}/"
            others = {name: old for name, old in self.manifest().items() if not name.startswith(prefix)}
            if place is staged:
                # Renamed and not deleted, which takes longer: a reader finds no result in the meantime.
                if target.exists():
                    # Of a killed build, if the result was restored since.
                    shutil.rmtree(incoming / REPLACED, ignore_errors=True)
                    os.replace(target, incoming / REPLACED)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged, target)
            write_atomically(self.root / MANIFEST, dump_json({"files": others | entries}))
            journal.unlink()
        shutil.rmtree(incoming, ignore_errors=True)
        remove_leftovers(self.root)

    def _journal(self, path: Path) -> tuple[str, int, dict[str, Entry]]:
        """Return run, seed and manifest entries of a result that is complete, but perhaps not in its place."""
        try:
            journal = json.loads(path.read_bytes())
            if journal.pop("sha256") != sha256(dump_json(journal)):
                raise ResultsError("its sha256 is not that of its content")
            run, seed, entries = journal["run"], int(journal["seed"]), checked(journal["entries"])
            place = self.folder(run, seed).relative_to(self.root).as_posix()
            if any(not name.startswith(f"{place}/") for name in entries):
                raise ResultsError(f"it lists files that are not of {place}")
            return run, seed, entries
        except (*UNREADABLE, ResultsError) as error:
            raise ResultsError(
                f"{path} is damaged ({error}). Delete {path.parent}: its result is made again."
            ) from error

    def _verified(self, run: str, seed: int, *only: str) -> Mapping[str, bytes]:
        """Return the files of a result, or only some, after comparing each with the manifest."""
        folder = self.folder(run, seed)
        entries = self._entries(run, seed)
        for required in (RESULT_FILE, ARRAYS_FILE, PROVENANCE_FILE):
            if required not in entries:
                raise ResultsError(
                    f"{folder / required} is not in the manifest of {self.root}. {self.remedy(f'{run}/{seed}')}"
                )
        files = {}
        for name in only or entries:
            path = folder / name
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                raise ResultsError(
                    f"{path} is missing although the manifest lists it. {self.remedy(f'{run}/{seed}')}"
                ) from None
            except OSError as error:
                raise ResultsError(
                    f"{path} cannot be read ({reason(error)}). {self.remedy(f'{run}/{seed}')}"
                ) from error
            if differs(content, entries[name]):
                raise ResultsError(
                    f"{path} is damaged: its sha256 or size is not the manifest's. {self.remedy(f'{run}/{seed}')}"
                )
            files[name] = content
        return files
