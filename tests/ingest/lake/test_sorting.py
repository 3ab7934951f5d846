"""Calls in sorted data files: every value stays, and a question about a day, an integration or a customer reads little."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow.parquet import ParquetFile, read_schema

from ingest import Lake
from ingest.arrow import MILLISECONDS
from ingest.call import CALL_COLUMNS
from ingest.lake.compaction import FileSizes
from ingest.lake.data_file import DataFile, data_files, read_files, write_file
from ingest.lake.sorting import sorted_calls as in_sorted_files
from tests.ingest.lake.maintained import loaded_lake, maintain, sorted_calls
from tests.ingest.lakes import SCHEMAS, broken, line, lines
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCHEMA = SCHEMAS["calls"]
ROW_GROUP = 128 * 1024
FILE_SIZES = FileSizes(file_rows=20, small_rows=8)

TEXTS = (
    st.sampled_from(["", " ", "+", "\x1f", "1000_1", "1427?_40?221", "é", "connectors/KnSubject", "NULL"]) | st.text()
)
TIMES = st.integers(946_684_800_000, 1_900_000_000_000)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)),
    "double": st.floats(allow_nan=False) | st.integers(0, 900_000).map(float),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "varchar": TEXTS,
    "varchar[]": st.lists(TEXTS, max_size=3),
    "integer[]": st.lists(st.integers(1, 99), max_size=3),
}


@st.composite
def _calls(draw: st.DrawFn) -> pa.Table:
    """Calls as no log would have them. All times of them are whole milliseconds, or not all."""
    unit = draw(st.sampled_from([1000, 500, 1]))
    instants = TIMES.map(lambda ms: ms * 1000) if unit == 1000 else TIMES.map(lambda ms: ms * 1000 + 1000 // unit)
    strategies = {
        column.name: instants
        if column.name == "called_at"
        else VALUES[column.sql_type] | st.none()
        if column.nullable
        else VALUES[column.sql_type]
        for column in CALL_COLUMNS
    }
    rows = draw(st.lists(st.fixed_dictionaries(strategies), min_size=1, max_size=12))
    return pa.table(
        [
            pa.array([row[field.name] for row in rows], pa.int64()).cast(field.type)
            if field.name == "called_at"
            else pa.array([row[field.name] for row in rows], field.type)
            for field in SCHEMA
        ],
        schema=SCHEMA,
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_calls(), min_size=1, max_size=3), st.integers(1, 4))
def test_every_value_of_every_call_stays(
    tmp_path_factory: pytest.TempPathFactory, arrived: list[pa.Table], parts: int
) -> None:
    folder = tmp_path_factory.mktemp("calls")
    files = [_data_file(folder, table) for table in arrived]
    new = in_sorted_files(files, parts=parts)
    assert _rows([file.path for file in new]) == _rows([file.path for file in files])
    assert all(file.rows for file in new)


@pytest.mark.parametrize(("fraction", "is_in_milliseconds"), [(0.25, True), (0.2501, False)])
def test_times_are_kept_in_milliseconds_where_none_has_a_fraction_of_one(
    tmp_path: Path, fraction: float, *, is_in_milliseconds: bool
) -> None:
    lake = loaded_lake(tmp_path, line(0), line(1, timestamp=1_790_805_001 + fraction))
    before = sorted_calls(lake)
    assert [_is_in_milliseconds(file) for file in _files(lake)].count(False) == (not is_in_milliseconds)
    maintain(lake, now=NOW)
    [file] = _files(lake)
    assert _is_in_milliseconds(file) == is_in_milliseconds
    assert sorted_calls(lake) == before
    assert broken(lake) == {}


def test_a_large_file_in_the_order_of_arrival_is_sorted_once(tmp_path: Path) -> None:
    customers = [1300, 1100, 1200] * 4
    lake = loaded_lake(
        tmp_path,
        b"".join(
            line(number, url=f"https://{customer}.rest.afas.online/x") for number, customer in enumerate(customers)
        ),
    )
    [arrived] = _files(lake)
    before = sorted_calls(lake)
    maintain(lake, now=NOW, sizes=FILE_SIZES)
    [compacted] = _files(lake)
    assert compacted.path != arrived.path
    assert ParquetFile(compacted.path).read()["customer"].to_pylist() == sorted(map(str, customers))
    maintain(lake, now=NOW, sizes=FILE_SIZES)
    assert _files(lake) == (compacted,)
    assert sorted_calls(lake) == before
    assert broken(lake) == {}


def test_a_small_file_waits_for_another_one(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(range(7)))
    before = _files(lake)
    maintain(lake, now=NOW, sizes=FILE_SIZES)
    assert _files(lake) == before


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Path]]:
    """Data files with the calls of two days, mixed as they arrive, and the files in which the same calls are sorted.

    Each of 40 integrations has 300 customers of its own, whose numbers are among those of the others.
    """
    folder = tmp_path_factory.mktemp("calls")
    lake = loaded_lake(folder, line(0))
    [call] = ParquetFile(_files(lake)[0].path).read().to_pylist()
    rows = 3 * ROW_GROUP
    number = np.random.default_rng(1).permutation(2 * rows)
    integration, customer = number % 40, number // 40 % 300
    changed = {
        "integration": pa.array((integration + 1000).astype(str)),
        "customer": pa.array((100_000 + customer * 100 + integration).astype(str)),
        "day": pa.array((number >= rows).astype("int32")).cast(pa.date32()),
        "called_at": pa.array(number, pa.int64()).cast(pa.timestamp("us", "UTC")),
        "line_number": pa.array(number, pa.int64()),
    }
    values = [changed.get(field.name, pa.repeat(pa.scalar(call[field.name], field.type), 2 * rows)) for field in SCHEMA]
    calls = pa.table(values, schema=SCHEMA)
    arrived = [_data_file(lake / "calls", calls.slice(begin, rows)) for begin in (0, rows)]
    new = in_sorted_files(arrived, parts=2)
    return [file.path for file in arrived], [file.path for file in new]


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        ({"day": "1970-01-02"}, 4),  # its three, and one with the end of the day before
        ({"integration": "1007"}, 2),
        ({"day": "1970-01-02", "integration": "1007"}, 1),
        ({"customer": "115007"}, 2),
        ({"day": "1970-01-02", "customer": "115007"}, 1),
        ({"day": "1970-01-02", "integration": "1007", "customer": "115007"}, 1),
    ],
)
def test_who_asks_for_a_day_an_integration_or_a_customer_reads_few_row_groups(
    world: tuple[list[Path], list[Path]], wanted: dict[str, str], most: int
) -> None:
    arrived, compacted = world
    assert _row_groups(arrived, wanted) == (6, 6)
    needed, all_of_them = _row_groups(compacted, wanted)
    assert 1 <= needed <= most
    assert 6 <= all_of_them <= 8


def _row_groups(files: Sequence[Path], wanted: dict[str, str]) -> tuple[int, int]:
    """How many row groups of these data files may hold such calls, by all that the files tell about them, and how many there are."""
    needed: set[tuple[Path, int]] = set()
    total = 0
    with duckdb.connect() as connection:
        for path in files:
            groups = dict.fromkeys(range(ParquetFile(path).metadata.num_row_groups))
            total += len(groups)
            for name, value in wanted.items():
                bounds = connection.execute(
                    "select row_group_id, stats_min_value <= $value and $value <= stats_max_value from parquet_metadata($path)"
                    " where path_in_schema = $name",
                    {"path": str(path), "name": name, "value": value},
                ).fetchall()
                probed = connection.execute(
                    "select row_group_id, not bloom_filter_excludes from parquet_bloom_probe($path, $name, $value)",
                    {"path": str(path), "name": name, "value": value},
                ).fetchall()
                may_hold = [{number for number, holds in found if holds} for found in (bounds, probed)]
                groups = {number: None for number in groups if all(number in some for some in may_hold)}
            needed |= {(path, number) for number in groups}
    return len(needed), total


def _data_file(folder: Path, table: pa.Table) -> DataFile:
    new = write_file(folder, "arrived", table.schema, [table])
    return DataFile(new.path, new.rows, None, None, None, None, None, None)


def _files(lake: Path) -> tuple[DataFile, ...]:
    return data_files(Lake(lake).open("calls"), lake / "calls")


def _is_in_milliseconds(file: DataFile) -> bool:
    return bool(read_schema(file.path).field("called_at").type == MILLISECONDS)


def _rows(files: Sequence[Path]) -> list[str]:
    with duckdb.connect() as connection:
        rows = read_files(connection, files).project("* replace (epoch_us(called_at) as called_at)").fetchall()
    return sorted(map(repr, rows))
