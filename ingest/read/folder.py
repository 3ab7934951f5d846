"""Which files a command line means: files, folders with all that is below them, and '-'."""

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
class Place:
    """A file or folder of which something is to be said."""

    name: str
    why: str


@dataclass(frozen=True)
class SourceList:
    """The sources, as the system opens them, in the order in which they are read.

    `named` are those that the operator named one by one, `skipped` what is no log, `unlisted` the folders of which nobody knows
    what is in them.
    """

    names: tuple[str, ...]
    named: frozenset[str]
    skipped: tuple[Place, ...]
    unlisted: tuple[Place, ...]
    total_bytes: int | None


def list_sources(paths: Sequence[str], *, lake: Path, are_folders: bool = False) -> SourceList:
    """The sources that these paths mean, each once.

    A link in a folder is not followed, the lake itself is no log. Where all are folders, one that is not there cannot be listed;
    else it is taken for a file.
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
    """What has been found in folders so far."""

    def __init__(self, lake: Path) -> None:
        self._lake = lake
        self.names: dict[str, None] = {}
        self.skipped: list[Place] = []
        self.unlisted: dict[str, Place] = {}

    def add(self, folder: str) -> None:
        """Everything below a folder. What the system refuses to tell of one folder hides no other one."""
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
        self.skipped.append(Place(written_name(path), why))

    def _refused(self, error: OSError) -> None:
        self._cannot_list(os.fsdecode(error.filename or ""), error.strerror or str(error))

    def _cannot_list(self, path: str, why: str) -> None:
        self.unlisted[path] = Place(written_name(path), f"cannot be listed: {why}; what is in it is not loaded")


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):
        return False  # it is going to be reported when it is opened


def _size(path: str) -> int:
    with contextlib.suppress(OSError, ValueError):  # it is going to be reported when it is opened
        return Path(path).stat().st_size
    return 0
