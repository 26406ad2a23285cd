"""The real source files, as they are shown on the pages: never a pasted copy."""

import ast
import hashlib
from functools import cache
from pathlib import Path

from vae.errors import LaudoError
from vae.storage.imports import imported, reached

ROOT = Path(__file__).resolve().parent.parent


@cache
def read_source(path: str) -> str:
    """Return the text of a source file of the repository, by its path from the root."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def syntax_tree(text: str) -> ast.Module:
    """Return the syntax tree of a source, the same one each time."""
    return ast.parse(text)


def definition(path: str, name: str) -> tuple[str, int]:
    """Return the source of a top-level function or class (or Class.method) and the line where it begins.

    Raises LaudoError if the file has no such definition.
    """
    text = read_source(path)
    body: list[ast.stmt] = syntax_tree(text).body
    node: ast.stmt | None = None
    for part in name.split("."):
        node = next((child for child in body if getattr(child, "name", None) == part), None)
        if node is None:
            raise LaudoError(f"{path} defines no '{name}', which a page wants to show.")
        body = getattr(node, "body", [])
    assert node is not None
    first = min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno]), first


def code_files() -> list[str]:
    """Return the source files that the site shows, by their path from the root."""
    found = [path for folder in ("vae", "report", "benchmarks") for path in sorted((ROOT / folder).rglob("*"))]
    shown = [path for path in found if path.suffix in (".py", ".json") or path.name.endswith(".md.jinja")]
    return [path.relative_to(ROOT).as_posix() for path in (*shown, ROOT / "build.py")]


@cache
def with_imports(path: str) -> tuple[str, ...]:
    """Return a source file and every file of the repository that it imports, itself or through others, sorted."""
    return tuple(sorted(reached(path, _imports)))


@cache
def _imports(path: str) -> frozenset[str]:
    return imported(syntax_tree(read_source(path)), ROOT)


@cache
def digest(*folders: str) -> str:
    """Return one hash of the source files below some folders (or of single files), caches left out."""
    total = hashlib.sha256()
    for folder in folders:
        top = ROOT / folder
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
