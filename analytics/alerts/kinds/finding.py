"""Something needs somebody: a finding, of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field

from analytics.alerts.fact import Fact, Found
from analytics.alerts.kinds.rule import Integration, Partner, RuleBase
from analytics.findings.finding import SEVERITIES, Kind, Severity
from analytics.scope import Scope

if TYPE_CHECKING:
    from analytics.alerts.asked import Asked
    from analytics.findings.finding import Finding


class FindingRule(RuleBase):
    """Findings, as `koppelzicht findings` shows them. What somebody has acknowledged is not told."""

    kind: Literal["finding"] = Field(description="`finding`")
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = Field(
        default=get_args(Kind),
        description=f"which kinds of findings: {', '.join(f'`{one}`' for one in get_args(Kind))}",
    )
    severity: Severity = Field(default="medium", description="at least so severe: `high`, `medium` or `low`")
    partner: Partner | None = Field(default=None, description="only those of this partner")
    integration: Integration | None = Field(default=None, description="only those of this integration")

    def found(self, asked: Asked) -> Found:
        """The findings that are asked for. What was acknowledged after it was told stays as it was, until it is over."""
        from analytics.findings.findings import findings

        scope = Scope(partner=self.partner, integration=self.integration)
        severities = SEVERITIES[: SEVERITIES.index(self.severity) + 1]
        wanted = [
            one
            for one in findings(asked.warehouse, scope, today=asked.today)
            if one.kind in self.kinds and one.severity in severities
        ]
        return Found(
            facts=[_fact(one, asked) for one in wanted if one.acknowledged_until is None],
            undecided={_family(one) for one in wanted if one.acknowledged_until is not None and one.until is None},
            moves=True,
            forgets=True,
        )


def _family(one: Finding) -> str:
    return f"{one.kind}|{one.subject}"


def _fact(one: Finding, asked: Asked) -> Fact:
    since = () if one.since is None else (f"since {asked.local(one.since)}",)
    return Fact(
        key=one.id,
        family=_family(one),
        title=f"{one.what} ({one.severity})",
        lines=(*since, one.why, one.who, one.what_to_do),
        row=one.row(),
        ended_at=one.until,
    )
