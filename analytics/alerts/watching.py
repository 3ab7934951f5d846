"""Alerts beside `follow`: after a load, and now and then without one, because logs that say nothing bring no load."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from analytics.alerts.alert import AlertReport, alert
from analytics.errors import AnalyticsError
from ingest.errors import IngestError, fault
from ingest.stopping import stop_if_told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analytics.alerts.rules import Rules, Secrets

SOONEST = dt.timedelta(minutes=1)
"""Logs may grow every second; looks that follow each other as closely would do nothing but look."""
SHARE = 10
"""A look that takes long is repeated after so many times as long."""


class Watch:
    """Looks at the rules when something was loaded, and at least every so often. It never raises."""

    def __init__(
        self, lake: Path, rules: Rules, secrets: Secrets, *, every: dt.timedelta, clock: Callable[[], dt.datetime]
    ) -> None:
        self._lake = lake
        self._rules = rules
        self._secrets = secrets
        self._every = every
        self._clock = clock
        self._has_news = False
        self._ended = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._next: dt.datetime | None = None
        self._latest: dt.datetime | None = None

    def look(self, *, has_loaded: bool) -> AlertReport | str | None:
        """What was sent, or what went wrong; None if it is not time to look."""
        self._has_news |= has_loaded
        begun = self._clock()
        if self._next is not None and self._latest is not None and begun >= self._ended:
            is_due = (self._has_news and begun >= self._next) or begun >= self._latest
            if not is_due:
                return None
        self._has_news = False
        try:
            return alert(self._lake, self._rules, self._secrets, clock=self._clock)
        except (AnalyticsError, IngestError) as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, following goes on
            stop_if_told()
            return f"an unexpected error: {fault(error)}"
        finally:
            ended = self._clock()
            self._ended = ended  # a clock that was set back since then says nothing of what is due
            self._next = ended + max(SOONEST, SHARE * (ended - begun))
            self._latest = max(ended + self._every, self._next)
