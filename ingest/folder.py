"""Which files a command line means: files, folders with all that is below them, and '-'."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.source import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class SourceList:
    """The sources in the order in which they are read; `named` are those that the operator named one by one."""

    names: tuple[str, ...]
    named: frozenset[str]
    warnings: tuple[str, ...]
    total_bytes: int | None


def list_sources(paths: Sequence[str], *, lake: Path) -> SourceList:
    """The sources that these paths mean, each once.

    A link in a folder is not followed, the lake itself is no log; both is said.
    """
    names: dict[str, None] = {}
    named = set()
    warnings: list[str] = []
    for path in paths:
        if path != STANDARD_INPUT and _is_folder(path):
            names.update(dict.fromkeys(_below(Path(path), lake.resolve(), warnings)))
        else:
            names[path] = None
            named.add(path)
    total = None if STANDARD_INPUT in names else sum(_size(name) for name in names)
    return SourceList(tuple(names), frozenset(named), tuple(warnings), total)


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:
        return False  # it is going to be reported when it is opened


def _below(folder: Path, lake: Path, warnings: list[str]) -> Iterator[str]:
    def unreadable(error: OSError) -> None:
        warnings.append(f"{error.filename}: cannot be listed: {error.strerror}")

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        here = Path(parent).resolve()
        if here == lake or lake in here.parents:
            warnings.append(f"{parent}: is the lake itself; not read")
            folders.clear()
            continue
        for hidden in [name for name in folders if name.startswith(".")]:
            warnings.append(f"{Path(parent, hidden)}: is hidden; not read")
            folders.remove(hidden)
        folders.sort()
        below = set(folders)
        for name in sorted([*folders, *files]):
            path = Path(parent, name)
            if path.is_symlink():
                warnings.append(f"{path}: is a link; not followed")
            elif name not in below:
                yield str(path)


def _size(name: str) -> int:
    try:
        return Path(name).stat().st_size
    except OSError:
        return 0  # it is going to be reported when it is opened
