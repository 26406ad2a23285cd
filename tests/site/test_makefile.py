"""The Makefile's own commands, run by make in a copy of the project."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.report.repository import IDENTITY, commit, git, start
from tests.site.conftest import ACTIVITY, ROOT


def make(project: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Make a target with this environment in place of the one that the Makefile sets up."""
    command = ["make", f"BIN={Path(sys.executable).parent}", "--old-file=.venv/site.stamp", target]
    environment = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}  # of a `make test` above
    return subprocess.run(
        command, cwd=project, env=environment | IDENTITY, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def project(make_project: Callable[..., Path], sample: Path) -> Path:
    """A project with a rendered tree, so that build.py has nothing to do."""
    made = make_project(sample, site_url="https://a.example.org/laudo/")
    shutil.copy(ROOT / "Makefile", made)
    (made / "build.py").touch()
    return made


def test_make_site_says_little_and_fails_on_a_dead_link(project: Path) -> None:
    good = make(project, "site")
    assert good.returncode == 0, good.stderr
    assert "The site is in site/" in good.stdout
    assert len(good.stderr.splitlines()) <= 3
    page = project / f"rendered/{ACTIVITY}/licoes.md"
    page.write_text(page.read_text() + "\n[além](nowhere.md)\n")
    bad = make(project, "site")
    assert bad.returncode == 2, "make's own code for a command that failed"
    assert "nowhere.md" in bad.stderr
    assert "Aborted with 1 warnings in strict mode!" in bad.stdout + bad.stderr
    assert "The site is in site/" not in bad.stdout


def test_a_push_that_fails_shows_what_git_says_and_what_to_do(project: Path) -> None:
    for name in ("report", "vae"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    start(project)
    commit(project)
    git(project, "remote", "add", "origin", "/nonexist.git")
    done = make(project, "gh-deploy")
    assert done.returncode == 2, "make's own code for a command that failed"
    assert "Traceback" not in done.stdout + done.stderr
    theirs, ours = done.stderr.split("Error: ", 1)
    assert "fatal: '/nonexist.git' does not appear to be a git repository" in theirs
    for words in ("git push to origin, /nonexist.git, failed", "Nothing was published", "git remote -v"):
        assert words in ours
    assert "it will be read at" not in done.stdout
