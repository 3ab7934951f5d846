"""What goes wrong, and whom to call: incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.numbers import counted
from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps
from command_line.printing.standard import say

if TYPE_CHECKING:
    from analytics.scope import Scope
    from command_line.printing.output import Format


@scoped
@prints_rows
def incidents(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show error spikes and silences, one for each cause, with who can do something about it."""
    from analytics.incidents.incidents import frame, incidents

    with answering(lake) as warehouse:
        found = incidents(warehouse, scope)
        output.print_arrow(frame(found).to_arrow(), chosen)
        if found:
            lasting = sum(one.ended_at is None for one in found)
            say(f"note: {lasting} of {counted(len(found), 'incident')} last until the end of the logs")
        elif warehouse.data_until() is None:
            say("no incidents: no calls are loaded; koppelzicht ingest PATH loads logs")
        else:
            say("no incidents in this period; koppelzicht metric errors_by_outcome shows every error")
        say_gaps(warehouse, scope)
