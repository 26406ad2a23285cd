"""Publishing by branch: a real git, a bare repository in place of the host's."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from report.site import branch
from report.site.branch import BranchError, publish


def git(folder: Path, *arguments: str) -> str:
    name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    return subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def project(make_project: Callable[..., Path], sample: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project under git, whose address is set and whose remote is not."""
    for variable in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{variable}_NAME", "A")
        monkeypatch.setenv(f"{variable}_EMAIL", "a@example.org")
    made = make_project(sample, site_url="https://a.example.org/laudo/")
    git(made, "init", "--quiet", "--initial-branch", "main")
    git(made, "add", "mkdocs.yml")
    git(made, "commit", "--quiet", "-m", "a")
    return made


def test_the_site_is_pushed_to_its_branch(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(project, "remote", "add", "origin", str(remote))
    publish(project)
    names = git(remote, "ls-tree", "-r", "--name-only", "gh-pages").split()
    assert {"index.html", "404.html", ".nojekyll", "atividades/04-vae/placar/index.html"} <= set(names)
    home = git(remote, "show", "gh-pages:index.html")
    assert '<link rel="canonical" href="https://a.example.org/laudo/">' in home
    assert "https://a.example.org/laudo/" in capsys.readouterr().out
    assert git(project, "status", "--porcelain", "mkdocs.yml") == "", "the branch that is checked out stays as it was"


def test_what_is_unset_is_named(project: Path) -> None:
    with pytest.raises(BranchError, match="no git remote 'origin'"):
        publish(project)
    settings = project / "mkdocs.yml"
    settings.write_text(settings.read_text().replace("site_url: https://a.example.org/laudo/", ""))
    with pytest.raises(BranchError, match=r"site_url is unset in .*mkdocs\.yml"):
        publish(project)


def test_a_build_that_fails_publishes_nothing(project: Path, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(project, "remote", "add", "origin", str(remote))
    (project / "rendered/atividades/04-vae/placar.md").unlink()
    with pytest.raises(BranchError, match="not rendered"):
        publish(project)
    assert git(remote, "branch") == ""


def test_an_interruption_ends_as_everywhere_and_not_in_a_traceback(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    git(project, "remote", "add", "origin", "nowhere")
    monkeypatch.setattr(branch, "_module", interrupted)
    monkeypatch.setattr("signal.signal", lambda *_: None)  # that of the tests stays theirs
    with pytest.raises(SystemExit) as ended:
        branch.run(project)
    assert ended.value.code == 130
    assert capsys.readouterr().err == f"\nStopped. {branch.WHEN_STOPPED}\n"


def test_an_error_is_a_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        branch.run(project)
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(f"Error: {project} has no git remote 'origin'")


def test_a_branch_that_moved_meanwhile_is_published_after_a_fetch(
    project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    remote, other = tmp_path / "remote.git", tmp_path / "other"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    git(project, "remote", "add", "origin", str(remote))
    publish(project)
    git(tmp_path, "clone", "--quiet", "--branch", "gh-pages", str(remote), str(other))
    git(other, "commit", "--quiet", "--allow-empty", "-m", "meanwhile")
    git(other, "push", "--quiet", "origin", "gh-pages")
    with pytest.raises(BranchError, match=r"failed; git says why above\. Nothing was published.*git fetch origin"):
        publish(project)
    assert "[rejected]" in capfd.readouterr().err
    git(project, "fetch", "--quiet", "origin")
    publish(project)
    subjects = git(remote, "log", "--format=%s", "gh-pages").splitlines()
    assert [subject.split()[0] for subject in subjects] == ["Deployed", "meanwhile", "Deployed"]


def test_a_password_in_the_remote_s_address_is_not_repeated(project: Path) -> None:
    git(project, "remote", "add", "origin", "https://me:secret@localhost:1/laudo.git")
    with pytest.raises(BranchError, match=r"to origin, https://localhost:1/laudo\.git, failed") as raised:
        publish(project)
    assert "secret" not in str(raised.value)
