"""Reads the changes of a release: the vendor's release notes in Markdown, or a user's own list in CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from analytics.changes.cells import columns_of
from analytics.changes.change import ChangesError
from analytics.changes.csv_list import read_csv_list
from analytics.changes.markdown import read_markdown

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.changes.change import Notes

MOST_BYTES = 16 << 20
"""No release notes are longer: a year of the vendor's has a fiftieth of this."""


def read_changes(path: Path) -> Notes:
    """The changes of a file: release notes in Markdown, or CSV. ChangesError if it has none, or cannot be read."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise ChangesError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ChangesError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
    if len(content) > MOST_BYTES:
        raise ChangesError(
            f"{path}: is longer than {MOST_BYTES:,} bytes, and no release notes are; copy the tables of changes into another file"
        )
    try:
        return changes_in(text)
    except ChangesError as error:
        raise ChangesError(f"{path}: {error}") from None


def changes_in(text: str) -> Notes:
    """The changes of a text: release notes in Markdown, or CSV. ChangesError if it has none."""
    lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]
    first = next((line for line in lines if line.strip()), "")
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        header = columns_of(next(csv.reader([first], delimiter=delimiter), []))
    except csv.Error:  # no CSV: a cell is too long, or a CR is in the middle of a line
        header = {}
    if "connector" in header and "|" not in first and not first.startswith("#"):
        return read_csv_list("\n".join(lines), delimiter)
    return read_markdown(lines)
