"""Given rows: a real lake in a folder, from as little as a test wants to say about each call."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.registry import load_registry
from ingest.call import CALL_COLUMNS, Column
from ingest.lake import Lake, arrow_schema, new_load_id
from ingest.ledger import REJECT_COLUMNS, LedgerRow, StagedFile

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
    """One call: what is said, what follows from it, and an ordinary value for the rest."""
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
        "day": row["called_at"].astimezone(ZoneInfo("Europe/Amsterdam")).date(),
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
        sliced = [calls[start::files] for start in range(files)]
        staged = [
            *(_stage(lake, "calls", rows, CALL_COLUMNS, f"{load_id}-{at}") for at, rows in enumerate(sliced) if rows),
            *(_stage(lake, "rejects", rows, REJECT_COLUMNS, load_id) for rows in [rejects] if rows),
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
            loaded_at=NOW,
            version="0",
            staged=tuple(staged),
        )
        table, ledger = lake.ledger()
        assert lake.decide(table, ledger, [row])
        lake.roll_forward()
    if registry:
        load_registry(path, registry, now=NOW)
    return path


def random_calls(choices: Mapping[str, Sequence[Any]], count: int) -> list[dict[str, Any]]:
    """Write calls that run through every combination of the choices, over and over."""
    names = list(choices)
    combinations = itertools.cycle(itertools.product(*choices.values()))
    return [call(**dict(zip(names, next(combinations), strict=True))) for _ in range(count)]


def _stage(lake: Lake, table: Any, rows: Sequence[Row], columns: Sequence[Column], name: str) -> StagedFile:
    data = pa.Table.from_pylist([dict(row) for row in rows], schema=arrow_schema(columns))
    path = lake.staging_path(table, f"{name}.parquet")
    pq.write_table(data, path)
    bounds: dict[str, dict[str, Any]] = {"minValues": {}, "maxValues": {}}
    for column in {"day", "partner", "customer"} & set(data.column_names):
        values = [value for value in data[column].to_pylist() if value is not None]
        if values:
            bounds["minValues"][column], bounds["maxValues"][column] = min(values), max(values)
    stats = json.dumps({"numRecords": len(rows), "nullCount": {}, **bounds}, default=str)
    return StagedFile(table=table, path=path.name, size=path.stat().st_size, modified_at_ms=0, stats=stats)
