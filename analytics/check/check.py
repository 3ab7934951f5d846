"""The ID check: whether an IntegrationId is arriving, and whether it is right.

A partner asks this after every change. The answer reads every environment and everything that was loaded. It rests on the header
exactly as it was sent. With it come the near misses: similar ids that arrive (check/near.sql has the kinds), because if an id does
not arrive, a similar one mostly does.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from analytics.example_ids import EXAMPLE_IDS
from analytics.incidents.incidents import silent_integrations
from analytics.numbers import counted
from analytics.scope import Scope
from ingest.engine.integration_id import parse_integration_id

if TYPE_CHECKING:
    from analytics.warehouse.warehouse import Warehouse
    from ingest.call import IdDefect, IdStatus
    from ingest.engine.integration_id import IntegrationId

Verdict: TypeAlias = Literal[
    "arriving",
    "partly",
    "swapped",
    "not_registered",
    "stopped",
    "only_errors",
    "only_own",
    "not_in_production",
    "only_near_misses",
    "not_seen",
    "replaced",
    "example",
    "malformed",
    "missing",
]
NearMissKind: TypeAlias = Literal[
    "in_envelope",
    "old_id",
    "new_id",
    "repeated",
    "tail",
    "wrapped",
    "separator",
    "leading_zero",
    "swapped_parts",
    "part_missing",
    "typing_error",
    "documentation_example",
    "same_partner",
]

EVERY_ENVIRONMENT = Scope(environment="all")
SILENT_DAYS, SILENT_TIMES = 4, 3
"""Of an id that has no rhythm yet: it has stopped if no call came in the last days of the data, at least this number of days, and this number of
times its usual pause. Of others, the incidents say whether they are silent."""
SURE: frozenset[Verdict] = frozenset(
    {"arriving", "partly", "not_registered", "example", "malformed", "missing", "replaced"}
)
"""The verdicts that calls in missing hours could not change."""
_HIDDEN = "redacted"
"""The text that is stored instead of a header that does not look like an id."""
_NEAR_MISSES_SAID = 3
_UNSAID = {"same_partner", "documentation_example", "new_id"}
_NO_MISTAKE = {"same_partner", "documentation_example", "new_id", "old_id"}
"""The kinds of near misses that are not a mistake in sending this id."""


@dataclass(frozen=True, kw_only=True)
class NearMiss:
    """An id that arrives, or that the registry knows, and that is nearly the one asked for."""

    integration_id: str
    kind: NearMissKind
    name: str | None
    registered: bool
    calls: int
    customers: int
    environments: tuple[str, ...]
    first_call: dt.datetime | None
    last_call: dt.datetime | None


@dataclass(frozen=True, kw_only=True)
class Check:
    """The answer: the id, whether it arrives, and what to do. Instants are UTC."""

    input: str
    id_status: IdStatus
    id_defect: IdDefect | None
    partner: int | None
    project: int | None
    seen: bool
    first_call: dt.datetime | None
    last_call: dt.datetime | None
    calls: int
    errors: int
    customers: int
    environments: tuple[str, ...]
    near_misses: tuple[NearMiss, ...]
    verdict: Verdict
    advice: str


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """The calls with the id in one environment, or (null) in all of them."""

    environment: str | None
    customers: int
    calls: int
    errors: int
    own_calls: int
    first_call: dt.datetime
    last_call: dt.datetime
    first_day: dt.date
    last_day: dt.date
    active_days: int


@dataclass(frozen=True, kw_only=True)
class Known:
    """The registry's entry of the id. `has_registry`: whether the registry knows any integration."""

    is_registered: bool
    has_registry: bool
    name: str | None
    partner_name: str | None
    replaced_by: str | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """The facts behind the answer. `total` is None if the id was never seen.

    `until`: the end of the data, without later stray calls, which would make every other id look stopped.
    `is_silent`: whether its integration has fallen silent in production, as the incidents say; None if it has no rhythm.
    `shared`: near misses that are as near to another known id. They are not surely a mistake in sending this one.
    """

    id_: IntegrationId
    total: Arrivals | None
    environments: tuple[Arrivals, ...]
    near_misses: tuple[NearMiss, ...]
    known: Known
    until: dt.date | None
    shared: frozenset[str] = frozenset()
    is_silent: bool | None = None


def check(warehouse: Warehouse, text: str) -> Check:
    """Whether the id in this text arrives, and what to do. Any text has an answer."""
    return answer(text, look_up(warehouse, text))


def look_up(warehouse: Warehouse, text: str) -> Found:
    """The facts about the id in this text."""
    id_ = parse_integration_id(text)
    sent = id_.stored if id_.stored != _HIDDEN else None
    rows = warehouse.query_file("check/seen", EVERY_ENVIRONMENT, {"sent": sent}).to_dicts()
    arrivals = tuple(Arrivals(**row) for row in rows)
    total = arrivals[0] if arrivals else None
    known = Known(**warehouse.query_file("check/registered", EVERY_ENVIRONMENT, {"sent": sent}).row(0, named=True))
    params = {"sent": sent, "seen": total is not None, "registered": known.is_registered}
    near = warehouse.query_file("check/near", EVERY_ENVIRONMENT, params).to_dicts() if sent else []
    shared = frozenset(row["integration_id"] for row in near if row.pop("is_shared"))
    lived = warehouse.lived()
    return Found(
        id_=id_,
        total=total,
        environments=arrivals[1:],
        near_misses=tuple(NearMiss(**{**row, "environments": tuple(row["environments"] or ())}) for row in near),
        known=known,
        until=lived[1] if lived else None,
        shared=shared,
        is_silent=silent_integrations(warehouse).get(id_.stored or "") if total is not None else None,
    )


def answer(text: str, found: Found) -> Check:
    """The answer to a question about this text, from these facts."""
    id_, total = found.id_, found.total
    verdict = _verdict(found)
    return Check(
        input=text,
        id_status=id_.status,
        id_defect=id_.defect,
        partner=id_.partner,
        project=id_.project,
        seen=total is not None,
        first_call=total.first_call if total else None,
        last_call=total.last_call if total else None,
        calls=total.calls if total else 0,
        errors=total.errors if total else 0,
        customers=total.customers if total else 0,
        environments=tuple(str(one.environment) for one in found.environments),
        near_misses=found.near_misses,
        verdict=verdict,
        advice=_advice(verdict, found),
    )


def _verdict(found: Found) -> Verdict:
    if found.id_.status != "valid":
        return "missing" if found.id_.status == "missing" else "malformed"
    if found.id_.stored in EXAMPLE_IDS:
        return "example"
    if found.known.replaced_by is not None:
        return "replaced"
    if found.total is None:
        return "only_near_misses" if _mistakes(found) else "not_seen"
    return _verdict_on(found, found.total)


def _verdict_on(found: Found, total: Arrivals) -> Verdict:
    """The verdict on a valid id that arrives; the worst first."""
    holds: dict[Verdict, bool] = {
        "only_errors": total.errors == total.calls,
        "stopped": _has_stopped(total, found),
        "not_in_production": "production" not in {one.environment for one in found.environments},
        "only_own": total.own_calls == total.calls,
        "not_registered": found.known.has_registry and not found.known.is_registered,
        "swapped": _may_be_swapped(found, total),
        "partly": bool(_mistakes(found)),
    }
    return next((verdict for verdict, is_true in holds.items() if is_true), "arriving")


def _may_be_swapped(found: Found, total: Arrivals) -> bool:
    """Whether the id with its numbers swapped arrives from at least as many customers, and no registry says which one is right."""
    return not found.known.is_registered and any(
        near.kind == "swapped_parts" and near.calls and near.customers >= total.customers for near in found.near_misses
    )


def _has_stopped(total: Arrivals, found: Found) -> bool:
    if found.is_silent is not None or found.until is None:
        return bool(found.is_silent)
    silent = (found.until - total.last_day).days - 1
    usual = (total.last_day - total.first_day).days
    return total.active_days > 1 and silent >= SILENT_DAYS and silent * (total.active_days - 1) >= SILENT_TIMES * usual


def _mistakes(found: Found) -> list[NearMiss]:
    """The near misses that should have been this id: none that is, or may be, another integration of the partner or of another one."""
    return [
        near
        for near in found.near_misses
        if near.calls > 0
        and near.kind not in _NO_MISTAKE
        and (near.kind == "in_envelope" or not near.registered)
        and near.integration_id not in found.shared
        and not (
            near.kind == "typing_error" and re.fullmatch(rf"{found.id_.partner}_[1-9][0-9]{{0,8}}", near.integration_id)
        )
    ]


# --- in words, for a command line and for scripts; the dashboard has its own

_DEFECTS: dict[str, str] = {
    "repeated": "the header is sent twice",
    "too_long": "it is too long",
    "not_ascii": "it has characters that are not ASCII, perhaps an underscore copied from a document",
    "white_space": "there is white space in it",
    "no_separator": "there is no underscore between the two numbers",
    "wrong_separator": "the two numbers are not joined by an underscore",
    "too_many_parts": "there is more than one underscore",
    "empty_part": "one of the two numbers is missing",
    "not_a_number": "a part of it is not a number",
    "leading_zero": "a number begins with a zero",
    "too_short": "a number has too few digits, or too many",
}
_EXPECTED = (
    "expected <partner's subscription number>_<project number>, like 12345_678900, in the HTTP header IntegrationId"
)
_KINDS: dict[NearMissKind, str] = {
    "in_envelope": "in the SOAP envelope instead of the HTTP header",
    "old_id": "the old id, which counts for this one",
    "new_id": "the id that replaces it",
    "repeated": "sent twice in one request",
    "separator": "the same digits, joined differently",
    "leading_zero": "with leading zeros",
    "swapped_parts": "the two numbers swapped",
    "tail": "with other text after it",
    "wrapped": "with quotes or other text around it",
    "part_missing": "only one of its two numbers",
    "typing_error": "one or two characters differ",
    "documentation_example": "the example id of the documentation",
    "same_partner": "another id of this partner",
}


_SENTENCES: dict[Verdict, str] = {
    "missing": "This is not an id: an empty text or '-' means that there was no header; {expected}.",
    "malformed": "This is not a valid id: {defect}; {expected}.",
    "example": "This is the example id of the documentation. It does not belong to any integration: a program that sends it has "
    "copied it ({calls} from {customers}). Send the id of your own integration.",
    "replaced": "The registry says that {replaced_by} replaces this id. Calls with this id count for the new one ({calls}).",
    "only_near_misses": "No call carries this id, but some carry a similar id. Send exactly this text in the HTTP header "
    "IntegrationId.",
    "not_seen": "No loaded call carries this id, in any environment. Make a call, wait until its log is loaded, and check "
    "again. If it still does not arrive, find out whether your program sends the HTTP header IntegrationId.",
    "only_errors": "The id arrives, but every call fails ({calls}; {where}). Look at the errors first.",
    "stopped": "The id arrived until {last_day} and then stopped, although it used to arrive regularly ({calls} from {customers}).",
    "not_in_production": "The id arrives ({calls}; {where}), but not in production. Certification counts production only.",
    "only_own": "The id arrives ({calls}), but only in calls to your own environment, which is not a customer.",
    "not_registered": "The id arrives ({calls} from {customers}; {where}), but the registry does not know it. Is it correct?",
    "swapped": "The id arrives ({calls} from {customers}; {where}), and so does the id with its two numbers swapped, from at "
    "least as many customers. The partner's subscription number comes first, so one of the two is wrong.",
    "partly": "The id arrives{and_is_right} in {calls} from {customers} ({where}), but other calls carry a similar id. "
    "Certification requires the correct id on every call.",
    "arriving": "The id arrives{and_is_right}: {calls} from {customers} ({where}).",
}
_UNKNOWN_IF_RIGHT = "No registry is loaded, so this check cannot tell whether it is the correct id."


def _advice(verdict: Verdict, found: Found) -> str:
    total = found.total
    said = [
        _SENTENCES[verdict].format(
            expected=_EXPECTED,
            defect=_DEFECTS.get(found.id_.defect or "", ""),
            calls=counted(total.calls if total else 0, "call"),
            customers=counted(total.customers if total else 0, "customer"),
            where=", ".join(str(one.environment) for one in found.environments),
            last_day=total.last_day if total else "",
            replaced_by=found.known.replaced_by,
            and_is_right=" and is correct" if found.known.is_registered else "",
        )
    ]
    if verdict in {"arriving", "partly"} and not found.known.is_registered:
        said.append(_UNKNOWN_IF_RIGHT)
    if verdict == "malformed" and found.id_.stored == _HIDDEN:
        said.append("A text that does not look like an id is not stored, so this check cannot tell whether it arrives.")
    elif verdict == "malformed" and total:
        said.append(f"It arrives in {counted(total.calls, 'call')}. Such calls do not count for any integration.")
    is_said = verdict in {"not_seen", "malformed"}
    near = [one for one in found.near_misses if is_said or one.kind not in _UNSAID]
    said += [_near_in_words(one) for one in near[:_NEAR_MISSES_SAID]]
    if len(near) > _NEAR_MISSES_SAID:
        said.append(f"And {counted(len(near) - _NEAR_MISSES_SAID, 'more similar id')}.")
    return " ".join(said)


def _near_in_words(near: NearMiss) -> str:
    arrives = f"{counted(near.calls, 'call')} from {counted(near.customers, 'customer')}" if near.calls else "no calls"
    return f"{near.integration_id}: {_KINDS[near.kind]}, {arrives}."
