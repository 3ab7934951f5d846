"""The figures of the certification page: the clock in words, for cards, a chart and tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from analytics.certification.certification import LONGEST_WINDOW, REQUIRED, WINDOW_DAYS
from analytics.certification.course import STATES
from dashboard.shell import titles
from dashboard.text.wording import Words, plain, say, shown, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.certification.certification import Certification
    from dashboard.shell.data import View

MOST_REQUIRED = 1000
UNUSED = ("environment", "connector", "customer", "stream")
"""The filters that this page does not use. They leave calls out, which allows no verdict, and a certificate is about production."""
CLOCK = ("lost", "at_risk", "ended", "ending", "blocked", "unknown", "certified", "eligible", "not_yet")
"""The page's names of a state, the most urgent first. A certificate that ended or ends soon has a name of its own."""
_KINDS = {
    "lost": "error", "at_risk": "warning", "ended": "error", "ending": "warning", "blocked": "warning", "unknown": "info",
    "certified": "success", "eligible": "success",
}  # fmt: skip
_ENDED, _ENDS, _BLOCKED = "certification_ended", "certification_ends", "supplied_getconnectors"


def rule(window: str | None, required: str | None) -> tuple[int, int]:
    """Return the days of the window and the required customers of a link. A value out of range is replaced by the vendor's."""
    return _number(window, WINDOW_DAYS, LONGEST_WINDOW), _number(required, REQUIRED, MOST_REQUIRED)


def window(clock: Certification, view: View) -> View:
    """Return the view that the verdicts are counted from: all calls in the days of the window."""
    since, until = clock.window or (view.scope.since, view.scope.until)
    return replace(view, scope=view.scope.replace(since=since, until=until, partner=None, integration=None))


def by_state(clock: Certification) -> dict[str, int]:
    """Return the number of integrations in each state, the worst state first."""
    counted: dict[str, int] = dict(clock.rows.group_by(_clock()).len().iter_rows())
    return {state: counted.get(state, 0) for state in CLOCK}


def rows(clock: Certification, view: View) -> pl.DataFrame:
    """Return the integrations, the most urgent first, with the course of their customers and the reasons in words."""
    # In the first days, the window reaches back before the first log. Their counts would look like new customers.
    is_covered = pl.col("complete").cast(pl.Int8).cum_max().cast(pl.Boolean) | ~pl.col("complete").any()
    course = clock.course.group_by("integration", maintain_order=True).agg(
        course=pl.col("customers").filter(is_covered)
    )
    last_days = [shown(view.lake.day_of(call)) for call in clock.rows["last_customer_call"]]
    why = [", ".join(plain(f"clock_reason.{code}") for code in reasons) for reasons in clock.rows["reasons"]]
    place = pl.col("clock").replace_strict({state: place for place, state in enumerate(CLOCK)})
    by_date = pl.when(pl.col("clock").is_in(["ended", "ending"])).then("certified_until")
    with_course = clock.rows.join(course, on="integration", how="left", maintain_order="left")
    named = titles.of_integrations(with_course).with_columns(
        pl.coalesce("partner_name", pl.col("partner").cast(pl.String)).alias("partner_name"),
        _clock(),
        pl.Series("certificate_ends", [_end(day, clock) for day in clock.rows["certified_until"]], dtype=pl.String),
        pl.Series("clock_why", why, dtype=pl.String),
        pl.Series("clock_since", _since(clock), dtype=pl.String),
        pl.Series("last_customer_day", last_days, dtype=pl.String),
    )
    return named.sort(place, by_date, nulls_last=True, maintain_order=True)


def urgent(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose certificate has ended, ends within the window, or is blocked by supplied GetConnectors, by its end."""
    reasons = pl.col("reasons").list
    is_urgent = pl.any_horizontal(reasons.contains(reason) for reason in (_ENDED, _ENDS, _BLOCKED))
    return rows.filter(is_urgent).sort("certified_until", nulls_last=True, maintain_order=True)


def course(clock: Certification) -> pl.DataFrame:
    """Return day, customers and required of one integration, the state of the day in words, and whether the logs are complete."""
    states = {state: plain(f"clock.{state}") for state in STATES}
    return clock.course.select(
        "day",
        "customers",
        "complete",
        required=pl.lit(clock.required),
        clock=pl.col("state").replace_strict(states),
        logs=pl.when("complete")
        .then(pl.lit(plain("certification.whole")))
        .otherwise(pl.lit(plain("certification.not_whole"))),
    )


def verdict(clock: Certification) -> tuple[str, Words]:
    """Return Streamlit's kind of message for the state of one integration, and the state in words."""
    row = clock.rows.row(0, named=True)
    shown_as: str = clock.rows.select(_clock()).item()
    state = next((reason for reason in ("falling", "window_ends") if reason in row["reasons"]), shown_as)
    words = say(
        f"certification.verdict.{state}",
        customers=row["customers"],
        required=row["customers_required"],
        window=clock.window_days,
        missing=row["missing"],
        silent=row["silent"],
        below_on=row["below_on"],
        since=Words(_since(clock)[0]),
        certified_until=row["certified_until"],
        certificate_ends=Words(_end(row["certified_until"], clock)),
        supplied_connectors=row["supplied_connectors"],
    )
    return _KINDS.get(shown_as, "info"), words


def of_one(clock: Certification) -> dict[str, object]:
    """Return the cards of one integration: its customers, the days left, and the day since which its state holds."""
    row = clock.rows.row(0, named=True)
    return {
        "of_required": plain("certification.of", customers=row["customers"], required=row["customers_required"]),
        "days_left": row["days_left"],
        "since": _since(clock)[0],
        "certified_until": row["certified_until"],
    }


def certificate_ends(clock: Certification) -> str | None:
    """Return when the certificate of one integration ends or has ended, in words; None if no end is known."""
    day = clock.rows["certified_until"].item()
    return None if day is None else _end(day, clock)


def last_customer_call(clock: Certification, view: View) -> dt.date | None:
    """Return the day of the last customer call of one integration."""
    return view.lake.day_of(clock.rows["last_customer_call"].item())


def what_to_do(clock: Certification) -> list[Words]:
    """Return the reasons of one integration, as sentences that say what to do about them."""
    row = clock.rows.row(0, named=True)
    return [_sentence(code, row, clock) for code in row["reasons"]]


def customers(clock: Certification, view: View) -> pl.DataFrame:
    """Return the customers of one integration: those that count, until when, and those that left."""
    integration = clock.rows["integration"].item()
    return view.until_its_end().rows("certification/customers", integration=integration, window=clock.window_days)


def ids(clock: Certification) -> pl.DataFrame:
    """Return the calls without the right id that may belong to one integration, and the basis of that."""
    integration = clock.rows["integration"].item()
    return clock.ids.filter((pl.col("integration") == integration) | pl.col("integration").is_null()).rename(
        {"sent": "integration_id"}
    )


def rests_on(clock: Certification) -> Words:
    """Return the basis of the states: the days, the rule, and what makes them uncertain."""
    since, until = clock.window or (dt.date.min, dt.date.min)
    return say(
        "certification.rests_on",
        period=Words(span(since, until)) if clock.window else "",
        window=clock.window_days,
        required=clock.required,
    )


def _clock() -> pl.Expr:
    """The page's name of a state, by the state and its reasons."""
    state, reasons = pl.col("state"), pl.col("reasons").list
    return (
        pl.when(state.is_in(["lost", "at_risk"]))
        .then(state)
        .when(reasons.contains(_ENDED))
        .then(pl.lit("ended"))
        .when((state == "certified") & reasons.contains(_ENDS))
        .then(pl.lit("ending"))
        .when(state.is_in(["certified", "eligible"]) & reasons.contains(_BLOCKED))
        .then(pl.lit("blocked"))
        .otherwise(state)
        .alias("clock")
    )


def _end(until: dt.date | None, clock: Certification) -> str:
    """Return when a certificate ends (`until` is the first day without it), seen from the last day of the window."""
    if until is None or clock.window is None:
        return shown(None)
    days = (until - clock.window[1]).days + 1
    if days < 0:
        return plain("certification.ended_ago", days=-days)
    return plain("certification.ended_today") if days == 0 else plain("certification.ends_in", days=days)


def _sentence(code: str, row: Mapping[str, Any], clock: Certification) -> Words:
    names = (
        "missing", "silent", "failing_customers", "missing_calls", "malformed_calls", "mistyped_calls", "supplied_connectors",
        "certified_until", "below_on", "inherited_from",
    )  # fmt: skip
    return say(f"certification.about.{code}", window=clock.window_days, **{name: row[name] for name in names})


def _since(clock: Certification) -> list[str]:
    said = clock.rows.select("since", "since_is_start").iter_rows()
    return [plain("certification.at_least_since", day=day) if is_start else shown(day) for day, is_start in said]


def _number(text: str | None, usual: int, most: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= most else usual
