"""Lines without the id's field in a log that leaves out headers that were not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_LEFT_OUT_FOR = 1000
"""For this many lines after one with the field, the log is taken to hold it still."""


def with_left_out_ids(
    table: pa.Table,
    line_count: int,
    begins: Sequence[tuple[int, Mapping[str, Any]]],
    contexts: Sequence[dict[str, Any]],
) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The fields, and the contexts of the lines that follow, of a dialect in which a header that was not sent leaves no field.

    If a line lacks the field, and one of the thousand lines before it has the field, its call lacked the header. Before the first
    line with the field, and long after the last one, that is not known. The distance is counted in lines of the log and carried from
    block to block, so that the ends of blocks and the growth of a file do not matter.
    """
    numbers = table["line_number"].to_numpy()
    has_field = np.zeros(line_count + 1, dtype=np.bool_)
    has_field[numbers] = pc.fill_null(table["id_logged"], pa.scalar(value=False)).to_numpy()
    last = np.where(has_field, np.arange(line_count + 1), -_LEFT_OUT_FOR - 1)
    found = []
    starts = [start for start, _ in begins]
    for start, end, (_, before), context in zip(starts, [*starts[1:], line_count + 1], begins, contexts, strict=True):
        others = {name: value for name, value in context.items() if name != "lines_since_id"}
        since = before.get("lines_since_id")
        if end > start:
            last[start] = max(last[start], start - _LEFT_OUT_FOR - 1 if since is None else start - 1 - since)
            last[start:end] = np.maximum.accumulate(last[start:end])
            since = int(end - 1 - last[end - 1])
        elif since is None:
            since = _LEFT_OUT_FOR
        found.append(others | ({"lines_since_id": since} if since < _LEFT_OUT_FOR else {}))
    logged = pa.array(numbers - last[numbers] <= _LEFT_OUT_FOR)
    return table.set_column(table.column_names.index("id_logged"), "id_logged", logged), found
