"""Standard output and standard error: a result is written, and everything else is said.

Text from data is never taken for markup or for a terminal's control sequence.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

from command_line.printing.values import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

MOST_OUTPUT = 1024**3
"""Characters of JSON or CSV: a control character takes six, so that a result within its limits can be many times as long."""

_UNLIMITED = 100_000


def write(text: str) -> None:
    """Write to standard output. A reader that stops reading (`| head`) is no error."""
    with quiet_broken_pipe():
        sys.stdout.write(text)
        sys.stdout.flush()


def write_all(texts: Iterable[str], *, most: int = MOST_OUTPUT) -> None:
    """Write pieces of text to standard output, one after the other. SqlLimitError if they have more than `most` characters."""
    from analytics.errors import SqlLimitError

    written = 0
    with quiet_broken_pipe():
        for text in texts:
            written += len(text)
            if written > most:
                raise SqlLimitError(
                    f"stopped after {most / 1024**3:g} GB of text, which is not all of it: ask for less, or for Parquet"
                )
            sys.stdout.write(text)
        sys.stdout.flush()


def say(message: str) -> None:
    """Tell the person at the keyboard something that is no result."""
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write("\n".join(shown(line) for line in message.split("\n")) + "\n")
        sys.stderr.flush()


def give_up_unwritten() -> None:
    """What cannot be written at the end goes nowhere, so that the process ends with the code that it means."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def console(stream: Any) -> Console:
    """Where tables and bars are drawn: as wide as the terminal, without limit elsewhere, nothing in it markup."""
    from rich.console import Console

    # Not on a terminal: lines stay whole, for grep and for people who scroll.
    width = None if stream.isatty() else _UNLIMITED
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, legacy_windows=False)


@contextlib.contextmanager
def quiet_broken_pipe() -> Iterator[None]:
    """Let a reader go that stops reading: everything written after that is dropped."""
    try:
        yield
    except BrokenPipeError:
        # What is still buffered, and what comes after, goes nowhere; the interpreter flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
