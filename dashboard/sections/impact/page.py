"""Impact: whom a change concerns, how much, and when it was used last; also for all of a release's notes."""

import streamlit as st

from analytics.changes.release_notes import ChangesError
from dashboard.sections.impact import figures as impact_figures
from dashboard.sections.impact import form as impact_form
from dashboard.shell import figures, filter_bar, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards, charts, tables

st.title(say("impact.title"), anchor=False)
view = frame.ask(about="connector", say_gaps=False)
of_all = view.lifted("connector")  # here it says what changes, and leaves nothing out
frame.say_missing(of_all)
if not figures.totals(of_all).calls.value:
    frame.nothing_asked_for(view)

change, misread = impact_figures.question(view.scope)
filter_bar.say_misread(misread)
handed_over = impact_form.draw(view)
try:
    notes = impact_figures.notes_in(handed_over) if handed_over is not None else None
except ChangesError as error:
    st.error(say("impact.notes_wrong", error=str(error)), icon=":material/error:")
    st.stop()
changes = notes.changes if notes is not None else (change,) if change is not None else ()
if not changes:
    st.info(say("impact.nothing_asked"), icon=":material/published_with_changes:")
    st.stop()

if notes is None:
    frame.say_unknown(view.unknown_in(changes), page="impact")
found = view.impact(changes)
felt = impact_figures.felt(found)
if notes is not None:
    st.markdown(impact_figures.verdicts(found))
    unknown = impact_figures.unknown_names(found)
    if not unknown.is_empty():
        st.warning(say("impact.unknown_names", names=unknown.height), icon=":material/help:")
        tables.show(
            unknown,
            ["name", "nearest", "changes", "note_lines"],
            key="impact_unknown",
            title=say("impact.unknown"),
            time_zone=view.lake.time_zone,
        )
if found.rows.is_empty():
    nobody = impact_figures.nobody(found)
    if nobody is not None:
        kind, words = nobody
        getattr(st, kind)(words, icon=":material/check_circle:" if kind == "success" else ":material/info:")
else:
    with cards.four():
        cards.single("concerned_integrations", felt.integrations)
        cards.single("concerned_customers", felt.customers)
        cards.single("concerned_calls", felt.calls)
        cards.single("concerned_unidentified", felt.unidentified)

    frame.heading("impact.concerned", note="impact.hint")
    of_notes = ["change_severity", "connector", "operation"] if notes is not None else []
    tables.show(
        impact_figures.concerned(found),
        [
            *of_notes,
            "title",
            "partner_name",
            "customers",
            "calls",
            "share",
            "last_call",
            "contact",
            "integration",
            *(["change"] if notes is not None else []),
        ],
        key="impact",
        title=say("impact.concerned"),
        time_zone=view.lake.time_zone,
        links=navigation.rows_of("integrations", "integration", connector=None),
    )
    st.download_button(
        say("impact.download"),
        impact_figures.mailing_list(found),
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
        frame.heading("impact.branches", note="impact.branches_note")
        st.altair_chart(charts.customers_by_name(impact_figures.branches(found)), alt=say("impact.branches"))
    frame.heading("impact.customers", note="impact.customers_note")
    tables.show(
        impact_figures.customers(found, of_all),
        ["customer", "name", "branch", "integration_name", "calls", "errors", "last_call"],
        key="impact_customers",
        title=say("impact.customers"),
        time_zone=view.lake.time_zone,
    )
