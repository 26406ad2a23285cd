"""Adds what build.py rendered to the pages of docs/; mkdocs-gen-files runs this file at every build."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs_gen_files.editor import FilesEditor


def nav_pages(entry: Any) -> Iterator[str]:
    """The Markdown files that mkdocs.yml's nav names, in its order."""
    if isinstance(entry, str):
        yield entry
    else:
        for child in entry.values() if isinstance(entry, dict) else entry:
            yield from nav_pages(child)


def add_rendered(editor: FilesEditor) -> None:
    """Copies into the virtual tree every file of rendered/ that docs/ lacks; PluginError if a page of nav is in neither."""
    docs = Path(editor.config.docs_dir)
    rendered = docs.parent / "rendered"
    missing = [
        page for page in nav_pages(editor.config.nav) if not any((tree / page).is_file() for tree in (docs, rendered))
    ]
    if missing:
        # PluginError is what MkDocs prints as a line; any other exception is a traceback when a served site is rebuilt.
        raise PluginError(
            f"{len(missing)} of the site's pages are not rendered ({missing[0]}): run `python build.py --all` first, or take "
            f"what is no page of report/sections.py out of nav in mkdocs.yml."
        )
    # Here and not in mkdocs.yml, where a folder that is not there yet stops MkDocs before this message can be shown.
    # Not the records of build.py: they are written after the pages, and each would build the site again.
    editor.config.watch.extend(
        str(folder) for folder in sorted(rendered.iterdir()) if folder.is_dir() and not folder.name.startswith(".")
    )
    for source in sorted(rendered.rglob("*")):
        name = source.relative_to(rendered).as_posix()
        hidden = any(part.startswith(".") for part in Path(name).parts)  # records of build.py, no part of the site
        if source.is_file() and not hidden and not (docs / name).exists():
            with editor.open(name, "wb") as target:
                target.write(source.read_bytes())


if __name__ == "<run_path>":  # run by gen-files; imported by a test, it does nothing
    add_rendered(FilesEditor.current())
