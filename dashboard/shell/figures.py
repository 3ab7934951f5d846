"""What each page shows: the answers of the lake, put into the shape of a card, a chart or a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from analytics.completeness.gaps import gaps_in, hours_of, moment, period_of
from analytics.overlaps.overlaps import overlaps_in
from analytics.scope import Scope
from dashboard.text.wording import Words, has, plain, say, shown, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.completeness.gaps import Gap
    from analytics.overlaps.overlaps import Overlap
    from dashboard.shell.data import View

_DAYS_OF_A_LONG_PERIOD = 45
"""From here on customers are counted per week: a day says little about how many use an integration."""
_PARTIES = ("partner", "customer", "vendor")


@dataclass(frozen=True)
class Number:
    """One figure, and the same over the period before; None where there is nothing to compare with."""

    value: float | None
    before: float | None = None

    @property
    def difference(self) -> float | None:
        """How much more it is than before."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def change(self) -> float | None:
        """How much more it is than before, as a fraction of what it was."""
        return None if self.difference is None or not self.before else self.difference / self.before


@dataclass(frozen=True)
class Totals:
    """The figures of a scope, beside those of the period before."""

    customers: Number
    integrations: Number
    calls: Number
    errors: Number
    error_rate: Number


def totals(view: View) -> Totals:
    """Return the figures of what is asked. The period before counts only where the lake covers all of it."""
    row = view.compared("overview/totals").row(0, named=True)
    comparable = _covers_period_before(view)
    return Totals(
        **{
            name: Number(row[name], row[f"{name}_before"] if comparable else None)
            for name in ("customers", "integrations", "calls", "errors", "error_rate")
        }
    )


def per_day(view: View) -> pl.DataFrame:
    """Return calls_per_day; where the lake covers the period before, with its day of the same place (`..._before`)."""
    rows = view.compared("calls_per_day").filter(pl.col("calls").is_not_null())
    return rows if _covers_period_before(view) else rows.select(pl.exclude("^.*_before$"))


def calls_and_errors(rows: pl.DataFrame, *, by: tuple[str, ...] = ("day",)) -> pl.DataFrame:
    """Return, from rows with calls and errors: kind (ok, error), its name, its place in a stack, and calls."""
    parts = rows.select(*by, ok=pl.col("calls") - pl.col("errors"), error="errors")
    return _stacked(parts.unpivot(index=by, variable_name="kind", value_name="calls"), "kind", ("ok", "error"))


def attention(view: View) -> pl.DataFrame:
    """Return what needs attention, worst first: severity, finding in words, name, integration (null: none), counts."""
    found = view.rows("overview/attention")
    is_integration = ~pl.col("kind").is_in(["unidentified", "not_logged"])
    return found.with_columns(
        pl.Series("finding", [_finding(row) for row in found.iter_rows(named=True)], dtype=pl.String),
        pl.when(is_integration).then(pl.coalesce("name", "subject")).alias("name"),
        pl.when(is_integration).then("subject").alias("integration"),
    )


def integrations(view: View, search: str) -> pl.DataFrame:
    """Return customers_per_integration with the partner's name and calls per day, as far as a text is found in a row."""
    names = _partner_names(view)
    trend = view.rows("integration/per_day").group_by("integration", maintain_order=True).agg(trend=pl.col("calls"))
    rows = (
        view.rows("customers_per_integration")
        .with_columns(
            pl.col("partner").cast(pl.String).replace(names).alias("partner_name"),
            pl.coalesce("name", "integration").alias("title"),
        )
        .join(trend, on="integration", how="left", maintain_order="left")
    )
    return _found(rows, search, ("title", "integration", "partner_name", "partner"))


def most_customers(rows: pl.DataFrame, most: int = 12) -> pl.DataFrame:
    """Return the integrations with the most customers, each under a title of its own."""
    return told_apart(rows.sort("customers", "calls", descending=True).head(most))


def told_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the id behind a title that two integrations share: a chart takes one name for one thing."""
    is_shared = pl.col("integration").n_unique().over("title") > 1
    both = pl.format("{} · {}", "title", "integration")
    return rows.with_columns(
        pl.when(is_shared & (pl.col("title") != pl.col("integration"))).then(both).otherwise("title").alias("title")
    )


def profile(view: View) -> dict[str, object] | None:
    """Return who the chosen integration is and what it did; None when nobody knows it."""
    rows = view.rows("integration/profile", integration=view.scope.integration)
    return rows.row(0, named=True) if rows.height else None


def is_long(view: View) -> bool:
    """Return whether the period is so long that customers are counted per week."""
    since, until = view.scope.since, view.scope.until
    return since is None or until is None or (until - since).days > _DAYS_OF_A_LONG_PERIOD


def customers_over_time(view: View) -> pl.DataFrame:
    """Return customers per day of the chosen integration, of a long period per week: day, customers, what is covered."""
    if not is_long(view):
        rows = view.rows("integration/days", integration=view.scope.integration)
        return rows.select("day", "customers", covers=pl.Series([shown(day) for day in rows["day"]], dtype=pl.String))
    rows = view.rows("integration/weeks", integration=view.scope.integration)
    weeks = [_week(week, days) for week, days in rows.select("week", "days").iter_rows()]
    return rows.select(day="week", customers="customers", covers=pl.Series(weeks, dtype=pl.String))


def connectors(view: View, search: str) -> pl.DataFrame:
    """Return connector_usage with `title`, the name to show, as far as a text is found in a row."""
    rows = _titled(view.rows("connector_usage"))
    return _found(rows, search, ("title", "operation", "protocol"))


def most_called(rows: pl.DataFrame, most: int = 12) -> pl.DataFrame:
    """Return the connectors with the most calls, all operations together: title, kind (ok, error), calls, error_rate."""
    summed = (
        rows.filter(pl.col("connector").is_not_null())
        .group_by("title")
        .agg(pl.col("calls").sum(), pl.col("errors").sum())
        .sort("calls", "title", descending=[True, False])
        .head(most)
        .with_columns(error_rate=pl.col("errors") / pl.col("calls"))
    )
    return calls_and_errors(summed, by=("title", "error_rate"))


def connector_users(view: View) -> pl.DataFrame:
    """Return which integrations use the chosen connector; unidentified calls are one row without an integration."""
    names = _partner_names(view)
    return view.rows("connector/integrations", connector=view.scope.connector).with_columns(
        pl.coalesce("name", "integration", pl.lit(plain("connectors.unidentified"))).alias("title"),
        pl.col("partner").cast(pl.String).replace(names).alias("partner_name"),
    )


def errors_by_party(view: View) -> dict[str, int]:
    """Return how many calls went wrong by who can fix them."""
    summed = view.rows("errors_by_outcome").group_by("party").agg(pl.col("calls").sum())
    calls: dict[str, int] = dict(summed.select("party", "calls").iter_rows())
    return {party: calls.get(party, 0) for party in _PARTIES}


def errors_per_day(view: View) -> pl.DataFrame:
    """Return day, party, its name and place in a stack, and calls."""
    return _stacked(view.rows("overview/errors_per_day"), "party", _PARTIES)


def errors_by_outcome(view: View) -> pl.DataFrame:
    """Return errors by outcome, status and party: how many calls, and their share of all errors."""
    return _share_of_errors(view.rows("errors_by_outcome"), ["outcome", "status", "party"])


def errors_by_connector(view: View) -> pl.DataFrame:
    """Return errors by connector and outcome: calls, and their share of all errors."""
    return _share_of_errors(_titled(view.rows("errors_by_outcome")), ["title", "connector", "outcome", "party"])


def errors_by_integration(view: View) -> pl.DataFrame:
    """Return integrations with errors: how many, the rate with its 95 % interval, and what goes wrong most."""
    most = (
        view.rows("errors_by_outcome")
        .group_by("integration", "outcome", "party")
        .agg(pl.col("calls").sum())
        .sort("calls", "outcome", descending=[True, False])
        .group_by("integration", maintain_order=True)
        .agg(most_outcome=pl.col("outcome").first(), most_party=pl.col("party").first())
    )
    names = view.rows("customers_per_integration").select("integration", "name")
    return (
        view.rows("error_rates")
        .filter(pl.col("errors") > 0)
        .join(most, on="integration", how="left")
        .join(names, on="integration", how="left")
        .with_columns(
            pl.coalesce("name", "integration").alias("title"),
            pl.format("{}–{}%", *((100 * pl.col(f"error_rate_{end}")).round(1) for end in ("low", "high"))).alias(
                "error_rate_range"
            ),
        )
        .sort("errors", "integration", descending=[True, False])
    )


ERRORS_BY = {"by_outcome": errors_by_outcome, "by_connector": errors_by_connector}


@dataclass(frozen=True)
class Loaded:
    """What was read into the lake, all of it."""

    loads: int
    lines: int
    calls: int
    rejects: int
    reject_share: float | None


def loaded(view: View) -> Loaded:
    """Return what was read into the lake, whatever is asked."""
    rows = view.rows("data_quality/loads_by_stream")
    loads, lines, calls, rejects = (int(rows[name].sum()) for name in ("loads", "lines", "calls", "rejects"))
    return Loaded(loads, lines, calls, rejects, rejects / lines if lines else None)


@dataclass(frozen=True)
class Identified:
    """How many of the calls whose log can hold the id have a valid one, and how many of all are of logs that cannot; None without."""

    share: float | None
    not_logged_share: float | None


def identified(view: View) -> Identified:
    """Return the share of calls with a valid id, and what it cannot tell of."""
    rows = view.rows("id_hygiene")
    calls = {status: int(rows.filter(id_status=status)["calls"].sum()) for status in ("valid", "not_logged")}
    all_calls = int(rows["calls"].sum())
    logged = all_calls - calls["not_logged"]
    return Identified(
        calls["valid"] / logged if logged else None, calls["not_logged"] / all_calls if calls["not_logged"] else None
    )


def not_logged_in_words(identified: Identified) -> str | None:
    """Return in words of how many calls nobody knows whether they carry an id; None where it is known of all."""
    share = identified.not_logged_share
    return None if share is None else plain("card.not_logged", share=f"{share:.2%}")


def share_of_lines(loaded: Loaded) -> str | None:
    """Return in words how many of the lines were rejected."""
    return None if loaded.reject_share is None else plain("card.of_lines", share=f"{loaded.reject_share:.2%}")


def share_in_words(calls: int, errors: Number) -> str | None:
    """Return in words how many of the errors these are."""
    return plain("card.of_errors", share=calls / errors.value) if errors.value else None


def completeness(view: View) -> pl.DataFrame:
    """Return what is known of every stream and day of the period, whatever else is asked: one row for hours that are alike.

    Columns: stream, day, first_hour and end_hour by the clock of the lake's time zone, `hours` in words, fullness (complete,
    thin, missing, unjudged: no other week to compare with) and its name, calls, expected.
    """
    order = {"unjudged": 0, "complete": 1, "thin": 2, "missing": 3}
    worst_first = {place: name for name, place in order.items()}
    clock = pl.col("hour").dt.convert_time_zone(view.lake.time_zone.key)
    hours = (
        _hours(view)
        .with_columns(
            day=clock.dt.date(),
            clock=clock.dt.hour().cast(pl.Int32),
            place=pl.when(pl.col("expected").is_null() & (pl.col("state") == "complete"))
            .then(pl.lit("unjudged"))
            .otherwise("state")
            .replace_strict(order),
        )
        # Where the clock is put back, two hours have the same name: the worse of them is shown.
        .group_by("stream", "day", "clock", maintain_order=True)
        .agg(pl.col("place").max(), pl.col("calls").sum(), pl.col("expected").sum())
        .sort("stream", "day", "clock")
    )
    another = (pl.col("place") != pl.col("place").shift()) | (pl.col("clock") != pl.col("clock").shift() + 1)
    return (
        hours.with_columns(run=another.fill_null(value=True).cum_sum().over("stream", "day"))
        .group_by("stream", "day", "run", maintain_order=True)
        .agg(
            first_hour=pl.col("clock").min(),
            end_hour=pl.col("clock").max() + 1,
            fullness=pl.col("place").first().replace_strict(worst_first),
            calls=pl.col("calls").sum(),
            expected=pl.col("expected").sum(),
        )
        .with_columns(
            pl.when(pl.col("fullness") != "unjudged").then("expected").alias("expected"),
            hours=pl.format(
                "{}:00 – {}:00", *(pl.col(f"{end}_hour").cast(pl.String).str.zfill(2) for end in ("first", "end"))
            ),
            fullness_name=pl.col("fullness").replace_strict({name: plain(f"fullness.{name}") for name in order}),
        )
        .drop("run")
    )


def nothing_judged(pieces: pl.DataFrame) -> bool:
    """Return whether there is no other week to compare with, in rows of `completeness`."""
    return (pieces["fullness"] == "unjudged").all()


def gaps(view: View) -> tuple[Gap, ...]:
    """Return the gaps of the period in all streams, whatever else is asked."""
    hours = _hours(view)
    return gaps_in(hours, view.lake.time_zone.key, streams=hours["stream"].unique().to_list())


def gaps_of_figures(view: View) -> tuple[Gap, ...]:
    """Return the gaps that make the figures of this view too low: those in the streams that such calls come from."""
    streams = view.lifted("since", "until").rows("completeness/streams")
    return gaps_in(_hours(view), view.lake.time_zone.key, streams=streams["stream"].to_list())


def hours_missing_before(view: View) -> int:
    """Return how many hours are missing in the period that the figures of this view are compared with, if they are."""
    if not _covers_period_before(view):
        return 0
    return hours_of(gaps_of_figures(replace(view, scope=view.scope.previous())), "missing")


def gap_in_words(gap: Gap) -> Words:
    """Return a gap as a sentence."""
    return say(
        f"gaps.{gap.why if gap.why in {'stopped', 'rejected'} else gap.state}_line",
        stream=gap.stream,
        since=Words(moment(gap.since)),
        until=Words(moment(gap.until)),
        hours=gap.hours,
        calls=gap.calls,
        expected=round(gap.expected),
    )


def stray_in_words(view: View) -> list[Words]:
    """Return which streams have calls of the period that lie far from all their others, a sentence each."""
    rows = replace(view, scope=period_of(view.scope)).rows("completeness/stray_calls")
    return [
        say(
            "gaps.stray_line",
            stream=row["stream"],
            calls=row["stray_calls"],
            days=Words(
                f"{row['first_stray']}"
                if row["first_stray"] == row["last_stray"]
                else f"{row['first_stray']} – {row['last_stray']}"
            ),
        )
        for row in rows.iter_rows(named=True)
    ]


def overlaps(view: View) -> tuple[Overlap, ...]:
    """Return the streams of the period that report the same traffic."""
    return overlaps_in(_whatever_is_asked(view).rows("overlaps/streams"))


def overlap_in_words(overlap: Overlap) -> Words:
    """Return an overlap as a sentence."""
    return say(
        "overlaps.one_stream" if overlap.stream == overlap.other_stream else "overlaps.two_streams",
        stream=overlap.stream,
        other_stream=overlap.other_stream,
        share=Words(f"{overlap.share:.0%}"),
        days=Words(span(overlap.first_day, overlap.last_day + dt.timedelta(days=1))),
    )


def _hours(view: View) -> pl.DataFrame:
    return replace(view, scope=period_of(view.scope)).rows("completeness")


def _whatever_is_asked(view: View) -> View:
    return replace(view, scope=Scope(since=view.scope.since, until=view.scope.until, environment="all"))


def day_of(instant: object, view: View) -> dt.date | None:
    """Return the day of an instant in the lake's time zone."""
    return instant.astimezone(view.lake.time_zone).date() if isinstance(instant, dt.datetime) else None


def name_of(profile: Mapping[str, object] | None, integration: str) -> str:
    """Return what to call an integration: its name in the registry, else its id."""
    return str((profile or {}).get("name") or integration)


def facts_of(profile: Mapping[str, object] | None, view: View) -> Words:
    """Return who an integration is, in words: its id, its partner, whom to call, until when it is or was certified."""
    if profile is None:
        return say("integration.unknown")
    facts = [say("integration.fact_id", integration=profile["integration"])]
    partner = profile["partner_name"] or str(profile["partner"])
    facts.append(say("integration.fact_partner", partner=partner))
    facts += [
        say(f"integration.fact_{name}", **{name: profile[name]})
        for name in ("contact", "phone", "replaces")
        if profile[name] is not None
    ]
    until = profile["certified_until"]
    if isinstance(until, dt.date):
        is_past = until < min(view.scope.until or until, (view.lake.covered or (until, until))[1])
        facts.append(say(f"integration.fact_certified_{'ended' if is_past else 'until'}", certified_until=until))
    return Words(" · ".join(facts))


def _covers_period_before(view: View) -> bool:
    covered, before = view.lake.covered, view.scope.previous()
    return covered is not None and before.since is not None and before.since >= covered[0]


def _finding(found: Mapping[str, object]) -> str:
    """Return a finding of the question `attention` in words; what `now` and `before` are depends on its kind."""
    now, before = found["now"], found["before"]
    if found["kind"] in {"gone_silent", "customers_down"}:
        now, before = (f"{value:.3g}" for value in (now, before))
    defect = f"id_defect.{found['subject']}"
    subject = plain(defect) if has(defect) else found["subject"]
    return plain(f"attention.{found['kind']}", now=now, before=before, subject=subject)


def _week(monday: dt.date, days: int) -> str:
    """Return a week in words, and how much of it lies in the period when that is not all."""
    week = span(monday, monday + dt.timedelta(days=7))
    return week if days == 7 else plain("chart.part_of_week", week=week, days=days)


def _stacked(rows: pl.DataFrame, kind: str, order: tuple[str, ...]) -> pl.DataFrame:
    """Add the name of each value of `kind` in words, and its place in a stack."""
    return rows.with_columns(
        pl.col(kind).replace_strict({value: plain(f"{kind}.{value}") for value in order}).alias(f"{kind}_name"),
        pl.col(kind).replace_strict({value: place for place, value in enumerate(order)}).alias("place"),
    )


def _titled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.coalesce("connector", pl.lit(plain("connectors.none"))).alias("title"))


def _share_of_errors(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return (
        rows.group_by(by)
        .agg(pl.col("calls").sum().alias("wrong_calls"))
        .with_columns(share=pl.col("wrong_calls") / pl.col("wrong_calls").sum())
        .sort("wrong_calls", *by, descending=[True, *(False for _ in by)], nulls_last=True)
    )


def _partner_names(view: View) -> dict[str, str]:
    rows = view.rows("known/filter_values").filter((pl.col("kind") == "partner") & pl.col("label").is_not_null())
    return dict(rows.select("value", "label").iter_rows())


def _found(rows: pl.DataFrame, search: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows in which every word of a text is found in one of these columns, whatever the case."""
    for word in search.casefold().split():
        rows = rows.filter(
            pl.any_horizontal(
                pl.col(column)
                .cast(pl.String)
                .str.to_lowercase()
                .str.contains(word, literal=True)
                .fill_null(value=False)
                for column in columns
            )
        )
    return rows
