"""All reading: one snapshot of the lake per page, its answers kept for as long as the snapshot is the newest.

Pages ask here and nowhere else; they hold no SQL and no arithmetic.
"""

from __future__ import annotations

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
from analytics.impact.impact import impact
from analytics.known.known import Unknown, unknown_in_changes, unknown_in_scope
from analytics.metrics import metric_names
from analytics.registry import RegistryFiles, registry_files
from analytics.scope import EnvironmentScope, Scope
from analytics.warehouse.warehouse import Warehouse
from ingest.lake.lake import Lake

if TYPE_CHECKING:
    from analytics.changes.change import Change
    from analytics.impact.answer import Impact
    from ingest.lake.snapshot import Snapshot

LAKE_VARIABLE = "KOPPELZICHT_LAKE"
_ANSWERS_KEPT = 500
"""How many answers are remembered, of all readers together."""


def lake_path() -> Path:
    """Return where the lake is: what `koppelzicht dashboard --lake` said, else the folder `lake`."""
    return Path(os.environ.get(LAKE_VARIABLE) or "lake")


def lake_exists() -> bool:
    """Return whether somebody has made the lake."""
    return Lake(lake_path()).exists()


@dataclass(frozen=True)
class OpenLake:
    """One snapshot of the lake with its registry. `key` is another for other contents."""

    key: str
    warehouse: Warehouse

    @property
    def covered(self) -> tuple[dt.date, dt.date] | None:
        """Since and until of the days on which logs live, without stray calls far from them; None without any call."""
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
    """What one page shows: a snapshot and what is asked of it."""

    lake: OpenLake
    scope: Scope

    def rows(self, name: str, **params: object) -> pl.DataFrame:
        """Return a metric or a question as it stands in its file."""
        return _rows(self.lake, name, self.scope, params)

    def compared(self, name: str) -> pl.DataFrame:
        """Return a metric or a question with `<column>_before` of the period before."""
        return _compared(self.lake, name, self.scope)

    def impact(self, changes: tuple[Change, ...]) -> Impact:
        """Return whom these changes concern."""
        return _impact(self.lake, self.scope, changes)

    def certification(self, window_days: int, required: int) -> Certification:
        """Return the certification clock at the end of the period, with its course from the first day of the lake."""
        return _certification(self.lake, self.until_its_end().scope, window_days, required)

    def check(self, text: str) -> Found:
        """Return what is known of the IntegrationId that this text is, whatever is asked."""
        return _check(self.lake, text)

    def unknown(self) -> tuple[Unknown, ...]:
        """Return the filters that no call at all fits."""
        return _unknown_in_scope(self.lake, self.scope)

    def unknown_in(self, changes: tuple[Change, ...]) -> tuple[Unknown, ...]:
        """Return what these changes name and nobody knows."""
        return _unknown_in_changes(self.lake, changes)

    def until_its_end(self) -> View:
        """Return the same without a beginning: for what looks back from the end of the period."""
        return self.lifted("since")

    def lifted(self, *narrowings: str) -> View:
        """Return the same without some of its narrowings: for what they must not leave out."""
        return View(self.lake, self.scope.replace(**dict.fromkeys(narrowings)))


def open_lake() -> OpenLake:
    """Return the lake as it is now; LakeError when there is none."""
    path = lake_path()
    snapshot, registry = Lake(path).snapshot(), registry_files(path)
    made = (path / "lake.json").stat().st_mtime_ns
    key = "|".join(map(str, (path.resolve(), made, snapshot.version, registry.number, snapshot.stream_ends)))
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
def _check(lake: OpenLake, text: str) -> Found:
    return look_up(lake.warehouse, text)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _unknown_in_scope(lake: OpenLake, scope: Scope) -> tuple[Unknown, ...]:
    return unknown_in_scope(lake.warehouse, scope)


@st.cache_data(max_entries=_ANSWERS_KEPT, show_spinner=False, hash_funcs=_BY_KEY)
def _unknown_in_changes(lake: OpenLake, changes: tuple[Change, ...]) -> tuple[Unknown, ...]:
    return unknown_in_changes(lake.warehouse, changes)


@dataclass(frozen=True)
class FilterOptions:
    """What the filter bar offers, each value with the name to show for it."""

    environments: Mapping[str, str]
    products: Mapping[str, str]
    partners: Mapping[int, str]
    integrations: Mapping[str, str]
    connectors: Mapping[str, str]
    customers: Mapping[str, str]
    streams: Mapping[str, str]

    def names(self, kind: str) -> Mapping[Any, str]:
        """Return what is offered for one filter, by its value."""
        offered: Mapping[Any, str] = getattr(self, f"{kind}s")
        return offered


def filter_options(lake: OpenLake, scope: Scope) -> FilterOptions:
    """Return what can be chosen: integrations of the chosen partner only, everything else whatever is chosen."""
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
