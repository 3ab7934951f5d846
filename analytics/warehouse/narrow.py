"""The calls that a scope keeps, as a condition for any engine that can compare a column with a constant.

The condition is about the columns of the lake, as they were sent. Engines can therefore push it into Parquet, and a file whose
statistics rule it out is not opened. But people ask for ids as the registry has them now: an integration includes the calls
with the old ids that it replaces, and excludes those with an id that has been replaced since. So every narrowing to a
partner or an integration is translated through `Renames` here, for the rows (`condition`) and for the files (`may_hold`).
The two have to agree: a file that `may_hold` wrongly rules out would lose calls without a trace.

A viewer is narrowed by the same condition as a question. There is no second way to say what belongs to a partner.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from analytics.scope import Scope
    from ingest.lake.data_file import DataFile

Id: TypeAlias = tuple[int, int]
"""Partner and project."""


@dataclass(frozen=True)
class Expressions:
    """How an engine writes a column, a constant and lower case. DuckDB and Arrow share the operators."""

    column: Callable[[str], Any]
    constant: Callable[[Any], Any]
    lower: Callable[[Any], Any]


class Renames:
    """The id that stands for each old one now. Chains are followed to their end.

    >>> Renames({(12345, 1): (12345, 2), (12345, 2): (54321, 7)}).newest((12345, 1))
    (54321, 7)
    """

    def __init__(self, replaced_by: Mapping[Id, Id]) -> None:
        self._replaced_by = dict(replaced_by)
        self.pairs: dict[Id, Id] = {old: new for old in self._replaced_by if (new := self.newest(old)) != old}

    def newest(self, known: Id) -> Id:
        """The id that stands for this one now; the id itself if nothing replaced it."""
        seen = {known}
        while (following := self._replaced_by.get(known)) is not None and following not in seen:
            known = following
            seen.add(known)
        return known

    def of(self, ids: Collection[Id]) -> Renames:
        """The pairs that lead to one of these ids."""
        return Renames({old: new for old, new in self.pairs.items() if new in ids})

    @property
    def texts(self) -> dict[str, str]:
        """The same pairs as texts."""
        return {f"{old[0]}_{old[1]}": f"{new[0]}_{new[1]}" for old, new in self.pairs.items()}

    def old_ids_of(self, newest: Id) -> list[Id]:
        """The old ids that this id stands for."""
        return [old for old, new in self.pairs.items() if new == newest]

    def old_ids_of_partner(self, partner: int) -> list[Id]:
        """The old ids that belong to this partner now, whichever partner had them before."""
        return [old for old, new in self.pairs.items() if new[0] == partner]


def condition(scope: Scope, renames: Renames, say: Expressions) -> Any | None:
    """The expression that keeps the calls of a scope; None if it keeps all calls."""
    column, constant = say.column, say.constant
    parts: list[Any] = []
    if scope.since is not None:
        parts.append(column("day") >= constant(scope.since))
    if scope.until is not None:
        parts.append(column("day") < constant(scope.until))
    if scope.environment != "all":
        parts.append(column("environment") == constant(scope.environment))
    if scope.partner is not None:
        parts.append(_attributed(renames.old_ids_of_partner(scope.partner), (scope.partner, None), renames, say))
    if scope.integration is not None:
        asked = renames.newest(_split(scope.integration))
        parts.append(_attributed(renames.old_ids_of(asked), asked, renames, say))
    if scope.connector is not None:
        parts.append(say.lower(column("connector")) == say.lower(constant(scope.connector)))
    for name in ("product", "customer", "stream"):
        value = getattr(scope, name)
        if value is not None:
            parts.append(column(name) == constant(value))
    return functools.reduce(operator.and_, parts) if parts else None


def may_hold(file: DataFile, scope: Scope, renames: Renames) -> bool:
    """Whether a file can hold a call of the scope, by its minima and maxima. Unknown ones do not rule it out."""
    if scope.since is not None and file.max_day is not None and file.max_day < scope.since:
        return False
    if scope.until is not None and file.min_day is not None and file.min_day >= scope.until:
        return False
    if scope.customer is not None and not _between(scope.customer, file.min_customer, file.max_customer):
        return False
    return all(
        any(_between(partner, file.min_partner, file.max_partner) for partner in partners)
        for partners in _sent_partners(scope, renames)
    )


def _attributed(old_ids: Iterable[Id], now: tuple[int, int | None], renames: Renames, say: Expressions) -> Any:
    """The expression that keeps calls with this id, or with an old id that it replaces; every id of the partner if project is None.

    An id may have been replaced by one of another partner. So ids of this partner that were replaced are taken out first, and
    then all old ids that lead to it, whichever partner they name, are added.
    """
    partner, project = now
    kept = say.column("partner") == say.constant(partner)
    if project is not None:
        kept = kept & (say.column("project") == say.constant(project))
    for old in renames.pairs:
        if old[0] == partner and project in {None, old[1]}:
            kept = kept & (say.column("project") != say.constant(old[1]))
    for old in old_ids:
        kept = kept | (
            (say.column("partner") == say.constant(old[0])) & (say.column("project") == say.constant(old[1]))
        )
    return kept


def _sent_partners(scope: Scope, renames: Renames) -> list[set[int]]:
    """For each narrowing to a partner or an integration, the partner numbers that its calls may carry."""
    wanted = []
    if scope.partner is not None:
        wanted.append({scope.partner, *(old[0] for old in renames.old_ids_of_partner(scope.partner))})
    if scope.integration is not None:
        asked = renames.newest(_split(scope.integration))
        wanted.append({asked[0], *(old[0] for old in renames.old_ids_of(asked))})
    return wanted


def _between(value: Any, least: Any, most: Any) -> bool:
    if least is None or most is None:
        return True
    if isinstance(value, str):
        # The statistics of a file may hold only the beginning of a long text.
        return bool(least <= value and value[: len(most)] <= most)
    return bool(least <= value <= most)


def _split(integration: str) -> Id:
    partner, project = integration.split("_")
    return int(partner), int(project)
