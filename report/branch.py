"""Publish the site on the branch from which GitHub Pages can serve it: python -m report.branch."""

import os
import subprocess
import sys
from pathlib import Path

from report.settings import MKDOCS, read_identity
from report.sources import ROOT
from vae.errors import LaudoError

REMOTE = "origin"
BRANCH = "gh-pages"


class BranchError(LaudoError):
    """The site cannot be published on a branch."""


def publish(root: Path) -> None:
    """Build the site of a project strictly, commit it to its gh-pages branch and push that.

    Raises BranchError naming what is missing or failed, SettingsError for a setting that is no address. The branch is
    written after the build, so that a build that fails changes nothing.
    """
    identity = read_identity(root / MKDOCS)
    if not identity.site_url:
        raise BranchError(
            f"site_url is unset in {root / MKDOCS}: write there the address at which the site will be read "
            "(https://OWNER.github.io/NAME/), then give the same command again."
        )
    if _run(root, "git", "remote", "get-url", REMOTE).returncode != 0:
        raise BranchError(
            f"{root} has no git remote '{REMOTE}' to push to: git remote add {REMOTE} https://github.com/OWNER/NAME.git"
        )
    done = _run(root, sys.executable, "-m", "mkdocs", "gh-deploy", "--strict", "-r", REMOTE, "-b", BRANCH)
    if done.returncode != 0:
        raise BranchError(f"mkdocs gh-deploy failed:\n{done.stderr.strip()}")
    print(f"Pushed to the branch {BRANCH} of {REMOTE}; it will be read at {identity.site_url}")  # noqa: T201


def _run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    silence = {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}
    try:
        return subprocess.run(
            command, cwd=root, env=os.environ | silence, capture_output=True, text=True, check=False
        )  # fmt: skip
    except FileNotFoundError as error:
        raise BranchError(f"{command[0]} is not installed: install it and give the same command again.") from error


if __name__ == "__main__":
    try:
        publish(ROOT)
    except LaudoError as error:
        sys.exit(f"Error: {error}")
