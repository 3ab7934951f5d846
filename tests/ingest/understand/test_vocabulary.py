"""Repeated values are understood once, and every row gets the meaning of its own value."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow.parquet import ParquetFile

from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.engine.connection import connect
from ingest.formats import log_format
from ingest.lake.data_file import write_file
from ingest.read.blocks import Block
from ingest.understand.provenance import NumberedBlock
from ingest.understand.understanding import Understanding
from ingest.understand.vocabulary import Vocabulary
from tests.ingest.lakes import BAD, line
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

HOST = "https://4321.rest.afas.online/ProfitRestServices"
NAMES = ("id_status", "partner", "customer", "operation", "connector", "query_length", "user_agent")


@pytest.fixture
def connection() -> Iterator[DuckDBPyConnection]:
    with contextlib.closing(connect(threads=1)) as connection:
        yield connection


def _raw(
    *rows: tuple[str | None, bool | None, str | None, str | None, str | None, str | None], is_id_logged: bool = True
) -> pa.Table:
    names = ("id_text", "id_repeated", "method", "base", "query", "user_agent")
    types = (pa.string(), pa.bool_(), *[pa.string()] * 4)
    table = pa.table(
        [pa.array(column, type_) for column, type_ in zip(zip(*rows, strict=True), types, strict=True)], names=names
    )
    return table.append_column("id_logged", pa.array([is_id_logged] * len(rows)))


def _said(vocabulary: Vocabulary, raw: pa.Table) -> list[tuple[Any, ...]]:
    rows = vocabulary.encode(raw)
    codes = rows.select([name for name in rows.column_names if name.endswith("_code")])
    return [tuple(row[name] for name in NAMES) for row in vocabulary.complete(codes, NAMES).to_pylist()]


FIRST = _raw(
    ("1234_5", False, "get", f"{HOST}/connectors/KnSubject", "?skip=1", "A/1"),
    (None, None, "POST", f"{HOST}/connectors/KnSubject", "", None),
    ("1234_5", False, "GET", f"{HOST}/connectors/KnSubject", "?skip=1", "A/1"),
)
SAID_OF_FIRST = [
    ("valid", 1234, "4321", "get", "KnSubject", 7, "A/1"),
    ("missing", None, "4321", "insert", "KnSubject", 0, None),
    ("valid", 1234, "4321", "get", "KnSubject", 7, "A/1"),
]
SECOND = _raw(
    ("1234_5", True, "GET", f"{HOST}/connectors/FbSales", "?skip=1", "B/2"),
    ("1234_5", False, "get", f"{HOST}/connectors/KnSubject", "", "A/1"),
)
SAID_OF_SECOND = [
    ("malformed", None, "4321", "get", "FbSales", 7, "B/2"),
    ("valid", 1234, "4321", "get", "KnSubject", 0, "A/1"),
]


@pytest.mark.parametrize(
    "bounds",
    [*({"most": most} for most in (0, 1, 2, 100)), *({"most_bytes": most_bytes} for most_bytes in (1, 50, 90, 500))],
)
def test_what_a_value_says_does_not_depend_on_what_came_before(
    connection: DuckDBPyConnection, bounds: dict[str, int]
) -> None:
    vocabulary = Vocabulary(connection, **bounds)

    said = [_said(vocabulary, raw) for raw in (FIRST, SECOND, FIRST, SECOND)]

    assert said == [SAID_OF_FIRST, SAID_OF_SECOND, SAID_OF_FIRST, SAID_OF_SECOND]


def test_a_column_that_no_line_of_a_block_has_may_be_without_a_type(connection: DuckDBPyConnection) -> None:
    vocabulary = Vocabulary(connection)
    untyped = FIRST.set_column(0, "id_text", pa.nulls(3))

    assert _said(vocabulary, FIRST) == SAID_OF_FIRST
    assert [row[:2] for row in _said(vocabulary, untyped)] == [("missing", None)] * 3


@pytest.mark.parametrize(
    ("bounds", "remembered"),
    [
        # Two of the block, and those before it as long as they are three at most,
        ({"most": 3}, [2, 4, 2, 4, 2]),
        # or as long as what is known has a hundred bytes at most: two of these values have fewer, four have more.
        ({"most_bytes": 100}, [2, 4, 2, 4, 2]),
        ({"most_bytes": 10}, [2, 2, 2, 2, 2]),
        ({}, [2, 4, 6, 8, 10]),
    ],
)
def test_only_so_much_is_remembered(
    bounds: dict[str, int], remembered: list[int], connection: DuckDBPyConnection
) -> None:
    vocabulary = Vocabulary(connection, **bounds)

    found = []
    for block in range(5):
        queries = [f"?skip={2 * block + number:031}" for number in (1, 2)]
        vocabulary.encode(_raw(*[(None, None, None, None, query, None) for query in queries]))
        found.append(len(connection.sql("select code from known_request_queries").fetchall()))

    assert found == remembered


def test_long_values_leave_nothing_behind_in_the_engine(connection: DuckDBPyConnection) -> None:
    vocabulary = Vocabulary(connection, most_bytes=1 << 20)
    held = []
    for block in range(5):
        queries = [f"?skip={block}&filtervalues={number}{'x' * 50_000}" for number in range(100)]
        vocabulary.encode(_raw(*[(None, None, None, None, query, None) for query in queries]))
        [[held_now]] = connection.sql("select sum(memory_usage_bytes)::bigint from duckdb_memory()").fetchall()
        held.append(held_now)

    assert held[-1] < held[0] + (1 << 20)


@pytest.mark.parametrize("is_first", [True, False])
def test_nothing_is_said_where_nothing_was_asked(connection: DuckDBPyConnection, *, is_first: bool) -> None:
    vocabulary = Vocabulary(connection)
    if not is_first:  # it is known what answers look like, so the engine is not asked for their columns
        assert _said(vocabulary, FIRST) == SAID_OF_FIRST

    no_method = _raw((None, None, None, f"{HOST}/connectors/KnSubject", None, None))
    no_url = _raw((None, None, "GET", None, None, None))

    assert _said(vocabulary, no_method) == [("missing", None, None, None, None, None, None)]
    assert _said(vocabulary, no_url) == [("missing", None, None, None, None, None, None)]
    assert _said(vocabulary, no_url.slice(0, 0)) == []
    assert _said(vocabulary, FIRST) == SAID_OF_FIRST


def test_what_is_known_goes_on_to_the_next_vocabulary_of_the_process_and_says_the_same(
    connection: DuckDBPyConnection,
) -> None:
    Vocabulary.of_process(connection)  # takes what other tests have left
    first = Vocabulary.of_process(connection)
    assert _said(first, FIRST) == SAID_OF_FIRST
    first.leave()
    second, beside = Vocabulary.of_process(connection), Vocabulary.of_process(connection)

    assert _said(second, SECOND) == SAID_OF_SECOND
    known = connection.sql("select code from known_user_agents").fetchall()
    assert _said(beside, FIRST) == SAID_OF_FIRST
    assert _said(second, FIRST) == SAID_OF_FIRST

    assert len(known) == 3  # B/2 and A/1 of the block, and none, which the first one has met


def test_calls_and_rejects_come_in_the_order_of_their_lines_however_many_values_are_known() -> None:
    understanding = Understanding()
    understanding.begin(now=NOW, time_zone="UTC")
    with contextlib.closing(understanding):
        known = b"".join(line(number, headers={"IntegrationId": f"4321_{number}"}) for number in range(3000))
        for content in (known, line(1) + BAD + line(2, status=9) + line(0) + BAD + line(2999) + line(3)):
            numbered = NumberedBlock(
                block=Block(content, 0), first_line=1, context={}, load_id="", source="", stream=""
            )
            understood, _ = understanding.read([numbered], log_format("json"))
        assert understood.calls["line_number"].to_pylist() == [1, 4, 6, 7]
        assert understood.rejects["line_number"].to_pylist() == [2, 3, 5]


def test_encoded_texts_are_written_as_texts_and_only_those_that_stand_in_a_row(tmp_path: Path) -> None:
    columns = [column for column in CALL_COLUMNS if column.name in {"customer", "connector", "partner"}]
    pieces: list[tuple[list[str], list[int], list[int | None]]] = [
        (["1111", "4444"], [1, 0, 1], [3333, 2222, None]),
        (["4444", "2222"], [0, 1], [5555, 5555]),
    ]
    rows = pa.concat_tables(
        pa.table(
            {
                "customer": pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), customers),
                "partner": pa.array(partners, pa.int32()),
                "connector": pa.DictionaryArray.from_arrays(
                    pa.nulls(len(codes), pa.int32()), pa.array([], pa.string())
                ),
            }
        )
        for customers, codes, partners in pieces
    )

    new = write_file(tmp_path, "calls", rows.schema, [rows])

    with ParquetFile(new.path) as written:
        table = written.read()
        statistics = written.metadata.row_group(0).column(0).statistics
    assert table.schema.field("customer").type == pa.string()
    assert table["customer"].to_pylist() == ["4444", "1111", "4444", "4444", "2222"]
    assert table["partner"].to_pylist() == [3333, 2222, None, 5555, 5555]
    assert table["connector"].null_count == 5
    assert (statistics.min, statistics.max) == ("1111", "4444")
    assert table.cast(arrow_schema([next(c for c in columns if c.name == name) for name in table.column_names]))
    assert '"customer": "1111"' in new.stats
    assert '"partner": 5555' in new.stats
