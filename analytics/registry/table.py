"""One CSV file as rows of the registry, or everything that is wrong with it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from analytics.registry.rows import RELATIONS, Relation, Row, columns

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DELIMITERS = (",", ";", "\t")
VALUE_LIMIT = 80
"""Longer values are cut in messages, characters."""


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One thing that keeps a file from being loaded, and where.

    >>> print(Issue(file="partners.csv", line=4, column="partner", value="12a", expected="4 to 7 digits"))
    partners.csv, line 4, partner: got '12a', expected 4 to 7 digits
    """

    file: str | None = None
    line: int | None = None
    column: str | None = None
    value: str | None = None
    expected: str

    def __str__(self) -> str:
        line = None if self.line is None else f"line {self.line}"
        where = ", ".join(part for part in (self.file, line, self.column) if part is not None)
        got = "" if self.value is None else f"got {_shown(self.value)}, "
        return f"{where}: {got}expected {self.expected}" if where else f"{got}expected {self.expected}"


@dataclass(frozen=True)
class PlacedRow:
    """A sound row and the line of the file it begins on."""

    line: int
    row: Row


@dataclass(frozen=True)
class RegistryTable:
    """The rows of one file, in the file's order."""

    file: str
    relation: Relation
    rows: tuple[PlacedRow, ...]
    """The sound ones."""
    keys: tuple[tuple[int, str], ...]
    """Line and first column of every row that has one, the unsound included."""


def read_table(path: Path) -> tuple[RegistryTable | None, list[Issue]]:
    """The file's sound rows and all its issues; no table where not even the header can be read."""
    text, issue = _text(path)
    if issue is not None:
        return None, [issue]
    lines = _cells(text, _delimiter(text), file=str(path))
    header, issues = _header(lines, file=str(path))
    if header is None:
        return None, issues
    relation, names = header
    rows: list[PlacedRow] = []
    keys: list[tuple[int, str]] = []
    for line, cells in lines:
        if isinstance(cells, Issue):
            issues.append(cells)
        elif len(cells) != len(names):
            issues.append(
                Issue(
                    file=str(path),
                    line=line,
                    value=" | ".join(cells),
                    expected=f"{len(names)} values as in the header, there are {len(cells)}",
                )
            )
        else:
            values = dict(zip(names, cells, strict=True))
            row, found = _row(relation, values, file=str(path), line=line)
            issues += found
            if key := values[columns(relation)[0]]:
                keys.append((line, key))
            if row is not None:
                rows.append(PlacedRow(line, row))
    return RegistryTable(str(path), relation, tuple(rows), tuple(keys)), issues


def _text(path: Path) -> tuple[str, Issue | None]:
    file = str(path)
    if not path.is_file():
        what = "a CSV file, this is no regular file" if path.exists() else "a CSV file, there is none of this name"
        return "", Issue(file=file, expected=what)
    try:
        content = path.read_bytes()
    except OSError as error:
        return "", Issue(file=file, expected=f"a file that can be read, the system says: {error.strerror}")
    if content.startswith(b"PK\x03\x04"):
        return "", Issue(file=file, expected="CSV, this is a spreadsheet: save it as 'CSV UTF-8'")
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = content[error.start : error.start + 1].hex()
        return "", Issue(file=file, line=line, expected=f"UTF-8, byte {found} is not: save it as 'CSV UTF-8'")


def _delimiter(text: str) -> str:
    """The delimiter that makes the most columns of the first line."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _cells(text: str, delimiter: str, *, file: str) -> Iterator[tuple[int, list[str] | Issue]]:
    """Every row that is not empty with the line it begins on; an issue where the file stops being CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Issue(file=file, line=line, expected=f"quotes that are closed and doubled inside ({error})")
            return
        if any(cells):
            yield line, cells


def _header(
    lines: Iterator[tuple[int, list[str] | Issue]], *, file: str
) -> tuple[tuple[Relation, list[str]] | None, list[Issue]]:
    line, cells = next(lines, (1, []))
    if isinstance(cells, Issue):
        return None, [cells]
    names = [cell.lower() for cell in cells]
    relation = _relation(names)
    if relation is None:
        keys = "; ".join(f"{name}: {', '.join(columns(name))}" for name in RELATIONS)
        return None, [Issue(file=file, line=line, value=" | ".join(cells), expected=f"a header with columns of {keys}")]
    known = columns(relation)
    issues = [
        Issue(
            file=file,
            line=line,
            column=cell or f"column {place}",
            expected=f"columns of {relation}: {', '.join(known)}",
        )
        for place, (cell, name) in enumerate(zip(cells, names, strict=True), start=1)
        if name not in known
    ]
    issues += [
        Issue(file=file, line=line, column=name, expected="every column once")
        for name in known
        if names.count(name) > 1
    ]
    return (None, issues) if issues else ((relation, names), [])


def _relation(names: list[str]) -> Relation | None:
    """The relation a header tells; integrations first, for they have the column partner too."""
    for relation in ("integrations", "customers", "partners"):
        if columns(relation)[0] in names:
            return relation
    return None


def _row(relation: Relation, cells: dict[str, str], *, file: str, line: int) -> tuple[Row | None, list[Issue]]:
    filled = {name: cell for name, cell in cells.items() if cell}
    try:
        return RELATIONS[relation].model_validate(filled), []
    except ValidationError as error:
        return None, [
            Issue(
                file=file,
                line=line,
                column=str(problem["loc"][0]),
                value=cells.get(str(problem["loc"][0]), ""),
                expected="a value" if problem["type"] == "missing" else problem["msg"],
            )
            for problem in error.errors(include_url=False)
            if not _follows_from_a_bad_id(problem["type"], str(problem["loc"][0]), cells)
        ]


def _follows_from_a_bad_id(problem: str, column: str, cells: dict[str, str]) -> bool:
    """Partner and project come from the id: where that is wrong, their absence is no second problem."""
    return problem == "missing" and column != "integration" and "integration" in cells


def _shown(value: str) -> str:
    return repr(value if len(value) <= VALUE_LIMIT else value[:VALUE_LIMIT] + "…")
