"""Who still sends classic tokens: migration."""

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
    import polars as pl

    from analytics.scope import Scope
    from command_line.printing.output import Format


@scoped
@prints_rows
def migration(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show how far each integration is on its way from classic tokens to OAuth. 'metric token_migration' names the customers."""
    from analytics.practices.migration import CLASSIC_ENDS, by_integration, last_day, weeks_left

    with answering(lake) as warehouse:
        import polars as pl

        board = by_integration(warehouse.metric("token_migration", scope))
        day = last_day(warehouse, scope)
        left = None if day is None else weeks_left(day)
        rows = board.with_columns(pl.lit(left, dtype=pl.Int64).alias("weeks_left"))
        output.print_arrow(rows.to_arrow(), chosen)
        if board.is_empty():
            say_why_nothing(board, warehouse, scope)
            return
        if left is not None:
            weeks = counted(left, "full week")
            say(f"note: classic tokens end on {CLASSIC_ENDS}, {weeks} after the last day of these logs, {day}")
        _say_left(board)
        say_gaps(warehouse, scope)


def _say_left(board: pl.DataFrame) -> None:
    """How many customers still have to move, each counted once for each of its integrations."""
    from analytics.practices.migration import total

    classic, moving, unseen = (total(board, name) for name in ("classic", "moving", "not_logged"))
    customers = counted(total(board, "customers"), "customer")
    say(f"note: of {customers} (counted per integration), {classic} send only classic tokens and {moving} send both")
    if unseen:
        say(
            f"note: of {unseen} nobody knows: no log with their calls shows the header Authorization, so they count as neither"
        )
