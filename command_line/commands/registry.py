"""Names and branches: registry load, registry missing, registry versions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.times import day_of, now
from command_line.printing import output, standard
from command_line.printing.answering import answering
from command_line.printing.rows import Rows
from command_line.printing.standard import say
from command_line.printing.values import shown

if TYPE_CHECKING:
    from command_line.printing.output import Format

VERSION_COLUMNS = ("number", "valid_from", "loaded_at", "relations", "sources")


def load(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="CSV, XLSX or Parquet files. The header of a file or sheet says what it holds."
        ),
    ],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The first day on which this holds: 2026-03-01 (default: today)."),
    ] = None,
    add: Annotated[
        bool, typer.Option("--add", help="Keep the rows that these files do not name. By default they are removed.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Load names and branches from files: all of them, or none if one has an error."""
    from analytics.registry import load_registry

    report = load_registry(lake, files, now=now(), as_of=None if as_of is None else day_of(as_of, "--as-of"), adds=add)
    output.print_record(report, as_json=as_json)


@prints_rows
def missing(
    *,
    lake: LakeOption = DEFAULT_LAKE,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write CSV files to this folder, to fill in and load with --add."),
    ] = None,
    chosen: Format,
) -> None:
    """List partners, integrations and customers that occur in calls but not in the registry."""
    from analytics.unnamed import missing as floor

    with answering(lake) as warehouse:
        if out is None:
            output.print_arrow(floor.missing(warehouse).to_arrow(), chosen)
            return
        files = [str(file) for file in floor.write_missing(warehouse, out)]
    if chosen == "json":
        output.print_record({"files": files}, as_json=True)
    else:
        standard.write("".join(f"{shown(file)}\n" for file in files))
    if files:
        say("Fill in what you know, then run: koppelzicht registry load --add " + " ".join(files))


def versions(*, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False) -> None:
    """List the versions that were loaded, and the first day of each."""
    from analytics.registry import registry_files

    rows = [
        (
            version.number,
            version.valid_from,
            version.loaded_at,
            ", ".join(version.files),
            ", ".join(source for sources in version.sources.values() for source in sources),
        )
        for version in registry_files(lake).versions
    ]
    output.print_rows(Rows(VERSION_COLUMNS, rows), "json" if as_json else "table")
