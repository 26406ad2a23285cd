"""The pages of the report, in reading order. A new page is a folder beside the others and a line here."""

import inspect

from report.judging.claims import Claim
from report.page import PAGES_DIR, Page
from report.pages.espaco_latente.page import PAGE as ESPACO_LATENTE
from report.pages.experimentos.page import PAGE as EXPERIMENTOS
from report.pages.explorador.page import PAGE as EXPLORADOR
from report.pages.geracao.page import PAGE as GERACAO
from report.pages.licoes.page import PAGE as LICOES
from report.pages.placar.page import PAGE as PLACAR
from report.pages.reconstrucoes.page import PAGE as RECONSTRUCOES
from report.pages.referencias.page import PAGE as REFERENCIAS
from report.pages.reproducao.page import PAGE as REPRODUCAO
from report.pages.treinamento.page import PAGE as TREINAMENTO
from report.pages.visao_geral.page import PAGE as VISAO_GERAL
from vae.errors import LaudoError, meant
from vae.grid import SNAPSHOTS, WIDE, Grid, alike_but_for

BASE, VARIED = SNAPSHOTS[0], ("latent_dim", "beta")  # around what, and along what, tables of several pages are made
BEFORE_LAST = "e90"  # with which the last snapshot is compared
PLANE = 2  # dimensions of what is drawn as a plane

PAGES: tuple[Page, ...] = (
    VISAO_GERAL,
    TREINAMENTO,
    RECONSTRUCOES,
    GERACAO,
    ESPACO_LATENTE,
    EXPERIMENTOS,
    LICOES,
    EXPLORADOR,
    PLACAR,
    REPRODUCAO,
    REFERENCIAS,
)


def page(slug: str) -> Page:
    """Return a page by its slug.

    Raises LaudoError naming the near matches.
    """
    known = {candidate.slug: candidate for candidate in PAGES}
    if slug in known:
        return known[slug]
    begun = [
        name for name in known if slug and name.startswith(slug)
    ]  # "espaco" resembles geracao more than espaco-latente
    hint = f" Did you mean {' or '.join(begun)}?" if begun else meant(slug, known)
    raise LaudoError(
        f"Unknown section '{slug}'.{hint} Sections: {', '.join(known)}. (A new one is a line of PAGES too.)"
    )


def family() -> tuple[Claim, ...]:
    """Return every claim of the report: the family over which Holm's correction runs."""
    return tuple(claim for candidate in PAGES for claim in candidate.claims)


def claims_of(candidate: Page) -> tuple[Claim, ...]:
    """Return the claims that a page states or quotes."""
    if "*" in candidate.quotes:
        return family()
    quoted = (other for other in PAGES if other.slug in candidate.quotes)
    return (*candidate.claims, *(claim for other in quoted for claim in other.claims))


def runs_of(candidate: Page) -> tuple[str, ...]:
    """Return the names of the grid whose results a page needs, its claims' included."""
    names = [*candidate.runs, *(run for claim in claims_of(candidate) for run in claim.needs)]
    return tuple(dict.fromkeys(names))


def check_pages(grid: Grid) -> None:
    """Raise LaudoError for pages that cannot be rendered whatever the results are: before anything is trained.

    Two of one slug or claims of one id, one without its text, a statistic that does not take the runs of its claim, runs that
    the grid has not (saying who names them) or that are not what pages draw.
    """
    slugs = [candidate.slug for candidate in PAGES]
    for candidate in PAGES:
        if slugs.count(candidate.slug) > 1:
            raise LaudoError(
                f"Two pages have the slug '{candidate.slug}'; give each its own, in report/pages/*/page.py."
            )
        if not (PAGES_DIR / candidate.template).is_file():
            raise LaudoError(
                f"Page '{candidate.slug}' has no text: report/pages/{candidate.template} is not there. "
                f"(A hyphen of the slug is an underscore in the folder's name.)"
            )
    _check_claims()
    _check_named(grid)
    _check_compared(grid)


def _check_claims() -> None:
    stated: dict[str, str] = {}
    for candidate in PAGES:
        for claim in candidate.claims:
            if claim.id in stated:
                raise LaudoError(
                    f"Claim id '{claim.id}' is used twice, on pages {stated[claim.id]} and {candidate.slug}; give each its own."
                )
            stated[claim.id] = candidate.slug
            try:
                if claim.statistic is not None:
                    inspect.signature(claim.statistic).bind(*claim.needs)
            except TypeError as error:
                raise LaudoError(
                    f"Claim {claim.id} (page {candidate.slug}): its statistic cannot be given the runs in needs={claim.needs!r}, one "
                    f"Sample each: {error}."
                ) from error


def _check_named(grid: Grid) -> None:
    named: dict[str, list[str]] = {}
    for candidate in PAGES:
        for run in dict.fromkeys((*candidate.runs, *(candidate.beside or ()))):
            named.setdefault(run, []).append(f"page {candidate.slug}")
        for claim in candidate.claims:
            for run in claim.needs:
                named.setdefault(run, []).append(f"claim {claim.id} (page {candidate.slug})")
    for run, places in named.items():
        if run not in grid.specs:
            raise LaudoError(
                f"Run '{run}' is not in RUNS (vae/grid.py), but {len(places)} {'place' if len(places) == 1 else 'places'} "
                f"below report/pages/ {'names' if len(places) == 1 else 'name'} it: {', '.join(places)}.{meant(run, grid.specs)} "
                f"Change what they name, or put the run back."
            )


def _check_compared(grid: Grid) -> None:
    """Raise LaudoError if the runs around which the report is made are not what its figures and tables take them for."""
    one = alike_but_for(SNAPSHOTS[-1], "epochs")
    apart = [run for run in (*SNAPSHOTS, BEFORE_LAST) if run not in one]
    if apart:
        raise LaudoError(
            f"Run '{apart[0]}' differs from {SNAPSHOTS[-1]} in more than its epochs (vae/grid.py), but pages take {', '.join(SNAPSHOTS)} "
            f"and {BEFORE_LAST} for snapshots of one training. Give what differs to a row of its own."
        )
    for run in grid.runs:
        if run.name in SNAPSHOTS and run.latent_dim != PLANE:
            raise LaudoError(
                f"Run '{run.name}' has latent_dim={run.latent_dim} (vae/grid.py), but pages draw its plane: it must have {PLANE}. "
                f"Give the other size to a row of its own."
            )
        if run.name == WIDE and run.latent_dim <= PLANE:
            raise LaudoError(
                f"Run '{WIDE}' has latent_dim={run.latent_dim} (vae/grid.py), but pages project it onto a plane: it must have "
                f"more than {PLANE}."
            )
    for field in VARIED:
        if len(alike_but_for(BASE, field)) < 2:
            raise LaudoError(
                f"No run of RUNS (vae/grid.py) differs from {BASE} in {field} alone, and pages compare such runs. What they "
                f"have in common with {BASE} (as their epochs) is changed in all of them at once."
            )


def page_of(claim: Claim) -> Page:
    """Return the page that states a claim."""
    return next(candidate for candidate in PAGES if claim in candidate.claims)
