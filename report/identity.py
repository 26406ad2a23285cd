"""Whose report this is and where it is read: said once, in mkdocs.yml."""

import dataclasses
import functools

import yaml

from report.sources import read_source

SITE_FILE = "mkdocs.yml"


@dataclasses.dataclass(frozen=True)
class Identity:
    """The site's name, its author, and its address with a slash at the end ('' while it is not published)."""

    site: str
    author: str
    address: str

    @property
    def missing(self) -> str:
        """What a site without an address lacks, as a sentence; '' if it has one."""
        if self.address:
            return ""
        return (
            f"{SITE_FILE} has no site_url: the site will have no canonical links, no addresses in its sitemap, no "
            "preview image for shared links, and its citation no address. Set it before publishing."
        )


class _Loader(yaml.SafeLoader):
    """Reads what is said here and passes over tags of MkDocs, such as !ENV, that only it resolves."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


@functools.cache
def identity() -> Identity:
    """Return what mkdocs.yml says."""
    settings = yaml.load(read_source(SITE_FILE), _Loader)
    address = settings.get("site_url") or ""
    return Identity(settings["site_name"], settings["site_author"], address.rstrip("/") + "/" if address else "")


def citation(title: str, day: str, path: str) -> str:
    """Return the BibTeX entry of the report. day: ISO date of its last result; path: of its first page below the site."""
    own = identity()
    fields = (
        {
            "author": f"{{{own.author}}}",  # in braces of its own: not to be split into first and last names
            "title": title,
            "year": day[:4],
            "howpublished": own.site,
            "note": f"Resultados de {day}",
        }
        | ({"url": own.address + path} if own.address else {})
    )
    width = max(map(len, fields))
    lines = ",\n".join(f"  {name:{width}} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{laudo-vae-{day[:4]},\n{lines}\n}}"
