"""Source files as plain HTML pages with an anchor for every line, so that evidence can link to the line of code.

HTML and not Markdown: thousands of highlighted lines would slow every rebuild of the site.
"""

import re

from report.sources import read_source

CODE_DIR = "codigo"

_PAGE = """<!doctype html>
<html lang="pt-BR"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Código-fonte de {path}, com um endereço para cada linha.">
<title>{path}</title><link rel="icon" href="data:,"><style>
:root {{ color-scheme: light dark; background: {light_ground}; color: #1f2328 }}
body {{ margin: 0 auto; max-width: 76rem; padding: 1rem; font: .875rem/1.5 ui-monospace, monospace }}
h1 {{ font-size: 1.1rem }}
pre {{ overflow-x: auto }}
pre a {{ text-decoration: none }}
{light}
@media (prefers-color-scheme: dark) {{ :root {{ background: {dark_ground}; color: #e6edf3 }} {dark} }}
pre a span.linenos {{ background: none; color: #6e7781; padding: 0 1em 0 0; user-select: none }}
@media (prefers-color-scheme: dark) {{ pre a span.linenos {{ color: #8b949e }} }}
pre a:target + a span.linenos {{ background: #d4a72c; color: #1f2328 }}
</style></head><body><main><h1>{path}</h1>{body}</main></body></html>
"""


# The grounds that Pygments' two styles were made for.
STYLES = {"default": "#ffffff", "github-dark": "#0d1117"}


def code_path(path: str) -> str:
    """Return the name of a source file's page below CODE_DIR."""
    return f"{CODE_DIR}/{path}.html"


def code_page(path: str) -> bytes:
    """Return one source file as a self-contained page; line n has the anchor L-n."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_for_filename

    lexer = get_lexer_for_filename("page.md" if path.endswith(".jinja") else path)
    formatter = HtmlFormatter(linenos="inline", lineanchors="L", anchorlinenos=True, cssclass="code")
    light, dark = (HtmlFormatter(style=style, nobackground=True).get_style_defs(".code") for style in STYLES)
    light_ground, dark_ground = STYLES.values()
    # Pygments names its anchors in an old way too; and a long line is scrolled to, also from the keyboard.
    body = re.sub(r'(<a id="L-\d+") name="L-\d+"', r"\1", highlight(read_source(path), lexer, formatter))
    return _PAGE.format(
        path=path, light=light, dark=dark, light_ground=light_ground, dark_ground=dark_ground,
        body=body.replace("<pre>", '<pre tabindex="0">', 1),
    ).encode()  # fmt: skip
