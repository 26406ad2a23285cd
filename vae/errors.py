"""Errors that a user can act on. The command line prints them as they are, with no traceback."""


class LaudoError(Exception):
    """Something the user can mend: the message names the value and the remedy."""


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
