"""Unknown names: those in a question that no call and no list has, with the nearest known ones.

An answer of zero has two meanings: nobody does this, or it does not exist. A user who asks about `KnSubj` has to be told the second
one. Otherwise a typing error looks like an all-clear, and a change goes out without a warning to anybody. But an unknown name is
not always wrong: a new name is not in any list yet, and a customer's own connector never will be. So the answer says that the name
is unknown, and never that it is wrong.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from analytics.scope import Scope
from ingest.catalogue.published import elements, official_connectors, soap_services

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analytics.changes.change import Change
    from analytics.warehouse.warehouse import Warehouse

NAMES = ("product", "partner", "integration", "customer", "connector", "stream")
"""The parts of a scope that name something, besides the environment."""
EVERYTHING = Scope(environment="all")
"""The scope in which names are looked up: every environment, and everything that was loaded."""

_MOST_NEAREST = 3
_MOST_COMPARED = 1000
"""To compare one name with all others takes three milliseconds. Notes with more unknown names are those of another product."""
_ELEMENT = re.compile(r"[A-Za-z]\w*")
_OWN_ELEMENT = re.compile(r"kns[0-9]{2}|kncustomk[0-9]{2}", re.IGNORECASE)
"""Elements that a customer makes itself, numbered."""
_REST_SERVICES = (
    "FileConnector",
    "ImageConnector",
    "ReportConnector",
    "SubjectConnector",
    "ProfitVersion",
    "OtpRequest",
    "OtpValidation",
)
"""Services that have an address of their own instead of a connector."""


@dataclass(frozen=True)
class Unknown:
    """A name that no call carries, in any environment and period: its kind, its value, and the known names.

    `nearest`: at most three similar names. `there`: all names of its kind, the most frequent first. For a path these are elements,
    because only the element of a path is looked up.
    """

    kind: str
    value: str
    nearest: tuple[str, ...]
    there: tuple[str, ...]

    @property
    def connector(self) -> str | None:
        """The connector that the name is, or is a part of."""
        match self.kind:
            case "connector":
                return self.value
            case "path":
                return self.value.partition("/")[0]
            case _:
                return None


def unknown_in_scope(warehouse: Warehouse, scope: Scope) -> tuple[Unknown, ...]:
    """The parts of a scope that no call matches, in the order of NAMES, the environment last."""
    named = {name: value for name in NAMES if (value := getattr(scope, name)) is not None}
    if scope.environment != "all":
        named["environment"] = scope.environment
    return tuple(
        _unknown(name, str(value), _values(warehouse, name))
        for name, value in named.items()
        if not calls_in(warehouse, EVERYTHING.replace(**{name: value}))
    )


def unknown_in_changes(warehouse: Warehouse, changes: Iterable[Change]) -> tuple[Unknown, ...]:
    """The unknown connectors, paths, versions and fields of these changes, each once.

    A field is known if a get of its connector filters by it. Fields that a call reads or writes are in its body, which no log
    holds. So an unknown field may well exist, and no verdict rests on it.
    """
    asked = list(changes)
    names = {(one.kind, one.value): one for some in unknown_names(warehouse, asked) for one in some}
    fields = {(name, change.field) for change in asked if change.field is not None for name in change.connectors}
    of_gets = {name: _names(warehouse, "field", name) for name in sorted({name for name, _ in fields})}
    return (
        *names.values(),
        *(
            _unknown("field", field, of_gets[connector])
            for connector, field in sorted(fields)
            if ("connector", connector) not in names and not _as_known({field}, of_gets[connector])
        ),
    )


def unknown_names(
    warehouse: Warehouse, changes: Sequence[Change], called: Iterable[str] = ()
) -> tuple[tuple[Unknown, ...], ...]:
    """The unknown connectors, paths and versions of each change, in order. For these, "no calls" is no answer.

    A connector is known if a call, in any environment and period, or the vendor's list names it. A path is known if its element
    below the connector is known, a version if a call asks for it. The connectors in `called` are known without a look-up.
    """
    asked = [_named(change) for change in changes]
    known = _Known(warehouse, asked, called)
    return tuple(tuple(known.unknown_of(names)) for names in asked)


class _Known:
    """The names that calls and lists hold, by kind. Calls are read only for names that no list has."""

    def __init__(self, warehouse: Warehouse, asked: Sequence[Sequence[tuple[str, str]]], called: Iterable[str]) -> None:
        lists: dict[str, frozenset[str]] = {"connector": _listed(), "element": frozenset(elements())}
        also: dict[str, set[str]] = {"connector": {name.lower() for name in called}}
        wanted: dict[str, set[str]] = {}
        for kind, value in {name for names in asked for name in names}:
            wanted.setdefault(_judged_by(kind), set()).add(_judged(kind, value))
        self._there: dict[str, tuple[str, ...]] = {}
        self._folded: dict[str, set[str]] = {}
        for kind, names in wanted.items():
            listed = lists.get(kind, frozenset())
            known = {name.lower() for name in listed} | also.get(kind, set())
            seen = _names(warehouse, kind) if {name.lower() for name in names} - known else []
            folded = {name.lower() for name in seen}
            self._there[kind] = (*seen, *sorted(name for name in listed if name.lower() not in folded))
            self._folded[kind] = known | folded
        self._compared = 0
        self._found: dict[tuple[str, str], Unknown | None] = {}

    def unknown_of(self, names: Sequence[tuple[str, str]]) -> Iterator[Unknown]:
        """The unknown names of one change. If a connector is unknown, its paths are not reported as well."""
        reported: set[str] = set()
        for kind, value in names:
            if kind == "path" and value.partition("/")[0] in reported:
                continue
            found = self.unknown(kind, value)
            if found is not None:
                reported.add(value)
                yield found

    def unknown(self, kind: str, value: str) -> Unknown | None:
        """The unknown name; None if it is known."""
        if (kind, value) not in self._found:
            by, name = _judged_by(kind), _judged(kind, value)
            there = self._there[by]
            is_known = name.lower() in self._folded[by] or (
                by == "element" and _OWN_ELEMENT.fullmatch(name) is not None
            )
            self._found[kind, value] = None if is_known else Unknown(kind, value, self._nearest(name, there), there)
        return self._found[kind, value]

    def _nearest(self, name: str, there: Sequence[str]) -> tuple[str, ...]:
        self._compared += 1
        return nearest(name, there) if self._compared <= _MOST_COMPARED else ()


def _named(change: Change) -> tuple[tuple[str, str], ...]:
    """The names of a change that can be looked up, each with its kind. A path that does not begin with a name is left out."""
    if not change.shows:
        return ()
    paths = [path for _, path in change.targets if path is not None and _ELEMENT.fullmatch(_judged("path", path))]
    version = [change.api_version] if change.api_version is not None else []
    named = (
        *(("connector", name) for name in change.connectors),
        *(("path", path) for path in paths),
        *(("api_version", name) for name in version),
    )
    return tuple(dict.fromkeys(named))


def _judged_by(kind: str) -> str:
    return "element" if kind == "path" else kind


def _judged(kind: str, value: str) -> str:
    """The name that is looked up for a value: for a path, the element below its connector.

    >>> _judged("path", "FbSales/FbSalesLines/@Id/{Id}"), _judged("connector", "FbSales")
    ('FbSalesLines', 'FbSales')
    """
    return value.split("/")[1] if kind == "path" else value


def nearest(value: str, there: Sequence[str]) -> tuple[str, ...]:
    """The names that are similar to this one, the nearest first; then those that begin with it.

    >>> nearest("knsubjct", ["KnEmployee", "KnSubject"]), nearest("Kn", ["FbSales", "KnEmployee", "KnSubject"])
    (('KnSubject',), ('KnEmployee', 'KnSubject'))
    """
    folded = {text.lower(): text for text in reversed(there)}
    close = difflib.get_close_matches(value.lower(), folded, n=_MOST_NEAREST)
    begun = [text.lower() for text in there if text.lower().startswith(value.lower())]
    return tuple(folded[text] for text in dict.fromkeys([*close, *begun]))[:_MOST_NEAREST]


def calls_in(warehouse: Warehouse, scope: Scope) -> int:
    """The number of calls in a scope."""
    return int(warehouse.query("select count(*) as calls from calls", scope=scope)["calls"].item())


def _unknown(kind: str, value: str, there: Sequence[str]) -> Unknown:
    return Unknown(kind, value, nearest(value, there), tuple(there))


def _values(warehouse: Warehouse, name: str) -> list[str]:
    """The known values of a part of a scope, the most frequent first."""
    question = "known/frequent_values" if name in {"customer", "connector"} else "known/filter_values"
    values = warehouse.query_file(question).filter(kind=name)
    return values.sort("calls", "value", descending=[True, False])["value"].to_list()


def _names(warehouse: Warehouse, kind: str, connector: str | None = None) -> list[str]:
    """The known names of a part of a change, in any spelling, the most frequent first."""
    names = warehouse.query_file("known/names_there", EVERYTHING, {"kind": kind, "connector": connector})
    return names["name"].to_list()


def _as_known(asked: Iterable[str], there: Iterable[str]) -> set[str]:
    folded = {name.lower() for name in there}
    return {name for name in asked if name.lower() in folded}


@cache
def _listed() -> frozenset[str]:
    """The connectors of the vendor's list, and the services, which are named by their addresses."""
    return frozenset(official_connectors()).union(_REST_SERVICES, (row["service"] for row in soap_services()))
