"""--executor and --jobs: what they mean, and what means nothing."""

from pathlib import Path

import pytest

from tests.test_build import call
from vae.building.where import Where, where
from vae.errors import LaudoError


def test_what_executor_and_jobs_mean() -> None:
    assert where("local", None) == Where(1, None)
    assert where("local", 3) == Where(3, None)
    assert where("dask://10.0.0.7:8786", None) == Where(1, "10.0.0.7:8786")
    assert where("dask://[::1]:8786", None).scheduler == "[::1]:8786"


@pytest.mark.parametrize(("executor", "jobs", "words"), [
    ("local", 0, "--jobs 0: at least one process"),
    ("local", -2, "--jobs -2: at least one process"),
    ("dask://localhost:8786", 2, "--jobs goes with --executor local"),
    ("dask://localhost", None, "--executor dask://localhost: expected local, or dask://HOST:PORT"),
    ("dask://:8786", None, "expected local, or dask://HOST:PORT"),
    ("dask://localhost:port", None, "expected local, or dask://HOST:PORT"),
    ("dask://localhost:99999", None, "expected local, or dask://HOST:PORT"),
    ("dask://localhost:8786/path", None, "expected local, or dask://HOST:PORT"),
    ("tcp://localhost:8786", None, "expected local, or dask://HOST:PORT"),
    ("ray", None, "--executor ray: expected local"),
    ("", None, "expected local"),
])  # fmt: skip
def test_what_means_nothing_is_named(executor: str, jobs: int | None, words: str) -> None:
    with pytest.raises(LaudoError, match=words.replace("?", r"\?")):
        where(executor, jobs)


@pytest.mark.parametrize("arguments", [("--jobs", "0"), ("--executor", "dask://nowhere"), ("--jobs", "two")])
def test_on_the_command_line_it_is_a_usage_error(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = call("--all", *arguments, tmp=tmp_path)
    assert done.returncode == 2
    assert arguments[0] in done.stderr
