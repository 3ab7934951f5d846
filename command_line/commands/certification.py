"""Which integrations have the customers that certification asks for: certification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.numbers import counted
from command_line.options.lake import DEFAULT_LAKE, LakeOption
from command_line.options.rows import prints_rows
from command_line.options.scope import scoped
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, why_nothing
from command_line.printing.standard import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analytics.certification.certification import Certification
    from analytics.scope import Scope
    from command_line.printing.output import Format

Window = Annotated[
    int,
    typer.Option("--window", metavar="DAYS", min=1, max=400, help="Length of the rolling window.", show_default=True),
]
Required = Annotated[
    int,
    typer.Option("--required", metavar="NUMBER", min=1, help="Customers required in the window.", show_default=True),
]

SHOWN = ("state", "integration", "name", "customers", "days_left", "since", "last_customer_call", "reasons")


@scoped
@prints_rows
def certification(
    *,
    window: Window = 30,
    required: Required = 5,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    chosen: Format,
) -> None:
    """Show which integrations have enough customers to be certified, and until when."""
    from analytics.certification.certification import certification as clock
    from analytics.certification.reasons import COLUMNS

    with answering(lake) as warehouse:
        answer = clock(warehouse, scope, window_days=window, required=required)
        rows = _for_people(answer.rows) if chosen == "table" else answer.rows.select(COLUMNS)
        output.print_arrow(rows.to_arrow(), chosen)
        for line in why_nothing(warehouse, scope) if rows.is_empty() else _rule(answer):
            say(f"note: {line}")
        if answer.window:
            since, until = answer.window
            say_gaps(warehouse, scope.replace(since=since, until=until, partner=None, integration=None))


def _for_people(rows: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return rows.select(SHOWN).with_columns(pl.col("reasons").list.join(", "))


def _rule(answer: Certification) -> Iterator[str]:
    """What the verdicts rest on, and what would restore those of a single integration."""
    import datetime as dt

    assert answer.window is not None, "the lake holds calls"
    since, until = answer.window
    yield (
        f"customers counted from {since} to {until - dt.timedelta(days=1)} ({counted(answer.window_days, 'day')}), "
        f"{answer.required} required: each of them made a production call with the integration's id that was not an error and not a log-in, "
        "and none of them is the partner itself"
    )
    if not answer.has_registry:
        yield "the registry lists no integrations, so no certificate is known: load a list with 'koppelzicht registry load'"
    if answer.rows["state"].is_in(["unknown"]).any():
        yield ("unknown: the calls show too few customers, but calls are missing that could change this (see reasons)")
    if answer.rows.height == 1:
        yield from _restore(answer.rows.row(0, named=True))


def _restore(row: dict[str, Any]) -> Iterator[str]:
    if row["missing"]:
        more = f"{counted(row['missing'], 'more customer')} with a successful call would be enough"
        failing = row["failing_customers"]
        yield f"{more}; {counted(failing, 'customer')} made only calls that failed" if failing else more
    if row["below_on"] is not None:
        silent = f"{counted(row['silent'], 'customer')} fell silent; " if row["silent"] else ""
        yield (
            f"{silent}if none of its customers calls again, fewer than {row['customers_required']} are left on {row['below_on']}"
        )
    if row["inherited_from"] is not None:
        yield f"it inherits the certificate of {row['inherited_from']}, which it replaces: its own row in the registry has no dates"
    for kind in ("missing", "malformed"):
        if row[f"{kind}_calls"]:
            yield (
                f"{counted(row[f'{kind}_calls'], 'call')} with a {kind} IntegrationId come from this integration or its partner, "
                "judging by the text that was sent, the prefixes of connectors and the programs that its customers use"
            )
    if row["mistyped_calls"]:
        yield f"{counted(row['mistyped_calls'], 'call')} carry an id that is one character off, and do not count"
    if row["supplied_connectors"]:
        yield (
            f"{counted(row['supplied_connectors'], 'supplied GetConnector')} (Profit_...) in use, "
            "but certification requires GetConnectors of the partner's own"
        )
