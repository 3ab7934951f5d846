"""What a process that follows folders remembers of the files it has read, so that it does not read them from the start again.

The ledger decides; this only saves work. A file that has the size and time of change it had is not opened. One that has
grown is read from where reading stopped, if the bytes before that place are still those that were there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.recognition import Known
from ingest.source import STANDARD_INPUT, State

if TYPE_CHECKING:
    from ingest.ledger import LedgerRow
    from ingest.load import Source
    from ingest.recognition import Marks
    from ingest.source import Fingerprint

TAIL_BYTES = 64 << 10
"""So much before the place where reading stopped is compared: a file that was truncated and refilled differs there."""


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """A file as it was when it was read, and how far it is loaded."""

    state: State
    load_id: str
    marks: Marks
    fingerprint: Fingerprint
    tail: bytes
    """The last bytes before that place; empty where reading cannot go on in the middle."""
    left: int


class Memory:
    """The files that were read, by what the system calls them: a renamed one is still known."""

    def __init__(self) -> None:
        self._files: dict[tuple[int, int], Remembered] = {}
        self._hopeless: dict[str, State] = {}

    def recall(self, name: str) -> tuple[State, Remembered] | None:
        """The state of a file now, and what is remembered of it; None where it has not been read."""
        state = _state(name)
        remembered = self._files.get((state.device, state.inode)) if state else None
        return (state, remembered) if state and remembered else None

    def remember(self, remembered: Remembered) -> None:
        """How far this file is loaded."""
        self._files[remembered.state.device, remembered.state.inode] = remembered

    def is_hopeless(self, name: str) -> bool:
        """Whether a file could not be read, and is still as it was then."""
        state = self._hopeless.get(name)
        return state is not None and state == _state(name)

    def give_up(self, name: str) -> None:
        """This file cannot be read as it is."""
        if state := _state(name):
            self._hopeless[name] = state


def going_on(source: Source, state: State, before: Remembered, row: LedgerRow) -> Known | None:
    """What is new of a file that was read before and has grown; None when it has to be looked at from its start."""
    offset = before.fingerprint.offset
    if not before.tail or state.size <= offset:
        return None
    reader = source.open(offset)
    reader.file.seek(offset - len(before.tail))
    if reader.file.read(len(before.tail)) != before.tail:
        return None
    return Known(before.marks, row, None, before.fingerprint.copy(), before.fingerprint.copy(), reader.blocks())


def _state(name: str) -> State | None:
    try:
        return None if name == STANDARD_INPUT else State.of(Path(name).stat())
    except (OSError, ValueError):
        return None
