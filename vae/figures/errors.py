"""The error of this package."""

from vae.errors import LaudoError


class FigureError(LaudoError):
    """A figure cannot be drawn from what it was given."""
