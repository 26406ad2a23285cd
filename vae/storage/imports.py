"""What can be said of source files without running them: which others they import, what of them is code."""

import ast
import io
import tokenize
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


def code_of(text: str) -> str:
    """Return Python code without comments, docstrings and blank lines, the same under every version of Python."""
    lines = text.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            first, last = node.body[0].lineno, node.body[0].end_lineno or 0
            lines[first - 1 : last] = [""] * (last - first + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _statements(block: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements of a module and those inside them; not their expressions, which are most of a syntax tree."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for part in getattr(block, name, ()):
            if isinstance(part, ast.stmt):
                yield part
            yield from _statements(part)
