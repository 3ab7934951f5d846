"""Go-live review: the integrations to choose from, the newest first; and of one, whether it works, onboards customers and handles errors."""

import streamlit as st

from dashboard.sections.review import charts, figures
from dashboard.shell import frame, navigation
from dashboard.text.wording import plain, say
from dashboard.widgets import cards

view = frame.opened("review", about="integration")
frame.totals(view)

if view.scope.integration is None:
    frame.table(
        "review.integrations",
        figures.integrations(view),
        ["title", "integration", "first_call", "customers", "calls", "error_rate", "last_call"],
        view,
        key="review",
        links=navigation.rows_of("review", "integration"),
    )
    st.stop()

answer = view.review()
navigation.back("review", lift="integration")
frame.record_title(answer.name or answer.integration, figures.facts(answer))
with cards.four():
    for part in answer.parts:
        cards.single(f"review_{part.part}", plain(f"verdict.{part.verdict}"), note=say(f"review.means.{part.verdict}"))
    cards.single("review_good", answer.good_share, note=figures.interval(answer))

CHECKS = ["check", "verdict", "held", "held_of", "share", "why"]
frame.table("review.integration", figures.checks(answer, "integration"), CHECKS, view)
if not answer.ids.is_empty():
    columns = ["basis", "id_status", "id_defect", "evidence", "customers", "calls", "last_call"]
    frame.table("review.ids", answer.ids, columns, view)
frame.table(
    "review.uses",
    answer.uses,
    ["connector", "operation", "product", "protocol", "customers", "calls", "errors", "error_rate", "last_call"],
    view,
)
if not answer.versions.is_empty():
    columns = ["connector", "operation", "api_version", "customers", "calls", "errors", "last_call"]
    frame.table("review.versions", answer.versions, columns, view)

frame.table("review.onboarding", figures.checks(answer, "onboarding"), CHECKS, view)
frame.table(
    "review.customers",
    figures.onboarding(answer),
    [
        "customer",
        "name",
        "began_as",
        "first_call",
        "first_success",
        "time_to_success",
        "errors_before",
        "status_before",
        "calls",
        "errors",
    ],
    view,
)

frame.table("review.errors", figures.checks(answer, "errors"), CHECKS, view)
if answer.handling.is_empty():
    st.stop()
WITHIN = ["within_1s", "within_10s", "within_60s"]
frame.chart("review.reactions", charts.reactions(figures.reactions(answer)))
frame.table(
    "review.handling",
    figures.callers(answer),
    [
        "status",
        "customer",
        "name",
        "connector",
        "errors",
        "repeats",
        *WITHIN,
        "longest_run",
        "recovered",
        "open",
        "time_to_success",
    ],
    view,
)
frame.table(
    "review.examples",
    figures.examples(answer),
    ["customer", "name", "status", "connector", "failing_from", "last_error", "errors", *WITHIN, "success_at"],
    view,
)
