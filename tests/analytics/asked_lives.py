"""The lives of logs, as the questions answer them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.registry import RegistryFiles
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import given_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.lake.stream_ends import StreamEnd
    from tests.analytics.office_logs import Calls, Row
FIRST_DAY = dt.date(2026, 9, 7)


def asked(folder: Path, calls: Calls, ends: Sequence[StreamEnd] = ()) -> tuple[list[Row], dict[str, dict[str, Any]]]:
    """The rows of `completeness`, and what `streams_lives` says of each stream."""
    snapshot = replace(given_snapshot(folder, calls), stream_ends=tuple(ends))
    with Warehouse.over(snapshot, RegistryFiles()) as warehouse:
        lives = warehouse.query_file("completeness/streams_lives").to_dicts()
        return warehouse.metric("completeness").rows(), {row["stream"]: row for row in lives}


def customers(count: int, calls: Calls) -> Calls:
    """These calls, shared in turn by this number of customers."""
    return [row | {"customer": str(4_000_000 + number % count)} for number, row in enumerate(calls)]
