"""Everything that needs somebody: findings, findings acknowledge."""

from __future__ import annotations

import datetime as dt
import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.numbers import counted
from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.options.times import day_of, today
from command_line.printing import output, standard
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, why_no_call
from command_line.printing.standard import say
from command_line.printing.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analytics.findings.finding import Finding
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse
    from command_line.printing.output import Format

WIDTH = 120
_LONGEST_NOTE = 500
_ENVIRONMENTS = ("production", "accept", "test", "training")


@scoped
@prints_rows
def findings(ctx: typer.Context, *, lake: LakeOption = DEFAULT_LAKE, scope: Scope, chosen: Format) -> None:
    """Show everything that needs somebody: incidents, certificates, ids and rules, the worst first."""
    if ctx.invoked_subcommand is not None:
        given = [name for name in ctx.params if str(ctx.get_parameter_source(name)).endswith("COMMANDLINE")]
        if given:
            raise typer.BadParameter(
                f"options of 'findings {ctx.invoked_subcommand}' come after it:"
                f" koppelzicht findings {ctx.invoked_subcommand} ID ..."
            )
        return
    from analytics.findings.finding import frame
    from analytics.findings.findings import findings as found_in

    with answering(lake) as warehouse:
        found = found_in(warehouse, scope, today=today(warehouse.snapshot.time_zone))
        if chosen == "table":
            standard.write("".join(_told(found)))
        else:
            output.print_arrow(frame(found).to_arrow(), chosen)
        if warehouse.data_until() is None:
            say("no findings: no calls are loaded; koppelzicht ingest PATH loads logs")
        elif not found:
            say("no findings in this period")
            for line in why_no_call(warehouse, scope):
                say(f"note: {line}")
        else:
            known = sum(one.acknowledged_until is not None for one in found)
            say(f"note: {counted(len(found), 'finding')}{f', {known} of them acknowledged' if known else ''}")
        say_gaps(warehouse, scope)


def acknowledge(
    finding: Annotated[str, typer.Argument(metavar="ID", help="The id of the finding, as 'findings' shows it.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="The last day on which it is known: 2026-12-31.")
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why nobody needs to be told until then.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="It is no longer known: show it with the others again.")] = False,
) -> None:
    """Say that a finding is known until a day: it comes last until then. --undo withdraws this."""
    from ingest import Acknowledged, withdraw_acknowledged
    from ingest import acknowledge as keep

    if undo:
        if until is not None or note:
            raise typer.BadParameter("--undo takes no --until and no --note", param_hint="'--undo'")
        if not withdraw_acknowledged(lake, _id(finding)):
            raise typer.BadParameter(f"{finding} was not acknowledged", param_hint="ID")
        standard.write(f"{finding}: not acknowledged any more\n")
        return
    if until is None:
        raise typer.BadParameter("until when? --until DAY says it", param_hint="'--until'")
    day = day_of(until, "--until")
    with answering(lake) as warehouse:
        if day < today(warehouse.snapshot.time_zone):
            raise typer.BadParameter(f"{until} is over; expected today or a later day", param_hint="'--until'")
        what = _found(warehouse, _id(finding)).what
    keep(lake, Acknowledged(finding=finding, until=day, note=_one_line(note)))
    standard.write(f"{finding}: acknowledged until {day}\n{shown(what)}\n")


def _id(text: str) -> str:
    from ingest.lake.acknowledged import ID

    if not ID.fullmatch(text):
        raise typer.BadParameter(
            f"{shown(text)} is not the id of a finding; expected ten digits and letters from a to f, as"
            " 'koppelzicht findings' shows them",
            param_hint="ID",
        )
    return text


def _one_line(note: str) -> str:
    if len(note) > _LONGEST_NOTE:
        raise typer.BadParameter(f"{len(note):,} characters; expected {_LONGEST_NOTE} at most", param_hint="'--note'")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in note).split())


def _found(warehouse: Warehouse, finding: str) -> Finding:
    """The finding with this id, in any environment. Wrong usage without one."""
    from analytics.findings.findings import findings as found_in
    from analytics.scope import Scope

    for environment in _ENVIRONMENTS:
        for one in found_in(warehouse, Scope(environment=environment), today=dt.date.max):
            if one.id == finding:
                return one
    raise typer.BadParameter(
        f"there is no finding {finding}; 'koppelzicht findings' lists them with their ids", param_hint="ID"
    )


def _told(found: Sequence[Finding]) -> Iterator[str]:
    """Each finding as a few lines: what it is, why, and who can do what."""
    margin = " " * 8
    for one in found:
        known = f" (known until {one.acknowledged_until}{f': {one.note}' if one.note else ''})"
        yield f"{one.severity:<8}{shown(one.what)}{known if one.acknowledged_until else ''}\n"
        for line in (one.why, f"{one.who[:1].upper()}{one.who[1:]}", one.what_to_do):
            yield textwrap.fill(shown(line), WIDTH, initial_indent=margin, subsequent_indent=margin) + "\n"
        yield f"{margin}{one.id}\n\n"
