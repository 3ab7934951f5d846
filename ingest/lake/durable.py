"""Files that are still there after a power cut: how they are written to the disk, and in which order.

The operating system keeps written data in memory for up to half a minute, and the names in a folder apart from the content of the
files. After a power cut a file may be there and empty, or not be there at all, whatever a program has read before. `fsync` of a file
forces its content to the disk, and `fsync` of a folder the names in it. The order is always the same:

1. Write the content under a name that nobody looks for, and sync the file. Now the content survives.
2. Give it the name by which it is found. A reader that sees this name sees all of the content, now and after a power cut.
3. Sync the folder, before anything is written that relies on the name: a commit relies on the names of its data files, a decision on
   the names of staged files, and the report "loaded" on the name of the commit.

Each step is one sync, and leaving one out saves milliseconds until the first power cut.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_NOT_POSSIBLE = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}
"""The errors of file systems that cannot sync a folder, such as those of some networks."""


def sync_file(path: Path) -> int:
    """Force a file's content to the disk. Returns its size. OSError when the disk does not take it."""
    with path.open("rb+") as file:
        _sync(file.fileno())
        return os.fstat(file.fileno()).st_size


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to the disk. OSError when the disk does not take them.

    Windows has no such call: its file system writes names in their order, and may lose those of the last seconds.
    """
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # this process may create files in it but not list them: only the owner can sync it
        return
    try:
        _sync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_POSSIBLE:
            raise
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file as it is now. OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder and those above it where they are missing, on the disk. OSError when that is not possible.

    A new folder has this mode, as far as the umask allows; an existing one keeps its own.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode, parents=True, exist_ok=True)
    for path in made:
        sync_folder(path.parent)


def write_once(path: Path, content: str | bytes) -> bool:
    """Write a file unless it exists. Returns whether this process has written it: the first of many processes wins.

    The file appears whole, and is on the disk when this returns. OSError when it cannot be written.
    """
    new = _beside(path)
    try:
        _write(new, content)
        # A link fails where the name exists. Renaming would replace the file of another process.
        os.link(new, path)
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def replace_file(path: Path, content: str | bytes, *, is_lasting: bool = True) -> None:
    """Replace a file by this content, completely or not at all. OSError when it cannot be written.

    An existing file keeps its mode: somebody may have opened it to others, or closed it.

    The content is on the disk when this returns. Without `is_lasting` a power cut may lose it, which saves the disk a sync every few
    seconds.
    """
    new = _beside(path)
    try:
        if is_lasting:
            _write(new, content)
        else:
            new.write_bytes(_bytes(content))
        with contextlib.suppress(OSError):  # there is none, or the file system has no modes
            new.chmod(stat.S_IMODE(path.stat().st_mode))
        new.replace(path)
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
    if is_lasting:
        sync_folder(path.parent)


def _beside(path: Path) -> Path:
    return path.with_name(f".{secrets.token_hex(8)}.tmp")


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _write(path: Path, content: str | bytes) -> None:
    with path.open("wb") as file:
        file.write(_bytes(content))
        file.flush()
        _sync(file.fileno())


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)
    if sys.platform == "darwin":  # there fsync stops at the memory of the disk
        import fcntl

        control: Any = fcntl
        with contextlib.suppress(OSError):
            control.fcntl(descriptor, control.F_FULLFSYNC)
