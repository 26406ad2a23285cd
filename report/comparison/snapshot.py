"""Snapshots of a publication (report/comparison/changes.py): taken from evidence, and kept in a small file. Pure.

results/previous.json is the snapshot of the publication before this one. It is a file of its own, and not read from
git, because a site is rendered from what is in a checkout: that of a CI is often one commit deep, and the same commit
must give the same bytes wherever it is rendered. Instead of the per-image arrays, megabytes for each publication, it
holds the first replicates of the bootstrap of every metric: enough to pair each number, image by image, with the
present one, so that the page finds what --compare finds.
"""

import base64
import dataclasses
import datetime
import json
import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from report.comparison.changes import COMMIT, Judged, Reading, Revision, RunFacts, Snapshot
from report.evidence import Evidence
from report.judging import estimates
from report.judging.claims import VerdictKind
from report.judging.statistics import Estimate, estimate_crossed
from report.metrics import METRICS
from vae.data.datasets import dataset_info
from vae.errors import ResultsError
from vae.grid import Grid
from vae.spec import RUN_NAME, RunSpec, evaluation_key, training_key
from vae.storage.results import UNREADABLE, Array, dump_json, fingerprint, sha256
from vae.storage.store import PREVIOUS

FORMAT = 1
KEPT = 200  # replicates: the standard error of a standard error taken from so many is 5 %
STORED = np.dtype("<f4")  # of a deviation: one byte order, so that the file is the same everywhere

# One unit of the last decimal in which a metric is printed.
STEPS: Mapping[str, float] = {
    name: 10.0**-metric.decimals / (100 if metric.percent else 1) for name, metric in METRICS.items()
}


def yardstick(grid: Grid) -> str:
    """Return one hash of what the numbers of a grid are measured with: data, classifier, evaluation and its code."""
    checksum = dataset_info(grid.dataset.dataset).checksum
    return evaluation_key(grid.dataset, checksum, grid.evaluation, training_key(grid.classifier, checksum))


def facts(evidence: Evidence) -> dict[str, RunFacts]:
    """Return the specs and hashes of all results of the evidence."""
    return {
        run: RunFacts(_plain(next(iter(seeds.values())).spec), {seed: fingerprint(one) for seed, one in seeds.items()})
        for run, seeds in evidence.samples.results.items()
        if seeds
    }


def take(evidence: Evidence, read: Collection[str]) -> Snapshot:
    """Return the snapshot of some evidence, with the readings of the runs named; the classifier and the data have none."""
    runs = facts(evidence)
    return Snapshot(
        yardstick=yardstick(evidence.grid),
        runs=runs,
        verdicts={
            claim: Judged(
                statement=verdict.claim.statement,
                needs=verdict.claim.needs,
                definition=(verdict.claim.measure, verdict.claim.margin, verdict.claim.side),
                kind=verdict.kind,
                estimate=verdict.estimate,
            )
            for claim, verdict in evidence.verdicts.items()
            if verdict.claim.statistic is not None  # what no run can settle cannot change
        },
        readings={
            run: _readings(evidence, run)
            for run in runs
            if run in read and isinstance(evidence.grid.specs[run], RunSpec)
        },
    )


def _readings(evidence: Evidence, run: str) -> dict[str, Reading]:
    readings = {}
    for name, metric in METRICS.items():
        try:
            replicates, n_images = evidence.samples.replicates(metric.read, run)
        except ResultsError:
            continue  # a score or array that this run has not: there is nothing to compare
        mean = np.mean([rows[: 1 + KEPT] for rows in replicates.values()], axis=0)
        estimate = estimate_crossed(replicates, 0.0, n_images)
        readings[name] = Reading(estimate, (mean[1:] - mean[0]).astype(STORED) if n_images else None)
    return readings


def _plain(value: Any) -> Any:
    """Return JSON values as they are when they have been read: lists for tuples, text for the keys of mappings."""
    return json.loads(dump_json(value))


def to_bytes(snapshot: Snapshot) -> bytes:
    """Return the file of a snapshot: equal snapshots give equal bytes."""
    body = dataclasses.asdict(snapshot) | {
        "verdicts": {
            claim: dataclasses.asdict(judged) | {"kind": judged.kind.value, "estimate": _packed(judged.estimate)}
            for claim, judged in snapshot.verdicts.items()
        },
        "readings": {
            run: {name: _packed_reading(reading) for name, reading in readings.items()}
            for run, readings in snapshot.readings.items()
        },
    }
    body = _plain(body)  # seeds become text, which sorts otherwise than numbers
    return dump_json({"format": FORMAT, "sha256": sha256(dump_json(body)), "publication": body})


def from_bytes(content: bytes) -> Snapshot:
    """Return the snapshot in a file.

    Raises ResultsError if it was altered or damaged, or has another format.
    """
    try:
        whole = json.loads(content)
        if whole["format"] != FORMAT:
            raise ResultsError(f"its format is {whole['format']}, this version reads {FORMAT}")
        body = whole["publication"]
        if sha256(dump_json(body)) != whole["sha256"]:
            raise ResultsError("its sha256 is not that of its content")
        for run in (*body["runs"], *body["readings"], *body["unlike"], *body["outside"]):
            if not RUN_NAME.fullmatch(run):
                raise ResultsError(f"'{run}' is no run name")
        return Snapshot(
            yardstick=body["yardstick"],
            runs={
                run: RunFacts(one["spec"], {int(seed): value for seed, value in one["numbers"].items()})
                for run, one in body["runs"].items()
            },
            verdicts={claim: _judged(one) for claim, one in body["verdicts"].items()},
            readings={
                run: {
                    name: Reading(_estimate(one["estimate"]), _array(one["deviations"])) for name, one in some.items()
                }
                for run, some in body["readings"].items()
            },
            unlike=tuple(body["unlike"]),
            outside=tuple(body["outside"]),
            revision=_revision(**body["revision"]),
        )
    except (*UNREADABLE, ResultsError) as error:
        why = error if isinstance(error, ResultsError) else f"{type(error).__name__}: {error}"
        raise ResultsError(
            f"{PREVIOUS}, which holds what the publication before said, cannot be read ({why}). Restore it from version "
            "control, write it again with: python build.py --compare REV --save, or delete it."
        ) from error


def _revision(commit: str, date: str, name: str) -> Revision:
    datetime.date.fromisoformat(date)  # it is printed as a day
    if not (COMMIT.fullmatch(commit) and isinstance(name, str)):
        raise ValueError(f"'{commit}' is no commit")
    return Revision(commit, date, name)


def _packed(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    body = dataclasses.asdict(estimate)
    return {name: None if value in (-math.inf, math.inf) else value for name, value in body.items()}


def _estimate(body: Mapping[str, Any]) -> Estimate:
    unbounded = {name: sign * math.inf for name, sign in (("low", -1), ("high", 1)) if body[name] is None}
    return estimates.from_json({**body, **unbounded})


def _packed_reading(reading: Reading) -> dict[str, Any]:
    deviations = reading.deviations
    packed = None if deviations is None else base64.b64encode(deviations.astype(STORED).tobytes()).decode()
    return {"estimate": _packed(reading.estimate), "deviations": packed}


def _array(packed: str | None) -> Array | None:
    return None if packed is None else np.frombuffer(base64.b64decode(packed, validate=True), dtype=STORED)


def _judged(body: Mapping[str, Any]) -> Judged:
    measure, margin, side = body["definition"]
    return Judged(
        statement=body["statement"],
        needs=tuple(body["needs"]),
        definition=(measure, margin, side),
        kind=VerdictKind(body["kind"]),
        estimate=body["estimate"] and _estimate(body["estimate"]),
    )
