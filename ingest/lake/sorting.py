"""Puts the calls of many data files into few, sorted, so that similar calls are together.

Calls are sorted by day, integration, customer, connector and time, in each file and from file to file. So a question about a day, an
integration or one customer of an integration reads few files and few of their row groups. A sorted call takes little more than half the
room of a call in the order of arrival.

The place of a call is one text of its day, integration, customer and time. The calls are cut by place into files, and each file into
slices that are sorted one by one. A sample of the calls shows where to cut. Because a place ends with the time, even the calls of one
caller can be cut. Such calls are then in the order of their connectors within each slice, but not across slices.
"""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import pyarrow as pa
from duckdb import CoalesceOperator, ColumnExpression, ConstantExpression, FunctionExpression
from duckdb.sqltypes import VARCHAR

from ingest.arrow import in_milliseconds
from ingest.lake.data_file import is_sorted, read_files, remove_files
from ingest.lake.rewriting import SCHEMAS, connect, failed, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from duckdb import DuckDBPyConnection, DuckDBPyRelation, Expression

    from ingest.lake.data_file import DataFile, NewFile

SORTED_BY: Final = ("day", "integration", "customer")
"""The sort order that a data file declares."""

_ORDER = "day, integration nulls first, customer nulls first, connector nulls first, called_at, load_id, line_number"
_SLICES = 6
"""The rows of a new file are sorted in this many slices, so that memory holds one of them."""
_AT_HAND = 3
"""The calls of a new file are put into memory where they are among more than this many times as many others."""
_SAMPLE_ROWS = 100_000
_CUTS = (Path(__file__).parent / "cuts.sql").read_text(encoding="utf-8")
_EQUAL_DIGITS = 10**16
"""Microseconds since 1970 have 15 digits, or 16. With this added they all have 17, so that they are in order as texts."""


def says_sorted(file: DataFile) -> bool:
    """Whether the calls of a data file are sorted. True for a file that cannot be read: it is left to `verify`."""
    try:
        return is_sorted(file.path, SCHEMAS["calls"], SORTED_BY)
    except (pa.ArrowException, OSError):
        return True


def sorted_calls(files: Sequence[DataFile], *, parts: int) -> list[NewFile]:
    """The calls of all these data files in about `parts` new ones of about equal size, sorted in each and from one to the next.

    Memory holds the calls of one new file, or less.
    """
    folder = files[0].path.parent
    rows = sum(file.rows for file in files)
    new: list[NewFile] = []
    with connect() as connection:
        try:
            all_of_them = read_files(connection, [file.path for file in files])
            for low, high in _cut(connection, all_of_them, rows, parts):
                part = _part(connection, files, low, high, rows=rows // parts)
                new.append(_write_part(connection, part, folder))
        except duckdb.Error as error:
            remove_files(file.path for file in new)
            raise failed(folder, error) from error
        except BaseException:
            remove_files(file.path for file in new)
            raise
    return new


def _part(
    connection: DuckDBPyConnection, files: Sequence[DataFile], low: str | None, high: str | None, *, rows: int
) -> DuckDBPyRelation:
    """The calls between these places, about this many."""
    first = None if low is None else dt.date.fromisoformat(low[:10])
    last = None if high is None else dt.date.fromisoformat(high[:10])
    near = [
        file
        for file in files
        if (first is None or file.max_day is None or file.max_day >= first)
        and (last is None or file.min_day is None or file.min_day <= last)
    ]
    calls = read_files(connection, [file.path for file in near])
    day = ColumnExpression("day")  # the reader skips row groups by it, and not by a place
    if first is not None:
        calls = calls.filter(day >= ConstantExpression(first))
    if last is not None:
        calls = calls.filter(day <= ConstantExpression(last))
    part = _between(calls, low, high)
    if sum(file.rows for file in near) <= _AT_HAND * rows:
        return part
    # Many files hold calls of this day. They are read once for the part, and not once for each of its slices.
    connection.execute("drop table if exists part")
    part.create("part")
    return connection.table("part")


def _write_part(connection: DuckDBPyConnection, part: DuckDBPyRelation, folder: Path) -> NewFile:
    [(rows, is_whole)] = part.aggregate("count(*), bool_and(epoch_us(called_at) % 1000 = 0)").fetchall()
    schema = in_milliseconds(SCHEMAS["calls"]) if is_whole else SCHEMAS["calls"]
    slices = [_between(part, low, high).order(_ORDER) for low, high in _cut(connection, part, rows, _SLICES)]
    return write_rows(folder, schema, slices, sorted_by=SORTED_BY)


def _cut(
    connection: DuckDBPyConnection, calls: DuckDBPyRelation, rows: int, parts: int
) -> Iterator[tuple[str | None, str | None]]:
    """The places between which the calls of each part are: from one, and before the other. None where there is no end."""
    # Which calls are in the sample follows from the calls, so that cutting them again gives the same parts.
    number = FunctionExpression("hash", ColumnExpression("load_id"), ColumnExpression("line_number"))
    sampled = calls.filter(number % ConstantExpression(max(rows // _SAMPLE_ROWS, 1)) == ConstantExpression(0))
    sampled.project(_place().alias("place")).create_view("sampled", replace=True)
    begins = dict.fromkeys(place for (place,) in connection.execute(_CUTS, {"parts": parts}).fetchall())
    return itertools.pairwise([None, *list(begins)[1:], None])


def _between(calls: DuckDBPyRelation, low: str | None, high: str | None) -> DuckDBPyRelation:
    if low is not None:
        calls = calls.filter(_place() >= ConstantExpression(low))
    return calls if high is None else calls.filter(_place() < ConstantExpression(high))


def _place() -> Expression:
    """Day, integration, customer and time of a call as one text. The separator sorts before all that stands in them."""
    texts = (
        # Null sorts before an empty text.
        CoalesceOperator(
            FunctionExpression("||", ConstantExpression("+"), ColumnExpression(name)), ConstantExpression("")
        )
        for name in ("integration", "customer")
    )
    micros = FunctionExpression("epoch_us", ColumnExpression("called_at"))
    time = (micros + ConstantExpression(_EQUAL_DIGITS)).cast(VARCHAR)
    return FunctionExpression(
        "concat_ws", ConstantExpression("\x1f"), ColumnExpression("day").cast(VARCHAR), *texts, time
    )
