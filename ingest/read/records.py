"""Lines that hold several records, as exporters write them in batches: each record becomes a line, and has its own fate.

{"records": [{"time": "2026-10-21T13:55:36Z", ...}, {"time": "2026-10-21T13:55:37Z", ...}]}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from ingest.read.blocks import Block
from ingest.read.lines import line_ends, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def one_record_a_line(block: Block, lists: Sequence[Sequence[str]]) -> Block:
    """The block with each record on a line of its own, which stands where the line stands that held it.

    `lists` are the names of lists around a record, from the outside in. A line without such a list stays as it is, and so
    does one whose lists hold nothing.
    """
    lists = [names for names in lists if f'"{names[0]}"'.encode() in block.data]
    if not lists or block.kind not in {"lines", "torn"}:
        return block
    table = lines_of(block)
    found = _records(table["line"], lists)
    if not any(found):
        return block
    ends = line_ends(block.data).tolist() if block.kind == "lines" else [len(block.data)]
    lines: list[bytes] = []
    counts: list[int] = []
    start = 0
    for end, records in zip(ends, found, strict=True):
        lines += [f"{record}\n".encode() for record in records] if records else [bytes(block.data[start:end])]
        counts.append(len(records) or 1)
        start = end
    return Block(b"".join(lines), block.offset, places=np.repeat(table["byte_offset"].to_numpy(), counts))


def _records(lines: pa.ChunkedArray, lists: Sequence[Sequence[str]]) -> list[list[str]]:
    """The records in each line, in their order; none in a line that is no sound JSON."""
    found: list[list[str]] = [[] for _ in range(len(lines))]
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.register("lines", pa.table({"number": np.arange(len(lines)), "line": lines}))
        for names in lists:
            path = "$" + "".join(f'."{name}"[*]' for name in names)
            for number, records in connection.execute(_RECORDS, [path]).fetchall():
                found[number] += records or []
    return found


_RECORDS = """
    select number, case when json_valid(text) then json_extract(text, ?)::varchar[] end as records
    from (select number, ltrim(line, chr(65279)) as text from lines)
"""
