"""The simulation of the judging engine: what benchmarks/engine.json holds, and whether it still speaks of this engine."""

import ast
import dataclasses
import hashlib
import json
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from report import sources
from vae.errors import LaudoError
from vae.storage.imports import code_of

FILE = "benchmarks/engine.json"
COMMAND = "python -m benchmarks.engine"

# What the table depends on: file, and the definitions in it (none: all of it). Constants that they use come with them.
ENGINE: Mapping[str, tuple[str, ...]] = {
    "report/judging/bootstrap.py": (),
    "report/judging/statistics.py": (
        "Estimate", "estimate_crossed", "_p_of_least", "crossed_errors", "half_width", "two_sided_p", "holm",
        "Samples.seeds", "Samples.sample", "Samples.replicates",
    ),
    "report/judging/sample.py": (
        "Sample.array", "Sample.weights", "Sample.mean", "Sample.median", "Sample.knn_predictions",
        "Sample.knn_accuracy", "Sample._data", "Sample._mask", "Sample._cached",
    ),
    "report/judging/claims.py": ("judge", "_verdict"),
    "report/pages/espaco_latente/evolution.py": ("accuracy_gain",),
    "report/pages/experimentos/claims.py": ("gain_ratio",),
    "report/pages/reconstrucoes/claims.py": ("error_gap", "sharpness_gap", "least_kept_class", "_least_kept"),
    "benchmarks/experiments.py": (),
    "benchmarks/trials.py": (),
    "benchmarks/families.py": (),
    "benchmarks/engine.py": (),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Counts:
    """How often, of all repetitions, one way to judge did what.

    covered: its interval held the truth. confirmed, refuted: it decided so of a truth that lies on the margin. found:
    it confirmed a true effect. width: mean width of its interval, in standard deviations of the estimates.
    """

    covered: int
    confirmed: int
    refuted: int
    found: int
    width: float


@dataclasses.dataclass(frozen=True)
class Single:
    """One claim judged by itself, many times over: seeds and images of each experiment, and counts by method."""

    id: str
    seeds: int
    images: int
    repetitions: int
    methods: Mapping[str, Counts]


@dataclasses.dataclass(frozen=True)
class Family:
    """Many claims judged together: in how many repetitions a method erred at all, by method; and true effects found.

    claims: of which `effects` have a true effect, of `size` standard errors, and the others lie on their margin. found:
    mean share of the effects that a method confirmed.
    """

    id: str
    seeds: int
    images: int
    repetitions: int
    claims: int
    effects: int
    size: float
    erred: Mapping[str, int]
    found: Mapping[str, float]


@dataclasses.dataclass(frozen=True)
class Calibration:
    """The whole table.

    effect: size of the effects looked for by a single claim, in standard deviations of the estimates. versions: of what
    the numbers may depend on beside the code.
    """

    engine: str
    seed: int
    resamples: int
    effect: float
    versions: Mapping[str, str]
    singles: tuple[Single, ...]
    families: tuple[Family, ...]

    @property
    def outdated(self) -> bool:
        """Whether the engine changed since it was simulated."""
        return self.engine != engine_digest()

    def single(self, name: str) -> Single:
        """Return a row by id."""
        return next(row for row in self.singles if row.id == name)

    def family(self, name: str) -> Family:
        """Return a family by id."""
        return next(row for row in self.families if row.id == name)


def read() -> Calibration:
    """Return the stored table.

    Raises LaudoError with the command that makes it if it is missing or cannot be read.
    """
    try:
        return from_json(json.loads(sources.read_source(FILE)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise LaudoError(f"{FILE} cannot be read ({type(error).__name__}: {error}); make it with: {COMMAND}") from error


def from_json(body: Mapping[str, Any]) -> Calibration:
    """Return the table from JSON values, as dataclasses.asdict gives them."""
    singles = tuple(
        Single(**{**row, "methods": {name: Counts(**counts) for name, counts in row["methods"].items()}})
        for row in body["singles"]
    )
    families = tuple(Family(**row) for row in body["families"])
    return Calibration(**{**body, "singles": singles, "families": families})


def faults() -> Iterator[str]:
    """Yield what is wrong with the stored table: missing, unreadable, or of another engine."""
    try:
        if read().outdated:
            yield f"{FILE} was made by another version of the judging engine; make it again with: {COMMAND}"
    except LaudoError as error:
        yield str(error)


def engine_digest() -> str:
    """Return one hash of the code on which the table depends; comments, docstrings, blank lines and paths do not count."""
    total = hashlib.sha256()
    for path, names in ENGINE.items():
        total.update("\0".join(map(code_of, _texts(path, names))).encode() + b"\0")
    return total.hexdigest()


def _texts(path: str, names: tuple[str, ...]) -> list[str]:
    """Return the whole of a file, or definitions in it with the module's constants that they use."""
    whole = sources.read_source(path)
    if not names:
        return [whole]
    texts = [textwrap.dedent(sources.definition(path, name)[0]) for name in names]
    used = {node.id for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    constants = [
        ast.get_source_segment(whole, node) or ""
        for node in ast.parse(whole).body
        if isinstance(node, ast.Assign) and any(isinstance(name, ast.Name) and name.id in used for name in node.targets)
    ]
    return [*constants, *texts]
