"""Why did the connection stop, and whom to call: pair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.options.scope import scope_of, scoped_but
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.nothing_found import say_gaps, why_nothing
from command_line.printing.standard import say

if TYPE_CHECKING:
    from analytics.scope import Scope


@scoped_but("partner", "integration", "customer")
def pair(
    integration: Annotated[str, typer.Argument(metavar="INTEGRATION", help="The integration: 12345_678900")],
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer: 54321, or beers/enyoi in SB.")],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
    scope: Scope,
) -> None:
    """Show the life of one connection: where it broke, what changed there, and whom to call."""
    for name, text in {"integration": integration, "customer": customer}.items():
        _checked(name, text)
    from analytics.pair.pair import pair as pair_in

    with answering(lake) as warehouse:
        answer = pair_in(warehouse, integration, customer, scope)
        output.print_record(answer, as_json=as_json)
        if answer.state == "no_calls":
            asked = scope.replace(integration=integration, customer=customer)
            for line in why_nothing(warehouse, asked):
                say(f"note: {line}")
        say_gaps(warehouse, scope.replace(integration=integration, customer=customer))


def _checked(name: str, text: str) -> None:
    try:
        scope_of(**{name: text})
    except typer.BadParameter as error:
        raise typer.BadParameter(error.message, param_hint=name.upper()) from None
