"""What pages do with evidence, honestly and not: read by test_tracing.py as if it stood in report/pages."""

from typing import Any

import numpy as np

from report.evidence import Evidence
from report.language import ptbr

TYPED = 262.18


def context(evidence: Evidence) -> dict[str, Any]:
    """Entries named after the results that they were made from, or after what is wrong with them."""
    entropy = evidence.dataset.array("test_entropy")
    mean = float(entropy.mean())
    rounded = round(mean, 1)
    typed = 3 * 0.5
    seconds: dict[str, float] = {}
    for run in ("e10", "e50"):
        seconds[run] = float(np.sum(evidence.headline(run).provenance["epoch_seconds"]))
    return {
        "dataset": float(entropy.mean()),
        "dataset_rounded": rounded,
        "dataset_marked": ptbr.number(mean),
        "e10": len(evidence.headline("e10").array("test_bce")),
        "e10_marked": ptbr.integer(len(evidence.headline("e10").array("test_bce"))),
        "e10_e50": sum(seconds.values()),
        "e100_table": table(evidence, "e100"),
        "e100_function": lambda: float(evidence.headline("e100").array("test_bce").mean()),
        "e10_function": lambda: {"share": mean_of(evidence, "e10")},
        "e10_formatted": formatted(mean_of(evidence, "e10")),
        "e50_second": second(evidence),
        "e10_e50_rows": rows(evidence),
        "e10_paired": paired(evidence),
        "e50_dict": {run: mean_of(evidence, run) for run in ("e50",)},
        "runs": len(list(evidence.grid.specs)),
        "typed": 262.18,
        "typed_name": TYPED,
        "typed_local": typed,
        "typed_marked": ptbr.mark("256"),
        "typed_helper": helper(),
        "typed_dict": {"x": 262.18},
        "typed_function": lambda: 262.18,
        "typed_table": typed_table(evidence),
    } | more(evidence)  # fmt: skip


class Tables:
    """An object with methods that a template calls."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence

    def sample(self) -> str:
        values = self.evidence.samples.sample("e50", 42).array("test_kl")
        return ptbr.number(float(values.mean()))

    def typed(self) -> str:
        assert self.evidence.labels.size
        return ptbr.number(262.18)


def hidden(evidence: Evidence) -> dict[str, Any]:
    """Return an object whose methods nobody follows."""
    return {"tables": Tables(evidence)}


def table(evidence: Evidence, run: str) -> str:
    """A cell that a nested function formats from an array of the outer one."""
    values = evidence.headline(run).array("test_kl")

    def cell(decimals: int) -> str:
        return ptbr.number(float(values.mean()), decimals)

    return f"| {cell(2)} |"


def typed_table(evidence: Evidence) -> str:
    """A typed number in a function that reads results for another one."""
    values = evidence.headline("e10").array("test_kl")
    assert values.size
    return ptbr.number(262.18, len(values) % 2)


def formatted(value: float) -> str:
    """A number that came in by a parameter."""
    return ptbr.number(value)


def paired(evidence: Evidence) -> str:
    """A number of evidence that was paired with another run's seeds."""
    whole = evidence.paired(["e10", "e50"])
    return ptbr.integer(len(whole.headline("e10").array("test_bce")))


def second(evidence: Evidence) -> str:
    """The second of two numbers that were read."""
    first = mean_of(evidence, "e10")
    other = mean_of(evidence, "e50")
    assert first != other
    return ptbr.number(other)


def rows(evidence: Evidence) -> str:
    """A number made from what methods put into a list and a mapping."""
    values: list[float] = []
    by_run: dict[str, list[float]] = {}
    values.append(mean_of(evidence, "e10"))
    by_run.setdefault("e50", []).append(mean_of(evidence, "e50"))
    return ptbr.number(sum(values) + sum(by_run["e50"]))


def mean_of(evidence: Evidence, run: str) -> float:
    return float(evidence.headline(run).array("test_bce").mean())


def helper() -> float:
    return 262.18


def more(evidence: Evidence) -> dict[str, Any]:
    return {"e50_merged": mean_of(evidence, "e50")}
