"""Incidents and findings beside the metrics: by name, as rows, and for a user's SQL as `metrics.incidents` and `metrics.findings`.

A metric is a query. These two are judgements, which no single query makes. In SQL they are there when the query names them, with the
default scope like every metric, and they are made before it runs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from analytics.findings.finding import frame as of_findings
from analytics.findings.findings import findings
from analytics.incidents.incidents import frame as of_incidents
from analytics.incidents.incidents import incidents
from analytics.scope import Scope
from analytics.sql_file import Metric
from analytics.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    import polars as pl
    import pyarrow as pa

    from analytics.registry import RegistryFiles
    from ingest.lake.snapshot import Snapshot

JUDGED: Final[Mapping[str, Metric]] = {
    "findings": Metric(
        name="findings",
        title="Everything that needs somebody",
        unit="findings",
        grain="one row per incident, certificate in danger, wrong id, and rule of certification that is broken",
        key=("id",),
        look_back=60,
        meaning=(
            "What the overview and the reports show, what nobody knows yet first, then the worst. subject: what it is about. since, until: null where the logs do "
            "not tell, and while it lasts. who: whom to call. link: the page of the dashboard about it. acknowledged_until: the last "
            "day for which somebody has said that it is known, with the note."
        ),
        sql="",
    ),
    "incidents": Metric(
        name="incidents",
        title="Error spikes and silences, and whom to call",
        unit="incidents",
        grain="one row per cause",
        key=("id",),
        look_back=57,
        meaning=(
            "Where calls fail far more often than usual, or stop. The place is what is not null of integration, customer and connector; the platform as a whole has none. "
            "A partner's calls to its own environment are left out. ended_at: null while it lasts. calls, errors: in that place and time; for a silence, the calls that were expected. "
            "baseline_rate: the usual error rate. party: who can do something about it, with that confidence. contact: whom to call."
        ),
        sql="",
    ),
}
"""What can be asked for like a metric. There is no SQL to show."""

_NAMED: Final = re.compile(rf"\b({'|'.join(JUDGED)})\b", re.IGNORECASE)


def judged(warehouse: Warehouse, name: str, scope: Scope, *, today: dt.date) -> pl.DataFrame:
    """The rows of `incidents` or `findings`."""
    if name == "incidents":
        return of_incidents(incidents(warehouse, scope))
    return of_findings(findings(warehouse, scope, today=today))


def for_sql(
    query: str, today: Callable[[str], dt.date]
) -> Callable[[Snapshot, RegistryFiles, Scope | None], dict[str, pa.Table]]:
    """What makes the relations that the text of a query may name, as far as a viewer may see. `today`: the day in a time zone."""
    names = sorted({name.lower() for name in _NAMED.findall(query)})

    def made(snapshot: Snapshot, registry: RegistryFiles, viewer: Scope | None) -> dict[str, pa.Table]:
        if not names:
            return {}
        with Warehouse.over(snapshot, registry, viewer) as warehouse:
            day = today(snapshot.time_zone)
            return {name: judged(warehouse, name, Scope(), today=day).to_arrow() for name in names}

    return made
