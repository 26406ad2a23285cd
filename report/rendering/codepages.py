"""Source files as plain HTML pages with an anchor for every line, so that evidence can link to the line of code.

HTML and not Markdown: thousands of highlighted lines would slow every rebuild of the site.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from report.sources import read_source

if TYPE_CHECKING:
    from pygments.lexer import Lexer

CODE_DIR = "codigo"

STYLE = "codigo.css"  # below CODE_DIR; one file, or it would be a quarter of what the pages weigh

_PAGE = """<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Código-fonte de {path}, com um endereço para cada linha.">
<title>{path}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="{style}"></head>
<body><main><h1>{path}</h1>{body}</main></body></html>
"""
_RULES = """:root {{ color-scheme: light dark; background: {light_ground}; color: #1f2328 }}
body {{ margin: 0 auto; max-width: 76rem; padding: 1rem; font: .875rem/1.5 ui-monospace, monospace }}
h1 {{ font-size: 1.1rem }}
pre {{ overflow-x: auto }}
pre a {{ text-decoration: none }}
{light}
@media (prefers-color-scheme: dark) {{ :root {{ background: {dark_ground}; color: #e6edf3 }} {dark} }}
pre a {{ color: #6e7781; padding: 0 1em 0 0; user-select: none }}
@media (prefers-color-scheme: dark) {{ pre a {{ color: #7d8590 }} }}
pre a:target {{ background: #d4a72c; color: #1f2328 }}
"""
# A line's address and its number are one link here: Pygments writes three elements, half of what a page weighs.
_ANCHORS = re.compile(r'<a id="L-(\d+)" name="L-\d+"></a><a href="#L-\d+"><span class="linenos">( *\d+)</span></a>')
_PLAIN = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')  # names, punctuation, spaces: coloured by no style
# The grounds that Pygments' two styles were made for.
STYLES = {"default": "#ffffff", "github-dark": "#0d1117"}


def code_path(path: str) -> str:
    """Return the name of a source file's page below CODE_DIR."""
    return f"{CODE_DIR}/{path}.html"


def code_style() -> bytes:
    """Return the style sheet of all pages of code, for light and dark."""
    from pygments.formatters import HtmlFormatter

    light, dark = (HtmlFormatter(style=style, nobackground=True).get_style_defs(".code") for style in STYLES)
    light_ground, dark_ground = STYLES.values()
    return _RULES.format(light=light, dark=dark, light_ground=light_ground, dark_ground=dark_ground).encode()


def code_page(path: str) -> bytes:
    """Return one source file as a page; line n has the anchor L-n."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter

    lexer = _lexer("md" if path.endswith(".jinja") else path.rpartition(".")[2])
    formatter = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=True, cssclass="code")
    body = _ANCHORS.sub(r'<a id="L-\1" href="#L-\1">\2</a>', highlight(read_source(path), lexer, formatter))
    body = _PLAIN.sub(r"\1", body)
    body = body.replace("<pre>", '<pre tabindex="0">', 1)  # a long line is scrolled to, also from the keyboard
    return _PAGE.format(path=path, style="../" * path.count("/") + STYLE, body=body).encode()


@cache
def _lexer(ending: str) -> "Lexer":
    from pygments.lexers import get_lexer_for_filename

    return get_lexer_for_filename(f"file.{ending}")
