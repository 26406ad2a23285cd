"""Numbers that remember where they came from.

What is read from results, specs and claims carries its origins (report/tracing.py puts them there), and arithmetic
unites them. A formatter of report/language/ptbr.py puts their key into its mark; the last step of rendering
(report/following.py) turns it into the way back. A number that reaches a page without origins came through no metric,
claim or spec.
"""

import dataclasses
import enum
import operator
import re
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from report.origins import places
from report.origins.places import Place

Result = tuple[str, int]  # run and seed

OPEN, CLOSE = "\ue000", "\ue001"  # the mark around a formatted number, see report/language/ptbr.py
# A key is one character of a private-use plane: no digit, no letter, nothing that Markdown or a template reads.
FIRST_KEY, LAST_KEY = 0xF0000, 0x10FFFF
KEYS = f"{chr(FIRST_KEY)}-{chr(LAST_KEY)}"  # for a character class


@dataclasses.dataclass(frozen=True)
class Origin:
    """One thing that a number was made from.

    what: Portuguese Markdown. places: the code that defines it, then what else computes it. results: the results that
    it was read from. claim: the id of the claim whose evidence it is.
    """

    what: str
    places: tuple[Place, ...]
    results: frozenset[Result] = frozenset()
    claim: str = ""


Origins = frozenset[Origin]


class Traced:
    """What knows its origins."""

    origins: Origins


class TracedText(Traced, str):
    """A text that knows its origins: a name, a version, a date; so does a part of it."""

    def __getitem__(self, index: Any) -> str:
        part: str = trace(super().__getitem__(index), self.origins)
        return part


class TracedInt(Traced, int):
    """A whole number that knows its origins. (A plain float on its left makes them forgotten; write it to the right.)"""


class TracedFloat(Traced, float):
    """A number that knows its origins."""


def trace(value: Any, origins: Origins, deep: bool = True) -> Any:
    """Return a value that knows its origins; what already knows them, in it, keeps its own.

    deep: texts and the fields of dataclasses too, and not only the numbers in it and in its lists and mappings.
    """
    if isinstance(value, Traced | bool | enum.Enum) or not origins:
        return value
    kind: type[Any]
    if isinstance(value, int):
        kind = TracedInt
    elif isinstance(value, float):
        kind = TracedFloat
    elif isinstance(value, str):
        if OPEN in value or not (deep or re.search(r"\d", value)):
            return value  # who marked it knew its origins, or that it has none
        kind = TracedText
    elif type(value) in (tuple, list):
        return type(value)(trace(item, origins, deep) for item in value)
    elif isinstance(value, Mapping):
        return {(trace(key, origins) if deep else key): trace(item, origins, deep) for key, item in value.items()}
    elif deep and dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
        return dataclasses.replace(value, **{name: trace(item, origins) for name, item in fields.items()})
    else:
        return value
    traced = kind(value)
    traced.origins = origins
    return traced


def origins_of(*values: Any) -> Origins:
    """Return the origins of some values together: traced ones, marked texts, and the items of lists and mappings."""
    found: Origins = frozenset()
    for value in values:
        if isinstance(value, Traced):
            found |= value.origins
        elif isinstance(value, str):
            found = found.union(*(origins_at(key) for key in re.findall(f"[{KEYS}]", value)))
        elif isinstance(value, Mapping):
            found |= origins_of(*value.keys(), *value.values())
        elif isinstance(value, tuple | list):
            found |= origins_of(*value)
    return found


def relabel(value: Any, what: str, *defined: Place) -> Any:
    """Return a traced value, or a dataclass of such, under the name by which readers know it."""
    if isinstance(value, Traced):
        origins = frozenset(Origin(what, defined, origin.results, origin.claim) for origin in value.origins)
        return trace(_plain(value), origins)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.init}
        return dataclasses.replace(value, **{name: relabel(item, what, *defined) for name, item in fields.items()})
    if isinstance(value, Mapping):
        return {key: relabel(item, what, *defined) for key, item in value.items()}
    return value


def constant(module: ModuleType, name: str) -> Any:
    """Return a constant of the code, such as a number of images shown, which a page may print.

    It is the one door for numbers that are chosen and not measured; its origin is the line that chooses it.
    """
    return trace(getattr(module, name), frozenset({Origin(f"constante `{name}`", (places.of_constant(module, name),))}))


# Interned, as a key must fit into a mark: the same origins have the same key as long as the process lives.
_keys: dict[Origins, str] = {}
_origins: dict[str, Origins] = {}


def key_of(origins: Origins) -> str:
    """Return the character that stands for some origins, '' for none."""
    if not origins:
        return ""
    if origins not in _keys:
        key = chr(FIRST_KEY + len(_keys))
        _keys[origins], _origins[key] = key, origins
    return _keys[origins]


def origins_at(key: str) -> Origins:
    """Return what a key stands for, nothing if it was never given out."""
    return _origins.get(key, frozenset())


def _plain(value: Any) -> Any:
    if not isinstance(value, Traced):
        return value
    return int(value) if isinstance(value, int) else float(value) if isinstance(value, float) else str(value)


def _binary(operation: Callable[[Any, Any], Any], reflected: bool) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not isinstance(other, int | float):
            return NotImplemented
        operands = (_plain(other), _plain(self)) if reflected else (_plain(self), _plain(other))
        return trace(operation(*operands), origins_of(self, other))

    return method


def _unary(operation: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *options: trace(operation(_plain(self), *options), self.origins)


for _kind in (TracedInt, TracedFloat):
    for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
        setattr(_kind, f"__{_name}__", _binary(getattr(operator, _name), reflected=False))
        setattr(_kind, f"__r{_name}__", _binary(getattr(operator, _name), reflected=True))
    for _name, _operation in (("neg", operator.neg), ("pos", operator.pos), ("abs", abs), ("round", round)):
        setattr(_kind, f"__{_name}__", _unary(_operation))
