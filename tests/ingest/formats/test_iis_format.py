"""Logs in the format of IIS (not W3C)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import ReadOptions, ingest
from tests.ingest import worked
from tests.ingest.formats.tables import inspected, table
from tests.ingest.lakes import load_one, rejects

if TYPE_CHECKING:
    from pathlib import Path


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
    found = inspected(tmp_path, table(*IIS_CALLS), options)
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
    path.write_bytes(table(*IIS_CALLS))
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
    path.write_bytes(table(line))
    report = load_one(tmp_path / "lake", path)
    assert (report.status, "unknown_format" in str(report.error)) == ("failed", True)
