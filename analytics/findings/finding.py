"""A finding: something that needs somebody, with its evidence, and who can do what about it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

Severity: TypeAlias = Literal["high", "medium", "low"]
SEVERITIES: Final[tuple[Severity, ...]] = get_args(Severity)
"""The worst first."""

Kind: TypeAlias = Literal[
    "platform_outage",
    "error_spike",
    "silence",
    "early_warning",
    "customer_failing",
    "certificate_lost",
    "certificate_at_risk",
    "certificate_ends",
    "certificate_ended",
    "customers_down",
    "ids_wrong",
    "example_id",
    "id_not_registered",
    "supplied_connectors",
    "unidentified",
    "not_logged",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""Every kind of finding, in the order of findings that are equally severe."""

Who: TypeAlias = Literal["partner", "customer", "vendor", "unsure"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding.

    `subject` is what it is about: an integration, a customer, both joined by ` at `, a partner, an id as it was sent, a state of
    the id, or `platform`. `since` and `until` are instants in UTC; `until` is None while it lasts, and `since` where the logs do not tell. `what`,
    `why`, `who` and `what_to_do` are sentences. `link` is the address of the dashboard's page about it. `party` is who is meant by
    `who`. `acknowledged_until` is the last day for which somebody has said that it is known, with a `note`.

    `weight` (calls) puts equally severe findings of a kind in order. `integration`, `customer`: what it is about, for pages.
    """

    id: str
    kind: Kind
    severity: Severity
    subject: str
    since: dt.datetime | None
    until: dt.datetime | None
    what: str
    why: str
    who: str
    what_to_do: str
    link: str
    acknowledged_until: dt.date | None = None
    note: str | None = None
    party: Who
    weight: int = 0
    integration: str | None = None
    customer: str | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """What comes first: what nobody knows yet, then the worst."""
        return (
            self.acknowledged_until is not None,
            SEVERITIES.index(self.severity),
            KINDS.index(self.kind),
            -self.weight,
            self.subject,
            self.id,
        )

    def row(self) -> dict[str, object]:
        """What users see of it, in the order of the columns."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS: Final = (
    "id",
    "kind",
    "severity",
    "subject",
    "since",
    "until",
    "what",
    "why",
    "who",
    "what_to_do",
    "link",
    "acknowledged_until",
    "note",
    "party",
)
"""The columns of findings, on which scripts rely."""


def finding_id(kind: str, subject: str) -> str:
    """The id of a finding that is no incident: the same from run to run, as long as it lasts.

    >>> finding_id("certificate_at_risk", "12345_1")
    '5503a15bc1'
    """
    return hashlib.sha256(f"{kind}|{subject}".encode()).hexdigest()[:10]


def frame(found: Sequence[Finding]) -> pl.DataFrame:
    """Findings as rows, with the columns that scripts rely on."""
    import polars as pl

    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "since": pl.Datetime("us", "UTC"),
        "until": pl.Datetime("us", "UTC"),
        "acknowledged_until": pl.Date,
    }
    return pl.DataFrame([one.row() for one in found], schema={name: schema.get(name, pl.String()) for name in COLUMNS})
