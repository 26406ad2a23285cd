"""python build.py --check can fail: each way of typing a number into a page is found, with its page and line."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.copies import copy_sources
from tests.report.synthetic import synthetic_results
from vae.grid import make_grid
from vae.storage.store import ResultsStore

ARGUMENTS = ("--dataset", "digits", "--seeds", "1", "--results", "results")
TEMPLATE, MODULE = "report/pages/reproducao/page.md.jinja", "report/pages/reproducao/page.py"
HEADING = "## Refazer o relatório"  # before it, numbers are typed
PAGE = "atividades/04-vae/reproducao.md"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the report, cut down to a page without claims and figures and the one of the terms, with made-up results; rendered."""
    root = tmp_path_factory.mktemp("tree")
    copy_sources(root)
    sections = root / "report/sections.py"
    one = re.sub(r"(?s)(PAGES: [^\n]*= \().*?\n\)", r"\1REPRODUCAO, REFERENCIAS)", sections.read_text(), count=1)
    sections.write_text(one)
    overview = root / "docs" / Path(PAGE).with_name("visao-geral.md")  # where the page of terms leads to
    overview.parent.mkdir(parents=True, exist_ok=True)
    overview.write_text("# Visão geral\n\n## Como citar\n")
    grid = make_grid("full", "digits", 1)
    for results in synthetic_results(grid, np.random.default_rng(0)).values():
        for result in results.values():
            ResultsStore(root / "results").save(result)
    built = build(root, "--all")
    assert built.returncode == 0, built.stderr
    return root


def build(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "build.py", *arguments, *ARGUMENTS]
    return subprocess.run(command, cwd=root, env=dict(os.environ), capture_output=True, text=True, check=False)


def test_what_was_rendered_has_no_fault(tree: Path) -> None:
    done = build(tree, "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "No fault found." in done.stdout


def test_every_typed_number_is_found_by_page_and_line(tree: Path) -> None:
    kept = {name: (tree / name).read_text() for name in (TEMPLATE, MODULE)}
    typed = {
        "Foram 42 sementes.": "a number typed by hand: 'Foram «42» sementes.'",
        "Perda: {{ 262.18 | number(2) }} nats.": "the number '262,18' came through no metric, claim or spec",
        "{% set share = 0.5 * 1.5 %}{{ share | percent }}": "the number '75,0%' came through no",
        "{{ ['7 dias'] | enumerate }}": "the number '7 dias' came through no",
        "{{ typed }}": "the number '31.337' came through no",
        "{{ typed_mark }}": "the number '256' came through no",
    }
    followed = "{{ run('e10').epochs }} e {{ evidence.dataset.score('test_entropy') | number(2) }}"
    module = kept[MODULE].replace(
        '"example": ', '"typed": 31337,\n        "typed_mark": ptbr.mark("256"),\n        "example": '
    )
    assert module != kept[MODULE]
    first = (tree / "rendered" / PAGE).read_text().split(HEADING)[0].count("\n") + 1
    before, after = kept[TEMPLATE].split(HEADING)
    try:
        (tree / TEMPLATE).write_text(before + "\n\n".join([*typed, followed, HEADING]) + after)
        (tree / MODULE).write_text(module)
        done = build(tree, "--check")
    finally:
        for name, text in kept.items():
            (tree / name).write_text(text)
    assert done.returncode == 1
    found = done.stderr.splitlines()
    for number, (fault, expected) in enumerate(zip(found, typed.values(), strict=False)):
        assert fault.startswith(f"{PAGE}, line {first + 2 * number} as rendered: {expected}")
        assert f"({TEMPLATE}, or a claim or caption on it)" in fault
    # Beside the six, that the page is not rendered anew.
    assert [fault for fault in found[len(typed) :] if "is not what its results and template give" not in fault] == [
        "7 faults."
    ]
