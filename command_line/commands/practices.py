"""Who breaks the rules of use: practices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.numbers import counted
from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, say_why_nothing
from command_line.printing.standard import say

if TYPE_CHECKING:
    from analytics.scope import Scope
    from command_line.printing.output import Format

SHOWN = (
    "score",
    "integration",
    "name",
    "rule",
    "severity",
    "calls",
    "judged",
    "share",
    "customers",
    "connector",
    "last_call",
)


@scoped
@prints_rows
def practices(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show which rules of use each integration breaks, with a score. 'metric practices' also shows the rules it keeps."""
    from analytics.practices.drift import beyond
    from analytics.practices.practices import broken, by_rule, scores

    with answering(lake) as warehouse:
        every = warehouse.metric("practices", scope)
        rows = broken(every)
        output.print_arrow((rows.select(SHOWN) if chosen == "table" else rows).to_arrow(), chosen)
        if every.is_empty():
            say_why_nothing(every, warehouse, scope)
            return
        judged = scores(every)
        known = judged.filter(judged["integration"].is_not_null())
        keeping = known.filter(known["broken"].list.len() == 0).height
        say(
            f"note: {keeping} of {counted(known.height, 'integration')} keep every rule that can be judged from these logs"
        )
        for row in by_rule(every).filter(by_rule(every)["judged"] == 0).iter_rows(named=True):
            say(f"note: {row['rule']} cannot be judged: the logs lack the fields for it")
        drifting = beyond(warehouse.metric("connector_drift", scope)).height
        if drifting:
            say(
                f"note: {counted(drifting, 'customer')} (counted per integration) read GetConnectors of which over a tenth are unusual; "
                "'koppelzicht metric connector_drift' names them"
            )
        if chosen == "table":
            for row in by_rule(every).filter(by_rule(every)["integrations"] > 0).iter_rows(named=True):
                say(f"{row['rule']}: {row['advice']}")
        say_gaps(warehouse, scope)
