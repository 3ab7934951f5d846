"""One integration: its customers over time, its calls, connectors, errors and environments."""

import streamlit as st

from dashboard.shell import figures, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards, charts, tables

navigation.back("integrations", lift="integration")
title = st.container()
view = frame.ask(about="integration")

profile = figures.profile(view)
with title:
    frame.record_title(figures.name_of(profile, view.scope.integration or ""), figures.facts_of(profile, view))
    navigation.about_it("integration", "errors", "certification", "practices", "customers")
if profile is None or not profile["calls"]:
    frame.nothing_asked_for(view)

totals = figures.totals(view)
with cards.four():
    for name in ("customers", "calls", "error_rate"):
        cards.compared(name, getattr(totals, name), border=True)
    first, last = (figures.day_of(profile[name], view) for name in ("first_call", "last_call"))
    cards.single("last_call", last, note=say("card.first_call", day=first))
frame.say_missing_before(view)

left, right = st.columns(2, border=True)
with left:
    note = "integration.customers_per_week" if figures.is_long(view) else "integration.customers_per_day"
    frame.heading("integration.customers_over_time", note=note)
    st.altair_chart(charts.customers(figures.customers_over_time(view)), alt=say("integration.customers_over_time"))
with right:
    frame.heading("integration.calls_per_day", note="integration.calls_per_day_note")
    days = view.rows("integration/days", integration=view.scope.integration)
    st.altair_chart(charts.calls_and_errors(figures.calls_and_errors(days)), alt=say("integration.calls_per_day"))

for name, columns in {
    "connectors": ["connector", "operation", "protocol", "customers", "calls", "errors", "error_rate", "last_call"],
    "errors": ["outcome", "status", "party", "calls", "customers", "last_call"],
    "environments": ["environment", "customers", "calls", "errors", "error_rate", "first_call", "last_call"],
    "customers": [
        "customer",
        "name",
        "branch",
        "is_customer",
        "calls",
        "errors",
        "error_rate",
        "first_call",
        "last_call",
    ],
}.items():
    frame.heading(f"integration.{name}", note=f"integration.{name}_note")
    tables.show(
        view.rows(f"integration/{name}", integration=view.scope.integration),
        columns,
        key=f"integration_{name}",
        title=say(f"integration.{name}"),
        time_zone=view.lake.time_zone,
    )
