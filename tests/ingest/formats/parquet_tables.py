"""Tables of calls in Parquet, and the calls that are read from them."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

URL = "https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject"


def table_of(rows: int, **columns: Any) -> pa.Table:
    given: dict[str, Any] = {
        "timestamp": pa.array([1_790_805_000_123_456 + number for number in range(rows)], pa.timestamp("us", "UTC")),
        "method": ["GET"] * rows,
        "url": [URL] * rows,
        "status": [200] * rows,
        "request_id": [str(number) for number in range(rows)],
    }
    return pa.table(given | columns)
