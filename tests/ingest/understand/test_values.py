"""Values that are not read are counted by column, under the log's name of the column."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingest import ReadOptions, inspect
from ingest.formats import log_format
from ingest.read.blocks import Block
from ingest.understand.counts import Counts
from ingest.understand.provenance import NumberedBlock
from ingest.understand.second_look import DOUBTFUL
from ingest.understand.understanding import Understanding
from tests.ingest import lakes
from tests.ingest.understand.values import READ, URL, json_line
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


HEADER = "timestamp;method;url;integration_id;status;duration_ms;request_bytes;response_bytes\n"

_LINES = (
    ("1.024", "1.024", "10"),
    ("87", "2.048", "20"),
    ("2.512", "1", "1,5"),
    ("12,5", "1.024", "+10"),
    ("1.024", "3.072", "1,024"),
    ("1.234,75", "soon", "-"),
    ("0.5", "1.024.000", "30"),
    ("1,2E+05", "1,024,000", "4,5e3"),
    ("1.024", "1.024", "40"),
)
_VALUES = [
    (1.024, None, 10),
    (87.0, None, 20),
    (2.512, 1, None),
    (12.5, None, None),
    (None, None, None),
    (1234.75, None, None),
    (0.5, 1_024_000, 30),
    (120_000.0, 1_024_000, 4500),
    (None, None, 40),
]
"""One sign before three digits is anybody's guess, whatever stands around it; but a duration like 1.024 is one until a duration of its
log has shown a decimal comma."""


def _row(number: int, values: Sequence[str]) -> str:
    return f"2026-10-01T07:00:{number:02}Z;GET;{URL};4321_1;200;{';'.join(values)}\n"


def _csv(folder: Path, *rows: Sequence[str]) -> Path:
    path = folder / "calls.csv"
    path.write_text(HEADER + "".join(_row(number, row) for number, row in enumerate(rows)))
    return path


@pytest.fixture(scope="module")
def understanding() -> Iterator[Understanding]:
    one = Understanding()
    one.begin(now=NOW, time_zone="Europe/Amsterdam")
    yield one
    one.close()


def _read_in_pieces(understanding: Understanding, pieces: Sequence[str]) -> tuple[list[dict[str, Any]], Counts]:
    """The calls of a CSV that is read in these pieces, each with the context of those before it."""
    form, counts, offset = log_format("csv"), Counts(), 0
    calls: list[dict[str, Any]] = []
    context: dict[str, Any] = {}
    for piece in pieces:
        block = Block(piece.encode(), offset)
        numbered = NumberedBlock(
            block=block, first_line=counts.lines + 1, context=context, load_id="", source="", stream=""
        )
        understood, [after] = understanding.read([numbered], form)
        [counted] = understood.counts
        calls += understood.calls.to_pylist()
        counts, context, offset = counts + counted, dict(after), offset + len(block.data)
    return calls, counts


def test_what_a_column_says_does_not_depend_on_where_blocks_end(understanding: Understanding) -> None:
    rows = [_row(number, values) for number, values in enumerate(_LINES)]
    for end in range(len(rows) + 1):
        pieces = [HEADER + "".join(rows[:end]), "".join(rows[end:])]
        calls, counts = _read_in_pieces(understanding, [piece for piece in pieces if piece])
        assert [tuple(call[name] for name in READ) for call in calls] == _VALUES, end
        unread = {one.name if one.what != DOUBTFUL else "doubtful": (one.values, one.example) for one in counts.unread}
        assert unread == {
            "request_bytes": (6, "1.024"),
            "response_bytes": (3, "1,5"),
            "duration_ms": (2, "1.024"),
            "doubtful": (2, "1.024"),
        }, end


def test_a_file_that_grew_says_what_it_says_in_one_go(tmp_path: Path) -> None:
    whole = _csv(tmp_path, *_LINES)
    lines = whole.read_text().splitlines(keepends=True)
    said: list[str] = []
    for end in range(2, len(lines) + 1, 2):
        whole.write_text("".join(lines[:end]))
        said += lakes.load(tmp_path / "lake", whole).warnings
    lakes.load(tmp_path / "lake", whole)
    whole.write_text("".join(lines))
    lakes.load(tmp_path / "lake", whole)
    calls = sorted(lakes.calls(tmp_path / "lake"), key=lambda call: call["line_number"])
    assert [tuple(call[name] for name in READ) for call in calls] == _VALUES
    assert lakes.broken(tmp_path / "lake") == {}
    assert [warning.split(": ")[1] for warning in said].count("request_bytes") > 1


def test_sources_that_are_read_together_say_each_their_own(tmp_path: Path) -> None:
    comma, point = tmp_path / "comma", tmp_path / "point"
    for folder, rows in ((comma, [("12,5", "1", "1"), ("1.024", "2", "2")]), (point, [("1.024", "3", "3")])):
        folder.mkdir()
        _csv(folder, *rows)
    lakes.load(tmp_path / "lake", comma, point)
    assert {call["request_bytes"]: call["duration_ms"] for call in lakes.calls(tmp_path / "lake")} == {
        1: 12.5,
        2: None,
        3: 1.024,
    }


def test_inspect_and_ingest_say_what_is_not_read(tmp_path: Path) -> None:
    path = _csv(tmp_path, ("87 parsecs", "1.5", "10"), ("soon", "1", "-1"), ("2", "3", "4"))
    expected = (
        (
            f"{path}: duration_ms: 2 values are not read, such as '87 •'; expected a number such as 12.5, or a time with its unit"
            " such as 12ms, 1.5s or 00:00:01.5; the calls are loaded without it"
        ),
        (
            f"{path}: request_bytes: 1 value is not read, such as '1.5'; expected a whole number of bytes;"
            " the calls are loaded without it"
        ),
        (
            f"{path}: response_bytes: 1 value is not read, such as '-1'; expected a whole number of bytes;"
            " the calls are loaded without it"
        ),
    )
    assert inspect(str(path), ReadOptions(), limit=None, now=NOW).warnings == expected
    assert lakes.load(tmp_path / "lake", path).warnings == expected


def test_values_of_rejected_lines_and_values_that_are_none_are_not_counted(tmp_path: Path) -> None:
    path = _csv(tmp_path, ("", "-", ""), ("1", "1", "1"))
    path.write_text(path.read_text() + _row(3, ("soon", "soon", "soon")).replace(";200;", ";999;"))
    report = lakes.load(tmp_path / "lake", path)
    assert (report.sources[0].calls, report.sources[0].rejects, report.warnings) == (2, 1, ())


_IN_EVERY_FORMAT = {
    "json": (json_line(duration_ms="soon", response_bytes=[1]), {}, ("duration_ms", "response_bytes")),
    "csv": (HEADER + _row(1, ("soon", "1", "many")), {}, ("duration_ms", "response_bytes")),
    "w3c": (
        (
            "#Fields: date time cs-method cs-host cs-uri-stem sc-status cs(IntegrationId) time-taken sc-bytes\n"
            "2026-10-01 07:00:00 GET 4321.rest.afas.online /ProfitRestServices/metainfo 200 4321_1 soon many\n"
        ),
        {},
        ("time-taken", "sc-bytes"),
    ),
    "an nginx layout": (
        '[01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 many "4321_1" soon\n',
        {
            "layout": '[$time_local] "$request" $status $bytes_sent "$http_integrationid" $request_time',
            "host": "4321.rest.afas.online",
        },
        ("$request_time", "$bytes_sent"),
    ),
    "an Apache layout": (
        '[01/Oct/2026:09:00:00 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 many "4321_1" soon\n',
        {"layout": '%t "%r" %>s %O "%{IntegrationId}i" %D', "host": "4321.rest.afas.online"},
        ("%D", "%O"),
    ),
    "a dialect with several names": (
        json.dumps(
            {
                "@timestamp": "2026-10-01T07:00:00Z",
                "url.full": URL,
                "http.request.method": "GET",
                "event.duration": "soon",
            }
            | {"http.response.status_code": 200, "labels.integrationid": "4321_1", "destination.bytes": "many"}
        ),
        {},
        ("event.duration", "destination.bytes"),
    ),
}


@pytest.mark.parametrize(("content", "options", "names"), _IN_EVERY_FORMAT.values(), ids=_IN_EVERY_FORMAT.keys())
def test_a_column_is_called_as_the_log_calls_it(
    content: str, options: dict[str, Any], names: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "calls.log"
    path.write_text(content)
    inspection = inspect(str(path), ReadOptions(**options), limit=None, now=NOW)
    assert len(inspection.calls) == 1
    said = [warning.removeprefix(f"{path}: ").split(": 1 value")[0] for warning in inspection.warnings]
    assert said == list(names)


def test_an_example_is_no_secret(tmp_path: Path) -> None:
    secrets = ("123456782", "jan.jansen@example.nl", "AfasToken PHRva2VuPjEyMzQ1Njc4OTA8L3Rva2VuPg==", "1234.56.782,5")
    for secret in secrets:
        path = tmp_path / "calls.json"
        path.write_text(json_line(duration_ms=f"-{secret}", response_bytes=f"{secret}x"))
        warnings = inspect(str(path), ReadOptions(), limit=None, now=NOW).warnings
        assert len(warnings) == 2
        assert not any(secret in warning for warning in warnings)
