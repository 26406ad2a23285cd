"""Publish the site on the branch from which GitHub Pages can serve it: python -m report.site.branch."""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click

from report.settings import MKDOCS, read_identity, read_settings
from report.sources import ROOT
from vae.building import command
from vae.errors import LaudoError

REMOTE = "origin"
BRANCH = "gh-pages"
WHEN_STOPPED = (
    "Unless git has said that it pushed, nothing was published: give the same command again, and it begins anew."
)


class BranchError(LaudoError):
    """The site cannot be published on a branch."""


def publish(root: Path) -> None:
    """Build the site of a project strictly, commit it to its gh-pages branch and push that.

    Raises BranchError naming what is missing or failed, SettingsError for a setting that is no address. The branch is
    written after the build, so that a build that fails changes nothing. git's own lines on the push go to stderr.
    """
    identity = read_identity(root / MKDOCS)
    if not identity.site_url:
        raise BranchError(
            f"site_url is unset in {root / MKDOCS}: write there the address at which the site will be read "
            "(https://OWNER.github.io/NAME/), then give the same command again."
        )
    remote = _execute(root, "git", "remote", "get-url", "--push", REMOTE)
    if remote.returncode != 0:
        raise BranchError(
            f"{root} has no git remote '{REMOTE}' to push to: git remote add {REMOTE} https://github.com/OWNER/NAME.git"
        )
    # The steps of `mkdocs gh-deploy`, which ends in a traceback if the push fails.
    _module(root, "mkdocs", "build", "--strict")
    revision = _execute(root, "git", "rev-parse", "--short", "HEAD").stdout.strip()
    message = f"Deployed {revision} with MkDocs version: {version('mkdocs')}"  # its words, which it reads the next time
    site = str(read_settings(root / MKDOCS).get("site_dir") or "site")
    _module(root, "ghp_import", "--no-jekyll", "-m", message, "-r", REMOTE, "-b", BRANCH, site)
    if subprocess.run(["git", "push", REMOTE, BRANCH], cwd=root, check=False).returncode != 0:
        raise BranchError(
            f"git push to {REMOTE}, {_without_password(remote.stdout.strip())}, failed; git says why above. Nothing was "
            f"published. See whether that is your repository (git remote -v) and whether you may write to it, then give "
            f"the same command again; if git says 'rejected', after git fetch {REMOTE}."
        )
    click.echo(f"Pushed to the branch {BRANCH} of {REMOTE}; it will be read at {identity.site_url}")


def _without_password(address: str) -> str:
    return re.sub(r"^(https?://)[^/@]*@", r"\1", address)


def _module(root: Path, name: str, *arguments: str) -> None:
    done = _execute(root, sys.executable, "-m", name, *arguments)
    if done.returncode != 0:
        raise BranchError(f"{name} failed, and nothing was published:\n{done.stderr.strip()}")


def _execute(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    silence = {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}
    try:
        return subprocess.run(
            arguments, cwd=root, env=os.environ | silence, capture_output=True, text=True, check=False
        )  # fmt: skip
    except FileNotFoundError as error:
        raise BranchError(f"{arguments[0]} is not installed: install it and give the same command again.") from error


def run(root: Path = ROOT) -> None:
    """Run the command line."""
    command.run(lambda: publish(root), WHEN_STOPPED)


if __name__ == "__main__":
    run()
