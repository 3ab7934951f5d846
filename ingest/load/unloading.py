"""Taking loads back: by their id or by their path, with those that grew from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.engine.places import stored_place
from ingest.errors import LakeError
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import own_decision
from ingest.patience import QUICK, Patience
from ingest.read.source import STANDARD_INPUT, written_name
from ingest.report import UnloadReport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from ingest.lake.ledger import Ledger


def unload(lake: Path, target: str, *, now: dt.datetime) -> UnloadReport:
    """Take back a load (by its id) or every load of a path, with those that grew from it.

    LakeError when there is none, and for standard input: that is no path, and what came from it is not one source.
    """
    target = written_name(target)
    store = Lake(lake)
    store.roll_forward()
    patience = Patience(store.path, f"taking back {target}", most=QUICK)
    while True:
        patience.spend()
        table, ledger = store.ledger()
        if target == STANDARD_INPUT:
            raise LakeError(_names_of_standard_input(ledger))
        wanted = _loads_of(ledger, target)
        if not wanted:
            raise LakeError(_unknown(ledger, target))
        family = ledger.grown_from(wanted)
        about = _stored(ledger, wanted, target)
        if store.decide(table, ledger, [own_decision("unload", now=now, about=about, unloaded=family)]):
            break
    store.roll_forward()
    held = ledger.held()
    calls, rejects = (sum(held[load_id][place] for load_id in family) for place in (0, 1))
    return UnloadReport(len(family), calls, rejects)


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


def _stored(ledger: Ledger, wanted: Sequence[str], target: str) -> str:
    """What was asked for, as it is stored: a load's id, or the path as the load has it."""
    return target if target in wanted else next(row.source for row in ledger.loads() if row.load_id == wanted[0])


def _unknown(ledger: Ledger, target: str) -> str:
    """Why nothing can be taken back. Of two files whose names are not stored as they are nobody knows which is which."""
    stored = stored_place(target)
    loads = [] if stored == target else _loads_of(ledger, stored)
    if not loads:
        return (
            f"{target}: no load has this id and no load came from this path; 'koppelzicht sql \"from loads\"' lists them."
            " Of a log that grew, the loads of a day have become the first of them if 'maintain' has run since"
        )
    return (
        f"{target}: this name is stored as {stored}, because it may tell a secret or a person, so that several files may have it;"
        f" take a load back by its id: {', '.join(loads[:_FEW])}{' and so on' if len(loads) > _FEW else ''}"
    )


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
