"""The time of the machine, and the notations of times and ages."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import typer

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_AGE = re.compile(r"(?=\d)(\d{1,9}d)?(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?", re.ASCII)
_PART_OF_AGE = re.compile(r"(\d+)([dhms])", re.ASCII)


def now() -> dt.datetime:
    """The time of the machine. Read here and passed down, never read below."""
    return dt.datetime.now(dt.UTC)


def today(time_zone: str) -> dt.date:
    """The day of the machine in a time zone."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def age(text: str) -> int:
    """Seconds of an age such as 15m, 36h, 2d or 1h30m. Wrong usage where it is none.

    >>> age("90s"), age("15m"), age("1h30m"), age("2d")
    (90, 900, 5400, 172800)
    """
    if not _AGE.fullmatch(text):
        raise typer.BadParameter(
            f"{text!r} is not an age; expected something like 15m, 36h, 2d or 1h30m", param_hint="'--max-age'"
        )
    return sum(int(count) * _SECONDS[unit] for count, unit in _PART_OF_AGE.findall(text))


def day_of(text: str, option: str) -> dt.date:
    """The day of a text. Wrong usage where it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date like 2026-03-31", param_hint=f"'{option}'") from None
