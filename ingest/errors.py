"""What can go wrong while reading logs and keeping the lake, in words for the person at the keyboard."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


RESTORE = "take the lake back from a copy: 'koppelzicht restore'"
REPAIR = "'koppelzicht repair' says what can be brought back"
"""What to do about a damaged lake."""


class IngestError(Exception):
    """Base of every error of this floor: says what, where, the value, what was expected and what to do."""


class SourceError(IngestError):
    """One source cannot be read; the others go on."""


class PassingError(SourceError):
    """A source cannot be read now, and perhaps later though the file stays as it is: no permission, no room, a bad disk."""


class NoLogError(SourceError):
    """A source is none of ours: an archive, a pipe, a picture. In a folder it is skipped."""


class UnknownFormatError(NoLogError):
    """No format claims a source: it may be no log at all."""


class AmbiguousDialectError(SourceError):
    """Several dialects claim a line; nobody guesses which one it is."""

    def __init__(self, dialects: Sequence[str]) -> None:
        super().__init__(f"{' and '.join(dialects)} both claim it; --dialect {dialects[0]} says which it is")


class AmbiguousHostError(SourceError):
    """Several fields of a log hold hosts of the platform, and not the same ones; nobody guesses which one was called."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(
            f"{' and '.join(fields)} hold different hosts of the platform; which of them is the one that was called?"
        )


class LakeError(IngestError):
    """The lake cannot be read or written."""


def in_one_line(error: Exception) -> str:
    """What an engine says, without the line ends and colours of a terminal."""
    return " ".join(re.sub(r"\x1b\[[0-9;]*m|↳", "", str(error)).split())


def of_data_file(error: Exception) -> str | None:
    """What an engine says, where it says that a data file cannot be read, with what to do about it; else None."""
    path = re.search(r"[\"']([^\"']+\.parquet)[\"']", str(error))
    return f"{path[1]}: cannot be read: {in_one_line(error)}; {REPAIR}" if path else None


def of_source(name: str, error: Exception) -> SourceError:
    """What went wrong while one source was read, as an error of that source: whatever it is, the others go on."""
    match error:
        case SourceError():
            return error
        case OSError():
            return PassingError(f"{name}: cannot be read: {error.strerror or error}; nothing new of it was loaded")
        case _ if is_lack_of_memory(error):
            return PassingError(f"{name}: there is not enough memory to read it; nothing new of it was loaded")
        case _:
            return SourceError(
                f"{name}: cannot be read: {fault(error)}; this is a fault of koppelzicht, please report it;"
                " nothing new of it was loaded"
            )


def is_lack_of_memory(error: Exception) -> bool:
    """Whether that is what an engine, or Python, says."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException"


def fault(error: BaseException) -> str:
    """Which error it is and where it was raised. Its text may hold a value of a log, so it stays out."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
