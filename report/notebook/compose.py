"""The report as a notebook: explanations in Portuguese between the real modules, which are its cells, byte for byte.

A cell that holds a module is that module to all others: the notebook's namespace stands for it in sys.modules, so the
sources run unchanged, and a student's edit counts from the next cell on. What need not be read comes in one folded cell.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from report import sources
from report.notebook import cells as texts
from report.settings import Identity
from vae.errors import LaudoError
from vae.storage.files import write_atomically

if TYPE_CHECKING:
    from nbformat import NotebookNode


class NotebookError(LaudoError):
    """A notebook cannot be written where it was asked for."""


def notebook(identity: Identity) -> "NotebookNode":
    """Return the notebook, without outputs: the same sources give the same bytes."""
    from nbformat import v4

    cells: list[NotebookNode] = []

    def add(make: Callable[..., "NotebookNode"], source: str, **metadata: Any) -> None:
        cells.append(make(source, id=f"celula-{len(cells) + 1:02d}", metadata=metadata))

    def explain(text: str) -> None:
        add(v4.new_markdown_cell, text)

    def run(code: str, **metadata: Any) -> None:
        add(v4.new_code_cell, code, **metadata)

    explain(texts.TITLE + _links(identity))
    run(texts.PARAMETERS, tags=["parameters"])
    run(
        texts.INSTALL.format(
            packages=json.dumps({name: texts.DISTRIBUTIONS.get(name, name) for name in texts.PACKAGES})
        )
    )
    run(support(), cellView="form", jupyter={"source_hidden": True})
    for path, text in texts.SHOWN:
        explain(f"{text}\n\nO arquivo `{path}`:")
        run(sources.read_source(path).rstrip("\n"))
    explain("## Treinar\n\nOs dados são baixados e conferidos na primeira vez.")
    run(texts.LOAD)
    run(texts.TRAIN)
    run(texts.TEST)
    explain("## Ver\n\nO que o modelo aprendeu.")
    run(texts.SHOW)
    for text, code in texts.FIGURES:
        explain(text)
        run(code)
    explain(texts.END)
    metadata = {
        "accelerator": "GPU",  # what Colab is asked for
        "colab": {"provenance": []},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return v4.new_notebook(cells=cells, metadata=metadata)


def support() -> str:
    """Return the cell that holds every module which the shown ones import and which is not shown."""
    shown = [path for path, _ in texts.SHOWN]
    hidden = sorted({path for one in shown for path in sources.with_imports(one)} - set(shown))
    packages = {f"{path.rpartition('/')[0]}/__init__.py" for path in (*shown, *hidden)}
    hidden = sorted({*hidden, *packages, "vae/figures/palette.json"})
    # As JSON in a raw string: no character of a source can end it.
    files = json.dumps({path: sources.read_source(path) for path in hidden}, ensure_ascii=False, indent=0)
    modules = [path.removesuffix(".py").replace("/", ".") for path in shown]
    return texts.SUPPORT.format(files=files.replace("'", "\\u0027"), modules=json.dumps(modules))


def write(path: Path, identity: Identity) -> None:
    """Write the notebook, whole or not at all.

    Raises NotebookError if the path has another ending, names a folder or lies in none that exists.
    """
    import nbformat

    if path.suffix != ".ipynb":
        raise NotebookError(f"--notebook {path}: a notebook's name ends in .ipynb.")
    if path.is_dir() or not path.parent.is_dir():
        wrong = "that is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise NotebookError(f"--notebook {path}: {wrong}; name a file in a folder that exists.")
    made = notebook(identity)
    nbformat.validate(made)
    write_atomically(path, f"{nbformat.writes(made)}\n".encode())


def fault(identity: Identity, path: Path) -> str:
    """Return what is wrong with the notebook that the pages link to, '' if nothing is or none is linked."""
    from nbformat import writes

    if not identity.colab:
        return ""
    renew = f"run python build.py --notebook {path.name} and commit it"
    if not path.is_file():
        return f"{path} is missing, and the pages link to it in Colab; {renew}"
    made = writes(notebook(identity)) + "\n"
    return "" if path.read_text(encoding="utf-8") == made else f"{path} is not what its sources give; {renew}"


def _links(identity: Identity) -> str:
    named = (("Relatório", identity.site_url), ("Repositório", identity.repository), ("Abrir no Colab", identity.colab))
    links = " · ".join(f"[{name}]({address})" for name, address in named if address)
    return f"\n\n{links}" if links else ""
