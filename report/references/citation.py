"""BibTeX: the entry of the report, and how any entry is written."""

import re
from collections.abc import Mapping

from report.settings import Identity

SPECIAL = re.compile(r"[&%$#_{}]")


def bibtex(identity: Identity, title: str, day: str, path: str) -> str:
    """Return the BibTeX entry of the report; what is unset in mkdocs.yml is left out.

    day: ISO date of its last result; path: of its first page below the site.
    """
    said = {
        # In braces of its own: not to be split into first and last names.
        "author": f"{{{_escaped(identity.author)}}}" if identity.author else "",
        "title": _escaped(title),
        "year": day[:4],
        "howpublished": _escaped(identity.site_name),
        "note": f"Resultados de {day}",
        "url": identity.site_url + path if identity.site_url else "",
    }
    return entry("misc", f"laudo-vae-{day[:4]}", said)


def entry(kind: str, key: str, said: Mapping[str, str]) -> str:
    """Return an entry of a type and key, its fields in order; those that are '' are left out."""
    fields = {name: value for name, value in said.items() if value}
    width = max(map(len, fields))
    lines = ",\n".join(f"  {name:{width}} = {{{value}}}" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", text)
