"""Which facts are news. Facts in, and what is remembered of a rule; out comes what is to be remembered now.

- What lasts is an event from when it is first found until it is no longer found, or found to be over.
- What is over when it is first found, such as an incident of yesterday in a log that is loaded at night, or a first call, is an event
  that happened once. Its key is known from then on.
- A rule that is new is told of what lasts. What was over before is known silently: a new file of rules on an old lake must not send
  years of it. The same goes for a rule that was changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from typing import TYPE_CHECKING, Any

from analytics.alerts.state import Event, RuleState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analytics.alerts.fact import Fact, Found


def decided(
    before: RuleState | None, found: Found, *, rule: str, definition: str, now: dt.datetime, recent: dt.timedelta
) -> RuleState:
    """The state of a rule after it has found this."""
    is_new = before is None or before.definition != definition
    held = {event.key: event for event in before.events if not _is_stale(event, now - recent)} if before else {}
    facts = {fact.key: fact for fact in found.facts}
    known = set(before.known if before else ())
    events: list[Event] = []
    taken: set[str] = set()
    for fact in facts.values():
        if (event := held.get(fact.key)) is not None:
            taken.add(fact.key)
            events.append(_still(event, fact, now))
        elif fact.ended_at is None:
            gone = {key: event for key, event in held.items() if key not in facts and key not in taken}
            moved = _moved(gone, fact) if found.moves else None
            if moved is not None:
                taken.add(moved.key)
                events.append(_still(moved.model_copy(update={"key": fact.key}), fact, now))
            else:
                events.append(_event(rule, fact, now))
        elif fact.key not in known:
            known.add(fact.key)
            if not is_new and now - fact.ended_at <= recent:
                events.append(_event(rule, fact, now).model_copy(update={"is_once": True}))
    lasting = {fact.family for fact in facts.values() if fact.ended_at is None}
    for key, event in held.items():
        if key not in taken:
            events += _gone(event, found, lasting, now, is_new=is_new)
    known |= {event.key for event in events if event.key in facts and facts[event.key].ended_at is not None}
    if found.forgets:
        known &= facts.keys()
    return RuleState(definition=definition, known=tuple(sorted(known)), events=tuple(events))


def _is_stale(event: Event, since: dt.datetime) -> bool:
    """Whether an event was over long ago, and is still there because a channel does not take it: nobody wants to hear of it now."""
    over_at = event.opened_at if event.is_once else event.recovered_at
    return over_at is not None and over_at < since


def _still(event: Event, fact: Fact, now: dt.datetime) -> Event:
    """An event that is found again: with its latest figures, and over if the fact is."""
    changes: dict[str, Any] = _told_of(fact)
    if event.is_once:
        return event.model_copy(update=changes)
    if fact.ended_at is not None:
        return event.model_copy(update={**changes, "recovered_at": event.recovered_at or now})
    if event.recovered_at is None:
        return event.model_copy(update=changes)
    # It came back before every channel was told that it was over: those that were, are told once more that it begins.
    told = {channel: what for channel, what in event.told.items() if what != "done"}
    return event.model_copy(update={**changes, "recovered_at": None, "told": told})


def _gone(event: Event, found: Found, lasting: set[str], now: dt.datetime, *, is_new: bool) -> Iterable[Event]:
    """An event that is no longer found: over, unless nobody can know, or something else took its place."""
    if event.is_once or event.recovered_at is not None or event.family in found.undecided:
        return [event]
    if is_new or event.family in lasting:
        return []
    return [event.model_copy(update={"recovered_at": now})]


def _moved(gone: Mapping[str, Event], fact: Fact) -> Event | None:
    """The event that this fact is under another key, among those that are no longer found."""
    for event in gone.values():
        if event.family == fact.family and event.recovered_at is None and not event.is_once:
            return event
    return None


def _event(rule: str, fact: Fact, now: dt.datetime) -> Event:
    text = f"{rule}|{fact.key}|{now.isoformat()}"
    return Event(
        id=hashlib.sha256(text.encode()).hexdigest()[:16],
        key=fact.key,
        family=fact.family,
        opened_at=now,
        **_told_of(fact),
    )


def _told_of(fact: Fact) -> dict[str, Any]:
    return {
        "title": fact.title,
        "lines": fact.lines,
        "row": {name: plain(value) for name, value in fact.row.items()},
    }


def plain(value: object) -> object:
    """A value as JSON has it."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case dt.datetime() if value.tzinfo is not None:
            return f"{value.astimezone(dt.UTC).replace(tzinfo=None).isoformat()}Z"
        case dt.date() | dt.time():
            return value.isoformat()
        case list() | tuple():
            return [plain(one) for one in value]
        case dict():
            return {str(key): plain(one) for key, one in value.items()}
        case _:
            return str(value)
