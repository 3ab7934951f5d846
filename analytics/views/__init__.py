"""The public SQL contract: the definitions of `calls`, `rejects`, `loads` and the registry's relations, one `.sql` file each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from ingest.lake.sums.kinds import SUM_MACROS

PUBLIC = ("calls", "rejects", "loads", "partners", "integrations", "customers")
"""The relations that users' queries may rely on."""


@cache
def view(name: str) -> str:
    """The text of a view."""
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


@cache
def macros() -> str:
    """The macros that metrics use.

    Those of views/, those by which calls are added up, and the meaning of a status, which is defined where calls are read.
    """
    return (
        SUM_MACROS
        + view("macros")
        + view("sum_macros")
        + view("sender_macros")
        + (files("ingest.engine") / "outcome.sql").read_text(encoding="utf-8")
    )
