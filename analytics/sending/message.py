"""What is sent, and what became of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that a message tells: a line, and the lines below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message: as text for people, and as a document for programs.

    `id` is the same when the same message is sent again, so that a receiver can tell. Texts may hold anything that a log holds.
    """

    id: str
    subject: str
    items: tuple[Item, ...]
    document: Mapping[str, object]
    sent_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Whether a message was taken. `why` says why not, or what was wrong although it was.

    `is_certain` is false where the receiver may have it although it did not say so.
    """

    is_sent: bool
    why: str | None = None
    is_certain: bool = True
