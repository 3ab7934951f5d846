"""Turns the sheets of one file into rows of the registry, or into a list of everything that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from analytics.registry.issue import Issue
from analytics.registry.rows import RELATIONS, Relation, Row, columns
from analytics.registry.sheets import Sheet, read_sheets

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class PlacedRow:
    """A sound row, and the line of the file on which it begins."""

    line: int
    row: Row


@dataclass(frozen=True)
class RegistryTable:
    """The rows of one sheet, in order."""

    file: str
    relation: Relation
    rows: tuple[PlacedRow, ...]
    """The sound rows."""
    keys: tuple[tuple[int, str], ...]
    """The line and the key of every row that has one, unsound rows included."""
    counted_as: Literal["line", "row"] = "line"


def read_tables(path: Path) -> tuple[list[RegistryTable], list[Issue]]:
    """The sound rows of every sheet of a file, and all issues. A sheet without a readable header makes no table."""
    sheets, issues = read_sheets(path)
    tables = []
    for sheet in sheets:
        table, found = _read_table(sheet)
        issues += found
        if table is not None:
            tables.append(table)
    return tables, issues


def _read_table(sheet: Sheet) -> tuple[RegistryTable | None, list[Issue]]:
    header, issues = _header(sheet)
    if header is None:
        return None, issues
    relation, names = header
    rows: list[PlacedRow] = []
    keys: list[tuple[int, str]] = []
    for line, cells in sheet.rows:
        if isinstance(cells, Issue):
            issues.append(cells)
        elif len(cells) != len(names):
            wanted = f"{len(names)} values, as in the header, but there are {len(cells)}"
            issues.append(_issue(sheet, line, value=" | ".join(cells), expected=wanted))
        else:
            values = dict(zip(names, cells, strict=True))
            row, found = _row(relation, values, sheet, line)
            issues += found
            if key := values[columns(relation)[0]]:
                keys.append((line, key))
            if row is not None:
                rows.append(PlacedRow(line, row))
    return RegistryTable(sheet.name, relation, tuple(rows), tuple(keys), sheet.counted_as), issues


def _header(sheet: Sheet) -> tuple[tuple[Relation, list[str]] | None, list[Issue]]:
    line, cells = next(sheet.rows, (1, []))
    if isinstance(cells, Issue):
        return None, [cells]
    names = [cell.lower() for cell in cells]
    relation = _relation(names)
    if relation is None:
        keys = "; ".join(f"{name}: {', '.join(columns(name))}" for name in RELATIONS)
        return None, [_issue(sheet, line, value=" | ".join(cells), expected=f"a header with columns of {keys}")]
    known = columns(relation)
    issues = [
        _issue(sheet, line, column=cell or f"column {place}", expected=f"columns of {relation}: {', '.join(known)}")
        for place, (cell, name) in enumerate(zip(cells, names, strict=True), start=1)
        if name not in known
    ]
    issues += [
        _issue(sheet, line, column=name, expected="each column only once") for name in known if names.count(name) > 1
    ]
    return (None, issues) if issues else ((relation, names), [])


def _relation(names: list[str]) -> Relation | None:
    """The relation of a header. Integrations come first, because they have a column partner too."""
    for relation in ("integrations", "customers", "partners"):
        if columns(relation)[0] in names:
            return relation
    return None


def _row(relation: Relation, cells: dict[str, str], sheet: Sheet, line: int) -> tuple[Row | None, list[Issue]]:
    filled = {name: cell for name, cell in cells.items() if cell}
    try:
        return RELATIONS[relation].model_validate(filled), []
    except ValidationError as error:
        return None, [
            _issue(
                sheet,
                line,
                column=str(problem["loc"][0]),
                value=cells.get(str(problem["loc"][0]), ""),
                expected="a value" if problem["type"] == "missing" else problem["msg"],
            )
            for problem in error.errors(include_url=False)
            if not _follows_from_a_bad_id(problem["type"], str(problem["loc"][0]), cells)
        ]


def _follows_from_a_bad_id(problem: str, column: str, cells: dict[str, str]) -> bool:
    """Whether the problem follows from another one: without a valid id, partner and project are missing too."""
    return problem == "missing" and column != "integration" and "integration" in cells


def _issue(sheet: Sheet, line: int, *, column: str | None = None, value: str | None = None, expected: str) -> Issue:
    place = line or None  # the column names of a Parquet file are in no row
    return Issue(
        file=sheet.name, line=place, counted_as=sheet.counted_as, column=column, value=value, expected=expected
    )
