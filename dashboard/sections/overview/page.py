"""Overview: customers, integrations, calls and errors beside the period before, and what needs attention."""

import streamlit as st

from dashboard.shell import figures, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards, charts, tables

st.title(say("overview.title"), anchor=False)
view = frame.ask()

totals = figures.totals(view)
if not totals.calls.value:
    frame.nothing_asked_for(view)

days = figures.per_day(view)
with cards.four():
    for name in ("customers", "integrations", "calls", "error_rate"):
        with st.container(border=True, key=f"card_{name}"):
            cards.compared(name, getattr(totals, name))
            st.altair_chart(charts.per_day(days, name), alt=say(f"overview.{name}_per_day"))

st.caption(say("overview.compared" if "calls_before" in days.columns else "overview.not_compared"))
frame.say_missing_before(view)

frame.heading("overview.attention", note="overview.attention_note")
findings = figures.attention(view)
if findings.is_empty():
    frame.say_good_news(view, say("overview.all_quiet"))
else:
    tables.show(
        findings,
        ["severity", "finding", "name", "integration", "customers", "calls", "last_call"],
        key="attention",
        title=say("overview.attention"),
        time_zone=view.lake.time_zone,
        links=navigation.rows_of("integrations", "integration"),
        linked="name",
    )
