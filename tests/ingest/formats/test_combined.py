"""Access logs without --layout: the shapes that are recognised, and the lines that are too ambiguous to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import ReadOptions, ingest, inspect
from ingest.formats import detect
from ingest.formats.combined.shapes import layout_of
from tests.ingest import worked

if TYPE_CHECKING:
    from pathlib import Path

HOST = "4321.rest.afas.online"
COMMON = '192.0.2.7 - - [01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 512'
AGENT = '"-" "Acme/1.0"'
COMMON_LAYOUT = '$remote_addr $remote_logname $remote_user [$time_local] "$request" $status $body_bytes_sent'
AGENT_LAYOUT = '"$http_referer" "$http_user_agent"'

SHAPES = {
    "common": (COMMON, COMMON_LAYOUT),
    "combined": (f"{COMMON} {AGENT}", f"{COMMON_LAYOUT} {AGENT_LAYOUT}"),
    "vhost common": (f"{HOST} {COMMON}", f"$host {COMMON_LAYOUT}"),
    "vhost common with a port": (f"{HOST}:443 {COMMON}", f"$host:$server_port {COMMON_LAYOUT}"),
    "vhost combined": (f"{HOST} {COMMON} {AGENT}", f"$host {COMMON_LAYOUT} {AGENT_LAYOUT}"),
    "vhost combined with a port": (
        f"{HOST}:443 {COMMON} {AGENT}",
        f"$host:$server_port {COMMON_LAYOUT} {AGENT_LAYOUT}",
    ),
    "one quoted field more": (f'{COMMON} {AGENT} "x y"', f'{COMMON_LAYOUT} {AGENT_LAYOUT} "$field_1"'),
    "bare fields more": (f"{COMMON} {AGENT} 0.087 TLSv1.3", f"{COMMON_LAYOUT} {AGENT_LAYOUT} $field_1 $field_2"),
    "a bare field behind common": (f"{HOST} {COMMON} 87", f"$host {COMMON_LAYOUT} $field_1"),
    "an id that is quoted": (
        f'{COMMON} {AGENT} 87 "1234_5678" "-"',
        f'{COMMON_LAYOUT} {AGENT_LAYOUT} $field_1 "$http_integrationid" "$field_3"',
    ),
    "an id that is bare is too little": (f"{COMMON} {AGENT} 1234_5678", f"{COMMON_LAYOUT} {AGENT_LAYOUT} $field_1"),
    "two ids are one too many": (
        f'{COMMON} {AGENT} "1234_5678" "1234_5678"',
        f'{COMMON_LAYOUT} {AGENT_LAYOUT} "$field_1" "$field_2"',
    ),
    "an IPv6 client and an empty user": (
        COMMON.replace("192.0.2.7 - -", '2001:db8::7 - ""'),
        COMMON_LAYOUT,
    ),
    "a quote that is escaped": (
        f'{COMMON} "-" "Acme \\"x\\" \\\\"',
        f"{COMMON_LAYOUT} {AGENT_LAYOUT}",
    ),
    "times as ISO 8601": (
        COMMON.replace("01/Oct/2026:09:00:00 +0200", "2026-10-01T09:00:00+02:00"),
        COMMON_LAYOUT.replace("time_local", "time_iso8601"),
    ),
    "a list without quotes": (
        f"{COMMON} {AGENT} 0.080, 0.090 : 0.1 x",
        f"{COMMON_LAYOUT} {AGENT_LAYOUT} $field_1 $field_2",
    ),
    "our default goes before all others": (f'{HOST} {COMMON} {AGENT} "1234_5678" 0.087', None),
}


@pytest.mark.parametrize(("line", "layout"), SHAPES.values(), ids=SHAPES.keys())
def test_a_common_shape_is_recognised_and_is_a_layout_to_read_on_with(line: str, layout: str | None) -> None:
    found = detect([line])
    assert found is not None
    assert (found.name, found.dialect) == ("combined", layout)
    if layout is not None:
        again = detect([line], layout=layout)
        assert again is not None
        assert again.dialect == layout


@pytest.mark.parametrize(
    "line", ["hello world", f'{COMMON} "open', COMMON.replace('"GET', "GET"), COMMON.replace("/Oct/", " Oct ")]
)
def test_other_lines_are_no_access_log(line: str) -> None:
    assert detect([line]) is None


def test_a_hostile_line_does_not_take_long() -> None:
    assert layout_of([f'{COMMON} {"a : " * 20_000}"', f'{COMMON} {"a, " * 20_000}"']) is None


def test_the_shape_is_that_of_most_lines() -> None:
    lines = [f"{COMMON} {AGENT} 1", "hello", COMMON, f"{COMMON} {AGENT} 2", f"{HOST} {COMMON}"]
    assert layout_of(lines) == f"{COMMON_LAYOUT} {AGENT_LAYOUT} $field_1"


def test_a_quoted_field_is_the_id_only_where_it_looks_like_one_on_most_lines() -> None:
    def layout(*values: str) -> str | None:
        return layout_of([f'{COMMON} {AGENT} "{value}" "x"' for value in values])

    with_id = f'{COMMON_LAYOUT} {AGENT_LAYOUT} "$http_integrationid" "$field_2"'
    without = f'{COMMON_LAYOUT} {AGENT_LAYOUT} "$field_1" "$field_2"'
    assert layout("1234_5678", "-", "-", "") == with_id
    assert layout("1234_5678", "4321_1", "12345-6") == with_id
    assert layout("1234_5678", "12345-6") == without
    assert layout("-", "-") == without


def test_combined_escaped_quotes_a_missing_field_an_ipv6_client(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    lines = [
        f'{HOST} {COMMON} {AGENT} "1234_5678" 0.087',
        f'{HOST} {COMMON} "-" "Acme \\"x\\"" "1234_5678" 0.087',
        f'{HOST} {COMMON} "-" "Acme "x"" "1234_5678" 0.087',
        f'{HOST} {COMMON} {AGENT} "1234_5678"',
        f'{HOST} {COMMON.replace("192.0.2.7", "2001:db8::7")} {AGENT} "1234_5678" 0.087',
    ]
    path.write_text("".join(f"{line}\n" for line in lines))
    found = inspect(str(path), ReadOptions(), limit=None, now=worked.NOW)
    assert [(call.line_number, call.user_agent) for call in found.calls] == [
        (1, "Acme/1.0"),
        (2, 'Acme "x"'),
        (5, "Acme/1.0"),
    ]
    assert [(reject.line_number, reject.reason) for reject in found.rejects] == [
        (3, "not_a_record"),
        (4, "not_a_record"),
    ]


def test_a_recognised_log_that_grows_is_read_on_in_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(f'{HOST} {COMMON} {AGENT} "1234_5678" "x"\n')
    first = ingest(tmp_path / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    with path.open("a") as file:
        file.write(f'{HOST} {COMMON} {AGENT} "-" "1234_5678"\n')  # by itself it would be read otherwise
    second = ingest(tmp_path / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    assert [(source.status, source.calls) for report in (first, second) for source in report.sources] == [
        ("loaded", 1),
        ("loaded", 1),
    ]
    assert [warning for warning in second.warnings if "IntegrationId" in warning] == []


def test_no_integration_id_in_the_layout_is_warned_about_with_what_to_add(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(f'{HOST} {COMMON} {AGENT} "x"\n')
    report = ingest(tmp_path / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    assert [source.calls for source in report.sources] == [1]
    (warning,) = [warning for warning in report.warnings if "IntegrationId" in warning]
    assert "nobody can tell who called (id_status not_logged)" in warning
    assert '"$http_integrationid" in nginx, "%{IntegrationId}i" in Apache' in warning


def test_a_shape_is_recognised_where_the_format_is_named_and_the_layout_is_not(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(f"hello\n{COMMON}\n")
    found = inspect(str(path), ReadOptions(log_format="combined", host=HOST), limit=None, now=worked.NOW)
    assert [call.line_number for call in found.calls] == [2]
    assert found.dialect == COMMON_LAYOUT


@pytest.mark.parametrize("name", ["common", "combined", "vhost_common", "vhost_combined"])
def test_a_layout_may_be_named_as_the_server_names_it(tmp_path: Path, name: str) -> None:
    line = (f"{HOST}:443 " if "vhost" in name else "") + COMMON + (f" {AGENT}" if "combined" in name else "")
    path = tmp_path / "access.log"
    path.write_text(f"{line}\n")
    found = inspect(str(path), ReadOptions(layout=name, host=HOST), limit=None, now=worked.NOW)
    assert [(call.customer, call.response_bytes) for call in found.calls] == [("4321", 512)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["0.087", "1.203"], [87.0, 1203.0]),
        (["0.087", "2"], [87.0, 2000.0]),  # seconds by the other line
        (["-", "0.500"], [None, 500.0]),
        (["0", "0"], [0.0, 0.0]),
        (["1203", "87500"], [None, None]),  # Apache's %D, or milliseconds
        (["0", "87"], [None, None]),
        (["-", "87"], [None, None]),
    ],
)
def test_a_whole_number_in_the_place_of_the_seconds_is_not_taken_for_seconds(
    tmp_path: Path, written: list[str], expected: list[float | None]
) -> None:
    path = tmp_path / "access.log"
    start = '1234.rest.afas.online 192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /profitrestservices/connectors/KnSubject HTTP/1.1"'
    path.write_text("".join(f'{start} 200 512 "-" "Acme/1.0" "4321_5678" {value}\n' for value in written))
    found = inspect(str(path), ReadOptions(), limit=9, now=worked.NOW)
    assert [call.duration_ms for call in found.calls] == expected
    assert [call.integration for call in found.calls] == ["4321_5678"] * 2
    is_left = None in expected and "0.500" not in written
    assert any("$duration (could be $request_time)" in warning for warning in found.warnings) == is_left
    layout = '%v %h - %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{IntegrationId}i" %D'
    given = inspect(str(path), ReadOptions(layout=layout), limit=9, now=worked.NOW).calls
    if is_left:
        assert [call.duration_ms for call in given] == [
            None if value == "-" else int(value) / 1000 for value in written
        ]
