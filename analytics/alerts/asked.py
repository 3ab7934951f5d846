"""The lake that rules ask. Rules that ask the same get the same answer, which is worked out once."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from analytics.incidents.incident import Incident
    from analytics.scope import EnvironmentScope
    from analytics.warehouse.warehouse import Warehouse


class Asked:
    """One snapshot of a lake, at one time of the clock."""

    def __init__(self, lake: Path, warehouse: Warehouse, now: dt.datetime) -> None:
        self.lake = lake
        self.warehouse = warehouse
        self.now = now
        self.zone = ZoneInfo(warehouse.snapshot.time_zone)
        self._incidents: dict[EnvironmentScope, list[Incident]] = {}

    @property
    def today(self) -> dt.date:
        """The business day."""
        return self.now.astimezone(self.zone).date()

    def local(self, instant: dt.datetime) -> str:
        """An instant as the lake's people read it."""
        return f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def incidents(self, environment: EnvironmentScope) -> list[Incident]:
        """All incidents of an environment. With a period of its own, an incident that is longer would get another id."""
        from analytics.incidents.incidents import incidents
        from analytics.scope import Scope

        if environment not in self._incidents:
            self._incidents[environment] = incidents(self.warehouse, Scope(environment=environment))
        return self._incidents[environment]

    @cached_property
    def certificates(self) -> pl.DataFrame:
        """The certification clock of every integration."""
        from analytics.certification.certification import certification
        from analytics.scope import Scope

        return certification(self.warehouse, Scope()).rows

    @cached_property
    def streams(self) -> pl.DataFrame:
        """Each log with its last hour, without stray calls, and whether it ended."""
        return self.warehouse.query_file("completeness/streams_lives")
