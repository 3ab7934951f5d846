"""The errors of reading logs and keeping the lake, in words for the person at the keyboard."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


RESTORE = "take the lake back from a copy: 'koppelzicht restore'"
REPAIR = "'koppelzicht repair' says what can be brought back"
"""What a user can do about a damaged lake."""


class IngestError(Exception):
    """Base of every error of this floor. Its text names the fault, its place, the value, the expected value and the remedy."""


class SourceError(IngestError):
    """One source cannot be read; the others go on."""


class PassingError(SourceError):
    """A source cannot be read now, but may be later although the file stays the same: no permission, no room, a bad disk."""


class NoLogError(SourceError):
    """A source is not a log: an archive, a pipe, a picture. In a folder it is skipped."""


class UnknownFormatError(NoLogError):
    """No format recognises a source: it may not be a log at all."""


class AmbiguousDialectError(SourceError):
    """Several dialects recognise a line, and koppelzicht does not guess."""

    def __init__(self, dialects: Sequence[str]) -> None:
        super().__init__(f"{' and '.join(dialects)} both claim it; choose one, such as --dialect {dialects[0]}")


class AmbiguousHostError(SourceError):
    """Several fields of a log hold different hosts of the platform, and koppelzicht does not guess which one was called."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(
            f"{' and '.join(fields)} hold different hosts of the platform, and nothing tells which of them was called"
        )


class LakeError(IngestError):
    """The lake cannot be read or written."""


def in_one_line(error: Exception) -> str:
    """The text of an engine's error, without line ends and terminal colours."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m|↳", "", str(error)).split())


def of_data_file(error: Exception) -> str | None:
    """The text of an engine's error, with what to do, where the error is that a data file cannot be read; else None."""
    path = re.search(r"[\"']([^\"']+\.parquet)[\"']", str(error))
    return f"{path[1]}: cannot be read: {in_one_line(error)}; {REPAIR}" if path else None


def of_source(name: str, error: Exception) -> SourceError:
    """Any error that occurred while one source was read, as an error of that source: the other sources go on."""
    match error:
        case SourceError():
            return error
        case OSError():
            return PassingError(f"{name}: cannot be read: {error.strerror or error}; nothing new was loaded from it")
        case _ if is_lack_of_memory(error):
            return PassingError(f"{name}: there is not enough memory to read it; nothing new was loaded from it")
        case _:
            return SourceError(
                f"{name}: cannot be read: {fault(error)}; this is a bug in koppelzicht, please report it;"
                " nothing new was loaded from it"
            )


def is_lack_of_memory(error: Exception) -> bool:
    """Whether an engine, or Python, ran out of memory."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException"


def fault(error: BaseException) -> str:
    """The kind of an error and where it was raised. Its text is left out, because it may hold a value from a log."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
