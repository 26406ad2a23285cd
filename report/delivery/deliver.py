"""What `--deliver` does: look where it goes, render, write, and say what is left to do."""

import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from report.delivery import folder as folders
from report.delivery.compose import TO_DECLARE, compose
from report.delivery.course import PLACE, Course, find_course
from report.judging.family import StoredResults
from report.page import Page
from report.publishing.publish import Publication
from report.sections import PAGES, runs_of
from vae.errors import ResultsError, listed

UNDECLARED = json.dumps(TO_DECLARE)


def declaration(folder: Path, ai_use: str) -> str:
    """Return what the front matter says of the use of AI: what is told now, else what the folder already says."""
    return json.dumps(ai_use, ensure_ascii=False) if ai_use else folders.earlier_ai_use(folder) or UNDECLARED


def deliver(folder: Path, publication: Publication, ai_use: str, tell: Callable[[str], None]) -> None:
    """Write the delivery into a folder, and tell what is being done, what was done and what is left to do.

    ai_use: how AI was used; '' keeps what an earlier delivery declares. Raises DeliveryError before anything is done if the
    folder is not there to be taken, ResultsError naming the runs without a fresh result.
    """
    folders.check(folder)
    course = find_course(folder)
    declared = declaration(folder, ai_use)
    pages = tuple(page for page in PAGES if not page.live)
    results = StoredResults(publication.grid, publication.store)
    require_fresh(pages, publication, results)
    tell("Judging the claims.")
    evidence = publication.evidence(pages, results)
    identity = publication.identity
    tell(f"Composing {folders.PAGE} of {len(pages)} pages.")
    made = compose(pages, evidence, course, declared, identity, tell)
    tell(f"Writing into {folder}.")
    inside = folders.is_inside(folder)
    count, changed = folders.write(folder, made.files)
    tell(f"Delivered into {folder}: {count} files, {changed} of them new or changed.")
    if inside:
        tell("Note: the folder that you are in was replaced as a whole; cd . takes your shell to the new one.")
    if declared == UNDECLARED:
        tell(
            f'To do: ai_use in {folder / folders.PAGE} is "{TO_DECLARE}". Say there how AI was used, or here with '
            f"--ai-use TEXT."
        )
    for line in remarks(course, folder):
        tell(line)
    for number in made.typed:
        tell(f"To do: a number typed by hand, which should come from a metric, claim or spec: {number}.")
    for name in made.missing:
        tell(f"To do: the check list lacks {name}.")
    if identity.note():
        tell(identity.note())


def require_fresh(pages: Collection[Page], publication: Publication, results: StoredResults) -> None:
    """Raise ResultsError naming the runs of some pages of which there is no fresh result, before the long work begins."""
    needed = {run for page in pages for run in runs_of(page)}
    missing = [run for run in publication.grid.specs if run in needed and not results.fresh_seeds(run)]
    if missing:
        raise ResultsError(
            f"Nothing was delivered: {publication.store.root} has no fresh result of {listed(missing)}. "
            f"Bring what is missing with: {publication.store.again()}"
        )


def remarks(course: Course, folder: Path) -> Iterator[str]:
    """Yield what the course's site has to have for the folder and has not, as far as can be seen, each thing once."""
    if course.settings is None:
        yield (
            f"Note: {folder} lies in no course site; the page includes its code from {PLACE}, so put the folder there."
        )
    elif course.lacking:
        yield (
            f"To do: {course.settings} lacks what the page needs. Add to its markdown_extensions "
            f"(to an extension that is there, the option):\n{course.to_add}"
        )
    if not course.formulas:
        yield (
            f"Note: formulas need KaTeX or MathJax, and extra_javascript in {course.settings} names neither (unless the "
            f"theme brings one): https://squidfunk.github.io/mkdocs-material/reference/math/"
        )
