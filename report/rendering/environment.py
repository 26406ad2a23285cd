"""The Jinja environment of the pages: Portuguese formats, strict about what is undefined or unformatted."""

import re
from collections.abc import Mapping, Sized
from pathlib import Path
from typing import Any

import jinja2

from report.language import ptbr
from report.origins.numbers import origins_of, trace
from report.page import PAGES_DIR, PageError
from report.sources import ROOT
from vae.errors import MISTAKES, in_words, meant, raise_if_asked

PARTS = Path(__file__).parent / "templates"  # what every page has: claims, figures, origins

UNDEFINED = re.compile(r"'(\w+)' is undefined")  # how Jinja says it


def make_environment(*before: Path) -> jinja2.Environment:
    """Return the environment in which every page, caption and sentence is rendered.

    before: folders whose templates stand for those of the same name in templates/: a claim, a figure, the origins.

    Undefined values stop the build (StrictUndefined). Whole numbers are formatted by themselves; a float must be given
    its decimals by a filter, because only its author knows how many it deserves.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*before, PARTS, PAGES_DIR]),
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # the output is Markdown; what comes from outside the repository is only numbers
        extensions=["jinja2.ext.do"],
    )
    environment.filters |= {
        "number": ptbr.number,
        "exact": ptbr.exact,
        "signed": ptbr.signed,
        "moved": ptbr.moved,
        "apart": ptbr.apart,
        "interval": ptbr.interval,
        "percent": ptbr.percent,
        "integer": ptbr.integer,
        "duration": ptbr.duration,
        "date": ptbr.date,
        "enumerate": ptbr.join,
        "plural": ptbr.plural,
        "zip": zip,
        "length": _length,
        "count": _length,
    }
    return environment


def render_sentence(environment: jinja2.Environment, source: str, context: dict[str, Any], where: str) -> str:
    """Return a sentence (caption, alt text, claim) with its values filled in.

    Raises PageError naming where it stands.
    """
    try:
        return environment.from_string(source).render(context).strip()
    except jinja2.TemplateError as error:
        raise PageError(f"{where}: {_message(error, context)}; in: {source.strip()[:80]}") from error
    except MISTAKES as error:
        raise_if_asked(error)
        raise PageError(f"{where}: {in_words(error)}; in: {source.strip()[:80]}") from error


def render_template(environment: jinja2.Environment, name: str, context: dict[str, Any]) -> str:
    """Return a page's Markdown.

    Raises PageError naming template and line.
    """
    try:
        return environment.get_template(name).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise PageError(f"{_path(error.filename or name)}, line {error.lineno}: {error.message}") from error
    except jinja2.TemplateError as error:
        raise PageError(f"{_place(error, name)}: {_message(error, context)}") from error
    except MISTAKES as error:
        raise_if_asked(error)
        raise PageError(f"{_place(error, name)}: {in_words(error)}") from error


def _length(items: Sized) -> int:
    """Return how many items there are: a number that comes from where they come from."""
    counted: int = trace(len(items), origins_of(items))
    return counted


def _message(error: jinja2.TemplateError, context: Mapping[str, Any]) -> str:
    """Return what Jinja says, and of a name that is undefined what may have been meant."""
    unknown = UNDEFINED.fullmatch(error.message or "")
    if not unknown:
        return error.message or ""
    hint = meant(unknown[1], context) or f" A template may use: {', '.join(sorted(context))}."
    return f"{error.message}.{hint}"


def _finalize(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        raise jinja2.TemplateRuntimeError(
            f"{value!r} was to be printed; a page prints words and formatted numbers only"
        )
    if isinstance(value, int):
        return ptbr.integer(value)
    if isinstance(value, float):
        raise jinja2.TemplateRuntimeError(
            f"{value!r} was to be printed without decimals; use a filter, as in x | number(2)"
        )
    return value


def _place(error: Exception, name: str) -> str:
    """Return template and line where a rendering stopped, from the traceback that Jinja rewrites."""
    place, traceback = _path(str(PAGES_DIR / name)), error.__traceback__
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if filename.endswith(".jinja"):
            place = f"{_path(filename)}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def _path(filename: str) -> str:
    """Return the path of a template as a reader of the repository knows it."""
    path = Path(filename)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else filename
