"""What a page that is older than what it is made from says of itself, in Portuguese, and the command that renews it."""

from collections.abc import Iterator

from report.page import Page
from report.publishing.rendered import FEW

# What a page is made from beside results, as --status names it, and as a page's notice does.
THE_GRID = "the profile, data set or seeds"
IDENTITY, OTHER_PAGES = "who publishes it, or where", "what the other pages are called or cite"
OWN_CODE, VERDICTS, PREVIOUS = "its template or code", "a verdict", "the publication before"
WORDS = {
    THE_GRID: "o perfil, o conjunto de dados ou as sementes",
    OWN_CODE: "o código ou o texto",
    VERDICTS: "um veredito",
    PREVIOUS: "a publicação anterior",
    OTHER_PAGES: "o que outras páginas citam, ou os seus títulos",
    IDENTITY: "quem publica, ou onde",
}


def command(page: Page, options: str) -> str:
    """Return the command that renders a page again; options: what it needs to mean the same grid and results."""
    return f"python build.py --section {page.slug}{options}"


def unknown_notice(page: Page, options: str) -> str:
    """Return the notice of a page whose record was lost, as when a build was killed while it wrote the page."""
    return _notice("Não se sabe de que resultados esta página foi gerada", page, options)


def outdated_notice(page: Page, changed: list[str], options: str) -> str:
    """Return the notice of a page that is out of date: what changed, and the command that renews it."""
    what = "; ".join(_changes(changed))
    return _notice(f"O que mudou desde que esta página foi gerada: {what}", page, options)


def _changes(changed: list[str]) -> Iterator[str]:
    if THE_GRID in changed:
        yield WORDS[THE_GRID]  # and with it all else
        return
    runs = [f"`{name}`" for name in changed if "/" in name]
    if runs:
        others = f" e mais {len(runs) - FEW}" if runs[FEW:] else ""
        yield f"{'os resultados' if runs[1:] else 'o resultado'} {', '.join(runs[:FEW])}{others}"
    yield from dict.fromkeys(
        WORDS.get(name, "o que a compõe") for name in sorted(changed, key=_order) if "/" not in name
    )


def _order(name: str) -> int:
    return list(WORDS).index(name) if name in WORDS else len(WORDS)


def _notice(what: str, page: Page, options: str) -> str:
    return (
        f'\n!!! outdated "Página desatualizada"\n'
        f"    {what}. Números e vereditos abaixo podem não valer mais.\n"
        f"    Para atualizá-la: `{command(page, options)}`\n\n"
    )
