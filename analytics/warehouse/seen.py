"""What a viewer that may not see all calls may know besides the calls.

Calls of others leave traces outside the calls: a rename, the name of a log that others use too, the gaps in line numbers
between two calls, the days that files reach over, the time of the last load. A partner could learn from them that a
competitor calls, when, and how much. So there is one rule: a viewer learns only what its own calls say by themselves. Two lakes
that differ only in calls of others look the same to it, and a test compares two such lakes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.compute as pc
from duckdb import ColumnExpression, ConstantExpression

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from analytics.warehouse.narrow import Id, Renames


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the calls of a viewer say by themselves.

    `ids` are the ids that stand now for those that the calls carry. `days` are since and until of their days, `last_load` is the
    time at which the last of them was loaded; both are None without any call. `streams` are the names of their logs, in the
    order of their first calls.
    """

    ids: frozenset[Id]
    days: tuple[dt.date, dt.date] | None
    last_load: dt.datetime | None
    streams: tuple[str, ...]

    @property
    def partners(self) -> frozenset[int]:
        """The partners that these calls belong to."""
        return frozenset(partner for partner, _ in self.ids)


def seen_in(
    connection: DuckDBPyConnection,
    sent: DuckDBPyRelation,
    sealed: DuckDBPyRelation,
    loads: pa.Table,
    renames: Renames,
) -> Seen:
    """What these calls say, and the sealed sums of others (`customer_days`). Both have ids as they were sent.

    `loads` are all loads of the snapshot.
    """
    said = sent.project("partner, project, day, stream, called_at as first_call")
    said = said.union(sealed.project("partner, project, day, stream, first_call"))
    ids = said.project("partner, project").filter("partner is not null and project is not null").distinct().fetchall()
    first, last = said.aggregate("min(day), max(day)").fetchall()[0]
    streams = said.aggregate("stream, min(first_call) as first_call", "stream").order("first_call, stream")
    known = connection.from_arrow(loads).project("load_id, loaded_at")
    theirs = known.join(sent.project(ColumnExpression("load_id")).distinct(), "load_id", how="semi")
    # Sums do not say when their calls were loaded. It was after the calls were made, but for those that were ahead of their time:
    # these are later than any load, and must not make themselves look as if they were not.
    made = sealed.project("last_call as loaded_at").filter(
        ColumnExpression("loaded_at") <= ConstantExpression(_newest(loads))
    )
    loaded = theirs.project("loaded_at").union(made)
    last_load = loaded.aggregate("max(loaded_at) as loaded_at").to_arrow_table()["loaded_at"][0].as_py()
    return Seen(
        ids=frozenset(renames.newest(sent_id) for sent_id in ids),
        days=None if first is None else (first, last + dt.timedelta(days=1)),
        last_load=last_load,
        streams=tuple(stream for (stream,) in streams.project("stream").fetchall()),
    )


def _newest(loads: pa.Table) -> dt.datetime | None:
    """The time of the last load of all; None without any."""
    newest = pc.max(loads["loaded_at"]).as_py()
    return newest if isinstance(newest, dt.datetime) else None
