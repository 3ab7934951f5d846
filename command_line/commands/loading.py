"""Log files in: ingest, unload, inspect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from analytics.numbers import counted
from command_line import FAILED, REJECTED
from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.reading import reads
from command_line.options.times import now
from command_line.options.workers import WorkersOption, limits_with
from command_line.options.wrong_usage import check_standard_input
from command_line.printing import for_people, output, standard
from command_line.printing.progress import LoadProgress
from command_line.printing.rows import Rows
from command_line.printing.standard import say
from command_line.printing.values import shown

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from ingest import IngestReport, Inspection, ReadOptions

SOURCE_COLUMNS = (
    "source",
    "stream",
    "log_format",
    "status",
    "lines",
    "calls",
    "rejects",
    "ignored",
    "left",
    "error",
    "unread_columns",
)

CALLS_SHOWN = ("called_at", "environment", "integration_id", "customer", "operation", "connector", "status", "outcome")
REJECTS_SHOWN = ("line_number", "reason", "detail", "sample")
"""What people see of calls and rejects; --json has every column."""

MOST_SHOWN = 20


@reads(has_end=True)
def ingest(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Files, folders, or - for standard input.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    options: ReadOptions,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Reload these sources, replacing their earlier loads."),
    ] = False,
    overlap: Annotated[
        Literal["skip", "load"] | None,
        typer.Option(metavar="WHAT", help="For a file that shares lines with a loaded one: skip or load it."),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Exit with 3 if this run rejected a line. Unchanged files are not read."),
    ] = False,
    workers: WorkersOption = None,
    as_json: JsonOption = False,
) -> None:
    """Load log files. Lines that are already in the lake are not loaded again."""
    import ingest as floor

    check_standard_input(is_read="-" in paths)
    started = now()
    with LoadProgress() as progress:
        report = floor.ingest(
            lake,
            paths,
            options,
            now=started,
            overlap=overlap,
            replace=replace,
            progress=progress,
            limits=limits_with(workers),
        )
    _print_ingest_report(report, as_json=as_json)
    if any(source.calls for source in report.sources):
        _warn_of_overlaps(lake, started)
    if any(source.status == "failed" for source in report.sources):
        raise typer.Exit(FAILED)
    if strict and any(source.rejects for source in report.sources):
        raise typer.Exit(REJECTED)


def unload(
    target: Annotated[
        str, typer.Argument(metavar="LOAD|PATH", help="The id of a load, or the path it was loaded from.")
    ],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Remove a load from the lake, and the later loads of the same growing file."""
    import ingest as floor

    output.print_record(floor.unload(lake, target, now=now()), as_json=as_json)


@reads(has_end=True)
def inspect(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A log file, or - for standard input.")],
    *,
    limit: Annotated[
        int | None, typer.Option(metavar="NUMBER", min=1, help="Show at most this many calls and rejects.")
    ] = None,
    options: ReadOptions,
    as_json: JsonOption = False,
) -> None:
    """Show how a log file would be read. Writes nothing."""
    import ingest as floor

    check_standard_input(is_read=file == "-")
    limit = limit if as_json else limit or MOST_SHOWN
    inspection = floor.inspect(file, options, limit=limit, now=now())
    for warning in inspection.warnings:
        say(f"warning: {warning}")
    for note in inspection.notes:
        say(f"note: {note}")
    if as_json:
        output.print_record(inspection.model_dump(), as_json=True)
    else:
        _print_inspection(file, inspection, limit)


def _warn_of_overlaps(lake: Path, loaded_at: dt.datetime) -> None:
    """Say which streams tell of the same calls since this load. What was loaded stays loaded, also if that cannot be said."""
    import duckdb

    from analytics.errors import AnalyticsError
    from analytics.overlaps.overlaps import late_calls, overlaps_after_load
    from analytics.warehouse.warehouse import Warehouse
    from ingest import IngestError

    try:
        with Warehouse.open(lake) as warehouse:
            for overlap in overlaps_after_load(warehouse, loaded_at):
                say(f"warning: {shown(str(overlap))}")
            if late := late_calls(warehouse, loaded_at):
                say(f"warning: {late}")
    except (AnalyticsError, IngestError, duckdb.Error, OSError, MemoryError) as error:
        say(f"note: streams were not checked for the same traffic: {error}")


def _print_ingest_report(report: IngestReport, *, as_json: bool) -> None:
    for source in report.sources:
        if source.error is not None:
            say(f"{source.status}: {source.error}")
    for warning in report.warnings:
        say(f"warning: {warning}")
    for note in report.notes:
        say(f"note: {note}")
    counts = ("lines", "calls", "rejects", "ignored")
    totals = {"sources": len(report.sources)} | {
        name: sum(getattr(source, name) for source in report.sources) for name in counts
    }
    if as_json:
        sources = [{name: getattr(source, name) for name in SOURCE_COLUMNS} for source in report.sources]
        output.print_record({"sources": sources, "totals": totals}, as_json=True)
    else:
        columns = tuple(name for name in SOURCE_COLUMNS if name not in {"left", "error", "unread_columns"})
        if any(source.known_since for source in report.sources):
            columns += ("known_since",)
        rows = [tuple(getattr(source, name) for name in columns) for source in report.sources]
        output.print_rows(Rows(columns, rows), "table")
        words = [counted(totals[name], name.removesuffix("s")) for name in ("sources", "lines", "calls", "rejects")]
        standard.write("\n{}, {}: {}, {}, {ignored:,} ignored\n".format(*words, ignored=totals["ignored"]))


def _print_inspection(file: str, inspection: Inspection, limit: int | None) -> None:
    if inspection.lines == 0:
        standard.write(f"{'standard input' if file == '-' else shown(file)} is empty\n")
        return
    read_as = " ".join(filter(None, (inspection.log_format, inspection.dialect)))
    standard.write(f"{counted(inspection.lines, 'line')} of {shown(read_as)}\n")
    calls, rejects = inspection.calls, inspection.rejects
    for title, records, columns in (("Calls", calls, CALLS_SHOWN), ("Rejects", rejects, REJECTS_SHOWN)):
        if records:
            standard.write(f"\n{title}{f', the first {limit}' if len(records) == limit else ''}\n")
            for_people.print_table(
                Rows(columns, [tuple(getattr(record, name) for name in columns) for record in records])
            )
