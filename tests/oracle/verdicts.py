"""Certification, found a second time from the calls and from what `logs.py` found in their logs.

Where the definitions leave a choice, the oracle decides, here, in `months.py` and in `impact.py`:

V1. Days.
    - An hour belongs to the window, or to the month, of its local day.

V2. Products.
    - A certificate belongs to an integration, in whichever product it is used. If a product is asked for, the integrations
      with a call in it are judged, by all their customers.
    - Customers per month are those in the product that is asked for.
    - If a product is asked for, an integration of the registry that nobody calls is left out, because its product is not known.

V3. Months.
    - A customer who comes is unknown, too, if at the beginning of the month before, the logs had not begun, or one of the
      integration's logs that continues no other had not.
    - The months are those of the logs. A month with only stray calls has a row for each integration with a customer in it.
      The months between it and the logs have none.

V4. `falling`.
    - A customer is silent now if it has uses on two days or more, and has been silent for at least seven days and for three
      times as long as usual.
    - If all silent customers stay silent and the others are fewer than required, the integration is falling.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.oracle.asked import Asked, View, World, numbers_of_partner, unread_logs
from tests.oracle.clock import day_of, hours_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping


LOGS_REASONS = ("logs_missing", "logs_rejected", "header_not_logged", "logs_thin", "not_covered", "too_few_calls")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The verdict on one integration."""

    certified: bool
    state: str
    customers: int
    days_left: int | None
    complete: bool
    reasons: frozenset[str]
    """Reasons about the logs, about customers that will be too few soon, or about an inherited certificate."""


def certification(world: World, asked: Asked) -> dict[str, Verdict]:
    """The verdict on every integration in the calls or the registry, except those that another one has replaced."""
    view = world.view(replace(asked, product=None))
    last = min([day_of(world.logs.last), *([asked.until - 1] if asked.until is not None else [])])
    replaced = {one.replaces for one in world.registry.values()}
    names = {call.integration for call in world.view(asked).calls if call.integration is not None}
    names |= set(world.registry) if asked.product is None else set()
    return {name: _verdict(name, world, view, asked, last) for name in names - replaced}


def _verdict(integration: str, world: World, view: View, asked: Asked, last: int) -> Verdict:
    window = range(last - asked.window + 1, last + 1)
    known = {
        customer: [day for day in days if day <= last] for customer, days in view.uses.get(integration, {}).items()
    }
    counted = {customer: days for customer, days in known.items() if days and max(days) in window}
    is_certified, is_inherited = _certified(integration, world, last)
    missing = _missing_logs(integration, world, view, window)
    if len(counted) < asked.required <= len(counted) + _rejected_customers(integration, counted, world, view, window):
        missing.add("logs_rejected")
    reasons = set(missing)
    if is_inherited:
        reasons.add("certification_inherited")
    enough = len(counted) >= asked.required
    may_end_soon = enough and is_certified and not missing & set(LOGS_REASONS[:4])
    if may_end_soon and _is_falling(counted, asked, last):
        reasons.add("falling")
    if may_end_soon and sum(_lasts(days, asked, last) for days in counted.values()) < asked.required:
        reasons.add("window_ends")
    ends = bool(reasons & {"falling", "window_ends"})
    if enough:
        state = "eligible" if not is_certified else "at_risk" if ends else "certified"
    elif missing:
        state = "unknown"
    elif is_certified:
        state = "at_risk" if counted else "lost"
    else:
        state = "not_yet"
    return Verdict(
        certified=is_certified,
        state=state,
        customers=len(counted),
        days_left=_days_left(counted, asked, last) if enough else 0 if state in {"at_risk", "lost"} else None,
        complete=not missing,
        reasons=frozenset(reasons),
    )


def _certified(integration: str, world: World, last: int) -> tuple[bool, bool]:
    """Whether it is certified on that day, and whether the certificate belongs to an id that it replaces."""
    row = world.registry.get(integration)
    is_inherited = False
    while row is not None and row.certified_since is None and row.certified_until is None:
        row, is_inherited = world.registry.get(row.replaces or ""), True
    if row is None:
        return False, False
    since, until = row.certified_since, row.certified_until
    holds = (since is None or since.toordinal() <= last) and (until is None or until.toordinal() > last)
    return holds, is_inherited


def _days_left(counted: Mapping[str, list[int]], asked: Asked, last: int) -> int:
    youngest = sorted((max(days) for days in counted.values()), reverse=True)
    return youngest[asked.required - 1] + asked.window - last


def _is_falling(counted: Mapping[str, list[int]], asked: Asked, last: int) -> bool:
    silent = 0
    for days in counted.values():
        active = sorted(set(days))
        if len(active) > 1:
            usual = (active[-1] - active[0]) / (len(active) - 1)
            silent += last - active[-1] >= max(7, 3 * usual)
    return len(counted) - silent < asked.required


def _lasts(days: Iterable[int], asked: Asked, last: int) -> bool:
    """Whether a customer will still be in the window after a quarter of it, or is due to call before by its rhythm."""
    active = sorted(set(days))
    silent = last - active[-1]
    if silent < asked.window - max(1, asked.window // 4):
        return True
    return len(active) >= 3 and silent <= int(1.5 * (active[-1] - active[0]) / (len(active) - 1))


def _missing_logs(integration: str, world: World, view: View, window: range) -> set[str]:
    streams = view.streams_of(integration)
    found = set()
    for stream in streams:
        hours = [(hour, stream.hours[hour]) for day in window for hour in hours_of(day) if hour in stream.hours]
        found |= {"logs_missing" for _, one in hours if one.state == "missing" and not one.by_quarantine}
        quarantine = world.logs.quarantine.get(stream.name, set())
        found |= {"logs_rejected" for day in window for hour in hours_of(day) if hour in quarantine}
        lacking_calls = sum(
            max((one.expected or 0) - one.calls, 0) for _, one in hours if one.state == "thin" and not one.is_holiday
        )
        if lacking_calls > 0 and lacking_calls >= 2 * sum(one.expected or 0 for _, one in hours) / len(window):
            found.add("logs_thin")
        if day_of(stream.first) > window[0] and not stream.continues:
            found.add("not_covered")
    if window[0] < day_of(world.logs.first):
        found.add("not_covered")
    if not any(stream.has_power for stream in streams):
        found.add("too_few_calls")
    for name in unread_logs(world):
        if any(day_of(hour) in window for hour in world.logs.quarantine[name]):
            found.add("logs_rejected")
    if view.unlogged_days(integration).intersection(window):
        found.add("header_not_logged")
    return found


def _rejected_customers(integration: str, counted: Container[str], world: World, view: View, window: range) -> int:
    """How many more customers the rejected lines of these days may hold.

    Lines without a time, or dated after the end of all logs, may be of these days. A line that names its customer is that customer,
    unless it is counted anyway. A line with a host or URL that cannot be read may be one customer more. So may every other line
    without a customer, if rejected lines are at least one in twenty of the integration's lines.
    """
    named, lines, unnamed, nameless = set(), 0, 0, 0
    own_numbers = numbers_of_partner(integration, world)
    for reject in world.rejects:
        hour = world.last_hours.get((reject.load, reject.stream)) if reject.at is None else reject.hour
        day = None if hour is None or day_of(hour) > day_of(world.logs.last) else day_of(hour)
        if view.concerns(reject, integration, own_numbers) and (day is None or day in window):
            lines += reject.integration is not None
            if reject.customer is not None:
                named.add(reject.customer)
            else:
                unnamed += 1
                nameless += reject.reason in {"unknown_host", "no_customer", "bad_url"}
    calls = sum(call.integration == integration and call.day in window for call in view.calls)
    more = sum(customer not in counted for customer in named)
    return more + (unnamed if 20 * lines >= lines + calls else nameless)
