"""Git repositories made by the real git, with no configuration but their own."""

import os
import subprocess
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip


def git(folder: Path, *arguments: str, date: str = "2026-11-20") -> str:
    """Run git in a folder and return what it prints; its commits are of a date at noon."""
    moment = {"GIT_AUTHOR_DATE": f"{date}T12:00:00Z", "GIT_COMMITTER_DATE": f"{date}T12:00:00Z"}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=os.environ | IDENTITY | moment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def start(folder: Path) -> Path:
    """Make an empty repository."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def commit(folder: Path, tag: str = "", date: str = "2026-11-20") -> str:
    """Commit all that is in a repository, and return the hash."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", tag or "work", date=date)
    if tag:
        git(folder, "tag", tag)
    return git(folder, "rev-parse", "HEAD")
