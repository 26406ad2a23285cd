"""Errors that a user can act on. The command line prints them as they are, with no traceback."""

import difflib
import sys
import traceback
from collections.abc import Iterable, Sequence


class LaudoError(Exception):
    """Something the user can mend: the message names the value and the remedy."""


class SpecError(LaudoError):
    """A spec, or a row of the grid, says what no run can be."""


def meant(name: str, known: Iterable[str], cutoff: float = 0.4) -> str:
    """Return the question whether a near match was meant, with a space before it; '' if none is as near as cutoff."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=cutoff)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return some names, the first ones and how many more there are: "a, b, c and 4 more"."""
    others = f" and {len(names) - most} more" if names[most:] else ""
    return f"{', '.join(names[:most])}{others}"


def missing_package(error: ModuleNotFoundError) -> str:
    """Return what to do about a package that this Python lacks; raises the error again if it is a module of ours."""
    package = (error.name or "").partition(".")[0]
    if package in ("", "vae", "report", "benchmarks", "build"):
        raise error
    return (
        f"The package {package} is not installed in this Python ({sys.executable}). Use the environment of make site: "
        "source .venv/bin/activate, or .venv/bin/python in place of python."
    )


def at_import(error: Exception) -> str:
    """Return what to do about an error of loading the program: a package that lacks, a row of the grid that is none.

    Raises the error again if it is another.
    """
    if isinstance(error, ModuleNotFoundError):
        return missing_package(error)
    if isinstance(error, TypeError) and str(error).startswith("Row.__init__() "):
        lines = [step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename.endswith("grid.py")]
        return f"vae/grid.py, line {lines[-1]}: {str(error).replace('.__init__()', '')}; Row says what a run has."
    if isinstance(error, SpecError):
        return str(error)
    raise error


# What the code of a page or a claim raises when it is wrong, or is given what it cannot take.
MISTAKES = (LaudoError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def in_words(error: Exception) -> str:
    """Return what an error says; of one that is no LaudoError, its kind too."""
    return str(error) if isinstance(error, LaudoError) else f"{type(error).__name__}: {error}"


class DataError(LaudoError):
    """The data set is missing, truncated or altered."""


class ResultsError(LaudoError):
    """A stored result is missing, altered or of another format."""


class TrainingError(LaudoError):
    """A training cannot go on: it diverged, or ran out of memory."""


class BusyError(LaudoError):
    """Another build holds the tree."""


class ClusterError(LaudoError):
    """The cluster cannot be reached, has no workers left, or has other code."""
