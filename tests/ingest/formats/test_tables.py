"""CSV and W3C tables as spreadsheets, scripts and servers write them, with the extra lines that they add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import ReadOptions, ingest, inspect, verify
from tests.ingest import worked
from tests.ingest.formats.tables import ANY, HEADER, NAMES, ROW, ROWS, inspected, table
from tests.ingest.lakes import calls, fate, load_one, loads, rejects

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest import Inspection

EXPECTED = [
    ("2026-10-01T07:00:00+00:00", "GET", "4321", "1107_301201", 200, 12.5, "Acme/1.0"),
    ("2026-10-01T07:00:01+00:00", "POST", "7654321", "1107_301202", 201, 1234.75, "Acme(x)"),
]


def _values(found: Inspection) -> list[tuple[object, ...]]:
    assert [(reject.reason, reject.detail) for reject in found.rejects] == []
    return [
        (
            call.called_at.isoformat(),
            call.method,
            call.customer,
            call.integration,
            call.status,
            call.duration_ms,
            call.user_agent,
        )
        for call in sorted(found.calls, key=lambda call: call.line_number)
    ]


# -- what spreadsheets and scripts put around a table


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """One table of the same two rows, with one habit of a program or several."""
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    announced = draw(st.booleans())
    if announced:
        delimiter = draw(st.sampled_from([delimiter, "|", "^"]))
    blanks = st.sampled_from(["", "", " ", "  "])
    # In quotes, and as Excel keeps a text one: as it stands in a cell, and as it is saved.
    forms = st.sampled_from(["{}", '"{}"', '="{}"', '"=""{}"""'])
    is_quoted = draw(st.booleans())

    def joined(values: Sequence[str]) -> str:
        form = draw(forms) if is_quoted else "{}"
        parts = [f"{draw(blanks)}{form.format(value)}{draw(blanks)}" for value in values]
        return delimiter.join(parts) + draw(st.sampled_from(["", delimiter]))

    names, rows = list(NAMES), [list(row) for row in ROWS]
    if draw(st.booleans()):  # the index of a data frame
        names, rows = ["", *names], [[str(number), *row] for number, row in enumerate(rows)]
    if draw(st.booleans()):  # a column that says the same again
        names.append("status")
        rows = [[*row, draw(st.sampled_from([row[names.index("status")], ""]))] for row in rows]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    table = [joined([name.upper() if draw(st.booleans()) else name for name in names])]
    if announced or draw(st.booleans()):
        table.insert(0, draw(st.sampled_from([f"sep={delimiter}", f'"sep={delimiter}"', f"SEP={delimiter}"])))
    if draw(st.booleans()):
        table.insert(0, "#TYPE Selected.System.Management.Automation.PSCustomObject")
    mark = draw(st.sampled_from(["", "\ufeff"]))
    body = [joined(row) for row in rows]
    if draw(st.booleans()):  # two exports, one behind the other
        return f"{mark}{end.join([*table, body[0]])}{end}{mark}{end.join([*table, body[1]])}{end}".encode()
    return f"{mark}{end.join([*table, *body])}{end}".encode()


@ANY
@given(content=tables())
def test_a_table_is_the_same_whoever_wrote_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    assert _values(inspected(tmp_path_factory.mktemp("table"), content)) == EXPECTED, content


@ANY
@given(content=tables(), data=st.data())
def test_a_table_that_grew_in_steps_is_the_same_as_one_loaded_in_one_go(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("grown")
    path = folder / "table.csv"
    for cut in sorted(data.draw(st.lists(st.integers(1, len(content)), max_size=2))):
        path.write_bytes(content[:cut])
        ingest(folder / "lake", [str(path)], ReadOptions(log_format="csv"), now=worked.NOW)
    path.write_bytes(content)
    ingest(folder / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    found = sorted(calls(folder / "lake"), key=lambda call: str(call["called_at"]))
    assert [call["customer"] for call in found] == ["4321", "7654321"]
    assert [check for check in verify(folder / "lake").checks if not check.ok] == []


def test_what_is_wrong_with_a_row_is_named_and_its_neighbours_are_calls(tmp_path: Path) -> None:
    bad = {
        ROW.replace(
            "Acme/1.0", '"Acme'
        ): "a quote is not closed on its line; values with a line end in them are not read",
        'x"': (
            "value 1 has a quote in it and none around it; expected one before it and behind it, and each quote in it twice"
        ),
        f"{ROW};;": "9 values where the header names 7 columns",
        f"{ROW};x": "8 values where the header names 7 columns",
        ROW.removesuffix(";Acme/1.0"): "6 values where the header names 7 columns",
        f"{ROW}\r{ROW}": "a carriage return alone stands in it; where that ends a line, tr '\\r' '\\n' makes it one",
        f"#{ROW}\r{ROW}": "a carriage return alone stands in it; where that ends a line, tr '\\r' '\\n' makes it one",
    }
    found = inspected(tmp_path, table(HEADER, *(line for wrong in bad for line in (ROW, wrong)), ROW))
    assert [reject.detail for reject in found.rejects] == list(bad.values())
    assert [call.line_number for call in found.calls] == [2 * number for number in range(1, len(bad) + 2)]


_QUOTES = {
    '"x': "a quote is not closed on its line; values with a line end in them are not read",
    '="x': "a quote is not closed on its line; values with a line end in them are not read",
    '"x" y': "value {} goes on behind the quote that closes it; a quote inside a quoted value is written twice",
    '="x" y': "value {} goes on behind the quote that closes it; a quote inside a quoted value is written twice",
    '"x"y" ': "value {} goes on behind the quote that closes it; a quote inside a quoted value is written twice",
    'x"y': "value {} has a quote in it and none around it; expected one before it and behind it, and each quote in it twice",
    'x "y"': "value {} has a quote in it and none around it; expected one before it and behind it, and each quote in it twice",
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_is_wrong_with_a_quote_is_said_of_the_value_it_stands_in(tmp_path: Path, delimiter: str) -> None:
    places = [(place, wrong) for place, _ in enumerate(NAMES) for wrong in _QUOTES]
    rows = [[*ROWS[0][:place], wrong, *ROWS[0][place + 1 :]] for place, wrong in places]
    found = inspected(tmp_path, table(delimiter.join(NAMES), *(delimiter.join(row) for row in rows)))
    assert [reject.reason for reject in found.rejects] == ["not_a_record"] * len(rows)
    assert [reject.detail for reject in found.rejects] == [_QUOTES[wrong].format(place + 1) for place, wrong in places]


def test_a_formula_that_is_no_text_and_a_quote_in_a_text_stay_what_they_are(tmp_path: Path) -> None:
    agents = {'"=A1"': "=A1", '"a;=""b"" c"': 'a;="b" c', '"=""a"" and ""b"""': '="a" and "b"', '="a;b"': "a;b"}
    found = inspected(tmp_path, table(HEADER, *(ROW.replace("Acme/1.0", agent) for agent in agents)))
    assert [call.user_agent for call in found.calls] == list(agents.values())


def test_a_column_that_stands_twice_may_say_one_thing_only(tmp_path: Path) -> None:
    found = inspected(
        tmp_path,
        table(f"{HEADER};status;other;other", f"{ROW};200;a;b", f"{ROW};;a;b", f"{ROW};500;a;a", f"{ROW};0200;a;a"),
    )
    assert [(call.line_number, call.status) for call in found.calls] == [(2, 200), (3, 200)]
    detail = "the column status stands in the header twice, with different values here"
    assert [(reject.reason, reject.detail) for reject in found.rejects] == [("duplicate_key", detail)] * 2


def test_a_field_of_a_w3c_log_that_stands_twice_may_say_one_thing_only(tmp_path: Path) -> None:
    line = "2026-10-01 07:00:00 GET /ProfitRestServices/metainfo 4321.rest.afas.online 200"
    fields = "#Fields: date time cs-method cs-uri-stem cs-host sc-status sc-status x x"
    found = inspected(tmp_path, table(fields, f"{line} 200 a b", f"{line} - a b", f"{line} 500 a a"))
    assert [(call.line_number, call.status) for call in found.calls] == [(2, 200), (3, 200)]
    detail = "the field sc-status stands in #Fields twice, with different values here"
    assert [(reject.reason, reject.detail) for reject in found.rejects] == [("duplicate_key", detail)]


def test_files_of_a_server_that_were_put_together_are_read_with_their_marks(tmp_path: Path) -> None:
    one = (
        "\ufeff#Software: Microsoft Internet Information Services 10.0\r\n"
        "#Fields: date time cs-method cs-uri-stem cs-host sc-status\r\n"
        "2026-10-01 07:00:0{} GET /ProfitRestServices/metainfo 4321.rest.afas.online 200\r\n"
    )
    found = inspected(tmp_path, "".join(one.format(number) for number in range(3)).encode())
    assert [call.line_number for call in found.calls] == [3, 6, 9]
    assert (found.lines, found.rejects) == (9, [])


@pytest.mark.parametrize("separator", [" ", "'", '"', "\\", "]", "^", "\x00", "€"])
def test_whatever_is_said_to_separate_is_no_trouble(tmp_path: Path, separator: str) -> None:
    names, row = (separator.join(values) for values in (NAMES, ROWS[0]))
    found = inspected(tmp_path, table(f"sep={separator}", names, row), ReadOptions(log_format="csv", final=True))
    assert [call.customer for call in found.calls] == (["4321"] if separator != '"' else [])
    assert found.lines == 3


# -- lines that end in CR alone

RETURNS = {
    "csv": f"{HEADER}\r{ROW}\r{ROW}\r",
    "csv, no end": f"{HEADER}\r{ROW}",
    "csv, sep": f"\ufeffsep=;\r{HEADER}\r{ROW}\r",
    "w3c": "#Software: x\r#Fields: date time cs-method cs-uri-stem cs-host sc-status\r2026-10-01 07:00:00 GET /x - 200\r",
    "json": '{"timestamp":1790805000,"method":"GET","url":"https://4321.rest.afas.online/","status":200}\r' * 2,
    "combined": '10.0.0.1 - - [01/Oct/2026:09:00:00 +0200] "GET / HTTP/1.1" 200 5\r' * 2,
}


@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("name", RETURNS)
def test_lines_that_end_in_cr_alone_are_refused_by_that_name(tmp_path: Path, name: str, *, final: bool) -> None:
    path = tmp_path / "mac.log"
    path.write_bytes(RETURNS[name].encode())
    report = load_one(tmp_path / "lake", path, final=final)
    assert (report.status, report.lines) == ("failed", 0)
    assert "lines end in CR alone" in str(report.error)
    assert "tr '\\r' '\\n'" in str(report.error)
    assert loads(tmp_path / "lake") == []
    path.write_bytes(RETURNS[name].encode().replace(b"\r", b"\n"))
    assert load_one(tmp_path / "lake", path, final=final, host="4321.rest.afas.online").status == "loaded"


def test_a_carriage_return_in_a_value_ends_no_line(tmp_path: Path) -> None:
    content = '{"timestamp":1790805000,\r"method":"GET","url":"https://4321.rest.afas.online/ProfitRestServices/metainfo","status":200}\n'
    assert [call.line_number for call in inspected(tmp_path, content.encode() * 2).calls] == [1, 2]


# -- a source of which nothing can be read yet


def test_sources_of_which_nothing_was_read_are_not_loaded_and_not_the_same(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    one, other = tmp_path / "one.log", tmp_path / "other.log"
    one.write_bytes(ROWS[0][0].encode())
    other.write_bytes(HEADER.encode())
    for _ in range(2):
        for path in (one, other):
            report = load_one(lake, path)
            assert fate(report) == ("unchanged", 0, 0, 0, path.stat().st_size)
            assert report.known_since is None
    assert loads(lake) == []
    other.write_bytes(table(HEADER, ROW))
    assert fate(load_one(lake, other)) == ("loaded", 1, 0, 1, 0)


# -- a last line without an end


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('10.0.0.1 - - [01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 5', "no_customer"),
        ('{"timestamp":"2026-13-01","method":"GET","url":"https://4321.rest.afas.online/","status":200}', "bad_time"),
        (
            '{"timestamp":"2026-10-01T00:00:00Z","method":"GET","url":"https://www.example.com/","status":1}',
            "bad_status",
        ),
        (
            '{"timestamp":1790805000,"method":"GET","url":"https://4321.rest.afas.online/","status":200}\n{"time',
            "torn_line",
        ),
        (f"{HEADER}\n{ROW[:40]}", "torn_line"),
        (f"{HEADER}\n{ROW.replace('200', '999')}", "bad_status"),
        # No record whatever comes behind it.
        (
            '{"timestamp":1790805000,"method":"GET","url":"https://4321.rest.afas.online/","status":200}\nfinished',
            "not_a_record",
        ),
        (
            '{"timestamp":1790805000,"method":"GET","url":"https://4321.rest.afas.online/","status":200}\n{"status": never}',
            "not_a_record",
        ),
        (f"{HEADER}\n{ROW};1;2;3", "not_a_record"),
    ],
)
def test_a_last_line_that_is_a_record_has_the_reason_it_would_have_anywhere(
    tmp_path: Path, line: str, reason: str
) -> None:
    path = tmp_path / "pasted.log"
    path.write_bytes(line.encode())
    for final in (False, True):
        [found] = inspect(str(path), ReadOptions(final=final, log_format=None), limit=None, now=worked.NOW).rejects[-1:]
        assert found.reason == reason
        assert reason != "torn_line" or ": " in str(found.detail)
    load_one(tmp_path / "lake", path, final=True)
    assert [why for _, _, why in rejects(tmp_path / "lake")] == [reason]


# -- URLs without a scheme


@pytest.mark.parametrize("scheme", ["", "//", "https://", "HTTP://"])
def test_a_url_says_the_same_with_and_without_its_scheme(tmp_path: Path, scheme: str) -> None:
    url = f"{scheme}4321.RestTest.afas.online:443/ProfitRestServices/connectors/FbSales?skip=1"
    json = f'{{"timestamp":1790805000,"method":"GET","url":"{url}","status":200}}'
    csv = f"timestamp,method,url,status\n1790805000,GET,{url},200"
    w3c = f"#Fields: date time cs-method cs-uri-stem sc-status\n2026-10-01 07:00:00 GET {url.partition('?')[0]} 200"
    combined = f'10.0.0.1 - - [01/Oct/2026:09:00:00 +0200] "GET {url} HTTP/1.1" 200 5'
    for content in (json, csv, w3c, combined):
        [call] = inspected(tmp_path, content.encode()).calls
        assert (call.customer, call.environment, call.connector) == ("4321", "test", "FbSales")


@pytest.mark.parametrize(
    "url", ["www.example.com/x", "rest.afas.online/x", "4321.rest.afas.online", "x/4321.rest.afas.online/y"]
)
def test_what_begins_with_no_host_of_the_platform_is_no_url(tmp_path: Path, url: str) -> None:
    json = f'{{"timestamp":1790805000,"method":"GET","url":"{url}","status":200}}'
    assert [reject.reason for reject in inspected(tmp_path, json.encode()).rejects] == ["bad_url"]
