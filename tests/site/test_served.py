"""A served site converts a page again if it changed, and only then."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import markdown
import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

ACTIVITY = "atividades/04-vae"


@pytest.fixture
def project(make_project: Callable[[Path | None], Path], sample: Path) -> Iterator[Path]:
    """A copy of what builds the site; MkDocs's hooks are found from where it is."""
    before = Path.cwd()
    made = make_project(sample)
    os.chdir(made)
    yield made
    os.chdir(before)


@pytest.mark.parametrize(("command", "again"), [("serve", 1), ("build", None)])
def test_only_a_changed_page_is_converted_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: str, again: int | None
) -> None:
    converted: list[str] = []
    convert = markdown.Markdown.convert

    def noted(self: markdown.Markdown, text: str) -> str:
        if text:
            converted.append(text)
        return convert(self, text)

    def built() -> dict[str, str]:
        config = load_config("mkdocs.yml")
        if not converted:
            config.plugins.run_event("startup", command=command, dirty=False)
        build(config)
        return {path.parent.name: path.read_text() for path in (project / "site").rglob("index.html")}

    monkeypatch.setattr(markdown.Markdown, "convert", noted)
    first = built()
    every = len(converted)
    (project / f"rendered/{ACTIVITY}/licoes.md").write_text("# Lições\n\n## Parte nova\n\nTexto novo.\n")
    second = built()
    assert len(converted) - every == (again or every)
    assert "Texto novo." in second.pop("licoes") and "Texto novo." not in first.pop("licoes")
    assert second == first
