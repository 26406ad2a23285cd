"""Leaves out of the site what the theme brings along and no page asks for; a hook of MkDocs (mkdocs.yml, hooks)."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.structure.files import Files

# Source maps, and the languages that the search does not speak: together as much as all figures.
UNUSED = re.compile(r"\.map$|^assets/javascripts/lunr/(?!min/lunr\.(?:pt|stemmer\.support)\.min\.js$)")


def on_files(files: "Files", **_: object) -> "Files":
    """Return the site's files without the unused ones."""
    for file in [file for file in files if UNUSED.search(file.src_uri)]:
        files.remove(file)
    return files
