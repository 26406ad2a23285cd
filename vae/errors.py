"""Errors that a user can act on. The command line prints them as they are, with no traceback."""

import difflib
import sys
from collections.abc import Iterable


class LaudoError(Exception):
    """Something the user can mend: the message names the value and the remedy."""


class SpecError(LaudoError):
    """A spec, or a row of the grid, says what no run can be."""


def meant(name: str, known: Iterable[str], cutoff: float = 0.4) -> str:
    """Return the question whether a near match was meant, with a space before it; '' if none is as near as cutoff."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=cutoff)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def missing_package(error: ModuleNotFoundError) -> str:
    """Return what to do about a package that this Python lacks; raises the error again if it is a module of ours."""
    package = (error.name or "").partition(".")[0]
    if package in ("", "vae", "report", "benchmarks", "build"):
        raise error
    return (
        f"The package {package} is not installed in this Python ({sys.executable}). Use the environment of make site: "
        "source .venv/bin/activate, or .venv/bin/python in place of python."
    )


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
