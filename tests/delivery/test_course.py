"""How a folder finds the course's site that it lies in."""

from pathlib import Path

import pytest

from report.delivery.course import PLACE, find_course
from report.settings import SettingsError
from tests.delivery.conftest import COURSE

EXTENSIONS = "admonition, attr_list, pymdownx.blocks.caption, pymdownx.details, pymdownx.superfences"


def site(root: Path, text: str) -> Path:
    """A site with this mkdocs.yml; return a folder to be delivered into it."""
    (root / "mkdocs.yml").write_text(text)
    return root / "docs/exercises/vae"


def test_the_stock_site_lacks_nothing() -> None:
    found = find_course(COURSE / "docs/exercises/vae")
    assert (found.settings, found.place, found.lacking) == (COURSE / "mkdocs.yml", PLACE, ())


def test_without_a_site_the_template_s_place_is_meant(tmp_path: Path) -> None:
    found = find_course(tmp_path / "entrega")
    assert (found.settings, found.place) == (None, "docs/exercises/vae")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    assert find_course(tmp_path / "entrega").settings is None, "beside docs/, not in it"


def test_code_is_included_from_where_the_site_s_snippets_are(tmp_path: Path) -> None:
    folder = site(tmp_path, "markdown_extensions: [{pymdownx.snippets: {base_path: docs}}]\n")
    assert find_course(folder).place == "exercises/vae"
    folder = site(tmp_path, "markdown_extensions: {pymdownx.snippets: {base_path: [includes, docs/exercises]}}\n")
    assert find_course(folder).place == "vae"
    folder = site(tmp_path, "docs_dir: docs\nmarkdown_extensions: [{pymdownx.snippets: {base_path: includes}}]\n")
    assert "a base_path of pymdownx.snippets above the folder" in find_course(folder).lacking


def test_extensions_that_are_not_there_are_named(tmp_path: Path) -> None:
    folder = site(tmp_path, f"markdown_extensions: [{EXTENSIONS}, pymdownx.arithmatex]\n")
    assert find_course(folder).lacking == ("pymdownx.snippets", "pymdownx.arithmatex with generic: true")


def test_tags_mean_nothing_and_parents_count(tmp_path: Path) -> None:
    (tmp_path / "base.yml").write_text("docs_dir: material\n")
    folder = site(
        tmp_path,
        "INHERIT: base.yml\nsite_url: !ENV [SITE, x]\nmarkdown_extensions:\n  - emoji:\n      f: !!python/name:no.such.thing\n",
    )
    assert find_course(folder).settings is None
    assert find_course(tmp_path / "material/vae").settings == tmp_path / "mkdocs.yml"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"mkdocs\.yml cannot be read"):
        find_course(site(tmp_path, "a: [\n"))
