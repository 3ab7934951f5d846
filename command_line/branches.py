"""Where integrations are used: branches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from command_line import output
from command_line.nothing_found import say_gaps, say_why_nothing
from command_line.options import DEFAULT_LAKE, LakeOption, prints_rows
from command_line.output import say
from command_line.scope import scoped
from command_line.values import shown

if TYPE_CHECKING:
    import polars as pl

    from analytics import Scope
    from command_line.output import Format

Language: TypeAlias = Literal["en", "nl"]


@scoped
@prints_rows
def branches(
    *,
    publish: Annotated[
        Path | None,
        typer.Option("--publish", metavar="FILE", help="Write the table for everybody: FILE.csv or FILE.html."),
    ] = None,
    smallest: Annotated[
        int,
        typer.Option("--smallest", metavar="NUMBER", min=3, help="Publish no branch with fewer customers than this."),
    ] = 5,
    language: Annotated[
        Language | None,
        typer.Option("--language", metavar="NAME", help="Of what is published: en (the default) or nl."),
    ] = None,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show in which branches integrations are used; for publication without what points to a single customer."""
    from analytics import Warehouse
    from analytics.branches import SUFFIXES, published
    from analytics.branches import publish as write

    if publish is not None and publish.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(f"expected a name that ends in {' or '.join(SUFFIXES)}", param_hint="'--publish'")
    if publish is None and language is not None:
        raise typer.BadParameter("only what is published has a language: --publish FILE", param_hint="'--language'")
    with Warehouse.open(lake) as warehouse:
        if publish is not None:
            rows = published(warehouse, scope, smallest=smallest)
            write(rows, publish, smallest=smallest, period=warehouse.period(scope), language=language or "en")
            _say_published(rows, publish, smallest, as_json=chosen == "json")
        else:
            frame = warehouse.metric("branches_per_integration", scope)
            output.print_arrow(frame.to_arrow(), chosen)
            say_why_nothing(frame, warehouse, scope)
        say_gaps(warehouse, scope)


def _say_published(rows: pl.DataFrame, file: Path, smallest: int, *, as_json: bool) -> None:
    if rows.is_empty():
        say(f"note: the table is empty: no integration that the registry lists has {smallest} customers here")
    if as_json:
        output.print_record({"files": [str(file)], "rows": rows.height}, as_json=True)
    else:
        output.write(f"{shown(str(file))}\n")
