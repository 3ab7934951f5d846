"""A power cut at any moment: the files and names that would be on the disk, and a folder with just these.

The recorder is between this process and the system. Before every call that syncs, names or removes a file, it looks at the whole
folder, so that it also sees files written by libraries. Everything that was synced until then has to be there after a power cut.
Everything else may be there, be missing, or be there in part.
"""

from __future__ import annotations

import contextlib
import os
import random
import stat
import threading
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

Loss: TypeAlias = Literal["all that can be", "content", "half of the content", "some"]
LOSSES: tuple[Loss, ...] = ("all that can be", "content", "half of the content", "some")
"""The loss of all that was not synced: names and content, the content of files whose names stay, half of that content, or a
random mixture."""

_NAMING = ("link", "rename", "replace", "unlink", "rmdir", "mkdir")


@dataclass(frozen=True)
class _File:
    content: bytes
    written_ns: int


_Names: TypeAlias = "Mapping[str, int]"


@dataclass(frozen=True)
class Moment:
    """The content of the folder, and the part of it that was certainly on the disk. Files and folders have numbers, because names change."""

    done: int
    """The number of pieces of work that had ended."""
    call: str
    root: int
    files: Mapping[int, _File]
    folders: Mapping[int, _Names]
    synced_files: Mapping[int, _File]
    synced_folders: Mapping[int, _Names]

    def restore(self, place: Path, loss: Loss, chance: random.Random) -> None:
        """Make the folder as it may be after a power cut at this moment."""
        self._folder(place, self.root, loss, chance)

    def _folder(self, place: Path, number: int, loss: Loss, chance: random.Random) -> None:
        place.mkdir()
        there, synced = self.folders.get(number, {}), self.synced_folders.get(number, {})
        for name in sorted(there.keys() | synced.keys()):
            is_synced = loss == "all that can be" or (loss == "some" and chance.random() < 0.5)
            found = (synced if is_synced else there).get(name)
            if found is None:
                continue
            if found in self.folders:
                self._folder(place / name, found, loss, chance)
            elif found in self.files:
                self._file(place / name, found, loss, chance)

    def _file(self, place: Path, number: int, loss: Loss, chance: random.Random) -> None:
        there, synced = self.files[number], self.synced_files.get(number)
        if synced is not None and synced.content == there.content:
            content = synced.content
        else:
            kept = {
                "all that can be": 0.0,
                "content": 0.0,
                "half of the content": 0.5,
                "some": chance.choice([0.0, 0.5, 1.0]),
            }
            content = there.content[: int(len(there.content) * kept[loss])]
        place.write_bytes(content)
        os.utime(place, ns=(there.written_ns, there.written_ns))


@dataclass
class Recorder:
    """What happens in a folder, moment by moment."""

    folder: Path
    syncs_folders: bool = True
    """Whether it is recorded that folders are synced: without, no name lasts."""
    moments: list[Moment] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._next = 0
        self._files: dict[int, _File] = {}
        self._folders: dict[int, _Names] = {}
        self._synced_files: dict[int, _File] = {}
        self._synced_folders: dict[int, _Names] = {}
        self._lock = threading.RLock()
        self._look()
        self._synced_folders = dict(self._folders)  # what was there before is on the disk
        self._synced_files = dict(self._files)

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        """Record what this process does to the folder."""
        real: dict[str, Callable[..., Any]] = {name: getattr(os, name) for name in ("fsync", *_NAMING)}

        def recorded(name: str) -> Callable[..., Any]:
            @wraps(real[name])
            def call(*arguments: Any, **options: Any) -> Any:
                with self._lock:  # data files are written by threads of their own
                    self._look()
                    self._remember(name)
                    result = real[name](*arguments, **options)
                    if name == "fsync":
                        self._sync(os.fstat(arguments[0]))
                    self._look()
                    return result

            return call

        for name in real:
            setattr(os, name, recorded(name))
        try:
            yield
        finally:
            for name, function in real.items():
                setattr(os, name, function)

    def end(self) -> None:
        """A piece of work has ended: from now on it has to last."""
        self.done += 1
        self._look()
        self._remember("end")

    def _sync(self, status: os.stat_result) -> None:
        number = self._numbers.get(status.st_ino)
        if number is None:
            return
        if stat.S_ISREG(status.st_mode):
            self._synced_files[number] = self._files[number]
        elif self.syncs_folders:
            self._synced_folders[number] = self._folders[number]

    def _remember(self, call: str) -> None:
        self.moments.append(
            Moment(
                done=self.done,
                call=call,
                root=self._root,
                files=dict(self._files),
                folders=dict(self._folders),
                synced_files=dict(self._synced_files),
                synced_folders=dict(self._synced_folders),
            )
        )

    def _look(self) -> None:
        seen: dict[int, int] = {}
        self._root = self._number(self.folder.stat().st_ino, seen)
        waiting = [(self.folder, self._root)]
        while waiting:
            folder, number = waiting.pop()
            names = {}
            for entry in os.scandir(folder):
                status = entry.stat(follow_symlinks=False)
                names[entry.name] = found = self._number(status.st_ino, seen)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((folder / entry.name, found))
                elif found not in self._files or self._files[found].written_ns != status.st_mtime_ns:
                    with contextlib.suppress(FileNotFoundError):  # a library has renamed it at this moment
                        self._files[found] = _File((folder / entry.name).read_bytes(), status.st_mtime_ns)
            self._folders[number] = names
        self._numbers = seen  # the number of a file that is gone is never that of another one

    def _number(self, inode: int, seen: dict[int, int]) -> int:
        if inode in seen:
            return seen[inode]
        if inode in self._numbers:
            seen[inode] = self._numbers[inode]
        else:
            self._next += 1
            seen[inode] = self._next
        return seen[inode]
