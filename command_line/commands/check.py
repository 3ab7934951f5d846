"""Is this IntegrationId arriving, and is it right: check."""

from __future__ import annotations

from typing import Annotated

import typer

from command_line.options.lake import DEFAULT_LAKE, JsonOption, LakeOption
from command_line.printing import output
from command_line.printing.answering import answering
from command_line.printing.standard import say


def check(
    integration_id: Annotated[
        str, typer.Argument(metavar="ID", help="The IntegrationId exactly as the program sends it.")
    ],
    *,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Check whether an IntegrationId arrives, in which environments, and whether it is right."""
    from analytics.check.check import EVERY_ENVIRONMENT, SURE
    from analytics.check.check import check as answer_to
    from analytics.completeness.gaps import gap_note

    with answering(lake) as warehouse:
        answer = answer_to(warehouse, integration_id)
        output.print_record(answer, as_json=as_json)
        lived = warehouse.lived()
        if lived is None:
            say("note: there are no calls in the lake")
        elif answer.verdict not in SURE:
            note = gap_note(warehouse, EVERY_ENVIRONMENT)
            say(f"note: this is about all calls in the lake, from {lived[0]} until {lived[1]} (that day not included)")
            if note is not None:
                say(f"note: {note}")
