"""The site's own copy of the code, to which evidence links: a page for each source file."""

import dataclasses
from collections.abc import Collection, Iterable

from report import sources
from report.page import ACTIVITY
from report.publishing.rendered import CODE, Files, Rendered
from report.rendering.codepages import CODE_DIR, STYLE, code_page, code_path, code_style

CODE_PAGES_A_TASK = 32
MAKER, STYLE_NAME = "report/rendering/codepages.py", f"{ACTIVITY}/{CODE_DIR}/{STYLE}"


@dataclasses.dataclass(frozen=True)
class CodePages:
    """Pages of code: those that stay, by path; the sources whose page is to be made; what each is made from."""

    kept: dict[str, bytes]
    stale: list[str]
    inputs: dict[str, str]


def code_pages(rendered: Rendered) -> CodePages | None:
    """Return what becomes of the pages of code; None if all are as they should be."""
    inputs = {path: sources.digest(path, MAKER) for path in sources.code_files()}
    record = rendered.record(CODE)
    gone = set(record.files) - {STYLE_NAME, *map(_name, inputs)} if record else set()
    if not rendered.why_not_fresh(CODE, inputs) and gone == set(_linked(rendered, gone)):
        return None
    altered = set(rendered.altered(record)) if record else set()
    kept, stale = {}, []
    for path, made_from in inputs.items():
        name = _name(path)
        if record and name in record.files and name not in altered and record.inputs.get(path) == made_from:
            kept[name] = (rendered.root / name).read_bytes()
        else:
            stale.append(path)
    return CodePages(kept, stale, inputs)


def made_code(paths: Iterable[str]) -> dict[str, bytes]:
    """Return the pages of some source files, by path below rendered/."""
    return {_name(path): code_page(path) for path in paths}


def write_code(rendered: Rendered, code: CodePages, made: Files) -> None:
    """Write the pages of code, and drop those whose source is gone, but for what an older page still leads to."""
    files = {STYLE_NAME: code_style(), **code.kept, **made}
    record = rendered.record(CODE)
    gone = set(record.files) - set(files) if record else set()
    # One that was altered by hand is not what its record says, and there is no source to make it again.
    there = _linked(rendered, gone.difference(rendered.altered(record) if record else ()))
    linked = {name: (rendered.root / name).read_bytes() for name in there}
    rendered.write_page(CODE, files | linked, code.inputs)


def _linked(rendered: Rendered, names: Collection[str]) -> list[str]:
    """Return those of some pages of code that are there and that a rendered page leads to."""
    texts = [path.read_bytes() for path in (rendered.root / ACTIVITY).glob("*.md")]
    return [
        name
        for name in sorted(names)
        if (rendered.root / name).is_file()
        and any(name.removeprefix(f"{ACTIVITY}/").encode() in text for text in texts)
    ]


def _name(path: str) -> str:
    return f"{ACTIVITY}/{code_path(path)}"
