"""The files that a command line means: files, folders with everything below them, and '-'."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.read.names import STANDARD_INPUT, written_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class NotRead:
    """A file or folder that is reported, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class SourceList:
    """The sources, as the system opens them, in the order in which they are read.

    `named` are those that the operator named one by one, `skipped` those that are no logs, `unlisted` the folders whose content
    is unknown.
    """

    names: tuple[str, ...]
    named: frozenset[str]
    skipped: tuple[NotRead, ...]
    unlisted: tuple[NotRead, ...]
    total_bytes: int | None


def list_sources(paths: Sequence[str], *, lake: Path, are_folders: bool = False) -> SourceList:
    """The sources that these paths mean, each once.

    Links in a folder are not followed, and the lake itself is no log. With `are_folders` a path that does not exist is a folder that
    cannot be listed; without it, it is a file that cannot be opened.
    """
    listing = _Listing(lake)
    named = set()
    for path in paths:
        if path != STANDARD_INPUT and (are_folders or _is_folder(path)):
            listing.add(path)
        else:
            listing.names[path] = None
            named.add(path)
    total = None if STANDARD_INPUT in listing.names else sum(_size(name) for name in listing.names)
    return SourceList(
        tuple(listing.names), frozenset(named), tuple(listing.skipped), tuple(listing.unlisted.values()), total
    )


class _Listing:
    """The sources that folders have given so far."""

    def __init__(self, lake: Path) -> None:
        self._lake = lake
        self.names: dict[str, None] = {}
        self.skipped: list[NotRead] = []
        self.unlisted: dict[str, NotRead] = {}

    def add(self, folder: str) -> None:
        """Add everything below a folder. A folder that the system refuses to list hides no other folder."""
        if not _is_folder(folder):
            self._cannot_list(folder, "there is no such folder now")
            return
        try:
            lake = self._lake.resolve()
        except (OSError, RuntimeError):  # it cannot be found, so nothing is in it
            lake = self._lake.absolute()
        for parent, folders, files in os.walk(folder, onerror=self._refused):
            try:
                self.names.update(dict.fromkeys(self._in(parent, folders, files, lake)))
            except (OSError, RuntimeError) as error:
                self._cannot_list(parent, (error.strerror if isinstance(error, OSError) else None) or str(error))
                folders.clear()

    def _in(self, parent: str, folders: list[str], files: list[str], lake: Path) -> Iterator[str]:
        here = Path(parent).resolve()
        if here == lake or lake in here.parents:
            self._skip(parent, "is the lake itself; not read")
            folders.clear()
            return
        for hidden in [name for name in folders if name.startswith(".")]:
            self._skip(str(Path(parent, hidden)), "is hidden; not read")
            folders.remove(hidden)
        folders.sort()
        below = set(folders)
        for name in sorted([*folders, *files]):
            path = Path(parent, name)
            if path.is_symlink():
                self._skip(str(path), "is a link; not followed")
            elif name not in below:
                yield str(path)

    def _skip(self, path: str, why: str) -> None:
        self.skipped.append(NotRead(written_name(path), why))

    def _refused(self, error: OSError) -> None:
        self._cannot_list(os.fsdecode(error.filename or ""), error.strerror or str(error))

    def _cannot_list(self, path: str, why: str) -> None:
        self.unlisted[path] = NotRead(written_name(path), f"cannot be listed: {why}; nothing in it is loaded")


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False  # opening it will report the reason


def _size(path: str) -> int:
    with contextlib.suppress(OSError, ValueError):  # opening it will report the reason
        return Path(path).stat().st_size
    return 0
