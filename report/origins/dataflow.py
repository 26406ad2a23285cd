"""What an expression of a page's code is made from: its names, followed back through the assignments of its function.

A context() that reads a score and, on the next line, types a number is told apart only by this.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from report.origins.places import of_function, tree

SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
COMPREHENSIONS = SCOPES[2:]
SOURCE = "Evidence"  # a parameter of this type, or a lambda's of this name in lower case, is what numbers are read from

Span = tuple[int | None, int | None, int | None, int | None]


@dataclass(frozen=True)
class Feed:
    """The lines that an expression takes its values from, and whether some of them came in by parameters."""

    lines: frozenset[int]
    parameters: bool


@cache
def parents(path: str) -> dict[ast.AST, ast.AST]:
    """Return the parent of every node of a file's syntax tree."""
    return {child: parent for parent in ast.walk(tree(path)) for child in ast.iter_child_nodes(parent)}


@cache
def expression(path: str, span: Span) -> ast.expr | None:
    """Return the smallest expression of a file that covers a span (line, end line, column, end column)."""
    start, end = (span[0] or 0, span[2] or 0), (span[1] or 0, span[3] or 0)
    covering = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.expr) and _start(node) <= start and end <= (node.end_lineno or 0, node.end_col_offset or 0)
    ]  # fmt: skip
    return max(covering, key=lambda node: (_start(node), -len(list(ast.walk(node)))), default=None)


def _start(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


@cache
def function_name(path: str, node: ast.AST) -> str:
    """Return the name of the function in which a node stands, '' at the top of the file."""
    above: ast.AST | None = node
    while above is not None and not isinstance(above, ast.FunctionDef):
        above = parents(path).get(above)
    return above.name if above is not None else ""


def entries(function: Callable[..., Any]) -> tuple[str, dict[str, ast.expr], list[ast.expr]]:
    """Return the file of a function that returns a dict, the expression of each of its keys, and the expressions of others.

    The others are what is unpacked or merged into the dict, or makes it as a whole.
    """
    place = of_function(function)
    known: dict[str, ast.expr] = {}
    others: list[ast.expr] = []
    for node in ast.walk(tree(place.path)):
        if isinstance(node, ast.FunctionDef | ast.Lambda) and node.lineno == place.line:
            returned = [node.body] if isinstance(node, ast.Lambda) else _returned(node)
            for value in returned:
                _collect(place.path, value, known, others)
    return place.path, known, others


def _returned(function: ast.FunctionDef) -> list[ast.expr]:
    return [node.value for node in _own_nodes(function) if isinstance(node, ast.Return) and node.value]


def _collect(path: str, value: ast.expr, known: dict[str, ast.expr], others: list[ast.expr]) -> None:
    if isinstance(value, ast.Dict):
        for key, item in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant):
                known[str(key.value)] = item
            else:
                others.append(item)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr):
        _collect(path, value.left, known, others)
        _collect(path, value.right, known, others)
    else:
        others.append(value)


@cache
def feed(path: str, *nodes: ast.AST) -> Feed:
    """Return what some expressions of a file are made from."""
    lines: set[int] = set()
    parameters = False
    seen: set[ast.AST] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        inside = set(ast.walk(node))
        if isinstance(node, ast.expr | ast.stmt) and any(isinstance(part, ast.Call | ast.Attribute) for part in inside):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        for name in inside:
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load):
                bindings, parameter = _bindings(path, name, inside)
                parameters = parameters or parameter
                waiting.extend(bindings)
    return Feed(frozenset(lines), parameters)


def _bindings(path: str, name: ast.Name, inside: set[ast.AST]) -> tuple[list[ast.AST], bool]:
    """Return what a name stands for, and whether it is a parameter of a function that does not lie inside."""
    above: ast.AST | None = name
    while above is not None:
        if isinstance(above, COMPREHENSIONS):
            found: list[ast.AST] = [part.iter for part in above.generators if name.id in _names(part.target)]
            if found:
                return found, False
        elif isinstance(above, ast.FunctionDef | ast.Lambda):
            arguments = above.args
            listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            for argument in listed:
                if argument is not None and argument.arg == name.id:
                    return [], above not in inside and not _is_source(argument)
            found = [value for node in _own_nodes(above) for value in _bound(node, name.id)]
            if found:
                return found + [value for node in _own_nodes(above) for value in _given(node, name.id)], False
        above = parents(path).get(above)
    return [], False


def _is_source(argument: ast.arg) -> bool:
    annotation = argument.annotation
    if annotation is None:
        return argument.arg == SOURCE.lower()
    return ast.unparse(annotation).strip("'\"") == SOURCE


def _own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, those of functions and comprehensions in it left out."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting.extend(ast.iter_child_nodes(node))


def _bound(node: ast.AST, name: str) -> Iterable[ast.AST]:
    """Return what a statement gives to a name, or to a part of it."""
    if isinstance(node, ast.Assign):
        return [node.value] if any(name in _names(target) for target in node.targets) else []
    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        return [node.value] if node.value and name in _names(node.target) else []
    if isinstance(node, ast.For):
        return [node.iter] if name in _names(node.target) else []
    if isinstance(node, ast.FunctionDef):
        return node.body if node.name == name else []
    return []


def _given(node: ast.AST, name: str) -> Iterable[ast.AST]:
    """Return what a method is given that may change its object by it: rows.append(x), seen.setdefault(key, []).append(x)."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return []
    owner: ast.expr = node.func.value
    while isinstance(owner, ast.Call | ast.Attribute | ast.Subscript):
        owner = owner.func if isinstance(owner, ast.Call) else owner.value
    return node.args if name in _names(owner) else []


def _names(target: ast.AST) -> set[str]:
    """Return the names that a target gives values to, those of objects whose items or attributes it sets included."""
    if isinstance(target, ast.Subscript | ast.Attribute):
        return _names(target.value)
    if isinstance(target, ast.Tuple | ast.List | ast.Starred):
        return {name for part in ast.iter_child_nodes(target) for name in _names(part)}
    return {target.id} if isinstance(target, ast.Name) else set()


def value_arguments(node: ast.expr, formatters: dict[str, int]) -> list[ast.expr]:
    """Return, of a call of a formatter, the arguments that are the number; of any other expression, itself.

    formatters: how many of the first arguments are, by name.
    """
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in formatters:
        return node.args[: formatters[node.func.attr]]
    return [node]
