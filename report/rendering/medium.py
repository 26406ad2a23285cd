"""What is written one way for the report's own site and another way elsewhere."""

import dataclasses
from collections.abc import Callable

from report import sources
from report.judging.claims import VerdictKind
from report.rendering.codepages import code_path


@dataclasses.dataclass(frozen=True)
class Medium:
    """Marks of verdicts, code and links to it, for one place where pages are read (elsewhere: report/delivery/).

    mark: a verdict's name. source, source_link: a definition of the code, and a link to it. linked: whether numbers lead to
    their origins.
    """

    mark: Callable[[VerdictKind], str]
    source: Callable[[str, str], str]
    source_link: Callable[[str, str, int], str]
    linked: bool


def verdict_mark(kind: VerdictKind) -> str:
    """Return the pill that names a verdict."""
    return f'<span class="verdict verdict--{verdict_slug(kind)}">{kind.value}</span>'


def verdict_slug(kind: VerdictKind) -> str:
    """Return the name of a verdict in classes and addresses."""
    return kind.value.replace(" ", "-").replace("ã", "a")


def source_block(path: str, name: str) -> str:
    """Return a real definition as a code block that names its file."""
    text, _ = sources.definition(path, name)
    return f'```python title="{path}"\n{text}\n```\n'


def source_link(path: str, name: str = "", line: int = 0) -> str:
    """Return the link target of a definition or line in the site's own copy of the code."""
    if name:
        line = sources.definition(path, name)[1]
    return code_path(path) + (f"#L-{line}" if line else "")


SITE: Medium = Medium(verdict_mark, source_block, source_link, linked=True)
