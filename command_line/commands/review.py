"""Is an integration ready to go live: review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.scope import scoped
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, why_nothing
from command_line.printing.standard import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.review.answer import Review
    from analytics.scope import Scope

SHOWN = {
    "ids": ("id_status", "id_defect", "sent", "basis", "evidence", "calls", "customers", "last_call"),
    "uses": ("product", "protocol", "connector", "operation", "customers", "calls", "errors", "last_call"),
    "versions": ("connector", "operation", "api_version", "calls", "errors", "customers", "last_call"),
    "onboarding": ("customer", "state", "first_call", "first_success", "hours", "errors_before", "calls", "errors"),
    "handling": ("status", "customer", "connector", "errors", "repeats", "within_1s", "within_10s", "within_60s", "longest_run", "recovered", "open"),
    "examples": ("status", "customer", "connector", "since", "errors", "within_10s", "success_at"),
}  # fmt: skip
"""The columns that people see of each table. Programs get all of them."""
_ROWS_SHOWN = 25
"""People see at most this many rows of each table. Programs get all of them."""


@scoped
def review(
    subject: Annotated[str, typer.Argument(metavar="INTEGRATION", help="The integration: 12345_678900")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    scope: Scope,
    as_json: JsonOption = False,
) -> None:
    """Review an integration that goes live: show whether it works, customers get through, and it handles errors."""
    from analytics.review.review import review as answer_to

    asked = _about(subject, scope)
    with answering(lake) as warehouse:
        answer = answer_to(warehouse, str(asked.integration), asked)
        output.print_record(answer.plain() if as_json else _for_people(answer), as_json=as_json)
        if answer.integration != asked.integration:
            say(f"note: {asked.integration} is an old id of {answer.integration}: this is about that integration")
        for line in _reasons(answer) if answer.calls else why_nothing(warehouse, asked):
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


def _for_people(answer: Review) -> dict[str, object]:
    """The answer with its first rows and fewer columns. A table without rows is left out."""
    values = answer.plain()
    for table, columns in SHOWN.items():
        values[table] = getattr(answer, table).select(columns).head(_ROWS_SHOWN).to_dicts()
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
        rows = getattr(answer, table).height
        if rows > _ROWS_SHOWN:
            yield f"{_ROWS_SHOWN} of {rows:,} rows of {table} are shown; --json has them all"
