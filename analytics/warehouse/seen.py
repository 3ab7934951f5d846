"""What somebody who may not see all calls may know of what is kept beside them.

Calls of others leave traces where no call stands: a rename, the name of a log that others use, the lines between two calls,
the days that files reach over, when a log was loaded last. Whoever may see some of the calls only is told what these calls
tell by themselves, so that two lakes that differ in calls of others alone cannot be told apart.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duckdb import ColumnExpression

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from analytics.warehouse.narrow import Id, Renames


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the calls that somebody may see say by themselves.

    `ids` are those that stand for the ones they carry now. `days` are since and until of their days, `last_load` is when the
    last of them was loaded: both None without any call. `streams` has the names of their logs, in the order of their first
    calls.
    """

    ids: frozenset[Id]
    days: tuple[dt.date, dt.date] | None
    last_load: dt.datetime | None
    streams: tuple[str, ...]

    @property
    def partners(self) -> frozenset[int]:
        """The partners that the calls are of."""
        return frozenset(partner for partner, _ in self.ids)


def seen_in(connection: DuckDBPyConnection, sent: DuckDBPyRelation, loads: pa.Table, renames: Renames) -> Seen:
    """What these calls say, which are as they were sent, and of these loads or others."""
    ids = sent.project("partner, project").filter("partner is not null and project is not null").distinct().fetchall()
    first, last = sent.aggregate("min(day), max(day)").fetchall()[0]
    streams = sent.aggregate("stream, min(called_at) as first_call", "stream").order("first_call, stream")
    known = connection.from_arrow(loads).project("load_id, loaded_at")
    theirs = known.join(sent.project(ColumnExpression("load_id")).distinct(), "load_id", how="semi")
    last_load = theirs.aggregate("max(loaded_at) as loaded_at").to_arrow_table()["loaded_at"][0].as_py()
    return Seen(
        ids=frozenset(renames.newest(sent_id) for sent_id in ids),
        days=None if first is None else (first, last + dt.timedelta(days=1)),
        last_load=last_load,
        streams=tuple(stream for (stream,) in streams.project("stream").fetchall()),
    )
