"""What a page that is older than what it is made from says of itself, in Portuguese, and the command that renews it."""

from report.page import Page
from vae.grid import Grid, options


def command(page: Page, grid: Grid) -> str:
    """Return the command that renders a page again from the same profile and data set."""
    return f"python build.py --section {page.slug}{options(grid.profile, grid.dataset.dataset)}"


def unknown_notice(page: Page, grid: Grid) -> str:
    """Return the notice of a page whose record was lost, as when a build was killed while it wrote the page."""
    return _notice("Não se sabe de que resultados esta página foi gerada", page, grid)


def outdated_notice(page: Page, changed: list[str], grid: Grid) -> str:
    """Return the notice of a page that is out of date: what changed, and the command that renews it."""
    runs = ", ".join(f"`{name}`" for name in changed if "/" in name)
    others = "O código, o perfil, a grade, os vereditos ou a publicação anterior mudaram"
    what = f"Os resultados de {runs} mudaram" if runs else others
    return _notice(f"{what} depois que esta página foi gerada", page, grid)


def _notice(what: str, page: Page, grid: Grid) -> str:
    return (
        f'\n!!! outdated "Página desatualizada"\n'
        f"    {what}; números e vereditos abaixo podem não valer mais.\n"
        f"    Para atualizá-la: `{command(page, grid)}`\n\n"
    )
