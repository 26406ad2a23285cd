"""Results: what an evaluation gives, and how it is kept. numpy only, so that a report needs no torch.

results/<run>/<seed>/result.json      spec, keys, scores, history: the same bytes for the same numbers
                     arrays.npz       arrays by name (no pickle)
                     provenance.json  when, where, how long, with which versions and commit
                     weights.safetensors, of a few: vae/storage/store.py puts it there
results/manifest.json                 sha256 of every file above
"""

import dataclasses
import hashlib
import io
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae.errors import ResultsError, meant

FORMAT = 1
Array = NDArray[Any]


@dataclasses.dataclass(frozen=True)
class Keys:
    """What a result answers to: equal keys mean that it is fresh."""

    training: str
    evaluation: str


@dataclasses.dataclass(frozen=True)
class RunResult:
    """Everything that the report may use of one run and seed.

    spec: the fields of the spec, as JSON values. scores: numbers by name. history: one list a column, one value an
    epoch. arrays: by name; see vae/evaluate.py for names, shapes and units. provenance: facts for people, never read
    as a number of the report.
    """

    run: str
    seed: int
    spec: Mapping[str, Any]
    keys: Keys
    scores: Mapping[str, float]
    history: Mapping[str, list[float]]
    arrays: Mapping[str, Array]
    provenance: Mapping[str, Any]

    def score(self, name: str) -> float:
        """Return a score by name.

        Raises ResultsError naming the run if it is not there.
        """
        if name not in self.scores:
            raise ResultsError(_lacking(self, "score", name))
        return self.scores[name]

    def array(self, name: str) -> Array:
        """Return an array by name.

        Raises ResultsError naming the run if it is not there.
        """
        if name not in self.arrays:
            raise ResultsError(_lacking(self, "array", name))
        return self.arrays[name]


def _lacking(result: RunResult, kind: str, name: str) -> str:
    there = result.scores if kind == "score" else result.arrays
    hint = meant(name, there, cutoff=0.7)
    if hint:
        return f"{result.run}/{result.seed} has no {kind} '{name}'.{hint}"
    return (
        f"{result.run}/{result.seed} has no {kind} '{name}'. Not every run has every one (vae/evaluate.py says which); if it "
        f"was added there since, raise EVALUATION_NUMERICS in vae/spec.py and build again."
    )


# What damaged JSON, archives and array headers raise, as json, zipfile and numpy come.
UNREADABLE = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, SyntaxError, TypeError,
    ValueError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
RESULT_FILE, ARRAYS_FILE, PROVENANCE_FILE = "result.json", "arrays.npz", "provenance.json"


def to_files(result: RunResult) -> dict[str, bytes]:
    """Return the files of a result: equal numbers give equal bytes in all but the provenance.

    Raises ResultsError naming a score that is not finite: it could be neither stored nor judged.
    """
    for name, value in result.scores.items():
        if not math.isfinite(value):
            raise ResultsError(
                f"{result.run}/{result.seed}: the score {name} is {value}, so the model has collapsed or diverged; "
                f"look at its losses, change the run in vae/grid.py and train it again with --retrain {result.run}."
            )
    return {
        RESULT_FILE: dump_json(numbers(result)),
        ARRAYS_FILE: _pack(result.arrays),
        PROVENANCE_FILE: dump_json(dict(result.provenance)),
    }


def numbers(result: RunResult) -> dict[str, Any]:
    """Return all of a result but its arrays and provenance, as JSON values."""
    return {
        "format": FORMAT,
        "run": result.run,
        "seed": result.seed,
        "spec": dict(result.spec),
        "keys": dataclasses.asdict(result.keys),
        "scores": {name: _short(value) for name, value in sorted(result.scores.items())},
        "history": {name: [_short(v) for v in values] for name, values in sorted(result.history.items())},
    }


def from_files(files: Mapping[str, bytes]) -> RunResult:
    """Return a result from its files.

    Raises ResultsError if a file is missing, no JSON, no archive of plain arrays, or of another format.
    """
    try:
        body = json.loads(files[RESULT_FILE])
        if body["format"] != FORMAT:
            raise ResultsError(f"result.json has format {body['format']}, this version reads {FORMAT}")
        if not (isinstance(body["run"], str) and type(body["seed"]) is int):
            raise ResultsError("it does not say of which run and seed it is")
        return RunResult(
            run=body["run"],
            seed=body["seed"],
            spec=dict(body["spec"]),
            keys=_keys(body["keys"]),
            scores={name: _number(value) for name, value in dict(body["scores"]).items()},
            history={name: [_number(value) for value in values] for name, values in dict(body["history"]).items()},
            arrays=_unpack(files[ARRAYS_FILE]),
            provenance=dict(json.loads(files[PROVENANCE_FILE])),
        )
    except UNREADABLE as error:
        raise ResultsError(f"not a readable result ({type(error).__name__}: {error})") from error


def read_keys(content: bytes) -> Keys:
    """Return the keys in a result.json.

    Raises ResultsError if there are none.
    """
    try:
        return _keys(json.loads(content)["keys"])
    except UNREADABLE as error:
        raise ResultsError(f"{RESULT_FILE} has no readable keys ({type(error).__name__}: {error})") from error


def fingerprint(result: RunResult) -> str:
    """Return one hash of the numbers of a result: the same whenever, wherever and from whichever spec they came."""
    total = hashlib.sha256(dump_json([dict(result.scores), dict(result.history)]))
    for name, array in sorted(result.arrays.items()):
        total.update(f"{name} {array.dtype.str} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def dump_json(value: Any, compact: bool = False) -> bytes:
    """Return JSON with sorted keys and a final newline; NaN is refused. compact: on one line, for what only browsers open."""
    indent, separators = (None, (",", ":")) if compact else (1, None)
    text = json.dumps(value, indent=indent, separators=separators, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def sha256(content: bytes) -> str:
    """Return the sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _keys(body: Mapping[str, Any]) -> Keys:
    keys = Keys(**body)
    if not (isinstance(keys.training, str) and isinstance(keys.evaluation, str)):
        raise TypeError("keys are texts")
    return keys


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _short(value: float) -> float:
    """Round to float32's nine significant digits: more would be noise of the machine's arithmetic."""
    return float(f"{value:.9g}")


def _pack(arrays: Mapping[str, Array]) -> bytes:
    # As np.savez does, whose deflate leaves a fifth more; members have no date, so equal arrays give equal bytes.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        for name in sorted(arrays):
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(arrays[name]), allow_pickle=False)
    return buffer.getvalue()


def _unpack(content: bytes) -> dict[str, Array]:
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    for name, array in arrays.items():
        # numpy hands out the bytes of a member that does not begin like an array.
        if not isinstance(array, np.ndarray):
            raise ResultsError(f"its member {name} is no array")
    return arrays
