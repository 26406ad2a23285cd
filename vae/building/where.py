"""What --executor and --jobs mean. Standard library only, so that a command line is judged at once."""

import dataclasses
from urllib.parse import urlsplit

from vae.errors import LaudoError


@dataclasses.dataclass(frozen=True)
class Where:
    """Who does the jobs of a build: so many processes of this machine, or the workers of a scheduler (HOST:PORT)."""

    jobs: int = 1
    scheduler: str | None = None


def where(executor: str, jobs: int | None) -> Where:
    """Return what --executor and --jobs mean.

    Raises LaudoError naming the value that means nothing.
    """
    if jobs is not None and jobs < 1:
        raise LaudoError(f"--jobs {jobs}: at least one process is needed; try --jobs 1.")
    if executor == "local":
        return Where(jobs or 1)
    expected = f"--executor {executor}: expected local, or dask://HOST:PORT, such as dask://127.0.0.1:8786."
    try:
        address = urlsplit(executor)
        host, port = address.hostname, address.port
    except ValueError as error:
        raise LaudoError(expected) from error
    if address.scheme != "dask" or not host or not port or address.path or address.query or address.username:
        raise LaudoError(expected)
    if jobs is not None:
        raise LaudoError("--jobs goes with --executor local: on a cluster there are as many as workers were started.")
    return Where(scheduler=f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
