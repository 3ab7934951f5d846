"""Nothing of ordinary calls is redacted, in whichever format they are logged."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from ingest import ReadOptions, inspect
from tests.ingest import worked
from tests.ingest.engine import ordinary
from tests.ingest.formats.writing import NOT_CARRIED, WRITERS, Given

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TypeAlias

    Kept: TypeAlias = Callable[[str, Sequence[str]], list[str | None]]


def _ordinary_calls() -> list[Given]:
    """Return calls that have one of each: an id, a connector, a user agent and a request id."""
    rows = zip(
        ordinary.integration_ids(), ordinary.connectors(), ordinary.agents(), ordinary.request_ids(), strict=True
    )
    return [
        Given(
            at=worked.NOW - dt.timedelta(days=1, seconds=number),
            offset_minutes=0,
            method="GET",
            host=f"{id_.partition('_')[0]}.rest.afas.online",
            path=f"/ProfitRestServices/connectors/{connector}",
            query=f"?filterfieldids={connector.replace('-', '_').replace('.', '_')}_x",
            integration_id=id_,
            status=200,
            duration_ms=87,
            request_bytes=0,
            response_bytes=512,
            user_agent=agent.replace("+", ""),
            request_id=request_id,
        )
        for number, (id_, connector, agent, request_id) in enumerate(rows)
    ]


def _as_parquet(calls: Sequence[Given]) -> bytes:
    rows = list(csv.DictReader(io.StringIO(WRITERS["csv"](calls).decode())))
    file = io.BytesIO()
    write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


@pytest.mark.parametrize("log_format", [*WRITERS, "parquet"])
def test_nothing_ordinary_is_redacted_in_any_format(tmp_path: Path, log_format: str) -> None:
    given_calls = _ordinary_calls()
    path = tmp_path / "calls.log"
    path.write_bytes(_as_parquet(given_calls) if log_format == "parquet" else WRITERS[log_format](given_calls))
    calls = inspect(str(path), ReadOptions(final=True), limit=None, now=worked.NOW).calls
    assert len(calls) == ordinary.MANY
    found = [(call.customer, call.integration_id, call.connector, call.user_agent) for call in calls]
    assert found == [
        (one.host.partition(".")[0], one.integration_id, one.path.rpartition("/")[2], one.user_agent)
        for one in given_calls
    ]
    fields = [one.query.partition("=")[2] for one in given_calls]
    assert [call.filter_fields for call in calls] == [[] if name[0].isdigit() else [name] for name in fields]
    if "request_id" not in NOT_CARRIED.get(log_format, ()):
        assert [call.request_id for call in calls] == [one.request_id for one in given_calls]
