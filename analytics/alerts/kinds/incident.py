"""An incident has begun, and is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field

from analytics.alerts.fact import Fact, Found
from analytics.alerts.kinds.rule import Count, Integration, Partner, RuleBase, Text
from analytics.incidents.incident import Kind, Party
from analytics.scope import EnvironmentScope, Scope

if TYPE_CHECKING:
    from analytics.alerts.asked import Asked
    from analytics.incidents.incident import Incident

_TITLES: dict[Kind, str] = {
    "error_spike": "Errors",
    "silence": "Silence",
    "platform_outage": "The platform does not answer",
    "early_warning": "Errors in accept",
}


class IncidentRule(RuleBase):
    """Incidents, as `koppelzicht incidents` shows them."""

    kind: Literal["incident"] = Field(description="`incident`")
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = Field(
        default=get_args(Kind),
        description=f"which kinds of incidents: {', '.join(f'`{one}`' for one in get_args(Kind))}",
    )
    parties: Annotated[tuple[Party, ...], Field(min_length=1)] = Field(
        default=get_args(Party), description=f"who can mend it: {', '.join(f'`{one}`' for one in get_args(Party))}"
    )
    min_size: Count = Field(
        default=0, description="at least so many errors, or for a silence, so many calls that were expected"
    )
    min_customers: Count = Field(default=0, description="at least so many customers affected")
    partner: Partner | None = Field(default=None, description="only those of this partner")
    integration: Integration | None = Field(default=None, description="only those of this integration")
    customer: Text | None = Field(default=None, description="only those of this customer")
    connector: Text | None = Field(default=None, description="only those on this connector")
    environment: EnvironmentScope = Field(
        default="production",
        description="`production` (with the early warnings of accept), `test`, `accept`, `training` or `all`",
    )

    def found(self, asked: Asked) -> Found:
        """The incidents that are asked for. If late logs move the beginning of one, its id changes, and it is still the same."""
        integration = self.integration and asked.warehouse.known_now(Scope(integration=self.integration)).integration
        found = asked.incidents(self.environment)
        wanted = [one for one in found if self._is_wanted(one, integration)]
        # One that lasts and is no longer asked for, because it looks smaller or another party's now, is not over.
        undecided = {_family(one) for one in found if one.ended_at is None and one not in wanted}
        return Found(facts=[_fact(one, asked) for one in wanted], undecided=undecided, moves=True, forgets=True)

    def _is_wanted(self, one: Incident, integration: str | None) -> bool:
        size = one.calls if one.errors is None else one.errors
        return (
            one.kind in self.kinds
            and one.party in self.parties
            and size >= self.min_size
            and one.customers_affected >= self.min_customers
            and (integration is None or integration in one.integrations)
            and (self.partner is None or any(name.partition("_")[0] == str(self.partner) for name in one.integrations))
            and (self.customer is None or self.customer in one.customers)
            and (self.connector is None or self.connector.lower() in one.connectors)
        )


def _family(one: Incident) -> str:
    return "|".join((one.kind, *one.node, one.error_class or ""))


def _fact(one: Incident, asked: Asked) -> Fact:
    places = (("integration", one.integration), ("customer", one.customer), ("connector", one.connector))
    place = ", ".join(f"{kind} {name}" for kind, name in places if name)
    until = "and it lasts" if one.ended_at is None else f"until {asked.local(one.ended_at)}"
    whom = f"; contact: {one.contact}" if one.contact else ""
    return Fact(
        key=one.id,
        family=_family(one),
        title=f"{_TITLES[one.kind]}: {place}" if place else _TITLES[one.kind],
        lines=(
            f"since {asked.local(one.started_at)} {until}",
            one.why,
            f"who can mend it: {one.party} (confidence {one.confidence:.2f}){whom}",
        ),
        row=one.row(),
        ended_at=one.ended_at,
    )
