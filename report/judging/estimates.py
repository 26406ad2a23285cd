"""The estimates of claims as they are kept between two builds, in one small file."""

import dataclasses
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from report.judging.statistics import Estimate
from vae.errors import ResultsError
from vae.storage.files import write_atomically
from vae.storage.results import UNREADABLE, sha256


def read(path: Path) -> dict[str, Estimate]:
    """Return the estimates in a file by their keys; none if there is no file.

    Raises ResultsError if it was altered or damaged: what it says would be printed as measured.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        whole = json.loads(content)
        body = whole["estimates"]
        if whole["sha256"] != sha256(_dump(body)):
            raise ResultsError("its sha256 is not that of its content")
        return {key: from_json(one) for key, one in body.items()}
    except (*UNREADABLE, ResultsError) as error:
        raise ResultsError(
            f"{path}, which keeps what was estimated, is damaged ({error}). Delete it: all of it is estimated again."
        ) from error


def write(path: Path, estimates: Mapping[str, Estimate]) -> None:
    """Keep estimates in a file.

    Raises OSError naming the file if it cannot be written.
    """
    body = {key: dataclasses.asdict(estimate) for key, estimate in estimates.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, _dump({"sha256": sha256(_dump(body)), "estimates": body}), durable=False)


def _dump(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def from_json(body: Mapping[str, Any]) -> Estimate:
    """Return the estimate that these JSON values are of.

    Raises TypeError or LookupError if they are of none.
    """
    per_seed = {int(seed): _number(value) for seed, value in body["per_seed"].items()}
    numbers = {name: _number(body[name]) for name in body if name != "per_seed"}
    return Estimate(**numbers, per_seed=per_seed)


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise TypeError(f"{value!r} is no number")
    return value
