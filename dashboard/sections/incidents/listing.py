"""All incidents of the period: how many there are, whom to call most, and a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.sections.incidents import figures
from dashboard.shell import frame, navigation
from dashboard.widgets import cards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.incidents.incident import Incident
    from dashboard.shell.data import View


def draw(found: Sequence[Incident], view: View) -> None:
    """Draw the cards and the table."""
    answer = figures.answer(found, view)
    with cards.four():
        cards.single("incidents_lasting", answer.lasting)
        cards.single("incidents_begun", answer.begun)
        cards.single("incidents_found", answer.found)
        cards.single("incidents_to_call", answer.to_call, note=answer.to_call_note)
    frame.table(
        "incidents.all",
        figures.rows(found, view),
        [
            "incident_kind",
            "incident_where",
            "started_at",
            "incident_until",
            "party",
            "calls",
            "errors",
            "error_rate",
            "usual_rate",
            "customers_affected",
            "incident_contact",
            "why",
        ],
        view,
        key="incidents",
        links=navigation.rows_of("incidents", "incident"),
        linked="incident_kind",
    )
