"""What nobody knows: the names that somebody asks for and that no call carries, and what is nearest to them.

An answer of zero says two things: nobody does this, or there is no such thing. Whoever asks for `KnSubj` has to be told the
second, or a typing error looks like an all-clear.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.release_notes import official_connectors
from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analytics.release_notes import Change
    from analytics.warehouse import Warehouse

NAMES = ("product", "partner", "integration", "customer", "connector", "stream")
"""The parts of a scope that name something, besides the environment."""
EVERYTHING = Scope(environment="all")
_MOST_NEAREST = 3


@dataclass(frozen=True)
class Unknown:
    """A name that no call carries, in any environment and period: its kind, the value, and what there is instead.

    `nearest`: up to three names that are nearly it; `there`: all names of its kind, those in most calls first.
    """

    kind: str
    value: str
    nearest: tuple[str, ...]
    there: tuple[str, ...]


def unknown_in_scope(warehouse: Warehouse, scope: Scope) -> tuple[Unknown, ...]:
    """The parts of a scope that no call at all fits, in the order of NAMES, the environment last."""
    named = {name: value for name in NAMES if (value := getattr(scope, name)) is not None}
    if scope.environment != "all":
        named["environment"] = scope.environment
    return tuple(
        _unknown(name, str(value), _values(warehouse, name))
        for name, value in named.items()
        if not calls_in(warehouse, EVERYTHING.replace(**{name: value}))
    )


def unknown_in_changes(warehouse: Warehouse, changes: Iterable[Change]) -> tuple[Unknown, ...]:
    """The connectors, fields and versions of these changes that nobody knows, each once.

    A connector is known that a call names, or that the vendor's list does. A field is known that a get of its connector filters
    by: those that are read and written stand in bodies, which no log holds, so an unknown one may exist all the same.
    """
    found: dict[tuple[str, str], Unknown] = {}
    asked = list(changes)
    connectors = {name for change in asked for name in change.connectors}
    versions = {change.api_version for change in asked if change.api_version is not None}
    fields = {(name, change.field) for change in asked if change.field is not None for name in change.connectors}
    seen = _names(warehouse, "connector") if connectors else []
    known = [*seen, *sorted(official_connectors() - set(seen))]
    for connector in sorted(connectors - _as_known(connectors, known)):
        found["connector", connector] = _unknown("connector", connector, known)
    there = _names(warehouse, "api_version") if versions else []
    for version in sorted(versions - _as_known(versions, there)):
        found["api_version", version] = _unknown("api_version", version, there)
    for connector, field in sorted(fields):
        of_gets = _names(warehouse, "field", connector)
        if ("connector", connector) not in found and not _as_known({field}, of_gets):
            found["field", field] = _unknown("field", field, of_gets)
    return tuple(found.values())


def nearest(value: str, there: Sequence[str]) -> tuple[str, ...]:
    """The names that are nearly this one, the nearest first; then those that begin with it.

    >>> nearest("knsubjct", ["KnEmployee", "KnSubject"]), nearest("Kn", ["FbSales", "KnEmployee", "KnSubject"])
    (('KnSubject',), ('KnEmployee', 'KnSubject'))
    """
    folded = {text.lower(): text for text in reversed(there)}
    close = difflib.get_close_matches(value.lower(), folded, n=_MOST_NEAREST)
    begun = [text.lower() for text in there if text.lower().startswith(value.lower())]
    return tuple(folded[text] for text in dict.fromkeys([*close, *begun]))[:_MOST_NEAREST]


def calls_in(warehouse: Warehouse, scope: Scope) -> int:
    """How many calls there are in a scope."""
    return int(warehouse.query("select count(*) as calls from calls", scope=scope)["calls"].item())


def _unknown(kind: str, value: str, there: Sequence[str]) -> Unknown:
    return Unknown(kind, value, nearest(value, there), tuple(there))


def _values(warehouse: Warehouse, name: str) -> list[str]:
    """What occurs of a part of a scope, what is in most calls first."""
    question = "frequent_values" if name in {"customer", "connector"} else "filter_values"
    values = warehouse.query_file(question).filter(kind=name)
    return values.sort("calls", "value", descending=[True, False])["value"].to_list()


def _names(warehouse: Warehouse, kind: str, connector: str | None = None) -> list[str]:
    """What occurs of a part of a change, whatever its spelling, what is in most calls first."""
    names = warehouse.query_file("names_there", EVERYTHING, {"kind": kind, "connector": connector})
    return names["name"].to_list()


def _as_known(asked: Iterable[str], there: Iterable[str]) -> set[str]:
    folded = {name.lower() for name in there}
    return {name for name in asked if name.lower() in folded}
