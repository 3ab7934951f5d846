"""The charts: the places of marks, the text for a screen reader, and that text stays text."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.reports import svg

FIRST, SECOND, THIRD, FOURTH = (dt.date(2026, 10, day) for day in (1, 2, 3, 4))


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(markup)


def rects(chart: ET.Element, css: str) -> list[dict[str, str]]:
    return [rect.attrib for rect in chart.iter("rect") if rect.get("class") == css]


def tooltips(chart: ET.Element) -> list[str | None]:
    return [title.text for group in chart.findall("g") for title in group.findall("title")]


def columns(marks: list[svg.Mark], bands: tuple[svg.Band, ...] = ()) -> ET.Element:
    chart = svg.day_columns(
        marks, bands, name="calls", title="Calls", description="Few", label=lambda value: f"{value:g}", height=210
    )
    return parsed(chart)


def test_columns_are_stacked_from_the_axis_up() -> None:
    # four calls make the axis 0 to 4, of 172 pixels between 184 and 12; two days share 848 pixels from 64 on
    chart = columns([svg.Mark(FIRST, (("errors", 1), ("calls", 3)), "a"), svg.Mark(SECOND, (("calls", 2),), "b")])

    assert rects(chart, "errors") == [{"class": "errors", "x": "114.88", "y": "141", "width": "322.24", "height": "43"}]
    assert rects(chart, "calls") == [
        {"class": "calls", "x": "114.88", "y": "12", "width": "322.24", "height": "129"},
        {"class": "calls", "x": "538.88", "y": "98", "width": "322.24", "height": "86"},
    ]


def test_a_value_that_is_not_zero_can_be_seen() -> None:
    chart = columns([svg.Mark(FIRST, (("errors", 1), ("calls", 999_999)), "a")])
    assert [rect["height"] for rect in rects(chart, "errors")] == ["0.75"]


def test_the_axis_is_labelled_with_round_values_and_days() -> None:
    chart = columns([svg.Mark(FIRST, (("calls", 87),), "a"), svg.Mark(SECOND, (("calls", 3),), "b")])
    labels = [text.text for text in chart.iter("text")]
    assert labels == ["0", "20", "40", "60", "80", "100", "1", "2"]


def test_a_missing_day_is_a_band_with_its_reason() -> None:
    chart = columns([svg.Mark(FIRST, (("calls", 1),), "one call")], (svg.Band(SECOND, "missing", "no logs"),))
    assert rects(chart, "missing") == [{"class": "missing", "x": "488", "y": "12", "width": "424", "height": "172"}]
    assert tooltips(chart) == ["no logs", "one call"]


def test_a_band_may_stand_behind_a_column() -> None:
    chart = columns([svg.Mark(FIRST, (("calls", 1),), "one call")], (svg.Band(FIRST, "thin", "part of the logs"),))
    assert [rect["x"] for rect in rects(chart, "thin")] == ["64"]
    assert tooltips(chart) == ["part of the logs", "one call"]
    assert [text.text for text in chart.iter("text")][-1:] == ["1"]


def test_a_line_breaks_where_there_is_no_value() -> None:
    marks = [
        svg.Mark(FIRST, (("errors", 0.5),), "a"),
        svg.Mark(SECOND, (("errors", 1.0),), "b"),
        svg.Mark(THIRD, (), "c"),
        svg.Mark(FOURTH, (("errors", 0.0),), "d"),
    ]
    chart = parsed(svg.day_line(marks, name="rate", title="t", description="d", label=str, height=140))
    # 102 pixels between 114 and 12; four days of 212 pixels, marked in their middle
    assert [line.get("points") for line in chart.iter("polyline")] == ["170,63 382,12"]
    assert [(dot.get("cx"), dot.get("cy")) for dot in chart.iter("circle")] == [
        ("170", "63"),
        ("382", "12"),
        ("806", "114"),
    ]


def test_a_chart_is_an_image_with_a_title_and_a_description() -> None:
    chart = columns([svg.Mark(FIRST, (("calls", 1),), "a")])
    assert chart.get("role") == "img"
    assert chart.get("aria-labelledby") == "calls-title calls-description"
    assert [(child.tag, child.get("id"), child.text) for child in chart[:2]] == [
        ("title", "calls-title", "Calls"),
        ("desc", "calls-description", "Few"),
    ]


def test_a_chart_without_days_is_still_a_chart() -> None:
    assert columns([]).tag == "svg"
    assert parsed(svg.day_line([], name="n", title="t", description="d", label=str)).tag == "svg"
    assert parsed(svg.sparkline([], title="t")).tag == "svg"
    assert parsed(svg.share_bar([], name="n", title="t", description="d")).tag == "svg"


def test_text_and_attributes_are_escaped() -> None:
    bad = "</title><script>alert('1')</script>\"&"
    chart = svg.day_columns(
        [svg.Mark(FIRST, (("calls", 1),), bad)], name='"><b>', title=bad, description=bad, label=lambda _: bad
    )
    root = parsed(chart)
    assert "<script" not in chart
    assert root[0].text == bad
    assert root[0].get("id") == '"><b>-title'
    assert tooltips(root) == [bad]


def test_shares_fill_the_bar_and_nothing_has_no_part() -> None:
    chart = parsed(
        svg.share_bar(
            [svg.Share("a", 3, "three"), svg.Share("b", 0, "none"), svg.Share("c", 1, "one")],
            name="n",
            title="t",
            description="d",
        )
    )
    assert [(rect.get("class"), rect.get("x"), rect.get("width")) for rect in chart.iter("rect")] == [
        ("a", "0", "688"),
        ("c", "690", "228"),
    ]


def test_a_sparkline_leaves_gaps_and_repeats_no_zero() -> None:
    chart = parsed(svg.sparkline([4, None, 0, 2], title="shape", width=80, height=24))
    assert [(bar.get("x"), bar.get("y"), bar.get("height")) for bar in chart.iter("rect")] == [
        ("0", "2", "22"),
        ("60", "13", "11"),
    ]


@pytest.mark.parametrize(
    ("value", "maximum", "width"), [(50, 100, "40"), (0, 100, "0"), (1, 100_000, "1"), (5, 0, "0"), (200, 100, "80")]
)
def test_a_meter_is_as_long_as_its_share_of_the_largest(value: float, maximum: float, width: str) -> None:
    chart = parsed(svg.meter(value, maximum))
    assert [rect["width"] for rect in rects(chart, "calls")] == [width]


@given(st.floats(min_value=1e-6, max_value=1e15), st.integers(min_value=2, max_value=8))
def test_ticks_start_at_zero_reach_the_maximum_and_are_few(maximum: float, wanted: int) -> None:
    found = svg.ticks(maximum, wanted)
    assert found[0] == 0
    assert found[-1] >= maximum * (1 - 1e-6)
    assert len(found) <= wanted + 1
