"""A delivery made by the command line from made-up results, in a stock course's site that MkDocs builds strict."""

import dataclasses
import os
import shutil
import subprocess
import sys
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.report.synthetic import stored, synthetic_results
from vae.grid import make_grid

ROOT = Path(__file__).parents[2]
COURSE = Path(__file__).with_name("course")
EXERCISE = "docs/exercises/vae"
VOID = {"img", "br", "hr", "input", "link", "meta", "source", "wbr", "col"}


@dataclasses.dataclass
class Element:
    """An element of a page with all the text in it."""

    tag: str
    attributes: dict[str, str]
    parents: tuple["Element", ...]
    text: str = ""


class Page(HTMLParser):
    """The elements of a built page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in VOID:
            if self._open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, within: str = "article") -> list[Element]:
        """Return the elements of a tag inside another."""
        return [e for e in self.elements if e.tag == tag and any(parent.tag == within for parent in e.parents)]


@dataclasses.dataclass
class Course:
    """A course's site with a delivery in it, and what the command said."""

    root: Path
    said: str
    log: str

    @property
    def folder(self) -> Path:
        return self.root / EXERCISE

    @property
    def source(self) -> str:
        return (self.folder / "index.md").read_text()

    @property
    def built(self) -> Path:
        return self.root / "site/exercises/vae"

    @cached_property
    def page(self) -> Page:
        return Page((self.built / "index.html").read_text())


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    tree, root = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("course") / "site"
    for name in ("vae", "report", "benchmarks"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("build.py", "requirements.txt", "LICENSE"):
        shutil.copy(ROOT / name, tree)
    shutil.copytree(COURSE, root)
    grid = make_grid("full", "fashion-mnist", 2)
    stored(tree / "results", synthetic_results(grid, np.random.default_rng(0)))
    (root / EXERCISE).mkdir(parents=True)
    command = [sys.executable, str(tree / "build.py"), "--deliver", ".", "--seeds", "2"]
    done = subprocess.run(command, cwd=root / EXERCISE, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    silence = {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}
    site = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=root, env=os.environ | silence, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert site.returncode == 0, site.stderr
    return Course(root, done.stdout, site.stderr)
