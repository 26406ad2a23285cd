"""A site is built from stored results on a machine without torch: what it imports may not load it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def loads_torch(statement: str) -> bool:
    """Whether a statement loads torch in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1] == "True"


@pytest.mark.parametrize("modules", [
    "build", "report.sections, report.publish, report.check, report.render, report.delivery.deliver, report.notebook",
    "vae.figures, vae.plan, vae.store, vae.forecast, vae.results, vae.grid, vae.datasets, vae.export, vae.metrics.holes",
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
