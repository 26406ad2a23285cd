"""Work for workers that is done at once: to say who one is."""

from distributed import get_worker


def say_name(*_: object) -> str:
    """Return the name of the worker that does this."""
    return str(get_worker().name)
