"""The end of classic tokens: how many customers of each integration have moved to OAuth, and the weeks that are left."""

import streamlit as st

from analytics.practices.migration import CLASSIC_ENDS
from dashboard.sections.migration import charts, figures
from dashboard.shell import frame, navigation, nothing
from dashboard.text.wording import say
from dashboard.widgets import cards

view = frame.opened("migration", about="integration")
frame.totals(view)

board = figures.board(view)
if board.is_empty():
    if view.scope.integration is not None:
        nothing.asked_for(view)
    st.info(say("empty.migration"))
    st.stop()

if view.scope.integration is not None:
    navigation.back("migration", lift="integration")
    frame.record_title(board["title"][0], say("migration.one", integration=view.scope.integration))

left = figures.left(view, board)
with cards.four():
    cards.single("weeks_left", left.weeks, note=left.until)
    cards.single("moved_customers", left.moved)
    cards.single("classic_customers", left.classic)
    cards.single("unseen_customers", left.not_logged)
st.caption(say("migration.note", end=CLASSIC_ENDS))

if view.scope.integration is not None:
    frame.table(
        "migration.customers",
        figures.customers(view),
        ["customer", "state", "bearer_share", "last_classic_call", "oauth_log_ins", "calls", "last_call"],
        view,
        key="migration_of_one",
        links=navigation.rows_of("migration", "customer"),
        linked="customer",
    )
    st.stop()

charted = figures.charted(board)
if not charted.is_empty():
    with st.container(border=True):
        frame.chart("migration.chart", charts.customers(charted))

frame.table(
    "migration.integrations",
    board,
    [
        "title",
        "integration",
        "classic",
        "moving",
        "moved",
        "not_logged",
        "bearer_share",
        "last_classic_call",
        "oauth_log_ins",
    ],
    view,
    key="migration",
    links=navigation.rows_of("migration", "integration"),
)
