"""The logs hold the stories that their README tells: plain Python counts every number in it."""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analytics.completeness.gaps import gaps
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import ReadOptions, ingest
from tests.sample_logs import reading

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sample_logs.reading import SampleCall

README = " ".join((reading.ROOT / "README.md").read_text(encoding="utf-8").split())


def calls_of(identity: str, environment: str = "production") -> list[SampleCall]:
    return [call for call in reading.demo_calls() if call.identity == identity and call.environment == environment]


def between(calls: list[SampleCall], since: str, until: str) -> list[SampleCall]:
    """Calls from one local time until another."""
    first, end = dt.datetime.fromisoformat(since), dt.datetime.fromisoformat(until)
    return [call for call in calls if first <= call.local.replace(tzinfo=None) < end]


def errors(calls: list[SampleCall]) -> int:
    return sum(call.is_error for call in calls)


def customers(calls: list[SampleCall]) -> int:
    """Customers with a call that went well; the partner itself is none."""
    good = {call.customer for call in calls if call.is_use and not call.identity.startswith(f"{call.customer}_")}
    return len(good)


def production() -> list[SampleCall]:
    return [call for call in reading.demo_calls() if call.environment == "production"]


def skipped(call: SampleCall) -> int:
    found = re.search(r"skip=(\d+)", call.query)
    return int(found[1]) if found else 0


def test_every_stream_counts_as_the_readme_says() -> None:
    for stream, log_format in reading.DEMO_FORMATS.items():
        logs = [log for log in reading.demo() if log.path.parent.name == stream]
        calls, bad, ignored = (
            sum(n) for n in zip(*((len(log.calls), log.bad, log.ignored) for log in logs), strict=True)
        )
        assert f"| `{stream}/` | {log_format} | {calls:,} | {bad} | {ignored} |" in README


def test_an_hour_of_503s_is_everybodys() -> None:
    hour = between(production(), "2026-09-22T14:00", "2026-09-22T15:00")
    assert {call.status for call in hour} == {503}
    assert {call.stream for call in hour} == {"gateway", "proxy", "iis", "focus"}
    assert f"14:00 to 15:00: {len(hour)} production calls, all 503" in README


def test_two_days_of_errors_stand_out() -> None:
    calls = calls_of("1761_303301")
    spike = between(calls, "2026-10-14", "2026-10-16")
    before = between(calls, "2026-10-12", "2026-10-14")
    assert (
        f"14 and 15 October: {errors(spike)} errors in {len(spike)} calls;"
        f" the two days before {errors(before)} in {len(before)}" in README
    )


def test_the_silent_integration_stops_and_nothing_else_of_it_goes_on() -> None:
    calls = calls_of("2386_304040")
    last = max(call.local for call in calls)
    assert (
        f"{len(calls)} calls of {customers(calls)} customers, the last on {last.day} October at {last:%H:%M}" in README
    )
    assert not [call for call in reading.demo_calls() if call.agent == calls[0].agent and call.local > last]


def test_an_integration_drops_below_five_customers() -> None:
    calls = calls_of("2093_302020")
    august, september, october = (customers([c for c in calls if c.local.month == month]) for month in (8, 9, 10))
    late = customers(between(calls, "2026-10-10", "2026-11-01"))
    assert (
        f"{august} customers in August, {september} in September, {october} in October, {late} of them after" in README
    )
    assert october < 5


def test_one_token_is_revoked_at_one_customer() -> None:
    calls = [call for call in calls_of("2519_301100") if call.customer == "5405"]
    since = between(calls, "2026-10-20T09:00", "2026-11-01")
    before = between(calls, "2026-08-01", "2026-10-20T09:00")
    assert {call.status for call in since} == {401}
    assert not [call for call in before if call.status == 401]
    assert f"from 20 October, 09:00: {len(since)} calls, all 401; before that {len(before)} and none" in README


def test_accept_breaks_three_weeks_before_production() -> None:
    said = []
    for environment, since in (("accept", "2026-10-05T08:00"), ("production", "2026-10-26T06:00")):
        calls = [call for call in calls_of("1214_300877", environment) if call.method in ("POST", "PUT")]
        before, broken = between(calls, "2026-08-01", since), between(calls, since, "2026-11-01")
        said += [sum(call.status == 500 for call in broken), len(broken)]
        said += [sum(call.status == 500 for call in before), len(before)]
    accept = "{} of {} are 500 ({} of {} before)".format(*said[:4])
    assert (
        f"{accept}; in production from 26 October, 06:00: {said[4]} of {said[5]} ({said[6]} of {said[7]:,} before)"
        in README
    )


def test_an_sb_app_goes_live_and_gets_its_fifth_customer() -> None:
    first_days: dict[str, dt.date] = {}
    for call in sorted(calls_of("1006418_302901"), key=lambda call: call.at):
        if not call.is_error:
            first_days.setdefault(call.customer, call.local.date())
    days = sorted(first_days.values())
    assert (days[0], days[4], days[5]) == (dt.date(2026, 10, 5), dt.date(2026, 10, 26), dt.date(2026, 10, 29))
    assert len(days) == 6
    assert not [call for call in reading.demo_calls() if "/api/receipts" in call.path and call.local.month < 10]


def test_customers_move_from_the_old_id_to_the_new_one() -> None:
    old, new = (
        [customers([c for c in calls_of(identity) if c.local.month == month]) for month in (8, 9, 10)]
        for identity in ("1546_212", "1546_305512")
    )
    both = customers(calls_of("1546_212") + calls_of("1546_305512"))
    assert (
        f"{old[0]}, {old[1]}, {old[2]} in August, September, October; by the new one {new[0]}, {new[1]}, {new[2]};"
        in README
    )
    assert f"one integration with {both}" in README
    assert [row["integration"] for row in reading.registry("integrations") if row["replaces"] == "1546_212"] == [
        "1546_305512"
    ]


def test_salaries_are_busy_before_the_25th() -> None:
    days = Counter(call.local.date() for call in production() if call.identity.startswith("2275_"))
    busy = ", ".join(str(days[dt.date(2026, 9, day)]) for day in (21, 22, 23, 24))
    assert f"{busy} calls on 21 to 24 September, against {days[dt.date(2026, 9, 15)]} on the Tuesday before" in README


def test_partners_call_their_own_environments() -> None:
    own = Counter(call.identity for call in production() if call.identity.startswith(f"{call.customer}_"))
    partners = ", ".join(sorted(identity.split("_")[0] for identity in own))
    assert f"{own['2275_300310']} own calls; with the others {own.total()}, at the customers {partners}" in README


def test_one_stream_misses_one_day() -> None:
    for log_format in reading.DEMO_FORMATS:
        days = {call.local.date() for call in reading.demo_calls() if call.stream == log_format}
        missing = {dt.date(2026, 8, 1) + dt.timedelta(days=n) for n in range(92)} - days
        assert missing == ({dt.date(2026, 9, 17)} if log_format == "proxy" else set())


def test_the_missing_day_is_a_gap_and_the_only_one(tmp_path: Path) -> None:
    ingest(
        tmp_path / "lake",
        [str(reading.ROOT / "demo" / "proxy")],
        ReadOptions(),
        now=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
    )
    with Warehouse.open(tmp_path / "lake") as warehouse:
        hours = warehouse.metric("completeness")
        (gap,) = gaps(warehouse, Scope())
    assert hours.filter(pl.col("state") != "complete").select("hour", "calls", "state").rows() == [
        (dt.datetime(2026, 9, 16, 22, tzinfo=dt.UTC) + number * dt.timedelta(hours=1), 0, "missing")
        for number in range(24)
    ]
    assert (gap.stream, gap.state, f"{gap.since:%d %H:%M}", f"{gap.until:%d %H:%M}", gap.hours) == (
        "proxy/access.log", "missing", "17 00:00", "18 00:00", 24
    )  # fmt: skip
    # Thursdays from 20 August to 15 October: the four before and the four after
    thursdays = [dt.date(2026, 9, 17) + week * dt.timedelta(weeks=1) for week in (-4, -3, -2, -1, 1, 2, 3, 4)]
    counts = Counter((call.local.date(), call.local.hour) for call in reading.demo_calls() if call.stream == "proxy")
    medians = [statistics.median(counts[day, hour] for day in thursdays) for hour in range(24)]
    assert gap.expected == sum(medians) > 300


def test_one_integration_asks_for_everything() -> None:
    calls = calls_of("2168_300500")
    everything = sum("take=-1" in call.query for call in calls)
    far = sum(skipped(call) > 100_000 for call in calls)
    timeouts = sum(call.status == 500 and call.duration_ms >= 900_000 for call in calls)
    assert (
        f"{everything:,} calls with `take=-1` and {far} with `skip` above 100,000, at night; {timeouts} run into"
        in README
    )


def test_queries_that_are_too_long_are_not_found() -> None:
    calls = [call for call in reading.demo_calls() if len(call.query) + 1 > 2049]
    assert {(call.identity, call.status) for call in calls} == {("1761_303301", 404)}
    assert f"{len(calls)} of 2049 characters and more, all 404" in README


def test_certified_integrations_use_supplied_connectors() -> None:
    known = {row["integration"] for row in reading.registry("integrations")}
    using = Counter(
        call.identity
        for call in reading.demo_calls()
        if "/connectors/profit_" in call.path.lower() and call.identity in known
    )
    assert set(using) == {"2519_301100", "2519_301101", "2731_302750", "1005273_42"}
    assert f"{using.total():,} calls in all environments; they block certification" in README


def test_an_old_version_without_an_id_betrays_its_owner() -> None:
    calls = [call for call in reading.demo_calls() if call.agent == "KievitCRM/2.9"]
    assert {call.identity for call in calls} == {""}
    assert f"{len(calls)} calls without an id at {customers(calls)} customers, on connectors `Kievit_...`" in README


def test_tokens_stand_where_they_should_not() -> None:
    plain = in_envelope = id_in_envelope = 0
    for record in reading.json_records():
        plain += "<token" in record["headers"].get("Authorization", "")
        in_envelope += "<token>" in record.get("body", "")
        id_in_envelope += "<IntegrationId>1984_301771</IntegrationId>" in record.get("body", "")
    assert (
        f"{plain} calls in the JSON logs with a token that is not base64; {in_envelope:,} with one in the SOAP"
        in README
    )
    old_version = sum(call.agent == "GruttoEDI/5.0" for call in reading.demo_calls())
    assert f"| no header | {old_version} calls, {id_in_envelope} of them with a body in the log |" in README


def test_missing_ids_are_many() -> None:
    missing = sum(call.identity == "" for call in reading.demo_calls())
    assert f"| no header, or an empty one | {missing:,} |" in README


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("`2731-302751`", "2731-302751"),
        ("`1438300150`", "1438300150"),
        ("`2497_300778` twice", "2497_300778, 2497_300778"),
        ("`2624_300420_acc`", "2624_300420_acc"),
        ("`abonnementsnummer_projectnummer`", "abonnementsnummer_projectnummer"),
        ("`1872\uff3f300934`", "1872\uff3f300934"),
        ("`165_300646`", "165_300646"),
        ("`1329_`", "1329_"),
        ("`001653_300646`", "001653_300646"),
        ("`1438 300150`", "1438 300150"),
        ("`1170_301201` (for `1107_301201`)", "1170_301201"),
    ],
)
def test_each_defect_is_somewhere(shown: str, sent: str) -> None:
    calls = sum(call.identity == sent for call in reading.demo_calls())
    assert f"| {shown} | {calls:,} |" in README


def test_a_token_was_put_in_the_wrong_header() -> None:
    calls = [call for call in reading.demo_calls() if "PHRva2Vu" in call.identity]
    assert f"| a whole token (a made-up one) | {len(calls)} |" in README
    assert all(len(call.identity) > 64 for call in calls)


def test_the_documentations_ids_were_copied() -> None:
    ids = Counter(call.identity for call in reading.demo_calls())
    assert f"`12345_678900`, `12345_123456` | {ids['12345_678900']}, {ids['12345_123456']} |" in README


def test_one_integration_is_far_ahead() -> None:
    assert 6.5 < len(production()) / len(calls_of("1438_300150")) < 7.5
    assert "one call in seven" in README


def test_two_integrations_are_small() -> None:
    assert [customers(calls_of(identity)) for identity in ("1872_300935", "2519_301101")] == [3, 4]


def test_every_customer_of_the_registry_is_called() -> None:
    called = {call.customer for call in reading.demo_calls()}
    known = {row["customer"] for row in reading.registry("customers")}
    partners = {row["partner"] for row in reading.registry("partners")}
    assert known <= called
    assert called - known <= partners


def test_every_integration_of_the_registry_but_one_is_seen() -> None:
    known = {row["integration"] for row in reading.registry("integrations")}
    seen = {call.identity for call in reading.demo_calls()}
    assert known - seen == {"2731_302751"}


def test_working_days_are_busier_than_sundays_and_mornings_than_nights() -> None:
    days = Counter(call.local.weekday() for call in reading.demo_calls())
    hours = Counter(call.local.hour for call in reading.demo_calls())
    assert min(days[day] for day in range(5)) > 1.8 * days[5] > 1.8 * days[6]
    assert hours[10] > 3 * hours[5]
    assert hours[2] > 2 * hours[5]
