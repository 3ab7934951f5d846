"""What is read from the lake about one pair: its calls by the hour, who called beside it, and what the registry knows of both."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from analytics.completeness.gaps import period_of
from analytics.pair.episodes import Cell, Episode, episodes_in, rate_without_outliers
from analytics.pair.rhythm import HOUR, Silence, silence
from analytics.pair.signs import Sign, judged

if TYPE_CHECKING:
    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

SIGN_DAYS = 56
"""Signs are compared with those of this number of days before."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the registry has of the pair; null where it has nothing."""

    integration_name: str | None = None
    partner_name: str | None = None
    contact: str | None = None
    email: str | None = None
    phone: str | None = None
    customer_name: str | None = None
    branch: str | None = None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The first and last calls of the pair, at one connector or (is_total) all. `first_bad`: the first error after `last_good`."""

    is_total: bool
    connector: str | None
    calls: int
    errors: int
    first_call: dt.datetime
    last_call: dt.datetime
    last_good: dt.datetime | None
    first_bad: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Calls that are alike, before a time of trouble, in it and after it."""

    connector: str | None
    operation: str
    outcome: str
    status: int
    calls_before: int
    calls_during: int
    calls_later: int


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Who else called in the same time: another customer, another integration at the customer, or one elsewhere."""

    beside: str
    partner: int
    integration: str
    customer: str | None
    calls: int
    errors: int
    calls_before: int
    errors_before: int
    active_hours: int
    first_hour: dt.datetime
    last_hour: dt.datetime


@dataclass(frozen=True, kw_only=True)
class WithoutId:
    """Calls of the pair's own program at the customer without a valid id."""

    user_agent: str
    integration_id: str | None
    id_status: str
    calls: int
    first_call: dt.datetime
    last_call: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Found:
    """The facts of a pair. `total` is null without a call in scope.

    `trouble`: the episode that matters now, the last one; null if there was none, or if the pair has fallen silent since it ended.
    `since` and `until` bound the time that the other facts are about: that episode, or else the time since the last call. `observed`
    and `active` are hours (UTC). `until` is the end of what the logs of the pair hold.
    """

    scope: Scope
    names: Names
    total: Turn | None = None
    connectors: tuple[Turn, ...] = ()
    is_own: bool = False
    episodes: tuple[Episode, ...] = ()
    trouble: Episode | None = None
    silence: Silence | None = None
    active: frozenset[dt.datetime] = frozenset()
    observed: tuple[dt.datetime, ...] = ()
    per_hour: tuple[tuple[dt.datetime, int], ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    outcomes: tuple[Outcome, ...] = ()
    signs: tuple[Sign, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    without_id: tuple[WithoutId, ...] = ()


def look_up(warehouse: Warehouse, integration: str, customer: str, scope: Scope) -> Found:
    """The facts of an integration at a customer. An id that was replaced stands for the one that replaced it."""
    asked = warehouse.known_now(scope.replace(integration=integration, customer=customer))
    names = _names(warehouse, asked)
    turns = tuple(Turn(**row) for row in warehouse.query_file("pair/turns", asked).to_dicts())
    if not turns:
        return Found(scope=asked, names=names)
    pair = {"integration": asked.integration, "customer": asked.customer}
    hours = warehouse.query_file("pair/hours", asked, pair)
    cells = [Cell(**row) for row in warehouse.query_file("pair/cells", asked).to_dicts()]
    episodes = episodes_in(cells, _usual_rate_of_integration(warehouse, asked))
    observed, masked = _observed(warehouse, asked, hours)
    active = frozenset(hours["hour"].to_list())
    quiet = silence(active, observed, masked, ZoneInfo(warehouse.snapshot.time_zone)) if active else None
    end = max(
        observed[-1] + HOUR if observed else turns[0].last_call, turns[0].last_call + dt.timedelta(microseconds=1)
    )
    trouble = _trouble(episodes, quiet)
    since, until = _bounds(trouble, turns[0], end)
    of_time: dict[str, dt.datetime | None] = {"since": since, "until": until}
    whole_life: dict[str, dt.datetime | None] = {"since": None, "until": None}
    around = asked.replace(integration=None, customer=None)
    return Found(
        scope=asked,
        names=names,
        total=turns[0],
        connectors=turns[1:],
        is_own=bool(hours["own"].any()),
        episodes=episodes,
        trouble=trouble,
        silence=quiet,
        active=active,
        observed=observed,
        per_hour=tuple(hours.select("hour", "calls").iter_rows()),
        since=since,
        until=until,
        outcomes=_outcomes(warehouse, asked, of_time if trouble else whole_life),
        signs=_signs(warehouse, asked, since if trouble else until, until),
        neighbours=tuple(
            Neighbour(**row) for row in warehouse.query_file("pair/around", around, {**pair, **of_time}).to_dicts()
        ),
        without_id=tuple(
            WithoutId(**row)
            for row in warehouse.query_file("pair/without_id", around, {**pair, "since": since}).to_dicts()
        ),
    )


def _trouble(episodes: tuple[Episode, ...], quiet: Silence | None) -> Episode | None:
    if not episodes or (quiet is not None and quiet.is_unusual and not episodes[0].goes_on):
        return None
    return episodes[0]


def _bounds(trouble: Episode | None, total: Turn, end: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The time that the judgement is about: the last episode, or else the time since the last call."""
    if trouble is None:
        return total.last_call, end
    return trouble.started_at, end if trouble.goes_on else trouble.last_error + dt.timedelta(microseconds=1)


def _names(warehouse: Warehouse, asked: Scope) -> Names:
    profile = warehouse.query_file("integration/profile", asked, {"integration": asked.integration}).to_dicts()
    rows = warehouse.query(
        "select name, branch from customers where customer = $customer", {"customer": asked.customer}
    ).rows()
    of_integration: dict[str, Any] = profile[0] if profile else {}
    name, branch = rows[0] if rows else (None, None)
    return Names(
        integration_name=of_integration.get("name"),
        customer_name=name,
        branch=branch,
        **{key: of_integration.get(key) for key in ("partner_name", "contact", "email", "phone")},
    )


def _usual_rate_of_integration(warehouse: Warehouse, asked: Scope) -> float:
    """The usual rate of errors of the integration at all of its customers."""
    days = warehouse.query_file("integration/days", asked.replace(customer=None), {"integration": asked.integration})
    return rate_without_outliers([(calls, errors) for calls, errors in days.select("calls", "errors").iter_rows()])


def _observed(
    warehouse: Warehouse, asked: Scope, hours: pl.DataFrame
) -> tuple[tuple[dt.datetime, ...], frozenset[dt.datetime]]:
    """The hours that the logs of the pair hold, in order, and those that one of them misses or holds in part.

    A viewer that does not see all calls of a log cannot know its gaps: to it, every hour counts as held.
    """
    import polars as pl

    if not warehouse.viewer.holds_whole_logs:
        return _every_hour(hours, warehouse.data_until()), frozenset()
    states = (
        warehouse.metric("completeness", period_of(asked))
        .filter(pl.col("stream").is_in(hours["stream"].unique().to_list()))
        .group_by("hour")
        .agg(is_whole=(pl.col("state") == "complete").all())
        .sort("hour")
    )
    whole = states.filter("is_whole")["hour"].to_list()
    return tuple(whole), frozenset(states.filter(~pl.col("is_whole"))["hour"].to_list())


def _every_hour(hours: pl.DataFrame, until: dt.datetime | None) -> tuple[dt.datetime, ...]:
    first = hours["hour"].min()
    if not isinstance(first, dt.datetime) or until is None:
        return ()
    return tuple(first + HOUR * place for place in range(int((until - first) / HOUR) + 1))


def _outcomes(warehouse: Warehouse, asked: Scope, of_time: dict[str, dt.datetime | None]) -> tuple[Outcome, ...]:
    return tuple(Outcome(**row) for row in warehouse.query_file("pair/outcomes", asked, of_time).to_dicts())


def _signs(warehouse: Warehouse, asked: Scope, since: dt.datetime, until: dt.datetime) -> tuple[Sign, ...]:
    rows = warehouse.query_file("pair/signs", asked, {"since": since, "until": until, "days": SIGN_DAYS})
    return judged(rows.select("sign", "value", "calls_before", "calls_after").iter_rows())
