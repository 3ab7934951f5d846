"""A certificate is at risk or lost, or ends soon."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field

from analytics.alerts.fact import Fact, Found
from analytics.alerts.kinds.rule import Integration, Partner, RuleBase
from analytics.certification.reasons import COLUMNS
from analytics.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.alerts.asked import Asked

_State: TypeAlias = Literal["at_risk", "lost"]
_TITLES: dict[str, str] = {"at_risk": "Certification at risk", "lost": "Certification lost"}


class CertificationRule(RuleBase):
    """Certificates, as `koppelzicht certification` shows them."""

    kind: Literal["certification"] = Field(description="`certification`")
    states: tuple[_State, ...] = Field(
        default=("at_risk", "lost"), description="which states: `at_risk`, `lost`; none with an empty list"
    )
    days: Annotated[int, Field(strict=True, ge=0, le=3650)] | None = Field(
        default=None, description="tell of certificates that end within so many days, too"
    )
    partner: Partner | None = Field(default=None, description="only integrations of this partner")
    integration: Integration | None = Field(default=None, description="only this integration")

    def found(self, asked: Asked) -> Found:
        """The certificates in these states, and those that end. Where logs are missing, the state before stands, and where it is another one that is not asked for."""
        facts: list[Fact] = []
        undecided: set[str] = set()
        for row in asked.certificates.iter_rows(named=True):
            if self.integration not in (None, row["integration"]) or self.partner not in (None, row["partner"]):
                continue
            is_worse_or_better = row["state"] in _TITLES and row["state"] not in self.states
            if row["state"] == "unknown" or is_worse_or_better:
                undecided.add(f"{row['integration']}|state")
            elif row["state"] in self.states:
                facts.append(_at_risk(row))
            facts += self._ending(row, asked.today, undecided)
        return Found(facts=facts, undecided=undecided)

    def _ending(self, row: dict[str, Any], today: dt.date, undecided: set[str]) -> Iterator[Fact]:
        until, family = row["certified_until"], f"{row['integration']}|ends"
        if self.days is None or not isinstance(until, dt.date):
            return
        left = (until - today).days
        if left < 0:
            undecided.add(family)  # it has ended and was not renewed: that is no recovery, and no news
        elif left <= self.days:
            yield Fact(
                key=f"{family}|{until}",
                family=family,
                title=f"Certificate ends in {counted(left, 'day')}: {_named(row)}",
                lines=(f"it ends on {until}", _customers(row)),
                row=_of(row),
            )


def _at_risk(row: dict[str, Any]) -> Fact:
    left = f"; {counted(row['days_left'], 'day')} left" if row["days_left"] else ""
    return Fact(
        key=f"{row['integration']}|{row['state']}",
        family=f"{row['integration']}|state",
        title=f"{_TITLES[row['state']]}: {_named(row)}",
        lines=(f"{_customers(row)}{left}", f"reasons: {', '.join(row['reasons'])}"),
        row=_of(row),
    )


def _named(row: dict[str, Any]) -> str:
    return f"{row['name']} ({row['integration']})" if row["name"] else str(row["integration"])


def _customers(row: dict[str, Any]) -> str:
    return f"{counted(row['customers'], 'customer')} of {row['customers_required']} in {row['window_days']} days"


def _of(row: dict[str, Any]) -> dict[str, object]:
    return {name: row[name] for name in COLUMNS}
