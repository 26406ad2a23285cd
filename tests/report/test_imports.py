"""Which packages of the report may know of which: rendering knows pages, publishing knows rendering, and never the other way."""

import ast
from pathlib import Path

import pytest

from report import sources

# Each may import those before it. Pages are shown by rendering, and the whole of them is known to it by report/sections.py.
ORDER = (
    "origins", "judging", "language", "references", "tables", "pages", "rendering", "notebook", "publishing", "delivery", "site",
)  # fmt: skip


def packages_of(path: Path) -> set[str]:
    """Return the parts of the report that a file imports."""
    imports = [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.module
    ]
    names = {f"{node.module}.{alias.name}" for node in imports for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("report.")}


@pytest.mark.parametrize("package", ORDER)
def test_no_package_knows_of_those_that_are_made_from_it(package: str) -> None:
    place = sources.ROOT / "report" / package
    files = [place.with_suffix(".py")] if place.with_suffix(".py").is_file() else sorted(place.rglob("*.py"))
    later = set(ORDER[ORDER.index(package) + 1 :])
    found = {(package, known) for path in files for known in packages_of(path) & later}
    assert not found
