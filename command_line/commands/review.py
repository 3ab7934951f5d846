"""Is an integration ready to go live: review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analytics.numbers import counted
from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.reading import read_options
from command_line.options.scope import scoped
from command_line.options.times import now
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, why_nothing
from command_line.printing.standard import say
from command_line.printing.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analytics.review.answer import Review
    from analytics.scope import Scope

SHOWN = {
    "ids": ("id_status", "id_defect", "sent", "basis", "evidence", "calls", "customers", "last_call"),
    "uses": ("product", "protocol", "connector", "operation", "customers", "calls", "errors", "last_call"),
    "versions": ("connector", "operation", "api_version", "calls", "errors", "customers", "last_call"),
    "onboarding": ("customer", "state", "first_call", "first_success", "hours", "errors_before", "calls", "errors"),
    "visits": ("customer", "name", "state", "first_visit", "visits", "first_call", "hours"),
    "handling": ("status", "customer", "connector", "errors", "repeats", "within_1s", "within_10s", "within_60s", "longest_run", "recovered", "open"),
    "examples": ("status", "customer", "connector", "since", "errors", "within_10s", "success_at"),
}  # fmt: skip
"""The columns that people see of each table. Programs get all of them."""
_ROWS_SHOWN = 25
"""People see at most this many rows of each table. Programs get all of them."""


VisitsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--visits",
        metavar="FILE",
        help="Access log of the app's own onboarding page. It is read and not kept. You can repeat this option.",
    ),
]


LayoutOption = Annotated[
    str | None,
    typer.Option(
        "--layout",
        metavar="TEXT",
        help="The nginx log_format or Apache LogFormat string of that log, if it has one of its own.",
    ),
]


@scoped
def review(
    subject: Annotated[str, typer.Argument(metavar="INTEGRATION", help="The integration: 12345_678900")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    visits: VisitsOption = None,
    layout: LayoutOption = None,
    scope: Scope,
    as_json: JsonOption = False,
) -> None:
    """Review an integration that goes live: show whether it works, customers get through, and it handles errors."""
    from analytics.review.review import review as answer_to

    asked = _about(subject, scope)
    seen, remarks = _visits(visits or [], layout)
    with answering(lake) as warehouse:
        answer = answer_to(warehouse, str(asked.integration), asked, visits=seen)
        output.print_record(answer.plain() if as_json else _for_people(answer), as_json=as_json)
        if answer.integration != asked.integration:
            say(f"note: {asked.integration} is an old id of {answer.integration}: this is about that integration")
        for line in _reasons(answer) if answer.calls else why_nothing(warehouse, asked):
            say(f"note: {line}")
        for line in remarks:
            say(f"note: {line}")
        say_gaps(warehouse, asked)


def _about(subject: str, scope: Scope) -> Scope:
    from analytics.errors import ScopeError
    from analytics.scope import Scope

    try:
        named = str(Scope.parse({"integration": subject or "-"}).integration)
    except ScopeError as error:
        raise typer.BadParameter(str(error).removeprefix("integration: "), param_hint="INTEGRATION") from None
    if scope.integration not in {None, named}:
        raise typer.BadParameter(f"the review is about {named}; leave --integration out", param_hint="'--integration'")
    return scope.replace(integration=named)


def _visits(files: list[Path], layout: str | None) -> tuple[pl.DataFrame | None, list[str]]:
    """The visits in these logs, and what became of their lines. None without a log."""
    if not files:
        if layout is not None:
            raise typer.BadParameter(
                "it describes a log of visits; give --visits FILE as well", param_hint="'--layout'"
            )
        return None, []
    import polars as pl

    from ingest import read_visits

    options = read_options(
        log_format=None, layout=layout, dialect=None, stream=None, host=None, time_zone=None, final=True
    )
    found = [read_visits(str(file), options, now=now()) for file in files]
    remarks = [
        f"{shown(file.name)}: {counted(one.lines, 'line')}, {counted(len(one.seen), 'visit')}, {one.elsewhere:,} with another address, "
        f"{one.others:,} other requests, {one.ignored:,} ignored, {one.unread:,} that cannot be read"
        for file, one in zip(files, found, strict=True)
    ]
    return pl.concat([pl.DataFrame(one.seen) for one in found]), remarks


def _for_people(answer: Review) -> dict[str, object]:
    """The answer with its first rows and fewer columns. A table without rows is left out."""
    values = answer.plain()
    for table, columns in SHOWN.items():
        rows = getattr(answer, table)
        values[table] = [] if rows is None else rows.select(columns).head(_ROWS_SHOWN).to_dicts()
    values["parts"] = [{"part": part.part, "verdict": part.verdict} for part in answer.parts]
    values["checks"] = [
        {name: getattr(check, name) for name in ("part", "check", "verdict", "held", "judged", "share")}
        for check in answer.checks
    ]
    return {name: value for name, value in values.items() if name not in SHOWN or value}


def _reasons(answer: Review) -> Iterator[str]:
    for check in answer.checks:
        yield f"{check.check}: {check.why}"
    for table in SHOWN:
        rows = getattr(answer, table)
        if rows is not None and rows.height > _ROWS_SHOWN:
            yield f"{_ROWS_SHOWN} of {rows.height:,} rows of {table} are shown; --json has them all"
