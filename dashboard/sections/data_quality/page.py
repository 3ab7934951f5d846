"""Data quality: the loaded logs, their missing hours, rejected lines, and calls without a valid id."""

import streamlit as st

from dashboard.sections.data_quality import charts, figures
from dashboard.shell import frame, gaps, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards

view = frame.opened("data_quality", unused=("partner", "integration"), say_gaps=False)

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
    found = figures.gaps(view)
    with st.container(border=True, key="completeness"):
        frame.chart("data_quality.completeness", charts.completeness(hours))
        gaps.list_all(found, none="gaps.unjudged" if figures.nothing_judged(hours) else "gaps.none")
        for sentence in figures.stray_in_words(view):
            st.caption(sentence)

counted = ["loads", "lines", "calls", "rejects", "ignored"]
frame.table(
    "data_quality.loads",
    view.rows("data_quality/loads_by_stream"),
    ["stream", "log_format", *counted, "first_call", "last_call", "last_loaded_at"],
    view,
    key="loads",
)
with st.grid(2, min_column_width=420, gap="medium"):
    with st.container():
        shares = ["id_status", "id_defect", "calls", "customers", "share"]
        frame.table("data_quality.hygiene", view.rows("id_hygiene"), shares, view, key="hygiene")
    with st.container():
        rejects = view.rows("data_quality/rejects_by_reason")
        frame.table("data_quality.rejects", rejects, ["stream", "reason", "lines"], view, key="rejects")
frame.table(
    "data_quality.malformed",
    view.rows("data_quality/malformed_ids"),
    ["integration_id", "id_defect", "calls", "customers", "user_agent", "last_call"],
    view,
    key="malformed",
)
frame.table(
    "data_quality.unidentified",
    view.rows("unidentified_calls"),
    ["customer", "user_agent", "connector", "calls", "first_call", "last_call"],
    view,
    key="unidentified",
)

owners = figures.probable_owners(view)
if not owners.is_empty():
    frame.heading("data_quality.owners")
    st.markdown(figures.owners_in_words(owners))
    frame.table(
        "data_quality.owners",
        owners.filter(figures.IS_NAMED),
        ["title", "probable_confidence", "calls", "customer", "user_agent", "connector", "probable_why"],
        view,
        key="owners",
        links=navigation.rows_of("integrations", "integration"),
        is_headed=False,
    )
