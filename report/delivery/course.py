"""The course's site into which a folder is delivered: where its pages include code from, and what it lacks."""

import dataclasses
from pathlib import Path
from typing import Any

from report.settings import read_settings

EXERCISE = "vae"
PLACE = f"docs/exercises/{EXERCISE}"  # where the course's template has the exercise, below its mkdocs.yml
# What the page is written in beside plain Markdown.
NEEDED = (
    "admonition",
    "attr_list",
    "pymdownx.arithmatex",
    "pymdownx.blocks.caption",
    "pymdownx.details",
    "pymdownx.snippets",
    "pymdownx.superfences",
)


@dataclasses.dataclass(frozen=True)
class Course:
    """A course's site as a delivered folder sees it.

    settings: its mkdocs.yml, None if the folder lies in no site. place: the folder as `--8<--` names it. lacking: the
    extensions that the page needs and the site has not.
    """

    settings: Path | None
    place: str
    lacking: tuple[str, ...] = ()


def find_course(folder: Path) -> Course:
    """Return the site below whose docs a folder lies; without one, the place that the course's template has for it.

    Raises SettingsError if the site's mkdocs.yml cannot be read.
    """
    folder = folder.resolve()
    for above in folder.parents:
        for path in (above / "mkdocs.yml", above / "mkdocs.yaml"):
            if path.is_file():
                settings = read_settings(path)
                if folder.is_relative_to((above / (settings.get("docs_dir") or "docs")).resolve()):
                    return _course(folder, path, settings)
    return Course(None, PLACE)


def _course(folder: Path, path: Path, settings: dict[str, Any]) -> Course:
    extensions = _extensions(settings.get("markdown_extensions"))
    options = extensions.get("pymdownx.snippets") or {}
    bases = options.get("base_path") or ["."]
    roots = [(path.parent / base).resolve() for base in ([bases] if isinstance(bases, str) else bases) if base]
    within = [folder.relative_to(root).as_posix() for root in roots if folder.is_relative_to(root)]
    lacking = [name for name in NEEDED if name not in extensions]
    if "pymdownx.arithmatex" in extensions and not (extensions["pymdownx.arithmatex"] or {}).get("generic"):
        lacking.append("pymdownx.arithmatex with generic: true")
    if not within:
        lacking.append("a base_path of pymdownx.snippets above the folder")
    return Course(path, within[0] if within else folder.relative_to(path.parent.resolve()).as_posix(), tuple(lacking))


def _extensions(listed: Any) -> dict[str, Any]:
    """Return the options of each extension, as a list or a mapping of a mkdocs.yml names them."""
    if isinstance(listed, dict):
        return listed
    found: dict[str, Any] = {}
    for entry in listed or []:
        found |= entry if isinstance(entry, dict) else {str(entry): None}
    return found
