"""Reads a file as sheets of text: a CSV or Parquet file is one sheet, a spreadsheet may have several. Values are not judged here.

Numbers, dates and booleans of spreadsheets and Parquet become the text that a CSV file would have for them.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analytics.registry.bounds import MOST_BYTES, TooMuchError, judge_bytes, judge_rows, judge_workbook
from analytics.registry.issue import Issue
from analytics.spreadsheet.formulas import original

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

DELIMITERS = (",", ";", "\t")
_MIDNIGHT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?= 00:00:00(?:\.0+)?$)")


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet with their places, without empty rows. An issue instead of a row ends them: the rest is unreadable."""

    name: str
    """The name in messages: the file, and the sheet if there are several."""
    counted_as: Literal["line", "row"]
    rows: Iterator[tuple[int, list[str] | Issue]]


def read_sheets(path: Path) -> tuple[list[Sheet], list[Issue]]:
    """The sheets of a file that are not empty, or the reason why it cannot be read. An empty CSV file is one sheet without rows."""
    file = str(path)
    if not path.is_file():
        there = "this is not a regular file" if path.exists() else "this file does not exist"
        return [], [Issue(file=file, expected=f"a CSV, XLSX or Parquet file, but {there}")]
    try:
        with path.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        judge_bytes("a file", len(content))
    except TooMuchError as error:
        return [], [Issue(file=file, expected=str(error))]
    except OSError as error:
        return [], [Issue(file=file, expected=f"a readable file, but the system says: {error.strerror}")]
    if content.startswith(b"PK\x03\x04"):
        return _workbook(file, content)
    if content.startswith(b"PAR1"):
        return _parquet(file, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        issue = "CSV, XLSX or Parquet, but this is an old spreadsheet, or has a password: save it as XLSX without a password"
        return [], [Issue(file=file, expected=issue)]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = content[error.start : error.start + 1].hex()
        return [], [
            Issue(file=file, line=line, expected=f"UTF-8, but byte {found} is not: save the file as 'CSV UTF-8'")
        ]
    return [Sheet(file, "line", _csv_rows(text, file))], []


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, list[str] | Issue]]:
    """Every row, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = [original(cell).strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Issue(file=file, line=line, expected=f"closed quotes, and doubled quotes inside them ({error})")
            return
        if any(cells):
            rows += 1
            try:
                judge_rows(rows, len(cells))
            except TooMuchError as error:
                yield line, Issue(file=file, line=line, expected=str(error))
                return
            yield line, cells


def _delimiter(text: str) -> str:
    """The delimiter that splits the first line into the most columns."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max(DELIMITERS, key=first.count)


def _workbook(file: str, content: bytes) -> tuple[list[Sheet], list[Issue]]:
    import fastexcel
    import polars as pl

    try:
        judge_workbook(content)
        sheets = pl.read_excel(
            content,
            sheet_id=0,
            has_header=False,
            drop_empty_rows=False,
            raise_if_empty=False,
            read_options={"dtypes": "string", "skip_rows": 0},  # so that the rows keep their numbers
        )
    except TooMuchError as error:
        return [], [Issue(file=file, expected=str(error))]
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        return [], [Issue(file=file, expected=f"CSV, XLSX or Parquet, but this spreadsheet cannot be read: {reason}")]
    filled = {name: rows for name, sheet in sheets.items() if (rows := list(_rows(sheet, first=1)))}
    if not filled:
        return [], [Issue(file=file, expected="a sheet with rows, but every sheet is empty")]
    return [
        Sheet(file if len(filled) == 1 else f"{file}, sheet {name}", "row", iter(rows)) for name, rows in filled.items()
    ], []


def _parquet(file: str, content: bytes) -> tuple[list[Sheet], list[Issue]]:
    import polars as pl

    # Imported here because it brings in all log formats. Every command reads the registry, but only one loads it.
    from ingest.formats.parquet.pages import PagesError

    try:
        _judge_parquet(content)
        table = pl.read_parquet(content)
        text = table.select(pl.col(name).cast(_plain(dtype)).cast(pl.String) for name, dtype in table.schema.items())
    except TooMuchError as error:
        return [], [Issue(file=file, expected=str(error))]
    except (pl.exceptions.PolarsError, PagesError, ValueError, OSError) as error:
        reason = str(error).partition("\n")[0]
        return [], [Issue(file=file, expected=f"CSV, XLSX or Parquet, but this Parquet file cannot be read: {reason}")]
    header: list[tuple[int, list[str] | Issue]] = [(0, [name.strip() for name in text.columns])]
    return [Sheet(file, "row", iter([*header, *_rows(text, first=1)]))], []


def _judge_parquet(content: bytes) -> None:
    """TooMuchError if a Parquet file would become too large. PagesError, ValueError or OSError if it is no Parquet file."""
    from pyarrow.parquet import ParquetFile

    from ingest.formats.parquet.pages import sizes_of

    with ParquetFile(io.BytesIO(content)) as parquet:
        columns = parquet.schema_arrow.names
        judge_rows(parquet.metadata.num_rows, len(columns))
        sizes = sizes_of(io.BytesIO(content), parquet.metadata, columns)
        judge_bytes("rows", int(sizes.most(sizes.rows)) * parquet.metadata.num_row_groups)
        judge_bytes("pages", sizes.held)


def _plain(dtype: pl.DataType) -> pl.DataType:
    """The type whose text is that of a CSV cell: whole numbers if frames had to turn them into floats, and plain instants."""
    import polars as pl

    if dtype.is_float():
        return pl.Int64()
    return pl.Datetime("us") if isinstance(dtype, pl.Datetime) else dtype


def _rows(sheet: pl.DataFrame, *, first: int) -> Iterator[tuple[int, list[str] | Issue]]:
    for place, values in enumerate(sheet.iter_rows(), start=first):
        cells = ["" if value is None else _without_midnight(value.strip()) for value in values]
        if any(cells):
            yield place, cells


def _without_midnight(cell: str) -> str:
    """The date, if the cell is a date at midnight: spreadsheets know only instants.

    >>> _without_midnight("2026-03-29 00:00:00"), _without_midnight("Acme")
    ('2026-03-29', 'Acme')
    """
    found = _MIDNIGHT.match(cell)
    return found[0] if found else cell
