"""Scoreboard, what changed since the publication before: its words, rows and tables for the template."""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

from report.comparison.changes import Comparison, Flip, Judged, Moved, Retrained, Revision, changed_runs, compare
from report.comparison.snapshot import STEPS, facts, take
from report.evidence import Evidence
from report.judging import statistics
from report.judging.claims import Claim
from report.judging.statistics import possible
from report.language import ptbr, untrusted
from report.metrics import METRICS
from report.origins import places
from report.origins.numbers import Origin, constant, origins_of, trace
from report.tables import Table


@dataclasses.dataclass(frozen=True)
class Since:
    """What the section says. revision: of the publication before. counts: how many are in each list of the changes.

    Tables: None where there is nothing to list. All numbers have the comparison as their origin, or one of their own.
    """

    revision: Revision
    changes: Comparison
    counts: Mapping[str, int]
    flips: tuple[Mapping[str, Any], ...]
    moved: Table | None
    without_interval: Table | None
    retrained: tuple[str, ...]
    confidence: str = ptbr.percent(constant(statistics, "CONFIDENCE"), 0)
    shown: int = 12  # rows of a table that stand open; a longer one is folded

    @property
    def tag(self) -> str:
        """The name of the revision, as code."""
        return _code(self.revision.name)

    @property
    def commit(self) -> str:
        """The hash of the revision, shortened, as code."""
        return _code(self.revision.short)

    @staticmethod
    def code(runs: Iterable[str]) -> str:
        """Return names of runs in a row, as code."""
        return ptbr.join(_code(run) for run in runs)


def since(evidence: Evidence) -> Since | None:
    """Return what changed since the publication before, None if nothing is known of it."""
    old = evidence.previous
    if old is None or old.revision is None:
        return None
    what = f"comparação com a revisão {untrusted.code(old.revision.short)}"
    origins = frozenset({Origin(what, (places.of_function(compare),))})
    changes: Comparison = trace(compare(old, take(evidence, changed_runs(old.runs, facts(evidence))), STEPS), origins)
    lists = ("flips", "moved", "without_interval", "new_claims", "gone_claims")
    return Since(
        revision=trace(old.revision, origins),
        changes=changes,
        counts=trace({name: len(getattr(changes, name)) for name in lists}, origins, deep=False),
        flips=tuple(_flip(flip, evidence) for flip in changes.flips),
        moved=_table(changes.moved, "O que se moveu além do intervalo, com metade do intervalo de cada valor."),
        without_interval=_table(changes.without_interval, "O que mudou e não tem intervalo."),
        retrained=tuple(_retrained(each) for each in changes.retrained),
    )


def _flip(flip: Flip, evidence: Evidence) -> dict[str, Any]:
    from report.sections import page_of  # the pages import this module

    claim = evidence.verdicts[flip.claim].claim
    return {
        "chapter": page_of(claim),
        "verdict": evidence.verdicts[flip.claim],
        "old": flip.old.kind,
        "old_value": _value(flip.old, claim),
        "new_value": _value(flip.new, claim),
    }


def _value(judged: Judged, claim: Claim) -> str:
    if judged.estimate is None:
        return "—"
    measured = possible(judged.estimate, claim.bounds)
    value = ptbr.number(measured.value, claim.decimals, claim.unit)
    if math.isinf(measured.half_width):
        return value
    return f"{value} {ptbr.interval(measured.low, measured.high, claim.decimals)}"


def _table(numbers: tuple[Moved, ...], caption: str) -> Table | None:
    rows = []
    for number in numbers:
        metric = METRICS[number.metric]
        unit = f" ({metric.unit})" if metric.unit else ""
        cells = [metric.text(metric.possible(side), unit=False) for side in (number.old, number.new)]
        rows.append([f"{_code(number.run)} · {metric.label}{unit}", *cells, _difference(number)])
    return Table(["Treino e número", "Antes", "Agora", "Diferença"], rows, caption) if rows else None


def _difference(number: Moved) -> str:
    metric = METRICS[number.metric]
    factor = 100 if metric.percent else 1
    change = ptbr.signed(number.difference * factor, metric.decimals)
    if math.isinf(number.half_width):
        return change
    return f"{change}{ptbr.NO_BREAK}±{ptbr.NO_BREAK}{ptbr.number(number.half_width * factor, metric.decimals)}"


def _retrained(each: Retrained) -> str:
    """Name a run and what is other about it; names and values of its spec as code."""
    changes = [_change(name, before, now) for name, (before, now) in each.changes.items()]
    old, new = (trace(len(seeds), origins_of(seeds)) for seeds in (each.old_seeds, each.new_seeds))
    if old != new:
        changes.append(f"de {ptbr.integer(old)} para {ptbr.plural(new, 'semente', 'sementes')}")
    elif each.old_seeds != each.new_seeds:
        changes.append("outras sementes")
    return _code(each.run) + (f" ({ptbr.join(changes)})" if changes else "")


def _change(name: str, before: Any, now: Any) -> str:
    if before is None:
        return f"agora com {_code(name)} {_code(now)}"
    if now is None:
        return f"não mais com {_code(name)} {_code(before)}"
    return f"{_code(name)} de {_code(before)} para {_code(now)}"


def _code(value: Any) -> str:
    """Write a name or a value of a spec as code; it keeps its origins."""
    return ptbr.mark(untrusted.code(str(value)), value)
