"""Copies of the lake, and what can be done about a damaged one: backup, restore, repair."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.numbers import counted
from command_line import FAILED
from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.times import now
from command_line.printing import output
from command_line.printing.standard import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.report import LostLoad

_FEW = 20


def backup(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder for the copy.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Copy the whole lake, as it is at one moment, to a new folder. Other commands can run meanwhile."""
    import ingest as floor

    output.print_record(floor.back_up(lake, target), as_json=as_json)


def restore(
    copy: Annotated[Path, typer.Argument(metavar="DIR", help="A copy that 'koppelzicht backup' made.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Make a lake from a copy and check it. If there is a lake already, move it away first."""
    import ingest as floor

    output.print_record(floor.restore(copy, lake), as_json=as_json)


def repair(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    is_wanted: Annotated[
        bool, typer.Option("--yes", help="Remove the damaged loads, so that you can load their logs again.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show which loads are damaged and which logs restore them. --yes removes the damaged loads."""
    import ingest as floor

    report = floor.repair(lake, now=now(), is_wanted=is_wanted)
    output.print_record(report, as_json=as_json)
    gone = [load for load in report.loads if not load.is_there]
    if report.loads and not is_wanted:
        say("'koppelzicht repair --yes' removes these loads, so that you can load their logs again")
        if gone:
            say(
                f"{counted(len(gone), 'load')} came from logs that are no longer in their place: put them back first,"
                " or restore a copy of the lake ('koppelzicht restore'). Otherwise --yes removes their last calls"
            )
    elif report.loads:
        for stream, there in _by_stream(report.loads).items():
            options = [
                *(["--stream", stream] if stream else []),
                *(["--lake", str(lake)] if lake != DEFAULT_LAKE else []),
            ]
            more = f" and {len(there) - _FEW:,} more" if len(there) > _FEW else ""
            say(f"now load them again: koppelzicht ingest {shlex.join([*options, *there[:_FEW]])}{more}")
        if any(load.is_there for load in report.loads):
            say("add --host, --time-zone, --layout or --dialect if you used them then: a lake does not remember these")
    if report.lost_days and not is_wanted:
        say(
            f"the sums of {counted(len(report.lost_days), 'sealed day')} are damaged, and no log brings them back: restore a copy of the"
            " lake ('koppelzicht restore'), or 'koppelzicht repair --yes' gives these days up"
        )
    if not report.is_sound:
        raise typer.Exit(FAILED)


def _by_stream(loads: Sequence[LostLoad]) -> dict[str, list[str]]:
    """The logs that are still there, by the stream that was chosen for them; '' where their own name says it."""
    from ingest.engine.stored_names import stored_name
    from ingest.read.names import stream_of

    found: dict[str, set[str]] = {}
    for load in loads:
        if load.is_there:
            own = stored_name(stream_of(load.source))
            found.setdefault("" if load.stream == own else load.stream, set()).add(load.source)
    return {stream: sorted(sources) for stream, sources in found.items()}
