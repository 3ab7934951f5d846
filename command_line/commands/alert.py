"""Who is told of what is new: alert."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.numbers import counted
from command_line import FAILED, WRONG_USAGE
from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.times import now
from command_line.printing import output
from command_line.printing.standard import say

if TYPE_CHECKING:
    from analytics.alerts.alert import AlertReport
    from analytics.alerts.rules import Rules, Secrets
    from command_line.printing.output import Format

SHOWN = ("change", "title", "rule", "channel", "outcome", "why")


@prints_rows
def alert(
    rules: Annotated[Path, typer.Argument(metavar="RULES", help="A TOML file of rules and channels.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent. Send nothing and remember nothing.")
    ] = False,
    lake: LakeOption = DEFAULT_LAKE,
    chosen: Format,
) -> None:
    """Send mails or call webhooks about what is new: incidents, certificates at risk, first calls, silent logs, rows of SQL."""
    from analytics.alerts.alert import alert as look
    from analytics.alerts.alert import frame, tried

    read = rules_of(rules)
    report = tried(lake, read, clock=now) if dry_run else look(lake, read, secrets_for(read), clock=now)
    rows = frame(report)
    output.print_arrow((rows.select(SHOWN) if chosen == "table" else rows).to_arrow(), chosen)
    for line in in_words(report):
        say(line)
    if not report.is_whole:
        raise typer.Exit(FAILED)


def rules_of(path: Path) -> Rules:
    """The rules of a file. Wrong usage, with every fault, if it is wrong."""
    from analytics.alerts.rules import RulesError, read_rules

    try:
        return read_rules(path)
    except RulesError as error:
        say(str(error))
        raise typer.Exit(WRONG_USAGE) from None


def secrets_for(rules: Rules) -> Secrets:
    """The secrets that the rules name. Wrong usage if one is missing."""
    from analytics.alerts.rules import RulesError, secrets_of

    try:
        return secrets_of(rules, os.environ)
    except RulesError as error:
        say(str(error))
        raise typer.Exit(WRONG_USAGE) from None


def in_words(report: AlertReport) -> list[str]:
    """What happened, in sentences."""
    if report.is_busy:
        return ["another process looks at these rules at this moment, and sends what is new"]
    told = [f"{name}: {fault}" for name, fault in report.faults.items()]
    counts = {
        fate: sum(line.outcome == fate for line in report.lines) for fate in ("sent", "to_send", "held", "failed")
    }
    if counts["sent"]:
        told.append(f"sent: {counted(counts['sent'], 'event')}")
    if counts["to_send"]:
        told.append(f"would be sent: {counted(counts['to_send'], 'event')}; nothing was sent or remembered")
    if counts["held"]:
        told.append(f"held until the quiet hours are over: {counted(counts['held'], 'event')}")
    if counts["failed"]:
        channels = {line.news.channel: line.why for line in report.lines if line.outcome == "failed"}
        told += [f"channel {name}: {why}; it is tried again next time" for name, why in channels.items()]
    return told or ["nothing new"]
