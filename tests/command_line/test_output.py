"""What the command line prints: exact for programs, readable for people, harmless in a terminal."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import unicodedata

import polars as pl
import pyarrow as pa
import pytest

from command_line.printing import for_people, for_programs, output, standard
from command_line.printing.rows import Rows
from command_line.printing.values import json_text, shown

DIRECTIONS = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}


def test_json_has_one_object_a_row_with_keys_in_the_order_of_the_columns() -> None:
    rows = Rows(("day", "calls", "error_rate"), [(dt.date(2026, 3, 29), 2, 0.5), (dt.date(2026, 3, 30), 0, None)])
    assert for_programs.rows_as_json(rows) == (
        "[\n"
        '  {"day": "2026-03-29", "calls": 2, "error_rate": 0.5},\n'
        '  {"day": "2026-03-30", "calls": 0, "error_rate": null}\n'
        "]\n"
    )


def test_json_without_rows_is_an_empty_list() -> None:
    assert for_programs.rows_as_json(Rows(("calls",), [])) == "[]\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dt.datetime(2026, 3, 29, 2, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))), '"2026-03-29T00:30:00Z"'),
        (dt.datetime(2026, 3, 29, 0, 30, 0, 250_000, tzinfo=dt.UTC), '"2026-03-29T00:30:00.250000Z"'),
        (dt.date(2026, 3, 29), '"2026-03-29"'),
        (decimal.Decimal(12), "12"),
        (decimal.Decimal("1.50"), "1.50"),
        (decimal.Decimal("NaN"), "null"),
        (float("nan"), "null"),
        (float("inf"), "null"),
        (True, "true"),
        (["OrderDate", None], '["OrderDate", null]'),
        ({"since": dt.date(2026, 3, 29)}, '{"since": "2026-03-29"}'),
        (b"\x00\xff", '"00ff"'),
        ("Café", '"Café"'),
    ],
)
def test_values_in_json(value: object, expected: str) -> None:
    assert for_programs.rows_as_json(Rows(("x",), [(value,)])) == f'[\n  {{"x": {expected}}}\n]\n'


def test_columns_of_the_same_name_all_reach_json() -> None:
    assert json.loads(for_programs.rows_as_json(Rows(("a", "a", "a"), [(1, 2, 3)]))) == [{"a": 1, "a_1": 2, "a_2": 3}]


def test_sums_that_arrow_holds_as_decimals_are_integers_in_json() -> None:
    table = pa.table({"calls": pa.array([decimal.Decimal(7)], pa.decimal128(38, 0))})
    assert json.loads(for_programs.rows_as_json(Rows.from_arrow(table))) == [{"calls": 7}]


def test_rows_come_from_frames_tables_and_records() -> None:
    expected = Rows(("partner", "calls"), [(1234, 5)])
    assert Rows.from_frame(pl.DataFrame({"partner": [1234], "calls": [5]})) == expected
    assert Rows.from_arrow(pa.table({"partner": [1234], "calls": [5]})) == expected
    assert Rows.from_records([{"partner": 1234, "calls": 5}]) == expected


@pytest.mark.parametrize("text", ["=1+1", "+31", "-2", "@sum", "\tx", "\rx"])
def test_csv_text_that_begins_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert for_programs.rows_as_csv(Rows(("x",), [(text,)])).splitlines()[1].strip('"').startswith("'")


def test_csv_numbers_dates_and_nulls_stay_as_they_are() -> None:
    rows = Rows(
        ("calls", "change", "day", "name", "own", "filter_fields"),
        [(5, -0.25, dt.date(2026, 3, 29), None, True, ["A"]), (-1, None, None, 'say "x", y', False, [])],
    )
    assert for_programs.rows_as_csv(rows) == (
        'calls,change,day,name,own,filter_fields\n5,-0.25,2026-03-29,,true,"[""A""]"\n-1,,,"say ""x"", y",false,[]\n'
    )


def test_tables_align_numbers_and_end_without_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    rows = Rows(
        ("integration", "partner", "calls", "error_rate"),
        [("1234_5678", 1234, 1_234_567, 0.0123), ("7654321_1", 7_654_321, 9, None)],
    )
    for_people.print_table(rows)
    assert capsys.readouterr().out == (
        "integration  partner      calls  error_rate\n"
        "───────────────────────────────────────────\n"
        "1234_5678       1234  1,234,567      1.23 %\n"
        "7654321_1    7654321          9           –\n"
    )


def test_tables_show_escapes_and_markup_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    for_people.print_table(Rows(("user_agent",), [("\x1b[31mred\x1b[0m [bold]x[/bold] \u202edesrever",)]))
    assert "\\x1b[31mred\\x1b[0m [bold]x[/bold] \\u202edesrever" in capsys.readouterr().out


def test_every_sign_that_turns_the_direction_of_writing_is_spelled_out() -> None:
    turns = [point for point in range(0x110000) if unicodedata.bidirectional(chr(point)) in DIRECTIONS]
    turns += [0x061C, 0x200E, 0x200F]  # marks, whose own direction is that of a letter
    assert len(turns) == 12
    assert [hex(point) for point in turns if shown(chr(point)) == chr(point)] == []
    assert [hex(point) for point in turns if chr(point) in json_text([chr(point)])] == []


def test_lines_stay_whole_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for_people.print_table(Rows(("sample", "detail"), [("x" * 300, "y" * 300)]))
    assert f"{'x' * 300}  {'y' * 300}" in capsys.readouterr().out


def test_messages_show_escapes_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    standard.say("two\nlines, \x1b[2J")
    assert capsys.readouterr().err == "two\nlines, \\x1b[2J\n"


def test_objects_for_people_have_sizes_and_tables(capsys: pytest.CaptureFixture[str]) -> None:
    record = {"calls": 1234, "lake_bytes": 5_300_000, "streams": [{"stream": "a", "calls": 7}], "gaps": []}
    output.print_record(record, as_json=False)
    assert capsys.readouterr().out == (
        "Calls       1,234\nLake bytes  5.3 MB\nGaps        –\n\nStreams\nstream  calls\n─────────────\na           7\n"
    )


def test_people_see_a_thousand_rows_and_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_rows(Rows(("number",), [(number,) for number in range(1001)]), "table")
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2 + 1000
    assert err == "1,000 of 1,001 rows are shown; --json has them all\n"
