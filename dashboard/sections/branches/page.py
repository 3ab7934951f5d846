"""Branches: in which an integration is used, more or less than elsewhere, and what of it may be published."""

import streamlit as st

from analytics.branches.branches import CLASS
from dashboard.sections.customers import figures as customer_figures
from dashboard.shell import figures, frame, navigation
from dashboard.text.wording import plain, say
from dashboard.widgets import charts, tables

st.title(say("branches.title"), anchor=False)
view = frame.ask()
if not figures.totals(view).calls.value:
    frame.nothing_asked_for(view)

rows = customer_figures.branches(view)
charted = customer_figures.charted(rows)
if charted.is_empty():
    st.info(say("branches.none"), icon=":material/category:")
    st.stop()

with st.container(border=True):
    frame.heading("branches.chart", note="branches.chart_note")
    st.altair_chart(charts.branches(charted), alt=say("branches.chart"))

frame.heading("branches.table", note="branches.hint")
tables.show(
    rows,
    ["title", "integration", "branch", "customers", "branch_customers", "share", "lift"],
    key="branches",
    title=say("branches.table"),
    time_zone=view.lake.time_zone,
    links=navigation.rows_of("integrations", "integration"),
)

frame.heading("branches.published")
published = customer_figures.published(view)
if published is None:
    st.stop()
st.caption(say("branches.published_note", smallest=CLASS, month=customer_figures.month_name(published.period.since)))
tables.show(
    published.rows,
    ["title", "branch", "customers_range", "branch_customers_range"],
    key="published_branches",
    title=say("branches.published"),
    time_zone=view.lake.time_zone,
)
if not published.rows.is_empty():
    st.download_button(
        plain("branches.download"),
        published.csv,
        file_name="branches.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
