"""Where in the source files something is defined: the end of the way back from a number."""

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

from report.sources import ROOT, code_files, read_source, syntax_tree

GRID = "vae/grid.py"
MEASURING = "vae/measurements/"


@dataclass(frozen=True, order=True)
class Place:
    """A line of a source file, by its path from the root; line 0 is the file as a whole."""

    path: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


def tree(path: str) -> ast.Module:
    """Return the syntax tree of a source file."""
    return syntax_tree(read_source(path))


@cache
def relative(filename: str) -> str:
    """Return a source file's path from the root; its bare name if it lies elsewhere."""
    path = Path(filename).resolve()
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def unwrapped(function: Callable[..., Any]) -> Any:
    """Return the function itself that a partial or a decorated one calls."""
    return inspect.unwrap(function.func if isinstance(function, partial) else function)


def of_function(function: Callable[..., Any]) -> Place:
    """Return where a function is defined, a partial one's included."""
    code = unwrapped(function).__code__
    return Place(relative(code.co_filename), code.co_firstlineno)


def of_constant(module: ModuleType, name: str) -> Place:
    """Return where a module defines a constant."""
    path = relative(str(module.__file__))
    for node in tree(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = {part.id for target in targets if target for part in ast.walk(target) if isinstance(part, ast.Name)}
        if name in names:
            return Place(path, node.lineno)
    return Place(path)


def of_field(owner: type, name: str) -> Place:
    """Return where a dataclass declares a field."""
    path = relative(inspect.getfile(owner))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef) and node.name == owner.__name__:
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.target.id == name:
                    return Place(path, line.lineno)
            return Place(path, node.lineno)
    return Place(path)


@cache
def of_text(path: str, text: str) -> Place:
    """Return the first line of a file that has this string, as the grid has the names of its runs."""
    lines = [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and node.value == text]
    return Place(path, min(lines, default=0))


@cache
def of_keyword(path: str, keyword: str, name: str = "") -> Place:
    """Return the first call of a file that gives this argument by its keyword, beside the given `name`, if any."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            given = {word.arg: word.value for word in node.keywords}
            named = given.get("name")
            if keyword in given and (not name or (isinstance(named, ast.Constant) and named.value == name)):
                return Place(path, given[keyword].lineno)
    return Place(path)


@cache
def of_score(name: str) -> Place | None:
    """Return the line of vae/ that gives a score or array its value, None if it is not found by its name."""
    # What is written out goes before a pattern, of patterns the one with more letters, and what measures before what sums up.
    fits = [(fixed, place) for key, place in _stored() if (fixed := _fixed_length(key, name))]
    return max(fits, key=lambda fit: (fit[0], fit[1].path.startswith(MEASURING)))[1] if fits else None


@cache
def _stored() -> list[tuple[ast.expr, Place]]:
    """Return the keys under which vae/ stores values: those of dicts written out, and those assigned to."""
    found: list[tuple[ast.expr, Place]] = []
    for path in code_files():
        if path.startswith("vae/") and not path.startswith("vae/figures/"):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.Dict):
                    found += [(key, Place(path, key.lineno)) for key in node.keys if key is not None]
                elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                    found.append((node.slice, Place(path, node.lineno)))
    return found


def _fixed_length(node: ast.expr, name: str) -> int:
    """Return how many letters of a name a string, or f-string that fits it, writes out; 0 if it is another name."""
    if isinstance(node, ast.Constant):
        return len(name) if node.value == name else 0
    if not isinstance(node, ast.JoinedStr):
        return 0
    parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
    pattern = "".join(r"\w+" if part is None else re.escape(part) for part in parts)
    return sum(len(part) for part in parts if part) if re.fullmatch(pattern, name) else 0
