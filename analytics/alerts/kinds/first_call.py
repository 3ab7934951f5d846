"""An integration has called for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from analytics.alerts.fact import Fact, Found
from analytics.alerts.kinds.rule import Integration, Partner, RuleBase
from analytics.scope import EnvironmentScope, Scope

if TYPE_CHECKING:
    from analytics.alerts.asked import Asked


class FirstCallRule(RuleBase):
    """The first call with an id. Ids that had called before the rule was there are known, and not told of."""

    kind: Literal["first_call"] = Field(description="`first_call`")
    partner: Partner | None = Field(default=None, description="only ids of this partner")
    integration: Integration | None = Field(default=None, description="only this id")
    environment: EnvironmentScope = Field(
        default="production", description="where the call was made: `production`, `test`, `accept`, `training` or `all`"
    )

    def found(self, asked: Asked) -> Found:
        """Every id that has called. It happened once, and never again, even if its calls are removed and loaded again."""
        scope = asked.warehouse.known_now(
            Scope(environment=self.environment, partner=self.partner, integration=self.integration)
        )
        rows = asked.warehouse.query_file("alerts/first_calls", scope)
        return Found(
            facts=[
                Fact(
                    key=row["integration"],
                    family=row["integration"],
                    title=f"First call: {row['name'] or 'not in the registry'} ({row['integration']})",
                    lines=(f"{asked.local(row['first_call'])}, at customer {row['customer'] or 'unknown'}",),
                    row=row,
                    ended_at=row["first_call"],
                )
                for row in rows.iter_rows(named=True)
            ]
        )
