"""The figures of the page about a connection: the verdict in words, and rows for its charts and tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from dashboard.shell.data import View
from dashboard.text.wording import Words, plain, say, shown
from dashboard.widgets import stacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analytics.pair.answer import Pair, Trouble

_KINDS = {
    "failing": "error",
    "never_worked": "error",
    "partly_failing": "warning",
    "silent": "warning",
    "recovering": "warning",
    "recovered": "info",
    "too_few_calls": "info",
    "works": "success",
}
_BEFORE = dt.timedelta(days=14)
_DAYS_AROUND = dt.timedelta(days=4)
_INSTANT = pl.Datetime("us", "UTC")
Columns: TypeAlias = dict[str, type[pl.DataType] | pl.DataType]


def title(found: Pair) -> str:
    """Return the names of both, or their numbers."""
    return plain(
        "pair.one_title",
        integration=found.integration_name or found.integration,
        customer=found.customer_name or found.customer,
    )


def facts(found: Pair) -> Words:
    """Return the numbers of both, and the partner."""
    said = [say("pair.fact", integration=found.integration, customer=found.customer)]
    if found.partner_name:
        said.append(say("pair.fact_partner", partner=found.partner_name))
    if found.is_own:
        said.append(say("pair.fact_own"))
    return Words(" · ".join(said))


def verdict(found: Pair, view: View) -> tuple[str, Words]:
    """Return Streamlit's kind of message for the verdict, and the verdict in words."""
    where = say("pair.at_connector", connector=found.connector_in_trouble) if found.connector_in_trouble else Words("")
    instants = ("first_call", "last_call", "last_good_call", "started_at", "ended_at")
    words = say(
        f"pair.verdict.{found.state}",
        where=where,
        calls=found.calls,
        errors=found.errors,
        trouble_calls=found.calls_in_trouble,
        trouble_errors=found.errors_in_trouble,
        successes=found.successes_since,
        status=found.status,
        how_many=say("pair.all" if found.main_errors == found.calls_in_trouble else "pair.mostly"),
        usual=found.usual_error_rate,
        silent=found.silent_hours,
        expected=round(found.expected_active_hours or 0),
        pause=found.longest_pause_hours,
        **{name: local(getattr(found, name), view) for name in instants},
    )
    return _KINDS[found.state], words


def advice(found: Pair) -> Words:
    """Return which cause fits and what to do, and what a log cannot show."""
    said = []
    if found.cause is not None:
        said.append(
            say(
                f"pair.advice.{found.cause}",
                failing=", ".join(found.failing_connectors),
                lost=sum(one.calls for one in found.calls_without_id),
            )
        )
    if found.may_use_webhooks:
        said.append(say("pair.webhooks", connectors=", ".join(found.may_use_webhooks)))
    if found.state == "silent" and found.hours_not_logged:
        said.append(say("pair.not_logged", hours=found.hours_not_logged))
    said += [
        say("pair.old_id", calls=sign.calls_before + sign.calls_after, value=sign.value)
        for sign in found.signs
        if sign.sign == "integration_id" and sign.value != found.integration
    ]
    if found.state in {"works", "recovered", "recovering"}:
        said.append(say("pair.unseen"))
    return Words(" ".join(said))


def whom(found: Pair) -> Words:
    """Return whom to call, and how sure that is."""
    if found.party is None or found.confidence is None:
        return say("pair.nobody" if found.state == "works" else "pair.untold")
    parties = [plain(f"party.{party}") for party in found.between]
    if found.party == "unsure":
        return say(
            "pair.unsure",
            parties=Words(" / ".join(parties)),
            first=Words(parties[0]),
            confidence=Words(f"{found.confidence:.0%}"),
        )
    name = "pair.was" if found.state == "recovered" else "pair.sure"
    return say(name, party=Words(parties[0]), confidence=Words(f"{found.confidence:.0%}"))


def reasons(found: Pair) -> list[Words]:
    """Return what speaks for it, each in words."""
    silent = "_silent" if found.outcome is None else ""
    return [say(f"pair.reason{silent}.{reason}") for reason in found.why]


def contacts(found: Pair) -> list[str]:
    """Return the contact of the partner, and the customer: the registry has no contact of customers."""
    partner = [text for text in (found.partner_name, found.contact, found.phone, found.email) if text]
    customer = [text for text in (found.customer_name, found.customer) if text]
    return [
        plain("pair.contact_of", party=plain(f"party.{party}"), contact=", ".join(said))
        for party, said in (("partner", partner), ("customer", customer))
        if said
    ]


def local(instant: dt.datetime | None, view: View) -> dt.datetime | None:
    """Return an instant by the clock of the lake's time zone."""
    return None if instant is None else instant.astimezone(view.lake.time_zone)


def clock(instant: dt.datetime | None, view: View) -> str | None:
    """Return the time of day of an instant, in words."""
    at = local(instant, view)
    return None if at is None else plain("pair.clock", time=f"{at:%H:%M}")


def before_the_change(found: Pair, view: View) -> View:
    """Return the view of the chart of days, which reaches from two weeks before the change on, however late the period begins."""
    changed = view.lake.day_of(found.started_at)
    if changed is None or view.scope.since is None:
        return view
    return View(view.lake, view.scope.replace(since=min(view.scope.since, changed - _BEFORE)))


def hours(count: int | None) -> Words:
    """Return a number of hours in words, in days from two days on."""
    if count is None:
        return Words(shown(None))
    return say("pair.days_long", days=count // 24) if count >= 48 else say("pair.hours_long", hours=count)


def longest_pause(found: Pair) -> str | None:
    """Return the most unusual pause before, in words."""
    pause = found.longest_pause_hours
    return None if pause is None else say("pair.longest", pause=hours(pause))


def per_hour(found: Pair) -> str:
    """Return the calls per hour since it changed."""
    return _rate(found.calls_per_hour_since)


def per_hour_before(found: Pair) -> str | None:
    """Return the calls per hour before it changed, in words."""
    before = found.calls_per_hour_before
    return None if before is None else plain("pair.before", rate=_rate(before))


def _rate(calls: float | None) -> str:
    return shown(None) if calls is None else f"{calls:,.2f}"


def hours_around(found: Pair, view: View) -> pl.DataFrame:
    """Return the hours around the moment at which it changed: hour (local, as text), kind, its name and place, calls."""
    assert found.started_at is not None, "nothing changed"
    rows = view.rows("pair/hours", integration=found.integration, customer=found.customer)
    near = rows.filter(
        pl.col("hour").is_between(found.started_at - _DAYS_AROUND, found.started_at + _DAYS_AROUND)
    ).with_columns(_text(pl.col("hour"), view))
    summed = near.group_by("hour").agg(pl.col("calls").sum(), pl.col("errors").sum()).sort("hour")
    return stacks.calls_and_errors(summed, by=("hour",))


def start(found: Pair, view: View) -> pl.DataFrame:
    """Return the moment at which it changed: hour (local, as text) and title (in words)."""
    at = pl.DataFrame({"hour": [found.started_at]}, schema={"hour": _INSTANT})
    return at.with_columns(_text(pl.col("hour"), view), title=pl.lit(shown(local(found.started_at, view))))


def _text(instant: pl.Expr, view: View) -> pl.Expr:
    return instant.dt.convert_time_zone(view.lake.time_zone.key).dt.strftime("%Y-%m-%dT%H:%M:%S")


def outcomes(found: Pair) -> pl.DataFrame:
    """Return the calls by connector and outcome, before the time of trouble, in it and later."""
    schema: Columns = {
        "connector": pl.String,
        "operation": pl.String,
        "outcome": pl.String,
        "status": pl.Int64,
        "calls_before": pl.Int64,
        "calls_during": pl.Int64,
        "calls_later": pl.Int64,
    }
    return pl.DataFrame([asdict(one) for one in found.outcomes], schema=schema).with_columns(
        connector=pl.coalesce("connector", pl.lit(plain("connectors.none"))), calls="calls_before"
    )


def signs(found: Pair) -> pl.DataFrame:
    """Return what the calls carry, before and since: sign and change in words."""
    rows = [
        {
            "sign": plain(f"pair.sign.{one.sign}"),
            "value": plain(f"token_form.{one.value}") if one.sign == "token_form" else one.value,
            "calls_before": one.calls_before,
            "calls_since": one.calls_after,
            "sign_change": plain(f"pair.sign_change.{one.change}") if one.change else "",
        }
        for one in found.signs
    ]
    schema: Columns = {
        "sign": pl.String,
        "value": pl.String,
        "calls_before": pl.Int64,
        "calls_since": pl.Int64,
        "sign_change": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)


def others(troubles: Iterable[Trouble]) -> pl.DataFrame:
    """Return who else called in the same time, those in trouble first."""
    rows = [
        {
            "integration": one.integration,
            "customer": one.customer,
            "in_trouble": plain(f"pair.in_trouble.{'yes' if one.is_in_trouble else 'no'}"),
            "calls": one.calls,
            "errors": one.errors,
            "error_rate": one.errors / one.calls if one.calls else None,
            "last_hour": one.last_hour,
        }
        for one in sorted(troubles, key=lambda one: not one.is_in_trouble)
    ]
    schema: Columns = {
        "integration": pl.String,
        "customer": pl.String,
        "in_trouble": pl.String,
        "calls": pl.Int64,
        "errors": pl.Int64,
        "error_rate": pl.Float64,
        "last_hour": _INSTANT,
    }
    return pl.DataFrame(rows, schema=schema)


def episodes(found: Pair) -> pl.DataFrame:
    """Return the times of trouble, the last one first."""
    schema: Columns = {
        "started_at": _INSTANT,
        "ended_at": _INSTANT,
        "connector": pl.String,
        "calls": pl.Int64,
        "errors": pl.Int64,
        "outcome": pl.String,
        "status": pl.Int64,
        "usual_rate": pl.Float64,
    }
    rows = [{**asdict(one), "usual_rate": one.base_rate} for one in found.episodes]
    return pl.DataFrame(_only(rows, schema), schema=schema)


def without_id(found: Pair) -> pl.DataFrame:
    """Return the calls of the same program without a valid id."""
    schema: Columns = {
        "user_agent": pl.String,
        "integration_id": pl.String,
        "id_status": pl.String,
        "calls": pl.Int64,
        "first_call": _INSTANT,
        "last_call": _INSTANT,
    }
    return pl.DataFrame(_only([asdict(one) for one in found.calls_without_id], schema), schema=schema)


def _only(rows: Sequence[dict[str, object]], names: Iterable[str]) -> list[dict[str, object]]:
    wanted = list(names)
    return [{name: row[name] for name in wanted} for row in rows]
