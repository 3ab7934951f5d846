"""Numbers, days and instants as texts for a reader: the same on every machine, and in English by default."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import datetime as dt

NOTHING = "\N{EN DASH}"
"""Shown instead of a missing number, so that an empty cell does not look like a zero."""

MINUS = "\N{MINUS SIGN}"
MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "nl": (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    ),
}  # fmt: skip
"""The months of a year, by language."""
SHORT_MONTHS = tuple(month[:3] for month in MONTHS["en"])
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def count(value: int | None) -> str:
    """A count with thousands separators.

    >>> count(1234567), count(0), count(None) == NOTHING
    ('1,234,567', '0', True)
    """
    return NOTHING if value is None else f"{value:,}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """A count and what was counted.

    >>> counted(1, "call"), counted(1200, "call"), counted(2, "branch", "branches")
    ('1 call', '1,200 calls', '2 branches')
    """
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def rate(value: float | None) -> str:
    """A fraction as a percentage with one decimal. Only an exact 0 looks like 0, and only an exact 1 like 100.

    >>> rate(0.0234), rate(0.0), rate(0.0003), rate(0.9999), rate(1.0)
    ('2.3%', '0.0%', '<0.1%', '>99.9%', '100.0%')
    """
    if value is None:
        return NOTHING
    if 0 < value < 0.001:
        return "<0.1%"
    if 0.999 < value < 1:
        return ">99.9%"
    return f"{value * 100:.1f}%"


def change(now: int | None, before: int | None) -> str:
    """The relative change of a count.

    >>> change(112, 100), change(95, 100) == f"{MINUS}5.0%", change(100, 100), change(5, 0), change(0, 0)
    ('+12.0%', True, '0.0%', 'new', '0.0%')
    """
    if now is None or before is None:
        return NOTHING
    if before == 0:
        return "new" if now else "0.0%"
    return f"{_signed(100 * (now - before) / before)}%"


def difference(now: int | None, before: int | None) -> str:
    """The change of a small count, in units.

    >>> difference(5, 3), difference(3, 5) == f"{MINUS}2", difference(3, 3)
    ('+2', True, '±0')
    """
    if now is None or before is None:
        return NOTHING
    return "±0" if now == before else f"{'+' if now > before else MINUS}{abs(now - before):,}"


def points(now: float | None, before: float | None) -> str:
    """The change of a rate, in percentage points.

    >>> points(0.031, 0.02), points(0.02, 0.025) == f"{MINUS}0.5 pp"
    ('+1.1 pp', True)
    """
    if now is None or before is None:
        return NOTHING
    return f"{_signed(100 * (now - before))} pp"


def month(value: dt.date) -> str:
    """The month of a day: `October 2026`."""
    return f"{MONTHS['en'][value.month - 1]} {value.year}"


def day(value: dt.date) -> str:
    """A day: `1 Oct 2026`."""
    return f"{value.day} {SHORT_MONTHS[value.month - 1]} {value.year}"


def weekday(value: dt.date) -> str:
    """A day within a known month: `Thu 1 Oct`."""
    return f"{WEEKDAYS[value.weekday()]} {value.day} {SHORT_MONTHS[value.month - 1]}"


def days(values: tuple[dt.date, ...]) -> str:
    """Days as runs, in the order given.

    >>> import datetime as dt
    >>> days(tuple(dt.date(2026, 10, n) for n in (3, 4, 5, 9)))
    '3 to 5 Oct, 9 Oct'
    """
    runs: list[list[dt.date]] = []
    for value in values:
        if runs and (value - runs[-1][-1]).days == 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(_run(run[0], run[-1]) for run in runs)


def times(since: dt.datetime, until: dt.datetime) -> str:
    """A time within a known month, to the hour.

    >>> import datetime as dt
    >>> times(dt.datetime(2026, 10, 1, 9), dt.datetime(2026, 10, 1, 12))
    'Thu 1 Oct 09:00 to 12:00'
    >>> times(dt.datetime(2026, 10, 1, 9), dt.datetime(2026, 10, 2, 0))
    'Thu 1 Oct 09:00 to Fri 2 Oct 00:00'
    """
    end = f"{until:%H:%M}" if since.date() == until.date() else f"{weekday(until.date())} {until:%H:%M}"
    return f"{weekday(since.date())} {since:%H:%M} to {end}"


def instant(value: dt.datetime | None, time_zone: str) -> str:
    """A moment in the lake's time zone, to the minute: `31 Oct 2026, 23:58`."""
    if value is None:
        return NOTHING
    local = value.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date())}, {local:%H:%M}"


def duration(seconds: float | None) -> str:
    """How long something took, in the unit that suits it.

    >>> duration(0.2), duration(48.5), duration(600), duration(7200), duration(432360.7), duration(None) == NOTHING
    ('0.2 s', '48.5 s', '10.0 min', '2.0 h', '5.0 days', True)
    """
    if seconds is None:
        return NOTHING
    for unit, length, most in (("s", 1, 120), ("min", 60, 7200), ("h", 3600, 172800)):
        if seconds < most:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds / 86400:,.1f} days"


def _run(first: dt.date, last: dt.date) -> str:
    end = f"{last.day} {SHORT_MONTHS[last.month - 1]}"
    if first == last:
        return end
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {SHORT_MONTHS[first.month - 1]}"
    return f"{begin} to {end}"


def _signed(value: float) -> str:
    rounded = f"{abs(value):,.1f}"
    if rounded == "0.0":
        return rounded
    return f"{'+' if value > 0 else MINUS}{rounded}"
