"""The one engine of findings: everything in a scope that needs somebody, the worst first.

Certificates, ids and lost customers are judged in production alone, and not where a scope leaves out a part of an integration's
calls: a count of some customers is no count of its customers.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from analytics.certification.certification import certification
from analytics.findings.of_certificates import of_certificates
from analytics.findings.of_customers import of_failing, of_lost
from analytics.findings.of_ids import of_ids, of_unidentified
from analytics.findings.of_incidents import of_incidents
from analytics.incidents.incidents import incidents, narrowed
from analytics.incidents.names import Names

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analytics.findings.finding import Finding
    from analytics.incidents.incident import Incident
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse
    from ingest.lake.acknowledged import Acknowledged

_NARROWING = ("customer", "connector", "stream")
"""The parts of a scope that leave out calls of an integration."""


def findings(
    warehouse: Warehouse, scope: Scope, *, today: dt.date, everybodys: Sequence[Incident] | None = None
) -> list[Finding]:
    """Everything that needs somebody in the scope's period: what nobody knows yet first, then the worst.

    What was acknowledged until `today` or a later day comes last. `everybodys`: all incidents
    of the scope's period (incidents.everybodys), where they are known already.
    """
    scope = warehouse.known_now(scope)
    names = Names(warehouse, scope)
    there = incidents(warehouse, scope) if everybodys is None else narrowed(warehouse, everybodys, scope)
    found = [
        *of_incidents(there, names, warehouse.snapshot.time_zone),
        *of_failing(warehouse, scope, names, there),
        *_of_production(warehouse, scope, names),
    ]
    found += of_unidentified(warehouse, scope)
    # A note is meant for who runs the platform: nobody else's view of the lake shows it.
    known = {} if warehouse.viewer.narrows else {said.finding: said for said in warehouse.snapshot.acknowledged}
    return in_order(_as_known(found, known, today))


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Findings, what nobody knows yet first, then the worst."""
    return sorted(found, key=lambda one: one.order)


def ids_of_partner(warehouse: Warehouse, scope: Scope) -> list[Finding]:
    """The wrong ids that are known to be those of the scope's partner. Only who sees all calls can find them."""
    return in_order(of_ids(certification(warehouse, scope.replace(since=None)), Names(warehouse, scope)))


def _of_production(warehouse: Warehouse, scope: Scope, names: Names) -> Iterator[Finding]:
    if scope.environment not in ("production", "all") or any(getattr(scope, part) for part in _NARROWING):
        return
    scope = scope.replace(environment="production")
    judged = certification(warehouse, scope.replace(since=None))
    yield from of_certificates(judged, names, warehouse.snapshot.time_zone)
    yield from of_ids(judged, names)
    complete = set(judged.rows.filter(judged.rows["complete"])["integration"])
    yield from of_lost(warehouse, scope, names, complete)


def _as_known(found: Iterable[Finding], known: Mapping[str, Acknowledged], today: dt.date) -> Iterator[Finding]:
    for one in found:
        said = known.get(one.id)
        if said is not None and said.until >= today:
            yield dataclasses.replace(one, acknowledged_until=said.until, note=said.note)
        else:
            yield one
