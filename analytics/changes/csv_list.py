"""Reads a list of changes as CSV: description, connector, operation, severity and field, in two languages. Only connector is required."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from analytics.changes.cells import columns_of, connectors_in, operations_in, paths_in, row_of
from analytics.changes.change import SEVERITIES, Change, ChangesError, Notes, each_once
from analytics.changes.severity import severity_named
from analytics.spreadsheet.formulas import original

if TYPE_CHECKING:
    from collections.abc import Mapping


def read_csv_list(text: str, delimiter: str) -> Notes:
    """The changes of a list. ChangesError if a row names something unknown."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: dict[str, int] = {}
    changes: list[Change] = []
    try:
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = columns_of(cells)
                continue
            changes.append(
                _change(rows.line_num, {name: original(text).strip() for name, text in row_of(columns, cells).items()})
            )
    except csv.Error as error:
        raise ChangesError(f"line {rows.line_num}: {error}") from None
    if not changes:
        raise ChangesError("it holds a header but no changes")
    return Notes(tuple(each_once(changes)), len(changes), ())


def _change(line: int, row: Mapping[str, str]) -> Change:
    connectors, unread = connectors_in(row["connector"])
    operations, unknown = operations_in(row.get("operation", ""))
    severity = severity_named(row.get("severity", ""))
    if unread or not connectors:
        raise ChangesError(
            f"line {line}: connector {row['connector']!r} is not the name of a connector, like KnSubject"
        )
    if unknown:
        raise ChangesError(
            f"line {line}: operation {unknown[0]!r} is unknown; expected get, insert, update, delete, GET, POST, PUT or DELETE"
        )
    if row.get("severity") and severity is None:
        raise ChangesError(f"line {line}: severity {row['severity']!r} is unknown; expected {', '.join(SEVERITIES)}")
    return Change(
        description=row.get("description") or row["connector"],
        severity=severity or "changed",
        connectors=connectors,
        paths=paths_in(row["connector"]),
        operations=operations,
        field=row.get("field") or None,
        line=line,
    )
