"""Declarations are read from the text of modules, and no module is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.declaration import declarations, declared_in

RAISES = 'raise RuntimeError("a script was run")\n'


def test_files_and_folders_of_a_package_are_read_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "__init__.py").write_text(f'{RAISES}PAGE = Page(icon="hub")\n', encoding="utf-8")
    (tmp_path / "small.py").write_text(
        f'{RAISES}PAGE = Page(icon="timer", words={{"title": "Small"}})\n', encoding="utf-8"
    )
    (tmp_path / "silent.py").write_text('"""It has no PAGE = Page()."""\nOTHER = Page(icon="x")\n', encoding="utf-8")
    assert [(found.module, found.file, found.values) for found in declarations(tmp_path, "PAGE")] == [
        ("large", tmp_path / "large" / "__init__.py", {"icon": "hub"}),
        ("small", tmp_path / "small.py", {"icon": "timer", "words": {"title": "Small"}}),
    ]


def test_a_value_that_would_have_to_be_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="malformed node or string"):
        declared_in("PAGE = Page(icon=ICON)", "PAGE")


def test_a_value_without_its_name_is_refused() -> None:
    with pytest.raises(ValueError, match="PAGE: each of its values needs a keyword"):
        declared_in('PAGE = Page("timer", 45)', "PAGE")
