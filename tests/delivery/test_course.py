"""How a folder finds the course's site that it lies in."""

import re
from pathlib import Path

import pytest
from mkdocs.config import load_config

from report.delivery.course import NEEDED, PLACE, find_course
from report.delivery.deliver import remarks
from report.settings import SettingsError
from tests.delivery.conftest import COURSE


def site(root: Path, text: str) -> Path:
    """A site with this mkdocs.yml; return a folder to be delivered into it."""
    (root / "mkdocs.yml").write_text(text)
    return root / "docs/exercises/vae"


def test_the_stock_site_lacks_nothing() -> None:
    found = find_course(COURSE / "docs/exercises/vae")
    assert (found.settings, found.place, found.lacking) == (COURSE / "mkdocs.yml", PLACE, {})
    assert found.formulas
    assert list(remarks(found, COURSE / "docs/exercises/vae")) == []


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


def test_what_is_lacking_is_told_at_once_as_what_to_paste(tmp_path: Path) -> None:
    folder = site(tmp_path, "markdown_extensions:\n  - admonition\n  - pymdownx.arithmatex\n  - pymdownx.highlight\n")
    found = find_course(folder)
    assert found.lacking["pymdownx.arithmatex"] == {"generic": True}
    assert found.lacking.keys() == NEEDED.keys() - {"admonition"}
    to_do, note = remarks(found, folder)
    assert to_do.startswith(
        f"To do: {tmp_path / 'mkdocs.yml'} lacks what the page needs. Add to its markdown_extensions"
    )
    assert to_do.endswith(f":\n{found.to_add}")
    assert note.startswith("Note: formulas need KaTeX or MathJax, and extra_javascript in")


@pytest.mark.parametrize("text", [
    "docs_dir: docs\n",
    "markdown_extensions:\n",
    "markdown_extensions:\n  - pymdownx.details\n",
    "markdown_extensions:\n  pymdownx.details: {}\n  toc: {permalink: true}\n",
    "markdown_extensions:\n  - pymdownx.details\n  - pymdownx.snippets:\n      base_path: [includes]\n",
    "markdown_extensions:\n  - pymdownx.blocks.caption:\n      types: [figure-caption]\n",
])  # fmt: skip
def test_one_round_of_pasting_is_enough(tmp_path: Path, text: str) -> None:
    """What is told is put below what is there, an option to the extension that has none; then MkDocs takes it."""
    folder = site(tmp_path, text)
    found = find_course(folder)
    assert found.lacking
    paste = found.to_add
    if re.search(r"^markdown_extensions:", paste):
        text = text.replace("markdown_extensions:\n", "")
    for name in ("pymdownx.snippets", "pymdownx.blocks.caption"):  # where the last two of these lack an option
        if f"- {name}:" in text:
            text = re.sub(rf"  - {re.escape(name)}:\n.*\n", "", text)
    (tmp_path / "mkdocs.yml").write_text(f"site_name: x\n{text}{paste}\n")
    again = find_course(folder)
    assert (again.lacking, again.place) == ({}, PLACE)
    settings = load_config(str(tmp_path / "mkdocs.yml"), docs_dir=str(COURSE / "docs"))
    assert NEEDED.keys() <= set(settings.markdown_extensions)
    assert settings.mdx_configs["pymdownx.arithmatex"] == {"generic": True}


@pytest.mark.parametrize(("captions", "numbers"), [
    ("pymdownx.blocks.caption", False),
    ("pymdownx.blocks.caption: {types: [caption]}", False),
    ("pymdownx.blocks.caption: {types: [table-caption, {name: figure-caption, prefix: 'Fig. {}'}]}", True),
])  # fmt: skip
def test_captions_of_the_site_s_own_words_are_enough(tmp_path: Path, captions: str, numbers: bool) -> None:
    found = find_course(site(tmp_path, f"markdown_extensions:\n  - {captions}\n"))
    assert "pymdownx.blocks.caption" not in found.lacking
    assert found.numbers is numbers


@pytest.mark.parametrize(("scripts", "formulas"), [
    ("", False),
    ("extra_javascript: [javascripts/menu.js]", False),
    ("extra_javascript: [https://unpkg.com/mathjax@3/es5/tex-mml-chtml.js]", True),
    ("extra_javascript: [{path: assets/KaTeX/auto-render.min.js, defer: true}]", True),
])  # fmt: skip
def test_scripts_that_set_formulas_are_looked_for(tmp_path: Path, scripts: str, formulas: bool) -> None:
    assert find_course(site(tmp_path, f"site_name: x\n{scripts}\n")).formulas is formulas


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
