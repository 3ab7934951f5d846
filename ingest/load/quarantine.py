"""The rejected lines of loads, from the lake, and the results of reading them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import arrow_schema, decoded
from ingest.errors import LakeError
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

_REJECTS = arrow_schema(REJECT_COLUMNS)


class Quarantine:
    """The rejects of some loads, in the order of their lines. At most `most` are fetched at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, load_ids: Sequence[str], most: int) -> None:
        self._connection = connection
        self._load_ids = load_ids
        self._most = most
        self._rows = _REJECTS.empty_table()
        self._reached = 0
        self._is_over = not load_ids

    def take(self, first: int, end: int) -> pa.Table:
        """The rejects from line `first` to before line `end`. Each call continues after the one before it."""
        while not self._is_over and self._reached < end - 1:
            self._fetch()
        numbers = self._rows["line_number"].to_numpy()
        low, high = np.searchsorted(numbers, [first, end]).tolist()
        taken = self._rows.slice(low, high - low)
        self._rows = self._rows.slice(high)
        return taken.combine_chunks()

    def _fetch(self) -> None:
        try:
            window = self._connection.sql(
                "select * from rejects where load_id in (select unnest(?::varchar[])) and line_number > ?"
                " order by line_number limit ?",
                params=[list(self._load_ids), self._reached, self._most],
            ).to_arrow_table()
        except duckdb.Error as error:
            raise LakeError(f"the rejects cannot be read: {error}") from error
        self._rows = pa.concat_tables([self._rows, window.select(_REJECTS.names).cast(_REJECTS)])
        self._is_over = len(window) < self._most
        if len(window):
            self._reached = window["line_number"][-1].as_py()


def of_rejected(rows: pa.Table, old: pa.Table) -> pa.Table:
    """The rows whose lines were rejected before, with the load, source and stream that they had then."""
    place = pc.index_in(rows["line_number"], old["line_number"].combine_chunks())
    known = pc.is_valid(place)
    rows, place = decoded(rows.filter(known)), place.filter(known)
    for name in {"load_id", "source", "stream"} & set(rows.column_names):
        rows = rows.set_column(rows.column_names.index(name), rows.schema.field(name), old[name].take(place))
    return rows


def with_removed_texts(rejects: pa.Table, old: pa.Table) -> pa.Table:
    """These rejects, without texts where retention has removed them from the same lines: a retry must not bring them back."""
    is_textless = pc.and_(pc.is_null(old["detail"]), pc.is_null(old["sample"]))
    stays = pc.invert(pc.is_in(rejects["line_number"], old.filter(is_textless)["line_number"].combine_chunks()))
    for name in ("detail", "sample"):
        place = rejects.column_names.index(name)
        field = rejects.schema.field(name)
        rejects = rejects.set_column(place, field, pc.if_else(stays, rejects[name], pa.scalar(None, field.type)))
    return rejects
