"""The options that nearly every command has: its lake, and --json."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from command_line.private import as_open_as

DEFAULT_LAKE = Path("lake")

LakeOption = Annotated[
    Path,
    typer.Option("--lake", metavar="DIR", envvar="KOPPELZICHT_LAKE", callback=as_open_as, help="Folder of the lake."),
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
