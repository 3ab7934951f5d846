"""Bounds of a registry file, which are checked before the file is unpacked.

A spreadsheet is a zip archive of XML. Its reader builds a table from the first cell to the last one, with a text for each cell. Two
cells in opposite corners make 17 thousand million texts, which ends the whole process. A text that a thousand cells share becomes a
thousand texts. So a spreadsheet is first read in small pieces, which counts how large it would become.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_BYTES = 64 << 20
"""The limit for a file, for the unpacked parts of a spreadsheet, and for all its texts."""
MOST_ROWS = 100_000
MOST_CELLS = 1_000_000
_MOST_PARTS = 1000
_CHUNK = 1 << 16
_PLACE = re.compile(r"\$?([A-Za-z]{1,4})\$?([0-9]{1,8})")


class TooMuchError(Exception):
    """A file exceeds a bound. The text follows the word 'expected'."""


def judge_rows(rows: int, columns: int) -> None:
    """TooMuchError if a table has more rows or cells than a list of partners, integrations or customers can have."""
    if rows > MOST_ROWS:
        raise TooMuchError(
            f"at most {MOST_ROWS:,} rows, but there are {rows:,}: split the list, and load the parts together"
        )
    if rows * columns > MOST_CELLS:
        raise TooMuchError(
            f"at most {MOST_CELLS:,} cells, but there are {rows:,} rows of {columns:,}: remove those that are not needed"
        )


def judge_bytes(what: str, size: int) -> None:
    """TooMuchError if a file, or a part of it, is larger than it may be."""
    if size > MOST_BYTES:
        raise TooMuchError(
            f"at most {MOST_BYTES:,} bytes of {what}, but there are more: save only the lists in the file"
        )


def judge_workbook(content: bytes) -> None:
    """TooMuchError if a spreadsheet would become larger than a registry can be. ValueError if it is no spreadsheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _judge_parts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, expat.ExpatError) as error:
        raise ValueError(f"it is damaged, or has a password ({error})") from error


def _judge_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS:
        raise TooMuchError(f"at most {_MOST_PARTS:,} parts of a spreadsheet, but there are {len(parts):,}")
    names = {part.filename.lower().lstrip("/"): part for part in parts}
    if "xl/workbook.xml" not in names:
        raise ValueError("it holds no xl/workbook.xml")
    if len(names) < len(parts) or {part.compress_type for part in parts} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError("its parts are not those of a spreadsheet")
    judge_bytes(
        "unpacked parts", sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    )
    shared = [_walk(archive, part, _Texts()) for name, part in names.items() if name.endswith("sharedstrings.xml")]
    lengths = dict(enumerate(length for texts in shared for length in texts.lengths))
    # The workbook may give its sheets any name, so every part that has cells counts as a sheet.
    sheets = [
        _walk(archive, part, _Cells(lengths))
        for name, part in names.items()
        if not name.endswith("sharedstrings.xml") and (name.endswith(".xml") or _has_cells(archive, part))
    ]
    judge_bytes("text in cells", sum(sheet.text for sheet in sheets))


def _has_cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part is a sheet, whatever its name."""
    before = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            if b"sheetData" in before + chunk:
                return True
            before = chunk[-16:]
    return False


class _Part:
    """The counter of one part, which is told of its elements and texts."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def said(self, text: str) -> None:
        """Text inside the element."""

    def end(self, name: str) -> None:
        """The element ends."""


@dataclass
class _Texts(_Part):
    """The lengths of the texts that cells share."""

    lengths: list[int] = field(default_factory=list)

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 - of these no attribute counts
        if name == "si":
            self.lengths.append(0)

    def said(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


@dataclass
class _Cells(_Part):
    """The extent of a sheet, from its first cell to its last, and the length of the texts in it."""

    shared: Mapping[int, int]
    text: int = 0
    row: int = 0
    column: int = 0
    rows: int = 0
    columns: int = 0
    is_shared: bool = False
    number: str = ""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "row":
            place = attributes.get("r", "")
            self.row = int(place) if place.isdecimal() and len(place) <= 10 else self.row + 1
            self.column = 0
        elif name == "c":
            self._move(attributes.get("r", ""))
            self.is_shared, self.number = attributes.get("t") == "s", ""

        elif name in ("v", "is", "f"):  # a cell without any of these has only a colour, and readers skip it
            self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
            judge_rows(self.rows, self.columns)

    def _move(self, place: str) -> None:
        self.column += 1
        if place:
            found = _PLACE.fullmatch(place)
            if found is None:
                raise ValueError(f"it has a cell at {place[:20]!r}")
            self.column = 0
            for letter in found[1].upper():
                self.column = self.column * 26 + ord(letter) - 64
            self.row = int(found[2])

    def said(self, text: str) -> None:
        self.text += len(text)
        if self.is_shared and len(self.number) < 10:
            self.number += text

    def end(self, name: str) -> None:
        if name == "c" and self.is_shared:
            self.text += self.shared.get(int(self.number) if self.number.strip().isdecimal() else -1, 0)
            self.is_shared = False


_Counted = TypeVar("_Counted", bound=_Part)


def _walk(archive: zipfile.ZipFile, part: zipfile.ZipInfo, counted: _Counted) -> _Counted:
    """The counter after a whole part. The part is unpacked in small pieces, because the archive may lie about its size."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: counted.begin(name.rpartition(":")[2], attributes)
    parser.CharacterDataHandler = counted.said
    parser.EndElementHandler = lambda name: counted.end(name.rpartition(":")[2])
    done = 0
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            done += len(chunk)
            judge_bytes("unpacked parts", done)
            parser.Parse(chunk)
    parser.Parse(b"", True)  # noqa: FBT003 - it takes no keyword
    return counted
