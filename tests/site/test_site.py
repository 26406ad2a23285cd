"""The built HTML: strict builds, Portuguese, numbered captions, nothing from elsewhere, and ProperDocs gives the same pages."""

import re
import runpy
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs_gen_files.editor import FilesEditor

ROOT = Path(__file__).parents[2]
ACTIVITY = "atividades/04-vae"
MakeProject = Callable[[Path | None], Path]
Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def page(sample_site: Path) -> str:
    """The sample page that holds every element."""
    return (sample_site / ACTIVITY / "visao-geral/index.html").read_text()


@pytest.fixture(scope="module")
def pages(sample_site: Path) -> dict[str, str]:
    """Every HTML file of the site, by its path."""
    return {path.relative_to(sample_site).as_posix(): path.read_text() for path in sorted(sample_site.rglob("*.html"))}


def article(html: str) -> str:
    """The content of a page."""
    found = re.search(r"<article.*?</article>", html, re.DOTALL)
    assert found
    return found[0]


def loaded_addresses(html: str) -> list[str]:
    """The addresses that a browser fetches by itself to show this page."""
    elements = re.findall(r"<(?:link|script|img|source|iframe|video|audio|object|embed|use)\b[^>]*>", html)
    values = [
        value
        for element in elements
        for value in re.findall(r"""\s(?:src|srcset|href|data)=["']?([^"'\s>]+)""", element)
    ]
    styles = "".join(re.findall(r"<style.*?</style>", html, re.DOTALL)) + "".join(re.findall(r'style="[^"]*"', html))
    return values + css_addresses(styles)


def css_addresses(css: str) -> list[str]:
    """The addresses in url() and @import, without data: ones."""
    quoted = re.findall(r"""(?:url\(|@import)\s*(?:"([^"]*)"|'([^']*)'|([^"'\s)]+))""", css)
    return [address for groups in quoted if (address := "".join(groups)) and not address.startswith("data:")]


def is_foreign(address: str) -> bool:
    return re.match(r"(?:[a-z]+:)?//", address) is not None


def notices(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What a build said, but for its INFO lines."""
    return [line for line in (done.stdout + done.stderr).splitlines() if line and not line.startswith("INFO ")]


def test_strict_build_warns_of_nothing_and_writes_into_no_watched_folder(
    build: Build, make_project: MakeProject, sample: Path
) -> None:
    project = make_project(sample)

    def state() -> dict[Path, tuple[int, int]]:
        files = [path for folder in ("docs", "rendered", "report") for path in (project / folder).rglob("*")]
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in [project / "mkdocs.yml", *files]}

    before = state()
    done = build(project, "mkdocs", "--strict")
    assert done.returncode == 0, done.stderr
    assert notices(done) == []
    assert state() == before


def test_every_page_is_brazilian_portuguese(pages: dict[str, str]) -> None:
    assert "404.html" in pages and len(pages) >= 11
    for name, html in pages.items():
        assert '<html lang="pt-BR"' in html, name
    assert "Página não encontrada" in article(pages["404.html"])
    assert "Not found" not in pages["404.html"]


def test_captions_are_numbered_in_portuguese(page: str) -> None:
    prefixes = re.findall(r'<span class="caption-prefix">([^<]*)</span>', page)
    assert prefixes == ["Figura 1.", "Figura 2.", "Figura 3.", "Tabela 1."]
    assert re.search(r'<figure class="figure" id="fig-colunas">\s*<div [^>]*class="image-columns"', page)
    assert re.search(r'<figure class="table" id="tab-termos">\s*<figcaption>', page), (
        "a table's caption stands above it"
    )


def test_images_of_a_page_are_there_and_described(sample_site: Path, page: str) -> None:
    images = re.findall(r"<img [^>]*>", article(page))
    assert len(images) == 8
    for image in images:
        source = re.search(r'src="([^"#]*)', image)
        assert source and (sample_site / ACTIVITY / "visao-geral" / source[1]).is_file(), image
        assert re.search(r'alt="[^"]{10,}"', image), image


def test_a_claim_keeps_its_verdict_and_evidence(page: str) -> None:
    claim = re.search(r'<div class="claim" id="afirmacao-1">(.*?)</div>', page, re.DOTALL)
    assert claim
    assert '<span class="verdict verdict--confirmada">confirmada</span>' in claim[1]
    assert re.search(r'<details class="evidence">\s*<summary>Evidência</summary>\s*<dl>\s*<dt>Medida</dt>', claim[1])


def test_a_number_leads_to_its_origin_and_that_to_its_result(page: str) -> None:
    links = re.findall(r'<a class="numero" href="#(origem-\d)">([^<]+)</a>', article(page))
    assert links == [("origem-1", "2"), ("origem-2", "259,87 ± 0,30")]
    for anchor, _ in links:
        assert re.search(rf'<li>[^<]*(?:<code>.*?</code>: )?<span id="{anchor}"><a href="#resultado-e10-42">', page)
    assert '<td id="resultado-e10-42" style="text-align: left;">' in page
    # Unfolded in the page itself: where no script runs, a link still leads there.
    assert re.search(r'<details class="evidence origins" open="[^"]*">', page)


def test_nothing_is_loaded_from_elsewhere(sample_site: Path, pages: dict[str, str]) -> None:
    addresses = [(name, address) for name, html in pages.items() for address in loaded_addresses(html)]
    styles = sorted(sample_site.rglob("*.css"))
    addresses += [(str(style), address) for style in styles for address in css_addresses(style.read_text())]
    assert len(addresses) > 100 and len(styles) >= 5, "the search itself found too little"
    assert [(name, address) for name, address in addresses if is_foreign(address)] == []


def test_the_search_for_foreign_addresses_finds_them() -> None:
    html = '<link href="https://a.org/x.css"><script src=//b.org/y.js></script><div style="background:url(http://c.org/z.png)"></div>'
    assert [is_foreign(address) for address in loaded_addresses(html)] == [True] * 3
    assert css_addresses(
        """@import "https://d.org/f.css"; a{b:url("data:image/svg+xml,<svg xmlns='http://e'>")}"""
    ) == ["https://d.org/f.css"]


def test_style_sheets_name_only_files_that_exist(sample_site: Path) -> None:
    own = [*sample_site.glob("assets/vendor/**/*.css"), *sample_site.glob("assets/stylesheets/*.css")]
    named = [(style.parent / address).resolve() for style in own for address in css_addresses(style.read_text())]
    assert len(named) >= 25
    assert [path for path in named if not path.is_file()] == []


def test_what_only_the_build_needs_is_not_published(sample_site: Path) -> None:
    assert not (sample_site / "overrides").exists()
    assert list(sample_site.rglob("*.sh")) == []
    assert len(list(sample_site.glob("assets/vendor/*/LICENSE"))) == len(list((ROOT / "docs/assets/vendor").glob("*/")))


def test_what_the_theme_brings_and_no_page_asks_for_stays_out(sample_site: Path) -> None:
    assert list(sample_site.rglob("*.map")) == []
    languages = {path.name for path in (sample_site / "assets/javascripts/lunr").rglob("*.js")}
    assert languages == {"lunr.pt.min.js", "lunr.stemmer.support.min.js"}, "what the search's worker loads"


def test_nothing_rendered_is_one_clear_line(build: Build, make_project: MakeProject) -> None:
    done = build(make_project(None), "mkdocs")
    assert done.returncode == 1
    aborted, message = sorted(notices(done))  # the first is MkDocs's own
    assert aborted == "Aborted with a BuildError!"
    assert "run `python build.py --all`" in message and "visao-geral.md" in message


def test_one_page_not_rendered_is_named(build: Build, make_project: MakeProject, sample: Path) -> None:
    project = make_project(sample)
    (project / "rendered" / ACTIVITY / "geracao.md").unlink()
    done = build(project, "mkdocs")
    assert done.returncode == 1
    assert "1 of the site's pages are not rendered (atividades/04-vae/geracao.md)" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_adapter_lets_docs_win_and_watches_rendered(tmp_path: Path) -> None:
    for name in ("docs/index.md", "rendered/index.md", "rendered/a/page.md", "rendered/.laudo/page.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    config = MkDocsConfig()
    config.load_dict(
        {
            "docs_dir": str(tmp_path / "docs"),
            "site_dir": str(tmp_path / "site"),
            "nav": ["index.md", {"A": ["a/page.md"]}],
            "watch": [],
        }
    )
    editor = FilesEditor(Files([]), config, str(tmp_path / "virtual"))
    runpy.run_path(str(ROOT / "report/site/add_rendered.py"), run_name="site")["add_rendered"](editor)
    assert [file.src_uri for file in editor.files] == ["a/page.md"]
    assert (tmp_path / "virtual/a/page.md").read_text() == "rendered/a/page.md"
    assert config.watch == [str(tmp_path / "rendered/a")]


def test_properdocs_builds_the_same_pages(
    build: Build, make_project: MakeProject, sample: Path, pages: dict[str, str]
) -> None:
    project = make_project(sample)
    shutil.rmtree(project / "report")  # no Python of this project is needed
    done = build(project, "properdocs", "--strict", "-f", "properdocs.yml")
    assert done.returncode == 0, done.stderr
    assert notices(done) == []
    site = project / "site-properdocs"
    assert {path.relative_to(site).as_posix() for path in site.rglob("*.html")} == set(pages)
    for name, html in pages.items():
        assert article((site / name).read_text()) == article(html), name


def test_a_served_site_reloads_once_when_a_page_is_rendered_again(make_project: MakeProject, sample: Path) -> None:
    project = make_project(sample)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    log = project / "serve.log"

    def shows(text: str) -> bool:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://{address}/{ACTIVITY}/licoes/", timeout=10) as answer:
                    if text in answer.read().decode():
                        return True
            except OSError:
                pass  # not up yet
            time.sleep(0.2)
        return False

    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "-a", address], cwd=project, stdout=output, stderr=output
        )
    try:
        assert shows("Página de amostra"), log.read_text()
        (project / "rendered" / ACTIVITY / "licoes.md").write_text("# Lições\n\nTexto novo.\n")
        assert shows("Texto novo"), log.read_text()
        time.sleep(2.5)  # several polls of the watcher: a build that touched what is watched would start again
    finally:
        server.terminate()
        server.wait(10)
    assert log.read_text().count("Building documentation") == 2, log.read_text()
