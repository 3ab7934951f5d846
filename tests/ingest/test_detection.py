"""Which format a log is of, what is said of one that is of none, and that no line is read as another customer's."""

from __future__ import annotations

import itertools
import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st

from ingest import ReadOptions, SourceError, ingest, inspect
from tests.ingest import lakes, worked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest import Inspection

FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    verbosity=Verbosity.quiet,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PATH = "/ProfitRestServices/connectors/KnSubject"
CUSTOMERS = ("4321", "7654321", "5432")
OURS = {
    "timestamp": "2026-10-01T07:00:00Z",
    "method": "GET",
    "url": f"https://4321.rest.afas.online{PATH}",
    "status": 200,
    "headers": {"IntegrationId": "1234_5678"},
}


def looked_at(path: Path, **options: Any) -> Inspection:
    return inspect(str(path), ReadOptions(**options), limit=None, now=worked.NOW)


def written(path: Path, *lines: object) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def without(name: str, record: dict[str, Any] = OURS) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


# -- whose log it is ----------------------------------------------------------------------------------------------------

APPLICATION = {
    "reqId": "a1",
    "level": 2,
    "time": "2026-10-01T07:00:00Z",
    "method": "GET",
    "url": "/login",
    "user": "jan@x.nl",
}


def test_a_log_of_which_no_line_is_a_call_is_of_no_format_and_its_names_are_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        looked_at(written(tmp_path / "log", APPLICATION, APPLICATION | {"jan@x.nl": 1}))
    said = str(raised.value)
    assert "unknown_format: no line of JSON is a call: found reqId, level, time, method, url, user, redacted;" in said
    assert "the nearest dialect is nginx, and no line has the status (status or responseStatus" in said
    assert "jan" not in said.replace(str(tmp_path), "")


@pytest.mark.parametrize("name", ["timestamp", "method", "url", "status"])
def test_our_own_names_with_one_that_is_missing_are_nearest_to_ours(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match=rf"nearest dialect is koppelzicht, and no line has the {name} \({name}\);"):
        looked_at(written(tmp_path / "log", without(name)))


@pytest.mark.parametrize("name", ["timestamp", "method", "url", "status"])
def test_a_line_that_lacks_a_field_is_told_so_and_its_neighbours_live(tmp_path: Path, name: str) -> None:
    found = looked_at(written(tmp_path / "log", without(name) | {"when": 1}, OURS, OURS | {name: None}))
    assert [call.line_number for call in found.calls] == [2]
    names = ", ".join(key for key in [*OURS, "when"] if key != name)
    assert [reject.detail for reject in found.rejects] == [
        f"no field {name}; found {names}",
        f"no value in the field {name}",
    ]


def test_of_a_time_that_cannot_be_read_and_a_status_that_is_missing_the_time_is_told(tmp_path: Path) -> None:
    found = looked_at(written(tmp_path / "log", OURS, without("status") | {"timestamp": "soon"}))
    [reject] = found.rejects
    assert (reject.reason, "status" in str(reject.detail)) == ("bad_time", False)


def test_the_names_that_are_told_are_no_secrets(tmp_path: Path) -> None:
    found = looked_at(
        written(tmp_path / "log", OURS, without("status") | {"jan@example.nl": 1, "@at": 2, "123456782": 3})
    )
    assert [reject.detail for reject in found.rejects] == [
        "no field status; found timestamp, method, url, headers, redacted, @at, redacted"
    ]


def test_a_table_that_lacks_nothing_but_a_known_delimiter_is_told_so(tmp_path: Path) -> None:
    row = f"2026-10-01T07:00:00Z|GET|https://4321.rest.afas.online{PATH}|200"
    path = written(tmp_path / "log", "timestamp|method|url|status", row)
    with pytest.raises(SourceError) as raised:
        looked_at(path)
    assert (
        "koppelzicht_csv, which has the same columns, but no delimiter '|'; if its rows are calls, describe its columns"
        in str(raised.value)
    )
    dialect = tmp_path / "acme.toml"
    dialect.write_text("name = 'acme'\nformat = 'csv'\nlike = 'koppelzicht_csv'\ndelimiter = '|'\n", encoding="utf-8")
    assert [call.customer for call in looked_at(path, dialect=dialect).calls] == ["4321"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_table_that_is_none_of_calls_is_told_its_columns_and_which_are_missing(
    tmp_path: Path, separator: str
) -> None:
    names = ["timestamp", "verb", "path", "status", "Integration Id", "vhost", "jan@x.nl"]
    rows = ["2026-10-01T07:00:00Z", "GET", PATH, "200", "1234_5678", "4321.rest.afas.online", "x"]
    with pytest.raises(SourceError) as raised:
        looked_at(written(tmp_path / "log", "#comment", separator.join(names), separator.join(rows)))
    said = str(raised.value).replace(str(tmp_path), "")
    assert said == (
        "/log: unknown_format: no format claims this table: found the columns timestamp, verb, path, status, Integration Id, vhost,"
        " redacted; the nearest dialect is koppelzicht_csv, and no column is the method (method), nor the url (url);"
        " verb could be method, path could be path, vhost could be host;"
        " if its rows are calls, describe its columns in a file for --dialect FILE"
        f""" (begin it with like = "koppelzicht_csv"{" and delimiter = '|'" if separator == "|" else ""})"""
    )
    dialect = tmp_path / "acme.toml"
    dialect.write_text(
        'name = "acme"\nformat = "csv"\nlike = "koppelzicht_csv"\n'
        + ("delimiter = '|'\n" if separator == "|" else "")
        + '[fields]\nmethod = "verb"\npath = "path"\nhost = "vhost"\nintegration_id = "Integration Id"\n'
    )
    [call] = looked_at(tmp_path / "log", dialect=dialect).calls
    assert (call.customer, call.integration) == ("4321", "1234_5678")


@pytest.mark.parametrize("line", ["Dear sir, the status, as of today, is bad", "2026-10-01;GET;status;path;200", "a,b"])
def test_what_is_no_header_is_not_shown_as_one(tmp_path: Path, line: str) -> None:
    with pytest.raises(SourceError, match="no format claims its first line"):
        looked_at(written(tmp_path / "log", line))


def test_a_log_may_begin_with_other_lines(tmp_path: Path) -> None:
    found = looked_at(written(tmp_path / "log", *[{"level": "info", "msg": "started"}] * 200, OURS))
    assert (len(found.calls), len(found.rejects)) == (1, 200)


def test_a_log_that_is_none_yet_is_read_when_it_is_one(tmp_path: Path) -> None:
    path = written(tmp_path / "log", {"level": "info"})
    assert lakes.load_one(tmp_path / "lake", path).status == "failed"
    written(path, {"level": "info"}, OURS)
    assert lakes.fate(lakes.load_one(tmp_path / "lake", path)) == ("loaded", 1, 1, 0, 0)
    written(path, {"level": "info"}, OURS, without("status"))
    assert lakes.fate(lakes.load_one(tmp_path / "lake", path)) == ("loaded", 0, 1, 0, 0)


def test_in_a_folder_other_logs_are_skipped_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    written(folder / "ours.log", OURS)
    written(folder / "other.log", APPLICATION)
    report = ingest(tmp_path / "lake", [str(folder)], ReadOptions(), now=worked.NOW)
    assert [(source.status, source.calls) for source in report.sources] == [("loaded", 1)]
    [warning] = report.warnings
    assert warning.startswith(f"skipped: {folder / 'other.log'}: unknown_format: no line of JSON is a call")


def test_who_says_the_id_as_we_do_is_read_as_ours_whatever_else_a_line_has(tmp_path: Path) -> None:
    found = looked_at(written(tmp_path / "log", OURS | {"remote_addr": "192.0.2.7", "request_time": 1, "path": "/x"}))
    assert (found.dialect, found.calls[0].integration) == (None, "1234_5678")


# -- whose line it is ---------------------------------------------------------------------------------------------------

KNOWN = {
    "timestamp": ["time_iso8601", "time", "timestamp", "@timestamp"],
    "method": ["request_method", "method"],
    "path": ["request_uri", "uri", "path", "url"],
    "status": ["status", "responseStatus"],
    "host": ["http_host", "host", "vhost", "domain", "edge", "deep.name"],
    "id": ["http_integrationid", "integration_id"],
}


@FEW
@given(st.randoms(use_true_random=False), st.sampled_from([None, "9999.rest.afas.online"]))
def test_a_json_log_is_read_with_the_right_customers_or_it_is_said_what_is_missing(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, host: str | None
) -> None:
    names = {what: chance.choice([*known, f"x_{what}"]) for what, known in KNOWN.items()}
    others = {"remote_addr": "192.0.2.7", "clientip": "192.0.2.7", "upstream": "10.0.0.1:80", "size": 5}
    lines = []
    for customer in CUSTOMERS:
        values = {
            "timestamp": "2026-10-01T09:00:00+02:00",
            "method": "GET",
            "path": f"{PATH}?skip=1",
            "status": 200,
            "host": f"{customer}.rest.afas.online",
            "id": f"{customer[:4]}_1",
        }
        record: dict[str, Any] = {names[what]: value for what, value in values.items()} | others
        if names["host"] == "deep.name":
            record["deep"] = {"name": record.pop("deep.name")}
        lines.append(dict(chance.sample(sorted(record.items(), key=str), len(record))))
    path = written(tmp_path_factory.mktemp("log") / "log", *lines)
    missing = [what for what in ("timestamp", "method", "path", "status") if names[what] == f"x_{what}"]
    if missing:
        with pytest.raises(SourceError, match="unknown_format") as raised:
            looked_at(path, host=host)
        assert all(f"the {'url' if what == 'path' else what} (" in str(raised.value) for what in missing)
        return
    found = looked_at(path, host=host)
    assert [call.customer for call in found.calls] == list(CUSTOMERS), (names, found.rejects)
    if names["id"] != "x_id":
        assert [call.integration for call in found.calls] == [f"{customer[:4]}_1" for customer in CUSTOMERS]


@FEW
@given(st.randoms(use_true_random=False), st.sampled_from([None, "9999.rest.afas.online"]))
def test_an_access_log_of_any_shape_is_read_with_the_right_customers(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, host: str | None
) -> None:
    front, behind = chance.randint(1, 6), chance.randint(0, 4)
    place = chance.randrange(front + behind)
    ends = chance.choice(["", ":443", "."])
    has_agent = chance.choice([True, False])
    quoted = [number >= front and chance.choice([True, False]) for number in range(front + behind)]
    lines = []
    for customer in CUSTOMERS:
        fields = [chance.choice(["-", "jan", "10.0.0.1", "0.1"]) for _ in range(front + behind)]
        fields[place] = f"{customer}.rest.afas.online{ends}"
        texts = [f'"{text}"' if is_quoted else text for text, is_quoted in zip(fields, quoted, strict=True)]
        agent = ['"-"', '"Acme/1.0"'] if has_agent else []
        known = ["[01/Oct/2026:09:00:00 +0200]", f'"GET {PATH} HTTP/1.1"', "200", "5", *agent]
        lines.append(" ".join([*texts[:front], *known, *texts[front:], '"1234_5678"']))
    path = written(tmp_path_factory.mktemp("log") / "log", *lines)
    found = looked_at(path, host=host)
    assert [call.customer for call in found.calls] == list(CUSTOMERS), (lines, found)
    assert [call.integration for call in found.calls] == ["1234_5678"] * len(CUSTOMERS)


HIDDEN = {
    "an access log with a layout that does not name it": (
        [
            f'{customer}.rest.afas.online - [01/Oct/2026:09:00:00 +0200] "GET {PATH} HTTP/1.1" 200'
            for customer in CUSTOMERS
        ],
        {"layout": '$x $y [$time_local] "$request" $status'},
    ),
    "JSON where it stands in a list": (
        [without("url") | {"url": PATH, "hosts": ["a", f"{customer}.rest.afas.online"]} for customer in CUSTOMERS],
        {},
    ),
    "a W3C log where a caller could have written it": (
        [
            "#Fields: date time cs-method cs-uri-stem sc-status cs(X-Site)",
            *(f"2026-10-01 07:00:00 GET {PATH} 200 {customer}.rest.afas.online" for customer in CUSTOMERS),
        ],
        {},
    ),
}


@pytest.mark.parametrize(("lines", "options"), HIDDEN.values(), ids=HIDDEN.keys())
def test_where_a_line_names_a_host_that_is_not_read_no_other_is_put_in_its_place(
    tmp_path: Path, lines: Sequence[object], options: dict[str, Any]
) -> None:
    path = written(tmp_path / "log", *lines)
    for host in (None, "9999.rest.afas.online"):
        found = looked_at(path, host=host, **options)
        assert found.calls == []
        assert [reject.reason for reject in found.rejects] == ["no_customer"] * len(CUSTOMERS)
        for reject, customer in zip(found.rejects, CUSTOMERS, strict=True):
            assert str(reject.detail).startswith(
                f"{customer}.rest.afas.online stands in the line, in a field that is not"
            )


def test_a_host_that_no_line_names_is_the_one_that_is_given(tmp_path: Path) -> None:
    path = written(tmp_path / "log", without("url") | {"url": PATH, "referer": "https://4321.rest.afas.online/"})
    [reject] = looked_at(path).rejects
    assert reject.detail == "no host is logged: --host says which it is"
    [call] = looked_at(path, host="9999.rest.afas.online").calls
    assert call.customer == "9999"


@pytest.mark.parametrize(
    "url",
    [
        "https://{}/x?y=1",
        "https://{}",
        "http://jan@{}:443/",
        "//{}/x",
        "{}/x",
        "GET https://{}/x HTTP/1.1",
        "wss://{}#a",
    ],
)
@pytest.mark.parametrize("at", ["a text", "a list", "an object", "a wrapped line"])
def test_a_host_inside_a_url_that_is_not_read_is_not_another_customers(tmp_path: Path, url: str, at: str) -> None:
    lines: list[dict[str, Any]] = []
    for customer in CUSTOMERS:
        full = url.format(f"{customer}.rest.afas.online")
        value = {"a list": ["x", full], "an object": {"full": full}}.get(at, full)
        record = without("url") | {"url": PATH, "seen": value, "referer": "https://9999.rest.afas.online/"}
        lines.append({"log": json.dumps(record)} if at == "a wrapped line" else record)
    path = written(tmp_path / "log", *lines)
    for host in (None, "9999.rest.afas.online"):
        found = looked_at(path, host=host)
        assert (found.calls, [reject.reason for reject in found.rejects]) == ([], ["no_customer"] * len(CUSTOMERS))
        for reject, customer in zip(found.rejects, CUSTOMERS, strict=True):
            assert str(reject.detail).startswith(f"{customer}.rest.afas.online stands in the line")


IN_OTHER_FORMATS = {
    "csv": ("timestamp;method;url;status;seen;referer", "2026-10-01T07:00:00Z;GET;{path};200;{seen};{referer}"),
    "w3c": (
        "#Fields: date time cs-method cs-uri-stem sc-status x-seen cs(Referer)",
        "2026-10-01 07:00:00 GET {path} 200 {seen} {referer}",
    ),
    "combined": (None, '- - - [01/Oct/2026:09:00:00 +0200] "GET {path} HTTP/1.1" 200 5 "{referer}" "Acme" "{seen}"'),
    "combined, with an escape": (
        None,
        '- - - [01/Oct/2026:09:00:00 +0200] "GET {path} HTTP/1.1" 200 5 "{referer}" "Ac\\"me" "{seen}"',
    ),
}


def in_format(form: str, values: Sequence[tuple[str, str]]) -> list[str]:
    """A log with a line for each of these values of a field that nobody knows, and of the referrer."""
    header, line = IN_OTHER_FORMATS[form]
    lines = [line.format(path=PATH, seen=seen, referer=referer) for seen, referer in values]
    return lines if header is None else [header, *lines]


@pytest.mark.parametrize("form", IN_OTHER_FORMATS)
def test_a_host_inside_a_url_or_a_list_of_a_column_is_not_another_customers(tmp_path: Path, form: str) -> None:
    urls = ["https://{}/x?y=1", "https://{}", "http://jan@{}:443/", "//{}/x", "{}/x", "wss://{}#a", "{}"]
    lists = ["{}", "[x|{}|y]", "a,{}", "|{}", "['a','{}']"]
    # A column that holds a host by itself would be the host.
    seen = [one.replace("{}", url) for url, one in itertools.product(urls, lists) if (url, one) != ("{}", "{}")]
    hosts = [f"{customer}.rest.afas.online" for customer in itertools.islice(itertools.cycle(CUSTOMERS), len(seen))]
    values = [
        (text.replace("{}", host), referer)
        for referer in ("-", "https://9999.rest.afas.online/y")
        for text, host in zip(seen, hosts, strict=True)
    ]
    path = written(tmp_path / "log", *in_format(form, values))
    for host in (None, "9999.rest.afas.online"):
        found = looked_at(path, host=host)
        assert (found.calls, {reject.reason for reject in found.rejects}) == ([], {"no_customer"})
        named = [str(reject.detail).partition(" stands in the line")[0] for reject in found.rejects]
        assert dict(zip(values, named, strict=True)) == dict(zip(values, hosts * 2, strict=True))


@pytest.mark.parametrize("form", IN_OTHER_FORMATS)
def test_a_referrer_in_a_column_is_no_host_that_was_called(tmp_path: Path, form: str) -> None:
    values = [("-", f"https://{customer}.rest.afas.online/x") for customer in CUSTOMERS]
    path = written(tmp_path / "log", *in_format(form, values))
    details = [reject.detail for reject in looked_at(path).rejects]
    assert details == ["no host is logged: --host says which it is"] * len(CUSTOMERS)
    assert [call.customer for call in looked_at(path, host="9999.rest.afas.online").calls] == ["9999"] * len(CUSTOMERS)


def behind_a_proxy(own: str, field: str, *customers: str) -> list[str]:
    """A W3C log in which one field holds `own`, and another the host of each of these customers."""
    fields = f"#Fields: date time cs-method cs-uri-stem sc-status {own} s-computername {field}"
    call = f"2026-10-01 07:00:00 GET {PATH} 200 internal web1"
    return [fields, *(f"{call} {f'{customer}.rest.afas.online' if customer else '-'}" for customer in customers)]


@pytest.mark.parametrize("own", ["cs(Host)", "cs-host", "host"])
@pytest.mark.parametrize("field", ["cs(X-Forwarded-Host)", "cs(X-Original-Host)", "x-vhost", "s-site"])
def test_the_field_with_the_platforms_hosts_is_the_host_where_its_own_holds_others(
    tmp_path: Path, own: str, field: str
) -> None:
    path = written(tmp_path / "log", *behind_a_proxy(own, field, *CUSTOMERS, ""))
    for host in (None, "9999.rest.afas.online"):
        found = looked_at(path, host=host)
        assert [call.customer for call in found.calls] == list(CUSTOMERS)
        assert [reject.reason for reject in found.rejects] == ["unknown_host"]


def test_what_the_field_of_the_host_is_stays_so_when_a_log_grows_and_ends_with_its_fields(tmp_path: Path) -> None:
    path, lake = tmp_path / "log", tmp_path / "lake"
    lines = behind_a_proxy("cs(Host)", "cs(X-Forwarded-Host)", "4321", "", "", "5432")
    for number in range(1, len(lines) + 1):
        lakes.load(lake, written(path, *lines[:number]))
    assert sorted(call["customer"] for call in lakes.calls(lake)) == ["4321", "5432"]
    other = "#Fields: date time cs-method cs-uri-stem sc-status cs-host s-computername"
    strays = [f"2026-10-01 07:00:01 GET {PATH} 200 {host} 9999.rest.afas.online" for host in ("192.0.2.7", "x.y")]
    own = [
        f"2026-10-01 07:00:01 GET {PATH} 200 {customer}.rest.afas.online 9999.rest.afas.online"
        for customer in CUSTOMERS
    ]
    found = looked_at(written(path, *lines, other, *strays, *own))
    assert [call.customer for call in found.calls] == ["4321", "5432", *CUSTOMERS]


@pytest.mark.parametrize("customer", ["4321", "9999"])
@pytest.mark.parametrize(
    "words",
    [
        {"http_referer": "https://{}/x"},
        {"user_agent": "https://{}/bot"},
        {"user_agent": 'Acme "x" https://{}/bot'},
        {"headers": {"IntegrationId": "1234_5678", "Referer": ["https://{}/x"]}},
        {"headers": [{"name": "IntegrationId", "value": "1234_5678"}, {"name": "Referer", "value": "https://{}/x"}]},
        {"body": "<a>see https://{}/x </a>"},
    ],
    ids=str,
)
def test_what_a_caller_mentions_is_no_host_that_was_called(
    tmp_path: Path, words: dict[str, Any], customer: str
) -> None:
    said = json.loads(json.dumps(words).replace("{}/", f"{customer}.rest.afas.online/"))
    path = written(tmp_path / "log", without("url") | {"url": PATH} | said)
    [reject] = looked_at(path).rejects
    assert reject.detail == "no host is logged: --host says which it is"
    [call] = looked_at(path, host="9999.rest.afas.online").calls
    assert call.customer == "9999"


def test_a_host_of_the_platform_in_the_headers_goes_before_the_one_that_is_given(tmp_path: Path) -> None:
    relative = without("url") | {"url": PATH}
    path = written(
        tmp_path / "log",
        relative | {"headers": {"Host": "4321.rest.afas.online"}},
        relative | {"headers": {"Host": "10.0.0.1"}},
    )
    assert [call.customer for call in looked_at(path, host="9999.rest.afas.online").calls] == ["4321", "9999"]


AMBIGUOUS = {
    "JSON": [
        {
            "time": "2026-10-01T07:00:00Z",
            "request_method": "GET",
            "uri": PATH,
            "status": 200,
            "a": f"{one}.rest.afas.online",
        }
        | {"b": f"{other}.rest.afas.online", "remote_addr": "-"}
        for one, other in (("4321", "4321"), ("4321", "5432"))
    ],
    "an access log": [
        f'{one}.rest.afas.online {other}.rest.afas.online - [01/Oct/2026:09:00:00 +0200] "GET {PATH} HTTP/1.1" 200 5'
        for one, other in (("4321", "4321"), ("4321", "5432"))
    ],
}


@pytest.mark.parametrize("lines", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_two_fields_with_different_hosts_are_named_and_none_is_taken(tmp_path: Path, lines: Sequence[object]) -> None:
    with pytest.raises(
        SourceError, match="hold different hosts of the platform, and nothing tells which of them was called"
    ):
        looked_at(written(tmp_path / "log", *lines))
    [call] = looked_at(written(tmp_path / "log", lines[0])).calls
    assert call.customer == "4321"


def test_a_field_that_was_found_to_be_the_host_is_it_in_what_the_log_grows_by(tmp_path: Path) -> None:
    def line(customer: str) -> dict[str, Any]:
        return without("url") | {"url": PATH, "site": f"{customer}.rest.afas.online"}

    path, lake = written(tmp_path / "log", line("4321")), tmp_path / "lake"
    lakes.load(lake, path)
    written(path, line("4321"), line("5432"), line("-"))
    written(tmp_path / "other", line("-") | {"status": 201, "url": OURS["url"]})
    lakes.load(lake, path, tmp_path / "other")
    assert sorted(call["customer"] for call in lakes.calls(lake)) == ["4321", "4321", "5432"]


STRANGERS: dict[str, dict[str, Any]] = {
    "Kong": {
        "latencies": {"request": 87},
        "service": {"host": "10.0.0.9"},
        "request": {
            "method": "GET",
            "uri": PATH,
            "headers": {"host": "4321.rest.afas.online", "integrationid": "1234_5678"},
        },
        "response": {"status": 200, "headers": {"host": "x"}},
        "started_at": 1790838000123,
    },
    "Cloudflare": {
        "ClientIP": "192.0.2.7",
        "ClientRequestHost": "4321.rest.afas.online",
        "ClientRequestMethod": "GET",
        "ClientRequestURI": PATH,
        "EdgeResponseStatus": 200,
        "EdgeStartTimestamp": "2026-10-01T07:00:00Z",
        "IntegrationId": "1234_5678",
    },
    "Google": {
        "httpRequest": {"requestMethod": "GET", "requestUrl": f"https://4321.rest.afas.online{PATH}", "status": 200},
        "timestamp": "2026-10-01T07:00:00.1Z",
        "integrationId": "1234_5678",
    },
    "Log Analytics": {
        "TimeGenerated": "2026-10-01T07:00:00Z",
        "HttpMethod": "GET",
        "RequestUri": PATH,
        "HttpStatus": 200,
        "OriginalHost": "4321.rest.afas.online",
        "integration_id": "1234_5678",
    },
    "HAProxy": {
        "time": "2026-10-01T07:00:00Z",
        "server": "srv1",
        "http_method": "GET",
        "http_uri": PATH,
        "status_code": 200,
        "host": "4321.rest.afas.online",
        "http_integrationid": "1234_5678",
    },
}
"""Logs of products that no dialect knows."""


@pytest.mark.parametrize("record", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_log_that_no_dialect_knows_is_read_by_whoever_does_what_the_error_says(
    tmp_path: Path, record: dict[str, Any]
) -> None:
    path = written(tmp_path / "log", record)
    with pytest.raises(SourceError) as raised:
        looked_at(path)
    said = str(raised.value)
    known = re.search(r'\(begin it with like = "(\w+)"\)$', said)
    assert known is not None
    hints = re.findall(r"([\w.@]+) could be (\w+)", said)
    assert len({field for _, field in hints}) == len(hints) > 0
    dialect = tmp_path / "acme.toml"
    fields = "".join(f'{field} = "{name}"\n' for name, field in hints)
    dialect.write_text(f'name = "acme"\nlike = "{known[1]}"\n\n[fields]\n{fields}', encoding="utf-8")
    [call] = looked_at(path, dialect=dialect).calls
    assert (call.customer, call.method, call.status, call.integration) == ("4321", "GET", 200, "1234_5678")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            f'https 2026-10-01T07:00:00.1Z app/lb 192.0.2.7:2817 0.001 0.086 200 34 "GET https://4321.rest.afas.online:443{PATH} HTTP/1.1"',
            "it looks like an access log in a layout of its own: pass --layout the format",
        ),
        (
            f'192.0.2.7:333 [01/Oct/2026:09:00:00.655] http-in~ static/srv1 10/0/109 200 2750 ---- {{a|b}} "GET {PATH} HTTP/1.1"',
            "it looks like an access log in a layout of its own: pass --layout the format",
        ),
        (
            f'time="2026-10-01T07:00:00Z" method=GET host=4321.rest.afas.online path={PATH} status=200 took=87ms',
            "its values follow their names (name=value), which is not read: log it as JSON",
        ),
        ("a=1 and nothing else", "name its format with --log-format, --layout or --dialect"),
    ],
)
def test_a_first_line_that_no_format_claims_says_what_helps(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        looked_at(written(tmp_path / "log", line))
    assert said in str(raised.value)


def test_an_access_log_of_its_own_is_read_by_the_layout_that_is_written_for_it(tmp_path: Path) -> None:
    line = f'https 2026-10-01T07:00:00.1Z app/lb 192.0.2.7:2817 0.086 200 34 "GET https://4321.rest.afas.online:443{PATH} HTTP/1.1"'
    layout = '$type $time_iso8601 $elb $client $took $status $bytes_sent "$request"'
    [call] = looked_at(written(tmp_path / "log", line), layout=layout).calls
    assert (call.customer, call.status, call.response_bytes) == ("4321", 200, 34)
