"""Who comes, stays and goes: customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, say_why_nothing

if TYPE_CHECKING:
    from analytics.scope import Scope
    from command_line.printing.output import Format


@scoped
@prints_rows
def customers(
    *,
    cohorts: Annotated[
        bool, typer.Option("--cohorts", help="Show, by the month in which customers began, how many are still there.")
    ] = False,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show new, staying, returning and lost customers by integration and month."""
    from analytics.customers import customers as floor

    with answering(lake) as warehouse:
        frame = floor.cohorts(warehouse, scope) if cohorts else warehouse.metric("customers_per_month", scope)
        output.print_arrow(frame.to_arrow(), chosen)
        say_why_nothing(frame, warehouse, scope)
        say_gaps(warehouse, scope)
