"""Which reports there are: a folder in `kinds/` for each, and what the command line has to know of it.

    kinds/partner/__init__.py    KIND: its help, and what it is about
    kinds/partner/report.py      what it says (a model), and `ask`, which asks the warehouse for it
    kinds/partner/page.html      its page: `frame.html`, or `month_figures.html` where it tells a month in full, and what it adds
    kinds/partner/text.toml      its words, under its name

Nothing else lists them: `koppelzicht report NAME`, its help and its files follow from the folder.
"""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics.reports.model import Dated
    from analytics.reports.month import Month
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

KINDS = Path(__file__).parent / "kinds"
_PACKAGE = f"{__package__}.{KINDS.name}"


@dataclass(frozen=True)
class Kind:
    """What the command line knows of a report: it is asked for when the program starts, so it loads no model and no engine.

    A report is about a month of everybody, or of one partner, integration, customer or connector (`about`).
    """

    help: str
    about: Literal["partner", "integration", "customer", "connector"] | None = None
    about_help: str = ""


@cache
def every_kind() -> Mapping[str, Kind]:
    """Every report by its name, sorted."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(KINDS)]))
    return {name: import_module(f"{_PACKAGE}.{name}").KIND for name in names}


def typed(name: str) -> str:
    """The name of a report as it is typed, and as the names of its files begin.

    >>> typed("gone_quiet")
    'gone-quiet'
    """
    return name.replace("_", "-")


def asking(name: str) -> Callable[[Warehouse, Month, Scope], Dated]:
    """What asks a warehouse for a report: about a month, and about what the scope narrows to."""
    ask: Callable[[Warehouse, Month, Scope], Dated] = import_module(f"{_PACKAGE}.{name}.report").ask
    return ask
