"""The options --format and --json, the same on every command that prints rows."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from command_line.options.composing import composed
from command_line.options.lake import JsonOption
from command_line.printing.output import Format

FormatOption = Annotated[
    Format | None,
    typer.Option("--format", metavar="FORMAT", help="Output format: table (the default), csv, json or parquet."),
]


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
