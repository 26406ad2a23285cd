"""Which packages of the report may know of which: rendering knows pages, publishing knows rendering, and never the other way."""

import ast
from pathlib import Path

import pytest

from report import sources

# Each may import those before it. Pages are shown by rendering, and the whole of them is known to it by report/sections.py.
ORDER = (
    "origins", "judging", "language", "metrics", "page", "references", "tables", "pages", "rendering", "notebook", "publishing", "delivery", "site",
)  # fmt: skip


def packages_of(path: Path) -> set[str]:
    """Return the parts of the report that a file imports."""
    tree = list(ast.walk(ast.parse(path.read_text())))
    names = {name.name for node in tree if isinstance(node, ast.Import) for name in node.names}
    names |= {f"{n.module}.{name.name}" for n in tree if isinstance(n, ast.ImportFrom) for name in n.names}
    return {name.split(".")[1] for name in names if name.startswith("report.")}


@pytest.mark.parametrize("package", ORDER)
def test_no_package_knows_of_those_that_are_made_from_it(package: str) -> None:
    place = sources.ROOT / "report" / package
    files = [place.with_suffix(".py")] if place.with_suffix(".py").is_file() else sorted(place.rglob("*.py"))
    later = set(ORDER[ORDER.index(package) + 1 :])
    found = {(package, known) for path in files for known in packages_of(path) & later}
    assert files and not found
