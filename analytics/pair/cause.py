"""Who can mend it: from counts of what failed, and of who else failed at the same time, to a party with a confidence.

Nothing here reads a lake: counts go in, and a judgement comes out, so that whoever wonders about it can work it out again by hand.
The weights are odds. Each kind of error has odds of its own for customer, partner and vendor: what its status means in this API.
What happens around multiplies them: an integration that fails at many customers is its partner's, whatever the status; an
environment at which every integration fails is the customer's. Their shares after that are the confidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Party: TypeAlias = Literal["customer", "partner", "vendor"]
Blame: TypeAlias = Literal["customer", "partner", "vendor", "unsure"]
Kind: TypeAlias = Literal["rights", "outage", "request", "validation", "silence"]
Reason: TypeAlias = Literal[
    "own",
    "rights",
    "outage",
    "request",
    "validation",
    "silence",
    "id_lost",
    "alone",
    "spread",
    "customer_wide",
    "everywhere",
    "not_elsewhere",
    "new_program",
    "mixed",
]
Cause: TypeAlias = Literal[
    "connector_not_allowed",
    "token_ended",
    "token_never_worked",
    "token_mixed",
    "token_or_connector",
    "ip_refused",
    "outage",
    "request_wrong",
    "validation_failed",
    "throttled",
    "id_lost",
    "silent",
]

PARTIES: Final[tuple[Party, ...]] = ("customer", "partner", "vendor")
SURE: Final = 0.8
"""Below this share of the odds nobody is named alone."""
_MOST_SURE: Final = 0.99
"""Counts of a log never prove it."""
_SHARED: Final = 0.9
"""Who shares the blame: the likeliest parties that have this share of the odds together."""

KIND_OF: Final[Mapping[str, Kind]] = {
    "unauthorized": "rights",
    "forbidden": "rights",
    "unavailable": "outage",
    "timeout": "outage",
    "server_error": "outage",
    "validation": "validation",
}
"""The kind of each outcome. Others are a request that this API does not take."""

_ODDS: Final[Mapping[Kind, tuple[float, float, float]]] = {
    "rights": (90, 8, 2),
    "outage": (1, 4, 95),
    "request": (8, 90, 2),
    "validation": (25, 72, 3),
    "silence": (45, 50, 5),
}
"""Customer, partner and vendor, before anything is known of others: where this API's documentation sees the cause of a status."""

_ALONE, _SPREAD = (1.5, 0.7, 0.2), (0.05, 4, 2)
"""Of at least three other customers of the integration that called, none failed; or the trouble is spread (`is_spread`)."""
_CUSTOMER_WIDE = (5, 0.2, 1)
"""Most other integrations at this customer failed too."""
_EVERYWHERE, _NOT_ELSEWHERE = (0.02, 0.02, 20), (1, 1, 0.1)
"""Integrations of several partners failed at other customers too; or they called there and did not."""
_NEW_PROGRAM = (0.4, 3, 1)
"""The program or the form of its token changed when the calls began to fail."""
_MIXED = (0.3, 3, 1)
"""Calls of the same connectors are refused and served: the customer's token works, and some part of the program sends another one."""
_ID_LOST = (0.02, 20, 0.02)
"""The program goes on without its IntegrationId."""

SPREAD_CUSTOMERS: Final = 2.0
SPREAD_INTEGRATIONS, SPREAD_PARTNERS = 5, 3
_ENOUGH_OTHERS: Final = 3


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Others in the same time: how many called (or were expected to), and how many of them failed (or were silent)."""

    seen: int = 0
    failing: int = 0

    @property
    def is_most(self) -> bool:
        """Whether at least half of them failed."""
        return self.failing > 0 and 2 * self.failing >= self.seen


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What is known of a time of trouble. `outcomes`: the errors in it, by outcome; none if there was silence.

    `effective_customers`: over how many customers of the integration the excess of errors is spread, the exponential of its
    entropy; 1 if it is all at one. `elsewhere_partners`: the partners of the integrations that failed at other customers.
    """

    outcomes: Mapping[str, int] = field(default_factory=dict)
    other_customers: Beside = Beside()
    effective_customers: float = 1.0
    other_integrations: Beside = Beside()
    elsewhere: Beside = Beside()
    elsewhere_partners: int = 0
    is_new_program: bool = False
    is_mixed: bool = False
    is_id_lost: bool = False
    is_own: bool = False

    @property
    def kind(self) -> Kind:
        """The kind of most errors; of equally many, the one that comes first in the vocabulary of outcomes."""
        if not self.outcomes:
            return "silence"
        counts: dict[Kind, int] = {}
        for outcome, errors in self.outcomes.items():
            kind = KIND_OF.get(outcome, "request")
            counts[kind] = counts.get(kind, 0) + errors
        return max(counts, key=lambda kind: counts[kind])

    @property
    def is_everywhere(self) -> bool:
        """Whether integrations of several partners fail at other customers too."""
        is_many = self.elsewhere.failing >= SPREAD_INTEGRATIONS and self.elsewhere_partners >= SPREAD_PARTNERS
        return is_many or (self.elsewhere.seen >= _ENOUGH_OTHERS and self.elsewhere.is_most)

    @property
    def is_spread(self) -> bool:
        """Whether the integration is in trouble at several customers.

        Customers leave one by one, so that a few silent ones of many say nothing: it takes half of them. Errors of the same
        time have less reason to coincide: it takes a tenth.
        """
        others = self.other_customers
        enough = others.is_most if self.kind == "silence" else 10 * others.failing >= others.seen
        return others.failing > 0 and enough and self.effective_customers >= SPREAD_CUSTOMERS


@dataclass(frozen=True, kw_only=True)
class Attribution:
    """Who can mend it. `between`: who shares the blame, the likeliest first. `why`: what speaks for it, as codes of REASONS."""

    party: Blame
    confidence: float
    between: tuple[Party, ...]
    why: tuple[Reason, ...]


REASONS: Final[Mapping[Reason, str]] = {
    "own": "the partner calls its own environment",
    "rights": "401 and 403 are about the token, its rights and the IP restriction, which the customer sets",
    "outage": "502, 503, 504 and timeouts are about the service itself",
    "request": "the status says that the request is wrong, and the program makes the request",
    "validation": "500 is a functional or validation error here: about what was sent, or about the customer's settings",
    "silence": "no error explains the silence",
    "id_lost": "the same program goes on calling without a valid IntegrationId",
    "alone": "no other customer of the integration fails at the same time",
    "spread": "other customers of the integration fail at the same time",
    "customer_wide": "other integrations at this customer fail at the same time",
    "everywhere": "integrations of several partners fail at other customers at the same time",
    "not_elsewhere": "other integrations at other customers do not",
    "new_program": "the program or its token changed at that moment",
    "mixed": "other calls of the same connectors succeed in the same time",
}
"""What each reason says."""

SILENCE_REASONS: Final[Mapping[Reason, str]] = {
    "alone": "all other customers of the integration go on calling",
    "spread": "other customers of the integration are silent too",
    "customer_wide": "other integrations at this customer are silent too",
    "everywhere": "integrations of several partners are silent at other customers too",
    "not_elsewhere": "other integrations go on calling at other customers",
}
"""What the same reasons say of a silence."""


def attribute(evidence: Evidence) -> Attribution:
    """Who can mend a time of trouble.

    >>> attribute(Evidence(outcomes={"unauthorized": 31}, other_customers=Beside(seen=20), elsewhere=Beside(seen=28)))
    Attribution(party='customer', confidence=0.96, between=('customer',), why=('rights', 'alone', 'not_elsewhere'))
    """
    if evidence.is_own:
        return Attribution(party="partner", confidence=1.0, between=("partner",), why=("own",))
    odds = dict(zip(PARTIES, _ODDS[evidence.kind], strict=True))
    reasons: list[Reason] = [evidence.kind]
    for reason, factors in _around(evidence):
        reasons.append(reason)
        odds = {party: odds[party] * factor for party, factor in zip(PARTIES, factors, strict=True)}
    total = sum(odds.values())
    ranked = sorted(PARTIES, key=lambda party: -odds[party])
    confidence = odds[ranked[0]] / total
    return Attribution(
        party=ranked[0] if confidence >= SURE else "unsure",
        confidence=min(round(confidence, 2), _MOST_SURE),
        between=_sharing(ranked, [odds[party] / total for party in ranked]),
        why=tuple(reasons),
    )


def _around(evidence: Evidence) -> list[tuple[Reason, tuple[float, float, float]]]:
    found: list[tuple[Reason, tuple[float, float, float]]] = []
    if evidence.is_id_lost:
        found.append(("id_lost", _ID_LOST))
    if evidence.is_everywhere:
        found.append(("everywhere", _EVERYWHERE))
    if evidence.is_spread:
        found.append(("spread", _SPREAD))
    elif evidence.other_customers.seen >= _ENOUGH_OTHERS and not evidence.other_customers.failing:
        found.append(("alone", _ALONE))
    if evidence.other_integrations.is_most and not evidence.is_everywhere:
        found.append(("customer_wide", _CUSTOMER_WIDE))
    if evidence.elsewhere.seen >= _ENOUGH_OTHERS and not evidence.is_everywhere:
        found.append(("not_elsewhere", _NOT_ELSEWHERE))
    if evidence.is_new_program:
        found.append(("new_program", _NEW_PROGRAM))
    if evidence.is_mixed and evidence.kind == "rights":
        found.append(("mixed", _MIXED))
    return found


def _sharing(ranked: Sequence[Party], shares: Sequence[float]) -> tuple[Party, ...]:
    """The likeliest parties, as many as it takes for most of the odds; one alone if it is sure."""
    enough = SURE if shares[0] >= SURE else _SHARED
    covered, sharing = 0.0, []
    for party, share in zip(ranked, shares, strict=True):
        sharing.append(party)
        covered += share
        if covered >= enough:
            break
    return tuple(sharing)


def effective_number(excess: Sequence[float]) -> float:
    """Over how many an excess is spread: the exponential of the entropy of its shares; what is not above 0 has no share.

    >>> effective_number([10, 10]), effective_number([31.0, 0, -2]), effective_number([])
    (2.0, 1.0, 0.0)
    """
    above = [value for value in excess if value > 0]
    if not above:
        return 0.0
    total = sum(above)
    return round(math.exp(-sum(value / total * math.log(value / total) for value in above)), 6)


@dataclass(frozen=True, kw_only=True)
class Refusals:
    """What failed and what went on in a time of trouble, by connector. `served_before`: calls that had succeeded until then.

    `failing` are connectors all of whose calls failed, `working` those all of whose calls succeeded, `mixed` those with both.
    """

    outcomes: Mapping[str, int]
    served_before: int
    failing: tuple[str, ...] = ()
    working: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()


def cause_of(refusals: Refusals) -> Cause | None:
    """What fits the errors; None without one. Of the causes of a 401, which connectors it hits tells them apart.

    >>> cause_of(Refusals(outcomes={"unauthorized": 9}, served_before=250, failing=("KnSubject",), working=("FbSales",)))
    'connector_not_allowed'
    >>> cause_of(Refusals(outcomes={"unauthorized": 9}, served_before=250, failing=("KnSubject", "FbSales")))
    'token_ended'
    """
    if not refusals.outcomes:
        return None
    main = max(refusals.outcomes, key=lambda outcome: refusals.outcomes[outcome])
    match main:
        case "unauthorized":
            return _refused(refusals)
        case "forbidden":
            return "ip_refused"
        case "throttled":
            return "throttled"
        case "validation":
            return "validation_failed"
        case _ if KIND_OF.get(main) == "outage":
            return "outage"
        case _:
            return "request_wrong"


def _refused(refusals: Refusals) -> Cause:
    if refusals.working and refusals.failing:
        return "connector_not_allowed"
    if refusals.mixed or refusals.working:
        return "token_mixed"
    if not refusals.served_before:
        return "token_never_worked"
    return "token_ended" if len(refusals.failing) > 1 else "token_or_connector"
