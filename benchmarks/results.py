"""The tables of every benchmark in one page: python -m benchmarks.results writes RESULTS.md from the JSON files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import commands, equivalence, evaluation, explorer, goals, live, report_scale, scaling, speed

HERE = Path(__file__).parent
PAGE = HERE / "RESULTS.md"
SECTIONS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "speed": speed.section,
    "equivalence": equivalence.section,
    "evaluation": evaluation.section,
    "commands": commands.section,
    "live": live.section,
    "explorer": explorer.section,
    "report_scale": report_scale.section,
    "scaling": scaling.section,
}


def load(name: str) -> dict[str, Any]:
    """Return what a benchmark measured."""
    measured: dict[str, Any] = json.loads((HERE / f"{name}.json").read_bytes())
    return measured


def markdown() -> str:
    """Return RESULTS.md, whole."""
    lines = [
        "# Speed, memory and scale",
        "",
        "Written by `python -m benchmarks.results` from the JSON files beside it; do not edit.",
        "Timings are of shared machines: the ratios within one run mean something, single times little.",
    ]
    results = {name: load(name) for name in SECTIONS}
    lines += ["", *goals.section(results)]
    for name, section in SECTIONS.items():
        lines += ["", *section(results[name]), "", f"Again: `python -m benchmarks.{name}`."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(markdown(), encoding="utf-8")
