"""Taking loads back: by their id or by their path, with those that grew from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import LakeError
from ingest.lake import Lake, new_load_id
from ingest.ledger import LedgerRow
from ingest.report import UnloadReport
from ingest.source import STANDARD_INPUT, written_name
from ingest.version import VERSION

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from ingest.ledger import Ledger


def unload(lake: Path, target: str, *, now: dt.datetime) -> UnloadReport:
    """Take back a load (by its id) or every load of a path, with those that grew from it.

    LakeError when there is none, and for standard input: that is no path, and what came from it is not one source.
    """
    target = written_name(target)
    store = Lake(lake)
    store.roll_forward()
    while True:
        table, ledger = store.ledger()
        if target == STANDARD_INPUT:
            raise LakeError(_names_of_standard_input(ledger))
        wanted = _loads_of(ledger, target)
        if not wanted:
            raise LakeError(
                f"{target}: no load has this id and no load came from this path;"
                " 'koppelzicht sql \"from loads\"' lists them"
            )
        family = ledger.grown_from(wanted)
        if store.decide(table, ledger, [unloading_row(family, target, now)]):
            break
    store.roll_forward()
    held = ledger.held()
    calls, rejects = (sum(held[load_id][place] for load_id in family) for place in (0, 1))
    return UnloadReport(len(family), calls, rejects)


def unloading_row(family: Sequence[str], target: str, now: dt.datetime) -> LedgerRow:
    """The decision that these loads hold no longer."""
    return LedgerRow(
        load_id=new_load_id(),
        source=target,
        stream="",
        log_format="",
        loaded_at=now,
        version=VERSION,
        kind="unload",
        unloaded=tuple(family),
    )


_FEW = 3


def _names_of_standard_input(ledger: Ledger) -> str:
    """That many loads may have come from there, and what the last ones are called."""
    loads = [row for row in ledger.loads() if row.source == STANDARD_INPUT]
    if not loads:
        return "-: no load came from standard input"
    last = ", ".join(
        f"{row.load_id} ({row.calls:,} calls, {row.loaded_at:%Y-%m-%d %H:%M})" for row in loads[: -_FEW - 1 : -1]
    )
    more = f", and {len(loads) - _FEW:,} before them" if len(loads) > _FEW else ""
    return f"-: standard input has no name of its own; take a load back by its id: {last}{more}"


def _loads_of(ledger: Ledger, target: str) -> list[str]:
    """The loads that hold and have this id, or came from this path however it was spelled."""
    loads = ledger.loads()
    path = Path(target).resolve()
    sources = {
        source
        for source in {row.source for row in loads}
        if source == target or (STANDARD_INPUT not in (source, target) and Path(source).resolve() == path)
    }
    return [row.load_id for row in loads if row.load_id == target or row.source in sources]
