"""Impact: the integrations and customers that a change affects, and when they last used it; also for whole release notes."""

import streamlit as st

from analytics.changes.change import ChangesError
from dashboard.sections.impact import figures, form
from dashboard.shell import compared, filter_bar, frame, gaps, navigation, nothing, place
from dashboard.text.wording import say
from dashboard.widgets import bars, cards

view = frame.opened("impact", about="connector", say_gaps=False)
of_all = view.lifted("connector")  # here the connector is part of the question, and not a filter
gaps.say_missing(of_all)
if not compared.totals(of_all).calls.value:
    nothing.asked_for(view)

change, misread = figures.question(view.scope, {name: place.parameter(name) for name in figures.PARTS})
filter_bar.say_misread(misread)
handed_over = form.draw(view)
try:
    notes = figures.notes_in(handed_over) if handed_over is not None else None
except ChangesError as error:
    st.error(say("impact.notes_wrong", error=str(error)), icon=":material/error:")
    st.stop()
changes = notes.changes if notes is not None else (change,) if change is not None else ()
if not changes:
    st.info(say("impact.nothing_asked"), icon=":material/published_with_changes:")
    st.stop()

if notes is None:
    nothing.say_unknown(view.unknown_in(changes), page="impact")
found = view.impact(changes)
reach = figures.reach(found)
if notes is not None:
    st.markdown(figures.verdicts(found))
    unknown = figures.unknown_names(found)
    if not unknown.is_empty():
        st.warning(say("impact.unknown_names", names=unknown.height), icon=":material/help:")
        frame.table("impact.unknown", unknown, ["name", "nearest", "changes", "note_lines"], view, is_headed=False)
if found.rows.is_empty():
    nobody = figures.nobody(found)
    if nobody is not None:
        kind, words = nobody
        getattr(st, kind)(words, icon=":material/check_circle:" if kind == "success" else ":material/info:")
else:
    with cards.four():
        cards.single("concerned_integrations", reach.integrations)
        cards.single("concerned_customers", reach.customers)
        cards.single("concerned_calls", reach.calls)
        cards.single("concerned_unidentified", reach.unidentified)

    who = ["title", "partner_name", "customers", "calls", "share", "last_call", "contact", "integration"]
    frame.table(
        "impact.concerned",
        figures.concerned(found),
        who if notes is None else ["change_severity", "connector", "operation", *who, "change"],
        view,
        key="impact",
        links=navigation.rows_of("integrations", "integration", connector=None),
    )
    st.download_button(
        say("impact.download"),
        figures.mailing_list(found),
        file_name="mailing-list.csv",
        mime="text/csv",
        icon=":material/mail:",
        help=say("impact.download_help"),
    )

left, right = st.columns([3, 2], gap="large")
with left:
    frame.heading("impact.rests_on")
    frame.list_texts([*(notes.remarks if notes is not None else ()), *found.remarks])
if not found.rows.is_empty():
    with right:
        frame.chart("impact.branches", bars.customers_by_name(figures.branches(found)))
    frame.table(
        "impact.customers",
        figures.customers(found, of_all),
        ["customer", "name", "branch", "integration_name", "calls", "errors", "last_call"],
        view,
    )
