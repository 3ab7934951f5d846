"""The command line, composed: which commands there are, and what happens whatever they do.

The commands themselves are in `command_line/commands/`.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TextIO

import typer

from analytics.no_pandas import forbid_pandas
from command_line import DONE, FAILED, INTERRUPTED, TERMINATED, WRONG_USAGE
from command_line.commands import (
    alert,
    answers,
    branches,
    certification,
    check,
    customers,
    findings,
    following,
    impact,
    incidents,
    loading,
    migration,
    pair,
    practices,
    registry,
    reports,
    review,
    safekeeping,
    screens,
    streams,
    upkeep,
)
from command_line.options.help_text import Command
from command_line.options.wrong_usage import Commands, empty_value
from command_line.printing import standard
from command_line.printing.standard import say
from command_line.private import private_files
from ingest.stopping import tell_to_stop, told_to_stop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_PAGES = {"dashboard", "demo"}
"""The commands that show pages: Streamlit needs pandas, and nothing else does."""

app = typer.Typer(
    name="koppelzicht",
    cls=Commands,
    help="Find out from API call logs who uses which integration, what they use, and what goes wrong.",
    no_args_is_help=True,
    epilog="Every command takes --help, and --debug, which shows the traceback of an error.",
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for command in (
    loading.ingest,
    loading.unload,
    following.follow,
    loading.inspect,
    upkeep.status,
    upkeep.rejects,
    upkeep.verify,
    upkeep.maintain,
    safekeeping.backup,
    safekeeping.restore,
    safekeeping.repair,
    answers.metric,
    answers.sql,
    check.check,
    pair.pair,
    certification.certification,
    impact.impact,
    incidents.incidents,
    alert.alert,
    practices.practices,
    review.review,
    migration.migration,
    customers.customers,
    branches.branches,
    screens.dashboard,
    screens.demo,
):
    app.command(cls=Command)(command)

streams_app = typer.Typer(invoke_without_command=True)
streams_app.callback()(streams.streams)
streams_app.command(cls=Command)(streams.end)
app.add_typer(streams_app, name="streams")

findings_app = typer.Typer(invoke_without_command=True)
findings_app.callback()(findings.findings)
findings_app.command(cls=Command)(findings.acknowledge)
app.add_typer(findings_app, name="findings")

registry_app = typer.Typer(
    help="Load and check the names and branches of partners, integrations and customers.", no_args_is_help=True
)
for command in (registry.load, registry.missing, registry.versions):
    registry_app.command(cls=Command)(command)
app.add_typer(registry_app, name="registry")

report_app = typer.Typer(help="Write a report as one HTML file, with its numbers as CSV.", no_args_is_help=True)
for name, command in reports.commands().items():
    report_app.command(name, cls=Command)(command)
app.add_typer(report_app, name="report")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if wanted:
        from ingest.version import VERSION

        standard.write(f"koppelzicht {VERSION}\n")
        raise typer.Exit


@app.callback()
def koppelzicht(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command; each is done when it is read."""


def main() -> NoReturn:
    """Run the command that the process was started with, and exit."""
    signal.signal(signal.SIGTERM, _terminate)
    if not _PAGES & set(sys.argv):  # the server of the pages ends by Ctrl-C in its own way
        signal.signal(signal.SIGINT, _interrupt)
    # No other package's plug-in runs in our models; to look for one among all that is installed takes pydantic a tenth of a command.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()  # a shell may have closed them
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if not _PAGES & set(sys.argv):
        forbid_pandas()
    code = run(sys.argv[1:])
    # A library that waits (for changes in a folder) may take any signal for Ctrl-C.
    sys.exit(code if (told := told_to_stop()) is None else told)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. No traceback without --debug."""
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    debug = "--debug" in options
    arguments = [*(option for option in options if option != "--debug"), *arguments[len(options) :]]
    empty = empty_value(arguments)
    if empty is not None:
        say(empty)
        return WRONG_USAGE
    try:
        with private_files():
            typer.main.get_command(app).main(arguments, prog_name="koppelzicht")
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else FAILED
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the user gets words, not a traceback
        if (told := told_to_stop()) is not None:
            return told
        if debug:
            traceback.print_exc()
        else:
            say(_in_words(error))
        return FAILED
    return DONE


def _in_words(error: Exception) -> str:
    from analytics.errors import AnalyticsError
    from ingest import IngestError
    from ingest.errors import of_data_file

    if isinstance(error, (AnalyticsError, IngestError)):
        return f"koppelzicht: {error}"
    if isinstance(error, OSError):
        return f"koppelzicht: {error.filename or 'input or output'}: {error.strerror or error}"
    if damaged := of_data_file(error):
        return f"koppelzicht: {damaged}"
    return f"koppelzicht: an unexpected error: {type(error).__name__}: {error}\nrun the command again with --debug to see where"


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    tell_to_stop(TERMINATED)
    sys.exit(TERMINATED)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    tell_to_stop(INTERRUPTED)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
