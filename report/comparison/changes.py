"""What changed between two publications: verdicts that flipped, numbers that moved, runs that came or went. Pure.

A publication is a Snapshot: its verdicts, and each metric of each run with enough of its bootstrap to pair it with
another. report/comparison/snapshot.py takes one from results and keeps it in a file.
"""

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from report.judging import statistics
from report.judging.claims import VerdictKind
from report.judging.statistics import ALPHA, Errors, Estimate
from vae.spec import ClassifierSpec
from vae.storage.results import Array

COMMIT = re.compile("[0-9a-f]{40,64}")
SHORT = 10  # hexadecimal digits


@dataclasses.dataclass(frozen=True)
class Revision:
    """A commit: its hash, its date (2026-11-23), and its tag or what the user called it, '' if nothing."""

    commit: str
    date: str
    name: str = ""

    @property
    def short(self) -> str:
        """The hash as people write it."""
        return self.commit[:SHORT]


@dataclasses.dataclass(frozen=True)
class RunFacts:
    """The fields of a run's spec, and one hash of the numbers of each seed (vae.storage.results.fingerprint)."""

    spec: Mapping[str, Any]
    numbers: Mapping[int, str]


@dataclasses.dataclass(frozen=True)
class Judged:
    """The verdict on a claim. needs: its runs. definition: measure, margin and side, without which it is another claim."""

    statement: str
    needs: tuple[str, ...]
    definition: tuple[str, float, str]
    kind: VerdictKind
    estimate: Estimate | None


@dataclasses.dataclass(frozen=True)
class Reading:
    """A metric of a run. deviations: (K,) of its mean over seeds in K replicates, from its value; None without images."""

    estimate: Estimate
    deviations: Array | None


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """What a publication says.

    yardstick: one hash of what all numbers are measured with (data, evaluation, classifier); only what was measured
    alike compares. readings: run -> metric -> reading, of the runs that may have changed. unlike: runs whose results
    were measured otherwise. outside: runs that the grid does not have. revision: None for what is there now.
    """

    yardstick: str
    runs: Mapping[str, RunFacts]
    verdicts: Mapping[str, Judged]
    readings: Mapping[str, Mapping[str, Reading]]
    unlike: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    revision: Revision | None = None


@dataclasses.dataclass(frozen=True)
class Flip:
    """A verdict that is another than before."""

    claim: str
    old: Judged
    new: Judged


@dataclasses.dataclass(frozen=True)
class NewClaim:
    """A claim that is judged now and could not be before. missing: the runs that were not there."""

    claim: str
    missing: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Retrained:
    """A run with other numbers. changes: field of the spec -> (before, now); empty if only seeds or the training differ."""

    run: str
    old_seeds: tuple[int, ...]
    new_seeds: tuple[int, ...]
    changes: Mapping[str, tuple[Any, Any]]


@dataclasses.dataclass(frozen=True)
class Moved:
    """A number that changed: now minus before, half its 95 % interval (infinite if there is nothing to tell it from)."""

    run: str
    metric: str
    old: Estimate
    new: Estimate
    half_width: float

    @property
    def difference(self) -> float:
        return self.new.value - self.old.value

    @property
    def beyond(self) -> bool:
        """Whether the interval of the difference excludes zero."""
        return abs(self.difference) > self.half_width


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What changed. alike: whether both were measured with the same yardstick; nothing else is said if not.

    flips: of `judged` verdicts on both sides. moved: numbers beyond the interval of their difference; without_interval:
    numbers that changed, with one training and no images to tell how much they vary. tested: how many numbers that
    changed have an interval; single_seed: whether that of one of them knows of images only. came, went: runs. unlike: runs there before, but measured otherwise.
    """

    alike: bool
    judged: int = 0
    flips: tuple[Flip, ...] = ()
    new_claims: tuple[NewClaim, ...] = ()
    gone_claims: tuple[str, ...] = ()
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    retrained: tuple[Retrained, ...] = ()
    tested: int = 0
    single_seed: bool = False
    moved: tuple[Moved, ...] = ()
    without_interval: tuple[Moved, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether both say the same."""
        said = (self.flips, self.new_claims, self.gone_claims, self.came, self.went, self.unlike, self.retrained)
        return self.alike and not any(said)

    @property
    def another_eye(self) -> bool:
        """Whether the classifier is another, through which samples and reconstructions are judged."""
        return any(run.run == ClassifierSpec.name for run in self.retrained)

    @property
    def by_chance(self) -> float:
        """How many numbers would be beyond their interval although nothing but chance moved them."""
        return self.tested * ALPHA  # in this order, a count that knows its origin passes it on


def compare(old: Snapshot, new: Snapshot, steps: Mapping[str, float]) -> Comparison:
    """Return what changed from one publication to the other.

    steps: metric -> one unit of the last decimal in which it is printed. A number has moved if the interval of its
    difference (see half_width) excludes zero, and if it moved by one step at least: else nobody could see it. new must
    have the readings of all runs whose numbers are not those of old (see changed_runs).
    """
    if old.yardstick != new.yardstick:
        return Comparison(alike=False)
    both = [claim for claim in new.verdicts if _same_claim(old, new, claim)]
    flipped = (Flip(claim, old.verdicts[claim], new.verdicts[claim]) for claim in both)
    numbers = list(_numbers(old, new, steps))
    finite = [number for number in numbers if math.isfinite(number.half_width)]
    return Comparison(
        alike=True,
        judged=len(both),
        flips=tuple(flip for flip in flipped if flip.old.kind is not flip.new.kind),
        new_claims=tuple(_new_claim(old, new, claim) for claim in new.verdicts if claim not in both),
        gone_claims=tuple(claim for claim in old.verdicts if claim not in new.verdicts),
        came=tuple(run for run in new.runs if run not in old.runs and run not in old.unlike),
        went=(*(run for run in old.runs if run not in new.runs), *old.outside),
        unlike=old.unlike,
        retrained=tuple(_retrained(run, old.runs[run], new.runs[run]) for run in changed_runs(old.runs, new.runs)),
        tested=len(finite),
        single_seed=any(number.old.single_seed and number.new.single_seed for number in finite),
        moved=tuple(number for number in finite if number.beyond and _visible(number, steps)),
        without_interval=tuple(
            number for number in numbers if math.isinf(number.half_width) and _visible(number, steps)
        ),
    )


def half_width(old: Reading, new: Reading) -> float:
    """Return half the 95 % interval of the difference of a metric, now minus before, of one run.

    Of two errors, of images and of seeds, as in report.judging.statistics.crossed_errors. Both sides resample the same images
    with the same weights, so the variance over images is that of the difference of their replicates: paired by image.
    Over seeds it is that of the differences by seed where both sides have the same seeds; else that of two independent
    means with one common spread (pooled, n + m - 2 degrees of freedom), which takes a seed on both sides for two and
    errs on the wide side. With one seed on each side it is of test images only, infinite for a metric without images.
    Replicates drawn otherwise would be independent, and the interval again wide, never narrow.
    """
    deviations = [reading.deviations for reading in (old, new) if reading.deviations is not None]
    errors: Errors = _seed_errors(old.estimate.per_seed, new.estimate.per_seed)
    if deviations:
        size = min(map(len, deviations))
        difference = deviations[-1][:size] - (deviations[0][:size] if len(deviations) == 2 else 0)
        images = min(len(difference), *(r.estimate.n_images for r in (old, new) if r.deviations is not None))
        errors = [*errors, (float(difference.std(ddof=1)), max(images - 1, 1))]
    return statistics.half_width(errors, ALPHA)


def changed_runs(old: Mapping[str, RunFacts], new: Mapping[str, RunFacts]) -> list[str]:
    """Return the runs that both have, with other numbers."""
    return [run for run in new if run in old and old[run].numbers != new[run].numbers]


def spec_changes(old: Mapping[str, Any], new: Mapping[str, Any], prefix: str = "") -> dict[str, tuple[Any, Any]]:
    """Return the fields in which two specs differ, "training.epochs" -> (before, now); None where one has no such field."""
    changes: dict[str, tuple[Any, Any]] = {}
    for name in dict.fromkeys((*old, *new)):
        before, now = old.get(name), new.get(name)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            changes |= spec_changes(before, now, f"{prefix}{name}.")
        elif before != now:
            changes[prefix + name] = (before, now)
    return changes


def _seed_errors(old: Mapping[int, float], new: Mapping[int, float]) -> Errors:
    """Return the error over seeds of the difference of two means, with its degrees of freedom; none if nothing tells it."""
    if old.keys() == new.keys():
        paired = np.array([new[seed] - old[seed] for seed in new])
        return [(float(paired.std(ddof=1)) / math.sqrt(len(paired)), len(paired) - 1)] if len(paired) > 1 else []
    freedom = len(old) + len(new) - 2
    if not freedom:
        return []
    squares = sum(float(np.var(list(side.values()))) * len(side) for side in (old, new))
    return [(math.sqrt(squares / freedom * (1 / len(old) + 1 / len(new))), freedom)]


def _numbers(old: Snapshot, new: Snapshot, steps: Mapping[str, float]) -> Iterable[Moved]:
    for run in changed_runs(old.runs, new.runs):
        before, now = old.readings.get(run, {}), new.readings.get(run, {})
        for metric in steps:
            if metric in before and metric in now and before[metric].estimate.value != now[metric].estimate.value:
                width = half_width(before[metric], now[metric])
                yield Moved(run, metric, before[metric].estimate, now[metric].estimate, width)


def _visible(number: Moved, steps: Mapping[str, float]) -> bool:
    return abs(number.difference) >= steps[number.metric]


def _same_claim(old: Snapshot, new: Snapshot, claim: str) -> bool:
    return claim in old.verdicts and old.verdicts[claim].definition == new.verdicts[claim].definition


def _new_claim(old: Snapshot, new: Snapshot, claim: str) -> NewClaim:
    return NewClaim(claim, tuple(run for run in new.verdicts[claim].needs if run not in old.runs))


def _retrained(run: str, old: RunFacts, new: RunFacts) -> Retrained:
    return Retrained(run, tuple(sorted(old.numbers)), tuple(sorted(new.numbers)), spec_changes(old.spec, new.spec))
