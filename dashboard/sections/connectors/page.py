"""Connectors: how much each is used and how often it fails, by operation; a click shows who uses it."""

import streamlit as st

from dashboard.shell import figures, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import charts, tables

st.title(say("connectors.title"), anchor=False)
view = frame.ask()

totals = figures.totals(view)
if not totals.calls.value:
    frame.nothing_asked_for(view)
usage = figures.connectors(view, "")
st.markdown(
    say(
        "connectors.answer",
        connectors=usage["connector"].drop_nulls().n_unique(),
        integrations=totals.integrations.value,
    )
)

search = frame.search("connectors")
rows = figures.connectors(view, search)
if rows.is_empty():
    frame.nothing_found("connectors", search, usage["title"].to_list())
frame.say_found(rows.height, usage.height, search)

with st.container(border=True):
    frame.heading("connectors.chart")
    st.altair_chart(charts.most_calls(figures.most_called(rows)), alt=say("connectors.chart"))

frame.heading("connectors.table", note="connectors.hint")
tables.show(
    rows,
    ["title", "operation", "product", "protocol", "integrations", "customers", "calls", "errors", "error_rate"],
    key="connectors",
    title=say("connectors.table"),
    time_zone=view.lake.time_zone,
    links=navigation.rows_of("connectors", "connector"),
)
