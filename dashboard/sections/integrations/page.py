"""Integrations: all of them in a table that can be searched; a click opens one."""

import streamlit as st

from dashboard.shell import figures, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import charts, tables

st.title(say("integrations.title"), anchor=False)
view = frame.ask()

totals = figures.totals(view)
if not totals.calls.value:
    frame.nothing_asked_for(view)
st.markdown(say("integrations.answer", integrations=totals.integrations.value, customers=totals.customers.value))

search = frame.search("integrations")
every, rows = (figures.integrations(view, text) for text in ("", search))
if rows.is_empty():
    frame.nothing_found("integrations", search, every["title"].to_list())
frame.say_found(rows.height, every.height, search)

with st.container(border=True):
    frame.heading("integrations.chart")
    st.altair_chart(charts.most_customers(figures.most_customers(rows)), alt=say("integrations.chart"))

frame.heading("integrations.table", note="integrations.hint")
tables.show(
    rows,
    ["title", "integration", "partner_name", "customers", "calls", "error_rate", "trend", "first_call", "last_call"],
    key="integrations",
    title=say("integrations.table"),
    time_zone=view.lake.time_zone,
    links=navigation.rows_of("integrations", "integration"),
)
