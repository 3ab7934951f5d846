"""Data quality: what was loaded, which hours are missing in it, what was rejected, and whose calls nobody can tell."""

import streamlit as st

from dashboard.shell import figures, frame
from dashboard.text.wording import say
from dashboard.widgets import cards, charts, tables

st.title(say("data_quality.title"), anchor=False)
view = frame.ask(page="data_quality", unused=("partner", "integration"), say_gaps=False)

loaded = figures.loaded(view)
identified = figures.identified(view)
with cards.four():
    cards.single("identified", identified.share, note=figures.not_logged_in_words(identified))
    cards.single("lines", loaded.lines)
    cards.single("calls", loaded.calls)
    cards.single("rejects", loaded.rejects, note=figures.share_of_lines(loaded))

overlaps = figures.overlaps(view)
if overlaps:
    sentences = [f"- {figures.overlap_in_words(overlap)}" for overlap in overlaps]
    st.warning(
        "\n".join([*sentences, "", say("overlaps.advice")]), title=say("overlaps.title"), icon=":material/content_copy:"
    )

hours = figures.completeness(view)
if not hours.is_empty():
    gaps = figures.gaps(view)
    with st.container(border=True, key="completeness"):
        frame.heading("data_quality.completeness", note="data_quality.completeness_note")
        st.altair_chart(charts.completeness(hours), alt=say("data_quality.completeness"))
        frame.list_gaps(gaps, none="gaps.unjudged" if figures.nothing_judged(hours) else "gaps.none")
        for sentence in figures.stray_in_words(view):
            st.caption(sentence)


def part(name: str, question: str, columns: list[str]) -> None:
    """Show one question with its heading."""
    frame.heading(f"data_quality.{name}", note=f"data_quality.{name}_note")
    tables.show(
        view.rows(question), columns, key=name, title=say(f"data_quality.{name}"), time_zone=view.lake.time_zone
    )


part(
    "loads",
    "data_quality/loads_by_stream",
    [
        "stream",
        "log_format",
        "loads",
        "lines",
        "calls",
        "rejects",
        "ignored",
        "first_call",
        "last_call",
        "last_loaded_at",
    ],
)
with st.grid(2, min_column_width=420, gap="medium"):
    with st.container():
        part("hygiene", "id_hygiene", ["id_status", "id_defect", "calls", "customers", "share"])
    with st.container():
        part("rejects", "data_quality/rejects_by_reason", ["stream", "reason", "lines"])
part(
    "malformed",
    "data_quality/malformed_ids",
    ["integration_id", "id_defect", "calls", "customers", "user_agent", "last_call"],
)
part("unidentified", "unidentified_calls", ["customer", "user_agent", "connector", "calls", "first_call", "last_call"])
