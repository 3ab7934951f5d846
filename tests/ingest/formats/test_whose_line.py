"""No line is read as another customer's: one field holds the called host, and others only mention hosts."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from ingest import SourceError
from tests.ingest import lakes
from tests.ingest.formats.detected import CUSTOMERS, OURS, PATH, looked_at, without
from tests.ingest.lakes import written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


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
    """A log with a line for each of these values, in an unknown field and in the referrer."""
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
