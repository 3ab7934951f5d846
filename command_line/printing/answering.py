"""A lake that is asked, and what its answers lack."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from command_line.printing.standard import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from analytics.warehouse.warehouse import Warehouse


@contextlib.contextmanager
def answering(lake: Path) -> Iterator[Warehouse]:
    """The warehouse of a lake. After the answers it says on standard error which days they lack, if single calls were removed."""
    from analytics.warehouse.warehouse import Warehouse

    with Warehouse.open(lake) as warehouse:
        yield warehouse
        if since := warehouse.answered_since:
            say(
                f"note: this answer needs single calls, and those of the days before {since} were removed (maintain --keep-calls)."
                " It has all calls from that day on"
            )
