"""How many customers an integration gains and loses, month by month. `verdicts.py` has the rules."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.asked import Asked, View, World, month_of, numbers_of_partner, unread_logs
from tests.oracle.clock import day_of, hours_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.seen import Rejected


MANY_DAYS = 3
"""If more days of a month are missing, the month does not tell who came or went."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """How the customers of an integration came and went in a month."""

    customers: int
    new: int
    stayed: int
    returning: int
    unknown: int
    lost: int | None
    complete: bool


def customers_per_month(world: World, asked: Asked) -> dict[tuple[str, dt.date], Month]:
    """The months from an integration's first customer to the end of the logs, and every other month with a customer."""
    view = world.view(asked)
    present: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for integration, customers in view.uses.items():
        for customer, days in customers.items():
            for day in days:
                present[integration][month_of(day)].add(customer)
    last_day = day_of(world.logs.last) if asked.until is None else min(day_of(world.logs.last), asked.until - 1)
    found = {}
    for integration, months in present.items():
        every_month = range(min(months) - 1, max(*months, month_of(last_day)) + 1)
        broken = {month: len(_broken_days(month, integration, world, view)) for month in every_month}
        named = {month: _named_in(month, integration, world, view) for month in every_month}
        before_all: set[str] = set()
        lived = range(max(min(months), month_of(day_of(world.logs.first))), month_of(last_day) + 1)
        for month in sorted({*lived, *months}):
            here, before, seen_before = months.get(month, set()), months.get(month - 1, set()), frozenset(before_all)
            came = here - before
            has_begun = _has_begun(month - 1, integration, world, view)
            unknown = came if broken[month - 1] > MANY_DAYS or not has_begun else came & named[month - 1]
            is_reached = _first_day(month + 1).toordinal() - 1 <= last_day
            is_told = (
                is_reached and _is_in_the_logs(month - 1, world) and max(broken[month - 1], broken[month]) <= MANY_DAYS
            )
            before_all |= here
            found[integration, _first_day(month)] = Month(
                customers=len(here),
                stayed=len(here & before),
                unknown=len(unknown),
                new=len(came - unknown - seen_before),
                returning=len((came - unknown) & seen_before),
                lost=len(before - here - named[month]) if is_told else None,
                complete=is_reached and _is_in_the_logs(month, world) and not broken[month] and named[month] <= here,
            )
    return found


def _first_day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def _days_of(month: int) -> range:
    return range(_first_day(month).toordinal(), _first_day(month + 1).toordinal())


def _broken_days(month: int, integration: str, world: World, view: View) -> set[int]:
    """The days of a month on which something is missing in the integration's logs."""
    days = _days_of(month)
    found = view.unlogged_days(integration).intersection(days)
    for stream in view.streams_of(integration):
        found |= {
            day
            for day in days
            for hour in hours_of(day)
            if hour in stream.hours and stream.hours[hour].state == "missing"
        }
        first = day_of(stream.first)
        if first in days and not stream.continues:
            found |= set(range(days[0], first))
    for name in unread_logs(world):
        found |= {day_of(hour) for hour in world.logs.quarantine[name] if day_of(hour) in days}
    return found | _days_with_rejected_lines(days, integration, world, view)


def _rejected_in(days: range, integration: str, world: World, view: View) -> Iterator[tuple[int, Rejected]]:
    """The rejected lines of these days that may be uses of the integration."""
    own_numbers = numbers_of_partner(integration, world)
    for reject in world.rejects:
        hour = world.last_hours.get((reject.load, reject.stream)) if reject.at is None else reject.hour
        if hour is not None and day_of(hour) in days and view.concerns(reject, integration, own_numbers):
            yield day_of(hour), reject


def _named_in(month: int, integration: str, world: World, view: View) -> set[str]:
    """The customers named in rejected lines of a month."""
    found = _rejected_in(_days_of(month), integration, world, view)
    return {reject.customer for _, reject in found if reject.customer is not None}


def _days_with_rejected_lines(days: range, integration: str, world: World, view: View) -> set[int]:
    """The days of a month with rejected lines that may be calls of any customer, as `verdicts.py` counts them."""
    found = list(_rejected_in(days, integration, world, view))
    lines = sum(reject.integration is not None for _, reject in found)
    unnamed = {day for day, reject in found if reject.customer is None}
    nameless = {
        day
        for day, reject in found
        if reject.customer is None and reject.reason in {"unknown_host", "no_customer", "bad_url"}
    }
    calls = sum(call.integration == integration and call.day in days for call in view.calls)
    return unnamed if 20 * lines >= lines + calls else nameless


def _is_in_the_logs(month: int, world: World) -> bool:
    return day_of(world.logs.first) <= _days_of(month)[0]


def _has_begun(month: int, integration: str, world: World, view: View) -> bool:
    """Whether all logs of an integration had begun when the month began, except those that continue another log."""
    first = _days_of(month)[0]
    streams = view.streams_of(integration)
    return _is_in_the_logs(month, world) and all(
        day_of(stream.first) <= first or stream.continues for stream in streams
    )
