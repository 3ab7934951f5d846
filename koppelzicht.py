"""The command line: one command per job, no logic.

What a command needs is imported where it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import io
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

import koppelzicht_output as output
from koppelzicht_output import Format, Rows, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    import pyarrow as pa

    from analytics import Scope
    from ingest import IngestReport, Inspection, ReadOptions

DONE, FAILED, WRONG_USAGE, REJECTED = 0, 1, 2, 3
"""Exit codes. Rejected lines are an error only where --strict says so."""

TERMINATED = 143

SOURCE_COLUMNS = ("source", "stream", "log_format", "status", "lines", "calls", "rejects", "ignored", "left", "error")

CALLS_SHOWN = ("called_at", "environment", "integration_id", "customer", "operation", "connector", "status", "outcome")
REJECTS_SHOWN = ("line_number", "reason", "detail", "sample")
"""What people see of calls and rejects; --json has every column."""

MOST_SHOWN = 20

METRIC_COLUMNS = ("name", "title", "unit", "grain", "key", "look_back", "meaning")


app = typer.Typer(
    name="koppelzicht",
    help="A view on integrations: API call logs go in, who uses what and what goes wrong comes out.",
    no_args_is_help=True,
    epilog="Every command takes --help, and --debug, which shows the traceback of an error.",
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
registry_app = typer.Typer(help="Names and branches of partners, integrations and customers.")
report_app = typer.Typer(help="One self-contained HTML file and the numbers as CSV.")
app.add_typer(registry_app, name="registry")
app.add_typer(report_app, name="report")


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the flag
    if wanted:
        from ingest.version import VERSION

        output.write(f"koppelzicht {VERSION}\n")
        raise typer.Exit


@app.callback()
def koppelzicht(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command; each is done when it is read."""


LakeOption = Annotated[Path, typer.Option("--lake", metavar="DIR", envvar="KOPPELZICHT_LAKE", help="The lake.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
FormatOption = Annotated[Format | None, typer.Option("--format", help="How to print rows (default: table).")]

LogFormat = Annotated[str | None, typer.Option(help="json, w3c, combined, csv; detected from content by default.")]
Layout = Annotated[
    str | None,
    typer.Option(help="An nginx log_format or Apache LogFormat string as the server has it; implies combined."),
]
Stream = Annotated[str | None, typer.Option(help="Where the sources come from (default: folder and file name).")]
Host = Annotated[str | None, typer.Option(help="The host of logs that name none: 12345.rest.afas.online")]
TimeZone = Annotated[str | None, typer.Option(help="Time zone of times without offset: Europe/Amsterdam")]

Since = Annotated[str | None, typer.Option(metavar="DATE", help="First day: 2026-10-01")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="The day after the last one: 2026-11-01")]
Environment = Annotated[str, typer.Option(metavar="NAME", help="production, test, accept, training or all.")]
Product = Annotated[str | None, typer.Option(metavar="NAME", help="profit or sb.")]
Partner = Annotated[str | None, typer.Option(metavar="NUMBER", help="A partner: 12345")]
Integration = Annotated[str | None, typer.Option(metavar="ID", help="An integration: 12345_678900")]
Customer = Annotated[str | None, typer.Option(metavar="NAME", help="A customer: 54321, or beers/enyoi in SB.")]
Connector = Annotated[str | None, typer.Option(metavar="NAME", help="A connector: KnSubject")]
ScopedStream = Annotated[str | None, typer.Option("--stream", metavar="NAME", help="Calls from one stream.")]

DEFAULT_LAKE = Path("lake")


@app.command()
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders, or - for standard input.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    log_format: LogFormat = None,
    layout: Layout = None,
    stream: Stream = None,
    host: Host = None,
    time_zone: TimeZone = None,
    final: Annotated[bool, typer.Option("--final", help="A torn last line is complete.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take back what was loaded of these first.")] = False,
    overlap: Annotated[
        Literal["skip", "load"] | None, typer.Option(help="What to do with files that agree with loaded ones in part.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when a line was rejected.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Load log files. What was loaded before is not loaded again."""
    import ingest as floor

    options = _read_options(log_format, layout, stream, host, time_zone, final=final)
    with output.LoadProgress() as progress:
        report = floor.ingest(lake, paths, options, now=_now(), overlap=overlap, replace=replace, progress=progress)
    _print_ingest_report(report, as_json=as_json)
    if any(source.status == "failed" for source in report.sources):
        raise typer.Exit(FAILED)
    if strict and any(source.rejects for source in report.sources):
        raise typer.Exit(REJECTED)


@app.command()
def unload(
    target: Annotated[str, typer.Argument(metavar="LOAD|PATH", help="A load's id, or the path it was loaded from.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Take a load back, with those that grew from it."""
    import ingest as floor

    output.print_record(floor.unload(lake, target, now=_now()), as_json=as_json)


@app.command()
def inspect(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A log file, or - for standard input.")],
    *,
    limit: Annotated[int | None, typer.Option(min=1, help="Show so many calls and rejects.")] = None,
    log_format: LogFormat = None,
    layout: Layout = None,
    stream: Stream = None,
    host: Host = None,
    time_zone: TimeZone = None,
    final: Annotated[bool, typer.Option("--final", help="A torn last line is complete.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what we would make of a log file; writes nothing."""
    import ingest as floor

    options = _read_options(log_format, layout, stream, host, time_zone, final=final)
    if as_json:
        output.print_record(floor.inspect(file, options, limit=limit, now=_now()), as_json=True)
    else:
        limit = limit or MOST_SHOWN
        _print_inspection(floor.inspect(file, options, limit=limit, now=_now()), limit)


@app.command()
def status(*, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Loads, days covered, freshness, rejects by reason, sizes."""
    import ingest as floor

    output.print_record(floor.status(lake), as_json=as_json)


@app.command()
def rejects(
    *, lake: LakeOption = DEFAULT_LAKE, output_format: FormatOption = None, as_json: JsonOption = False
) -> None:
    """List the rejected lines, and why."""
    from analytics import Warehouse

    with Warehouse.open(lake) as warehouse:
        frame = warehouse.query("from rejects order by source, line_number")
    rows_format = _format(output_format, as_json=as_json)
    shown = frame.select("source", *REJECTS_SHOWN) if rows_format == "table" else frame
    _print_arrow(shown.to_arrow(), rows_format)


@app.command()
def verify(*, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Check that nothing in the lake is lost, doubled or damaged."""
    import ingest as floor

    verification = floor.verify(lake)
    output.print_record(verification, as_json=as_json)
    if not verification.ok:
        raise typer.Exit(FAILED)


@registry_app.command("load")
def registry_load(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV files; the header says what they hold.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Load names and branches: all of these files, or nothing."""
    from analytics.registry import load_registry

    output.print_record(load_registry(lake, files, now=_now()), as_json=as_json)


@app.command()
def metric(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The metric.")] = None,
    *,
    list_all: Annotated[bool, typer.Option("--list", help="List the metrics and what they mean.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    since: Since = None,
    until: Until = None,
    environment: Environment = "production",
    product: Product = None,
    partner: Partner = None,
    integration: Integration = None,
    customer: Customer = None,
    connector: Connector = None,
    stream: ScopedStream = None,
    output_format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one metric; --list says which there are."""
    import analytics as floor

    rows_format = _format(output_format, as_json=as_json)
    if list_all:
        columns = ("name", "unit", "grain") if rows_format == "table" else METRIC_COLUMNS
        known = [floor.metric(known) for known in floor.metric_names()]
        output.print_rows(Rows(columns, [tuple(getattr(one, name) for name in columns) for one in known]), rows_format)
        return
    if name is None:
        raise typer.BadParameter("which one? 'koppelzicht metric --list' lists them", param_hint="NAME")
    if name not in floor.metric_names():
        raise typer.BadParameter(_unknown("metric", name, floor.metric_names()), param_hint="NAME")
    scope = _scope(
        since=since,
        until=until,
        environment=environment,
        product=product,
        partner=partner,
        integration=integration,
        customer=customer,
        connector=connector,
        stream=stream,
    )
    with floor.Warehouse.open(lake) as warehouse:
        frame = warehouse.metric(name, scope)
    _print_arrow(frame.to_arrow(), rows_format)


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(metavar="[QUERY]", help="A query; without one: a shell.")] = None,
    *,
    lake: LakeOption = DEFAULT_LAKE,
    output_format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read-only SQL over calls, rejects, loads, the registry and metrics.<name>."""
    from analytics import run_sql

    rows_format = _format(output_format, as_json=as_json)
    if query is None and sys.stdin.isatty():
        _sql_shell(lake, rows_format)
        return
    _print_arrow(run_sql(lake, sys.stdin.read() if query is None else query), rows_format)


Month = Annotated[str, typer.Option(metavar="YYYY-MM", help="The month: 2026-10")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")]
DEFAULT_REPORTS = Path("reports")


@report_app.command("partner")
def report_partner(
    partner: Annotated[int, typer.Argument(help="Subscription number of the partner.")],
    *,
    month: Month,
    out: Out = DEFAULT_REPORTS,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write the report of one partner for one month."""
    from analytics import Warehouse
    from analytics.reports import write_partner_report

    month = _month(month)
    with Warehouse.open(lake) as warehouse:
        _print_files(write_partner_report(warehouse, partner, month, out, now=_now()), as_json=as_json)


@report_app.command("month")
def report_month(
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="The month: 2026-10")],
    *,
    out: Out = DEFAULT_REPORTS,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Write the report of one month over all partners."""
    from analytics import Warehouse
    from analytics.reports import write_month_report

    month = _month(month)
    with Warehouse.open(lake) as warehouse:
        _print_files(write_month_report(warehouse, month, out, now=_now()), as_json=as_json)


HostAddress = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Port (default: the first free one from 8501).")]


@app.command()
def dashboard(lake: LakeOption = DEFAULT_LAKE, host: HostAddress = "localhost", port: Port = None) -> None:
    """Serve the dashboard, on this machine alone unless asked otherwise."""
    from dashboard.serve import serve
    from ingest import Lake

    if not Lake(lake).exists():
        typer.echo(f"{lake}: there is no lake here yet; 'koppelzicht ingest' creates one", err=True)
    raise typer.Exit(serve(lake, host=host, port=port))


@app.command()
def demo(
    lake: Annotated[
        Path | None, typer.Option("--lake", metavar="DIR", help="A new lake to keep (default: a temporary one).")
    ] = None,
    host: HostAddress = "localhost",
    port: Port = None,
) -> None:
    """Load three months of demo logs into a fresh lake and serve the dashboard on it."""
    import tempfile

    if lake is not None:
        _serve_demo(lake, host, port)
    with tempfile.TemporaryDirectory(prefix="koppelzicht-demo-") as folder:
        _serve_demo(Path(folder) / "lake", host, port)


def main() -> NoReturn:
    """Run the command that the process was started with, and exit."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. No traceback without --debug."""
    options = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    debug = "--debug" in options
    arguments = [*(option for option in options if option != "--debug"), *arguments[len(options) :]]
    try:
        typer.main.get_command(app).main(arguments, prog_name="koppelzicht")
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else FAILED
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the user gets words, not a traceback
        if debug:
            traceback.print_exc()
        else:
            say(_in_words(error))
        return FAILED
    return DONE


# --- what the commands share


def _read_options(
    log_format: str | None,
    layout: str | None,
    stream: str | None,
    host: str | None,
    time_zone: str | None,
    *,
    final: bool,
) -> ReadOptions:
    from zoneinfo import available_timezones

    from ingest import ReadOptions, SourceError
    from ingest.formats import FORMATS
    from ingest.formats import log_format as format_named

    if layout is not None and log_format not in {None, "combined"}:
        raise typer.BadParameter(f"a layout is for combined logs, not for {log_format}", param_hint="--layout")
    if log_format is not None and log_format not in FORMATS:
        raise typer.BadParameter(_unknown("log format", log_format, FORMATS), param_hint="--log-format")
    if time_zone is not None and time_zone not in available_timezones():
        raise typer.BadParameter(
            f"{time_zone!r} is no time zone; a name such as Europe/Amsterdam is", param_hint="--time-zone"
        )
    if layout is not None:
        try:
            format_named("combined", layout=layout)
        except SourceError as error:
            raise typer.BadParameter(str(error), param_hint="--layout") from None
    return ReadOptions(
        log_format="combined" if layout is not None else log_format,
        layout=layout,
        stream=stream,
        host=host,
        time_zone=time_zone,
        final=final,
    )


def _scope(**parts: str | None) -> Scope:
    from analytics import Scope, ScopeError

    try:
        return Scope.parse(parts)
    except ScopeError as error:
        raise typer.BadParameter(str(error), param_hint="scope") from None


def _month(text: str) -> str:
    from analytics.reports.errors import ReportError
    from analytics.reports.month import Month

    try:
        Month.parse(text)
    except ReportError as error:
        raise typer.BadParameter(str(error), param_hint="month") from None
    return text


def _format(chosen: Format | None, *, as_json: bool) -> Format:
    if as_json and chosen not in {None, "json"}:
        raise typer.BadParameter(f"--json and --format {chosen} exclude each other", param_hint="--format")
    if chosen == "parquet" and sys.stdout.isatty():
        raise typer.BadParameter(
            "Parquet is binary; send it to a file: ... --format parquet > FILE", param_hint="--format"
        )
    return chosen or ("json" if as_json else "table")


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=2)
    hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}"
    return f"there is no {kind} {name!r}; {hint}"


def _print_arrow(table: pa.Table, rows_format: Format) -> None:
    if rows_format == "parquet":
        output.write_parquet(table)
    else:
        output.print_rows(Rows.from_arrow(table), rows_format)


def _print_files(files: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        output.print_record({"files": [str(file) for file in files]}, as_json=True)
    else:
        output.write("".join(f"{output.shown(str(file))}\n" for file in files))


def _print_ingest_report(report: IngestReport, *, as_json: bool) -> None:
    for source in report.sources:
        if source.error is not None:
            say(f"{source.status}: {source.error}")
    for warning in report.warnings:
        say(f"warning: {warning}")
    counts = ("lines", "calls", "rejects", "ignored")
    totals = {"sources": len(report.sources)} | {
        name: sum(getattr(source, name) for source in report.sources) for name in counts
    }
    if as_json:
        sources = [{name: getattr(source, name) for name in SOURCE_COLUMNS} for source in report.sources]
        output.print_record({"sources": sources, "totals": totals}, as_json=True)
    else:
        columns = tuple(name for name in SOURCE_COLUMNS if name not in {"left", "error"})
        if any(source.known_since for source in report.sources):
            columns += ("known_since",)
        rows = [tuple(getattr(source, name) for name in columns) for source in report.sources]
        output.print_rows(Rows(columns, rows), "table")
        counted = [_counted(totals[name], name.removesuffix("s")) for name in ("sources", "lines", "calls", "rejects")]
        output.write("\n{}, {}: {}, {}, {ignored:,} ignored\n".format(*counted, ignored=totals["ignored"]))


def _print_inspection(inspection: Inspection, limit: int) -> None:
    read_as = " ".join(filter(None, (inspection.log_format, inspection.dialect)))
    output.write(f"{_counted(inspection.lines, 'line')} of {read_as}\n")
    calls, rejects = inspection.calls, inspection.rejects
    for title, records, columns in (("Calls", calls, CALLS_SHOWN), ("Rejects", rejects, REJECTS_SHOWN)):
        if records:
            output.write(f"\n{title}{f', the first {limit}' if len(records) == limit else ''}\n")
            output.print_table(Rows(columns, [tuple(getattr(record, name) for name in columns) for record in records]))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _sql_shell(lake: Path, rows_format: Format) -> None:
    from analytics import AnalyticsError, run_sql

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - lines can be edited and recalled, where the system has it

    say("Read-only SQL. End a query with ; stop it with Ctrl-C and leave with Ctrl-D.")
    while True:
        try:
            _print_arrow(run_sql(lake, _read_statement()), rows_format)
        except AnalyticsError as error:
            say(str(error))
        except KeyboardInterrupt:
            say("stopped")
        except EOFError:
            say("")
            return


def _read_statement() -> str:
    lines = [input("koppelzicht> ")]
    while not lines[-1].rstrip().endswith(";"):
        lines.append(input("        ...> "))
    return "\n".join(lines)


def _serve_demo(lake: Path, host: str, port: int | None) -> NoReturn:
    import ingest as floor
    from analytics.registry import load_registry
    from dashboard.serve import serve
    from sample_logs import demo_files, registry_files

    say(f"Loading three months of demo logs into {lake}")
    with output.LoadProgress() as progress:
        report = floor.ingest(
            lake, [str(file) for file in demo_files()], floor.ReadOptions(), now=_now(), progress=progress
        )
    load_registry(lake, registry_files(), now=_now())
    calls = sum(source.calls for source in report.sources)
    say(f"{_counted(calls, 'call')}. Ask more of them in another terminal: koppelzicht status --lake {lake}")
    raise typer.Exit(serve(lake, host=host, port=port))


def _in_words(error: Exception) -> str:
    from analytics import AnalyticsError
    from ingest import IngestError

    if isinstance(error, (AnalyticsError, IngestError)):
        return f"koppelzicht: {error}"
    if isinstance(error, OSError):
        return f"koppelzicht: {error.filename or 'input or output'}: {error.strerror or error}"
    return f"koppelzicht: something went wrong that should not: {type(error).__name__}: {error}\n--debug shows where"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
