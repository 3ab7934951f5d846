"""What each log covers: streams, streams end."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.times import day_of
from command_line.options.wrong_usage import unknown
from command_line.printing import output, standard
from command_line.printing.standard import say
from command_line.printing.values import shown

if TYPE_CHECKING:
    import polars as pl

    from command_line.printing.output import Format

SHOWN = ("stream", "calls", "first_day", "last_day", "state", "end_day", "missing_hours")
"""What a terminal shows of the columns; what else there is to know is said in sentences."""


@prints_rows
def streams(ctx: typer.Context, *, lake: LakeOption = DEFAULT_LAKE, chosen: Format) -> None:
    """Show which period each log (stream) covers, and which hours are missing."""
    if ctx.invoked_subcommand is not None:
        given = [name for name in ctx.params if str(ctx.get_parameter_source(name)).endswith("COMMANDLINE")]
        if given:
            raise typer.BadParameter(
                f"options of 'streams {ctx.invoked_subcommand}' come after it: koppelzicht streams {ctx.invoked_subcommand} NAME ..."
            )
        return
    from analytics.completeness.streams import remarks
    from analytics.completeness.streams import streams as floor
    from analytics.warehouse.warehouse import Warehouse

    with Warehouse.open(lake) as warehouse:
        rows = floor(warehouse)
    output.print_arrow((rows.select(SHOWN) if chosen == "table" else rows).to_arrow(), chosen)
    for remark in remarks(rows):
        say(remark)


def end(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The stream (log) that has ended.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    on: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="The last day of the log: 2026-03-31 (default: the day of its last call)."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="The log has not ended after all: expect calls again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Declare that a log has ended, so that its silence is not reported as a gap. --undo withdraws this."""
    from analytics.completeness.streams import streams as floor
    from analytics.warehouse.warehouse import Warehouse
    from ingest import StreamEnd, declare_stream_end, withdraw_stream_end

    if undo and on is not None:
        raise typer.BadParameter("--undo withdraws a declared end and takes no --on", param_hint="'--on'")
    with Warehouse.open(lake) as warehouse:
        row = _row(floor(warehouse), name)
    if undo:
        if not withdraw_stream_end(lake, name):
            raise typer.BadParameter(f"{shown(name)} was not declared to have ended", param_hint="NAME")
    else:
        declare_stream_end(lake, StreamEnd(stream=name, ended_on=_last_day(name, row["last_day"], on)))
    with Warehouse.open(lake) as warehouse:
        row = _row(floor(warehouse), name)
    if as_json:
        output.print_record(row, as_json=True)
    elif undo:
        standard.write(f"{shown(name)}: calls are expected again; {row['missing_hours']:,} hours of it are missing\n")
    else:
        standard.write(
            f"{shown(name)}: has ended on {row['declared_on']}; {row['missing_hours']:,} hours of it are missing\n"
        )


def _row(rows: pl.DataFrame, name: str) -> dict[str, object]:
    known = rows["stream"].to_list()
    if not known:
        raise typer.BadParameter("nothing is loaded yet, so there are no streams", param_hint="NAME")
    if name not in known:
        raise typer.BadParameter(unknown("stream", name, known), param_hint="NAME")
    return rows.row(known.index(name), named=True)


def _last_day(name: str, last_day: object, on: str | None) -> dt.date:
    """The day that is said; wrong usage where it cannot be."""
    if on is None:
        if not isinstance(last_day, dt.date):
            raise typer.BadParameter(f"{shown(name)} has no calls; give its last day with --on DAY", param_hint="NAME")
        return last_day
    day = day_of(on, "--on")
    if isinstance(last_day, dt.date) and day < last_day:
        raise typer.BadParameter(
            f"{shown(name)} has calls until {last_day}, so it cannot have ended on {day}", param_hint="'--on'"
        )
    return day
