"""One connector: what is done with it, and who is concerned when it changes."""

import streamlit as st

from dashboard.shell import figures, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards, charts, tables

navigation.back("connectors", lift="connector")
title = st.container()
view = frame.ask(about="connector")

with title:
    frame.record_title(view.scope.connector or "", say("connector.subtitle"))
    navigation.about_it("connector", "errors", "impact")
totals = figures.totals(view)
if not totals.calls.value:
    frame.nothing_asked_for(view)

with cards.four():
    for name in ("integrations", "customers", "calls", "error_rate"):
        cards.compared(name, getattr(totals, name), border=True)
frame.say_missing_before(view)

with st.container(border=True):
    frame.heading("connector.calls_per_day")
    days = figures.calls_and_errors(figures.per_day(view))
    st.altair_chart(charts.calls_and_errors(days), alt=say("connector.calls_per_day"))

frame.heading("connector.users", note="connector.hint")
tables.show(
    figures.connector_users(view),
    ["title", "integration", "partner_name", "customers", "calls", "errors", "error_rate", "last_call"],
    key="connector_users",
    title=say("connector.users"),
    time_zone=view.lake.time_zone,
    links=navigation.rows_of("integrations", "integration", connector=None),
)

frame.heading("connector.operations")
tables.show(
    figures.connectors(view, ""),
    ["operation", "product", "protocol", "integrations", "customers", "calls", "errors", "error_rate"],
    key="connector_operations",
    title=say("connector.operations"),
    time_zone=view.lake.time_zone,
)
