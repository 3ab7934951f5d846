"""One integration: its customers over time, its calls, connectors, errors and environments."""

import streamlit as st

from dashboard.sections.integrations import charts, figures
from dashboard.shell import attention, frame, gaps, navigation, nothing, profile
from dashboard.text.wording import say
from dashboard.widgets import bars, cards, stacks

navigation.back("integrations", lift="integration")
title = st.container()
view = frame.ask("integration", about="integration")

known = profile.of(view)
with title:
    profile.title(known, view)
    navigation.about_it("integration", "errors", "certification", "practices", "customers", "review")
if known is None:
    nothing.asked_for(view)

totals = frame.totals(view)
with cards.four():
    for name in ("customers", "calls", "error_rate"):
        cards.compared(name, getattr(totals, name), border=True)
    first, last = (view.lake.day_of(known[name]) for name in ("first_call", "last_call"))
    cards.single("last_call", last, note=say("card.first_call", day=first))
gaps.say_missing_before(view)
attention.draw(view)

left, right = st.columns(2, border=True)
with left:
    frame.chart(
        "integration.customers_over_time",
        charts.customers(figures.customers_over_time(view)),
        note=say("integration.customers_per_week" if figures.is_long(view) else "integration.customers_per_day"),
    )
with right:
    days = view.rows("integration/days", integration=view.scope.integration)
    frame.chart("integration.calls_per_day", bars.calls_and_errors(stacks.calls_and_errors(days)))

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
    rows = view.rows(f"integration/{name}", integration=view.scope.integration)
    opened = navigation.rows_of("pair", "customer") if name == "customers" else None
    frame.table(f"integration.{name}", rows, columns, view, links=opened, linked="customer")
