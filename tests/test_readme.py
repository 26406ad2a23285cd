"""What README.md tells a student to do, done to the letter: its own code blocks, put where it says, in a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from report.judging.claims import VerdictKind
from report.language import ptbr
from report.rendering.medium import verdict_mark
from report.sections import family
from tests.copies import ROOT, copy_sources
from tests.report.synthetic import synthetic_results
from vae.grid import make_grid
from vae.storage.results import RunResult
from vae.storage.store import ResultsStore

ARGUMENTS = ("--dataset", "digits", "--seeds", "1", "--results", "results")
PAGE, CLAIM, NAME = "reconstrucoes", "5b", "MORE_SIMILAR"
RENDERED = "rendered/atividades/04-vae"


def section(title: str) -> str:
    """Return a section of README.md."""
    return re.split(r"^## ", (ROOT / "README.md").read_text().split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def code(title: str) -> str:
    """Return the one Python block of a section."""
    (block,) = re.findall(r"^```python\n(.*?)^```$", section(title), re.DOTALL | re.MULTILINE)
    return block


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the code, nothing rendered."""
    copy_sources(tmp_path)
    return tmp_path


def build(tree: Path, *arguments: str) -> str:
    """Run build.py and return what it said."""
    command = [sys.executable, "build.py", *arguments]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def edit(path: Path, old: str, new: str) -> None:
    """Replace what occurs once in a file."""
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} in {path.name}"
    path.write_text(text.replace(old, new))


def test_a_claim_is_one_function_and_three_sentences_beside_the_page(tree: Path) -> None:
    text, block = section("Write a claim"), code("Write a claim")
    assert f'id="{CLAIM}"' in block
    assert CLAIM not in {claim.id for claim in family()}
    # The runs are those of a grid without garments; what they measured is made up.
    results = synthetic_results(make_grid("full", "digits", 1), np.random.default_rng(0))
    for seeds in results.values():
        for result in seeds.values():
            ResultsStore(tree / "results").save(result)

    # "next to the page (in its `page.py`, or `claims.py` beside it)"
    assert "`claims.py` beside it" in text
    module = tree / f"report/pages/{PAGE}/claims.py"
    module.write_text(f"{module.read_text()}\n\n{block}")
    # "Import it where the page is declared ..., add it to the page's `claims=(…)`"
    page = tree / f"report/pages/{PAGE}/page.py"
    edit(page, f"from report.pages.{PAGE}.claims import ", f"from report.pages.{PAGE}.claims import {NAME}, ")
    edit(page, "    claims=(", f"    claims=({NAME}, ")
    # "and say `{{ claim("5b") }}` in its template"
    said = re.findall(r"`({{ claim\(.*?\) }})`", text)
    assert said == [f'{{{{ claim("{CLAIM}") }}}}']
    template = tree / f"report/pages/{PAGE}/page.md.jinja"
    edit(template, '{{ claim("5") }}\n', f'{{{{ claim("5") }}}}\n\n{said[0]}\n')

    (command,) = re.findall(r"`python build\.py (--section .*?)`", text)
    build(tree, *command.split(), *ARGUMENTS)

    value = ptbr.strip_marks(ptbr.number(mean_ssim(results["e50"]) - mean_ssim(results["e10"]), 3))
    (inconclusive,) = re.findall(r'inconclusive="(.*?)"', block)  # of one seed nothing else can come
    (statement,) = re.findall(r'statement="(.*?)"', block)
    shown = re.sub(r"\]\([^)]*\)(?:\{[^}]*\})?", "]", (tree / RENDERED / f"{PAGE}.md").read_text())
    plain = re.sub(r"\[([^\]]*)\]", r"\1", shown)
    sentence = inconclusive.replace("{{ value }}", value)
    assert f'id="afirmacao-{CLAIM}"' in plain
    assert sentence in re.sub(r"<[^>]+>", "", plain)
    assert verdict_mark(VerdictKind.INCONCLUSIVE) in plain.split(sentence.split(value)[1])[1][:200]
    assert "Mean SSIM of the reconstructions" not in plain.split("<details")[0]
    (row,) = re.findall(rf"^\| \[{CLAIM}\].*$", (tree / RENDERED / "placar.md").read_text(), re.MULTILINE)
    assert f"({PAGE}.md#afirmacao-{CLAIM})" in row
    assert statement in row
    assert verdict_mark(VerdictKind.INCONCLUSIVE) in row
    assert value in row


def mean_ssim(seeds: dict[int, RunResult]) -> float:
    """Return the mean SSIM of the only seed of a run."""
    (result,) = seeds.values()
    return float(result.array("test_ssim").mean(dtype=np.float64))


def test_a_run_is_a_line_of_the_grid(tree: Path) -> None:
    block = code("Change an experiment")
    (name,) = re.findall(r'"([\w-]+)"', block)
    assert name not in make_grid().specs
    edit(tree / "vae/grid.py", "\nRUNS = (\n", f"\nRUNS = (\n{block}")
    planned = build(tree, "--all", "--dry-run", "--profile", "quick", "--dataset", "digits")
    assert re.search(rf"\b{name}\b", planned)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('Row("x", latent_dim=0)', "Error: Run 'x' (RUNS in vae/grid.py): latent_dim=0: it must be a whole number"),
        (
            'Row("x", 2, 10, 2)',
            "Error: vae/grid.py, line {line}: TypeError: Row takes from 2 to 4 positional arguments",
        ),
        (
            'Row("x", bta=2.0)',
            "Error: vae/grid.py, line {line}: TypeError: Row got an unexpected keyword argument 'bta'",
        ),
        ("Row()", "Error: vae/grid.py, line {line}: TypeError: Row missing 1 required positional argument: 'name'"),
        ("Rwo()", "Error: vae/grid.py, line {line}: NameError: name 'Rwo' is not defined"),
        ('("x", 3, 10)', "Error: RUNS (vae/grid.py)=('x', 3, 10): it must be made of rows, such as Row('e10')."),
        ('Row("e10")', "Error: Run 'e10' stands twice in RUNS"),
    ],
)
@pytest.mark.parametrize("command", [("build.py", "--status"), ("-m", "vae", "--help")])
def test_a_row_that_no_run_can_be_is_one_sentence(tree: Path, command: tuple[str, ...], row: str, said: str) -> None:
    grid = tree / "vae/grid.py"
    edit(grid, "\nRUNS = (\n", f"\nRUNS = (\n    {row},\n")
    line = grid.read_text().splitlines().index(f"    {row},") + 1
    done = subprocess.run([sys.executable, *command], cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(said.format(line=line)), done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    margin=0.01,\n", "", "TypeError: Claim missing 1 required positional argument: 'margin'"),
        ("decimals=3", "decimal=3", "TypeError: Claim got an unexpected keyword argument 'decimal'"),
        ("margin=0.01", "margin=1 / 0", "ZeroDivisionError: division by zero"),
        ("import Claim\n", "import Clam\n", "ImportError: cannot import name 'Clam'"),
        ("MORE_SIMILAR = Claim(", "MORE_SIMILAR = Claim((", "'(' was never closed."),
    ],
)
def test_a_slip_in_a_claim_is_one_sentence(tree: Path, old: str, new: str, said: str) -> None:
    block = code("Write a claim")
    assert block.count(old) == 1
    module = tree / f"report/pages/{PAGE}/claims.py"
    module.write_text(f"{module.read_text()}\n\n{block.replace(old, new)}")
    command = [sys.executable, "build.py", "--status"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.match(rf"Error: .*report/pages/{PAGE}/claims\.py, line \d+: {re.escape(said)}", done.stderr), done.stderr
    assert done.stderr.count("\n") == 1
    whole = subprocess.run(
        command, cwd=tree, capture_output=True, text=True, check=False, env=os.environ | {"LAUDO_TRACEBACK": "1"}
    )
    assert "Traceback" in whole.stderr


def test_a_page_whose_folder_is_gone_is_one_sentence(tree: Path) -> None:
    shutil.rmtree(tree / "report/pages/licoes")
    done = subprocess.run(
        [sys.executable, "build.py", "--status"], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.match(
        r"Error: report/sections\.py, line \d+: ModuleNotFoundError: No module named 'report\.pages\.licoes'",
        done.stderr,
    )
