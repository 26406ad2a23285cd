"""Which files of this repository a file imports; nothing is run for it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path


def reached(path: str, imports: Callable[[str], frozenset[str]]) -> set[str]:
    """Return a file and every file that it imports, itself or through others."""
    found: set[str] = set()
    waiting = [path]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(imports(current))
    return found


def imported(tree: ast.Module, root: Path) -> frozenset[str]:
    """Return the files below a root that a module imports itself, also inside its functions, by their path from there."""
    names: set[str] = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            # What is imported from a package may be one of its modules.
            names.update((node.module, *(f"{node.module}.{alias.name}" for alias in node.names)))
    files = (name.replace(".", "/") + ending for name in names for ending in (".py", "/__init__.py"))
    return frozenset(file for file in files if (root / file).is_file())


def _statements(block: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements of a module and those inside them; not their expressions, which are most of a syntax tree."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for part in getattr(block, name, ()):
            if isinstance(part, ast.stmt):
                yield part
            yield from _statements(part)
