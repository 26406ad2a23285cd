"""A page that is open while it is rendered again: the browser shows the new one, once, and then stays at rest."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.live import HERE, reading, section, serving


def test_an_open_page_is_loaded_once_again(
    make_project: Callable[[Path | None], Path], sample: Path, browser: Browser
) -> None:
    project = make_project(sample)
    rendered = project / "rendered/atividades/04-vae/licoes.md"
    with (
        serving(project) as (address, log),
        reading(browser, f"{address}/atividades/04-vae/licoes/") as (page, loads),
    ):
        page.get_by_text("Página de amostra.").wait_for()
        rendered.write_text("# Lições\n\nTexto novo.\n")
        page.get_by_text("Texto novo.").wait_for(timeout=60_000)
        page.wait_for_timeout(3000)  # several polls of the watcher: a build that touched what is watched would go on
        assert len(loads) == 2
        assert log.read_text().count("Building documentation") == 2, log.read_text()


def test_the_kept_figures_are_shown() -> None:
    lines = section(json.loads((HERE / "live.json").read_text()))
    assert lines[0] == "## Live work"
    assert "1 time in all" in lines[-1]
