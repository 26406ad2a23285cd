"""The BibTeX entry of the report."""

from report.settings import Identity


def bibtex(identity: Identity, title: str, day: str, path: str) -> str:
    """Return the BibTeX entry of the report; what is unset in mkdocs.yml is left out.

    day: ISO date of its last result; path: of its first page below the site.
    """
    said = {
        # In braces of its own: not to be split into first and last names.
        "author": f"{{{identity.author}}}" if identity.author else "",
        "title": title,
        "year": day[:4],
        "howpublished": identity.site_name,
        "note": f"Resultados de {day}",
        "url": identity.site_url + path if identity.site_url else "",
    }
    fields = {name: value for name, value in said.items() if value}
    width = max(map(len, fields))
    lines = ",\n".join(f"  {name:{width}} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{laudo-vae-{day[:4]},\n{lines}\n}}"
