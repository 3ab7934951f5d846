"""The options that say how sources are read. The same on every command that reads logs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.composing import composed
from command_line.options.wrong_usage import unknown
from ingest.known_format import known_formats

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_line.options.composing import Command, Options
    from ingest import ReadOptions

*_OTHERS, _LAST = (form.name for form in known_formats())
LogFormat = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=f"{', '.join(_OTHERS)} or {_LAST}. By default, the content decides."),
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

_OPTIONS: Options = {
    "log_format": (LogFormat, None),
    "layout": (Layout, None),
    "dialect": (Dialect, None),
    "stream": (Stream, None),
    "host": (Host, None),
    "time_zone": (TimeZone, None),
}


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
    from ingest.formats.dialect.known import dialect_named
    from ingest.read.names import written_name

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


reads_again = composed(
    "reading",
    {name: option for name, option in _OPTIONS.items() if name != "stream"},
    dict,
)
"""The command with what may be said of sources that are read again, as a parameter `reading: dict[str, str | None]`."""


def reads(*, has_end: bool) -> Callable[[Command], Command]:
    """The command with these options in the place of its parameter `options: ReadOptions`.

    `has_end` says whether there is an end that --final can speak of.
    """
    if has_end:
        return composed("options", {**_OPTIONS, "final": (Final, False)}, read_options)
    return composed("options", _OPTIONS, partial(read_options, final=False))
