"""When it is too late at night to send anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from zoneinfo import ZoneInfo

    from analytics.alerts.rules import QuietHours


def is_quiet(hours: QuietHours | None, now: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether a time lies in the quiet hours, by the clock on the wall in this zone."""
    if hours is None:
        return False
    time = now.astimezone(zone).time()
    if hours.begin < hours.end:
        return hours.begin <= time < hours.end
    return time >= hours.begin or time < hours.end
