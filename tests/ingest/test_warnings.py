"""What the operator is told of a source, when it is loaded and when it is only inspected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import ReadOptions, inspect
from tests.ingest import lakes
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path


def test_a_log_in_which_nobody_has_an_id_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.write_bytes(b"".join(lakes.line(number, headers={}) for number in range(100)))
    assert lakes.load(tmp_path / "lake", path).warnings == (
        f"{path}: none of its 100 calls has an IntegrationId: every call is unidentified; does the log hold that header?",
    )


def test_one_id_or_few_calls_are_no_reason_to_warn(tmp_path: Path) -> None:
    few, one = tmp_path / "few.log", tmp_path / "one.log"
    few.write_bytes(b"".join(lakes.line(number, headers={}) for number in range(99)))
    malformed = lakes.line(200, headers={"IntegrationId": "4321-1"})
    one.write_bytes(b"".join(lakes.line(number, headers={}) for number in range(100, 200)) + malformed)
    assert lakes.load(tmp_path / "lake", few, one).warnings == ()


_SAID: dict[str, tuple[bytes, str]] = {
    "json": (b"".join(lakes.line(number, headers={}) for number in range(100)), "none of its 100 calls has an"),
    "csv": (lakes.CSV_HEADER + lakes.csv_line(1), "the header names no integration_id"),
    "w3c": (lakes.W3C_FIELDS + lakes.w3c_line(1), "#Fields names no cs(IntegrationId)"),
    "combined": (
        b'192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /ProfitRestServices/metainfo HTTP/1.1" 200 5\n',
        "the layout names no IntegrationId header",
    ),
}


@pytest.mark.parametrize(("content", "said"), _SAID.values(), ids=_SAID.keys())
def test_inspect_warns_as_ingest_does(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.log"
    path.write_bytes(content)
    inspection = inspect(str(path), ReadOptions(host="4321.rest.afas.online"), limit=None, now=NOW)
    loaded = lakes.load(tmp_path / "lake", path, host="4321.rest.afas.online")
    assert inspection.warnings == loaded.warnings
    assert [said in warning for warning in loaded.warnings] == [True]


def test_a_name_that_nobody_reads_and_that_looks_like_one_that_is_read_is_warned_of(tmp_path: Path) -> None:
    table, lines = tmp_path / "calls.csv", tmp_path / "calls.log"
    url = "https://4321.rest.afas.online/ProfitRestServices/metainfo"
    headers = '"{""IntegrationId"":""1234_5678""}"'
    names = "timestamp;method;url;status;headers;IntegrationID;note"
    table.write_text(f"{names}\n2026-10-01T07:00:00Z;GET;{url};200;{headers};;x\n")
    lines.write_bytes(lakes.line(1, duration=87, level="info", User_Agent="Acme/1.0"))
    said = {
        table: "nobody reads headers, integrationid (integration_id would be)",
        lines: "nobody reads User_Agent (user_agent would be), duration (duration_ms would be)",
    }
    for path, warning in said.items():
        found = inspect(str(path), ReadOptions(), limit=None, now=NOW)
        assert found.warnings[-1] == f"{path}: {warning}"
        assert len(found.calls) == 1
    report = lakes.load(tmp_path / "lake", table, lines)
    assert [warning for warning in report.warnings if "nobody reads" in warning] == [
        f"{path}: {warning}" for path, warning in said.items()
    ]
