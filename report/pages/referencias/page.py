"""The page: its runs, claims, figures, and what its text is given."""

from typing import Any

from report.evidence import Evidence
from report.page import PAGES_DIR, Page
from report.references import bibliography, terms
from report.references.works import WORKS


def citations() -> dict[str, list[str]]:
    """Return the keys of the works that each page cites, by the page's slug, in reading order."""
    from report.sections import PAGES  # the pages import this module

    return {page.slug: sorted(bibliography.keys_in((PAGES_DIR / page.template).read_text())) for page in PAGES}


def gathered() -> dict[str, tuple[str, list[str]]]:
    """Return the title of each page and what it cites, by its slug."""
    from report.sections import page

    return {slug: (page(slug).title, keys) for slug, keys in citations().items()}


def context(evidence: Evidence) -> dict[str, Any]:
    """The cited works, each with the pages that cite it, and the terms."""
    from report.sections import page

    cited = citations()
    works = bibliography.in_order(work for work in WORKS if any(work.key in keys for keys in cited.values()))
    return {
        "works": [(work, [page(slug) for slug, keys in cited.items() if work.key in keys]) for work in works],
        "reference": bibliography.reference,
        "names": bibliography.names,
        "bibtex": bibliography.bibtex,
        "ref_id": bibliography.anchor,
        "file": bibliography.FILE,
        "terms": terms.TERMS,
        "term_id": terms.anchor,
    }


PAGE = Page(
    slug=terms.SLUG,
    title="Referências e glossário",
    description="As obras em que o relatório se apoia, com BibTeX, e os termos que ele usa, explicados um a um.",
    runs=("dataset",),
    context=context,
    files=lambda evidence: {bibliography.FILE: bibliography.bibtex_file(bibliography.in_order(WORKS))},
    gathers=gathered,
)
