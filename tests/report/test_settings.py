"""Who publishes, read from mkdocs.yml; and the link to Colab that follows from it."""

from pathlib import Path

import pytest

from report.notebook import compose as notebook
from report.render import with_badge
from report.settings import Identity, SettingsError, read_identity

SET = "site_url: https://example.org/vae\nsite_author: Fulana\nextra:\n  repository: https://github.com/someone/laudo.git\n"
COLAB = "https://colab.research.google.com/github/someone/laudo/blob/main/caderno.ipynb"


def read(tmp_path: Path, text: str) -> Identity:
    path = tmp_path / "mkdocs.yml"
    path.write_text(text)
    return read_identity(path)


def test_what_is_set_is_known_and_nothing_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, SET)
    assert found == Identity("https://example.org/vae/", "Fulana", "https://github.com/someone/laudo")
    assert (found.note(), found.colab) == ("", COLAB)


def test_what_is_unset_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "site_name: x\nsite_author:\nextra:\n")
    assert found == Identity(site_name="x")
    assert read_identity(tmp_path / "none.yml") == Identity()
    assert "site_url, site_author, extra.repository" in found.note()
    assert found.colab == ""


@pytest.mark.parametrize(("text", "words"), [
    ("site_url: example.org\n", "site_url is 'example.org', which is no address"),
    ("extra:\n  repository: someone/laudo\n", "extra.repository is 'someone/laudo'; write it as https://github.com/OWNER/NAME"),
])  # fmt: skip
def test_what_is_no_address_is_an_error(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        read(tmp_path, text)


def test_the_badge_stands_below_the_title_once_and_only_with_a_repository() -> None:
    text = "---\ntitle: x\n---\n\n# Título\n\nTexto.\n\n# Outro\n"
    assert with_badge(text, "") == text
    assert with_badge(text, COLAB) == text.replace("# Título\n", f"# Título\n\n[Abrir no Colab]({COLAB}){{ .colab }}\n")


def test_a_linked_notebook_that_is_missing_or_old_is_a_fault(tmp_path: Path) -> None:
    identity, path = read(tmp_path, SET), tmp_path / "caderno.ipynb"
    assert notebook.fault(Identity(), path) == ""
    assert "is missing" in notebook.fault(identity, path)
    notebook.write(path, identity)
    assert notebook.fault(identity, path) == ""
    path.write_text(path.read_text().replace("sigma", "sigmo", 1))
    assert "is not what its sources give" in notebook.fault(identity, path)
