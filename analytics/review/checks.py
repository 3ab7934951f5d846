"""The checks of a review: what is judged, by which rule, and why.

A verdict rests on a share and on how many calls it is a share of. Three good calls of three prove nothing, and ten calls in ten
thousand that fail are no broken program. So the share of good calls is judged by its 95 % interval; what has no interval is judged
from a least number on. Where the practices have a rule already (hammering, dead_token, ignored_unavailable), their state is the
verdict, so that both say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analytics.numbers import counted, rate
from analytics.review.answer import PARTS, Check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.review.answer import CheckName, Verdict
    from analytics.review.facts import Facts

GOOD = 0.9
"""The share of calls, customers or errors that has to be as it should."""
FEW_CALLS, FEW_CUSTOMERS, FEW_ERRORS = 20, 3, 10
"""Fewer than this are too few to judge."""
LONGEST_RUN = 10
"""More errors in a row than this, from one caller, are too many: as in the rules of use."""
QUICK_HOURS = 24


def checks_of(found: Facts) -> tuple[Check, ...]:
    """All checks, those of one part together."""
    return (*_of_integration(found), *_of_onboarding(found), *_of_errors(found))


def _check(
    name: CheckName,
    verdict: Verdict,
    counts: tuple[int, int],
    why: str,
    *,
    interval: tuple[float | None, float | None] = (None, None),
) -> Check:
    """One check; `counts`: how many held, of how many."""
    held, judged = counts
    share = held / judged if judged else None
    low, high = interval
    return Check(
        part=PARTS[name],
        check=name,
        verdict=verdict,
        held=held,
        judged=judged,
        share=share,
        low=low,
        high=high,
        why=why,
    )


# --- working integration


def _of_integration(found: Facts) -> Iterator[Check]:
    yield _id_on_every_call(found)
    yield _succeed(found, "calls_succeed", "call", "good", "judged")
    yield _succeed(found, "writes_succeed", "write", "good_writes", "judged_writes")
    yield _api_in_use(found)
    if found.totals["sb_calls"]:
        yield _api_version(found)


def _id_on_every_call(found: Facts) -> Check:
    calls = found.totals["calls"]
    wrong = int(found.ids.filter(pl.col("integration").is_not_null())["calls"].sum())
    of_partner = int(found.ids["calls"].sum()) - wrong
    verdict: Verdict
    if found.doubt == "example":
        verdict, why = "not_shown", "this is the example id of the documentation, and no integration's own"
    elif wrong:
        verdict = "not_shown"
        why = f"{counted(wrong, 'call')} of this integration {_do(wrong, 'lacks', 'lack')} the right id"
    elif not found.sees_others:
        verdict, why = (
            "not_visible",
            "calls without the id may not be seen here, so nobody can tell whether there are any",
        )
    elif of_partner:
        verdict = "not_visible"
        why = (
            f"{counted(of_partner, 'call')} without the right id {_do(of_partner, 'is', 'are')} of this partner, "
            "and no log tells of which of its integrations"
        )
    elif not calls:
        verdict, why = "not_visible", "no call carries the id"
    elif found.doubt == "not_registered":
        verdict = "not_visible"
        why = f"{counted(calls, 'call')} {_do(calls, 'carries', 'carry')} it, but the registry does not know this id. Is it the right one?"
    elif calls < FEW_CALLS:
        verdict, why = "too_few", f"only {counted(calls, 'call')}, and none is known that lacks the id"
    else:
        verdict, why = (
            "shown",
            f"{counted(calls, 'call')} {_do(calls, 'carries', 'carry')} it; none is known that lacks it",
        )
    if found.unlogged_calls:
        why += (
            f". {counted(found.unlogged_calls, 'call')} at its customers {_do(found.unlogged_calls, 'is', 'are')} from logs "
            "that have no place for the id"
        )
    return _check("id_on_every_call", verdict, (calls, calls + wrong), why)


def _succeed(found: Facts, check: CheckName, one: str, good: str, judged: str) -> Check:
    """Whether calls or writes succeed, without the failures that only the customer or the vendor can remove."""
    held, whole = found.totals[good], found.totals[judged]
    prefix = "judged" if good == "good" else "writes"
    low, high = found.totals[f"{prefix}_low"], found.totals[f"{prefix}_high"]
    if not whole:
        return _check(check, "not_visible", (0, 0), f"these logs hold no {one} to judge")
    verdict: Verdict = "shown" if low >= GOOD else "not_shown" if high < GOOD else "too_few"
    why = f"{held:,} of {counted(whole, one)} succeeded: {rate(held / whole)} ({rate(low)} to {rate(high)}), and {GOOD:.0%} is asked"
    return _check(check, verdict, (held, whole), why, interval=(low, high))


def _api_in_use(found: Facts) -> Check:
    used, calls = found.totals["used"], found.totals["calls"]
    verdict: Verdict
    if used:
        parts = found.uses.height
        verdict = "shown"
        why = f"{counted(used, 'call')} did something; {counted(parts, 'part')} of the API {_do(parts, 'is', 'are')} called"
    elif calls >= FEW_CALLS:
        verdict, why = (
            "not_shown",
            f"none of {counted(calls, 'call')} did more than log in or look at the API, or it failed",
        )
    elif calls:
        verdict, why = "too_few", f"only {counted(calls, 'call')}, and none of them did anything"
    else:
        verdict, why = "not_visible", "no call carries the id"
    return _check("api_in_use", verdict, (used, calls), why)


def _api_version(found: Facts) -> Check:
    logged = found.versions.filter(pl.col("is_logged"))
    judged = int(logged["calls"].sum())
    held = int(logged.filter(pl.col("api_version").is_not_null())["calls"].sum())
    versions = sorted(set(logged["api_version"].drop_nulls()))
    verdict: Verdict
    if not judged:
        verdict, why = "not_visible", "no call in these logs has an Accept-Version, so they may lack the header"
    elif held < judged:
        verdict, why = (
            "not_shown",
            f"{counted(judged - held, 'call')} of {judged:,} {_do(judged - held, 'asks', 'ask')} for no version",
        )
    else:
        verdict = "shown" if judged >= FEW_CALLS else "too_few"
        why = f"{counted(judged, 'call')} {_do(judged, 'asks', 'ask')} for a version: {', '.join(versions)}"
    return _check("api_version", verdict, (held, judged), why)


# --- working onboarding


def _of_onboarding(found: Facts) -> Iterator[Check]:
    yield _get_through(found)
    yield _within_a_day(found)
    if found.visits is not None:
        yield _visitors_call(found.visits)


def _get_through(found: Facts) -> Check:
    state = found.onboarding["state"]
    held, never = int((state == "succeeded").sum()), int((state == "never").sum())
    judged = held + never
    unknown = int(state.is_in(["not_new", "removed"]).sum())
    recent = int((state == "too_recent").sum())
    if not judged:
        why = "no new customer has begun in this period"
        verdict: Verdict = "not_visible"
    else:
        verdict = _by_share(held, judged, FEW_CUSTOMERS)
        why = f"{held:,} of {counted(judged, 'new customer')} got a success"
    if recent:
        why += f"; {recent:,} more began on the last day"
    if unknown:
        why += f"; of {counted(unknown, 'customer')} the logs do not show the beginning"
    return _check("customers_get_through", verdict, (held, judged), why)


def _within_a_day(found: Facts) -> Check:
    hours = found.onboarding.filter(pl.col("state") == "succeeded")["hours"]
    held, judged = int((hours <= QUICK_HOURS).sum()), hours.len()
    if not judged:
        return _check("within_a_day", "not_visible", (0, 0), "no new customer has got a success")
    errors = int(found.onboarding.filter(pl.col("state") == "succeeded")["errors_before"].sum())
    why = (
        f"{held:,} of {counted(judged, 'new customer')} succeeded within a day, the slowest {_after(hours.max())}; "
        f"{counted(errors, 'error')} came before a first success"
    )
    return _check("within_a_day", _by_share(held, judged, FEW_CUSTOMERS), (held, judged), why)


def _visitors_call(visits: pl.DataFrame) -> Check:
    state = visits["state"]
    held, never = int((state == "called").sum()), int((state == "never_called").sum())
    judged = held + never
    if not judged:
        return _check("visitors_call", "not_visible", (0, 0), "no new customer came to the onboarding page")
    median = visits.filter(pl.col("state") == "called")["hours"].median()
    why = f"{held:,} of {counted(judged, 'customer')} that came to the onboarding page called"
    if median is not None:
        why += f", after {_spent(median)} (the median)"
    return _check("visitors_call", _by_share(held, judged, FEW_CUSTOMERS), (held, judged), why)


# --- working error handling


def _of_errors(found: Facts) -> Iterator[Check]:
    yield _stops_when_refused(found)
    yield _waits_when_unavailable(found)
    yield _stops_after_errors(found)
    yield _recovers(found)


def _stops_when_refused(found: Facts) -> Check:
    rules = [found.rules[name] for name in ("hammering", "dead_token") if name in found.rules]
    judged = max((rule["judged"] for rule in rules), default=0)
    too_many = max((rule["calls"] for rule in rules), default=0)
    if not judged:
        return _check("stops_when_refused", "not_visible", (0, 0), "no call was refused (401, 403)")
    if any(rule["state"] == "broken" for rule in rules):
        why = (
            f"{counted(too_many, 'call')} of {judged:,} refused ones came after ten refusals at the same customer, "
            "in a row or within an hour"
        )
        return _check("stops_when_refused", "not_shown", (judged - too_many, judged), why)
    verdict: Verdict = "shown" if judged >= FEW_ERRORS else "too_few"
    why = f"{counted(judged, 'call')} {_do(judged, 'was', 'were')} refused (401, 403), at no customer more than ten in a row or within an hour"
    return _check("stops_when_refused", verdict, (judged, judged), why)


def _waits_when_unavailable(found: Facts) -> Check:
    rule = found.rules.get("ignored_unavailable")
    if rule is None or not rule["judged"]:
        why = "no call followed an answer 503"
        return _check("waits_when_unavailable", "not_visible", (0, 0), why)
    hasty, judged = rule["calls"], rule["judged"]
    why = f"{counted(hasty, 'call')} of {judged:,} that followed a 503 at the same customer came within ten seconds"
    verdict: Verdict = "not_shown" if rule["state"] == "broken" else "shown" if judged >= FEW_ERRORS else "too_few"
    return _check("waits_when_unavailable", verdict, (judged - hasty, judged), why)


def _stops_after_errors(found: Facts) -> Check:
    """Whether it gives up on a 500. The next call may be about another record, so only long runs of them say something."""
    callers = found.handling.filter(pl.col("customer").is_not_null(), pl.col("status") == 500)
    errors, longest = int(callers["errors"].sum()), callers["longest_run"].max()
    if not isinstance(longest, int):
        return _check("stops_after_errors", "not_visible", (0, 0), "no call got the answer 500")
    held = int(callers.filter(pl.col("longest_run") <= LONGEST_RUN)["errors"].sum())
    why = f"{counted(errors, 'answer')} 500, at most {longest:,} in a row at one customer and connector"
    verdict: Verdict = "not_shown" if longest > LONGEST_RUN else "shown" if errors >= FEW_ERRORS else "too_few"
    return _check("stops_after_errors", verdict, (held, errors), why)


def _recovers(found: Facts) -> Check:
    by_status = found.handling.filter(pl.col("customer").is_null())
    held, open_ = int(by_status["recovered"].sum()), int(by_status["open"].sum())
    judged = held + open_
    if not judged:
        return _check("recovers", "not_visible", (0, 0), "no caller called again after a 401, 403, 500 or 503")
    why = f"after {held:,} of {counted(judged, 'run')} of errors (401, 403, 500, 503) the same caller succeeded again"
    return _check("recovers", _by_share(held, judged, FEW_ERRORS), (held, judged), why)


# --- how a share is judged, and said


def _by_share(held: int, judged: int, few: int) -> Verdict:
    if judged < few:
        return "too_few"
    return "shown" if held >= GOOD * judged else "not_shown"


def _do(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _after(value: object) -> str:
    """How long after the first call.

    >>> _after(0.0), _after(0.5), _after(49.26)
    ('with its first call', '30 minutes after its first call', '49.3 hours after its first call')
    """
    return f"{_spent(value)} after its first call" if value else "with its first call"


def _spent(value: object) -> str:
    hours = float(value) if isinstance(value, (int, float)) else 0.0
    return counted(max(1, round(hours * 60)), "minute") if hours < 2 else f"{hours:.1f} hours"
