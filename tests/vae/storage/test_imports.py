"""What a module loads: no torch where a site is built from stored results. What of a source file is code."""

import subprocess
import sys
from pathlib import Path

import pytest

from vae.storage.imports import code_of

ROOT = Path(__file__).parents[3]
CODE = '''"""What it is."""

import math  # for the root


def root(x):
    """Return the root.

    Of x.
    """
    text = "a # is no comment"
    return math.sqrt(x), text
'''


def loads_torch(statement: str) -> bool:
    """Whether a statement loads torch in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1] == "True"


@pytest.mark.parametrize("modules", [
    "build", "report.sections, report.publish, report.check, report.render, report.delivery.deliver, report.notebook.compose",
    "vae.figures, vae.building.plan, vae.storage.store, vae.building.forecast, vae.storage.results, vae.grid, vae.data.datasets, vae.export, vae.metrics.holes",
])  # fmt: skip
def test_torch_is_not_loaded(modules: str) -> None:
    assert not loads_torch(f"import {modules}")


def test_looking_at_pages_loads_nothing_that_draws_or_judges() -> None:
    code = "import build, report.publish, report.sections, report.state_text, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    slow = {"matplotlib", "scipy.special", "jinja2", "PIL", "pygments", "rich", "sklearn"}
    assert not slow & set(done.stdout.split()), "--status would wait for it"


def test_that_it_is_loaded_would_be_seen() -> None:
    assert loads_torch("import vae.objectives")


def test_comments_docstrings_and_blank_lines_are_no_code() -> None:
    bare = 'import math\ndef root(x):\n    text = "a # is no comment"\n    return math.sqrt(x), text'
    assert code_of(CODE) == bare
    assert code_of(CODE.replace("Of x", "Of y").replace("# for the root", "")) == bare


@pytest.mark.parametrize(("old", "new"), [("sqrt", "cbrt"), ("a # is", "b # is")])
def test_names_and_strings_are_code(old: str, new: str) -> None:
    assert code_of(CODE.replace(old, new)) != code_of(CODE)


def test_indentation_is_code() -> None:
    assert code_of("for i in x:\n    a()\n    b()\n") != code_of("for i in x:\n    a()\nb()\n")
