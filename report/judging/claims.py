"""Claims about the runs, and their verdicts: a claim is a statistic, a margin fixed beforehand, and three sentences."""

import enum
import inspect
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from report.judging.statistics import ALPHA, UNBOUNDED, Bounds, Estimate, Samples, holm, possible
from report.origins import places
from vae.errors import MISTAKES, LaudoError, ResultsError, in_words, innermost, raise_if_asked
from vae.storage.results import Array


class ClaimError(LaudoError):
    """A claim is malformed, or cannot be judged by what is stored."""


@dataclass(frozen=True)
class Claim:
    """Something that the report asserts, and how the runs settle it.

    needs: run names; the statistic gets one Sample for each, in this order, and returns (B,) replicates with the
    original sample in row 0, or (B, k) where the claim is about the least of k numbers, or one number. The first line of its docstring is shown on the page. side: the side of the
    margin on which the claim puts the statistic. confirmed, refuted, inconclusive: Jinja sentences, in Portuguese.
    groups, classes: what the data set must have, foreign: that it must have images foreign to it; without them the claim
    is not tested. bounds: the least and the greatest value that the statistic can take; its interval is shown between
    them. ours: whether the reference does not say it, and its claim of the same number only raises the question. See untestable for claims that no run here can settle: they have no statistic.
    """

    id: str
    statement: str
    needs: tuple[str, ...]
    statistic: Callable[..., Array | float] | None
    measure: str
    margin: float
    side: Literal["above", "below"]
    reason: str
    confirmed: str
    refuted: str
    inconclusive: str
    unit: str = ""
    decimals: int = 2
    groups: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    foreign: bool = False
    bounds: Bounds = UNBOUNDED
    ours: bool = False

    def __post_init__(self) -> None:
        if self.statistic is None:
            return
        for name in ("id", "statement", "measure", "reason", "confirmed", "refuted", "inconclusive"):
            if not getattr(self, name).strip():
                raise ClaimError(f"Claim '{self.id}' has an empty '{name}'; write it where the claim is declared.")
        if self.side not in ("above", "below"):
            raise ClaimError(f"Claim {self.id} has side '{self.side}'; say 'above' or 'below' its margin.")
        if isinstance(self.needs, str) or not self.needs:
            raise ClaimError(f"Claim {self.id} has needs {self.needs!r}; give a tuple of run names, such as ('e10',).")
        for name, kind in (("margin", int | float), ("decimals", int)):
            value = getattr(self, name)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise ClaimError(f"Claim {self.id} has {name}={value!r}; give a number.")
        if not math.isfinite(self.margin):
            raise ClaimError(f"Claim {self.id} has margin {self.margin}; give a finite number.")
        if not self.bounds[0] < self.margin < self.bounds[1]:
            raise ClaimError(
                f"Claim {self.id} has margin {self.margin}, which leaves no value on one of its sides: it takes values "
                f"from {self.bounds[0]} to {self.bounds[1]}. Move the margin or mend the bounds."
            )
        if not inspect.getdoc(places.unwrapped(self.statistic)):
            raise ClaimError(f"Claim {self.id}: its statistic has no docstring; its first line is shown on the page.")

    def check_printed(self) -> None:
        """Raise ClaimError if the margin would be printed as zero: a reader could not tell it from none."""
        if self.margin and not round(self.margin, self.decimals):
            raise ClaimError(
                f"Claim {self.id} has margin {self.margin}, which is printed as zero; give it more than "
                f"{self.decimals} decimals (decimals=…), which its value gets too."
            )


def untestable(claim_id: str, statement: str, reason: str) -> Claim:
    """Return a claim that no run here can settle: "não testada" on every data set; reason (Portuguese) says why."""
    return Claim(claim_id, statement, (), None, "", 0.0, "above", reason, "", "", "")


@dataclass(frozen=True)
class Untested:
    """The claim makes no sense on this data set, which lacks these groups or classes, or images foreign to it; or no run
    can settle it: reason."""

    dataset: str
    missing: tuple[str, ...] = ()
    foreign: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Pending:
    """The claim cannot be judged, as when its runs are not there yet; why says so.

    It counts in the family with p = 1, which makes no other verdict more lenient, and it gets no verdict.
    """

    why: str


class VerdictKind(enum.StrEnum):
    CONFIRMED = "confirmada"
    REFUTED = "refutada"
    INCONCLUSIVE = "inconclusiva"
    UNTESTED = "não testada"


class Why(enum.StrEnum):
    """Why a verdict is neither confirmed nor refuted."""

    ONE_SEED = "one-seed"
    MARGIN_INSIDE = "margin-inside-interval"
    HOLM = "not-after-holm"
    NO_SPREAD = "no-spread"
    DATASET = "dataset"
    OUT_OF_REACH = "out-of-reach"


@dataclass(frozen=True)
class Verdict:
    """What the runs say of a claim. estimate and adjusted_p are None, and untested is set, where it was not tested."""

    claim: Claim
    kind: VerdictKind
    estimate: Estimate | None = None
    adjusted_p: float | None = None
    why: Why | None = None
    untested: Untested | None = None


def estimate(claim: Claim, samples: Samples) -> Estimate | Untested:
    """Return what the runs measured of a claim, over all seeds common to the runs that it needs.

    Raises ClaimError naming the claim and the command to run if a run or array is missing or a value is not finite, and
    naming the line if its statistic fails.
    """
    info = samples.info
    if claim.statistic is None:
        return Untested(info.title, reason=claim.reason)
    missing = [g for g in claim.groups if g not in info.groups] + [c for c in claim.classes if c not in info.classes]
    if missing:
        return Untested(info.title, tuple(missing))
    if claim.foreign and not info.foreign:
        return Untested(info.title, foreign=True)
    try:
        return samples.estimate(_given(claim.statistic), *claim.needs, margin=claim.margin)
    except MISTAKES as error:
        raise_if_asked(error)
        place = "" if isinstance(error, ResultsError) else innermost(error, "report/pages/")
        raise ClaimError(f"Claim {claim.id} cannot be judged: {place and f'{place}: '}{in_words(error)}") from error


def _given(statistic: Callable[..., Array | float]) -> Callable[..., Array | float]:
    """Return a statistic that says so if it gives nothing: a missing value would read as one that is not finite."""

    def given(*runs: Any) -> Array | float:
        value: Array | float | None = statistic(*runs)
        if value is None:
            raise TypeError("its statistic gives None; does it return anything?")
        return value

    return given


def judge(claims: Iterable[Claim], estimates: Mapping[str, Estimate | Untested | Pending]) -> dict[str, Verdict]:
    """Return the verdict of every claim by id, corrected over the whole family (Holm 1979).

    claims: ALL claims of the report, whichever page is built, each with an entry in estimates. Untested claims are
    outside the family. Pending ones are inside and get no verdict. Raises ClaimError if an id occurs twice or has no
    entry.
    """
    listed = list(claims)
    family = {claim.id: claim for claim in listed}
    for claim_id, times in Counter(claim.id for claim in listed).items():
        if times > 1:
            raise ClaimError(f"Claim id '{claim_id}' is used {times} times; give each claim an id of its own.")
    for claim_id in family:
        if claim_id not in estimates:
            raise ClaimError(
                f"Claim {claim_id} has no estimate; estimate every claim first, or bring its runs with: "
                "python build.py --all"
            )
    outcomes = {claim_id: estimates[claim_id] for claim_id in family}
    adjusted = holm(
        {
            claim_id: outcome.p_value if isinstance(outcome, Estimate) else 1.0
            for claim_id, outcome in outcomes.items()
            if not isinstance(outcome, Untested)
        }
    )
    verdicts: dict[str, Verdict] = {}
    for claim_id, outcome in outcomes.items():
        claim = family[claim_id]
        if isinstance(outcome, Untested):
            why = Why.OUT_OF_REACH if outcome.reason else Why.DATASET
            verdicts[claim_id] = Verdict(claim, VerdictKind.UNTESTED, why=why, untested=outcome)
        elif isinstance(outcome, Estimate):
            verdicts[claim_id] = _verdict(claim, outcome, adjusted[claim_id])
    return verdicts


def evidence(verdict: Verdict) -> dict[str, Any]:
    """Return all that a reader needs to follow a verdict to its numbers and its code, as JSON values.

    interval: between the claim's bounds; null where it is unbounded or the claim was not tested. line: of the statistic's definition.
    """
    claim, measured = verdict.claim, verdict.estimate
    shown = measured and possible(measured, claim.bounds)
    bounded = measured is not None and math.isfinite(measured.half_width)
    return {
        "id": claim.id,
        "statement": claim.statement,
        "verdict": verdict.kind.value,
        "why": verdict.why and verdict.why.value,
        "missing": list(verdict.untested.missing) if verdict.untested else [],
        "measure": claim.measure,
        **_code_facts(claim),
        "margin": claim.margin,
        "side": claim.side,
        "reason": claim.reason,
        "unit": claim.unit,
        "runs": list(claim.needs),
        "value": measured and measured.value,
        "interval": [shown.low, shown.high] if shown and bounded else None,
        "p_value": measured and measured.p_value,
        "adjusted_p": verdict.adjusted_p,
        "seeds": sorted(measured.per_seed) if measured else [],
        "images": measured.n_images if measured else 0,
        "per_seed": {str(seed): value for seed, value in measured.per_seed.items()} if measured else {},
    }


def _verdict(claim: Claim, measured: Estimate, adjusted_p: float) -> Verdict:
    if measured.single_seed:
        return Verdict(claim, VerdictKind.INCONCLUSIVE, measured, adjusted_p, Why.ONE_SEED)
    if not math.isfinite(measured.half_width):
        return Verdict(claim, VerdictKind.INCONCLUSIVE, measured, adjusted_p, Why.NO_SPREAD)
    if measured.low <= claim.margin <= measured.high:
        return Verdict(claim, VerdictKind.INCONCLUSIVE, measured, adjusted_p, Why.MARGIN_INSIDE)
    if adjusted_p >= ALPHA:
        return Verdict(claim, VerdictKind.INCONCLUSIVE, measured, adjusted_p, Why.HOLM)
    above = measured.low > claim.margin
    kind = VerdictKind.CONFIRMED if above == (claim.side == "above") else VerdictKind.REFUTED
    return Verdict(claim, kind, measured, adjusted_p)


def _code_facts(claim: Claim) -> dict[str, Any]:
    if claim.statistic is None:
        return dict.fromkeys(("statistic", "function", "file", "line"))
    function, place = places.unwrapped(claim.statistic), places.of_function(claim.statistic)
    return {
        "statistic": (inspect.getdoc(function) or "").splitlines()[0],
        "function": f"{function.__module__}.{function.__qualname__}",
        "file": place.path,
        "line": place.line,
    }
