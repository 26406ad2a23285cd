"""Source files as plain HTML pages with an anchor for every line, so that evidence can link to the line of code.

HTML and not Markdown: thousands of highlighted lines would slow every rebuild of the site.
"""

from functools import cache
from typing import TYPE_CHECKING

from report.sources import read_source

if TYPE_CHECKING:
    from pygments.lexer import Lexer

CODE_DIR = "codigo"

_PAGE = """<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{path}</title><style>
:root {{ color-scheme: light dark }}
body {{ margin: 0 auto; max-width: 76rem; padding: 1rem; font: .875rem/1.5 ui-monospace, monospace }}
h1 {{ font-size: 1.1rem }}
pre {{ overflow-x: auto }}
.linenos {{ color: #6e7781; padding-right: 1em; user-select: none }}
pre a {{ text-decoration: none }}
a:target + a .linenos {{ background: #d4a72c; color: #1f2328 }}
{light}
@media (prefers-color-scheme: dark) {{ {dark} }}
</style></head><body><h1>{path}</h1>{body}</body></html>
"""


def code_path(path: str) -> str:
    """Return the name of a source file's page below CODE_DIR."""
    return f"{CODE_DIR}/{path}.html"


def code_page(path: str) -> bytes:
    """Return one source file as a self-contained page; line n has the anchor L-n."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter

    lexer = _lexer("md" if path.endswith(".jinja") else path.rpartition(".")[2])
    formatter = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=True, cssclass="code")
    light, dark = _style("default"), _style("github-dark")
    return _PAGE.format(path=path, light=light, dark=dark, body=highlight(read_source(path), lexer, formatter)).encode()


@cache
def _lexer(ending: str) -> "Lexer":
    from pygments.lexers import get_lexer_for_filename

    return get_lexer_for_filename(f"file.{ending}")


@cache
def _style(name: str) -> str:
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(style=name, nobackground=True).get_style_defs(".code")
