"""What is recorded of a training tells apart machines and code that give other numbers, and nothing else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vae.reproduction.reproduce import SETUP
from vae.storage import provenance

ROOT = Path(__file__).parents[3]


def test_all_that_reproduction_compares_is_recorded() -> None:
    assert set(SETUP) <= set(provenance.facts("cpu"))


@pytest.mark.parametrize(("path", "old", "new", "counts"), [
    ("vae/objectives.py", "import torch", "import torch  # a comment", False),
    ("vae/objectives.py", '"""Terms of', '"""Some terms of', False),
    ("vae/grid.py", "FIRST_SEED = 42", "FIRST_SEED = 43", False),
    ("vae/figures/curves.py", "import", "import os\nimport", False),
    ("vae/building/progress.py", "import", "import os\nimport", False),
    ("vae/export.py", "import", "import os\nimport", False),
    ("vae/building/cluster.py", "import", "import os\nimport", False),
    ("vae/measurements/eye.py", "import", "import os\nimport", True),
    ("vae/tasks.py", "0.5", "0.25", True),
    ("vae/models/conv.py", "import torch", "import torch\nimport os", True),
])  # fmt: skip
def test_the_hash_of_the_code_is_of_what_makes_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, old: str, new: str, counts: bool
) -> None:
    shutil.copytree(ROOT / "vae", tmp_path / "vae", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    before = provenance.code.__wrapped__()
    file = tmp_path / path
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    assert (provenance.code.__wrapped__() != before) == counts


def test_git_gives_the_same_bytes_on_every_system(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        name = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=true")  # as on Windows
        subprocess.run(["git", *name, *arguments], cwd=tmp_path, capture_output=True, check=True)

    shutil.copy(ROOT / ".gitattributes", tmp_path)
    (tmp_path / "a.py").write_bytes(b"1\n2\n")
    git("init")
    git("add", ".")
    git("commit", "-m", "a")
    (tmp_path / "a.py").unlink()
    git("checkout", "--", ".")
    assert (tmp_path / "a.py").read_bytes() == b"1\n2\n"


def test_other_vector_instructions_are_another_machine() -> None:
    command = [sys.executable, "-c", "from vae.storage.provenance import instructions; print(instructions())"]
    environment = os.environ | {"ATEN_CPU_CAPABILITY": "default"}  # none of those that torch chooses by itself
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    here, there = provenance.instructions(), done.stdout.strip()
    assert here.rsplit(", ", 1)[0] == there.rsplit(", ", 1)[0], "the same processor"
    assert here != there
