"""Reads the lake for all pages: one snapshot per page run, and a cache of its answers.

Pages ask here and nowhere else; they hold no SQL and no arithmetic.

One page run reads one snapshot. A load that ends while the page is drawn must not put figures of two states of the lake side by
side. So `open_lake` takes the snapshot once, and the page asks everything of the View that it got.

The cache is shared by all readers and all page runs. An answer depends on three things, and the key of the cache has all of them:
the contents of the lake (`key`), the question with its parameters, and the scope. `key` has the place of the lake, the time at which
it was made, the version of its ledger, the number of the registry and the declared ends of streams: every change that could
change an answer makes another key. So an answer is never out of date, and no page has to empty the cache. Old answers are dropped
when there are too many. The frozen dataclasses that serve as keys are compared by `key` alone, because to hash a warehouse would
take longer than to ask it. There is no viewer in the key: the dashboard shows everything to each of its readers (guard.py).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import operator
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from analytics.certification.certification import Certification, certification
from analytics.check.check import Found, look_up
from analytics.findings.findings import findings
from analytics.impact.impact import impact
from analytics.incidents.evidence import Evidence, evidence
from analytics.incidents.incidents import everybodys, looked_at, narrowed
from analytics.known.known import Unknown, unknown_in_changes, unknown_in_scope
from analytics.metrics import metric_names
from analytics.pair.pair import pair
from analytics.registry import RegistryFiles, registry_files
from analytics.review.review import review
from analytics.scope import EnvironmentScope, Scope
from analytics.warehouse.warehouse import Warehouse
from ingest.lake.lake import Lake

if TYPE_CHECKING:
    from analytics.changes.change import Change
    from analytics.findings.finding import Finding
    from analytics.impact.answer import Impact
    from analytics.incidents.incident import Incident
    from analytics.pair.answer import Pair
    from analytics.review.answer import Review
    from ingest.lake.snapshot import Snapshot

LAKE_VARIABLE = "KOPPELZICHT_LAKE"
_ANSWERS_KEPT = 500
"""The number of answers that each cache keeps, for all readers together."""


def lake_path() -> Path:
    """Return the place of the lake: that of `koppelzicht dashboard --lake`, otherwise the folder `lake`."""
    return Path(os.environ.get(LAKE_VARIABLE) or "lake")


def lake_exists() -> bool:
    """Return whether the lake exists."""
    return Lake(lake_path()).exists()


@dataclass(frozen=True)
class OpenLake:
    """One snapshot of the lake with its registry. Other contents have another `key`."""

    key: str
    warehouse: Warehouse

    @property
    def covered(self) -> tuple[dt.date, dt.date] | None:
        """Since and until of the days that the logs cover, without stray calls; None without any call."""
        return _lived(self)

    @property
    def time_zone(self) -> ZoneInfo:
        """The time zone of the lake's business days, in which pages show instants."""
        return ZoneInfo(self.warehouse.snapshot.time_zone)

    @property
    def data_until(self) -> dt.datetime | None:
        """The last call, in the lake's time zone; None without any."""
        last = _data_until(self)
        return last.astimezone(self.time_zone) if last else None

    def day_of(self, instant: object) -> dt.date | None:
        """The day of an instant in the lake's time zone; None of anything else."""
        return instant.astimezone(self.time_zone).date() if isinstance(instant, dt.datetime) else None


@dataclass(frozen=True)
class View:
    """The view of a page: a snapshot, and the scope that is asked of it."""

    lake: OpenLake
    scope: Scope

    def rows(self, name: str, **params: object) -> pl.DataFrame:
        """Return the rows of a metric or a question."""
        return _rows(self.lake, name, self.scope, params)

    def compared(self, name: str) -> pl.DataFrame:
        """Return a metric or a question with `<column>_before` of the period before."""
        return _compared(self.lake, name, self.scope)

    def impact(self, changes: tuple[Change, ...]) -> Impact:
        """Return whom these changes affect."""
        return _impact(self.lake, self.scope, changes)

    def certification(self, window_days: int, required: int) -> Certification:
        """Return the certification clock at the end of the period, with its course from the first day of the lake."""
        return _certification(self.lake, self.until_its_end().scope, window_days, required)

    def review(self) -> Review:
        """Return the go-live review of the integration of the scope."""
        return _review(self.lake, self.scope)

    def check(self, text: str) -> Found:
        """Return the facts about the IntegrationId in this text, whatever the scope."""
        return _check(self.lake, text)

    def incidents(self) -> list[Incident]:
        """Return the incidents of the period, the most recent first."""
        return narrowed(self.lake.warehouse, self._everybodys_incidents(), self.scope)

    def findings(self) -> list[Finding]:
        """Return everything in the period that needs somebody: what nobody knows yet first, then the worst."""
        today = dt.datetime.now(self.lake.time_zone).date()
        return _findings(self.lake, self.scope, today, self._everybodys_incidents())

    def _everybodys_incidents(self) -> list[Incident]:
        return _incidents(self.lake, looked_at(self.scope))

    def evidence(self, incident: Incident) -> Evidence:
        """Return what one of these incidents rests on."""
        return _evidence(self.lake, self.scope, incident)

    def pair(self) -> Pair:
        """Return the life of the connection of the chosen integration and customer."""
        return _pair(self.lake, self.scope)

    def unknown(self) -> tuple[Unknown, ...]:
        """Return the filters that no call matches."""
        return _unknown_in_scope(self.lake, self.scope)

    def unknown_in(self, changes: tuple[Change, ...]) -> tuple[Unknown, ...]:
        """Return the unknown names in these changes."""
        return _unknown_in_changes(self.lake, changes)

    def until_its_end(self) -> View:
        """Return the same view without a beginning, for figures that look back from the end of the period."""
        return self.lifted("since")

    def lifted(self, *narrowings: str) -> View:
        """Return the same view without some of its filters, for figures that must not leave calls out."""
        return View(self.lake, self.scope.replace(**dict.fromkeys(narrowings)))


def open_lake() -> OpenLake:
    """Return the lake as it is now; LakeError if there is none."""
    path = lake_path()
    made = 0
    with contextlib.suppress(OSError):  # then the lake says what is wrong with it
        made = (path / "lake.json").stat().st_mtime_ns
    snapshot, registry = _lake(path, made).snapshot(), registry_files(path)
    key = "|".join(
        map(str, (path.resolve(), made, snapshot.version, registry.number, snapshot.stream_ends, snapshot.acknowledged))
    )
    return _opened(_Contents(key, snapshot, registry))


@dataclass(frozen=True)
class _Contents:
    key: str
    snapshot: Snapshot
    registry: RegistryFiles


_BY_KEY: dict[str | type[Any], Callable[[Any], str]] = {
    OpenLake: operator.attrgetter("key"),
    _Contents: operator.attrgetter("key"),
}


@st.cache_resource(max_entries=2, show_spinner=False)
def _lake(path: Path, made: int) -> Lake:  # noqa: ARG001 - another lake in the same place was made at another time
    return Lake(path)


@st.cache_resource(max_entries=2, show_spinner=False, hash_funcs=_BY_KEY)
def _opened(contents: _Contents) -> OpenLake:
    return OpenLake(contents.key, Warehouse.over(contents.snapshot, contents.registry))


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _lived(lake: OpenLake) -> tuple[dt.date, dt.date] | None:
    return lake.warehouse.lived()


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _data_until(lake: OpenLake) -> dt.datetime | None:
    return lake.warehouse.data_until()


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _rows(lake: OpenLake, name: str, scope: Scope, params: Mapping[str, object]) -> pl.DataFrame:
    if name in metric_names():
        return lake.warehouse.metric(name, scope)
    return lake.warehouse.query_file(name, scope, params)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _compared(lake: OpenLake, name: str, scope: Scope) -> pl.DataFrame:
    return lake.warehouse.compared(name, scope)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _impact(lake: OpenLake, scope: Scope, changes: tuple[Change, ...]) -> Impact:
    return impact(lake.warehouse, changes, scope)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _certification(lake: OpenLake, scope: Scope, window_days: int, required: int) -> Certification:
    return certification(lake.warehouse, scope, window_days=window_days, required=required)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _review(lake: OpenLake, scope: Scope) -> Review:
    return review(lake.warehouse, str(scope.integration), scope)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _check(lake: OpenLake, text: str) -> Found:
    return look_up(lake.warehouse, text)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _incidents(lake: OpenLake, scope: Scope) -> list[Incident]:
    return everybodys(lake.warehouse, scope)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _findings(lake: OpenLake, scope: Scope, today: dt.date, _incidents: list[Incident]) -> list[Finding]:
    return findings(lake.warehouse, scope, today=today, everybodys=_incidents)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _evidence(lake: OpenLake, scope: Scope, incident: Incident) -> Evidence:
    return evidence(lake.warehouse, scope, incident)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _pair(lake: OpenLake, scope: Scope) -> Pair:
    assert scope.integration is not None, "the page asks for one"
    assert scope.customer is not None, "the page asks for one"
    return pair(lake.warehouse, scope.integration, scope.customer, scope)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _unknown_in_scope(lake: OpenLake, scope: Scope) -> tuple[Unknown, ...]:
    return unknown_in_scope(lake.warehouse, scope)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _unknown_in_changes(lake: OpenLake, changes: tuple[Change, ...]) -> tuple[Unknown, ...]:
    return unknown_in_changes(lake.warehouse, changes)


@dataclass(frozen=True)
class FilterOptions:
    """The values that the filter bar offers, each with the name to show."""

    environments: Mapping[str, str]
    products: Mapping[str, str]
    partners: Mapping[int, str]
    integrations: Mapping[str, str]
    connectors: Mapping[str, str]
    customers: Mapping[str, str]
    streams: Mapping[str, str]

    def names(self, kind: str) -> Mapping[Any, str]:
        """Return the names of the offered values of one filter."""
        offered: Mapping[Any, str] = getattr(self, f"{kind}s")
        return offered


def filter_options(lake: OpenLake, scope: Scope) -> FilterOptions:
    """Return the values to choose from. If a partner is chosen, only its integrations are offered; nothing else depends on a choice."""
    view = View(lake, Scope(environment="all"))
    offered = pl.concat([view.rows("known/filter_values"), view.rows("known/frequent_values")], how="vertical_relaxed")
    kinds: dict[str, dict[str, str]] = {}
    for kind, value, label in offered.select("kind", "value", "label").iter_rows():
        kinds.setdefault(kind, {})[value] = f"{label} · {value}" if label else value
    integrations = kinds.get("integration", {})
    if scope.partner is not None:
        integrations = {value: name for value, name in integrations.items() if value.startswith(f"{scope.partner}_")}
    return FilterOptions(
        environments=dict.fromkeys(get_args(EnvironmentScope), ""),
        products=kinds.get("product", {}),
        partners={int(value): name for value, name in _by_name(kinds.get("partner", {})).items()},
        integrations=_by_name(integrations),
        connectors=_by_name(kinds.get("connector", {})),
        customers=_by_name(kinds.get("customer", {})),
        streams=kinds.get("stream", {}),
    )


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda item: item[1].casefold()))
