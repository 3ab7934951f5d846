"""Taking loads back, by their id or their path, with the loads that grew from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.engine.stored_names import stored_name
from ingest.errors import LakeError
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import own_decision
from ingest.limits import DEFAULT_LIMITS
from ingest.patience import Patience
from ingest.read.names import STANDARD_INPUT, written_name
from ingest.report import UnloadReport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from ingest.lake.ledger import Ledger
    from ingest.limits import Limits


def unload(lake: Path, target: str, *, now: dt.datetime, limits: Limits = DEFAULT_LIMITS) -> UnloadReport:
    """Take back a load (by its id) or every load of a path, with the loads that grew from it.

    LakeError when there is none, when calls of such a load are in sealed sums, and for standard input, which is not a path: its loads
    came from different sources.
    """
    target = written_name(target)
    store = Lake(lake)
    store.roll_forward()
    patience = Patience(store.path, f"taking back {target}", most=limits.quick_attempts)
    while True:
        patience.spend()
        table, ledger = store.ledger()
        if target == STANDARD_INPUT:
            raise LakeError(_names_of_standard_input(ledger))
        wanted = _loads_of(ledger, target)
        if not wanted:
            raise LakeError(_unknown(ledger, target))
        family = ledger.grown_from(wanted)
        if why := why_not_taken_back(ledger, family):
            raise LakeError(why)
        about = _stored(ledger, wanted, target)
        if store.decide(table, ledger, [own_decision("unload", now=now, about=about, unloaded=family)]):
            break
    store.roll_forward()
    held = ledger.held()
    calls, rejects = (sum(held[load_id][place] for load_id in family) for place in (0, 1))
    return UnloadReport(len(family), calls, rejects)


def why_not_taken_back(ledger: Ledger, load_ids: Sequence[str]) -> str | None:
    """Why these loads cannot be taken back: calls of one of them are in sealed sums, which cannot be taken apart. None if they can."""
    sealed = ledger.sealed_of(load_ids)
    for row in ledger.loads():
        if row.load_id in sealed:
            return (
                f"load {row.load_id} ({row.source}): cannot be taken back: {sealed[row.load_id]:,} of its calls were removed by age,"
                f" and the sums that are kept of them cannot be taken apart. {GIVE_UP}"
            )
    return None


GIVE_UP = "Restore a copy of the lake from before, or give up the sums of all those days first: 'koppelzicht maintain --keep-sums DAYS'"
"""What to do where sealed sums stand in the way."""

_FEW = 3


def _names_of_standard_input(ledger: Ledger) -> str:
    """Why standard input cannot be taken back, and the ids of the last loads that came from it."""
    loads = [row for row in ledger.loads() if row.source == STANDARD_INPUT]
    if not loads:
        return "-: no load came from standard input"
    last = ", ".join(
        f"{row.load_id} ({row.calls:,} calls, {row.loaded_at:%Y-%m-%d %H:%M})" for row in loads[: -_FEW - 1 : -1]
    )
    more = f", and {len(loads) - _FEW:,} earlier ones" if len(loads) > _FEW else ""
    return f"-: loads from standard input have no name of their own; take a load back by its id: {last}{more}"


def _stored(ledger: Ledger, wanted: Sequence[str], target: str) -> str:
    """The user's argument in its stored form: the id of a load, or the path as the load has it."""
    return target if target in wanted else next(row.source for row in ledger.loads() if row.load_id == wanted[0])


def _unknown(ledger: Ledger, target: str) -> str:
    """Why nothing can be taken back. Two files whose names are stored redacted may share one stored name."""
    stored = stored_name(target)
    loads = [] if stored == target else _loads_of(ledger, stored)
    if not loads:
        return (
            f"{target}: no load has this id, and no load came from this path; 'koppelzicht sql \"from loads\"' lists all loads."
            " If 'maintain' has run since, it may have merged the loads of a growing log into the first load of each day"
        )
    return (
        f"{target}: this name is stored as {stored}, because it may hold a secret or a person's name, and several files may share"
        f" that name; take a load back by its id: {', '.join(loads[:_FEW])}{' and so on' if len(loads) > _FEW else ''}"
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
