"""Errors: what goes wrong, where, and who can fix it; and what fails in accept, which production gets next."""

import streamlit as st

from dashboard.sections.errors import accept, charts, figures
from dashboard.shell import frame, gaps, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards

view = frame.opened("errors")
totals = frame.totals(view)
if not totals.errors.value:
    gaps.say_good_news(view, say("errors.none", calls=totals.calls.value))
    accept.draw(view)
    st.stop()

with cards.four():
    cards.compared("error_rate", totals.error_rate, border=True)
    for party, calls in figures.by_party(view).items():
        cards.single(party, calls, note=figures.share_in_words(calls, totals.errors))
gaps.say_missing_before(view)

with st.container(border=True):
    frame.chart("errors.chart", charts.by_party(figures.per_day(view)))

frame.table(
    "errors.by_integration",
    figures.by_integration(view),
    ["title", "integration", "calls", "errors", "error_rate", "error_rate_range", "most_outcome", "most_party"],
    view,
    links=navigation.rows_of("integrations", "integration"),
)
frame.table("errors.by_outcome", figures.by_outcome(view), ["outcome", "status", "party", "wrong_calls", "share"], view)
frame.table(
    "errors.by_connector", figures.by_connector(view), ["title", "outcome", "party", "wrong_calls", "share"], view
)

accept.draw(view)
