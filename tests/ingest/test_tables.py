"""Tables as spreadsheets, scripts and servers write them: CSV and W3C with what comes along with the rows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest import ReadOptions, ingest, inspect, verify
from tests.ingest import worked
from tests.ingest.lakes import calls, fate, load_one, loads, rejects
from tests.oracle.oracle import Context, Ignored, Reject, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest import Inspection

NAMES = ["timestamp", "method", "url", "integration_id", "status", "duration_ms", "user_agent"]
ROWS = [
    [
        "2026-10-01T09:00:00+02:00",
        "GET",
        "https://4321.rest.afas.online/ProfitRestServices/metainfo",
        "1107_301201",
        "200",
        "12.5",
        "Acme/1.0",
    ],
    [
        "2026-10-01T09:00:01+02:00",
        "POST",
        "https://7654321.rest.afas.online/ProfitRestServices/connectors/FbSales",
        "1107_301202",
        "201",
        "1234.75",
        "Acme(x)",
    ],
]
EXPECTED = [
    ("2026-10-01T07:00:00+00:00", "GET", "4321", "1107_301201", 200, 12.5, "Acme/1.0"),
    ("2026-10-01T07:00:01+00:00", "POST", "7654321", "1107_301202", 201, 1234.75, "Acme(x)"),
]
ANY = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def _inspected(folder: Path, content: bytes, options: ReadOptions | None = None) -> Inspection:
    path = folder / "table.log"
    path.write_bytes(content)
    return inspect(str(path), options or ReadOptions(final=True), limit=None, now=worked.NOW)


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
    assert _values(_inspected(tmp_path_factory.mktemp("table"), content)) == EXPECTED, content


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


def _table(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


HEADER = ";".join(NAMES)
ROW = ";".join(ROWS[0])


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
    found = _inspected(tmp_path, _table(HEADER, *(line for wrong in bad for line in (ROW, wrong)), ROW))
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
    found = _inspected(tmp_path, _table(delimiter.join(NAMES), *(delimiter.join(row) for row in rows)))
    assert [reject.reason for reject in found.rejects] == ["not_a_record"] * len(rows)
    assert [reject.detail for reject in found.rejects] == [_QUOTES[wrong].format(place + 1) for place, wrong in places]


def test_a_formula_that_is_no_text_and_a_quote_in_a_text_stay_what_they_are(tmp_path: Path) -> None:
    agents = {'"=A1"': "=A1", '"a;=""b"" c"': 'a;="b" c', '"=""a"" and ""b"""': '="a" and "b"', '="a;b"': "a;b"}
    found = _inspected(tmp_path, _table(HEADER, *(ROW.replace("Acme/1.0", agent) for agent in agents)))
    assert [call.user_agent for call in found.calls] == list(agents.values())


def test_a_column_that_stands_twice_may_say_one_thing_only(tmp_path: Path) -> None:
    found = _inspected(
        tmp_path,
        _table(f"{HEADER};status;other;other", f"{ROW};200;a;b", f"{ROW};;a;b", f"{ROW};500;a;a", f"{ROW};0200;a;a"),
    )
    assert [(call.line_number, call.status) for call in found.calls] == [(2, 200), (3, 200)]
    detail = "the column status stands in the header twice, with different values here"
    assert [(reject.reason, reject.detail) for reject in found.rejects] == [("duplicate_key", detail)] * 2


def test_a_field_of_a_w3c_log_that_stands_twice_may_say_one_thing_only(tmp_path: Path) -> None:
    line = "2026-10-01 07:00:00 GET /ProfitRestServices/metainfo 4321.rest.afas.online 200"
    fields = "#Fields: date time cs-method cs-uri-stem cs-host sc-status sc-status x x"
    found = _inspected(tmp_path, _table(fields, f"{line} 200 a b", f"{line} - a b", f"{line} 500 a a"))
    assert [(call.line_number, call.status) for call in found.calls] == [(2, 200), (3, 200)]
    detail = "the field sc-status stands in #Fields twice, with different values here"
    assert [(reject.reason, reject.detail) for reject in found.rejects] == [("duplicate_key", detail)]


def test_files_of_a_server_that_were_put_together_are_read_with_their_marks(tmp_path: Path) -> None:
    one = (
        "\ufeff#Software: Microsoft Internet Information Services 10.0\r\n"
        "#Fields: date time cs-method cs-uri-stem cs-host sc-status\r\n"
        "2026-10-01 07:00:0{} GET /ProfitRestServices/metainfo 4321.rest.afas.online 200\r\n"
    )
    found = _inspected(tmp_path, "".join(one.format(number) for number in range(3)).encode())
    assert [call.line_number for call in found.calls] == [3, 6, 9]
    assert (found.lines, found.rejects) == (9, [])


@pytest.mark.parametrize("separator", [" ", "'", '"', "\\", "]", "^", "\x00", "€"])
def test_whatever_is_said_to_separate_is_no_trouble(tmp_path: Path, separator: str) -> None:
    names, row = (separator.join(values) for values in (NAMES, ROWS[0]))
    found = _inspected(tmp_path, _table(f"sep={separator}", names, row), ReadOptions(log_format="csv", final=True))
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
    assert [call.line_number for call in _inspected(tmp_path, content.encode() * 2).calls] == [1, 2]


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
    other.write_bytes(_table(HEADER, ROW))
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
        [call] = _inspected(tmp_path, content.encode()).calls
        assert (call.customer, call.environment, call.connector) == ("4321", "test", "FbSales")


@pytest.mark.parametrize(
    "url", ["www.example.com/x", "rest.afas.online/x", "4321.rest.afas.online", "x/4321.rest.afas.online/y"]
)
def test_what_begins_with_no_host_of_the_platform_is_no_url(tmp_path: Path, url: str) -> None:
    json = f'{{"timestamp":1790805000,"method":"GET","url":"{url}","status":200}}'
    assert [reject.reason for reject in _inspected(tmp_path, json.encode()).rejects] == ["bad_url"]


# -- a w3c log whose day stands in #Date


FIELDS = "#Fields: time cs-method cs-uri-stem cs-host sc-status"
START = dt.datetime(2026, 10, 1, 7, tzinfo=dt.UTC)


def _dated(at: dt.datetime) -> str:
    return f"{at:%H:%M:%S} GET /ProfitRestServices/metainfo 4321.rest.afas.online 200"


@st.composite
def dated_logs(draw: st.DrawFn) -> tuple[bytes, list[dt.datetime]]:
    """A log without dates, and when its calls were made."""
    at = START
    lines, times = [f"#Date: {at:%Y-%m-%d %H:%M:%S}", FIELDS], []
    for _ in range(draw(st.integers(2, 8))):
        step = draw(st.sampled_from([0, 1, 30, 3600, 40_000, 70_000, 79_000]))
        at += dt.timedelta(seconds=step)
        match draw(st.integers(0, 5)):
            case 0:
                lines += [f"#Date: {at:%Y-%m-%d %H:%M:%S}"]
            case 1:
                lines += ["#Software: x", f"#Date: {at:%Y-%m-%d %H:%M:%S}", FIELDS]
            case 2:
                lines += ["not a record at all, with 25:00:00 in it"]
        lines += [_dated(at)]
        times += [at]
        # Calls that ended late, each up to an hour before the line above it, over midnight too.
        for back in draw(st.lists(st.sampled_from([1, 2, 11, 600, 1800, 3600]), max_size=2)):
            late = times[-1] - dt.timedelta(seconds=min(back, 3600 - (at - times[-1]).seconds))
            lines += [_dated(late)]
            times += [late]
    return _table(*lines), times


def test_the_day_of_a_line_is_said_by_date_and_a_time_before_the_last_one_is_the_next_day(tmp_path: Path) -> None:
    log = _table(
        "#Date: 2026-10-01 07:00:00",
        FIELDS,
        *(_dated(START.replace(hour=hour)) for hour in (7, 23, 0, 22, 20)),
        "#Date: 2026-10-08 00:00:03",
        FIELDS,
        _dated(START.replace(hour=3)),
    )
    days = [f"{call.called_at:%d %H}" for call in _inspected(tmp_path, log).calls]
    assert days == ["01 07", "01 23", "02 00", "02 22", "03 20", "08 03"]


@pytest.mark.parametrize(
    ("said", "clocks", "expected"),
    [
        ("23:59:00", "23:59:59 00:00:01 23:59:59 00:00:02", "1 2 1 2"),
        ("00:00:01", "23:59:59 00:00:02", "30 1"),
        ("09:00:00", "08:30:00 08:30:01", "1 1"),
        ("09:00:00", "08:00:00", "1"),
        ("09:00:00", "07:59:59", "2"),
        ("09:00:00", "22:00:00 09:00:00 22:00:00", "1 2 2"),
        ("00:30:00", "23:29:59", "1"),
        ("00:30:00", "23:30:00 00:30:00", "30 1"),
        ("00:30:00", "23:59:59.75 00:00:00.25 23:59:59.5 00:00:00", "30 1 30 1"),
        ("09:00:00", "07:59:59.999999 06:59:59.999999 05:59:59.999998", "2 2 3"),
        # Midnight sharp stands for a day without a time: the first call says where it goes on from.
        ("00:00:00", "23:30:00 00:10:00", "1 2"),
        ("", "23:30:00 23:00:00 00:10:00", "1 1 2"),
    ],
)
def test_a_late_line_of_up_to_an_hour_adds_no_day_over_midnight_neither(
    tmp_path: Path, said: str, clocks: str, expected: str
) -> None:
    log = _table(
        f"#Date: 2026-10-01 {said}",
        FIELDS,
        *(f"{clock} GET /ProfitRestServices/metainfo 4321.rest.afas.online 200" for clock in clocks.split()),
    )
    assert [str(call.called_at.day) for call in _inspected(tmp_path, log).calls] == expected.split()
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    fates = [one for one in read_file("w3c", log, context) if not isinstance(one, (Ignored, Reject))]
    assert [f"{one['called_at']:%-d}" for one in fates] == expected.split()


@ANY
@given(clocks=st.lists(st.times().map(lambda at: at.replace(microsecond=0)), min_size=1, max_size=20))
def test_a_line_is_of_the_day_a_loop_says_whatever_the_times(
    tmp_path_factory: pytest.TempPathFactory, clocks: list[dt.time]
) -> None:
    at, expected = START, []
    for clock in clocks:
        # The first time of that clock from an hour before the line above on.
        earliest = at - dt.timedelta(hours=1)
        at = dt.datetime.combine(earliest.date(), clock, dt.UTC)
        at += dt.timedelta(days=1 if at < earliest else 0)
        expected += [at]
    log = _table(f"#Date: {START:%Y-%m-%d %H:%M:%S}", FIELDS, *map(_dated, expected))
    found = _inspected(tmp_path_factory.mktemp("clocks"), log)
    assert [call.called_at for call in found.calls] == expected


def test_a_log_without_any_date_is_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "w3c.log"
    path.write_bytes(_table(FIELDS, _dated(START)))
    report = ingest(tmp_path / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    assert [source.rejects for source in report.sources] == [1]
    assert any("#Fields names no date and no #Date gives one" in warning for warning in report.warnings)


@ANY
@given(log=dated_logs(), data=st.data())
def test_days_are_carried_over_wherever_a_log_is_cut(
    tmp_path_factory: pytest.TempPathFactory, log: tuple[bytes, list[dt.datetime]], data: st.DataObject
) -> None:
    content, times = log
    folder = tmp_path_factory.mktemp("dated")
    path = folder / "w3c.log"
    cuts = sorted(data.draw(st.lists(st.integers(1, len(content)), max_size=3)))
    for cut in [*cuts, len(content)]:
        path.write_bytes(content[:cut])
        ingest(folder / "lake", [str(path)], ReadOptions(log_format="w3c"), now=worked.NOW)
    found = sorted(calls(folder / "lake"), key=lambda call: int(call["line_number"]))
    assert [call["called_at"] for call in found] == times
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    fates = [one for one in read_file("w3c", content, context) if not isinstance(one, (Ignored, Reject))]
    assert [one["called_at"] for one in fates] == times


# -- who called, in an access log


USERS = ["jan de boer", '"kar 17"', "", '""', "-", "jan", r"AFAS\u12", "a  b", "jan [x", "-x y"]
TAIL = '[01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 5'
MORE = '"-" "Acme/1.0" "1107_301201" 0.087'
LAYOUTS = {
    "our default": (f"4321.rest.afas.online 10.0.0.1 - {{}} {TAIL} {MORE}", None),
    "common": (f"10.0.0.1 - {{}} {TAIL}", None),
    "with a host": (f'4321.rest.afas.online 10.0.0.1 - {{}} {TAIL} "-" "Acme"', None),
    "Apache": (f"10.0.0.1 - {{}} {TAIL}", '%h %l %u %t "%r" %>s %b'),
    "nginx": (
        f"10.0.0.1 - {{}} {TAIL}",
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent',
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_user_may_have_any_name(tmp_path: Path, name: str) -> None:
    line, layout = LAYOUTS[name]
    users = [user for user in USERS if user != "jan [x"]
    options = ReadOptions(layout=layout, host="4321.rest.afas.online", final=True)
    found = _inspected(tmp_path, _table(*(line.format(user) for user in users)), options)
    assert [reject.sample for reject in found.rejects] == []
    assert [call.customer for call in found.calls] == ["4321"] * len(users)


def test_a_user_with_blanks_alone_tells_the_layout(tmp_path: Path) -> None:
    for line, layout in LAYOUTS.values():
        for user in ("jan boer", "jan de boer"):
            options = ReadOptions(layout=layout, host="4321.rest.afas.online", final=True)
            found = _inspected(tmp_path, _table(line.format(user)), options)
            assert [call.customer for call in found.calls] == ["4321"]


def test_a_value_more_in_front_is_no_name_with_blanks(tmp_path: Path) -> None:
    lines = [f"10.0.0.1 - - {TAIL}"] * 3 + [f"7654.rest.afas.online 10.0.0.1 - jan {TAIL}"]
    found = _inspected(tmp_path, _table(*lines), ReadOptions(host="4321.rest.afas.online", final=True))
    assert [call.customer for call in found.calls] == ["4321"] * 3
    assert [reject.reason for reject in found.rejects] == ["not_a_record"]


def test_the_oracle_gives_tables_and_users_the_same_fates(tmp_path: Path) -> None:
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    default = LAYOUTS["our default"][0]
    contents = {
        "csv": [
            _table("sep=|", "|".join(NAMES), "|".join(ROWS[0]), "sep=;", HEADER, f"{ROW};", f"{ROW}; x", f" {ROW} "),
            _table(HEADER, "# x", f"# x\r{ROW}", f"{ROW};;", f'"{ROWS[0][0]}" ;{";".join(ROWS[0][1:])}'),
            _table(f"{HEADER};status", f"{ROW};200", f"{ROW};201", f"{ROW};"),
        ],
        "combined": [_table(*(default.format(user) for user in USERS), default.format("- jan"))],
        "w3c": [_table("#Fields: time x", "#Fields: date time cs-method x x sc-status", "a b c d e f")],
    }
    for log_format, files in contents.items():
        for content in files:
            found = _inspected(tmp_path, content, ReadOptions(log_format=log_format, final=True))
            fates: dict[int, object] = {call.line_number: call.customer for call in found.calls}
            fates |= {reject.line_number: reject.reason for reject in found.rejects}
            expected = [
                one["customer"] if isinstance(one, dict) else one.reason if isinstance(one, Reject) else "ignored"
                for one in read_file(log_format, content, context)
            ]
            assert [fates.get(number, "ignored") for number in range(1, found.lines + 1)] == expected, content


# -- what IIS writes in its own format


IIS = "203.0.113.9, {user}, {time}, W3SVC2, EDGE01, 192.0.2.1, 905, 211, 4711, 200, 0, GET, /ProfitRestServices/{path},"
IIS_CALLS = {
    IIS.format(user="-", time="10/1/2026, 9:00:00", path="connectors/KnSubject, skip=0"): ("07:00:00", "KnSubject", 7),
    IIS.format(user="AFAS\\jan", time="10/31/2026, 23:59:59", path="metainfo, -"): ("22:59:59", None, 0),
    IIS.format(user="-", time="01/02/2026, 00:00:05", path="connectors/X, filterfieldids=A,B&operatortypes=1,2"): (
        "23:00:05",
        "X",
        len("?filterfieldids=A,B&operatortypes=1,2"),
    ),
}


def test_the_own_format_of_iis_is_recognised(tmp_path: Path) -> None:
    options = ReadOptions(host="4321.rest.afas.online", time_zone="Europe/Amsterdam", final=True)
    found = _inspected(tmp_path, _table(*IIS_CALLS), options)
    assert [reject.detail for reject in found.rejects] == []
    assert [(f"{call.called_at:%H:%M:%S}", call.connector, call.query_length) for call in found.calls] == [
        *IIS_CALLS.values()
    ]
    assert {(call.customer, call.duration_ms, call.request_bytes, call.response_bytes) for call in found.calls} == {
        ("4321", 905, 211, 4711)
    }
    assert {(call.id_status, call.status) for call in found.calls} == {("not_logged", 200)}


def test_the_local_times_of_iis_need_a_time_zone_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "in261001.log"
    path.write_bytes(_table(*IIS_CALLS))
    report = ingest(tmp_path / "lake", [str(path)], ReadOptions(host="4321.rest.afas.online"), now=worked.NOW)
    assert {why for _, _, why in rejects(tmp_path / "lake")} == {"bad_time"}
    assert any("--time-zone" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    "line",
    [
        "203.0.113.9, -, 1/10/2026, W3SVC2, EDGE01, 192.0.2.1, 905, 211, 4711, 200, 0, GET, /x, -,",
        "203.0.113.9, -, 10/1/2026, 9:00:00, W3SVC2, EDGE01, 192.0.2.1, 905, 211, 4711, 200, 0, GET, /x, -",
        "10/1/2026, 9:00:00, 200, GET, /x",
    ],
)
def test_what_only_looks_like_it_is_not_taken_for_it(tmp_path: Path, line: str) -> None:
    path = tmp_path / "other.log"
    path.write_bytes(_table(line))
    report = load_one(tmp_path / "lake", path)
    assert (report.status, "unknown_format" in str(report.error)) == ("failed", True)
