"""Texts that come from files and not from this repository's code: shown as they are, whatever stands in them.

A device, a version, a commit or the name of a tag is written by who made a results folder, which may be somebody else.
"""

# What HTML, Markdown or one of its extensions in mkdocs.yml reads as more than a character.
_SPECIAL = "&<>\"'`|[]{}*_~^=+$\\#!:@"
_ENTITIES = str.maketrans({character: f"&#{ord(character)};" for character in _SPECIAL})


def plain(text: str) -> str:
    """Return a text as Markdown that shows it, in one line, and does nothing else."""
    return _one_line(text).translate(_ENTITIES)


def code(text: str) -> str:
    """Return a text as code, in Markdown that may stand in a table too."""
    line = _one_line(text)
    return f"<code>{plain(line)}</code>" if {*line} & {*"`|\\<&"} or not line else f"`{line}`"


def _one_line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
