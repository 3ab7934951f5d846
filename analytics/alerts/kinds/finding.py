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


_OF_CERTIFICATES = ("certificate_at_risk", "certificate_lost", "customers_down")
"""What cannot be told of an integration whose state is unknown."""


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
        """The findings that are asked for.

        What was told, lasts and is no longer asked for stays as it was: somebody has acknowledged it, or it is less severe now. So does the
        state of a certificate that nobody can know, because logs are missing, and of one that is lost instead of at risk.
        """
        from analytics.findings.findings import findings

        scope = Scope(partner=self.partner, integration=self.integration)
        severities = SEVERITIES[: SEVERITIES.index(self.severity) + 1]
        found = findings(asked.warehouse, scope, today=asked.today)
        wanted = [
            one
            for one in found
            if one.kind in self.kinds and one.severity in severities and one.acknowledged_until is None
        ]
        undecided = {_family(one) for one in found if one.until is None and one not in wanted}
        undecided |= {f"certificate_at_risk|{one.subject}" for one in found if one.kind == "certificate_lost"}
        for integration, state in asked.certificates.select("integration", "state").iter_rows():
            if state == "unknown":
                undecided |= {f"{kind}|{integration}" for kind in _OF_CERTIFICATES}
        return Found(
            facts=[_fact(one, asked) for one in wanted],
            undecided=undecided,
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
