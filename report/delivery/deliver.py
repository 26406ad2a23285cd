"""What `--deliver` does: look where it goes, render, write, and say what is left to do."""

import json
from collections.abc import Iterator
from pathlib import Path

from report.delivery import folder as folders
from report.delivery.compose import TO_DECLARE, compose
from report.delivery.course import PLACE, find_course
from report.family import StoredResults
from report.publish import Publication
from report.sections import PAGES

UNDECLARED = json.dumps(TO_DECLARE)


def declaration(folder: Path, ai_use: str) -> str:
    """Return what the front matter says of the use of AI: what is told now, else what the folder already says."""
    return json.dumps(ai_use, ensure_ascii=False) if ai_use else folders.earlier_ai_use(folder) or UNDECLARED


def deliver(folder: Path, publication: Publication, ai_use: str) -> Iterator[str]:
    """Write the delivery into a folder, and yield what was done and what is left to do.

    ai_use: how AI was used; '' keeps what an earlier delivery declares. Raises DeliveryError before anything is done if the
    folder is not there to be taken.
    """
    folders.check(folder)
    course = find_course(folder)
    declared = declaration(folder, ai_use)
    pages = tuple(page for page in PAGES if not page.live)
    evidence = publication.evidence(pages, StoredResults(publication.grid, publication.store))
    identity = publication.identity
    made = compose(pages, evidence, course.place, declared, identity)
    count, changed = folders.write(folder, made.files)
    yield f"Delivered into {folder}: {count} files, {changed} of them new or changed."
    if declared == UNDECLARED:
        yield (
            f'To do: ai_use in {folder / folders.PAGE} is "{TO_DECLARE}". Say there how AI was used, or here with '
            f"--ai-use TEXT."
        )
    if course.settings is None:
        yield f"Note: {folder} lies in no course site; the page includes its code from {PLACE}, so put the folder there."
    elif course.lacking:
        yield f"To do: {course.settings} lacks {', '.join(course.lacking)}, which the page needs."
    for name in made.missing:
        yield f"To do: the check list lacks {name}."
    if identity.note():
        yield identity.note()
