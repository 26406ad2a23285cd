from collections.abc import Iterator
from pathlib import Path

import pytest

from report import sources


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "__init__.py").write_text("")
    (tmp_path / "a" / "first.py").write_text("import json\nfrom a import second\nfrom a.third import name\n")
    (tmp_path / "a" / "second.py").write_text("def late():\n    import a.fourth\n")
    (tmp_path / "a" / "third.py").write_text("from a.first import other\n")
    (tmp_path / "a" / "fourth.py").write_text("")
    (tmp_path / "a" / "stranger.py").write_text("")
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    for cached in (sources.read_source, sources.with_imports, sources._imports, sources.digest):
        cached.cache_clear()
    yield tmp_path
    for cached in (sources.read_source, sources.with_imports, sources._imports, sources.digest):
        cached.cache_clear()


def test_imports_are_followed_through_files_packages_functions_and_circles(tree: Path) -> None:
    expected = ("a/__init__.py", "a/first.py", "a/fourth.py", "a/second.py", "a/third.py")
    assert sources.with_imports("a/first.py") == expected
    assert sources.with_imports("a/fourth.py") == ("a/fourth.py",)


def test_a_verdict_that_was_kept_is_of_all_the_code_that_made_it() -> None:
    kept_with = sources.with_imports("report/pages/espaco_latente/evolution.py")
    assert {"report/judging/ratios.py", "report/judging/sample.py"} <= set(kept_with)
    assert {"report/judging/bootstrap.py", "report/judging/statistics.py", "report/judging/ratios.py"} <= set(
        sources.with_imports("report/judging/claims.py")
    )
