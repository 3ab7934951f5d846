"""Bad lines of JSON and CSV: each has its fate, and its neighbours have theirs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ingest import ReadOptions, inspect
from tests.ingest import worked

if TYPE_CHECKING:
    from pathlib import Path

HOST = "https://4321.rest.afas.online"
GOOD = {"timestamp": 1790838000, "method": "GET", "url": f"{HOST}/ProfitRestServices/metainfo", "status": 200}
GOOD_LINE = json.dumps(GOOD)
HEADER = "timestamp,method,url,status,user_agent"
ROW = f"1790838000,GET,{HOST}/ProfitRestServices/metainfo,200"


def fates_of(path: Path, *lines: str) -> list[str]:
    """What became of each line: call, ignored, or the reason why it is rejected."""
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


def test_a_column_that_comes_twice_says_what_its_first_one_says(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(f"{HEADER},status\n{ROW},x,500\n")
    [call] = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW).calls
    assert call.status == 200


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
