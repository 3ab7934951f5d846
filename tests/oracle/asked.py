"""A question: which environment, product and days it asks for, which calls match, and which customers and integrations they show."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.clock import day_of

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from tests.oracle.logs import Logs
    from tests.oracle.seen import Loaded, Rejected, Seen
    from tests.oracle.streams import Stream


@dataclass(frozen=True, kw_only=True)
class Registered:
    """An integration of the registry. `replaces` is its old id."""

    integration: str
    replaces: str | None = None
    certified_since: dt.date | None = None
    certified_until: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question. `until` is exclusive."""

    environment: str = "production"
    product: str | None = None
    until: int | None = None
    window: int = 30
    required: int = 5


class World:
    """The calls of a lake, and what is known about their logs."""

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
        """The calls that the question asks for."""
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
    """The days on which a log has stopped carrying ids, as pairs of stream and day.

    The log has calls on these days, but no call has an id. Their customers belong to at least two partners, by ids that this log
    has on other days. A day with ids comes before these days. From the first to the last of them, it is seven days or more.
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
    """The calls that a question asks for, and the customers and integrations in them."""

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
        """The days on which each customer uses each integration, one entry per call."""
        self._by_integration: dict[str, set[str]] = defaultdict(set)
        self._by_customer: dict[str, set[str]] = defaultdict(set)
        self._identified_customers: set[str] = set()
        self._last_hours = last_hours
        self._connected: dict[tuple[str, str], set[str]] = defaultdict(set)
        """The integrations of each customer in each log, known from calls or rejected lines."""
        for reject in rejects:
            if reject.customer is not None and reject.integration is not None and reject.environment == environment:
                self._connected[reject.customer, reject.stream].add(reject.integration)
                self._identified_customers.add(reject.customer)
        self._cut_off: Counter[tuple[str, str | None, int | None]] = Counter(
            (reject.stream, reject.customer, self._month_of(reject))
            for reject in rejects
            if reject.integration is None
            and reject.customer is not None
            and reject.reason == "not_a_record"
            and reject.environment == environment
        )
        self._read: Counter[tuple[str, str | None, int | None]] = Counter(
            (call.stream, call.customer, month_of(call.day)) for call in calls
        )
        self._logged: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._unlogged = [call for call in calls if call.id_status == "not_logged" or (call.stream, call.day) in muted]
        for call in calls:
            self._by_customer[call.customer].add(call.stream)
            if call.id_status != "not_logged" and (call.stream, call.day) not in muted:
                self._logged[call.customer, call.hour].add(call.stream)
            if call.integration is not None:
                self._identified_customers.add(call.customer)
                self._by_integration[call.integration].add(call.stream)
                if call.is_use:
                    self.uses[call.integration][call.customer].append(call.day)
                    self._connected[call.customer, call.stream].add(call.integration)

    def streams_of(self, integration: str) -> list[Stream]:
        """The streams with a call of the integration or of one of its customers. If there are none, all streams of these calls."""
        names = self._stream_names_of(integration)
        there = names or {call.stream for call in self.calls}
        return [self._logs.streams[name] for name in sorted(there & self._logs.streams.keys())]

    def _stream_names_of(self, integration: str) -> set[str]:
        """The names of the streams with a call of the integration or of one of its customers."""
        names = set(self._by_integration.get(integration, ()))
        for customer in self.uses.get(integration, {}):
            names |= self._by_customer[customer]
        return names

    def concerns(self, reject: Rejected, integration: str, own_numbers: Container[str]) -> bool:
        """Whether a rejected line may be a use of the integration.

        A line of another environment, or with one of the partner's own numbers as its customer, cannot be one. A line that carries
        the id can.

        A line that is cut off before its id and names a customer can be one if many lines are cut off, and the customer calls with this
        integration in that log. If that log has no id for the customer, the other logs decide. If none of them has one either, the
        integration has to be seen in that log.
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
        if reject.customer in self._identified_customers:
            return any(
                integration in some for (customer, _), some in self._connected.items() if customer == reject.customer
            )
        return reject.stream in self._stream_names_of(integration)

    def _is_many(self, reject: Rejected) -> bool:
        """Whether at least one in twenty of the customer's lines in that log and month is cut off like this."""
        place = (reject.stream, reject.customer, self._month_of(reject))
        return 20 * self._cut_off[place] >= self._cut_off[place] + self._read[place]

    def _month_of(self, reject: Rejected) -> int | None:
        hour = self._last_hours.get((reject.load, reject.stream)) if reject.at is None else reject.hour
        return None if hour is None else month_of(day_of(hour))

    def unlogged_days(self, integration: str) -> set[int]:
        """The days with a call that may be the integration's, in a log that could not have shown the id."""
        customers = self.uses.get(integration, {})
        return {
            call.day
            for call in self._unlogged
            if (call.customer in customers or call.customer not in self._identified_customers)
            and not any(
                self._logged.get((call.customer, hour), set()) - {call.stream}
                for hour in range(call.hour - 1, call.hour + 2)
            )
        }


def unread_logs(world: World) -> set[str]:
    """The logs in which no line became a call, and at least one line in twenty lacks the integration or the customer."""
    lines = Counter(reject.stream for reject in world.rejects)
    silent = Counter(reject.stream for reject in world.rejects if reject.integration is None or reject.customer is None)
    never_read = world.logs.quarantine.keys() - world.logs.streams.keys()
    return {name for name in never_read if 20 * silent[name] >= lines[name]}


def numbers_of_partner(integration: str, world: World) -> set[str]:
    """The partner's number, and its former numbers: those whose integrations have all been replaced."""
    partner = integration.split("_", maxsplit=1)[0]
    replaced = {one.replaces for one in world.registry.values()}
    still_used = {name.split("_")[0] for name in world.registry if name not in replaced}
    former = {
        one.replaces.split("_")[0]
        for one in world.registry.values()
        if one.replaces and one.integration.split("_")[0] == partner
    }
    return {partner, *(former - still_used)}


def month_of(day: int) -> int:
    date = dt.date.fromordinal(day)
    return date.year * 12 + date.month - 1
