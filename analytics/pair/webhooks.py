"""Connectors whose calls may have given way to webhooks.

The platform tells of dossier items, reactions and workflows by itself since release 8. A program that is told of an event calls
seldom, so silence there is no sign of an end.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics.pair.facts import Outcome

_TOLD_BY_WEBHOOKS = re.compile(r"subject|dossier|workflow|reacti", re.IGNORECASE)
"""The words in the names of the vendor's own connectors for these, in English and Dutch. A customer's own names may lack them."""


def may_have_webhooks(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """The connectors among these whose names say that they read dossier items, reactions or workflows."""
    return tuple(
        sorted(
            {
                one.connector
                for one in outcomes
                if one.connector and one.operation == "get" and _TOLD_BY_WEBHOOKS.search(one.connector)
            }
        )
    )
