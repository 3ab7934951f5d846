"""Log files in, for ever: follow."""

from __future__ import annotations

import contextlib
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.numbers import counted
from command_line.commands.loading import SOURCE_COLUMNS
from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.reading import reads
from command_line.options.times import now
from command_line.options.workers import WorkersOption, limits_with
from command_line.printing import standard
from command_line.printing.standard import say
from command_line.printing.values import json_text, shown

if TYPE_CHECKING:
    from ingest import ReadOptions, SourceReport


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
    as_json: JsonOption = False,
) -> None:
    """Load the logs in folders, and whatever is added to them, until Ctrl-C. Prints a line for each load."""
    from ingest.load.following import follow as loads

    say(f"Following {', '.join(map(shown, folders))}. Stop with Ctrl-C")
    try:
        for news in loads(lake, folders, options, every=every, clock=now, stop=Event(), limits=limits_with(workers)):
            # A disk that is too full to be told anything on is no reason to stop loading.
            with contextlib.suppress(OSError):
                for source in news.sources:
                    _print(source, as_json=as_json)
                for warning in news.warnings:
                    say(f"warning: {warning}")
                for note in news.notes:
                    say(f"note: {note}")
    finally:
        standard.give_up_unwritten()


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
