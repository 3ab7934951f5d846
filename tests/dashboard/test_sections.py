"""A page comes from a file with its words in it, or from a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.shell.page import Page
from dashboard.shell.pages import pages_in
from dashboard.text.wording import texts_with

SMALL = """
PAGE = Page(icon="timer", place=45, words={"title": "Durations", "table": "How long?"}, columns={"p50_ms": "Median"})
"""


def small(folder: Path, **others: str) -> Path:
    """A folder of sections with the page `durations`, which is one file, and with these other files."""
    for name, text in {"durations": SMALL, **others}.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def test_a_page_is_a_file_or_a_folder_and_has_its_name_as_address(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (folder / "errors").mkdir()
    (folder / "errors" / "__init__.py").write_text(
        'PAGE = Page(icon="error", place=40, about="stream")\n', encoding="utf-8"
    )
    errors, durations = pages_in(folder)
    script = folder / "errors" / "page.py"
    assert errors == Page(icon="error", place=40, about="stream", address="errors", script=script)
    assert (durations.address, durations.icon, durations.script) == ("durations", "timer", folder / "durations.py")


def test_a_page_of_one_file_has_its_words_in_it(tmp_path: Path) -> None:
    texts = texts_with(small(tmp_path))
    assert (texts["durations.title"], texts["durations.table"]) == ("Durations", "How long?")
    assert texts["column.p50_ms"] == "Median"
    assert texts["brand.name"] == "Koppelzicht"


def test_a_text_that_two_pages_have_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path, speed='PAGE = Page(icon="speed", place=46, columns={"p50_ms": "Half"})\n')
    with pytest.raises(ValueError, match=r"speed\.py: another file has column\.p50_ms too"):
        texts_with(folder)
