"""Ids that are wrong, ids that nobody knows, and calls without one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from analytics import numbers
from analytics.findings.finding import Finding, finding_id
from analytics.findings.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analytics.certification.certification import Certification
    from analytics.findings.finding import Kind
    from analytics.incidents.names import Names
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

LARGE_SHARE: Final = 0.05
"""From this share of calls on, those without an id are more than a trifle."""
MANY_CALLS: Final = 100
"""From so many calls on, those with a wrong id of one integration are more than a trifle."""
ID_NUMBERS: Final = 2
FORMS: Final = 3
"""A finding tells so many wrong forms of an id, and how many more there are."""
_HIDDEN: Final = "redacted"
"""The text that is stored instead of a header that does not look like an id."""


def of_ids(found: Certification, names: Names) -> Iterator[Finding]:
    """The wrong ids that are known to be somebody's, and those that the registry does not know."""
    threatened = set(found.rows.filter(found.rows["state"].is_in(["lost", "at_risk"]))["integration"])
    by_owner: dict[tuple[int, str | None], list[Mapping[str, Any]]] = {}
    for row in found.ids.iter_rows(named=True):
        by_owner.setdefault((row["partner"], row["integration"]), []).append(row)
    for (partner, integration), rows in by_owner.items():
        yield _wrong(partner, integration, rows, names, found.window_days, is_urgent=integration in threatened)
    mistyped = {row["sent"] for row in found.ids.iter_rows(named=True) if row["id_status"] == "valid"}
    for row in found.rows.iter_rows(named=True):
        reasons = row["reasons"]
        if "not_registered" in reasons and "example_id" not in reasons and row["integration"] not in mistyped:
            yield _not_registered(row, found.window_days)


def of_unidentified(warehouse: Warehouse, scope: Scope) -> Iterator[Finding]:
    """Calls that belong to no integration, and the documentation's example ids."""
    for row in warehouse.query_file("findings/unidentified", scope).iter_rows(named=True):
        kind: Kind = row["kind"]
        subject = row["subject"]
        is_example = kind == "example_id"
        yield Finding(
            id=finding_id(kind, subject if scope.environment == "production" else f"{scope.environment}|{subject}"),
            kind=kind,
            severity="medium" if is_example or row["share"] >= LARGE_SHARE else "low",
            subject=subject,
            since=row["first_call"],
            until=None,
            what=say(kind, f"what_{subject}" if kind == "unidentified" else "what", subject=subject),
            why=say(
                kind,
                "why",
                share=numbers.rate(row["share"]),
                calls=numbers.counted(row["calls"], "call"),
                customers=numbers.counted(row["customers"], "customer"),
            ),
            who=say("who", "logs" if kind == "not_logged" else "many"),
            what_to_do=say(kind, "todo"),
            link=f"check?{urlencode({'search': subject})}" if is_example else "data_quality",
            party="unsure",
            weight=row["calls"],
        )


def _wrong(
    partner: int,
    integration: str | None,
    rows: Sequence[Mapping[str, Any]],
    names: Names,
    window_days: int,
    *,
    is_urgent: bool,
) -> Finding:
    subject = integration or str(partner)
    name = names.named("integration", integration) if integration else names.named("partner", str(partner))
    calls = sum(row["calls"] for row in rows)
    forms = [_form(row) for row in rows[:FORMS]]
    if len(rows) > FORMS:
        forms.append(say("ids_wrong", "more", count=len(rows) - FORMS))
    return Finding(
        id=finding_id("ids_wrong", subject),
        kind="ids_wrong",
        severity="high" if is_urgent else "medium" if calls >= MANY_CALLS else "low",
        subject=subject,
        since=None,
        until=None,
        what=say("ids_wrong", "what", name=name),
        why=say(
            "ids_wrong",
            "why",
            calls=numbers.counted(calls, "call"),
            window=numbers.counted(window_days, "day"),
            forms="; ".join(forms),
        ),
        who=say("who", "partner_of", partner=names.partner(str(partner))),
        what_to_do=say("ids_wrong", "todo"),
        link=f"certification?integration={integration}" if integration else f"certification?partner={partner}",
        party="partner",
        weight=calls,
        integration=integration,
    )


def _form(row: Mapping[str, Any]) -> str:
    calls = numbers.counted(row["calls"], "call")
    if row["id_status"] == "valid":
        return say("ids_wrong", "mistyped", calls=calls, sent=row["sent"])
    if row["basis"] == "envelope":
        return say("ids_wrong", "envelope", calls=calls)
    if row["id_status"] == "missing":
        basis = say("ids_wrong", f"basis_{row['basis']}")
        return say("ids_wrong", "missing", calls=calls, basis=basis, evidence=row["evidence"])
    defect = say("defect", row["id_defect"])
    if row["sent"] in (None, _HIDDEN) or not _is_own(row["sent"]):
        return say("ids_wrong", "malformed", calls=calls, defect=defect)
    return say("ids_wrong", "malformed_as", calls=calls, sent=row["sent"], defect=defect)


def _is_own(sent: str) -> bool:
    """Whether a text has no more numbers than an id has. Others may be somebody else's, and partners read findings, too."""
    return len(set(re.findall(r"[0-9]+", sent))) <= ID_NUMBERS


def _not_registered(row: Mapping[str, Any], window_days: int) -> Finding:
    integration = row["integration"]
    return Finding(
        id=finding_id("id_not_registered", integration),
        kind="id_not_registered",
        severity="medium",
        subject=integration,
        since=None,
        until=None,
        what=say("id_not_registered", "what", subject=integration),
        why=say(
            "id_not_registered",
            "why",
            calls=numbers.counted(row["calls"], "call"),
            customers=numbers.counted(row["customers"], "customer"),
            window=numbers.counted(window_days, "day"),
        ),
        who=say("who", "registry"),
        what_to_do=say("id_not_registered", "todo"),
        link=f"check?{urlencode({'search': integration})}",
        party="unsure",
        weight=row["calls"],
        integration=integration,
    )
