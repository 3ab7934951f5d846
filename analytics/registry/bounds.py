"""How large a file of the registry may be, found out before anything of it is unpacked.

A spreadsheet is a zip archive of XML. What reads it makes a table from its first cell to its last one and gives back a text for each
of them: two cells in opposite corners are 17 thousand million, which end the whole process, and a text that a thousand cells share is
a thousand texts. So a spreadsheet is walked through first, a little at a time, counting what it would become.
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
"""Of a file, of each part of a spreadsheet when it is unpacked, and of all its texts."""
MOST_ROWS = 100_000
MOST_CELLS = 1_000_000
_MOST_PARTS = 1000
_CHUNK = 1 << 16
_PLACE = re.compile(r"\$?([A-Za-z]{1,4})\$?([0-9]{1,8})")


class TooMuchError(Exception):
    """What a file has too much of, in words that follow 'expected'."""


def judge_rows(rows: int, columns: int) -> None:
    """TooMuchError where a table of so many rows and columns is no list of partners, integrations or customers."""
    if rows > MOST_ROWS:
        raise TooMuchError(f"at most {MOST_ROWS:,} rows, there are {rows:,}: split it, and load the parts together")
    if rows * columns > MOST_CELLS:
        raise TooMuchError(
            f"at most {MOST_CELLS:,} cells, there are {rows:,} rows of {columns:,}: take the others away"
        )


def judge_bytes(what: str, size: int) -> None:
    """TooMuchError where this is more than a file, or a part of it, may be."""
    if size > MOST_BYTES:
        raise TooMuchError(
            f"at most {MOST_BYTES:,} bytes of {what}, there are more: save the lists alone, without anything else"
        )


def judge_workbook(content: bytes) -> None:
    """TooMuchError where a spreadsheet would become more than a registry can be. ValueError where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _judge_parts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, expat.ExpatError) as error:
        raise ValueError(f"it is damaged, or has a password ({error})") from error


def _judge_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS:
        raise TooMuchError(f"at most {_MOST_PARTS:,} parts of a spreadsheet, there are {len(parts):,}")
    names = {part.filename.lower().lstrip("/"): part for part in parts}
    if "xl/workbook.xml" not in names:
        raise ValueError("it holds no xl/workbook.xml")
    if len(names) < len(parts) or {part.compress_type for part in parts} - {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError("its parts are not as those of a spreadsheet")
    judge_bytes(
        "unpacked parts", sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    )
    shared = [_walk(archive, part, _Texts()) for name, part in names.items() if name.endswith("sharedstrings.xml")]
    lengths = dict(enumerate(length for texts in shared for length in texts.lengths))
    # Which of the parts are sheets the workbook says, by any name: whatever has cells is taken for one.
    sheets = [
        _walk(archive, part, _Cells(lengths))
        for name, part in names.items()
        if not name.endswith("sharedstrings.xml") and (name.endswith(".xml") or _has_cells(archive, part))
    ]
    judge_bytes("text in cells", sum(sheet.text for sheet in sheets))


def _has_cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part of any name, a picture for example, is a sheet."""
    before = b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            if b"sheetData" in before + chunk:
                return True
            before = chunk[-16:]
    return False


class _Part:
    """What is counted of one part."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def said(self, text: str) -> None:
        """Text of it."""

    def end(self, name: str) -> None:
        """It ends."""


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
    """From which cell to which a sheet goes, and how much text they hold."""

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

        elif name in ("v", "is", "f"):  # a cell without any has a colour, and is not there for who reads it
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
    """What is counted of a part, which is unpacked a little at a time, whatever the archive says of its size."""
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
