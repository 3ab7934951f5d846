"""The list of reports: a file or a folder in `kinds/` for each, with its description for the command line.

A report of tables is one file:

    kinds/durations.py           KIND: its help, its subject and its words; its model; and `ask`, which gets the model from the
                                 warehouse. Its page is `tables.html`: a heading and a table for each table of the model

A report with a page of its own is a folder:

    kinds/partner/__init__.py    KIND
    kinds/partner/report.py      its model, and `ask`
    kinds/partner/page.html      its page: `frame.html`, or `month_figures.html` for a whole month, and its own parts
    kinds/partner/text.toml      its words, under its name

Nothing else lists them: `koppelzicht report NAME`, its help and its files follow from the file or folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ingest.declaration import declarations

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.reports.model import Dated
    from analytics.reports.month import Month
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

KINDS = Path(__file__).parent / "kinds"
_PACKAGE = f"{__package__}.{KINDS.name}"


@dataclass(frozen=True)
class Kind:
    """The description of a report for the command line. It is read and not run: every value is a constant, and `--help` loads no engine.

    A report is about a month of everybody, or of one partner, integration, customer or connector (`about`). `words` are those of a
    report of one file: `kind` is its name, a table has a heading under its own name and perhaps a sentence under `<table>_text`, and
    a column needs one where text.toml has none.
    """

    help: str
    about: Literal["partner", "integration", "customer", "connector"] | None = None
    about_help: str = ""
    words: Mapping[str, str] = field(default_factory=dict, hash=False)


@cache
def every_kind() -> Mapping[str, Kind]:
    """Every report by its name, sorted."""
    return kinds_in(KINDS)


def kinds_in(folder: Path) -> Mapping[str, Kind]:
    """The reports of a folder by their names, sorted."""
    return {kind.module: Kind(**kind.values) for kind in declarations(folder, "KIND")}


def typed(name: str) -> str:
    """The name of a report as a user types it, which is also the beginning of its files' names.

    >>> typed("gone_quiet")
    'gone-quiet'
    """
    return name.replace("_", "-")


def asking(name: str) -> Callable[[Warehouse, Month, Scope], Dated]:
    """The function that asks a warehouse for a report about a month and the subject that the scope names."""
    module = f"{name}.report" if (KINDS / name).is_dir() else name
    ask: Callable[[Warehouse, Month, Scope], Dated] = import_module(f"{_PACKAGE}.{module}").ask
    return ask
