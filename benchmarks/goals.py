"""What was asked of speed and memory, what the newest measurements reach, and what holds the rest."""

import statistics
from collections.abc import Mapping
from typing import Any

from benchmarks.commands import CLICK, FIRST

Results = Mapping[str, Mapping[str, Any]]


def section(results: Results) -> list[str]:
    """Return the lines of the section in RESULTS.md, from what each benchmark measured, by its name."""
    speed, commands = results["speed"]["summary"], results["commands"]["commands"]
    evaluations = [run["evaluations"] for name, run in results["evaluation"]["runs"].items() if "t-SNE" not in name]
    seconds = [statistics.median(each["seconds"] for each in further) for _, *further in evaluations]
    shown = sorted(each["shown"] for each in results["live"]["rounds"])
    first = statistics.median(each["seconds"] for each in commands[FIRST])
    bare = statistics.median(each["seconds"] for each in commands[CLICK])
    rows = [
        ("training, times the notebook's images/s", "2.5 in one mode", _both(speed, "times"),
         "float32: oneDNN's transposed and backward convolutions at 30 x 30 x 16"),
        ("share of the fp32 roofline", "45%", _both(speed, "roofline", percent=True), ""),
        ("the reference's grid, times as fast", "3.5", _both(speed, "grid_times"), "float32: as above; 170 epochs are 110 by themselves"),
        ("an evaluation without t-SNE, s", "5", " and ".join(f"{value:.1f}" for value in seconds),
         "about 73,000 decoded and 29,000 classified images; fewer would be other numbers (LOG.md)"),
        ("first `--all`, s", "10", f"{first:.1f}", "measured before scatters were packed with less effort, which takes 0.75 of the time (LOG.md); the rest is judging, layouts, drawing"),
        ("`--help`, times the import of click", "about 1", f"{_median(commands, '--help') / bare:.1f}", "what its options choose from: data sets, profiles"),
        ("a page from its file to the browser, s", "about 1", f"{statistics.median(shown):.1f}", "MkDocs finds and builds the whole site anew"),
        ("an H100's epoch, s; times its eager loop", "0.15; 10", "not measured", "no GPU could be had: the captured step is tested on CPU as far as it goes"),
    ]  # fmt: skip
    return [
        "## Asked and reached",
        "",
        "| what | asked | reached | what holds the rest |",
        "|---|---:|---:|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _both(speed: Mapping[str, Any], name: str, percent: bool = False) -> str:
    def text(precision: str) -> str:
        value = speed[precision][name]
        middle = value[1] if isinstance(value, list) else value
        return f"{middle:.0%}" if percent else f"{middle:.2f}"

    return f"{text('float32')} float32, {text('bfloat16')} bfloat16"


def _median(commands: Mapping[str, Any], name: str) -> float:
    return statistics.median(each["seconds"] for each in commands[name])
