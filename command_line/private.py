"""Files that only their maker may read: a lake, a registry and reports tell who buys what from whom, and what goes wrong there.

A command makes files for its user alone, whatever the shell's umask is. There are two exceptions, and neither is an option. A lake's
folder that exists keeps its mode, and files for that lake are as open as the folder, but never more than the umask allows. A file
that is replaced keeps its mode (`ingest.lake.durable.replace_file`).

    mkdir -m 750 lake           and the group reads this lake, and reports of it
    chmod 644 branches.html     and everybody reads this file, next month's as well

A umask reaches whatever writes for us, the engines too. It belongs to the process, so that this is for commands only.
"""

from __future__ import annotations

import contextlib
import os
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS = 0o077
_usual: ContextVar[int] = ContextVar("_usual", default=_OTHERS)
"""The umask that the user has."""


@contextlib.contextmanager
def private_files() -> Iterator[None]:
    """Within this context, new files are for the user alone, unless `as_open_as` opens them further."""
    usual = os.umask(_OTHERS)
    os.umask(usual | _OTHERS)
    token = _usual.set(usual)
    try:
        yield
    finally:
        _usual.reset(token)
        os.umask(usual)


def as_open_as(lake: Path) -> Path:
    """The lake. From now on, new files are as open as its folder, if that exists."""
    with contextlib.suppress(OSError):  # the command reports the fault of the folder
        os.umask(_usual.get() | (_OTHERS & ~Path(lake).stat().st_mode))
    return lake
