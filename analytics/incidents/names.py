"""The names of the registry, and whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.incidents.incident import Party
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse


class Names:
    """The names of partners, integrations and customers, the spellings of connectors, and whom to call at each partner."""

    def __init__(self, warehouse: Warehouse, scope: Scope) -> None:
        rows = warehouse.query_file("incidents/named", scope)
        self._names = {(kind, number): name for kind, number, name, _ in rows.iter_rows()}
        self._contacts = {number: contact for kind, number, _, contact in rows.iter_rows() if kind == "partner"}

    def named(self, kind: str, number: str) -> str:
        """A number with its name, as people read it."""
        name = self._names.get((kind, number))
        return f"{name} ({number})" if name else number

    def spelled(self, connector: str | None) -> str | None:
        """A connector in its most frequent spelling."""
        return None if connector is None else self._names.get(("connector", connector.lower())) or connector

    def partner(self, partner: str) -> str:
        """A partner with its name, contact, address and telephone number, as far as the registry has them."""
        return ", ".join(text for text in (self.named("partner", partner), self._contacts.get(partner)) if text)

    def contact(self, party: Party, integrations: Mapping[str, float], customers: Mapping[str, float]) -> str | None:
        """Whom to call: the partner with its contact, or the customer; None where it is many, the vendor or nobody certain."""
        if party == "partner" and integrations:
            most = max(integrations, key=lambda name: (integrations[name], name))
            return self.partner(most.partition("_")[0])
        if party == "customer" and len(customers) == 1:
            return self.named("customer", next(iter(customers)))
        return None
