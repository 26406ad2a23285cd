"""A small build of the digits, made once, undisturbed, by the real command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.trees import BUILD, Ended, Tree


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    """A tree with a process that takes commands."""
    with Tree(tmp_path_factory.mktemp("faults") / "tree").started() as started:
        yield started


@pytest.fixture(scope="session")
def undisturbed(tree: Tree) -> tuple[Ended, Path]:
    """How an undisturbed build ended, and a copy of all that it made."""
    ended = tree.build(*BUILD)
    assert ended.code == 0, ended.stderr
    kept = tree.root.parent / "undisturbed"
    tree.keep(kept)
    return ended, kept


@pytest.fixture
def built(tree: Tree, undisturbed: tuple[Ended, Path]) -> Tree:
    """The tree as the undisturbed build left it."""
    tree.restore(undisturbed[1])
    return tree
