"""Is a run that was trained again the run that is published? numpy only; the tolerances are in vae/reproduction/tolerances.py.

Same setup, same numbers: where code, versions, processor and number of threads are those of the published training and
evaluation, every sum is taken in the same order and rounds alike, and all numbers must be identical. Else each number
is held to its tolerance. Weights are not compared: what is published of them are the numbers that they give.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from vae.reproduction.tolerances import ARRAYS, HISTORY, SAME, SCORES, Measure, Tolerance, scale_of, tolerance_of
from vae.storage.results import Array, RunResult

# What must agree, of every session of a training and of the evaluation, for numbers to be identical.
SETUP = ("code", "device", "instructions", "python", "torch", "numpy", "scipy", "scikit-learn", "platform")
ROUNDING = 1e-6  # of the largest value of an array, allowed beside its tolerance: a constant array has no spread


@dataclasses.dataclass(frozen=True)
class Check:
    """One score, history column or array held against what is published.

    compared: how many numbers; outside: how many of them are farther off than allowed. published, found, difference,
    allowed: of the one that is farthest off; place: where it is. share: its difference over what is allowed.
    """

    name: str
    tolerance: Tolerance
    identical: bool
    compared: int
    outside: int
    place: str
    published: float
    found: float
    difference: float
    allowed: float

    @property
    def share(self) -> float:
        return self.difference / self.allowed if self.allowed else float(self.difference > 0)

    def __str__(self) -> str:
        measure = "" if self.tolerance.measure is Measure.EACH else f"{self.tolerance.measure.value} "
        others = f" ({self.outside:,} of {self.compared:,} are outside, this one farthest)" if self.outside > 1 else ""
        return (
            f"{self.name}{self.place}: published {self.published:.9g}, found {self.found:.9g}, "
            f"{measure or 'difference '}{self.difference:.3g}, tolerance {self.allowed:.3g}{others}"
        )


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A result found again, held against the published one.

    setup: in what the two setups differ, a sentence each; none if numbers must be identical. faults: what is there on
    one side only, or of another shape.
    """

    label: str
    setup: tuple[str, ...]
    checks: tuple[Check, ...]
    faults: tuple[str, ...]

    @property
    def outside(self) -> list[str]:
        """One sentence for each score, column or array that is not what is published."""
        return [*self.faults, *(str(check) for check in self.checks if check.outside)]

    def lines(self) -> Iterator[str]:
        """Yield what was compared, how, and what is outside."""
        if self.setup:
            yield f"{self.label}: held to tolerances, as the published one was made in another setup, or it is not known:"
            yield from (f"  - {difference}" for difference in self.setup)
        else:
            yield f"{self.label}: the same code, versions and machine as the published one: every number must be identical."
        total = sum(check.compared for check in self.checks)
        same = sum(check.identical for check in self.checks)
        yield f"  {total:,} numbers compared; {same} of {len(self.checks)} scores, history columns and arrays are identical."
        for tolerance in dict.fromkeys(check.tolerance for check in self.checks):
            held = [check for check in self.checks if check.tolerance is tolerance]
            farthest = max(held, key=lambda check: check.share)
            used = f"; farthest: {farthest.name}, at {farthest.share:.0%} of it" if farthest.allowed else ""
            yield f"  Tolerance {tolerance.words}: {tolerance.reason}{used}. It is for {_names(held)}."
        for sentence in self.outside:
            yield f"  OUTSIDE {sentence}"


def _names(checks: Sequence[Check]) -> str:
    parts: dict[str, list[str]] = {}
    for check in checks:
        part, name = check.name.split(" ")
        parts.setdefault(part, []).append(name)
    return "; ".join(f"{part} {', '.join(names)}" for part, names in parts.items())


def compare(published: RunResult, found: RunResult) -> Comparison:
    """Hold every score, history column and epoch, and array of a result found again against the published one."""
    setup = tuple(other_setup(published.provenance, found.provenance))
    checks, faults = [], []
    parts: tuple[tuple[str, Mapping[str, Any], Mapping[str, Any], tuple[Tolerance, ...]], ...] = (
        ("score", published.scores, found.scores, SCORES),
        ("history", published.history, found.history, HISTORY),
        ("array", published.arrays, found.arrays, ARRAYS),
    )
    for part, old, new, table in parts:
        for name in sorted({*old, *new}):
            label = f"{part} {name}"
            if name not in new or name not in old:
                faults.append(f"{label}: published, not found" if name in old else f"{label}: found, not published")
                continue
            a, b = np.asarray(old[name]), np.asarray(new[name])
            if a.shape != b.shape or a.dtype != b.dtype:
                faults.append(f"{label}: published {a.dtype} {list(a.shape)}, found {b.dtype} {list(b.shape)}")
                continue
            tolerance = tolerance_of(name, table) if setup else SAME
            scale = np.asarray(old[scale_of(name)], dtype=np.float64)
            checks.append(_check(label, tolerance, a, b, scale))
    return Comparison(f"{published.run}/{published.seed}", setup, tuple(checks), tuple(faults))


def other_setup(published: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    """Yield what of the setup of two provenances differs or is not known, so that numbers need not be identical."""
    for stage, old, new in (
        ("training", published.get("training", []), found.get("training", [])),
        ("evaluation", [published["evaluation"]], [found["evaluation"]]),
    ):
        unknown = [field for field in SETUP if any(field not in session for session in (*old, *new))]
        if unknown:
            yield f"{stage}: not recorded of the published one: {', '.join(unknown)}"
        for field in SETUP:
            then, now = (list(dict.fromkeys(s[field] for s in sessions if field in s)) for sessions in (old, new))
            if then and len({*then, *now}) > 1:
                yield f"{stage}: {field} {' and '.join(then)} then, {' and '.join(now)} now"
        if any(not session.get("device", "").startswith("CPU") for session in new):
            yield f"{stage}: on a GPU sums are taken in an order that changes from run to run"


def _check(name: str, tolerance: Tolerance, old: Array, new: Array, scale: Array) -> Check:
    a, b = old.astype(np.float64), new.astype(np.float64)
    identical = bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
    rounding = ROUNDING * float(np.abs(a).max(initial=0.0)) if tolerance.spread else 0.0
    spread = tolerance.spread * float(a.std()) if a.size else 0.0
    allowed = np.broadcast_to(tolerance.relative * np.abs(scale) + tolerance.absolute + spread + rounding, a.shape)
    if not a.size:
        return Check(name, tolerance, identical, 0, 0, "", 0.0, 0.0, 0.0, 0.0)
    if tolerance.measure is not Measure.EACH:
        difference, limit = _difference(tolerance.measure, a, b), float(allowed.mean())
        outside = not difference <= limit
        return Check(name, tolerance, identical, a.size, int(outside), "", a.mean(), b.mean(), difference, limit)
    differences = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
    beyond = ~(differences <= allowed)
    excess = np.where(np.isnan(differences), np.inf, differences - allowed)
    where = np.unravel_index(int(excess.argmax()), a.shape)
    place = f"[{', '.join(map(str, where))}]" if where else ""
    if name.startswith("history"):
        place = f", epoch {where[0] + 1}"
    values = (float(each[where]) for each in (a, b, differences, allowed))
    return Check(name, tolerance, identical, a.size, int(beyond.sum()), place, *values)


def _difference(measure: Measure, a: Array, b: Array) -> float:
    """Return one number for how far two arrays of one shape are apart."""
    if measure is Measure.UNEQUAL:
        return float((a != b).mean())
    if measure is Measure.STEPS:
        a, b = (np.linalg.norm(np.diff(each, axis=0), axis=-1) for each in (a, b))
    if measure in (Measure.STEPS, Measure.SORTED):
        a, b = (np.sort(each, axis=None) for each in (a, b))
    return float(np.abs(a - b).mean())
