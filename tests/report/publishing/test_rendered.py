import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.page import page_path
from report.publishing.rendered import OUTDATED_CLOSE, OUTDATED_OPEN, RECORDS, Rendered, with_notice, without_notice

PAGE = b'---\ntitle: "T"\n---\n\n# T\n\nText.\n'
FILES = {
    page_path("um"): PAGE,
    "atividades/04-vae/figures/um.svg": b"<svg/>",
    "atividades/04-vae/dados/um/1.json": b"{}",
}
INPUTS = {"e10/42": "a", "the grid": "b"}


@pytest.fixture
def rendered(tmp_path: Path) -> Rendered:
    done = Rendered(tmp_path / "rendered")
    assert done.write_page("um", FILES, INPUTS) == 3
    return done


def times(rendered: Rendered) -> dict[str, int]:
    return {name: (rendered.root / name).stat().st_mtime_ns for name in FILES}


def test_only_changed_bytes_are_written(rendered: Rendered) -> None:
    before = times(rendered)
    changed = {**FILES, page_path("um"): PAGE + b"More.\n"}
    assert rendered.write_page("um", changed, INPUTS) == 1
    after = times(rendered)
    assert {name for name in FILES if after[name] != before[name]} == {page_path("um")}
    assert rendered.write_page("um", changed, INPUTS) == 0


def test_a_file_that_a_page_no_longer_has_is_removed(rendered: Rendered) -> None:
    fewer = {name: content for name, content in FILES.items() if not name.endswith(".svg")}
    assert rendered.write_page("um", fewer, INPUTS) == 1
    assert not (rendered.root / "atividades/04-vae/figures/um.svg").exists()


def test_a_page_is_fresh_until_an_input_changes(rendered: Rendered) -> None:
    assert rendered.why_not_fresh("um", INPUTS) == ""
    assert "e10/42 changed" in rendered.why_not_fresh("um", {**INPUTS, "e10/42": "c"})
    assert "e50/42 changed" in rendered.why_not_fresh("um", {**INPUTS, "e50/42": "c"})
    assert "the grid changed" in rendered.why_not_fresh("um", {"e10/42": "a"})
    many = {f"e10/{seed}": "c" for seed in range(42, 46)}
    assert rendered.why_not_fresh("um", {**INPUTS, **many}) == "4 results changed since it was rendered"
    assert rendered.why_not_fresh("dois", INPUTS) == "not rendered"


@pytest.mark.parametrize("name", FILES)
def test_an_altered_or_removed_file_is_named(rendered: Rendered, name: str) -> None:
    path = rendered.root / name
    path.write_bytes(path.read_bytes() + b"\xff by hand")
    assert f"{name} was altered" in rendered.why_not_fresh("um", INPUTS)
    path.unlink()
    assert f"{name} was altered or removed" in rendered.why_not_fresh("um", INPUTS)


def test_a_notice_is_set_renewed_and_taken_away_and_is_no_alteration(rendered: Rendered) -> None:
    path = rendered.root / page_path("um")
    rendered.set_notice("um", "Old.\n")
    rendered.set_notice("um", "Older.\n")
    text = path.read_text()
    assert text.count(OUTDATED_OPEN) == 1
    assert "Older." in text
    assert "Old.\n" not in text
    assert text.startswith('---\ntitle: "T"\n---\n\n# T\n' + OUTDATED_OPEN)
    assert rendered.why_not_fresh("um", INPUTS) == ""
    rendered.set_notice("um", "")
    assert path.read_bytes() == PAGE


def test_a_notice_that_is_there_is_not_written_again(rendered: Rendered) -> None:
    rendered.set_notice("um", "Old.\n")
    before = times(rendered)
    rendered.set_notice("um", "Old.\n")
    assert times(rendered) == before
    rendered.set_notice("dois", "Old.\n")
    assert not (rendered.root / page_path("dois")).exists()


def test_a_page_that_is_no_text_is_found_and_not_harmed(rendered: Rendered) -> None:
    path = rendered.root / page_path("um")
    path.write_bytes(b"\xff\xfe\r\n# T\n")
    rendered.set_notice("um", "Old.\n")
    rendered.set_notice("um", "")
    assert path.read_bytes() == b"\xff\xfe\r\n# T\n"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"inputs": 3, "files": {}}', b'{"inputs": {}}', b"\xff"])
def test_an_unreadable_record_is_a_page_to_render(rendered: Rendered, content: bytes) -> None:
    record = rendered.root / RECORDS / "um.json"
    record.write_bytes(content)
    assert rendered.why_not_fresh("um", INPUTS) == f"{record} is damaged"


def test_a_build_killed_while_it_writes_leaves_a_page_to_render(
    rendered: Rendered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(source: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(OSError, match="No space"):
        rendered.write_page("um", {page_path("um"): b"# New\n"}, {"e10/42": "new"})
    monkeypatch.undo()
    assert (rendered.root / page_path("um")).read_bytes() == PAGE, "the old page whole, not half of the new one"
    assert rendered.why_not_fresh("um", INPUTS) == "not rendered"
    assert not list(rendered.root.rglob(".*.tmp"))


def test_what_a_killed_build_had_begun_to_write_goes_away(rendered: Rendered) -> None:
    left = rendered.root / "atividades/04-vae/.um.md.123.tmp"
    left.write_bytes(b"half")
    rendered.drop_others(["um"])
    assert not left.exists()
    assert {path.name for path in rendered.root.rglob("*.*")} >= {"um.md", "um.svg", "1.json"}


def test_a_record_names_inputs_and_files(rendered: Rendered) -> None:
    body = json.loads((rendered.root / RECORDS / "um.json").read_bytes())
    assert body["inputs"] == INPUTS
    assert body["files"].keys() == FILES.keys()


def test_docs_are_copied_without_the_theme(rendered: Rendered, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    for name in ("index.md", "assets/a.css", "overrides/404.html"):
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text(name)
    rendered.copy_docs(docs)
    assert (rendered.root / "assets/a.css").read_text() == "assets/a.css"
    assert not (rendered.root / "overrides").exists()


texts = st.text(st.sampled_from("# a\n<!>-\u2028\r") | st.characters(exclude_categories=["Cs"]), max_size=60)
notices = st.text(max_size=20).filter(lambda text: "laudo" not in text)


@given(texts, notices, notices)
def test_the_last_notice_counts(text: str, first: str, second: str) -> None:
    assert with_notice(with_notice(text, first), second) == with_notice(text, second)
    assert with_notice(with_notice(text, first), "") == text


@given(st.binary(max_size=60))
def test_any_bytes_are_kept(content: bytes) -> None:
    assert without_notice(content) == content


@pytest.mark.parametrize(
    "text", [OUTDATED_OPEN, f"# T\n{OUTDATED_OPEN}half", OUTDATED_CLOSE, OUTDATED_CLOSE + OUTDATED_OPEN]
)
def test_half_a_notice_is_left_as_it_is(text: str) -> None:
    assert with_notice(text, "") == text


def test_hand_written_files_that_changed_since_they_were_copied_are_named(rendered: Rendered, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "overrides").mkdir(parents=True)
    assert rendered.old_docs(docs) == [], "nothing was copied yet"
    for name in ("index.md", "style.css", "gone.css", "overrides/theme.html"):
        (docs / name).write_text("a")
    rendered.copy_docs(docs)
    assert rendered.old_docs(docs) == []
    (docs / "style.css").write_text("b")
    (docs / "gone.css").unlink()
    (docs / "new.css").write_text("c")
    (docs / "overrides/theme.html").write_text("d")
    assert rendered.old_docs(docs) == ["gone.css", "new.css", "style.css"]
    rendered.copy_docs(docs)
    assert rendered.old_docs(docs) == []
