"""Names and branches: registry load."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from command_line import output
from command_line.options import DEFAULT_LAKE, JsonOption, LakeOption, now


def load(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="CSV files; the header says what they hold.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Load names and branches: all of these files, or nothing."""
    from analytics.registry import load_registry

    output.print_record(load_registry(lake, files, now=now()), as_json=as_json)
