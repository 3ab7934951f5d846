"""Charts as SVG text: small, without scripts, readable by a screen reader.

Every chart has a title and a description; every mark with a value has a tooltip of its own. Colours come from the page's
style sheet by class, so that one theme rules charts and tables alike. All text is escaped here, and nowhere else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

WIDTH = 920
LEFT = 64
RIGHT = 8
TOP = 12
BOTTOM = 26
STEPS = (1, 2, 2.5, 5, 10)
SUNDAY = 6


@dataclass(frozen=True)
class Mark:
    """The marks of one day. `parts` are stacked from the bottom: pairs of a class and a value."""

    day: dt.date
    parts: tuple[tuple[str, float], ...]
    tooltip: str


@dataclass(frozen=True)
class Band:
    """A shaded day, and the reason."""

    day: dt.date
    css: str
    tooltip: str


@dataclass(frozen=True)
class Share:
    """One part of a whole."""

    css: str
    value: float
    tooltip: str


def day_columns(
    marks: Sequence[Mark],
    bands: Sequence[Band] = (),
    *,
    name: str,
    title: str,
    description: str,
    label: Callable[[float], str],
    height: int = 210,
) -> Markup:
    """One column a day. `name` is unique in the page; `label` writes the values of the vertical axis."""
    days = sorted({mark.day for mark in marks} | {band.day for band in bands})
    tallest = max((sum(value for _, value in mark.parts) for mark in marks), default=0)
    frame = _Frame(days, ticks(tallest, 5), height)
    body = [frame.axes(label), *(frame.band(band) for band in bands)]
    for mark in marks:
        base = 0.0
        columns = []
        for css, value in mark.parts:
            if value > 0:
                columns.append(frame.column(mark.day, base, base + value, css))
            base += value
        body.append(_tag("g", {}, _tag("title", {}, mark.tooltip), frame.hover(mark.day), *columns))
    return _svg(name, title, description, height, body)


def day_line(
    marks: Sequence[Mark],
    bands: Sequence[Band] = (),
    *,
    name: str,
    title: str,
    description: str,
    label: Callable[[float], str],
    height: int = 140,
) -> Markup:
    """A line through the days, broken where a day has no value (no parts) or is missing."""
    days = sorted({mark.day for mark in marks} | {band.day for band in bands})
    frame = _Frame(days, ticks(max((mark.parts[0][1] for mark in marks if mark.parts), default=0), 4), height)
    body = [frame.axes(label), *(frame.band(band) for band in bands)]
    for run in _runs(marks):
        places = [(frame.middle(mark.day), frame.y(mark.parts[0][1])) for mark in run]
        if len(places) > 1:
            line = " ".join(f"{_n(x)},{_n(y)}" for x, y in places)
            area = f"{_n(places[0][0])},{_n(frame.y(0))} {line} {_n(places[-1][0])},{_n(frame.y(0))}"
            body.append(_tag("polygon", {"class": f"area {run[0].parts[0][0]}", "points": area}))
            body.append(_tag("polyline", {"class": f"line {run[0].parts[0][0]}", "points": line}))
        for mark, (x, y) in zip(run, places, strict=True):
            dot = _tag("circle", {"class": f"dot {mark.parts[0][0]}", "cx": _n(x), "cy": _n(y), "r": "2.5"})
            body.append(_tag("g", {}, _tag("title", {}, mark.tooltip), frame.hover(mark.day), dot))
    return _svg(name, title, description, height, body)


def sparkline(values: Sequence[float | None], *, title: str, width: int = 120, height: int = 24) -> Markup:
    """The shape of a series, for a table's cell. None is a gap."""
    top = max((value for value in values if value is not None), default=0) or 1
    step = width / max(len(values), 1)
    columns = [
        _tag(
            "rect",
            {
                "class": "calls",
                "x": _n(place * step),
                "y": _n(height - max(value / top * (height - 2), 1)),
                "width": _n(max(step - 1, 0.5)),
                "height": _n(max(value / top * (height - 2), 1)),
            },
        )
        for place, value in enumerate(values)
        if value
    ]
    base = _tag("line", {"class": "axis", "x1": "0", "x2": _n(width), "y1": _n(height - 0.5), "y2": _n(height - 0.5)})
    return _tag(
        "svg",
        {
            "class": "sparkline",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
        },
        _tag("title", {}, title),
        base,
        *columns,
    )


def share_bar(shares: Sequence[Share], *, name: str, title: str, description: str, height: int = 22) -> Markup:
    """The parts of a whole as one bar, without empty parts."""
    total = sum(share.value for share in shares)
    parts = []
    x = 0.0
    for share in shares:
        if share.value > 0:
            width = share.value / total * WIDTH
            rect = {"class": share.css, "x": _n(x), "y": "0", "width": _n(max(width - 2, 1)), "height": str(height)}
            parts.append(_tag("g", {}, _tag("title", {}, share.tooltip), _tag("rect", rect)))
            x += width
    return _svg(name, title, description, height, parts)


def meter(value: float, maximum: float, *, css: str = "calls", width: int = 80, height: int = 8) -> Markup:
    """A value beside its column's largest, for a table's cell. It repeats a number that stands next to it."""
    filled = 0.0 if maximum <= 0 else max(min(value / maximum, 1) * width, 1 if value > 0 else 0)
    return _tag(
        "svg",
        {
            "class": "meter",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "aria-hidden": "true",
        },
        _tag("rect", {"class": "track", "x": "0", "y": "0", "width": str(width), "height": str(height), "rx": "2"}),
        _tag("rect", {"class": css, "x": "0", "y": "0", "width": _n(filled), "height": str(height), "rx": "2"}),
    )


def ticks(maximum: float, wanted: int) -> list[float]:
    """Round values from zero to at least the maximum, for an axis, in at most `wanted` steps.

    >>> ticks(87, 4), ticks(1234, 5), ticks(0.031, 4)
    ([0.0, 25.0, 50.0, 75.0, 100.0], [0.0, 250.0, 500.0, 750.0, 1000.0, 1250.0], [0.0, 0.01, 0.02, 0.03, 0.04])
    >>> ticks(3, 4), ticks(0, 4)
    ([0.0, 1.0, 2.0, 3.0], [0.0, 1.0])
    """
    if maximum <= 0:
        return [0.0, 1.0]
    rough = maximum / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in STEPS if step * power >= rough * (1 - 1e-9))
    return [round(number * step, 12) for number in range(math.ceil(maximum / step - 1e-9) + 1)]


class _Frame:
    """Where days and values are on the canvas."""

    def __init__(self, days: Sequence[dt.date], values: list[float], height: int) -> None:
        self._days = days
        self._ticks = values
        self._height = height
        self._step = (WIDTH - LEFT - RIGHT) / max(len(days), 1)
        self._place = {day: number for number, day in enumerate(days)}

    def x(self, day: dt.date) -> float:
        return LEFT + self._place[day] * self._step

    def middle(self, day: dt.date) -> float:
        return self.x(day) + self._step / 2

    def y(self, value: float) -> float:
        room = self._height - TOP - BOTTOM
        return TOP + room * (1 - value / self._ticks[-1])

    def column(self, day: dt.date, low: float, high: float, css: str) -> Markup:
        tall = max(self.y(low) - self.y(high), 0.75)
        return _tag(
            "rect",
            {
                "class": css,
                "x": _n(self.x(day) + self._step * 0.12),
                "y": _n(self.y(low) - tall),
                "width": _n(self._step * 0.76),
                "height": _n(tall),
            },
        )

    def hover(self, day: dt.date) -> Markup:
        """An unseen area as high as the chart, so that the tooltip is easy to hit."""
        return self._full(day, "hover")

    def band(self, band: Band) -> Markup:
        return _tag("g", {}, _tag("title", {}, band.tooltip), self._full(band.day, band.css))

    def axes(self, label: Callable[[float], str]) -> Markup:
        marks: list[Markup] = []
        for value in self._ticks:
            y = _n(self.y(value))
            css = "grid" if value else "axis"
            marks.append(_tag("line", {"class": css, "x1": str(LEFT), "x2": str(WIDTH - RIGHT), "y1": y, "y2": y}))
            place = {"class": "label", "x": str(LEFT - 8), "y": _n(self.y(value) + 4), "text-anchor": "end"}
            marks.append(_tag("text", place, label(value)))
        for day in self._days:
            weekend = " weekend" if day.weekday() >= SUNDAY - 1 else ""
            place = {
                "class": f"label day{weekend}",
                "x": _n(self.middle(day)),
                "y": str(self._height - 8),
                "text-anchor": "middle",
            }
            marks.append(_tag("text", place, str(day.day)))
        return _tag("g", {"aria-hidden": "true"}, *marks)

    def _full(self, day: dt.date, css: str) -> Markup:
        return _tag(
            "rect",
            {
                "class": css,
                "x": _n(self.x(day)),
                "y": str(TOP),
                "width": _n(self._step),
                "height": _n(self._height - TOP - BOTTOM),
            },
        )


def _runs(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Marks with a value, cut where a day is missing between two of them."""
    runs: list[list[Mark]] = []
    for mark in marks:
        if not mark.parts:
            continue
        if runs and (mark.day - runs[-1][-1].day).days == 1:
            runs[-1].append(mark)
        else:
            runs.append([mark])
    return runs


def _svg(name: str, title: str, description: str, height: int, body: Sequence[Markup]) -> Markup:
    return _tag(
        "svg",
        {
            "class": "chart",
            "viewBox": f"0 0 {WIDTH} {height}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-description",
        },
        _tag("title", {"id": f"{name}-title"}, title),
        _tag("desc", {"id": f"{name}-description"}, description),
        *body,
    )


def _tag(name: str, attributes: dict[str, str], *children: Markup | str) -> Markup:
    """An element; text among its children and in its attributes is escaped, elements are taken as they are."""
    inside = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{inside}>{''.join(escape(child) for child in children)}</{name}>")  # noqa: S704 - see escape


def _n(value: float) -> str:
    """A coordinate: two decimals are finer than any screen, and the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
