"""One integration at one customer: whether the connection works, where it broke, what changed there, and whom to call.

It answers the commonest question that reaches a support desk: "the connection suddenly stopped, why?". The answer rests on what a log
shows: that a call was made, and with which status it was answered. A call that succeeded and did nothing looks like any other.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from analytics.pair import sentences
from analytics.pair.answer import Pair, Trouble
from analytics.pair.around import failing_with, fails, is_silent, silent_with
from analytics.pair.cause import Evidence, Refusals, attribute, cause_of
from analytics.pair.facts import look_up
from analytics.pair.webhooks import may_have_webhooks

if TYPE_CHECKING:
    from analytics.pair.answer import State
    from analytics.pair.cause import Attribution, Cause
    from analytics.pair.episodes import Episode
    from analytics.pair.facts import Found, Neighbour
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

LEAST_CALLS: Final = 5
"""With fewer calls, all that can be said is that there were some."""


def pair(warehouse: Warehouse, integration: str, customer: str, scope: Scope) -> Pair:
    """The life of the link between an integration and a customer, in the scope."""
    found = look_up(warehouse, integration, customer, scope)
    return in_words(answer(found), ZoneInfo(warehouse.snapshot.time_zone))


def in_words(judged: Pair, zone: ZoneInfo) -> Pair:
    """The answer with its sentences, whose instants are those of a time zone."""
    return dataclasses.replace(
        judged,
        verdict=sentences.verdict(judged, zone),
        advice=sentences.advice(judged),
        call=sentences.whom(judged),
    )


def answer(found: Found) -> Pair:
    """The answer from these facts, still without sentences."""
    state = _state(found)
    episode = found.trouble
    total, quiet, names = found.total, found.silence, found.names
    refusals = _refusals(found, episode)
    cause, blame = _judged(found, state, refusals)
    before, since = _calls_per_hour(found) if episode else (None, None)
    others = tuple(_trouble(found, one) for one in found.neighbours)
    return Pair(
        verdict="",
        advice="",
        call="",
        integration=found.scope.integration or "",
        integration_name=names.integration_name,
        customer=found.scope.customer or "",
        customer_name=names.customer_name,
        environment=found.scope.environment,
        state=state,
        is_own=found.is_own,
        first_call=total.first_call if total else None,
        last_call=total.last_call if total else None,
        last_good_call=total.last_good if total else None,
        first_bad_call=total.first_bad if total else None,
        data_until=found.observed[-1] + dt.timedelta(hours=1) if found.observed else None,
        calls=total.calls if total else 0,
        errors=total.errors if total else 0,
        started_at=episode.started_at if episode else total.last_call if total and state == "silent" else None,
        ended_at=episode.ended_at if episode else None,
        outcome=episode.outcome if episode else None,
        status=episode.status if episode else None,
        calls_in_trouble=episode.calls if episode else 0,
        errors_in_trouble=episode.errors if episode else 0,
        usual_error_rate=round(episode.base_rate, 4) if episode else None,
        connector_in_trouble=episode.connector if episode else None,
        main_errors=_main_errors(found, episode),
        successes_since=episode.successes_since if episode else 0,
        failing_connectors=refusals.failing,
        working_connectors=refusals.working,
        calls_per_hour_before=before,
        calls_per_hour_since=since,
        silent_hours=quiet.hours if quiet else None,
        hours_not_logged=quiet.masked_hours if quiet else None,
        expected_active_hours=quiet.expected if quiet else None,
        chance_of_silence=_rounded(quiet.chance) if quiet else None,
        longest_pause_hours=quiet.longest_pause if quiet else None,
        may_use_webhooks=may_have_webhooks(found.outcomes) if state == "silent" else (),
        cause=cause,
        party=blame.party if blame else None,
        between=blame.between if blame else (),
        confidence=blame.confidence if blame else None,
        why=blame.why if blame else (),
        partner_name=names.partner_name,
        contact=names.contact,
        email=names.email,
        phone=names.phone,
        signs=found.signs,
        outcomes=found.outcomes,
        other_customers=tuple(one for one in others if one.customer is not None),
        other_integrations=tuple(
            shown for one, shown in zip(found.neighbours, others, strict=True) if one.beside == "integration"
        ),
        calls_without_id=found.without_id,
        episodes=found.episodes,
    )


def _state(found: Found) -> State:
    total = found.total
    if total is None:
        return "no_calls"
    if total.last_good is None and total.errors:
        return "never_worked" if total.errors >= LEAST_CALLS else "too_few_calls"
    if total.calls < LEAST_CALLS:
        return "too_few_calls"
    episode = found.trouble
    if episode is None:
        return "silent" if found.silence is not None and found.silence.is_unusual else "works"
    if episode.ended_at is not None:
        return "recovered"
    if not episode.goes_on:
        return "recovering"
    return "failing" if episode.is_total and episode.connector is None else "partly_failing"


def _judged(found: Found, state: State, refusals: Refusals) -> tuple[Cause | None, Attribution | None]:
    """The cause and who can mend it; neither if nothing is wrong."""
    match state:
        case "no_calls" | "too_few_calls" | "works":
            return None, None
        case "silent":
            assert found.total is not None, "a pair without calls is not silent"
            assert found.until is not None, "a pair with calls has bounds"
            is_lost = bool(found.without_id)
            evidence = silent_with(found.neighbours, found.total.last_call, found.until)
            evidence = dataclasses.replace(evidence, is_id_lost=is_lost, is_own=found.is_own)
            return "id_lost" if is_lost else "silent", attribute(evidence)
        case _:
            if found.trouble is None:
                evidence = Evidence(is_own=found.is_own)
            else:
                evidence = failing_with(found.trouble, found.neighbours)
            evidence = dataclasses.replace(
                evidence,
                outcomes=refusals.outcomes,
                is_mixed=cause_of(refusals) == "token_mixed",
                is_new_program=_is_new_program(found),
                is_own=found.is_own,
            )
            return cause_of(refusals), attribute(evidence)


def _is_new_program(found: Found) -> bool:
    return any(sign.change == "new" and sign.sign in {"program", "token_form", "api_version"} for sign in found.signs)


def _refusals(found: Found, episode: Episode | None) -> Refusals:
    """What failed in the time of trouble; of a pair that never worked without an episode, in all of its life."""
    calls: dict[str, list[int]] = {}
    outcomes: dict[str, int] = {}
    served_before = 0
    for one in found.outcomes:
        during = one.calls_during if episode else one.calls_before
        is_error = one.outcome != "ok"
        if not is_error and episode and one.operation != "auth":
            served_before += one.calls_before
        if not during:
            continue
        counts = calls.setdefault(one.connector or one.operation, [0, 0])
        counts[is_error] += during
        if is_error:
            outcomes[one.outcome] = outcomes.get(one.outcome, 0) + during
    return Refusals(
        outcomes=outcomes,
        served_before=served_before,
        failing=tuple(sorted(name for name, (good, bad) in calls.items() if bad and not good)),
        working=tuple(sorted(name for name, (good, bad) in calls.items() if good and not bad)),
        mixed=tuple(sorted(name for name, (good, bad) in calls.items() if good and bad)),
    )


def _main_errors(found: Found, episode: Episode | None) -> int:
    if episode is None:
        return 0
    main = (episode.outcome, episode.status)
    of_subject = (one for one in found.outcomes if episode.connector in {None, one.connector})
    return sum(one.calls_during for one in of_subject if (one.outcome, one.status) == main)


def _calls_per_hour(found: Found) -> tuple[float | None, float | None]:
    """The calls per hour that the logs hold: before the time of trouble, and in it."""
    if found.since is None or found.until is None:
        return None, None
    begins = found.since.replace(minute=0, second=0, microsecond=0)
    first = min(found.active, default=begins)
    hours = [
        sum(first <= hour < begins for hour in found.observed),
        sum(begins <= hour < found.until for hour in found.observed),
    ]
    calls = [0, 0]
    whole = set(found.observed)
    for hour, count in found.per_hour:
        if hour in whole and hour < found.until:
            calls[hour >= begins] += count
    before, since = (_rounded(count / many) if many else None for count, many in zip(calls, hours, strict=True))
    return before, since


def _trouble(found: Found, one: Neighbour) -> Trouble:
    if found.trouble is not None:
        is_in_trouble = fails(one, found.trouble.base_rate)
    else:
        is_in_trouble = found.until is not None and is_silent(one, found.until)
    return Trouble(
        integration=one.integration,
        customer=one.customer,
        calls=one.calls,
        errors=one.errors,
        last_hour=one.last_hour,
        is_in_trouble=is_in_trouble,
    )


def _rounded(value: float | None) -> float | None:
    """A figure to four digits."""
    return None if value is None else float(f"{value:.4g}")
