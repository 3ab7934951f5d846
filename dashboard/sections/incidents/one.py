"""One incident, and what it rests on: its rates, its calls over time, and where its errors are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from dashboard.sections.incidents import figures
from dashboard.shell import frame, navigation
from dashboard.widgets import bars, cards, hours, stacks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from analytics.incidents.incident import Incident
    from dashboard.shell.data import View


def draw(title: Any, incident: Incident, view: View) -> None:
    """Draw the incident, with its title in the place for titles."""
    with title:
        navigation.back("incidents")
        frame.record_title(figures.title(incident, view), figures.facts(incident, view))
    _cards(incident)
    frame.heading("incidents.why")
    frame.list_texts([incident.why])
    frame.heading("incidents.contact")
    frame.list_texts([figures.contact(incident)])
    links = figures.links(incident)
    if links:
        words = "incidents" if incident.integration else "incidents.at_customer"
        navigation.about_it(words, *links, **figures.subject(incident, view))
    _evidence(incident, view)


def _cards(incident: Incident) -> None:
    with cards.four():
        if incident.errors is None:
            cards.single("incident_expected", incident.calls)
        else:
            cards.single("incident_errors", incident.errors, note=figures.of_calls(incident))
            cards.single("incident_rate", incident.error_rate, note=figures.usual(incident))
        cards.single("incident_customers", incident.customers_affected)
        cards.single("incident_party", figures.party(incident), note=figures.confidence(incident))


def _evidence(incident: Incident, view: View) -> None:
    evidence = view.evidence(incident)
    with st.container(border=True):
        if figures.is_by_hour(incident, view):
            drawn = hours.calls_and_errors(
                figures.hours_around(incident, evidence, view), figures.moments(incident, view)
            )
            frame.chart("incidents.hours", drawn)
        else:
            days = figures.days_around(incident, evidence, view)
            frame.chart("incidents.days", bars.calls_and_errors(stacks.calls_and_errors(days)))
    if incident.errors is None:
        return
    frame.table(
        "incidents.rates",
        figures.rates(incident, evidence),
        ["incident_part", "calls", "errors", "error_rate", "error_rate_range"],
        view,
        note=figures.counted(incident),
    )
    shares = figures.shares(incident, view)
    if "integration" in shares:
        columns = ["title", "integration", "unexplained", "share"]
        links = _opening("integration", incident, view)
        frame.table("incidents.by_integration", shares["integration"], columns, view, links=links)
    if "customer" in shares:
        columns = ["title", "customer", "unexplained", "share"]
        links = _opening("customer", incident, view)
        frame.table("incidents.by_customer", shares["customer"], columns, view, links=links)
    if "connector" in shares:
        frame.table("incidents.by_connector", shares["connector"], ["title", "unexplained", "share"], view)


def _opening(part: str, incident: Incident, view: View) -> Callable[[pl.DataFrame], Sequence[str | None]] | None:
    """What the rows of a part open: an integration its page, a customer of one integration the page of both."""
    there = figures.subject(incident, view)
    del there[part]
    if part == "integration":
        return navigation.rows_of("integrations", "integration", **there)
    if part == "customer" and incident.integration is not None:
        return navigation.rows_of("pair", "customer", **there)
    return None
