"""The lake itself: status, rejects, verify, maintain."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, cast, get_args

import typer

from analytics.numbers import counted
from command_line import FAILED
from command_line.commands.loading import REJECTS_SHOWN
from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.reading import read_options, reads_again
from command_line.options.rows import FormatOption, rows_format
from command_line.options.times import age, day_of, now
from command_line.options.wrong_usage import unknown
from command_line.printing import for_programs, output, standard
from command_line.printing.progress import LoadProgress
from command_line.printing.rows import Rows
from command_line.printing.standard import say
from command_line.printing.values import duration, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from ingest import RetryReport

SumsChoice: TypeAlias = Literal["rebuild", "drop"]

RETRY_COLUMNS = ("source", "status", "lines", "calls", "rejects", "ignored", "error")

EXPORTS = (".csv", ".json", ".parquet")
"""What rejects are exported as, by the end of the file's name."""


def status(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    max_age: Annotated[
        str | None,
        typer.Option(
            metavar="AGE", help="For monitoring: exit with 1 if the newest load is older than 15m, 36h, 2d, ..."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show loads, days covered, freshness, rejects by reason, sizes, and streams that overlap or have stopped."""
    import ingest as floor
    from analytics.completeness.streams import remarks_now
    from analytics.overlaps.overlaps import overlaps
    from analytics.registry import registry_files
    from analytics.warehouse.warehouse import Warehouse
    from ingest.lake.lake import Lake

    most = None if max_age is None else age(max_age)
    snapshot = Lake(lake).snapshot()
    state = floor.status(lake, now=now(), snapshot=snapshot)
    with Warehouse.over(snapshot, registry_files(lake)) as warehouse:
        record = dict(state) | {"overlaps": overlaps(warehouse)}
        said = tuple(remarks_now(warehouse))
    if as_json:
        output.print_record(record | {"remarks": said}, as_json=True)
    else:
        output.print_record(record, as_json=False)
        for remark in said:
            say(remark)
    if most is not None and (state.load_age_seconds is None or state.load_age_seconds > most):
        found = (
            "there is no load"
            if state.load_age_seconds is None
            else f"the newest is {duration(state.load_age_seconds)} old"
        )
        say(f"koppelzicht: {lake}: expected a load of the last {duration(most)}; {found}")
        raise typer.Exit(FAILED)


@reads_again
def rejects(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH", help="With --retry: the files and folders to read again.")
    ] = None,
    *,
    lake: LakeOption = DEFAULT_LAKE,
    retry: Annotated[
        bool,
        typer.Option(
            "--retry", help="Read the rejected lines of these sources again. Lines that can be read now become calls."
        ),
    ] = False,
    reading: dict[str, str | None],
    reason: Annotated[str | None, typer.Option(metavar="NAME", help="Only lines rejected for this reason.")] = None,
    source: Annotated[str | None, typer.Option(metavar="PATH", help="Only lines of this source.")] = None,
    stream: Annotated[str | None, typer.Option(metavar="NAME", help="Only lines of this stream.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="NUMBER", min=1, help="Show at most this many lines.")] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the lines to a .csv, .json or .parquet file.")
    ] = None,
    output_format: FormatOption = None,
    as_json: JsonOption = False,
) -> None:
    """List rejected lines and the reasons, export them, or read them again after a fix."""
    choice = {
        "reason": reason,
        "source": source and _as_stored(source),
        "stream": stream and _as_stored(stream),
        "limit": limit,
    }
    if retry:
        others = choice | {"export": export, "format": output_format}
        _refuse(others, "selects rejects to list; --retry always reads all rejects of a source")
        _retry(lake, paths, reading, as_json=as_json)
        return
    _refuse(reading, "controls how lines are read; it needs --retry PATH...")
    if paths:
        raise typer.BadParameter(
            f"{shown(paths[0])}: --retry {shown(paths[0])} reads its rejected lines again, --source {shown(paths[0])} lists them",
            param_hint="PATH",
        )
    chosen = rows_format(output_format, as_json=as_json)
    frame = _rejects(lake, choice)
    if export is not None:
        _export(frame, export)
        if as_json:
            output.print_record({"file": str(export), "rejects": len(frame)}, as_json=True)
        else:
            standard.write(f"{counted(len(frame), 'reject')} in {shown(str(export))}\n")
        return
    frame = frame.select("source", *REJECTS_SHOWN) if chosen == "table" else frame
    output.print_arrow(frame.to_arrow(), chosen)


def _retry(lake: Path, paths: list[str] | None, reading: Mapping[str, str | None], *, as_json: bool) -> None:
    """Read the rejected lines of these sources again, and print the results."""
    import ingest as floor

    if not paths:
        raise typer.BadParameter("name the files or folders: koppelzicht rejects --retry PATH...", param_hint="PATH")
    options = read_options(**reading, stream=None, final=True)
    with LoadProgress() as progress:
        report = floor.retry_rejects(lake, paths, options, now=now(), progress=progress)
    _print_retry_report(report, as_json=as_json)


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Wrong usage where one of these options is given."""
    for name, value in options.items():
        if value is not None:
            option = f"--{name.replace('_', '-')}"
            raise typer.BadParameter(f"{option} {why}", param_hint=f"'{option}'")


def _rejects(lake: Path, choice: Mapping[str, str | int | None]) -> pl.DataFrame:
    """The rejected lines that are asked for by reason, source, stream and limit, in the order of their sources."""
    from analytics.warehouse.warehouse import Warehouse
    from ingest.call import RejectReason

    reason = choice["reason"]
    if reason is not None and reason not in get_args(RejectReason):
        raise typer.BadParameter(unknown("reason", str(reason), get_args(RejectReason)), param_hint="'--reason'")
    with Warehouse.open(lake) as warehouse:
        return warehouse.query(
            "from rejects where ($reason::varchar is null or reason = $reason)"
            " and ($source::varchar is null or source = $source) and ($stream::varchar is null or stream = $stream)"
            " order by source, line_number, load_id limit coalesce($limit::bigint, 9223372036854775807)",
            choice,
        )


def _export(frame: pl.DataFrame, file: Path) -> None:
    """Write rows to a file, whole or not at all."""
    from ingest.lake.durable import replace_file

    content: str | bytes
    match file.suffix.lower():
        case ".csv":
            content = for_programs.rows_as_csv(Rows.from_frame(frame))
        case ".json":
            content = for_programs.rows_as_json(Rows.from_frame(frame))
        case ".parquet":
            content = for_programs.as_parquet(frame.to_arrow())
        case _:
            raise typer.BadParameter(
                f"{shown(str(file))} does not say in which format to write; expected a name that ends in"
                f" {', '.join(EXPORTS[:-1])} or {EXPORTS[-1]}",
                param_hint="'--export'",
            )
    try:
        replace_file(file, content)
    except OSError as error:
        say(f"koppelzicht: {file}: cannot be written: {error.strerror or error}")
        raise typer.Exit(FAILED) from None


def _print_retry_report(report: RetryReport, *, as_json: bool) -> None:
    for source in report.sources:
        if source.error is not None:
            say(f"failed: {source.error}")
    for warning in report.warnings:
        say(f"warning: {warning}")
    counts = ("lines", "calls", "rejects", "ignored")
    totals = {"sources": len(report.sources)} | {
        name: sum(getattr(source, name) for source in report.sources) for name in counts
    }
    if as_json:
        output.print_record({"sources": [asdict(source) for source in report.sources], "totals": totals}, as_json=True)
    else:
        columns = RETRY_COLUMNS[:-1]
        output.print_rows(
            Rows(columns, [tuple(getattr(source, name) for name in columns) for source in report.sources]), "table"
        )
        standard.write(
            f"\n{counted(totals['lines'], 'line')} read again: {counted(totals['calls'], 'call')},"
            f" {totals['rejects']:,} still rejected, {totals['ignored']:,} ignored\n"
        )
    if any(source.status == "failed" for source in report.sources):
        raise typer.Exit(FAILED)


def verify(*, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """Check that nothing in the lake is lost, doubled or damaged."""
    import ingest as floor
    from ingest.errors import REPAIR
    from ingest.lake.verification import SUMS

    verification = floor.verify(lake)
    output.print_record(verification, as_json=as_json)
    if not verification.ok:
        # Damaged sums lose nothing, and the check itself says what to do.
        if any(not check.ok and check.name != SUMS for check in verification.checks):
            say(f"koppelzicht: {lake}: {REPAIR}")
        raise typer.Exit(FAILED)


def maintain(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    keep_calls: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS", min=1, help="Remove calls older than this, and keep their sums (default: keep all)."
        ),
    ] = None,
    keep_sums: Annotated[
        int | None,
        typer.Option(metavar="DAYS", min=1, help="Remove sums of removed calls older than this (default: keep all)."),
    ] = None,
    keep_rejects: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            min=1,
            help="Remove the texts of rejected lines loaded longer ago than this (default: keep all).",
        ),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Count all of these back from this day (default: today)."),
    ] = None,
    sums: Annotated[
        str | None,
        typer.Option(
            metavar="rebuild|drop", help="Build all sums of calls again, or remove them (default: build missing ones)."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compact the lake, add up calls, and remove old data and the leftovers of crashes. Other commands can run meanwhile."""
    import ingest as floor

    if as_of is not None and keep_calls is None and keep_sums is None and keep_rejects is None:
        raise typer.BadParameter("it needs --keep-calls, --keep-sums or --keep-rejects", param_hint="'--as-of'")
    if sums is not None and sums not in get_args(SumsChoice):
        raise typer.BadParameter(unknown("choice", sums, get_args(SumsChoice)), param_hint="'--sums'")
    report = floor.maintain(
        lake,
        now=now(),
        keep_calls=keep_calls,
        keep_sums=keep_sums,
        keep_rejects=keep_rejects,
        as_of=None if as_of is None else day_of(as_of, "--as-of"),
        sums=cast("SumsChoice | None", sums) or "build",
    )
    output.print_record(report, as_json=as_json)


def _as_stored(name: str) -> str:
    """The name in the lake of a file or stream that a user names."""
    from ingest.engine.stored_names import stored_name
    from ingest.read.names import written_name

    return stored_name(written_name(name))
