"""The answer about a pair in words, for a command line and for scripts; the dashboard has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analytics.completeness.gaps import moment
from analytics.numbers import counted, rate
from analytics.pair.cause import REASONS, SILENCE_REASONS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from analytics.pair.answer import Pair, State
    from analytics.pair.cause import Cause

_VERDICTS: Final[Mapping[State, str]] = {
    "no_calls": "No call of {integration} at {customer} is in these logs.",
    "too_few_calls": "There are too few calls to judge the connection: {calls}, {errors}.",
    "never_worked": "The connection never worked: {calls} since {first_call}, {errors}, and none that succeeded.",
    "failing": "The connection broke: since {started_at}, every call has failed: {in_trouble}, {main} with {status}. "
    "The last call that succeeded was made on {last_good_call}.",
    "partly_failing": "A part of the connection fails since {started_at}: {failed_of}{where}, mostly with {status}; "
    "usual are {usual}.",
    "silent": "The connection has been silent since {last_call}: {hours} without a call. About {expected} with calls "
    "were to be expected in them. The longest pause until then took {pause}.",
    "recovering": "The connection may work again: {successes} in the hours since the trouble, too few to be sure. From {started_at} "
    "on, {failed_of}{where}, mostly with {status}.",
    "recovered": "The connection works. It was in trouble from {started_at} until {ended_at}: {failed_of}{where}, mostly with {status}.",
    "works": "The connection works: {calls}, {errors}, the last success on {last_good_call}.",
}

_ADVICE: Final[Mapping[Cause, str]] = {
    "token_ended": "A 401 on every connector from one moment on fits a token that expired or was revoked, or a user that was "
    "blocked. The customer looks at the token in its app connector and issues a new one.",
    "connector_not_allowed": "A 401 on {failing} while other connectors work fits a connector that is not in the customer's app "
    "connector. The customer adds it there.",
    "token_never_worked": "A 401 from the first call on fits a token that is wrong, or one without rights. The customer looks at "
    "the token, the user group and the connectors of its app connector.",
    "token_or_connector": "A 401 on the only connector that was called since then fits two causes: a token that expired or was "
    "revoked, and a connector that is no longer in the customer's app connector. The customer looks at both.",
    "token_mixed": "A 401 on some calls while others of the same connectors work fits two programs or two tokens, one of which is "
    "refused. The partner finds out which of them still sends the old token.",
    "ip_refused": "A 403 fits the customer's IP restriction: the address that the program calls from is not allowed.",
    "outage": "The service did not answer. Wait, and let the program try again with growing pauses.",
    "request_wrong": "The requests themselves are refused. The partner compares a failing request with one that succeeded.",
    "validation_failed": "A 500 is a functional or validation error here. Its text is in the answer that the program received: "
    "the partner reads it there. Calls that write often fail because of a setting or a mandatory field at the customer.",
    "throttled": "The program calls too often at the same time. The partner slows it down.",
    "id_lost": "The same program goes on calling without a valid IntegrationId ({lost}). The partner sends the id on every call.",
    "silent": "Nobody calls any more, so no error says why. Ask the customer whether it still uses the integration, and the "
    "partner whether the program runs.",
}
_WEBHOOKS: Final = " It read {connectors}: such calls may have moved to webhooks, and silence is then no end."
_UNSEEN: Final = " A call that was answered with 200 and did nothing looks like a success in every log."
_NOT_LOGGED: Final = " {hours} of this time are missing in the logs and do not count."
_OLD_ID: Final = " In the last eight weeks {calls} had the old id {value}, which counts for this integration."
_OWN: Final = "This is the partner's own environment, not a customer. "


def verdict(pair: Pair, zone: ZoneInfo) -> str:
    """Whether the connection works, in a sentence or two."""
    return (_OWN if pair.is_own else "") + _VERDICTS[pair.state].format(
        integration=pair.integration,
        customer=pair.customer,
        calls=counted(pair.calls, "call"),
        errors=counted(pair.errors, "error"),
        in_trouble=counted(pair.calls_in_trouble, "call"),
        main="all" if pair.main_errors == pair.calls_in_trouble else pair.main_errors,
        failed_of=f"{pair.errors_in_trouble} of {counted(pair.calls_in_trouble, 'call')} failed",
        where=f" at {pair.connector_in_trouble}" if pair.connector_in_trouble else "",
        status=pair.status,
        successes=f"{counted(pair.successes_since, 'call')} succeeded",
        usual=rate(pair.usual_error_rate),
        hours=counted(pair.silent_hours or 0, "hour"),
        expected=counted(round(pair.expected_active_hours or 0), "hour"),
        pause=counted(pair.longest_pause_hours or 0, "hour"),
        **{name: _when(getattr(pair, name), zone) for name in _INSTANTS},
    )


_INSTANTS: Final = ("first_call", "last_call", "last_good_call", "started_at", "ended_at")


def advice(pair: Pair) -> str:
    """What fits, what to do, and what no log can show."""
    said = ""
    if pair.cause is not None:
        said = _ADVICE[pair.cause].format(
            failing=", ".join(pair.failing_connectors),
            lost=counted(sum(one.calls for one in pair.calls_without_id), "call"),
        )
    if pair.may_use_webhooks:
        said += _WEBHOOKS.format(connectors=", ".join(pair.may_use_webhooks))
    if pair.state == "silent" and pair.hours_not_logged:
        said += _NOT_LOGGED.format(hours=counted(pair.hours_not_logged, "hour"))
    said += "".join(
        _OLD_ID.format(calls=counted(sign.calls_before + sign.calls_after, "call"), value=sign.value)
        for sign in pair.signs
        if sign.sign == "integration_id" and sign.value != pair.integration
    )
    if pair.state in {"works", "recovered"}:
        said += _UNSEEN
    return said.strip()


def whom(pair: Pair) -> str:
    """Whom to call, how sure that is, and what speaks for it."""
    if pair.party is None or pair.confidence is None:
        return "Nobody needs to be called." if pair.state == "works" else "The calls do not tell."
    in_words = {**REASONS, **(SILENCE_REASONS if pair.outcome is None else {})}
    reasons = "; ".join(in_words[reason] for reason in pair.why)
    if pair.party == "unsure":
        who = f"Unsure between {' and '.join(pair.between)} ({round(100 * pair.confidence)} % {pair.between[0]})"
    else:
        who = f"The {pair.party} ({round(100 * pair.confidence)} % sure)"
    if pair.state == "recovered":
        return f"Nobody any more. It was up to: {who[0].lower()}{who[1:]}: {reasons}."
    return f"{who}: {reasons}.{_contact(pair)}"


def _contact(pair: Pair) -> str:
    """The partner's contact in the registry, or the customer's name: the registry holds no contact of customers."""
    if "partner" in pair.between:
        said = [text for text in (pair.partner_name, pair.contact, pair.phone, pair.email) if text]
        return f" Partner: {', '.join(said)}." if said else ""
    if "customer" in pair.between and pair.customer_name:
        return f" Customer: {pair.customer_name}."
    return ""


def _when(instant: dt.datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else moment(instant.astimezone(zone))
