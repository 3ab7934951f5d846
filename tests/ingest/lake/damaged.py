"""Ways to damage a lake, and the messages about the damage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import IngestError, Lake
from ingest.lake.data_file import TABLES, data_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.lake.data_file import TableName


def files_of(lake: Path, *tables: TableName) -> list[Path]:
    found = [data_files(Lake(lake).open(name), lake / name) for name in tables or TABLES]
    return [file.path for files in found for file in files]


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def message_of(work: Callable[[], object]) -> str:
    with pytest.raises(IngestError) as raised:
        work()
    return str(raised.value)
