"""Certification, customers per month and impact, found a second time from the calls and what `logs.py` found of their logs.

Where the definitions leave a choice, the oracle decides:

- V1. An hour belongs to the window, or to the month, of its local day.
- V2. A certificate is one of an integration, in whichever product it is used: a product that is asked for chooses the integrations
  with a call in it, and all customers of these count. Of who comes and goes, those in that product.
  Whether an integration of the registry that nobody calls is of that product is not known, so it is not among the answers.
- V3. Who comes is unknown, too, where the month before was not logged whole because the logs, or one of the integration's that
  continues none, had not begun. Months begin and end where the logs do. A month of nothing but stray calls has a row for those
  integrations that have a customer in it, and the months between it and the logs have none.
- V4. `falling`: those who are silent now (uses on two days or more, and silent for at least seven days and three times as long as
  they usually are) stay silent, and the others are fewer than required.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.oracle.clock import day_of, hours_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from tests.oracle.logs import Loaded, Logs, Rejected, Seen, Stream

MANY_DAYS = 3
"""Of a month that misses more days nobody knows who came or went."""
LOGS_REASONS = ("logs_missing", "logs_rejected", "header_not_logged", "logs_thin", "not_covered", "too_few_calls")


@dataclass(frozen=True, kw_only=True)
class Registered:
    """One integration of the registry; `replaces` is its old id."""

    integration: str
    replaces: str | None = None
    certified_since: dt.date | None = None
    certified_until: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for; `until` is the first day behind it."""

    environment: str = "production"
    product: str | None = None
    until: int | None = None
    window: int = 30
    required: int = 5


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What certification says of one integration."""

    certified: bool
    state: str
    customers: int
    days_left: int | None
    complete: bool
    reasons: frozenset[str]
    """Those about the logs, and about what is going to end or was inherited."""


class World:
    """The calls of a lake with what is known of their logs."""

    def __init__(
        self,
        calls: Sequence[Seen],
        logs: Logs,
        *,
        rejects: Sequence[Rejected] = (),
        loads: Sequence[Loaded] = (),
        registry: Sequence[Registered] = (),
    ) -> None:
        self.logs, self.rejects = logs, rejects
        self.last_hours = {(load.load, load.stream): load.last for load in loads}
        self.registry = {one.integration: one for one in registry}
        self._calls = calls
        self._views: dict[Asked, View] = {}
        self._muted = muted_days(calls)

    def view(self, asked: Asked) -> View:
        """The calls in the environment and product asked for, up to the end."""
        if asked not in self._views:
            self._views[asked] = View(
                [
                    call
                    for call in self._calls
                    if call.environment == asked.environment
                    and asked.product in {None, call.product}
                    and (asked.until is None or call.day < asked.until)
                ],
                self.logs,
                environment=asked.environment,
                muted=self._muted,
                rejects=self.rejects,
                last_hours=self.last_hours,
            )
        return self._views[asked]


def muted_days(calls: Sequence[Seen]) -> set[tuple[str, int]]:
    """The days on which a log carries nobody's id, though customers of several partners call that had one in it.

    Only where no id comes for seven days at least, from the first to the last with calls, behind a day with ids.
    """
    by_day: dict[str, dict[int, list[Seen]]] = defaultdict(lambda: defaultdict(list))
    partners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for call in calls:
        by_day[call.stream][call.day].append(call)
        if call.integration is not None and not call.own:
            partners[call.stream, call.customer].add(call.integration.split("_")[0])
    found: set[tuple[str, int]] = set()
    for stream, days in by_day.items():
        has_begun, gap = False, list[int]()
        for day in [*sorted(days), None]:
            if day is not None and all(call.integration is None for call in days[day]):
                gap += [day] if has_begun else []
                continue
            callers = {call.customer for one in gap for call in days[one]}
            known = set[str]().union(*(partners.get((stream, customer), set()) for customer in callers))
            if gap and gap[-1] - gap[0] >= 6 and len(known) >= 2:
                found |= {(stream, one) for one in gap}
            has_begun, gap = True, []
    return found


class View:
    """The calls that are asked for, and who is seen in them."""

    def __init__(
        self,
        calls: Sequence[Seen],
        logs: Logs,
        *,
        environment: str,
        muted: Container[tuple[str, int]],
        rejects: Sequence[Rejected],
        last_hours: Mapping[tuple[str, str], int | None],
    ) -> None:
        self.calls, self._logs, self._environment = calls, logs, environment
        self.uses: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        """The days on which a customer uses an integration, once for each call."""
        self._by_integration: dict[str, set[str]] = defaultdict(set)
        self._by_customer: dict[str, set[str]] = defaultdict(set)
        self._told: set[str] = set()
        self._last_hours = last_hours
        self._connected: dict[tuple[str, str], set[str]] = defaultdict(set)
        """The integrations of a customer in a log, by calls or by rejected lines."""
        for reject in rejects:
            if reject.customer is not None and reject.integration is not None and reject.environment == environment:
                self._connected[reject.customer, reject.stream].add(reject.integration)
                self._told.add(reject.customer)
        self._cut_off: Counter[tuple[str, str | None, int | None]] = Counter(
            (reject.stream, reject.customer, self._month_of(reject))
            for reject in rejects
            if reject.integration is None
            and reject.customer is not None
            and reject.reason == "not_a_record"
            and reject.environment == environment
        )
        self._read: Counter[tuple[str, str | None, int | None]] = Counter(
            (call.stream, call.customer, _month(call.day)) for call in calls
        )
        self._logged: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._unlogged = [call for call in calls if call.id_status == "not_logged" or (call.stream, call.day) in muted]
        for call in calls:
            self._by_customer[call.customer].add(call.stream)
            if call.id_status != "not_logged" and (call.stream, call.day) not in muted:
                self._logged[call.customer, call.hour].add(call.stream)
            if call.integration is not None:
                self._told.add(call.customer)
                self._by_integration[call.integration].add(call.stream)
                if call.is_use:
                    self.uses[call.integration][call.customer].append(call.day)
                    self._connected[call.customer, call.stream].add(call.integration)

    def streams_of(self, integration: str) -> list[Stream]:
        """The streams in which the integration, or one of its customers, is seen; where there are none, all of the place."""
        names = self._names_of(integration)
        there = names or {call.stream for call in self.calls}
        return [self._logs.streams[name] for name in sorted(there & self._logs.streams.keys())]

    def _names_of(self, integration: str) -> set[str]:
        """The logs in which it, or a customer of it, is seen."""
        names = set(self._by_integration.get(integration, ()))
        for customer in self.uses.get(integration, {}):
            names |= self._by_customer[customer]
        return names

    def concerns(self, reject: Rejected, integration: str, own_numbers: Container[str]) -> bool:
        """Whether a rejected line may be a use: not of another environment, nor of the partner's own.

        It carries the id; or it is cut off and names a customer: one of the integration's, by calls or by other rejected
        lines in that log, else in another one, or one that nobody is known to call for, in one of its logs.
        """
        if reject.customer is None:
            return reject.integration == integration
        if reject.customer in own_numbers or reject.environment != self._environment:
            return False
        if reject.sent is not None and reject.customer == reject.sent.split("_")[0]:
            return False
        if reject.integration is not None or reject.reason != "not_a_record":
            return reject.integration == integration
        if not self._is_many(reject):
            return False
        there = self._connected.get((reject.customer, reject.stream))
        if there is not None:
            return integration in there
        if reject.customer in self._told:
            return any(
                integration in some for (customer, _), some in self._connected.items() if customer == reject.customer
            )
        return reject.stream in self._names_of(integration)

    def _is_many(self, reject: Rejected) -> bool:
        """Whether such lines are one in twenty of the customer's in that log and month."""
        place = (reject.stream, reject.customer, self._month_of(reject))
        return 20 * self._cut_off[place] >= self._cut_off[place] + self._read[place]

    def _month_of(self, reject: Rejected) -> int | None:
        hour = self._last_hours.get((reject.load, reject.stream)) if reject.at is None else reject.hour
        return None if hour is None else _month(day_of(hour))

    def unlogged_days(self, integration: str) -> set[int]:
        """The days with a call that may be the integration's, and its log could not have said so."""
        customers = self.uses.get(integration, {})
        return {
            call.day
            for call in self._unlogged
            if (call.customer in customers or call.customer not in self._told)
            and not any(
                self._logged.get((call.customer, hour), set()) - {call.stream}
                for hour in range(call.hour - 1, call.hour + 2)
            )
        }


def certification(world: World, asked: Asked) -> dict[str, Verdict]:
    """The verdict on every integration that a call or the registry names, but for those that another one replaces."""
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
    judges_the_end = enough and is_certified and not missing & set(LOGS_REASONS[:4])
    if judges_the_end and _is_falling(counted, asked, last):
        reasons.add("falling")
    if judges_the_end and sum(_lasts(days, asked, last) for days in counted.values()) < asked.required:
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
    """Whether it is certified on that day, and whether by what another id has that it replaces."""
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
    """Whether a customer stays in the window for some days yet, or is due by its rhythm."""
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
        lacks = sum(
            max((one.expected or 0) - one.calls, 0) for _, one in hours if one.state == "thin" and not one.is_holiday
        )
        if lacks > 0 and lacks >= 2 * sum(one.expected or 0 for _, one in hours) / len(window):
            found.add("logs_thin")
        if day_of(stream.first) > window[0] and not stream.continues:
            found.add("not_covered")
    if window[0] < day_of(world.logs.first):
        found.add("not_covered")
    if not any(stream.has_power for stream in streams):
        found.add("too_few_calls")
    for name in _unread_logs(world):
        if any(day_of(hour) in window for hour in world.logs.quarantine[name]):
            found.add("logs_rejected")
    if view.unlogged_days(integration).intersection(window):
        found.add("header_not_logged")
    return found


def _unread_logs(world: World) -> set[str]:
    """The logs of which no line became a call, and whose lines do not tell whose they are: one in twenty or more of them."""
    lines = Counter(reject.stream for reject in world.rejects)
    silent = Counter(reject.stream for reject in world.rejects if reject.integration is None or reject.customer is None)
    never_read = world.logs.quarantine.keys() - world.logs.streams.keys()
    return {name for name in never_read if 20 * silent[name] >= lines[name]}


def _own_numbers(integration: str, world: World) -> set[str]:
    """The partner's number, and those that it had before: of which no integration is left that nothing replaces."""
    partner = integration.split("_", maxsplit=1)[0]
    replaced = {one.replaces for one in world.registry.values()}
    still_used = {name.split("_")[0] for name in world.registry if name not in replaced}
    former = {
        one.replaces.split("_")[0]
        for one in world.registry.values()
        if one.replaces and one.integration.split("_")[0] == partner
    }
    return {partner, *(former - still_used)}


def _rejected_customers(integration: str, counted: Container[str], world: World, view: View, window: range) -> int:
    """How many customers more the rejected lines of these days, or of nobody knows when, may be.

    Nobody knows of a line that is dated after all logs either. Lines that name their customer are that one, where it is
    not counted anyway. Of the others each may be one: those with a host or URL that nobody can read; the damaged ones, where
    all rejected lines are one in twenty of the integration's or more.
    """
    named, lines, unnamed, nameless = set(), 0, 0, 0
    own_numbers = _own_numbers(integration, world)
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


# -- months -------------------------------------------------------------------------------------------------------------


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
    """From an integration's first customer on to the last month of the logs, and each other month with a customer."""
    view = world.view(asked)
    present: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for integration, customers in view.uses.items():
        for customer, days in customers.items():
            for day in days:
                present[integration][_month(day)].add(customer)
    last_day = day_of(world.logs.last) if asked.until is None else min(day_of(world.logs.last), asked.until - 1)
    found = {}
    for integration, months in present.items():
        every_month = range(min(months) - 1, max(*months, _month(last_day)) + 1)
        broken = {month: len(_broken_days(month, integration, world, view)) for month in every_month}
        named = {month: _named_in(month, integration, world, view) for month in every_month}
        before_all: set[str] = set()
        lived = range(max(min(months), _month(day_of(world.logs.first))), _month(last_day) + 1)
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


def _month(day: int) -> int:
    date = dt.date.fromordinal(day)
    return date.year * 12 + date.month - 1


def _first_day(month: int) -> dt.date:
    return dt.date(month // 12, month % 12 + 1, 1)


def _days_of(month: int) -> range:
    return range(_first_day(month).toordinal(), _first_day(month + 1).toordinal())


def _broken_days(month: int, integration: str, world: World, view: View) -> set[int]:
    """The days of a month of which the logs that concern an integration miss something."""
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
    for name in _unread_logs(world):
        found |= {day_of(hour) for hour in world.logs.quarantine[name] if day_of(hour) in days}
    return found | _days_with_rejected_lines(days, integration, world, view)


def _rejected_in(days: range, integration: str, world: World, view: View) -> Iterator[tuple[int, Rejected]]:
    """The rejected lines of these days that may be uses of the integration."""
    own_numbers = _own_numbers(integration, world)
    for reject in world.rejects:
        hour = world.last_hours.get((reject.load, reject.stream)) if reject.at is None else reject.hour
        if hour is not None and day_of(hour) in days and view.concerns(reject, integration, own_numbers):
            yield day_of(hour), reject


def _named_in(month: int, integration: str, world: World, view: View) -> set[str]:
    """The customers that rejected lines of a month name."""
    found = _rejected_in(_days_of(month), integration, world, view)
    return {reject.customer for _, reject in found if reject.customer is not None}


def _days_with_rejected_lines(days: range, integration: str, world: World, view: View) -> set[int]:
    """The days of a month with rejected lines that may be anybody's calls: see `_rejected_customers`."""
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
    """Whether all logs of an integration were there when the month began, but for those that continue others."""
    first = _days_of(month)[0]
    streams = view.streams_of(integration)
    return _is_in_the_logs(month, world) and all(
        day_of(stream.first) <= first or stream.continues for stream in streams
    )


# -- impact -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Felt:
    """How much of an integration's traffic a change concerns."""

    customers: int
    calls: int
    share: float


def impact(world: World, asked: Asked, connector: str, operation: str) -> dict[str | None, Felt]:
    """Who calls a connector in that way; None: whose integration nobody knows."""
    calls = world.view(asked).calls
    concerned: dict[str | None, list[Seen]] = defaultdict(list)
    for call in calls:
        if (call.connector or "").lower() == connector.lower() and call.operation in {operation, "write"}:
            concerned[call.integration].append(call)
    return {
        integration: Felt(
            len({call.customer for call in some if call.is_use}),
            len(some),
            len(some) / sum(call.integration == integration for call in calls),
        )
        for integration, some in concerned.items()
    }
