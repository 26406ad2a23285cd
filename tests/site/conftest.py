"""Builds and serves the site from a rendered tree, in a copy of the project, so that a test never touches the real one."""

import functools
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
ACTIVITY = "atividades/04-vae"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 320"><path d="M60 20V280H680" fill="none" stroke="{0}"/>'
    '<path d="M60 40C160 240 300 255 680 262" fill="none" stroke="{1}" stroke-width="3"/>'
    '<text x="560" y="245" fill="{0}" font-size="16">validação</text></svg>'
)


def build_with(project: Path, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`mkdocs build` or `properdocs build` in the project; stderr holds the log."""
    silence = {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", tool, "build", *arguments]
    return subprocess.run(
        command, check=False, cwd=project, env=os.environ | silence, capture_output=True, text=True, timeout=120
    )


def write_sample(rendered: Path) -> None:
    """A small rendered tree: docs/, pages with every element that templates emit, and a stub for each other page."""
    shutil.copytree(ROOT / "docs", rendered)
    for page in re.findall(r"^ +- .*: (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE):
        path = rendered / page
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {path.stem.capitalize()}\n\nPágina de amostra.\n")
    shutil.copytree(Path(__file__).with_name("sample"), rendered / ACTIVITY, dirs_exist_ok=True)
    figures = rendered / ACTIVITY / "figures"
    figures.mkdir()
    (figures / "curva-claro.svg").write_text(SVG.format("#333", "#1b5a7d"))
    (figures / "curva-escuro.svg").write_text(SVG.format("#ccc", "#8fc4e2"))
    card = rendered / ACTIVITY / "figuras/visao-geral/cartao.png"
    card.parent.mkdir(parents=True)
    Image.new("P", (1200, 630)).save(card)
    for name, width, height in [("amostras", 280, 112), ("coluna", 56, 140)]:
        image = Image.frombytes(
            "L", (width, height), bytes((x * y // 7 + 3 * x) % 256 for y in range(height) for x in range(width))
        )
        image.save(figures / f"{name}.png")


def settings(site_url: str = "", site_author: str = "", repository: str = "") -> str:
    """mkdocs.yml as it stands, but published by whom and where these say; what is "" is unset, whatever stands there."""
    text = re.sub(
        r"^(site_url:|site_author:|  repository:).*\n", "", (ROOT / "mkdocs.yml").read_text(), flags=re.MULTILINE
    )
    text = text.replace("\nextra:\n", f"\nextra:\n  repository: {repository}\n")
    return f"site_url: {site_url}\nsite_author: {site_author}\n{text}"


Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def build() -> Build:
    """build(project, tool, *arguments) -> the finished `mkdocs build` or `properdocs build`."""
    return build_with


@pytest.fixture(scope="session")
def make_project(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """make_project(rendered, site_url="", site_author="", repository="") -> a copy of what builds the site.

    It holds this rendered tree (None: nothing rendered), and says of who publishes it, and where, what is given here.
    """

    def make(rendered: Path | None, **published: str) -> Path:
        project = tmp_path_factory.mktemp("project")
        (project / "mkdocs.yml").write_text(settings(**published))
        shutil.copy(ROOT / "properdocs.yml", project)
        shutil.copytree(ROOT / "docs", project / "docs")
        shutil.copytree(ROOT / "report/site", project / "report/site")
        if rendered is not None:
            shutil.copytree(rendered, project / "rendered")
        return project

    return make


@pytest.fixture(scope="session")
def build_site(make_project: Callable[..., Path]) -> Callable[[Path], Path]:
    """build_site(rendered) -> the folder of the site that MkDocs builds from this rendered tree."""

    def make(rendered: Path) -> Path:
        project = make_project(rendered)
        done = build_with(project, "mkdocs", "--strict")
        assert done.returncode == 0, done.stderr
        return project / "site"

    return make


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """serve(folder) -> its address on a local server that lives as long as the tests."""
    servers: list[ThreadingHTTPServer] = []

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            pass  # a browser that closes a page hangs up in the middle of an answer

    def start(folder: Path) -> str:
        server = Server(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample rendered tree."""
    rendered = tmp_path_factory.mktemp("sample") / "rendered"
    write_sample(rendered)
    return rendered


@pytest.fixture(scope="session")
def sample_site(sample: Path, build_site: Callable[[Path], Path]) -> Path:
    """The sample tree, built."""
    return build_site(sample)
