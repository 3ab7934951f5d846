"""Given rows: a real lake in a folder, from as little as a test wants to say about each call."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.questions import question
from analytics.registry import load_registry
from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS, Column
from ingest.lake.data_file import DataFile
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import LOAD_COLUMNS, LedgerRow, new_load_id
from ingest.lake.snapshot import Snapshot
from ingest.reject import REJECT_COLUMNS

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

OUTCOMES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "throttled",
    500: "validation",
    501: "server_error",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}

Row = Mapping[str, Any]


def call(**said: Any) -> dict[str, Any]:
    """One call: the given values, those that follow from them, and ordinary values for the rest."""
    row: dict[str, Any] = {
        "called_at": "2026-10-01T08:00:00Z",
        "stream": "gateway",
        "product": "profit",
        "protocol": "rest",
        "environment": "production",
        "customer": "7654321",
        "integration_id": "1234567_1",
        "method": "GET",
        "operation": "get",
        "connector": "KnSubject",
        "endpoint": "connectors/KnSubject",
        "status": 200,
        "filter_fields": [],
        "operator_types": [],
        "query_length": 0,
        "token_form": "base64",
        "load_id": "0000000000000001",
        "line_number": 1,
    } | said
    row["called_at"] = dt.datetime.fromisoformat(row["called_at"])
    sent = row["integration_id"]
    defect = row.get("id_defect")
    valid = sent is not None and defect is None
    partner, project = sent.split("_") if valid else (None, None)
    derived = {
        "day": row["called_at"].astimezone(AMSTERDAM).date(),
        "id_status": "valid" if valid else "malformed" if defect else "missing",
        "partner": int(partner) if partner else None,
        "project": int(project) if project else None,
        "integration": sent if valid else None,
        "own": valid and row["customer"] == partner,
        "outcome": OUTCOMES.get(row["status"], "ok" if row["status"] < 400 else "client_error"),
    }
    return derived | row


def reject(**said: Any) -> dict[str, Any]:
    """One quarantined line."""
    return {
        "load_id": "0000000000000001",
        "source": "gateway.log",
        "stream": "gateway",
        "line_number": 1,
        "byte_offset": 0,
        "reason": "bad_url",
        "sample": "hello world",
    } | said


def given_lake(
    path: Path,
    calls: Sequence[Row] = (),
    *,
    rejects: Sequence[Row] = (),
    registry: Sequence[Path] = (),
    files: int = 1,
) -> Path:
    """Write a lake that holds these calls and rejects, spread over some data files, and return its path."""
    lake = Lake(path)
    lake.create()
    if calls or rejects:
        load_id = new_load_id()
        staged = [
            file
            for start in range(files)
            for file in lake.stage(
                f"{load_id}-{start}",
                _table(calls[start::files], CALL_COLUMNS),
                _table(() if start else rejects, REJECT_COLUMNS),
            )
        ]
        row = LedgerRow(
            load_id="0000000000000001",
            source="gateway.log",
            stream="gateway",
            log_format="json",
            lines=len(calls) + len(rejects),
            calls=len(calls),
            rejects=len(rejects),
            first_call=min((row["called_at"] for row in calls), default=None),
            last_call=max((row["called_at"] for row in calls), default=None),
            loaded_at=max([NOW, *(row["called_at"] for row in calls)]),
            version="0",
        )
        table, ledger = lake.ledger()
        assert lake.decide(table, ledger, [row], staged)
        lake.roll_forward()
    if registry:
        load_registry(path, registry, now=NOW)
    return path


def given_snapshot(folder: Path, calls: Sequence[Row]) -> Snapshot:
    """A snapshot of one data file without a lake around it: for tests that need hundreds of them."""
    path = folder / "calls.parquet"
    pq.write_table(_table(calls, CALL_COLUMNS), path)
    days = [row["day"] for row in calls]
    bounds = (min(days, default=None), max(days, default=None))
    file = DataFile(path, len(calls), *bounds, None, None, None, None)
    return Snapshot(1, "Europe/Amsterdam", (file,), (), arrow_schema(LOAD_COLUMNS).empty_table())


def parameters(name: str, partner: int) -> dict[str, object] | None:
    """A value for whatever a question asks for, about this partner."""
    values: dict[str, object] = {
        "integration": f"{partner}_1",
        "connector": "bravo_Employees",
        "partner": partner,
        "limit": 10,
        "window": 30,
        "last_day": NOW.date(),
        "warning": 7,
        "required": 5,
        "sent": f"{partner}_1",
        "seen": True,
        "registered": False,
        "changes": [0, 1],
        "connectors": ["bravo_Employees", None],
        "operations": [None, "get"],
        "endpoints": [None, None],
        "parts": ["0", "1"],
        "part_changes": [0, 1],
        "part_integrations": [None, f"{partner}_1"],
        "ids": [f"{partner}_1"],
        "kind": "connector",
        "token_forms": [None, None],
        "protocols": [None, "rest"],
        "api_versions": [None, None],
        "fields": ["EmployeeId"],
        "minute_in": 1,
        "most_streams": 64,
        "customer": "2000002",
        "since": NOW - dt.timedelta(days=20),
        "until": NOW,
        "days": 56,
        "lacking_streams": ["gateway"],
        "lacking_hours": [0],
        "node_integrations": [f"{partner}_1", ""],
        "node_customers": ["", "2000002"],
        "node_connectors": ["", ""],
        "node_days": [dt.date(2026, 10, 1), dt.date(2026, 10, 2)],
        "since_hours": [0, 0],
        "until_hours": [int(NOW.timestamp())] * 2,
        "node_integration": f"{partner}_1",
        "node_customer": "",
        "node_connector": "",
        "error_class": "content",
        "since_hour": 0,
        "calls_found": 10,
        "errors_found": 5,
        "hours_in_question": [int(NOW.timestamp()) - 3600 * back for back in range(31 * 24)],
    }
    code = "\n".join(line for line in question(name).sql.splitlines() if not line.startswith("--"))
    return {key: value for key, value in values.items() if re.search(rf"\${key}\b", code)} or None


def _table(rows: Sequence[Row], columns: Sequence[Column]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(columns))
