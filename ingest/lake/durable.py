"""Files that are still there after a power cut: how they get onto the disk, and in which order.

A system keeps what was written in memory for half a minute, and names apart from content: a file may come back empty, or not at
all. So content is brought to the disk before the file gets the name by which it is found, and the folder that holds the name
before anybody relies on it. Whoever sees a name therefore sees all of the file, after a power cut as well.
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
"""What file systems answer that cannot bring a folder to the disk by itself, such as those of some networks."""


def sync_file(path: Path) -> int:
    """Bring a file's content to the disk. Returns its size. OSError when the disk does not take it."""
    with path.open("rb+") as file:
        _sync(file.fileno())
        return os.fstat(file.fileno()).st_size


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk. OSError when the disk does not take them.

    Windows has no such thing: its file system writes names in their order, and the last seconds of them may be lost.
    """
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:  # files may be made in it and not listed: only its owner can do this
        return
    try:
        _sync(descriptor)
    except OSError as error:
        if error.errno not in _NOT_POSSIBLE:
            raise
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as it is read now. OSError when it cannot be."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_folder(folder: Path, *, mode: int = 0o777) -> None:
    """Make a folder that may be there already, and those above it, on the disk. OSError when that is not possible.

    A new one has this mode, as far as the umask allows; one that is there keeps its own.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(mode, parents=True, exist_ok=True)
    for path in made:
        sync_folder(path.parent)


def write_once(path: Path, content: str | bytes) -> bool:
    """Whether the file has this content now; False where it is there already, for the first of many processes wins.

    It is on the disk, whole, when this returns, and nobody sees it before. OSError when it cannot be written.
    """
    new = _beside(path)
    try:
        _write(new, content)
        # Not a renaming, which would take the place of another one's file.
        os.link(new, path)
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def write_anew(path: Path, content: str | bytes, *, is_lasting: bool = True) -> None:
    """Put this content in the place of a file, whole or not at all. OSError when it cannot be written.

    A file that is there keeps its mode: somebody may have opened it to others, or closed it.

    It is on the disk when this returns; without `is_lasting` it may be lost in a power cut, which spares a disk that would
    have to write every few seconds.
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
    if sys.platform == "darwin":  # there it ends in the memory of the disk
        import fcntl

        control: Any = fcntl
        with contextlib.suppress(OSError):
            control.fcntl(descriptor, control.F_FULLFSYNC)
