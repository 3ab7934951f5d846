"""The options that commands share, and what their texts mean."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.composing import composed
from command_line.printing.output import Format
from command_line.private import as_open_as

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest import ReadOptions

DEFAULT_LAKE = Path("lake")
LakeOption = Annotated[
    Path,
    typer.Option("--lake", metavar="DIR", envvar="KOPPELZICHT_LAKE", callback=as_open_as, help="Folder of the lake."),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
FormatOption = Annotated[
    Format | None,
    typer.Option("--format", metavar="FORMAT", help="Output format: table (the default), csv, json or parquet."),
]

LogFormat = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="json, w3c, combined, csv, har or parquet. By default, the content decides."),
]
Layout = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT", help="The server's own nginx log_format or Apache LogFormat string. Implies combined."
    ),
]
Dialect = Annotated[
    str | None,
    typer.Option(
        metavar="FILE", help="The field names of JSON or CSV: the name of a known dialect, or a file of yours."
    ),
]
Stream = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Name of the log that the files belong to (default: from folder and file name)."),
]
Host = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Host of the calls in logs that do not name one: 12345.rest.afas.online"),
]
TimeZone = Annotated[
    str | None, typer.Option(metavar="NAME", help="Time zone of times without an offset: Europe/Amsterdam")
]
Final = Annotated[
    bool, typer.Option("--final", help="The files are complete: read a last line that has no line end, too.")
]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_AGE = re.compile(r"(?=\d)(\d{1,9}d)?(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?", re.ASCII)
_PART_OF_AGE = re.compile(r"(\d+)([dhms])", re.ASCII)


def now() -> dt.datetime:
    """The time of the machine. Read here and passed down, never read below."""
    return dt.datetime.now(dt.UTC)


def age(text: str) -> int:
    """Seconds of an age such as 15m, 36h, 2d or 1h30m. Wrong usage where it is none.

    >>> age("90s"), age("15m"), age("1h30m"), age("2d")
    (90, 900, 5400, 172800)
    """
    if not _AGE.fullmatch(text):
        raise typer.BadParameter(
            f"{text!r} is not an age; expected something like 15m, 36h, 2d or 1h30m", param_hint="'--max-age'"
        )
    return sum(int(count) * _SECONDS[unit] for count, unit in _PART_OF_AGE.findall(text))


def day_of(text: str, option: str) -> dt.date:
    """The day of a text. Wrong usage where it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-03-31", param_hint=f"'{option}'") from None


def check_standard_input(*, is_read: bool) -> None:
    """Wrong usage where standard input is read and there is none."""
    if is_read and sys.stdin is None:
        raise typer.BadParameter("standard input is closed, so there is nothing to read")


def read_options(
    *,
    log_format: str | None,
    layout: str | None,
    dialect: str | None,
    stream: str | None,
    host: str | None,
    time_zone: str | None,
    final: bool,
) -> ReadOptions:
    """How sources have to be read. Wrong usage where that cannot be."""
    from zoneinfo import available_timezones

    from ingest import ReadOptions, SourceError
    from ingest.formats import FORMATS
    from ingest.formats import log_format as format_named
    from ingest.formats.dialect import dialect_named
    from ingest.read.source import written_name

    if layout is not None and log_format not in {None, "combined"}:
        raise typer.BadParameter(f"a layout describes combined logs, not {log_format}", param_hint="'--layout'")
    if log_format is not None and log_format not in FORMATS:
        raise typer.BadParameter(unknown("log format", log_format, FORMATS), param_hint="'--log-format'")
    if time_zone is not None and time_zone not in available_timezones():
        raise typer.BadParameter(
            f"{time_zone!r} is not a time zone; expected a name like Europe/Amsterdam", param_hint="'--time-zone'"
        )
    if layout is not None:
        try:
            format_named("combined", layout=layout)
        except SourceError as error:
            raise typer.BadParameter(str(error), param_hint="'--layout'") from None
    if dialect is not None:
        try:
            of_dialect = dialect_named(dialect).format
        except SourceError as error:
            raise typer.BadParameter(str(error), param_hint="'--dialect'") from None
        if layout is not None or log_format not in {None, of_dialect}:
            other = "combined" if layout is not None else log_format
            raise typer.BadParameter(
                f"{dialect} is a dialect of {of_dialect}, not of {other}", param_hint="'--dialect'"
            )
    return ReadOptions(
        log_format="combined" if layout is not None else log_format,
        layout=layout,
        dialect=dialect,
        stream=stream and written_name(stream),
        host=host,
        time_zone=time_zone,
        final=final,
    )


def rows_format(output_format: Format | None, *, as_json: bool) -> Format:
    """How rows are printed. Wrong usage where two options disagree, or where bytes would go to a terminal."""
    if as_json and output_format not in {None, "json"}:
        raise typer.BadParameter(f"--json and --format {output_format} exclude each other", param_hint="'--format'")
    if output_format == "parquet" and sys.stdout.isatty():
        raise typer.BadParameter(
            "Parquet is binary; send it to a file: ... --format parquet > FILE", param_hint="'--format'"
        )
    return output_format or ("json" if as_json else "table")


prints_rows = composed("chosen", {"output_format": (FormatOption, None), "as_json": (JsonOption, False)}, rows_format)
"""The command with --format and --json where it has a parameter `chosen: Format`."""


def unknown(kind: str, name: str, known: Sequence[str]) -> str:
    """That there is none of this name, and which one may be meant."""
    close = difflib.get_close_matches(name, known, n=2)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}"
    return f"there is no {kind} {name!r}; {hint}"
