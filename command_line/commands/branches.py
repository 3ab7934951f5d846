"""Where integrations are used: branches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.printing import output, standard
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, say_why_nothing
from command_line.printing.standard import say
from command_line.printing.values import shown

if TYPE_CHECKING:
    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse
    from command_line.printing.output import Format

Language: TypeAlias = Literal["en", "nl"]


@scoped
@prints_rows
def branches(
    *,
    publish: Annotated[
        Path | None,
        typer.Option(
            "--publish", metavar="FILE", help="Write the table that may be published to FILE.csv or FILE.html."
        ),
    ] = None,
    smallest: Annotated[
        int,
        typer.Option(
            "--smallest", metavar="NUMBER", help="Publish no branch with fewer customers than this: 5, 10, 15, ..."
        ),
    ] = 5,
    language: Annotated[
        Language | None,
        typer.Option("--language", metavar="NAME", help="Language of the published table: en (the default) or nl."),
    ] = None,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show in which branches of industry integrations are used. --publish leaves out whatever points to a single customer."""
    if publish is None and language is not None:
        raise typer.BadParameter("--language needs --publish FILE", param_hint="'--language'")
    if publish is not None:
        _check_suffix(publish)
    with answering(lake) as warehouse:
        if publish is not None:
            _publish(warehouse, scope, publish, smallest, language or "en", as_json=chosen == "json")
        else:
            frame = warehouse.metric("branches_per_integration", scope)
            output.print_arrow(frame.to_arrow(), chosen)
            say_why_nothing(frame, warehouse, scope)
            say_gaps(warehouse, scope)


def _check_suffix(file: Path) -> None:
    from analytics.branches.branches import SUFFIXES

    if file.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(f"expected a name that ends in {' or '.join(SUFFIXES)}", param_hint="'--publish'")


def _publish(
    warehouse: Warehouse, scope: Scope, file: Path, smallest: int, language: Language, *, as_json: bool
) -> None:
    from analytics.branches.branches import check_smallest, period_to_publish, publish, published
    from analytics.errors import AnalyticsError

    try:
        check_smallest(smallest)
    except AnalyticsError as error:
        raise typer.BadParameter(str(error), param_hint="'--smallest'") from None
    try:
        period = period_to_publish(warehouse, scope)
    except AnalyticsError as error:
        raise typer.BadParameter(str(error), param_hint="'--publish'") from None
    rows = published(warehouse, scope, smallest=smallest)
    publish(rows, file, smallest=smallest, period=period, language=language)
    _say_published(rows, file, smallest, as_json=as_json)
    lived = warehouse.lived()
    if period is not None:
        say(
            f"note: the table counts the customers of {period.since} until {period.until} (that day not included), in ranges of five"
        )
        if lived is not None and lived[1] < period.until:
            say(
                f"note: the logs end before {lived[1]}, but the period goes on; publish the table again when the period is over"
            )
        say_gaps(warehouse, scope.replace(since=period.since, until=period.until))


def _say_published(rows: pl.DataFrame, file: Path, smallest: int, *, as_json: bool) -> None:
    if rows.is_empty():
        say(f"note: the table is empty because no integration in the registry has {smallest} customers here")
    if as_json:
        output.print_record({"files": [str(file)], "rows": rows.height}, as_json=True)
    else:
        standard.write(f"{shown(str(file))}\n")
