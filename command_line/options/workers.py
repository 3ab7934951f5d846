"""How many processors a load may use. The same on every command that loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ingest.limits import Limits

_MOST = 64

WorkersOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        max=_MOST,
        help="How many processors understand logs at the same time (default: all of them, 4 at most). Each takes memory.",
    ),
]


def limits_with(workers: int | None) -> Limits:
    """The usual limits of a load, with this many workers if somebody says how many."""
    from ingest.limits import DEFAULT_LIMITS, Limits

    return DEFAULT_LIMITS if workers is None else Limits(workers=workers)
