"""The answer about a pair: what a command prints and a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import datetime as dt

    from analytics.pair.cause import Blame, Cause, Party, Reason
    from analytics.pair.episodes import Episode
    from analytics.pair.facts import Outcome, WithoutId
    from analytics.pair.signs import Sign

State: TypeAlias = Literal[
    "no_calls",
    "too_few_calls",
    "never_worked",
    "failing",
    "partly_failing",
    "silent",
    "recovering",
    "recovered",
    "works",
]


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """Others in the same time: how they did. `calls` and `errors` are those of this time; `is_in_trouble` says failing or silent."""

    integration: str
    customer: str | None
    calls: int
    errors: int
    last_hour: dt.datetime
    is_in_trouble: bool


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The answer. Instants are UTC. What does not apply is null. `verdict`, `advice` and `call` (whom) are sentences.

    `last_good_call`: the last call that succeeded and was no log-in; `first_bad_call` the first error after it. `started_at` to
    `ended_at`: the time of trouble, null at the end while it lasts; `successes_since`: the calls that succeeded in later hours. `main_errors`: the errors with `outcome` and `status`. `failing_connectors`: those at which every call of this time
    failed. `chance_of_silence`: how probable the silence since the last call is by the pair's hours of the week.
    """

    verdict: str
    advice: str
    call: str
    integration: str
    integration_name: str | None
    customer: str
    customer_name: str | None
    environment: str
    state: State
    is_own: bool
    first_call: dt.datetime | None
    last_call: dt.datetime | None
    last_good_call: dt.datetime | None
    first_bad_call: dt.datetime | None
    data_until: dt.datetime | None
    calls: int
    errors: int
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    outcome: str | None
    status: int | None
    calls_in_trouble: int
    errors_in_trouble: int
    connector_in_trouble: str | None
    main_errors: int
    successes_since: int
    usual_error_rate: float | None
    failing_connectors: tuple[str, ...]
    working_connectors: tuple[str, ...]
    calls_per_hour_before: float | None
    calls_per_hour_since: float | None
    silent_hours: int | None
    hours_not_logged: int | None
    expected_active_hours: float | None
    chance_of_silence: float | None
    longest_pause_hours: int | None
    may_use_webhooks: tuple[str, ...]
    cause: Cause | None
    party: Blame | None
    between: tuple[Party, ...]
    confidence: float | None
    why: tuple[Reason, ...]
    partner_name: str | None
    contact: str | None
    email: str | None
    phone: str | None
    signs: tuple[Sign, ...]
    outcomes: tuple[Outcome, ...]
    other_customers: tuple[Trouble, ...]
    other_integrations: tuple[Trouble, ...]
    calls_without_id: tuple[WithoutId, ...]
    episodes: tuple[Episode, ...]
