"""Errors that a user can act on. The command line prints them as they are, with no traceback."""

import difflib
import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path


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


# What a user edits: an error on the way through there is most likely a slip of the pen, and not one of ours.
EDITED = ("report/pages/", "report/sections.py", "vae/grid.py")
ROOT = Path(__file__).resolve().parents[1]

# What the code of a page, a claim or a row raises when it is wrong, or is given what it cannot take.
MISTAKES = (LaudoError, ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError)
SLIPS = (*MISTAKES, SyntaxError, ImportError)


def innermost(error: BaseException, *below: str) -> str:
    """Return file and line of the innermost step of an error that is in one of these files or folders; '' if none is."""
    place = ""
    for step in traceback.extract_tb(error.__traceback__):
        path = Path(step.filename)
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
        if name.startswith(below):
            place = f"{name}, line {step.lineno}"
    return place


def raise_if_asked(error: Exception) -> None:
    """Raise one of MISTAKES again, with its way there, if the environment has LAUDO_TRACEBACK and it is no sentence yet."""
    if os.environ.get("LAUDO_TRACEBACK") and not isinstance(error, LaudoError):
        raise error


def in_words(error: Exception) -> str:
    """Return what an error says; of one that is no LaudoError, its kind too."""
    return str(error) if isinstance(error, LaudoError) else f"{type(error).__name__}: {error}"


def told(error: Exception) -> str:
    """Return one of SLIPS as a sentence: what is wrong, where, and what to do about it.

    Raises the error again, with its way there, if it is none of a user's, or the environment has LAUDO_TRACEBACK.
    """
    place = innermost(error, *EDITED)
    if isinstance(error, LaudoError):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and not place:
        return _missing(error)
    raise_if_asked(error)
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}: {error.msg}."
    if not place:
        raise error
    return f"{place}: {in_words(error).replace('.__init__()', '')}. (The whole way there: LAUDO_TRACEBACK=1.)"


def _missing(error: ModuleNotFoundError) -> str:
    package = (error.name or "").partition(".")[0]
    if package not in ("", "vae", "report", "benchmarks", "build"):
        return (
            f"The package {package} is not installed in this Python ({sys.executable}). Use the environment of make site: "
            "source .venv/bin/activate, or .venv/bin/python in place of python."
        )
    raise error


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
