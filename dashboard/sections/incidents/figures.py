"""The figures of the page about incidents."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analytics.incidents.evidence import environment_of
from analytics.incidents.tree import PLATFORM, WITHOUT
from dashboard.text.wording import Words, plain, say
from dashboard.widgets import stacks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analytics.incidents.evidence import Evidence
    from analytics.incidents.incident import Incident
    from dashboard.shell.data import View

_BY_HOUR: Final = dt.timedelta(days=3)
"""An incident that is no longer is shown by the hour."""
_HOURS_AROUND: Final = dt.timedelta(days=2)
_DAYS_AROUND: Final = dt.timedelta(days=14)
_INSTANT: Final = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Answer:
    """How many incidents last, began in the period and are found at all; whom to call most, and about how many."""

    lasting: int
    begun: int
    found: int
    to_call: Words | None
    to_call_note: Words | None


def chosen(found: Sequence[Incident], asked: str | None) -> Incident | None:
    """Return the incident with the id that the link asks for."""
    return next((one for one in found if one.id == asked), None)


def answer(found: Sequence[Incident], view: View) -> Answer:
    """Return what all incidents come to. Who is called most is told by the most incidents, then by those that last."""
    since = view.scope.since
    begun = sum(since is None or _day(one.started_at, view) >= since for one in found)
    lasting = sum(one.ended_at is None for one in found)
    names = _names(view)
    named = [(one, (one.party, _whom(one, names))) for one in found if one.party != "unsure"]
    if not named:
        return Answer(lasting, begun, len(found), None, None)
    times = Counter(who for _, who in named)
    now = Counter(who for one, who in named if one.ended_at is None)
    most = min(times, key=lambda who: (-times[who], -now[who], who))
    note = "to_call" if most[1] else "to_call_unnamed"
    party = Words(plain(f"party.{most[0]}"))
    return Answer(lasting, begun, len(found), party, say(f"incidents.{note}", name=most[1], incidents=times[most]))


def _whom(one: Incident, names: Mapping[tuple[str, str], str]) -> str:
    """The name or number of the partner or customer that the engine names; nothing for many, or the vendor."""
    if one.party == "partner" and one.integrations:
        number = max(one.integrations, key=lambda name: (one.integrations[name], name)).partition("_")[0]
        return names.get(("partner", number)) or number
    if one.party == "customer" and len(one.customers) == 1:
        (number,) = one.customers
        return names.get(("customer", number)) or number
    return ""


def rows(found: Sequence[Incident], view: View) -> pl.DataFrame:
    """Return a row for each incident; `incident` is its id."""
    names = _names(view)
    told = [
        {
            "incident": one.id,
            "incident_kind": one.kind,
            "incident_where": _where(one, names),
            "started_at": one.started_at,
            "incident_until": one.ended_at,
            "calls": one.calls,
            "errors": one.errors,
            "error_rate": one.error_rate,
            "usual_rate": one.baseline_rate,
            "customers_affected": one.customers_affected,
            "party": one.party,
            "incident_contact": one.contact,
            "why": one.why,
        }
        for one in found
    ]
    types = {
        "started_at": _INSTANT,
        "incident_until": _INSTANT,
        "errors": pl.Int64(),
        "error_rate": pl.Float64(),
        "usual_rate": pl.Float64(),
        "incident_contact": pl.String(),
    }
    return pl.DataFrame(told, schema_overrides=types)


def title(one: Incident, view: View) -> str:
    """Return what happened and where."""
    kind = plain(f"incident_kind.{one.kind}")
    return kind if one.node == PLATFORM else plain("incidents.one_title", kind=kind, where=_where(one, _names(view)))


def facts(one: Incident, view: View) -> Words:
    """Return since when and until when."""
    zone = view.lake.time_zone
    until = one.ended_at and one.ended_at.astimezone(zone)
    name = "incidents.lasts" if until is None else "incidents.ended"
    return say(name, since=one.started_at.astimezone(zone), until=until)


def of_calls(one: Incident) -> Words:
    """Return how many calls its errors are of."""
    return say("incidents.of_calls", calls=one.calls)


def usual(one: Incident) -> Words:
    """Return the usual error rate."""
    return say("incidents.usual", rate=one.baseline_rate)


def party(one: Incident) -> Words:
    """Return who can do something about it."""
    return Words(plain(f"party.{one.party}"))


def confidence(one: Incident) -> Words | None:
    """Return how certain the party is; nothing if nobody is named."""
    return None if one.party == "unsure" else say("incidents.confidence", share=Words(f"{one.confidence:.0%}"))


def contact(one: Incident) -> str:
    """Return whom to call, or why there is nobody to name."""
    return one.contact or plain(f"incidents.no_contact.{one.party}")


def subject(one: Incident, view: View) -> dict[str, object]:
    """Return the filters with which other pages show the place of an incident."""
    return {
        "integration": one.integration,
        "customer": one.customer,
        "connector": None,
        "partner": None,
        "environment": environment_of(one, view.scope),
    }


def links(one: Incident) -> list[str]:
    """Return the pages about the place of an incident: that of a pair, of its integration, and its errors."""
    if one.integration and one.customer:
        return ["pair", "integrations", "errors"]
    return ["integrations", "errors"] if one.integration or one.customer else []


def is_by_hour(one: Incident, view: View) -> bool:
    """Return whether the chart has a bar for each hour, and not for each day."""
    return _end(one, view) - one.started_at <= _BY_HOUR


def hours_around(one: Incident, evidence: Evidence, view: View) -> pl.DataFrame:
    """Return the hours from two days before to two days after: hour (local, as text), kind, its name and place, calls."""
    since = max(one.started_at - _HOURS_AROUND, _first(one, evidence))
    until = min(_end(one, view) + _HOURS_AROUND, _last(view))
    hours = pl.DataFrame({"hour": pl.datetime_range(since, until, "1h", closed="left", eager=True)})
    whole = hours.cast({"hour": _INSTANT}).join(_in_utc(evidence), on="hour", how="left").fill_null(0).sort("hour")
    return stacks.calls_and_errors(whole.with_columns(_text(view)), by=("hour",))


def days_around(one: Incident, evidence: Evidence, view: View) -> pl.DataFrame:
    """Return the days from two weeks before to two weeks after: day, calls, errors."""
    since = _day(max(one.started_at - _DAYS_AROUND, _first(one, evidence)), view)
    until = _day(min(_end(one, view) + _DAYS_AROUND, _last(view) - dt.timedelta(seconds=1)), view)
    days = pl.DataFrame({"day": pl.date_range(since, until, "1d", eager=True)})
    local = _in_utc(evidence).with_columns(day=pl.col("hour").dt.convert_time_zone(view.lake.time_zone.key).dt.date())
    made = local.group_by("day").agg(pl.col("calls", "errors").sum())
    return days.join(made, on="day", how="left").fill_null(0).sort("day")


def moments(one: Incident, view: View) -> pl.DataFrame:
    """Return when it began and, if it is over, ended: hour (local, as text) and title (in words)."""
    zone = view.lake.time_zone
    told = [(one.started_at, "incidents.began_at")]
    if one.ended_at is not None:
        told.append((one.ended_at, "incidents.ended_at"))
    titles = [plain(name, at=instant.astimezone(zone)) for instant, name in told]
    return pl.DataFrame(
        {"hour": [instant for instant, _ in told], "title": titles}, schema_overrides={"hour": _INSTANT}
    ).with_columns(_text(view))


def rates(one: Incident, evidence: Evidence) -> pl.DataFrame:
    """Return the error rate in the incident, before it, and what of that is usual, the incident first."""
    counted = evidence.rates.sort("part", descending=True).select(
        "calls",
        "errors",
        "error_rate",
        incident_part="part",
        error_rate_range=pl.format("{}–{}%", *(_percent(end) for end in ("low", "high"))),
    )
    usual = pl.DataFrame({"incident_part": ["usual"], "error_rate": [one.baseline_rate]})
    return pl.concat([counted, usual], how="diagonal_relaxed")


def counted(one: Incident) -> Words:
    """Return which errors are counted."""
    return say("incidents.counted", errors=Words(plain(f"error_class.{one.error_class}")))


def shares(one: Incident, view: View) -> dict[str, pl.DataFrame]:
    """Return where the errors are, by each part that does not tell the place: title, the part, unexplained (errors), share."""
    names = _names(view)
    everything = sum(one.customers.values())
    integrations = dict(one.integrations)
    rest = everything - sum(integrations.values())
    if round(rest) > 0:
        integrations[WITHOUT] = rest
    parts = {"integration": integrations, "customer": one.customers, "connector": one.connectors}
    return {
        name: _shared(name, part, everything, names)
        for (name, part), place in zip(parts.items(), one.node, strict=True)
        if part and not place
    }


def _shared(
    name: str, part: Mapping[str, float], everything: float, names: Mapping[tuple[str, str], str]
) -> pl.DataFrame:
    ordered = sorted(part.items(), key=lambda item: (-item[1], item[0]))
    return pl.DataFrame(
        {
            "title": [_title(name, value, names) for value, _ in ordered],
            name: [None if value == WITHOUT else value for value, _ in ordered],
            "unexplained": [round(errors) for _, errors in ordered],
            "share": [errors / everything for _, errors in ordered],
        },
        schema_overrides={name: pl.String(), "share": pl.Float64()},
    )


def _title(kind: str, value: str, names: Mapping[tuple[str, str], str]) -> str:
    if value == WITHOUT:
        return plain("connectors.unidentified" if kind == "integration" else "connectors.none")
    return names.get((kind, value)) or value


def _where(one: Incident, names: Mapping[tuple[str, str], str]) -> str:
    """The place of an incident with its names."""
    if one.node == PLATFORM:
        return plain("incidents.platform")
    told = []
    for kind, value in zip(("integration", "customer", "connector"), one.node, strict=True):
        if value:
            name = _title(kind, value, names)
            told.append(name if kind == "connector" or value in (WITHOUT, name) else f"{name} ({value})")
    return " · ".join(told)


def _names(view: View) -> dict[tuple[str, str], str]:
    named = view.rows("incidents/named").drop_nulls("name")
    return {(kind, number): name for kind, number, name in named.select("kind", "number", "name").iter_rows()}


def _percent(end: str) -> pl.Expr:
    return (100 * pl.col(f"error_{end}")).round(1)


def _in_utc(evidence: Evidence) -> pl.DataFrame:
    return evidence.hours.with_columns(pl.col("hour").dt.convert_time_zone("UTC").cast(_INSTANT))


def _first(one: Incident, evidence: Evidence) -> dt.datetime:
    """The first hour of the place that is known."""
    first = _in_utc(evidence)["hour"].min()
    return first if isinstance(first, dt.datetime) else one.started_at


def _end(one: Incident, view: View) -> dt.datetime:
    """The end of an incident, or of what is known of one that lasts."""
    return one.ended_at or _last(view)


def _last(view: View) -> dt.datetime:
    """The end of the last hour that the page looks at: of the logs, or of the period if that is earlier."""
    until = view.lake.data_until
    assert until is not None, "an incident has calls"
    last = until.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    if view.scope.until is None:
        return last
    end = dt.datetime.combine(view.scope.until, dt.time(), tzinfo=view.lake.time_zone)
    return min(last, end.astimezone(dt.UTC))


def _day(instant: dt.datetime, view: View) -> dt.date:
    return instant.astimezone(view.lake.time_zone).date()


def _text(view: View) -> pl.Expr:
    return pl.col("hour").dt.convert_time_zone(view.lake.time_zone.key).dt.strftime("%Y-%m-%dT%H:%M:%S")
