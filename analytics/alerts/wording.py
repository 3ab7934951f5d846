"""The events that one channel is told of, as one message: many events are one mail, not many."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from analytics.alerts.deciding import plain
from analytics.sending.message import Item, Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from analytics.alerts.asked import Asked
    from analytics.alerts.telling import Change, News

_WORDS: dict[Change, str] = {"opened": "new", "recovered": "over", "occurred": "happened"}
VERSION = 1
"""The form of the document."""


def message_of(news: Sequence[News], asked: Asked) -> Message:
    """The message. Its id follows from what it tells, so that it is the same when it is sent again."""
    told = "|".join(sorted(f"{one.event.id}:{one.change}" for one in news))
    identity = hashlib.sha256(f"{news[0].channel}|{told}".encode()).hexdigest()[:32]
    counts = Counter(one.change for one in news)
    summary = ", ".join(f"{counts[change]} {word}" for change, word in _WORDS.items() if counts[change])
    return Message(
        id=identity,
        subject=f"Koppelzicht: {summary}: {news[0].event.title}",
        items=tuple(_item(one, asked) for one in news),
        document={
            "version": VERSION,
            "id": identity,
            "sent_at": plain(asked.now),
            "events": [_document(one) for one in news],
        },
        sent_at=asked.now,
    )


def _item(one: News, asked: Asked) -> Item:
    event = one.event
    lines = [*event.lines, f"rule: {one.rule.name}; first seen {asked.local(event.opened_at)}"]
    if event.recovered_at is not None:
        lines.append(f"it is over, as seen {asked.local(event.recovered_at)}")
    if one.may_be_repeated:
        lines.append("this may have been sent before")
    return Item(title=f"[{_WORDS[one.change]}] {event.title}", lines=tuple(lines))


def _document(one: News) -> dict[str, object]:
    event = one.event
    return {
        "id": event.id,
        "change": one.change,
        "rule": one.rule.name,
        "kind": one.rule.kind,
        "title": event.title,
        "text": "\n".join(event.lines),
        "opened_at": _instant(event.opened_at),
        "recovered_at": _instant(event.recovered_at),
        "may_be_repeated": one.may_be_repeated,
        "facts": event.row,
    }


def _instant(instant: dt.datetime | None) -> object:
    return plain(instant)
