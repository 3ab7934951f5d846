"""What the rules of one file have found, and what each channel was told of it: a small file in the lake's folder `alerts`.

    lake/alerts/operations.json

It is written before something is sent ("trying") and after it ("opened"). So a process that is killed in between leaves word, and the
next one sends once more: an alert that comes twice is better than one that never comes. Nothing secret is in it.

Two processes that look at the same rules would send everything twice. So one of them holds a lock, which the operating system takes
back however the process ends, and the other one does not wait: what is new is sent by the first, or next time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, ValidationError

from analytics.errors import AnalyticsError
from ingest.lake.durable import make_folder, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "alerts"

Told: TypeAlias = Literal["trying", "failed", "opened", "closing", "done"]
"""What a channel was told of an event: nobody knows whether anything; nothing, it did not take it; that it began; nobody knows whether
that it is over, too; all there is."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(_Model):
    """Something that a rule has found and that somebody is told of. It ends with `recovered_at`, or happened once."""

    id: str
    key: str
    family: str
    title: str
    lines: tuple[str, ...]
    row: dict[str, Any]
    opened_at: dt.datetime
    recovered_at: dt.datetime | None = None
    is_once: bool = False
    told: dict[str, Told] = {}


class RuleState(_Model):
    """The events of a rule that last or are to be told, and the keys of what needs no telling any more."""

    definition: str
    known: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()


class State(_Model):
    """What is remembered of a file of rules."""

    rules: dict[str, RuleState] = {}


def read_state(lake: Path, name: str) -> State:
    """What is remembered; nothing at first. AnalyticsError if the file is damaged."""
    path = _file(lake, name)
    try:
        return State.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return State()
    except (OSError, ValidationError):
        raise AnalyticsError(
            f"{path}: cannot be read, so koppelzicht does not know what was sent; remove the file, and what lasts is sent once more"
        ) from None


def write_state(lake: Path, name: str, state: State) -> None:
    """Remember this, on the disk. AnalyticsError if that is not possible."""
    path = _file(lake, name)
    try:
        replace_file(path, state.model_dump_json(exclude_defaults=True))
    except OSError as error:
        raise AnalyticsError(
            f"{path}: cannot be written, so nothing more is sent: {error.strerror or error}"
        ) from error


@contextlib.contextmanager
def alone(lake: Path, name: str) -> Iterator[bool]:
    """Whether this process is the only one that looks at these rules now. It stays so within the context."""
    path = _file(lake, name).with_name(f".{name}.lock")
    try:
        make_folder(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise AnalyticsError(f"{path}: cannot be written: {error.strerror or error}") from error
    try:
        yield _is_locked(descriptor)
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Lock a file without waiting. Whoever closes it, or ends, gives the lock back."""
    locking: Any
    try:
        if os.name == "nt":
            import msvcrt as locking

            locking.locking(descriptor, locking.LK_NBLCK, 1)
        else:
            import fcntl as locking

            locking.flock(descriptor, locking.LOCK_EX | locking.LOCK_NB)
    except OSError:
        return False
    return True


def _file(lake: Path, name: str) -> Path:
    return lake / FOLDER / f"{name}.json"
