"""Copies of the repository, in which a build may do what it likes."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ("mkdocs.yml", "properdocs.yml")


def copy_sources(root: Path, *also: str) -> None:
    """Copy into a folder what a build runs on, and other files of the top: nothing that is trained or rendered."""
    for name in ("vae", "report", "benchmarks", "docs"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("build.py", *also):
        shutil.copy(ROOT / name, root / name)
