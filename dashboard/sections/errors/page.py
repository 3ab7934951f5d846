"""Errors: what goes wrong, where, and who can fix it."""

import streamlit as st

from dashboard.shell import figures, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards, charts, tables

st.title(say("errors.title"), anchor=False)
view = frame.ask()

totals = figures.totals(view)
if not totals.calls.value:
    frame.nothing_asked_for(view)
if not totals.errors.value:
    frame.say_good_news(view, say("errors.none", calls=totals.calls.value))
    st.stop()

with cards.four():
    cards.compared("error_rate", totals.error_rate, border=True)
    for party, calls in figures.errors_by_party(view).items():
        cards.single(party, calls, note=figures.share_in_words(calls, totals.errors))
frame.say_missing_before(view)

with st.container(border=True):
    frame.heading("errors.chart")
    st.altair_chart(charts.errors_by_party(figures.errors_per_day(view)), alt=say("errors.chart"))

frame.heading("errors.by_integration", note="errors.hint")
tables.show(
    figures.errors_by_integration(view),
    ["title", "integration", "calls", "errors", "error_rate", "error_rate_range", "most_outcome", "most_party"],
    key="errors_by_integration",
    title=say("errors.by_integration"),
    time_zone=view.lake.time_zone,
    links=navigation.rows_of("integrations", "integration"),
)

for name, columns in {
    "by_outcome": ["outcome", "status", "party", "wrong_calls", "share"],
    "by_connector": ["title", "outcome", "party", "wrong_calls", "share"],
}.items():
    frame.heading(f"errors.{name}")
    tables.show(
        figures.ERRORS_BY[name](view),
        columns,
        key=f"errors_{name}",
        title=say(f"errors.{name}"),
        time_zone=view.lake.time_zone,
    )
