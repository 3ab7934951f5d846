"""`--layout`: format strings from the configuration of nginx and Apache, and the calls that they yield."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ingest import SourceError
from ingest.engine.connection import connect
from ingest.formats.combined.format import Combined
from ingest.formats.combined.layout import compile_layout
from tests.ingest.formats.raw_fields import raw_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

HOST = "4321.rest.afas.online"
PATH = "/ProfitRestServices/connectors/KnSubject"
TARGET = f"{PATH}?take=10"
URL = {"base": f"https://{HOST}{PATH}", "query": "?take=10"}
REQUEST = f"GET {TARGET} HTTP/1.1"
LOCAL = "01/Oct/2026:09:00:00 +0200"
INSTANT = dt.datetime(2026, 10, 1, 7, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(threads=1) as connection:
        yield connection


def _raw(
    connection: duckdb.DuckDBPyConnection, layout: str, line: str, time_zone: str | None = None
) -> dict[str, object]:
    (raw,) = raw_fields(connection, Combined(layout), line, host=HOST, time_zone=time_zone)
    return raw


DIRECTIVES = {
    "nginx, over several lines": """log_format  main escape=default
        '$host $remote_addr [$time_local] '
        '"$request" $status "$http_integrationid"'; # and a comment""",
    "nginx, in double quotes": 'log_format main "$host $remote_addr [$time_local] \\"$request\\" $status \\"$http_integrationid\\"";',
    "nginx, strings without their directive": "'$host $remote_addr [$time_local] '\n'\"$request\" $status \"$http_integrationid\"';",
    "nginx, the string alone": '$host ${remote_addr} [${time_local}] "$request" $status "$http_integrationid"',
    "apache, with a nickname": 'LogFormat "%v %h %t \\"%r\\" %>s \\"%{IntegrationId}i\\"" calls',
    "apache, in single quotes": 'LogFormat \'%v %h %t "%r" %>s "%{IntegrationId}i"\' calls',
    "apache, over two lines": 'LogFormat \\\n  "%v %h %t \\"%r\\" %>s \\"%{IntegrationId}i\\""',
    "apache, a custom log": 'CustomLog "|/usr/bin/rotatelogs /x 86400" "%v %h %t \\"%r\\" %>s \\"%{IntegrationId}i\\"" env=!x',
    "apache, the string as it stands": '%v %h %t \\"%r\\" %>s \\"%{IntegrationId}i\\"',
    "apache, the string alone": '%v %h %t "%r" %>s "%{IntegrationId}i"',
}


@pytest.mark.parametrize("layout", DIRECTIVES.values(), ids=DIRECTIVES.keys())
def test_a_layout_is_taken_as_it_stands_in_the_configuration(
    connection: duckdb.DuckDBPyConnection, layout: str
) -> None:
    raw = _raw(connection, layout, f'{HOST} 192.0.2.7 [{LOCAL}] "{REQUEST}" 200 "1234_5678"')
    expected = {"fate": None, "called_at": INSTANT, "method": "GET", "status": "200", "id_text": "1234_5678"} | URL
    assert {name: raw[name] for name in expected} == expected


@pytest.mark.parametrize("layout", DIRECTIVES.values(), ids=DIRECTIVES.keys())
def test_the_dialect_of_a_load_is_a_layout_that_reads_on_in_the_same_way(layout: str) -> None:
    dialect = Combined(layout).dialect
    assert dialect is not None
    assert Combined(dialect).layout == compile_layout(layout)


VALUES = {
    "the request in its parts": (
        "$host [$time_local] $request_method $uri$is_args$args $status",
        f"{HOST} [{LOCAL}] GET {TARGET} 200",
        URL | {"method": "GET"},
    ),
    "a URL put together": (
        '[$time_local] "$request_method $scheme://$host$request_uri $server_protocol" $status',
        f'[{LOCAL}] "GET https://{HOST}{TARGET} HTTP/2.0" 200',
        URL,
    ),
    "a URL with its port": (
        "[$time_local] $request_method $scheme://$host:$server_port$request_uri $status",
        f"[{LOCAL}] GET https://{HOST}:443{TARGET} 200",
        URL,
    ),
    "Apache's path and query": (
        '%{Host}i %t "%m %U%q %H" %>s',
        f'{HOST} [{LOCAL}] "GET {TARGET} HTTP/1.1" 200',
        URL,
    ),
    "the host that was asked for goes before the server's name": (
        '$server_name [$time_local] "$request" $status "$http_host"',
        f'_ [{LOCAL}] "{REQUEST}" 200 "{HOST}"',
        URL,
    ),
    "seconds, and the time of the server behind": (
        '$host [$time_local] "$request" $status $upstream_response_time $request_time',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 0.080, 0.090 : 0.001 0.187',
        {"duration_ms": 187.0},
    ),
    "the server's time where there is no other": (
        '$host [$time_local] "$request" $status $upstream_response_time',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 0.080',
        {"duration_ms": 80.0},
    ),
    "several servers' times add up": (
        '$host [$time_local] "$request" $status $upstream_response_time $upstream_status',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 0.080, 0.090 : -, 0.001 502, 200 : 502, 200',
        {"duration_ms": 171.0},
    ),
    "no server was asked": (
        '$host [$time_local] "$request" $status $upstream_response_time',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 -, -',
        {"duration_ms": None},
    ),
    "how long the call took goes before what the servers took": (
        '$host [$time_local] "$request" $status $upstream_response_time $request_time',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 0.080, 0.090 0.200',
        {"duration_ms": 200.0},
    ),
    "microseconds go before seconds": (
        '%v %t "%r" %>s %T %D',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 1 1234567',
        {"duration_ms": 1234.567},
    ),
    "milliseconds": ('%v %t "%r" %>s %{ms}T', f'{HOST} [{LOCAL}] "{REQUEST}" 200 87', {"duration_ms": 87.0}),
    "sizes": (
        '%v %t "%r" %>s %I %O %b',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 512 20700 20480',
        {"request_bytes": 512, "response_bytes": 20480},
    ),
    "a list of addresses in quotes": (
        '$host "$http_x_forwarded_for" [$time_local] "$request" $status',
        f'{HOST} "192.0.2.7, 10.0.0.1" [{LOCAL}] "{REQUEST}" 200',
        {"status": "200"},
    ),
    "a bare list of addresses": (
        '$host $http_x_forwarded_for [$time_local] "$request" $status',
        f'{HOST} 192.0.2.7, 2001:db8::1 [{LOCAL}] "{REQUEST}" 200',
        {"status": "200"},
    ),
    "an IPv6 client": (
        '$host [$remote_addr]:$remote_port $ssl_protocol [$time_local] "$request" $status',
        f'{HOST} [2001:db8::7]:55001 TLSv1.3 [{LOCAL}] "{REQUEST}" 200',
        URL,
    ),
    "tabs, with blanks in values": (
        "log_format tsv '$time_iso8601\\t$host\\t$request\\t$status\\t$http_integrationid\\t$http_user_agent';",
        f"2026-10-01T09:00:00+02:00\t{HOST}\t{REQUEST}\t200\t1234_5678\tAcme Client/1.0 (x)",
        URL
        | {
            "called_at": INSTANT,
            "id_text": "1234_5678",
            "user_agent": "Acme Client/1.0 (x)",
        },
    ),
    "bars": (
        "$msec|$host|$request|$status|$http_integrationid|$request_id",
        f"1790838000.123|{HOST}|{REQUEST}|200|1234_5678|abc-1",
        {"called_at": INSTANT.replace(microsecond=123000), "id_text": "1234_5678", "request_id": "abc-1"},
    ),
    "names before values": (
        'host=$host time=$time_iso8601 req="$request" status=$status rt=$request_time id="$http_integrationid"',
        f'host={HOST} time=2026-10-01T07:00:00+00:00 req="{REQUEST}" status=200 rt=0.087 id="1234_5678"',
        {"called_at": INSTANT, "duration_ms": 87.0, "id_text": "1234_5678"},
    ),
    "brackets around everything": (
        "[$time_local] [$host] [$request] [$status] [$http_user_agent]",
        f"[{LOCAL}] [{HOST}] [{REQUEST}] [200] [Acme Client/1.0]",
        URL | {"user_agent": "Acme Client/1.0"},
    ),
    "a request without quotes": (
        "$host $time_local $request $status",
        f"{HOST} {LOCAL} {REQUEST} 200",
        URL | {"called_at": INSTANT},
    ),
    "modifiers": (
        '%v %t "%!200,304r" %<s "%200{IntegrationId}i" "%400,501{User-Agent}i"',
        f'{HOST} [{LOCAL}] "{REQUEST}" 500 "1234_5678" "-"',
        {"status": "500", "id_text": "1234_5678", "user_agent": None},
    ),
    "a response header": (
        '%v %t "%r" %>s "%{X-Trace-Identifier}o" %{SSL_PROTOCOL}x',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 "0af7-65" TLSv1.3',
        {"request_id": "0af7-65"},
    ),
    "addresses of peers and an empty user": (
        '%v %a %{c}a %h %l %u %t "%r" %>s',
        f'{HOST} 192.0.2.7 192.0.2.8 2001:db8::7 - "" [{LOCAL}] "{REQUEST}" 200',
        URL,
    ),
    "the id in a variable of the configuration": (
        '%v %t "%r" %>s "%{INTEGRATION_ID}e"',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 "1234_5678"',
        {"id_text": "1234_5678"},
    ),
    "the form of the authorization": (
        '$host [$time_local] "$request" $status "$http_authorization" "$http_accept_version"',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 "Bearer abc" "2"',
        {"authorization_header": "Bearer abc", "api_version": "2"},
    ),
    "a NetScaler's brackets": (
        'LogFormat custom %h %l %u [%t] "%r" %s %B'.removeprefix("LogFormat custom "),
        f'192.0.2.7 - - [{LOCAL}] "{REQUEST}" 200 5',
        URL | {"called_at": INSTANT},
    ),
    "a percent sign": ('%v %t "%r" %>s 100%%', f'{HOST} [{LOCAL}] "{REQUEST}" 200 100%', {"status": "200"}),
}


@pytest.mark.parametrize(("layout", "line", "expected"), VALUES.values(), ids=VALUES.keys())
def test_a_value_ends_where_the_text_after_it_begins(
    connection: duckdb.DuckDBPyConnection, layout: str, line: str, expected: dict[str, object]
) -> None:
    raw = _raw(connection, layout, line)
    expected = {"fate": None} | expected
    assert {name: raw[name] for name in expected} == expected


TIMES = {
    "%t": f"[{LOCAL}]",
    "[%{%d/%b/%Y:%H:%M:%S %z}t]": f"[{LOCAL}]",
    "%{%Y-%m-%dT%H:%M:%S%z}t": "2026-10-01T09:00:00+0200",
    "[%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t]": "[01/Oct/2026 09:00:00.000 +0200]",
    "%{begin:%F %T}t.%{begin:usec_frac}t %{%z}t %{end:%F %T}t": "2026-10-01 09:00:00.000000 +0200 2026-10-01 09:00:05",
    "[%{%a %b %e %H:%M:%S %Y}t %{%z}t]": "[Thu Oct  1 09:00:00 2026 +0200]",
    "%{sec}t": "1790838000",
    "%{sec}t.%{msec_frac}t": "1790838000.000",
    "%{msec}t": "1790838000000",
    "%{usec}t": "1790838000000000",
    "%{%s}t": "1790838000",
    "$time_local": LOCAL,
    "[$time_local]": f"[{LOCAL}]",
    "$time_iso8601": "2026-10-01T09:00:00+02:00",
    "$msec": "1790838000.000",
}


@pytest.mark.parametrize(("form", "text"), TIMES.items(), ids=TIMES.keys())
def test_times_in_every_form_are_the_same_instant(connection: duckdb.DuckDBPyConnection, form: str, text: str) -> None:
    is_nginx = form.replace("[", "").startswith("$")
    rest = '$host "$request" $status' if is_nginx else '%v "%r" %>s'
    assert _raw(connection, f"{form} {rest}", f'{text} {HOST} "{REQUEST}" 200')["called_at"] == INSTANT


def test_a_time_without_an_offset_needs_a_time_zone(connection: duckdb.DuckDBPyConnection) -> None:
    layout, line = '%{%Y-%m-%d %T}t %v "%r" %>s', f'2026-10-01 09:00:00 {HOST} "{REQUEST}" 200'
    raw = _raw(connection, layout, line)
    assert (raw["fate"], raw["called_at"]) == (None, None)
    assert _raw(connection, layout, line, "Europe/Amsterdam")["called_at"] == INSTANT


@pytest.mark.parametrize(
    "text", ["01/Foo/2026 09:00:00 +0200", "31/Feb/2026 09:00:00 +0200", "01/Oct/2026 25:00:00 +0200"]
)
def test_a_time_that_is_none_is_no_instant(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    raw = _raw(connection, '[%{%d/%b/%Y %T %z}t] %v "%r" %>s', f'[{text}] {HOST} "{REQUEST}" 200')
    assert (raw["fate"], raw["called_at"]) == (None, None)


ESCAPES = {
    "default, of nginx": ("log_format x '{}';", "Caf\\xC3\\xA9 \\x22x\\x22 \\x5C", 'Café "x" \\'),
    "default, of Apache": ("LogFormat '{}'", 'Caf\\xc3\\xa9 \\"x\\" \\\\', 'Café "x" \\'),
    "json": ("log_format x escape=json '{}';", 'Café \\"x\\" \\\\\\u0009', 'Café "x" \\\t'),
    "none": ("log_format x escape=none '{}';", "Café \\x22 \\", "Café \\x22 \\"),
}


@pytest.mark.parametrize(("directive", "text", "agent"), ESCAPES.values(), ids=ESCAPES.keys())
def test_what_the_server_escapes_is_undone(
    connection: duckdb.DuckDBPyConnection, directive: str, text: str, agent: str
) -> None:
    nginx = '$host [$time_local] "$request" $status "$http_user_agent"'
    apache = '%v %t "%r" %>s "%{User-Agent}i"'
    layout = directive.format(apache if directive.startswith("LogFormat") else nginx)
    raw = _raw(connection, layout, f'{HOST} [{LOCAL}] "{REQUEST}" 200 "{text}"')
    assert raw["user_agent"] == agent


@pytest.mark.parametrize(("escape", "body"), [("default", "<a>\\x0A\\x22"), ("json", '<a>\\n\\"')])
def test_a_body_is_logged_as_it_was_sent(connection: duckdb.DuckDBPyConnection, escape: str, body: str) -> None:
    layout = f"log_format x escape={escape} " + '\'$host [$time_local] "$request" $status "$request_body"\';'
    assert _raw(connection, layout, f'{HOST} [{LOCAL}] "{REQUEST}" 200 "{body}"')["body"] == '<a>\n"'


def test_nothing_is_an_escape_where_nothing_is_escaped(connection: duckdb.DuckDBPyConnection) -> None:
    layout = 'log_format x escape=none \'$host $remote_user [$time_local] "$request" $status "$http_user_agent"\';'
    raw = _raw(connection, layout, f'{HOST} "" [{LOCAL}] "{REQUEST}" 200 "Acme \\"')
    assert (raw["fate"], raw["user_agent"]) == (None, "Acme \\")


AMBIGUOUS = {
    "a missing field": ('$host [$time_local] "$request" $status $request_time', f'{HOST} [{LOCAL}] "{REQUEST}" 200'),
    "a field too many": ('$host [$time_local] "$request" $status', f'{HOST} [{LOCAL}] "{REQUEST}" 200 87'),
    "a quote that is not escaped": (
        '$host [$time_local] "$request" $status "$http_user_agent" "$http_integrationid"',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 "a" b" "1234_5678"',
    ),
    "blanks in a value without quotes": (
        '$host [$time_local] "$request" $status $http_user_agent $http_integrationid',
        f'{HOST} [{LOCAL}] "{REQUEST}" 200 Acme Client 1234_5678',
    ),
    "a separator in a value": ("$msec|$host|$request|$status|$remote_user", f"1790838000|{HOST}|{REQUEST}|200|a|b"),
}


@pytest.mark.parametrize(("layout", "line"), AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_an_ambiguous_line_is_rejected(connection: duckdb.DuckDBPyConnection, layout: str, line: str) -> None:
    assert _raw(connection, layout, line)["fate"] == "not_a_record"


@pytest.mark.parametrize(
    ("layout", "message"),
    [
        ('$host "$request" $status', "names no time"),
        ('%{%H:%M}t "%r" %>s', "names no time"),
        ('$host [$time_local] "$request"', "names no status"),
        ("%v %t %>s", "names no request line"),
        ('%v %{%Q}t "%r" %>s', "%Q is not understood"),
        ("", "names no time"),
    ],
)
def test_a_layout_without_what_a_call_needs_says_what_is_missing(layout: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        compile_layout(layout)
