"""The notebook: the real modules as cells, the same bytes every time, and it runs whole, in a kernel of its own."""

import ast
import base64
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from report.notebook.cells import PACKAGES, SHOWN
from report.notebook.compose import NotebookError, notebook, write
from report.settings import Identity

ROOT = Path(__file__).parents[3]
PUBLISHED = Identity("https://example.org/vae/", "Fulana", "https://github.com/someone/laudo")


def code(made: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in made.cells if cell.cell_type == "code"]


def test_the_shown_cells_are_the_sources_and_nothing_is_there_twice() -> None:
    cells = code(notebook(Identity()))
    for path, _ in SHOWN:
        text = (ROOT / path).read_text().rstrip("\n")
        assert cells.count(text) == 1, path
        first = json.dumps(text.splitlines()[0], ensure_ascii=False)[1:-1]  # as the folded cell would have it
        assert not [cell for cell in cells if cell != text and first in cell], path


def test_no_module_takes_a_name_of_another() -> None:
    """In one namespace a second definition would quietly replace the first."""
    names: dict[str, str] = {}
    for path, _ in SHOWN:
        for node in ast.parse((ROOT / path).read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert names.setdefault(node.name, path) == path, node.name


def test_the_same_sources_give_the_same_bytes_and_no_output(tmp_path: Path) -> None:
    """In another process too, with another hash seed."""
    write(tmp_path / "a.ipynb", Identity())
    script = "import sys, pathlib, report.notebook.compose as n, report.settings as s; n.write(pathlib.Path(sys.argv[1]), s.Identity())"
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "b.ipynb")], cwd=ROOT, check=True)
    assert (tmp_path / "a.ipynb").read_bytes() == (tmp_path / "b.ipynb").read_bytes()
    written = nbformat.read(tmp_path / "a.ipynb", as_version=4)
    nbformat.validate(written)
    assert all(not cell.outputs and cell.execution_count is None for cell in written.cells if cell.cell_type == "code")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.ipynb", "b.ipynb"]


def test_links_are_there_when_they_lead_somewhere() -> None:
    assert "colab.research" not in notebook(Identity()).cells[0].source
    first = notebook(PUBLISHED).cells[0].source
    assert "https://colab.research.google.com/github/someone/laudo/blob/main/caderno.ipynb" in first
    assert PUBLISHED.site_url in first


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of Colab nothing is installed behind the reader's back."""
    install = next(cell for cell in code(notebook(Identity())) if "google.colab" in cell)
    assert all(f'"{name}"' in install for name in PACKAGES)
    exec(install, {})
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install torch torchvision matplotlib scikit-learn"):
        exec(install, {})
    installed: list[list[str]] = []
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    monkeypatch.setattr(subprocess, "run", lambda command, check: installed.append(command))
    exec(install, {})
    assert installed[0][1:4] == ["-m", "pip", "install"]
    assert "jaxtyping" in installed[0]


@pytest.mark.parametrize(("name", "words"), [
    ("caderno.py", "ends in .ipynb"), ("nowhere/caderno.ipynb", "there is no folder"), ("folder.ipynb", "that is a folder"),
])  # fmt: skip
def test_where_no_notebook_can_be_written_is_said(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder.ipynb").mkdir()
    with pytest.raises(NotebookError, match=words):
        write(tmp_path / name, Identity())
    assert [path.name for path in tmp_path.iterdir()] == ["folder.ipynb"]


def test_it_runs_whole_on_the_digits_and_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAUDO_DATASET", "digits")
    monkeypatch.setenv("LAUDO_EPOCHS", "1")
    made = notebook(Identity())
    NotebookClient(made, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in made.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    images = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    assert len(images) == 4
    assert all(base64.b64decode(image).startswith(b"\x89PNG") for image in images)
    said = "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")
    assert "em cpu" in said or "em cuda" in said or "em mps" in said
    assert "época 1: treino BCE" in said
    assert "Teste, em nats por imagem" in said
    assert list((tmp_path / "pesos").rglob("epoch-0001.safetensors")), "its own module trained, in its own folder"
