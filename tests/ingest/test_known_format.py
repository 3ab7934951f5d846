"""The list of log formats comes from the declarations in their own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.formats import FORMATS, log_format
from ingest.known_format import formats_in

FORMAT = 'FORMAT = KnownFormat(name="{name}", title="T", about="", who="", place={place}, made_by="Made"{more})\n'


def test_a_format_is_a_file_or_a_folder_and_is_asked_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "ltsv.py").write_text(FORMAT.format(name="ltsv", place=25, more=""), encoding="utf-8")
    (tmp_path / "helper.py").write_text('"""No format."""\n', encoding="utf-8")
    for name, place, more in (("rows", 40, ""), ("sheet", 1, ", is_document=True"), ("object", 10, "")):
        (tmp_path / name).mkdir()
        text = FORMAT.format(name=name, place=place, more=more)
        (tmp_path / name / "__init__.py").write_text(text, encoding="utf-8")
    assert [(form.name, form.module) for form in formats_in(tmp_path)] == [
        ("object", "object.format"),
        ("ltsv", "ltsv"),
        ("rows", "rows.format"),
        ("sheet", "sheet.format"),
    ]


def test_the_formats_with_the_surest_signs_are_asked_first() -> None:
    """A format that comes to these has its own place among them."""
    surest_first = ("json", "w3c", "combined", "csv", "har", "parquet")
    assert tuple(name for name in FORMATS if name in surest_first) == surest_first


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_called_as_its_file_says(name: str) -> None:
    assert log_format(name).name == name
