"""A bad line gets its own fate, and changes nothing about its neighbours."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from ingest import ReadOptions, inspect
from tests.ingest import worked
from tests.ingest.lakes import calls, line, lines, load_one, numbers, rejects

if TYPE_CHECKING:
    from pathlib import Path

HOST = "https://4321.rest.afas.online"
GOOD = {"timestamp": 1790838000, "method": "GET", "url": f"{HOST}/ProfitRestServices/metainfo", "status": 200}
GOOD_LINE = json.dumps(GOOD)
HEADER = "timestamp,method,url,status,user_agent"
ROW = f"1790838000,GET,{HOST}/ProfitRestServices/metainfo,200"


def fates_of(path: Path, *lines: str) -> list[str]:
    """The fate of each line: call, ignored, or the reason why it is rejected."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    assert inspection.lines == len(lines)
    fates = {call.line_number: "call" for call in inspection.calls}
    fates |= {reject.line_number: reject.reason for reject in inspection.rejects}
    return [fates.get(number, "ignored") for number in range(1, len(lines) + 1)]


JSON_FAULTS = {
    "a bad line": ("{this is no record", "not_a_record"),
    "truncated": (GOOD_LINE[:-20], "not_a_record"),
    "an array": (f"[{GOOD_LINE}]", "not_a_record"),
    "a list nested 100,000 deep": ("[" * 100_000 + "]" * 100_000, "too_deep"),
    "an object nested 100,000 deep": ('{"a":' * 100_000 + "1" + "}" * 100_000, "too_deep"),
    "a value nested 100,000 deep": (f'{GOOD_LINE[:-1]}, "body": {"[" * 100_000}{"]" * 100_000}}}', "too_deep"),
    "NaN": (f'{GOOD_LINE[:-1]}, "duration_ms": NaN}}', "not_a_record"),
    "a number of 5,000 digits as status": (GOOD_LINE.replace("200", "2" * 5000), "bad_status"),
    "a number of 5,000 digits as a duration": (f'{GOOD_LINE[:-1]}, "duration_ms": {"9" * 5000}}}', "call"),
    "duplicate keys": (f'{GOOD_LINE[:-1]}, "status": 500}}', "duplicate_key"),
    "duplicate keys in headers": (f'{GOOD_LINE[:-1]}, "headers": {{"a": "1", "a": "2"}}}}', "duplicate_key"),
    "a lone surrogate": (f'{GOOD_LINE[:-1]}, "user_agent": "\\ud800"}}', "not_a_record"),
    "two objects": (GOOD_LINE * 2, "not_a_record"),
    "a trailing comma": (f"{GOOD_LINE[:-1]},}}", "not_a_record"),
    "null": ("null", "not_a_record"),
}


def test_json_bad_line_between_good_ones_truncated_array_nesting_nan_digits_duplicate_keys_lone_surrogates(
    tmp_path: Path,
) -> None:
    lines = [line for bad, _ in JSON_FAULTS.values() for line in (GOOD_LINE, bad)]
    fates = fates_of(tmp_path / "calls.log", *lines)
    assert fates[::2] == ["call"] * len(JSON_FAULTS)
    assert dict(zip(JSON_FAULTS, fates[1::2], strict=True)) == {name: fate for name, (_, fate) in JSON_FAULTS.items()}


def test_numbers_as_strings_and_a_dash_for_bytes_are_coerced_by_rule(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    texts = {"status": "200", "timestamp": "1790838000", "duration_ms": "87.5"}
    sizes: list[object] = ["12", 12, 12.0, "-", "", None, "12 kB", "-5", "1e400", [12], True]
    path.write_text("".join(json.dumps(GOOD | texts | {"response_bytes": size}) + "\n" for size in sizes))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    calls = sorted(inspection.calls, key=lambda call: call.line_number)
    assert [call.response_bytes for call in calls] == [12, 12, 12, *[None] * 8]
    assert {(call.status, call.duration_ms, str(call.called_at)) for call in calls} == {
        (200, 87.5, "2026-10-01 07:00:00+00:00")
    }


def test_unknown_extra_fields_and_new_columns_are_ignored(tmp_path: Path) -> None:
    extra = {"level": "info", "trace": {"headers": {"IntegrationId": "1234_5678"}}, "URL": "x", "": 1, 'a"b': [1]}
    path = tmp_path / "calls.log"
    path.write_text(f"{GOOD_LINE}\n{json.dumps(GOOD | extra)}\n")
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    one, other = (call.model_dump(exclude={"line_number"}) for call in inspection.calls)
    assert one == other
    assert fates_of(tmp_path / "rows.csv", HEADER, f"{ROW},x", f"{HEADER},new", f"{ROW},x,1") == [
        "ignored",
        "call",
        "ignored",
        "call",
    ]


CSV_FAULTS = {
    "an unclosed quote": (f'{ROW},"Acme', ["not_a_record"]),
    "an embedded newline": (f'{ROW},"Acme\nx"', ["not_a_record", "not_a_record"]),
    "a delimiter in quotes": (f'{ROW},"Acme, x"', ["call"]),
    "quotes in quotes": (f'{ROW},"Acme ""x"""', ["call"]),
    "an extra column": (f"{ROW},x,y", ["not_a_record"]),
    "a missing column": (ROW, ["not_a_record"]),
    "a repeated header": (HEADER, ["ignored"]),
    "a quote in the middle": (f'{ROW},Ac"me', ["not_a_record"]),
}


def test_csv_unclosed_quote_embedded_newline_extra_or_missing_column_repeated_header(tmp_path: Path) -> None:
    good = f"{ROW},x"
    lines, expected = [HEADER], ["ignored"]
    for bad, fates in CSV_FAULTS.values():
        lines += [good, *bad.split("\n")]
        expected += ["call", *fates]
    assert fates_of(tmp_path / "calls.csv", *lines, good) == [*expected, "call"]


def test_nested_json_in_a_text_is_no_deeper_than_it_may_be(tmp_path: Path) -> None:
    properties = {"httpMethod": "GET", "requestUri": GOOD["url"], "httpStatusCode": "200"}
    record = {"time": "2026-10-01T07:00:00Z", "category": "FrontDoorAccessLog"}
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    lines = [
        json.dumps(record | {"properties": value})
        for value in (json.dumps(properties), deep, "{", "text", None, properties)
    ]
    fates = fates_of(tmp_path / "calls.log", *lines)
    assert fates == ["call", "bad_method", "bad_method", "bad_method", "bad_method", "call"]


# -- the end of a source, its encoding, what is no character


TORN_FATES = {
    # What the last line is, how it is delivered: calls, rejects, bytes left, and the reasons of the rejects.
    ("whole", "plain"): (1, 0, len(line(1)) - 1, []),
    ("whole", "--final"): (2, 0, 0, []),
    ("whole", "compressed"): (2, 0, 0, []),
    ("whole", "standard input"): (2, 0, 0, []),
    ("half", "plain"): (1, 0, 40, []),
    ("half", "--final"): (1, 1, 0, ["torn_line"]),
    ("half", "compressed"): (1, 1, 0, ["torn_line"]),
    ("half", "standard input"): (1, 1, 0, ["torn_line"]),
}


@pytest.mark.parametrize(("last", "delivery"), TORN_FATES)
def test_a_torn_last_line_is_left_while_the_file_may_grow_and_else_read_or_rejected(
    tmp_path: Path, last: str, delivery: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = line(1)[:-1] if last == "whole" else line(1)[:40]
    content = line(0) + torn
    path = tmp_path / "access.log"
    path.write_bytes(gzip.compress(content) if delivery == "compressed" else content)
    if delivery == "standard input":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    lake = tmp_path / "lake"
    found = load_one(lake, "-" if delivery == "standard input" else path, final=delivery == "--final")
    reasons = [reason for _, _, reason in rejects(lake)]
    assert (found.calls, found.rejects, found.left, reasons) == TORN_FATES[last, delivery]
    if delivery == "plain":
        path.write_bytes(lines(0, 1, 2))
        assert load_one(lake, path).calls == 2
        assert numbers(lake) == [0, 1, 2]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_utf_16_is_decoded(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "access.log"
    good = line(0, user_agent="Café").decode()
    path.write_bytes((mark + json.dumps(json.loads(good), ensure_ascii=False) + "\noops\n").encode(encoding))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    assert [call.user_agent for call in inspection.calls] == ["Café"]
    assert [(reject.line_number, reject.reason) for reject in inspection.rejects] == [(2, "not_a_record")]


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be"])
def test_an_encoding_that_is_not_read_is_named_and_brings_no_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(0, 1).decode().encode(encoding))
    report = load_one(tmp_path / "lake", path, log_format="json")
    assert (report.status, numbers(tmp_path / "lake"), rejects(tmp_path / "lake")) == ("failed", [], [])
    assert report.error is not None
    assert "unsupported_encoding: is UTF-32; expected UTF-8 or UTF-16" in report.error


def test_bytes_that_are_not_utf_8_are_replaced_and_the_line_counts_if_its_fields_are_sound(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(
        line(0, user_agent="Caf@").replace(b"@", b"\xe9")
        + line(1, extra="@").replace(b"@", b"\x80\xff")
        + line(2).replace(b"4321_1", b"4321_\xff")
        + line(3).replace(b'"status"', b'"st\xffatus"')
    )
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    found = [(call.line_number, call.user_agent, call.id_status, call.id_defect) for call in inspection.calls]
    assert found == [
        (1, "Caf\ufffd", "valid", None),
        (2, None, "valid", None),
        (3, None, "malformed", "not_ascii"),
    ]
    assert [(reject.line_number, reject.reason) for reject in inspection.rejects] == [(4, "bad_status")]


def test_nul_bytes_control_characters_and_ansi_escapes_are_data(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    agents = ["A\0B", "A\x07\x08B", "\x1b[31mred\x1b[0m"]
    path.write_bytes(b"".join(line(number, user_agent=agent) for number, agent in enumerate(agents)))
    load_one(tmp_path / "lake", path)
    assert [call["user_agent"] for call in calls(tmp_path / "lake")] == agents


# -- values that cannot be


STATUSES = {
    **dict.fromkeys((0, 99, 999, "", "OK", -200, 404.2, "404.", "+404", None)),
    100: 100,
    599: 599,
    "404": 404,
    403.0: 403,
    "401.000": 401,
}


def test_a_status_that_is_none_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(json.dumps(GOOD | {"status": status}) + "\n" for status in STATUSES))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    found: dict[int, object] = {call.line_number: call.status for call in inspection.calls}
    found |= {reject.line_number: reject.reason for reject in inspection.rejects}
    assert [found[number] for number, _ in enumerate(STATUSES, start=1)] == [
        status or "bad_status" for status in STATUSES.values()
    ]


def test_a_negative_or_huge_duration_or_size_is_null_and_the_call_counts(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    values: list[object] = [-1, 1e30, "1e999", 10**25, "fast", 12]
    path.write_text(
        "".join(
            json.dumps(GOOD | dict.fromkeys(("duration_ms", "request_bytes", "response_bytes"), value)) + "\n"
            for value in values
        )
    )
    found = sorted(
        inspect(str(path), ReadOptions(), limit=None, now=worked.NOW).calls, key=lambda call: call.line_number
    )
    assert [(call.duration_ms, call.request_bytes, call.response_bytes) for call in found] == [
        *[(None, None, None)] * 5,
        (12, 12, 12),
    ]


TIMES = {
    1790838000: "2026-10-01 07:00:00+00:00",
    1790838000.25: "2026-10-01 07:00:00.250000+00:00",
    1790838000250: "2026-10-01 07:00:00.250000+00:00",
    1790838000250001: "2026-10-01 07:00:00.250001+00:00",
    "2026-10-01T09:00:00+02:00": "2026-10-01 07:00:00+00:00",
    "2025-08-01T07:00:00Z": "2025-08-01 07:00:00+00:00",  # 14 months late
    "1970-01-01T00:00:00Z": "bad_time",
    0: "bad_time",
    "1999-12-31T23:59:59Z": "bad_time",
    "2000-01-01T00:00:00Z": "2000-01-01 00:00:00+00:00",
    "2099-01-01T00:00:00Z": "bad_time",
    "2026-06-30T23:59:60Z": "2026-07-01 00:00:00+00:00",  # a leap second is the second behind it
    "2026-02-29T00:00:00Z": "bad_time",
    "2026-10-01T07:00:00": "bad_time",
}


def test_a_time_without_offset_or_that_cannot_be_is_bad_and_an_epoch_tells_its_unit(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("".join(json.dumps(GOOD | {"timestamp": time}) + "\n" for time in TIMES))
    inspection = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    found = {call.line_number: str(call.called_at) for call in inspection.calls}
    found |= {reject.line_number: reject.reason for reject in inspection.rejects}
    assert [found[number] for number in sorted(found)] == list(TIMES.values())


def test_clocks_that_are_put_forward_or_back_are_read_by_one_rule(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    times = ["2026-03-29T01:59:59", "2026-03-29T02:30:00", "2026-03-29T03:00:00", "2025-10-26T02:30:00"]
    path.write_text("".join(json.dumps(GOOD | {"timestamp": time}) + "\n" for time in times))
    inspection = inspect(str(path), ReadOptions(time_zone="Europe/Amsterdam"), limit=None, now=worked.NOW)
    found = sorted((call.line_number, f"{call.called_at:%H:%M:%S}") for call in inspection.calls)
    # In the hour that is left out, as before it; in the hour that comes twice, the second time.
    assert found == [(1, "00:59:59"), (2, "01:30:00"), (3, "01:00:00"), (4, "01:30:00")]


def test_late_data_lands_in_its_own_day_and_nothing_else_changes(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 1))
    load_one(lake, path)
    before = {call["request_id"]: call for call in calls(lake)}
    path.write_bytes(lines(0, 1) + line(2, timestamp="2025-08-01T22:30:00Z"))
    load_one(lake, path)
    after = {call["request_id"]: call for call in calls(lake)}
    late = after.pop("2")
    assert after == before
    assert late["day"] == dt.date(2025, 8, 2)  # in Amsterdam
