"""Which source each line is from, where blocks of several sources are understood together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import encoded_schema
from ingest.understand.counts import Counts, Unread
from ingest.understand.second_look import DOUBTFUL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ingest.call import Column
    from ingest.read.blocks import Block

_NO_CALLS = {"called_at_count": 0, "called_at_min": None, "called_at_max": None, "id_sum": 0, "not_logged_sum": 0}


@dataclass(frozen=True, kw_only=True)
class NumberedBlock:
    """A block of a source, with what the block does not say itself."""

    block: Block
    first_line: int
    context: Mapping[str, Any]
    """What the source told before this block: a header, the directives in force."""
    load_id: str
    source: str
    stream: str


class Provenance:
    """Which lines are whose, where the lines of several blocks were read together and numbered through."""

    def __init__(self, numbered_blocks: Sequence[NumberedBlock], lines: Sequence[int]) -> None:
        self._blocks = numbered_blocks
        self._lines = np.array(lines, dtype=np.int64)
        self.starts = np.cumsum(self._lines) - self._lines + 1
        """The number of the first line of each block among all of them."""
        self.torn_lines = [
            int(start)
            for start, numbered in zip(self.starts, numbered_blocks, strict=True)
            if numbered.block.kind == "torn"
        ]
        self.line_counts = list(lines)
        self._first_lines = np.array([numbered.first_line for numbered in numbered_blocks], dtype=np.int64)

    def beginning_at(self, first_lines: Sequence[int]) -> Provenance:
        """The same of blocks whose first lines have these numbers in their sources."""
        return Provenance(
            [replace(block, first_line=number) for block, number in zip(self._blocks, first_lines, strict=True)],
            self.line_counts,
        )

    def completed(self, rows: pa.Table, columns: Sequence[Column]) -> pa.Table:
        """These columns of the rows, with the lake's types; load, source, stream and line number of each row's block.

        Texts may be encoded by a dictionary.
        """
        whose = self._whose(rows)
        given = {
            name: pa.DictionaryArray.from_arrays(whose.astype(np.int32), pa.array(values, pa.string()))
            for name in ("load_id", "source", "stream")
            if (values := [getattr(numbered, name) for numbered in self._blocks])
        }
        given["line_number"] = pa.array(rows["line_number"].to_numpy() + (self._first_lines - self.starts)[whose])
        names = [column.name for column in columns]
        table = pa.table([given[name] if name in given else rows[name] for name in names], names=names)
        return table.cast(encoded_schema(columns, table.schema))

    def counts(self, accepted: pa.Table, rejected: pa.Table, raw: pa.Table, ignored: pa.Table) -> list[Counts]:
        """The counts of the lines of each block. Ignored lines are those without a row from the format, and the ignored ones of its rows.

        Calls, rejects and ignored lines are counted separately, so that their sum shows if a line was lost.
        """
        rows, rejects, ignored_rows = (
            np.bincount(self._whose(one), minlength=len(self._blocks)) for one in (raw, rejected, ignored)
        )
        statuses = accepted["id_status"].cast(pa.string())
        spans = (
            pa.table(
                {
                    "whose": pa.array(self._whose(accepted)),
                    "called_at": accepted["called_at"],
                    "id": pc.is_in(statuses, pa.array(["valid", "malformed"])),
                    "not_logged": pc.equal(statuses, "not_logged"),
                }
            )
            .group_by("whose")
            .aggregate(
                [
                    ("called_at", "count"),
                    ("called_at", "min"),
                    ("called_at", "max"),
                    ("id", "sum"),
                    ("not_logged", "sum"),
                ]
            )
            .to_pylist()
        )
        calls = {span["whose"]: span for span in spans}
        counts = []
        fates = zip(self._lines.tolist(), rejects.tolist(), (self._lines - rows + ignored_rows).tolist(), strict=True)
        for number, (lines, rejected_lines, ignored_lines) in enumerate(fates):
            span = calls.get(number, _NO_CALLS)
            counts.append(
                Counts(
                    lines,
                    span["called_at_count"],
                    rejected_lines,
                    ignored_lines,
                    span["called_at_min"],
                    span["called_at_max"],
                    span["id_sum"],
                    span["not_logged_sum"],
                )
            )
        return counts

    def unread(self, accepted: pa.Table, unread: pa.Table, shown: Callable[[str], str]) -> list[tuple[Unread, ...]]:
        """Which values of the calls of each block are not read; a line that is rejected keeps them all in quarantine."""
        is_call = pc.is_in(unread["line_number"], accepted["line_number"].combine_chunks())
        values = unread.filter(pc.or_(is_call, pc.equal(unread["what"], DOUBTFUL)))
        values = values.append_column("whose", pa.array(self._whose(values)))
        groups = values.group_by(["whose", "what", "name"], use_threads=False).aggregate(
            [("values", "sum"), ("text", "first")]
        )
        found: list[tuple[Unread, ...]] = [() for _ in self._blocks]
        for group in groups.to_pylist():
            one = Unread(group["what"], group["name"], group["values_sum"], shown(group["text_first"]))
            found[group["whose"]] += (one,)
        return found

    def _whose(self, rows: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The number of the block that each row is from."""
        whose: np.ndarray[Any, np.dtype[np.int64]] = np.searchsorted(
            self.starts, rows["line_number"].to_numpy(), side="right"
        )
        return whose - 1


def in_order(rows: pa.Table) -> pa.Table:
    """The rows by line number.

    They nearly always are in this order, and to sort them in the engine costs more than to check. But in a join the engine may read the
    other side first, if there are more known answers than lines.
    """
    numbers = rows["line_number"].to_numpy()
    return rows if (numbers[1:] > numbers[:-1]).all() else rows.take(pa.array(np.argsort(numbers, kind="stable")))
