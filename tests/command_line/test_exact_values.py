"""Every type that SQL has, in every format: no digit, bit or offset is lost, and none is invented."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import decimal
import io
import json
import math
import tracemalloc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.errors import SqlLimitError
from analytics.sandbox.exact import carried, restored
from command_line.printing import for_programs, output
from command_line.printing.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from tests.command_line.given import Run

HUGE, UNSIGNED_HUGE = 2**127 - 1, 2**128 - 1


def answer(query: str) -> pa.Table:
    """What the sandbox hands to the command line for this query."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        relation = connection.sql(query)
        table = carried(relation).to_arrow_reader(10).read_all()
        return restored(table, relation.columns, relation.types)


def in_json(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of JSON, with its numbers as they are spelled."""
    rows: list[dict[str, Any]] = json.loads(
        for_programs.rows_as_json(Rows.from_arrow(table)), parse_float=decimal.Decimal
    )
    return rows


def in_csv(table: pa.Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(for_programs.rows_as_csv(Rows.from_arrow(table)))))


CASES: list[tuple[str, object, str, object]] = [
    # expression, in JSON, in CSV, in Parquet
    ("1234567890123456789.123456789::decimal(38, 9)", decimal.Decimal("1234567890123456789.123456789"), "1234567890123456789.123456789", decimal.Decimal("1234567890123456789.123456789")),
    ("1.10::decimal(5, 2)", decimal.Decimal("1.10"), "1.10", decimal.Decimal("1.10")),
    ("0.000000001::decimal(18, 9)", decimal.Decimal("0.000000001"), "0.000000001", decimal.Decimal("0.000000001")),
    ("5::decimal(9, 0)", 5, "5", decimal.Decimal(5)),
    ("18446744073709551615::ubigint", 2**64 - 1, "18446744073709551615", 2**64 - 1),
    ("4294967295::uinteger", 2**32 - 1, "4294967295", 2**32 - 1),
    ("65535::usmallint", 65535, "65535", 65535),
    ("255::utinyint", 255, "255", 255),
    ("7::hugeint", 7, "7", decimal.Decimal(7)),
    (f"{HUGE}::hugeint", HUGE, str(HUGE), str(HUGE)),
    (f"(-{HUGE} - 1)::hugeint", -HUGE - 1, str(-HUGE - 1), str(-HUGE - 1)),
    (f"{UNSIGNED_HUGE}::uhugeint", UNSIGNED_HUGE, str(UNSIGNED_HUGE), str(UNSIGNED_HUGE)),
    ("'123456789012345678901234567890123456789012'::bignum", "123456789012345678901234567890123456789012", "123456789012345678901234567890123456789012", "123456789012345678901234567890123456789012"),
    ("'12:34:56.789+02:00'::timetz", "12:34:56.789+02", "12:34:56.789+02", "12:34:56.789+02"),
    ("'23:59:59.999999-15:59'::timetz", "23:59:59.999999-15:59", "23:59:59.999999-15:59", "23:59:59.999999-15:59"),
    ("'12:34:56.123456'::time", "12:34:56.123456", "12:34:56.123456", dt.time(12, 34, 56, 123456)),
    ("'24:00:00'::time", "24:00:00", "24:00:00", None),  # Polars has no 24:00
    ("'12:34:56.123456789'::time_ns", "12:34:56.123456789", "12:34:56.123456789", dt.time(12, 34, 56, 123456)),
    ("'00101001'::bit", "00101001", "00101001", "00101001"),
    ("'1'::bit", "1", "1", "1"),
    ("'12345678-1234-1234-1234-123456789abc'::uuid", "12345678-1234-1234-1234-123456789abc", "12345678-1234-1234-1234-123456789abc", "12345678-1234-1234-1234-123456789abc"),
    ("interval '1 year 2 months 3 days 04:05:06.789'", "1 year 2 months 3 days 04:05:06.789", "1 year 2 months 3 days 04:05:06.789", "1 year 2 months 3 days 04:05:06.789"),
    (r"'\xAA\x00abc'::blob", "aa00616263", "aa00616263", b"\xaa\x00abc"),
    ("'b'::enum('a', 'b')", "b", "b", "b"),
    ("'{\"a\": 1.10}'::json", '{"a": 1.10}', '{"a": 1.10}', '{"a": 1.10}'),
    ("union_value(number := 2)", 2, "2", "2"),
    (f"union_value(number := {HUGE}::hugeint)", str(HUGE), str(HUGE), str(HUGE)),
    ("42::variant", "42", "42", "42"),
    ("'2026-03-29 01:30:00.5+02'::timestamptz", "2026-03-28T23:30:00.500000Z", "2026-03-28T23:30:00.500000Z", dt.datetime(2026, 3, 28, 23, 30, 0, 500_000, ZoneInfo("UTC"))),
    ("'2026-03-29 01:30:00.123456789'::timestamp_ns", "2026-03-29T01:30:00.123456789", "2026-03-29T01:30:00.123456789", dt.datetime(2026, 3, 29, 1, 30, 0, 123456)),  # noqa: DTZ001 - it has none
    ("'2026-03-29 01:30:00.123'::timestamp_ms", "2026-03-29T01:30:00.123000", "2026-03-29T01:30:00.123000", dt.datetime(2026, 3, 29, 1, 30, 0, 123000)),  # noqa: DTZ001
    ("'2026-03-29 01:30:00'::timestamp_s", "2026-03-29T01:30:00", "2026-03-29T01:30:00", dt.datetime(2026, 3, 29, 1, 30)),  # noqa: DTZ001
    ("0.1::float", decimal.Decimal("0.1"), "0.1", 0.10000000149011612),
    ("1e-7::double", decimal.Decimal("1e-07"), "1e-07", 1e-7),
    ("'nan'::double", None, "nan", math.nan),
    ("'-inf'::double", None, "-inf", -math.inf),
    ("[1.10, 2.25]::decimal(5, 2)[]", [decimal.Decimal("1.10"), decimal.Decimal("2.25")], "[1.10, 2.25]", [decimal.Decimal("1.10"), decimal.Decimal("2.25")]),
    (f"[{HUGE}, null]::hugeint[]", [HUGE, None], f"[{HUGE}, null]", [str(HUGE), None]),
    ("[1, 2]::uhugeint[2]", [1, 2], "[1, 2]", [decimal.Decimal(1), decimal.Decimal(2)]),
    ("['01'::bit, null]", ["01", None], '["01", null]', ["01", None]),
    ("{'at': '12:00:00+01'::timetz, 'of': [{'x': 1.10::decimal(4, 2)}]}", {"at": "12:00:00+01", "of": [{"x": decimal.Decimal("1.10")}]}, '{"at": "12:00:00+01", "of": [{"x": 1.10}]}', {"at": "12:00:00+01", "of": [{"x": decimal.Decimal("1.10")}]}),
    ("row(1, '1'::bit, 3::hugeint)", {"element1": 1, "element2": "1", "element3": 3}, '{"element1": 1, "element2": "1", "element3": 3}', {"element1": 1, "element2": "1", "element3": decimal.Decimal(3)}),
    ("map {'a': 1.10::decimal(4, 2)}", [["a", decimal.Decimal("1.10")]], '[["a", 1.10]]', {"a": decimal.Decimal("1.10")}),
    ("map {7::uhugeint: interval '2 days'}", [[7, "2 days"]], '[[7, "2 days"]]', {decimal.Decimal(7): "2 days"}),
    ("['2026-03-29 01:30:00.000000001'::timestamp_ns]", ["2026-03-29T01:30:00.000000001"], '["2026-03-29T01:30:00.000000001"]', [dt.datetime(2026, 3, 29, 1, 30)]),  # noqa: DTZ001
    ("null::hugeint", None, "", None),
    ("null::struct(x bit)", None, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "json_value", "csv_value", "parquet_value"), CASES)
def test_a_value_of_every_type_is_whole_in_every_format(
    expression: str, json_value: object, csv_value: str, parquet_value: object
) -> None:
    table = answer(f"select {expression} as found")
    assert repr(in_json(table)) == repr([{"found": json_value}])  # repr tells 1.1 from 1.10, and 2 from True
    assert in_csv(table) == [["found"], [csv_value]]
    in_file = pl.read_parquet(for_programs.as_parquet(table))
    assert repr(in_file["found"].to_list()) == repr([parquet_value])


def test_days_that_python_does_not_have_are_text_and_their_neighbours_are_not_changed() -> None:
    table = answer(
        "select * from (values ('infinity'::timestamptz, '-infinity'::date), "
        "('2026-03-29 00:00:00+00', '0044-03-15 (BC)'), (null, '2026-03-29')) as found(called_at, day)"
    )
    assert in_json(table) == [
        {"called_at": "infinity", "day": "-infinity"},
        {"called_at": "2026-03-29T00:00:00Z", "day": "0044-03-15 (BC)"},
        {"called_at": None, "day": "2026-03-29"},
    ]


def test_columns_of_one_name_keep_their_own_types() -> None:
    table = answer(f"select 1 as x, '01'::bit as x, {HUGE}::hugeint as X")
    assert table.column_names == ["x", "x", "X"]
    assert in_csv(table)[1] == ["1", "01", str(HUGE)]


def test_a_sum_has_one_type_in_parquet_whatever_is_in_it() -> None:
    for query in ("select sum(x) as s from range(3) t(x)", "select sum(x) as s from range(0) t(x)"):
        assert pl.read_parquet(for_programs.as_parquet(answer(query))).schema == {"s": pl.Decimal(38, 0)}


def test_rows_stay_in_the_order_of_the_query() -> None:
    table = answer("select x::hugeint as x from range(5000) t(x) order by x % 7, x desc")
    expected = sorted(range(5000), key=lambda x: (x % 7, -x))
    assert [row["x"] for row in in_json(table)] == expected


def test_people_see_all_digits_of_a_decimal_and_what_a_small_number_is(capsys: pytest.CaptureFixture[str]) -> None:
    table = answer("select 1234567.10::decimal(12, 2) a, 0.00000123::double b, 'inf'::double c, 0.0::double d")
    output.print_arrow(table, "table")
    assert capsys.readouterr().out.splitlines()[2].split() == ["1,234,567.10", "1.23e-06", "inf", "0.0"]


def test_the_command_answers_in_whole_values(run: Run, loaded: Path) -> None:
    query = f"select {UNSIGNED_HUGE}::uhugeint as huge, '12:00:00+02'::timetz as at, 1.10::decimal(4, 2) as amount, '01'::bit as bits"
    code, out, _ = run("sql", query, "--json")
    assert (code, out) == (
        0,
        f'[\n  {{"huge": {UNSIGNED_HUGE}, "at": "12:00:00+02", "amount": 1.10, "bits": "01"}}\n]\n',
    )
    assert run("sql", "describe select 1::bit as x", "--json")[0] == 0
    assert run("sql", "explain select 1::hugeint as x")[0] == 0


# --- and so does every nesting of them


@dataclass(frozen=True)
class Typed:
    """A value as SQL spells it, its type, and what JSON says of it."""

    sql: str
    sql_type: str
    in_json: object


def _number(sql_type: str, lowest: int, highest: int) -> st.SearchStrategy[Typed]:
    return st.integers(lowest, highest).map(lambda value: Typed(f"'{value}'", sql_type, value))


def _decimal(digits: int) -> Typed:
    value = decimal.Decimal(digits).scaleb(-9, decimal.Context(prec=60))
    return Typed(f"'{value:f}'", "decimal(38, 9)", value)


SCALARS = st.one_of(
    _number("hugeint", -(2**127), 2**127 - 1),
    _number("uhugeint", 0, 2**128 - 1),
    _number("ubigint", 0, 2**64 - 1),
    st.integers(-(10**38) + 1, 10**38 - 1).map(_decimal),
    st.text("01", min_size=1, max_size=40).map(lambda bits: Typed(f"'{bits}'", "bit", bits)),
    st.integers(-15, 15).map(lambda hours: Typed(f"'10:00:00{hours:+03}'", "timetz", f"10:00:00{hours:+03}")),
    st.sampled_from(["hugeint", "bit", "timetz"]).map(lambda sql_type: Typed("null", sql_type, None)),
)


def _listed(value: Typed) -> Typed:
    return Typed(f"[{value.sql}, null]", f"{value.sql_type}[]", [value.in_json, None])


def _structured(pair: tuple[Typed, Typed]) -> Typed:
    first, second = pair
    return Typed(
        f"{{'a': {first.sql}, 'b c\"': {second.sql}}}",
        f'struct(a {first.sql_type}, "b c""" {second.sql_type})',
        {"a": first.in_json, 'b c"': second.in_json},
    )


def _mapped(value: Typed) -> Typed:
    return Typed(f"map {{'k': {value.sql}}}", f"map(varchar, {value.sql_type})", [["k", value.in_json]])


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(inner.map(_listed), st.tuples(inner, inner).map(_structured), inner.map(_mapped)),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(VALUES, min_size=1, max_size=6))
def test_any_nesting_of_such_values_keeps_them(values: list[Typed]) -> None:
    columns = ", ".join(f"({one.sql})::{one.sql_type} as c{place}" for place, one in enumerate(values))
    table = answer(f"select {columns}")
    (row,) = in_json(table)
    assert repr(list(row.values())) == repr([one.in_json for one in values])
    assert pl.read_parquet(for_programs.as_parquet(table)).height == 1


@pytest.mark.parametrize("chosen", get_args(output.Format))
def test_a_value_of_any_type_that_the_engine_has_prints_in_every_format(
    chosen: output.Format, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Its smallest, its largest and none of each, by the engine's own list of its types."""
    with duckdb.connect() as connection:
        columns = connection.sql("from test_all_types(use_large_enum := false)").columns
    names = ", ".join(f'"{name}"' for name in columns)
    table = answer(f"select {names} from test_all_types(use_large_enum := false)")
    assert len(columns) > 50
    output.print_arrow(table, chosen)
    printed = capfdbinary.readouterr().out
    assert len(printed) > 4_000


def test_five_thousand_columns_of_one_name_have_as_many_in_json() -> None:
    (row,) = in_json(answer("select " + ", ".join(["7 as x"] * 5000)))
    assert len(row) == 5000


def test_a_large_answer_is_printed_in_little_memory(tmp_path: Path) -> None:
    """Forty megabytes of rows. The process that prints them holds one batch at a time."""
    table = answer("select range as place, repeat('x', 4000) as text from range(10000)")
    for chosen in get_args(output.Format):
        with (tmp_path / chosen).open("w") as file, contextlib.redirect_stdout(file):
            tracemalloc.start()
            output.print_batches(table.schema, iter(table.to_batches(max_chunksize=500)), table.num_rows, chosen)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < (60 if chosen == "table" else 20) * 1024**2, chosen  # a table holds its thousand rows of 4 kB
    assert len(json.loads((tmp_path / "json").read_text())) == 10_000
    assert pl.read_parquet(tmp_path / "parquet")["place"].to_list() == list(range(10_000))
    assert len((tmp_path / "csv").read_text().splitlines()) == 10_001


def test_more_text_than_anybody_reads_is_stopped_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SqlLimitError, match="not all of it"):
        output.print_arrow(answer("select range as place from range(20000)"), "json", most=1000)
    assert len(capsys.readouterr().out) <= 1000
