"""Rules of use and the impact of changes over the whole demo, against counting by plain Python."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from analytics.changes.change import change_of
from analytics.impact.impact import impact
from analytics.practices.practices import broken
from analytics.scope import Scope
from tests.sample_logs import reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from analytics.warehouse.warehouse import Warehouse
    from tests.sample_logs.reading import SampleCall

README = " ".join((reading.ROOT / "README.md").read_text(encoding="utf-8").split())
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
VALID = re.compile(r"[1-9][0-9]{3,6}_[1-9][0-9]{0,8}")
GET = re.compile(r"/profitrestservices/connectors/([^/]+)/?", re.IGNORECASE)
WHOLE_SECONDS = {"proxy", "iis"}


@pytest.fixture(scope="module")
def warehouse(demo: Warehouse) -> Warehouse:
    """The demo in a lake, with its registry."""
    return demo


def by_integration() -> dict[str, list[SampleCall]]:
    """The production calls of every valid id in the order of time; an id that was replaced is the new one."""
    renamed = {row["replaces"]: row["integration"] for row in reading.registry("integrations") if row["replaces"]}
    calls: dict[str, list[SampleCall]] = defaultdict(list)
    for call in sorted(reading.demo_calls(), key=lambda call: call.at):
        if call.environment == "production" and VALID.fullmatch(call.identity.strip()):
            identity = call.identity.strip()
            calls[renamed.get(identity, identity)].append(call)
    return calls


def got(call: SampleCall) -> str | None:
    """The GetConnector that a call gets by REST."""
    found = GET.fullmatch(call.path) if call.method == "GET" else None
    return found[1] if found else None


def number(call: SampleCall, name: str) -> int | None:
    values = parse_qs(call.query).get(name)
    return int(values[0]) if values else None


def unordered(call: SampleCall) -> bool:
    pages = number(call, "skip") is not None or number(call, "take") is not None
    return pages and number(call, "take") != -1 and "orderbyfieldids=" not in call.query.lower()


BY_ONE_CALL: dict[str, Callable[[SampleCall], bool]] = {
    "take_all": lambda call: got(call) is not None and number(call, "take") == -1,
    "high_skip": lambda call: got(call) is not None and (number(call, "skip") or 0) > 100_000,
    "unordered_paging": lambda call: got(call) is not None and unordered(call),
    "slow": lambda call: call.duration_ms > 1000,
    "long_query": lambda call: ".asmx" not in call.path and len(call.query) + 1 > 2049,
}


@pytest.mark.parametrize("rule", BY_ONE_CALL)
def test_calls_that_break_a_rule_are_those_that_python_counts(warehouse: Warehouse, rule: str) -> None:
    counted = {name: sum(map(BY_ONE_CALL[rule], calls)) for name, calls in by_integration().items()}
    assert answered(warehouse, rule) == {name: calls for name, calls in counted.items() if calls}


def test_calls_at_once_are_those_that_python_counts(warehouse: Warehouse) -> None:
    counted: Counter[str] = Counter()
    for name, calls in by_integration().items():
        under_way: dict[str, list[dt.datetime]] = defaultdict(list)
        late = [(call.at + dt.timedelta(seconds=call.stream in WHOLE_SECONDS), call) for call in calls]
        for start, call in sorted(late, key=lambda pair: pair[0]):
            end = call.at + dt.timedelta(milliseconds=call.duration_ms)
            if end > start:
                still = [other for other in under_way[call.customer] if other > start]
                under_way[call.customer] = [*still, end]
                counted[name] += len(still) >= 5
    assert answered(warehouse, "parallel") == {name: calls for name, calls in counted.items() if calls}


def test_tokens_in_envelopes_and_supplied_connectors_are_those_that_python_counts(warehouse: Warehouse) -> None:
    """Only the JSON logs have bodies: in the others, SOAP calls tell neither."""
    tokens: Counter[str] = Counter()
    supplied = Counter({name: sum(map(gets_supplied, calls)) for name, calls in by_integration().items()})
    for record in reading.json_records():
        url, body = urlsplit(record["url"]), record.get("body") or ""
        identity = {name.lower(): value for name, value in record["headers"].items()}.get("integrationid") or ""
        if (url.hostname or "").split(".")[1] == "soap" and VALID.fullmatch(identity.strip()):
            tokens[identity.strip()] += "token" in body
            supplied[identity.strip()] += "AppConnectorGet" in url.path and "<connectorid>profit_" in body.lower()
    assert +tokens
    assert answered(warehouse, "token_in_body") == dict(+tokens)
    assert answered(warehouse, "supplied_connectors") == dict(+supplied)


def gets_supplied(call: SampleCall) -> bool:
    return (got(call) or "").lower().startswith("profit_")


def test_refusals_in_a_row_and_ignored_503s_are_those_that_python_counts(warehouse: Warehouse) -> None:
    hammering: Counter[str] = Counter()
    dead: Counter[str] = Counter()
    ignored: Counter[str] = Counter()
    for name, calls in by_integration().items():
        in_an_hour: Counter[tuple[str, int, str]] = Counter()
        in_a_row: Counter[str] = Counter()
        before: dict[str, SampleCall] = {}
        for call in calls:
            in_a_row[call.customer] = in_a_row[call.customer] + 1 if call.status in (401, 403) else 0
            dead[name] += in_a_row[call.customer] > 10
            hour = (call.customer, call.status, call.at.astimezone(dt.UTC).strftime("%F %H"))
            in_an_hour[hour] += 1
            hammering[name] += call.status in (401, 403) and in_an_hour[hour] > 10
            last = before.get(call.customer)
            if last is not None and last.status == 503:
                waited = (call.at - last.at).total_seconds() - last.duration_ms / 1000
                ignored[name] += 0 <= waited <= 10
            before[call.customer] = call
    assert answered(warehouse, "hammering") == dict(+hammering)
    assert answered(warehouse, "dead_token") == {name: calls for name, calls in dead.items() if calls}
    assert answered(warehouse, "ignored_unavailable") == {name: calls for name, calls in ignored.items() if calls}


def answered(warehouse: Warehouse, rule: str) -> dict[str, int]:
    """How many calls of every integration break a rule."""
    rows = warehouse.metric("practices", Scope()).filter(rule=rule).drop_nulls("integration")
    return {name: calls for name, calls in rows.select("integration", "calls").iter_rows() if calls}


def test_the_heaviest_users_are_those_that_python_counts(warehouse: Warehouse) -> None:
    day = dt.date(2026, 10, 5)
    renamed = {row["replaces"]: row["integration"] for row in reading.registry("integrations") if row["replaces"]}
    milliseconds: Counter[tuple[str | None, str | None]] = Counter()
    for call in reading.demo_calls():
        if call.environment == "production" and call.local.date() == day:
            identity = call.identity.strip()
            is_valid = VALID.fullmatch(identity) is not None
            user = (renamed.get(identity, identity), None) if is_valid else (None, call.customer)
            milliseconds[user] += call.duration_ms
    rows = warehouse.metric("heaviest_users", Scope(since=day, until=day + dt.timedelta(days=1)))
    heaviest = sorted(milliseconds.values(), reverse=True)[:10]
    assert [round(1000 * seconds) for seconds in rows["seconds"]] == heaviest
    assert {(row["integration"], row["customer"]) for row in rows.iter_rows(named=True)} <= set(milliseconds)
    assert rows.row(0, named=True)["integration"] == "2168_300500", "as the README says"


def test_the_impact_of_a_connector_is_what_python_counts(warehouse: Warehouse) -> None:
    calls: Counter[str] = Counter()
    customers: dict[str, set[str]] = defaultdict(set)
    everything = by_integration()
    for name, some in everything.items():
        for call in some:
            segments = call.path.lower().strip("/").split("/")
            if call.method == "POST" and segments[:3] == ["profitrestservices", "connectors", "knsubject"]:
                calls[name] += 1
                if call.is_use and not name.startswith(f"{call.customer}_"):
                    customers[name].add(call.customer)
    found = impact(warehouse, [change_of(connector="KnSubject", operation="insert")], Scope())
    rows = found.rows.drop_nulls("integration").filter(operation="insert")
    assert dict(rows.select("integration", "calls").iter_rows()) == dict(calls)
    assert dict(rows.select("integration", "customers").iter_rows()) == {name: len(customers[name]) for name in calls}
    assert dict(rows.select("integration", "share").iter_rows()) == {
        name: pytest.approx(calls[name] / len(everything[name])) for name in calls
    }


def test_plain_tokens_are_those_in_the_headers(warehouse: Warehouse) -> None:
    plain: Counter[str] = Counter()
    for record in reading.json_records():
        headers = {name.lower(): value for name, value in record["headers"].items()}
        plain[str(headers.get("integrationid"))] += "<token" in headers.get("authorization", "")
    rows = impact(warehouse, [change_of(token_form="plain")], Scope(environment="all")).rows
    assert dict(rows.drop_nulls("integration").select("integration", "calls").iter_rows()) == {
        "2519_301101": plain["2519_301101"]
    }
    assert int(rows["calls"].sum()) == plain.total()


def test_each_story_is_told_by_the_command_that_the_readme_names(warehouse: Warehouse) -> None:
    told = {
        (row["integration"], row["rule"]): row for row in broken(warehouse.metric("practices")).iter_rows(named=True)
    }
    heavy, far = (told["2168_300500", rule]["calls"] for rule in ("take_all", "high_skip"))
    assert f"{heavy:,} calls with `take=-1` and {far} with `skip` above 100,000" in README
    refused = told["2519_301100", "dead_token"]["calls"]
    assert f"`practices --integration 2519_301100`: {refused} calls beyond the tenth refusal in a row" in README
    ignoring = told["2275_300310", "ignored_unavailable"]["calls"]
    assert f"`practices --integration 2275_300310`: {ignoring} calls within ten seconds of a 503" in README
    supplied = {name for name, rule in told if rule == "supplied_connectors" and name and not name.startswith("12345_")}
    assert supplied == {"2519_301100", "2519_301101", "2731_302750", "1005273_42"}
    for command in ("practices --integration 2168_300500", "metric heaviest_users", "practices --partner 2519", "impact --token-form plain"):  # fmt: skip
        assert f"`{command}`" in README
