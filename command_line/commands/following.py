"""Log files in, for ever: follow."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.numbers import counted
from command_line.commands.alert import in_words, rules_of, secrets_for
from command_line.commands.loading import SOURCE_COLUMNS
from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.reading import reads
from command_line.options.times import now
from command_line.options.workers import WorkersOption, limits_with
from command_line.printing import standard
from command_line.printing.standard import say
from command_line.printing.values import json_text, shown

if TYPE_CHECKING:
    from analytics.alerts.alert import AlertReport
    from analytics.alerts.watching import Watch
    from ingest import ReadOptions, SourceReport

_ALERT_MINUTES = 15


@reads(has_end=False)
def follow(
    folders: Annotated[list[str], typer.Argument(metavar="DIR", help="Folders to watch for logs.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    every: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="Load a change at most this long after it happened.")
    ] = 60,
    options: ReadOptions,
    workers: WorkersOption = None,
    alert: Annotated[
        Path | None,
        typer.Option(metavar="RULES", help="Look at these rules after loads, as 'koppelzicht alert' does."),
    ] = None,
    alert_every: Annotated[
        int | None,
        typer.Option(
            metavar="MINUTES",
            min=1,
            max=1440,
            help="Look at the rules at least so often without a load, too (default: 15).",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Load the logs in folders, and whatever is added to them, until Ctrl-C. Prints a line for each load."""
    from ingest.load.following import follow as loads

    if alert is None and alert_every is not None:
        raise typer.BadParameter(
            "says how often rules are looked at: give them with --alert RULES", param_hint="'--alert-every'"
        )
    watch = None if alert is None else _watch(lake, alert, minutes=alert_every or _ALERT_MINUTES)
    say(f"Following {', '.join(map(shown, folders))}. Stop with Ctrl-C")
    try:
        for news in loads(
            lake,
            folders,
            options,
            every=every if watch is None else min(every, 60 * (alert_every or _ALERT_MINUTES)),
            clock=now,
            stop=Event(),
            limits=limits_with(workers),
            tells_of_nothing=watch is not None,
        ):
            # A disk that is too full to be told anything on is no reason to stop loading.
            with contextlib.suppress(OSError):
                for source in news.sources:
                    _print(source, as_json=as_json)
                for warning in news.warnings:
                    say(f"warning: {warning}")
                for note in news.notes:
                    say(f"note: {note}")
            if watch is not None:
                told = watch.look(has_loaded=any(source.lines for source in news.sources))
                with contextlib.suppress(OSError):
                    _say_of_alerts(told)
    finally:
        standard.give_up_unwritten()


def _watch(lake: Path, path: Path, *, minutes: int) -> Watch:
    """The rules, looked at beside the loads. Wrong usage if they are wrong, before anything is loaded."""
    from analytics.alerts.watching import Watch

    rules = rules_of(path)
    return Watch(lake, rules, secrets_for(rules), every=dt.timedelta(minutes=minutes), clock=now)


def _say_of_alerts(told: AlertReport | str | None) -> None:
    """Say what was sent or went wrong; nothing when there was nothing."""
    if isinstance(told, str):
        say(f"alert: {told}")
    elif told is not None and (told.lines or told.faults):
        for line in in_words(told):
            say(f"alert: {line}")


def _print(source: SourceReport, *, as_json: bool) -> None:
    at = f"{now():%Y-%m-%dT%H:%M:%SZ}"
    if as_json:
        record = {name: getattr(source, name) for name in SOURCE_COLUMNS}
        standard.write(json_text({"at": at, **record}) + "\n")
        return
    if source.lines:
        words = f"{counted(source.lines, 'line')}: {counted(source.calls, 'call')}, {counted(source.rejects, 'reject')}"
        standard.write(f"{at} {source.status} {shown(source.source)}: {words}\n")
    if source.error is not None:
        say(f"{at} {source.status}: {source.error}")
