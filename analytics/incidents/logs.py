"""What is known of the logs: which hours say nothing, and when each log ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Logs:
    """The hours of each log that say nothing, the last hour of each (seconds since 1970), and the lake's time zone."""

    left_out: Mapping[str, Sequence[int]]
    ends: Mapping[str, int]
    time_zone: str

    def lacking(self) -> dict[str, list[object]]:
        """The hours that say nothing, as the step `left_out` takes them."""
        hours = [(stream, hour) for stream, ones in self.left_out.items() for hour in ones]
        return {"lacking_streams": [stream for stream, _ in hours], "lacking_hours": [hour for _, hour in hours]}


def logs_of(warehouse: Warehouse) -> Logs | None:
    """What is known of the logs; None without any."""
    import polars as pl

    hours = warehouse.metric("completeness", Scope(environment="all")).with_columns(pl.col("hour").dt.epoch("s"))
    if hours.is_empty():
        return None
    lacking = hours.filter(pl.col("state") != "complete")
    return Logs(
        {str(stream[0]): rows["hour"].to_list() for stream, rows in lacking.group_by("stream")},
        dict(hours.group_by("stream").agg(pl.col("hour").max()).iter_rows()),
        warehouse.snapshot.time_zone,
    )
