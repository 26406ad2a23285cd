"""Markdown tables with a numbered caption."""

import dataclasses
import re
from collections.abc import Iterable, Sequence

from report.evidence import Evidence
from report.language import ptbr
from report.language.labels import run_label
from report.metrics import METRICS, Metric

CUT = "Entre colchetes, o intervalo inteiro onde um limite da medida o corta."
BRACKETS = re.compile(r"\d \[−?\d")  # of a number's interval (ptbr.with_interval), and not of a link
BOLD = "Em negrito, o melhor valor, onde a sua diferença pareada para cada um dos outros exclui o zero."


@dataclasses.dataclass(frozen=True)
class Table:
    """Rows of formatted cells; the first column is text, the others are aligned right unless said otherwise."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str
    id: str = ""
    numeric: bool = True

    def __str__(self) -> str:
        rule = [":--", *(("--:" if self.numeric else ":--") for _ in self.header[1:])]
        lines = [self.header, rule, *self.rows]
        body = "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        cut = f" {CUT}" if BRACKETS.search(body) and "colchetes" not in self.caption else ""
        anchor = f"    attrs: {{id: tab-{self.id}}}\n\n" if self.id else ""
        return f"{body}\n\n/// table-caption | <\n{anchor}{self.caption}{cut}\n///\n"


def alike(evidence: Evidence, runs: Sequence[str]) -> tuple[Evidence, str]:
    """Return evidence in which some runs have no other seeds than those common to them, and what a caption says of that.

    What it says begins with a space; '' where no seed is left out.
    """
    paired = evidence.paired(runs)
    seeds = list(paired.seeds(runs[0]))
    if all(len(evidence.seeds(run)) == len(seeds) for run in runs):
        return paired, ""
    if len(seeds) == 1:
        return paired, f" Da semente {ptbr.join(seeds)}, a única que todos estes treinos têm."
    return paired, f" Médias das sementes {ptbr.join(seeds)}, as que todos estes treinos têm."


def metrics_table(
    evidence: Evidence, metrics: Iterable[str | Metric], runs: Sequence[str], caption: str, anchor: str = ""
) -> Table:
    """Return a table with a row a metric and a column a run: value ± half of the 95 % interval.

    metrics: names of METRICS, or metrics of a page's own. The best is bold where its paired difference from each of the
    others leaves zero out; the caption then says so.
    """
    rows = []
    for named in metrics:
        metric = METRICS[named] if isinstance(named, str) else named
        estimates = [metric.measure(evidence, run) for run in runs]
        cells = [metric.text(estimate, unit=False) for estimate in estimates]
        if metric.better and len(runs) > 1:
            values = [estimate.value for estimate in estimates]
            best = values.index(min(values) if metric.better == "lower" else max(values))
            read = [ptbr.strip_marks(cell) for cell in cells]
            others = [run for run in runs if run != runs[best]]
            # What looks equal is no better, nor is what may be equal.
            if read.count(read[best]) == 1 and all(_differ(metric, evidence, run, runs[best]) for run in others):
                cells[best] = f"**{cells[best]}**"
        rows.append([_heading(metric), *cells])
    if any(cell.startswith("**") for row in rows for cell in row):
        caption = f"{caption} {BOLD}"
    return Table(["Métrica", *(run_label(evidence.spec(run)) for run in runs)], rows, caption, anchor)


def comparison_table(
    evidence: Evidence, metrics: Iterable[str], before: str, after: str, caption: str, anchor: str = ""
) -> Table:
    """Return a table with a row a metric: two runs, and their difference paired by seed and test image."""
    rows = []
    for name in metrics:
        metric = METRICS[name]
        measured = [metric.measure(evidence, before), metric.measure(evidence, after)]
        change = metric.difference(evidence, before, after)
        cells = [metric.text(estimate, unit=False) for estimate in (*measured, change)]
        rows.append([_heading(metric), *cells])
    labels = (run_label(evidence.spec(run)) for run in (before, after))
    return Table(["Métrica", *labels, "Diferença"], rows, caption, anchor)


def _differ(metric: Metric, evidence: Evidence, first: str, second: str) -> bool:
    change = metric.difference(evidence, first, second)
    return change.low > 0 or change.high < 0


def _heading(metric: Metric) -> str:
    unit = f" ({metric.unit})" if metric.unit else ""
    arrow = {"lower": f"{ptbr.NO_BREAK}↓", "higher": f"{ptbr.NO_BREAK}↑", None: ""}[metric.better]
    return f"{metric.label}{unit}{arrow}"
