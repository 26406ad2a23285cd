"""Where a delivery may go, what it replaces, and what is never lost."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from report.delivery import folder as folders
from report.delivery.deliver import declaration
from report.delivery.folder import DeliveryError, check, earlier_ai_use, folder_of, is_inside, write
from tests.delivery.conftest import ROOT

FIRST = {"index.md": b'---\nai_use: "a declarar"\n---\n# A\n', "code/a.py": b"a = 1\n", "figures/x.png": b"x"}
SECOND = {"index.md": b'---\nai_use: "a declarar"\n---\n# B\n', "code/b.py": b"b = 1\n", "figures/x.png": b"x"}


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*")
            if p.is_file() and p.name != folders.RECORD}  # fmt: skip


def test_a_second_delivery_replaces_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "site/vae"
    assert write(folder, FIRST) == (3, 3)
    assert files(folder) == FIRST
    assert write(folder, SECOND) == (3, 2)
    assert files(folder) == SECOND, "what the first had more is gone"
    assert [path.name for path in folder.parent.iterdir()] == ["vae"]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "vae").mkdir()
    write(tmp_path / "vae", FIRST)
    assert files(tmp_path / "vae") == FIRST


def test_what_is_no_delivery_is_never_touched(tmp_path: Path) -> None:
    folder = tmp_path / "vae"
    folder.mkdir()
    (folder / "thesis.md").write_text("ten years of work")
    with pytest.raises(DeliveryError, match="not empty and is no earlier delivery; name a new or empty one"):
        write(folder, FIRST)
    assert files(folder) == {"thesis.md": b"ten years of work"}
    (tmp_path / "file").write_text("x")
    with pytest.raises(DeliveryError, match="that is no folder"):
        check(tmp_path / "file")


def test_an_edit_is_not_lost(tmp_path: Path) -> None:
    folder = tmp_path / "vae"
    write(folder, FIRST)
    (folder / "code/a.py").write_text("a = 2  # mended\n")
    with pytest.raises(DeliveryError, match=r"code/a\.py changed since the delivery"):
        write(folder, SECOND)
    assert (folder / "code/a.py").read_text() == "a = 2  # mended\n"
    assert "index.md" in files(folder)


def test_the_declaration_may_be_filled_in_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "vae"
    write(folder, FIRST)
    page = folder / "index.md"
    page.write_text(page.read_text().replace('"a declarar"', '"Para revisar o texto."'))
    check(folder)
    assert earlier_ai_use(folder) == '"Para revisar o texto."'
    page.write_text(page.read_text() + "More.\n")
    with pytest.raises(DeliveryError, match=r"index\.md changed"):
        check(folder)


def test_what_was_declared_stays_until_something_else_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "vae"
    assert declaration(folder, "") == '"a declarar"'
    assert declaration(folder, 'Para "revisar":\nsó isso.') == r'"Para \"revisar\":\nsó isso."', "one line of YAML"
    write(folder, {"index.md": '---\nai_use: "Só na revisão."\n---\n'.encode()})
    assert declaration(folder, "") == '"Só na revisão."'
    assert declaration(folder, "Nada.") == '"Nada."'


def test_files_beside_those_of_the_delivery_stay(tmp_path: Path) -> None:
    folder = tmp_path / "vae"
    write(folder, FIRST)
    (folder / "figures/mine.png").write_bytes(b"mine")
    (folder / "code/__pycache__").mkdir()
    (folder / "code/__pycache__/a.pyc").write_bytes(b"")
    write(folder, SECOND)
    assert files(folder) == SECOND | {"figures/mine.png": b"mine"}
    with pytest.raises(DeliveryError, match=r"figures/mine\.png stands where the delivery has a file"):
        write(folder, {**SECOND, "figures/mine.png": b"ours"})
    assert (folder / "figures/mine.png").read_bytes() == b"mine"


def test_a_folder_beside_the_delivery_stays_as_it_is(tmp_path: Path) -> None:
    """As an environment, which a student makes where the code is."""
    folder = tmp_path / "vae"
    write(folder, FIRST)
    (folder / "code/.venv/bin").mkdir(parents=True)
    (folder / "code/.venv/empty").mkdir()
    (folder / "code/.venv/lib64").symlink_to("lib")
    (folder / "code/.venv/bin/python").symlink_to(os.devnull)
    before = (folder / "code/.venv").stat().st_ino
    write(folder, SECOND)
    assert (folder / "code/.venv").stat().st_ino == before, "moved, not copied"
    assert (folder / "code/.venv/empty").is_dir()
    assert (folder / "code/.venv/lib64").is_symlink() and (folder / "code/.venv/bin/python").is_symlink()
    with pytest.raises(DeliveryError, match=r"code/\.venv stands where"):
        write(folder, {**SECOND, "code/.venv/bin/python": b""})


def test_a_command_killed_after_the_two_steps_keeps_what_was_beside(tmp_path: Path) -> None:
    folder, old = tmp_path / "vae", tmp_path / ".vae.laudo-velho"
    write(folder, FIRST)
    (folder / "figures/mine.png").write_bytes(b"mine")
    folder.rename(old)
    other = tmp_path / "other"
    write(other, SECOND)
    other.rename(folder)
    check(folder)
    assert files(folder) == SECOND | {"figures/mine.png": b"mine"}
    assert not old.exists()


@pytest.mark.parametrize("named", [".", "./", "figures/.."])
def test_the_folder_that_one_is_in_is_delivered_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (tmp_path / "site/vae/figures").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "site/vae")
    folder = folder_of(named)
    (tmp_path / "site/vae/figures").rmdir()
    assert write(folder, FIRST) == (3, 3)
    monkeypatch.chdir(tmp_path / "site/vae")
    assert is_inside(folder) and not is_inside(tmp_path / "other")
    assert write(folder_of(named), SECOND) == (3, 2)
    assert files(tmp_path / "site/vae") == SECOND
    assert [path.name for path in (tmp_path / "site").iterdir()] == ["vae"]
    with pytest.raises(DeliveryError, match=r"the folder that you are in is gone, perhaps replaced; cd \. takes you"):
        folder_of(".")


def test_line_ends_are_no_change(tmp_path: Path) -> None:
    folder = tmp_path / "vae"
    write(folder, FIRST)
    for name in FIRST:
        (folder / name).write_bytes((folder / name).read_bytes().replace(b"\n", b"\r\n"))
    check(folder)


def test_a_delivery_that_fails_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "vae"
    write(folder, FIRST)
    replace = os.replace

    def broken(source: Path, target: Path) -> None:
        if Path(target) == folder and "novo" in Path(source).name:
            raise OSError("no space left")
        replace(source, target)

    monkeypatch.setattr(folders.os, "replace", broken)
    with pytest.raises(OSError, match="no space left"):
        write(folder, SECOND)
    assert files(folder) == FIRST
    assert [path.name for path in tmp_path.iterdir()] == ["vae"]


def test_a_command_killed_between_the_two_steps_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "vae"
    write(folder, FIRST)
    folder.rename(tmp_path / ".vae.laudo-velho")
    (tmp_path / ".vae.laudo-novo").mkdir()
    check(folder)
    assert files(folder) == FIRST
    assert [path.name for path in tmp_path.iterdir()] == ["vae"]


@pytest.mark.parametrize(("arguments", "words"), [
    (("--deliver", "taken"), "taken: the folder is not empty and is no earlier delivery"),
    (("--deliver", "."), "the folder is not empty and is no earlier delivery"),
    (("--deliver", "taken/.."), "the folder is not empty and is no earlier delivery"),
    (("--deliver", ""), "--deliver '': that is no folder to deliver into; name a new one"),
    (("--deliver", "/"), "--deliver '/': that is no folder to deliver into; name a new one"),
    (("--deliver", "new", "--all"), "--deliver stands alone"),
    (("--deliver", "new", "--notebook", "x.ipynb"), "--deliver stands alone"),
    (("--notebook", "x.ipynb", "--check"), "--notebook stands alone"),
    (("--notebook", "x.md"), "a notebook's name ends in .ipynb"),
    (("--notebook", "nowhere/x.ipynb"), "there is no folder nowhere"),
    (("--ai-use", "Nada.", "--status"), "--ai-use goes with --deliver DIR"),
])  # fmt: skip
def test_what_was_typed_wrong_is_a_usage_error(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/thesis.md").write_text("ten years of work")
    command = [sys.executable, str(ROOT / "build.py"), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert words in re.sub(r"\s+", " ", done.stderr)
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
