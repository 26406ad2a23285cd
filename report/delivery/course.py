"""The course's site into which a folder is delivered: where its pages include code from, and what it lacks."""

import dataclasses
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from report.settings import read_settings

EXERCISE = "vae"
PLACE = f"docs/exercises/{EXERCISE}"  # where the course's template has the exercise, below its mkdocs.yml
SNIPPETS = "pymdownx.snippets"
CAPTIONS, PLAIN, NUMBERED = "pymdownx.blocks.caption", "caption", {"figure-caption", "table-caption"}
# What the page is written in beside plain Markdown, with the options without which that means something else.
NEEDED: Mapping[str, dict[str, Any]] = {
    "admonition": {},
    "attr_list": {},
    "pymdownx.arithmatex": {"generic": True},
    CAPTIONS: {"types": [PLAIN]},
    "pymdownx.details": {},
    SNIPPETS: {},
    "pymdownx.superfences": {},
}


@dataclasses.dataclass(frozen=True)
class Course:
    """A course's site as a delivered folder sees it.

    settings: its mkdocs.yml, None if the folder lies in no site. place: the folder as `--8<--` names it. lacking: the
    extensions that the page needs and the site has not, or has without the options given here. to_add: these as YAML.
    formulas: whether its scripts are seen to set formulas. numbers: whether it has words of its own for the numbers of
    captions; without them the extension's are English.
    """

    settings: Path | None
    place: str
    lacking: Mapping[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    to_add: str = ""
    formulas: bool = True
    numbers: bool = False


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
    bases = extensions.get(SNIPPETS, {}).get("base_path") or ["."]
    bases = [bases] if isinstance(bases, str) else bases
    roots = [(path.parent / base).resolve() for base in bases if base]
    within = [folder.relative_to(root).as_posix() for root in roots if folder.is_relative_to(root)]
    lacking = {
        name: options
        for name, options in NEEDED.items()
        if name not in extensions
        or any(not _given(extensions[name], option, value) for option, value in options.items())
    }
    if not within:
        lacking[SNIPPETS] = {"base_path": [*filter(None, bases), "."]}
    return Course(
        path,
        within[0] if within else folder.relative_to(path.parent.resolve()).as_posix(),
        lacking,
        _yaml(lacking, settings.get("markdown_extensions")),
        re.search("katex|mathjax", str(settings.get("extra_javascript")), re.IGNORECASE) is not None,
        set(_types(extensions.get(CAPTIONS, {}))) >= NUMBERED,
    )


def _given(options: Mapping[str, Any], option: str, value: Any) -> bool:
    """Return whether an extension that is there has an option as the page needs it; captions may also be numbered ones."""
    if option != "types":
        return bool(options.get(option) == value)
    own = _types(options)
    return not own or PLAIN in own or set(own) >= NUMBERED


def _types(options: Mapping[str, Any]) -> list[str]:
    """Return the names of the captions that a site declares; none: all of the extension's own."""
    return [str(entry.get("name") if isinstance(entry, dict) else entry) for entry in options.get("types") or []]


def _yaml(lacking: Mapping[str, Any], listed: Any) -> str:
    """Return what is lacking as it can be put below markdown_extensions, a list or a mapping, with that word if it is not there."""
    entries = dict(lacking) if isinstance(listed, dict) else [{n: o} if o else n for n, o in lacking.items()]
    text = textwrap.indent(yaml.safe_dump(entries, sort_keys=False), "  ").rstrip()
    return text if listed else f"markdown_extensions:\n{text}"


def _extensions(listed: Any) -> dict[str, dict[str, Any]]:
    """Return the options of each extension, as a list or a mapping of a mkdocs.yml names them."""
    found: dict[str, Any] = {}
    for entry in [listed] if isinstance(listed, dict) else listed or []:
        found |= entry if isinstance(entry, dict) else {str(entry): None}
    return {name: options if isinstance(options, dict) else {} for name, options in found.items()}
