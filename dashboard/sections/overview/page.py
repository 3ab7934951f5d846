"""Overview: customers, integrations, calls and errors, compared with the period before, and the findings that need attention."""

import streamlit as st

from dashboard.sections.overview import charts
from dashboard.shell import attention, compared, frame, gaps
from dashboard.text.wording import say
from dashboard.widgets import cards

view = frame.opened("overview")
totals = frame.totals(view)

days = compared.per_day(view)
with cards.four():
    for name in ("customers", "integrations", "calls", "error_rate"):
        with st.container(border=True, key=f"card_{name}"):
            cards.compared(name, getattr(totals, name))
            st.altair_chart(charts.per_day(days, name), alt=say(f"overview.{name}_per_day"))

st.caption(say("overview.compared" if "calls_before" in days.columns else "overview.not_compared"))
gaps.say_missing_before(view)

attention.draw(view)
