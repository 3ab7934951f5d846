"""The ledger with merged loads: as if all that was loaded from a log on one day had been loaded at once.

A decision says which loads are merged (`ingest.lake.merging`). From then on the tables' rows carry the name of the first of them, and
all that the ledger says about a part it says about the whole.

Some time lies between that decision and the moment when the ledger is written with the merged loads, and a crash may make it long.
All readers have to see the same before and after. So there is one function, `with_merges`: readers apply it to the ledger that
they have read, and `maintain` writes its result.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.position import MARK_INTERVAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.lake.ledger_row import LedgerRow, Removal, Retried
    from ingest.position import Position


def with_merges(rows: Sequence[LedgerRow]) -> tuple[LedgerRow, ...]:
    """These decisions, in order, with one row for each merged load, where its first part stood.

    The last merge stays, without saying which loads it has merged: it tells up to which decision the rows are merged.
    """
    merges = [row for row in rows if row.merged]
    if not merges:
        return tuple(rows)
    by_id = {row.load_id: row for row in rows}
    whole: dict[str, str] = {}
    for merge in merges:
        for first, parts in merge.merged.items():
            by_id[first] = _joined(by_id[first], [by_id.pop(part) for part in parts])
            whole |= dict.fromkeys(parts, first)
    last = [row.load_id for row in rows if row.kind == "merge"][-1]
    return tuple(
        _of_wholes(by_id[row.load_id], whole)
        for row in rows
        if row.load_id in by_id and (row.kind != "merge" or row.load_id == last)
    )


def _joined(first: LedgerRow, parts: Sequence[LedgerRow]) -> LedgerRow:
    """The merged load of these, each of which begins at the end of the one before it."""
    rows, last = (first, *parts), parts[-1]
    return replace(
        first,
        end_byte=last.end_byte,
        content_sha256=last.content_sha256,
        lines=sum(row.lines for row in rows),
        calls=sum(row.calls for row in rows),
        rejects=sum(row.rejects for row in rows),
        ignored=sum(row.ignored for row in rows),
        first_call=min((row.first_call for row in rows if row.first_call is not None), default=None),
        last_call=max((row.last_call for row in rows if row.last_call is not None), default=None),
        loaded_at=last.loaded_at,
        is_complete=last.is_complete,
        first_mark=last.first_mark,
        second_mark=last.second_mark,
        marks=_marks(first, parts),
        resume=last.resume,
        staged=(),
        completed=last.completed or last.decision,
        inner_ends=_inner_ends(rows),
    )


def _inner_ends(rows: Sequence[LedgerRow]) -> bytes:
    """Where these loads and their own parts ended, except the end of the last one, which is the end of the merged load."""
    ends = (row.inner_ends + (b"" if row is rows[-1] else row.end.packed) for row in rows)
    return b"".join(ends)


def _marks(first: LedgerRow, parts: Iterable[LedgerRow]) -> tuple[Position, ...]:
    """The marks of a merged load, at the same distances as those of a load that was made at once.

    The first load keeps all of its marks. One of them lies after its first line: by that one a source is recognised that goes on past the
    place where the load begins. The marks after the first lines of its parts go, because no load begins at those places any more.
    """
    marks = list(first.marks)
    reached = max((mark.offset for mark in marks), default=first.start_byte)
    for part in parts:
        for mark in part.marks:
            if mark.offset >= reached + MARK_INTERVAL:
                marks.append(mark)
                reached = mark.offset
    return tuple(marks)


def _of_wholes(row: LedgerRow, whole: Mapping[str, str]) -> LedgerRow:
    """The same decision, with merged loads in the place of their parts."""
    if row.kind == "merge":
        return replace(row, merged={})
    is_said_of_a_part = (
        row.parent in whole
        or not whole.keys().isdisjoint(row.retried)
        or (row.removed is not None and not whole.keys().isdisjoint(row.removed.load_ids))
    )
    if not is_said_of_a_part:
        return row
    return replace(
        row,
        parent=None if row.parent is None else _whole(row.parent, whole),
        removed=None if row.removed is None else _removal(row.removed, whole),
        retried=_retried(row.retried, whole),
    )


def _whole(load_id: str, whole: Mapping[str, str]) -> str:
    # A merged load may itself have become a part of another one since.
    while load_id in whole:
        load_id = whole[load_id]
    return load_id


def _removal(removal: Removal, whole: Mapping[str, str]) -> Removal:
    def of_wholes(counts: Mapping[str, int]) -> dict[str, int]:
        sums: dict[str, int] = {}
        for load_id, count in counts.items():
            name = _whole(load_id, whole)
            sums[name] = sums.get(name, 0) + count
        return sums

    texts = tuple(dict.fromkeys(_whole(load_id, whole) for load_id in removal.texts))
    return replace(removal, calls=of_wholes(removal.calls), rejects=of_wholes(removal.rejects), texts=texts)


def _retried(retried: Mapping[str, Retried], whole: Mapping[str, str]) -> dict[str, Retried]:
    sums: dict[str, Retried] = {}
    for load_id, one in retried.items():
        name = _whole(load_id, whole)
        sums[name] = sums[name] + one if name in sums else one
    return sums
