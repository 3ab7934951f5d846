"""Secrets that are none, each of them unique, and logs that carry them in every place where a log can."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from tests.ingest.encodings import encoded
from tests.ingest.scale import scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HOST = "12345.rest.afas.online"
REST = f"https://{HOST}/ProfitRestServices/"


@dataclass(frozen=True)
class Canary:
    """A secret in the form in which it is sent, and the parts of it that must not be found anywhere."""

    kind: str
    text: str
    traces: tuple[str, ...]


@dataclass(frozen=True)
class Planted:
    """A line of a log and the canary in it."""

    place: str
    canary: Canary
    line: str


def citizen_service_number(serial: int) -> str:
    """Return a number of nine digits that passes the eleven test."""
    for number in count(100_000_000 + serial * 7919):
        digits = [int(digit) for digit in str(number)]
        total = sum(weight * digit for weight, digit in zip(range(9, 1, -1), digits[:8], strict=True))
        if total % 11 == digits[8]:
            return str(number)
    raise AssertionError


def iban(serial: int) -> str:
    """Return an IBAN whose check sum is right."""
    account = f"ABNA{4_170_000_000 % 10**10 // 10 + serial:010}"
    rest = "".join(str(int(character, 36)) for character in f"{account}NL00")
    return f"NL{98 - int(rest) % 97:02}{account}"


def kinds(serial: int) -> Iterator[Canary]:
    """Return one canary of each kind; no two serials share one."""
    data = "".join(f"{(serial * 2_654_435_761 + n * 40_503) % 256:02X}" for n in range(28)) + f"{serial:08X}"
    xml = f"<token><version>1</version><data>{data}</data></token>"
    trace = (data, data[4:20])
    yield Canary("token in XML", xml, trace)
    yield Canary("token in escaped XML", xml.replace("<", "&lt;").replace(">", "&gt;"), trace)
    yield Canary("token in URL-escaped XML", quote(xml, safe=""), trace)
    yield Canary("token in XML, cut off", f"<token><version>1</version><data>{data[:20]}", (data[:20],))
    for prefix in ("", "x", "xy"):
        encoded = base64.b64encode((prefix + xml).encode()).decode()
        yield Canary(f"token in base64 after {prefix!r}", encoded, (encoded[40:80], encoded[80:120]))
    encoded = base64.b64encode(xml.encode()).decode()
    yield Canary("AfasToken", f"AfasToken {encoded}", (encoded[40:80], encoded[80:120]))
    claims = base64.urlsafe_b64encode(f'{{"sub":"canary{serial}","x":"{data}"}}'.encode()).decode().rstrip("=")
    yield Canary("bearer token", f"Bearer eyJhbGciOiJIUzI1NiJ9.{claims}.{data[:43]}", (claims, data[:43]))
    yield Canary("e-mail address", f"kanarie{serial}@vogels.example.nl", (f"kanarie{serial}@", f"kanarie{serial}%40"))
    number = citizen_service_number(serial)
    yield Canary("citizen service number", number, (number,))
    account = iban(serial)
    yield Canary("IBAN", account, (account,))
    # No log of a test is so long that one of its lines has such a number, which the lake keeps.
    yield Canary("phone number", f"+31 6 {serial + 95_000_000}", (f"{serial + 95_000_000}",))
    yield Canary("cookie", f"ASP.NET_SessionId=k{data[:23].lower()}", (f"k{data[:23].lower()}",))


def _also_escaped(canary: Canary) -> Canary:
    """Return the canary with its traces as a web server escapes them, which is not to be found either."""
    escaped = tuple(escaped_bytes(trace) for trace in canary.traces)
    return replace(canary, traces=canary.traces + escaped)


def escaped_bytes(text: str) -> str:
    r"""Return every byte as `\xHH`."""
    return "".join(f"\\x{byte:02X}" for byte in text.encode())


def _json_line(record: dict[str, object]) -> str:
    base: dict[str, object] = {
        "timestamp": "2026-10-01T10:00:00Z",
        "method": "GET",
        "url": f"{REST}metainfo",
        "status": 200,
    }
    return json.dumps(base | record, ensure_ascii=False)


def _soap(body: str) -> str:
    url = "https://12345.soap.afas.online/ProfitServices/AppConnectorGet.asmx"
    return _json_line({"method": "POST", "url": url, "body": body})


JSON_PLACES: dict[str, Callable[[str], str]] = {
    "filtervalues": lambda s: _json_line({"url": f"{REST}connectors/X?filterfieldids=A&filtervalues={s}"}),
    "filtervalues, escaped": lambda s: _json_line({"url": f"{REST}connectors/X?filtervalues={quote(s, safe='')}"}),
    "filterfieldids": lambda s: _json_line({"url": f"{REST}connectors/X?filterfieldids={s}"}),
    "filterjson": lambda s: _json_line(
        {
            "url": f"{REST}connectors/X?filterjson="
            + quote(json.dumps({"Filters": {"Filter": [{"Field": [{"@FieldId": s}]}]}}))
        }
    ),
    "an unknown parameter": lambda s: _json_line({"url": f"{REST}connectors/X?{s}"}),
    "the value of a delete": lambda s: _json_line({"method": "DELETE", "url": f"{REST}connectors/X/X/@Id/{s}"}),
    "the value of a delete of a sub-row": lambda s: _json_line(
        {"method": "DELETE", "url": f"{REST}connectors/X/X/@Id/1/Y/@Id/{s}"}
    ),
    "the key of a delete": lambda s: _json_line({"method": "DELETE", "url": f"{REST}connectors/X/X/@{s}/1"}),
    "the element of a delete": lambda s: _json_line({"method": "DELETE", "url": f"{REST}connectors/X/{s}/@Id/1"}),
    "a sub-object": lambda s: _json_line({"method": "POST", "url": f"{REST}connectors/X/{s}"}),
    "a connector": lambda s: _json_line({"url": f"{REST}connectors/{s}"}),
    "a connector, escaped": lambda s: _json_line({"url": f"{REST}connectors/{quote(s, safe='')}"}),
    "a part of a connector": lambda s: _json_line({"url": f"{REST}connectors/Acme_{s}"}),
    "metainfo": lambda s: _json_line({"url": f"{REST}metainfo/update/{s}"}),
    "a BI model": lambda s: _json_line({"url": f"{REST}bi/{s}"}),
    "an attachment": lambda s: _json_line({"url": f"{REST}SubjectConnector/{s}/{s}"}),
    "an unknown path": lambda s: _json_line({"url": f"{REST}{s}/{s}"}),
    "a path outside the service": lambda s: _json_line({"url": f"https://{HOST}/{s}"}),
    "user information": lambda s: _json_line(
        {"url": f"https://{quote(s, safe='')}:x@{HOST}/ProfitRestServices/metainfo"}
    ),
    "a fragment": lambda s: _json_line({"url": f"{REST}metainfo#{s}"}),
    "a foreign host": lambda s: _json_line({"url": f"https://www.example.com/{s}?x={s}"}),
    "a URL that is none": lambda s: _json_line({"url": s}),
    "a SOAP service": lambda s: _json_line(
        {"method": "POST", "url": f"https://12345.soap.afas.online/ProfitServices/{s}.asmx"}
    ),
    "an SB customer": lambda s: _json_line({"url": f"https://beers.afasfocus.nl/{s}/api/administrations"}),
    "an SB endpoint": lambda s: _json_line({"url": f"https://beers.afasfocus.nl/enyoi/api/{s}"}),
    "an SB sub-domain": lambda s: _json_line({"url": f"https://{s}.afasfocus.nl/enyoi/api/administrations"}),
    "the IntegrationId header": lambda s: _json_line({"headers": {"IntegrationId": s}}),
    "one of two IntegrationId headers": lambda s: _json_line({"headers": {"IntegrationId": ["1234_5678", s]}}),
    "the IntegrationId field": lambda s: _json_line({"integration_id": s}),
    "an IntegrationId in words": lambda s: _json_line({"integration_id": f"id {s}"}),
    "Authorization": lambda s: _json_line({"headers": {"Authorization": s}}),
    "Authorization, after AfasToken": lambda s: _json_line({"headers": {"Authorization": f"AfasToken {s}"}}),
    "Cookie": lambda s: _json_line({"headers": {"Cookie": s, s: "x"}}),
    "Accept-Version": lambda s: _json_line(
        {"url": "https://beers.afasfocus.nl/enyoi/api/administrations", "headers": {"Accept-Version": s}}
    ),
    "the user agent": lambda s: _json_line({"user_agent": s}),
    "a part of the user agent": lambda s: _json_line({"user_agent": f"Acme/1.0 ({s}; x)"}),
    "the user agent, across its cut": lambda s: _json_line({"user_agent": "A" * 230 + " " + s}),
    "the User-Agent header": lambda s: _json_line({"headers": {"User-Agent": f"Acme {s}"}}),
    "the request id": lambda s: _json_line({"request_id": s}),
    "the method": lambda s: _json_line({"method": s}),
    "the status": lambda s: _json_line({"status": s}),
    "the time": lambda s: _json_line({"timestamp": s}),
    "the duration": lambda s: _json_line({"duration_ms": s, "request_bytes": s, "response_bytes": s}),
    "an unknown field": lambda s: _json_line({"referrer": s, s: {"x": s}}),
    "a SOAP body": lambda s: _soap(f"<token>{s}</token><connectorId>X</connectorId><filtersXml>{s}</filtersXml>"),
    "the connector of a SOAP body": lambda s: _soap(f"<connectorId>{s}</connectorId>"),
    "the IntegrationId of a SOAP body": lambda s: _soap(
        f"<connectorId>X</connectorId><IntegrationId>{s}</IntegrationId>"
    ),
    "a SOAP body that is none": _soap,
    "a line that is no record": lambda s: f"oops {s} oops",
    "a truncated record": lambda s: _json_line({"body": s})[:-3],
    "a record with a name twice": lambda s: '{"a":1,"a":2,"b":' + json.dumps(s) + "}",
    "a record with a secret name": lambda s: json.dumps({s: 1, "timestamp": 5}),
    "a bad record after 150 characters": lambda s: "x" * 150 + s,
    "a bad record with a header": lambda s: f"Authorization: {s}; Cookie: {s}",
}

_W3C = "date time cs-method cs-uri-stem cs-uri-query cs-host cs-username cs(User-Agent) cs(Cookie) cs(Referer) cs(IntegrationId)"


def _w3c_line(**values: str) -> str:
    base = {
        "time": "2026-10-01 10:00:00",
        "method": "GET",
        "stem": "/ProfitRestServices/metainfo",
        "query": "-",
        "host": HOST,
        "user": "-",
        "agent": "-",
        "cookie": "-",
        "referer": "-",
        "id": "-",
        "status": "200",
    }
    return " ".join(value.replace(" ", "+") if name != "time" else value for name, value in (base | values).items())


W3C_PLACES: dict[str, Callable[[str], str]] = {
    "the query": lambda s: _w3c_line(query=f"filtervalues={s}"),
    "the path": lambda s: _w3c_line(stem=f"/ProfitRestServices/connectors/{s}"),
    "the value of a delete": lambda s: _w3c_line(method="DELETE", stem=f"/ProfitRestServices/connectors/X/X/@Id/{s}"),
    "the host": lambda s: _w3c_line(host=s),
    "the user": lambda s: _w3c_line(user=s),
    "the user agent": lambda s: _w3c_line(agent=f"Acme {s}"),
    "the cookie": lambda s: _w3c_line(cookie=s),
    "the referrer": lambda s: _w3c_line(referer=f"https://example.com/{s}"),
    "the id": lambda s: _w3c_line(id=s),
    "the status": lambda s: _w3c_line(status=s),
    "a value too many": lambda s: _w3c_line(status=f"200 {s} x".replace(" ", "\t")).replace("\t", " "),
    "a comment": lambda s: f"#Remark: {s}",
}


def _combined_line(
    *,
    request: str = "GET /ProfitRestServices/metainfo HTTP/1.1",
    user: str = "-",
    referer: str = "-",
    agent: str = "-",
    integration_id: str = "-",
    host: str = HOST,
) -> str:
    return (
        f'{host} 10.0.0.1 - {user} [01/Oct/2026:10:00:00 +0200] "{request}" 200 5'
        f' "{referer}" "{agent}" "{integration_id}" 0.087'
    )


COMBINED_PLACES: dict[str, Callable[[str], str]] = {
    "the query": lambda s: _combined_line(request=f"GET /ProfitRestServices/connectors/X?filtervalues={s} HTTP/1.1"),
    "the path": lambda s: _combined_line(request=f"GET /ProfitRestServices/connectors/{s} HTTP/1.1"),
    "the value of a delete": lambda s: _combined_line(
        request=f"DELETE /ProfitRestServices/connectors/X/X/@Id/{s} HTTP/1.1"
    ),
    "an absolute target": lambda s: _combined_line(request=f"GET https://{HOST}/ProfitRestServices/{s} HTTP/1.1"),
    "a request that is none": lambda s: _combined_line(request=s),
    "the user": lambda s: _combined_line(user=s.replace(" ", "_")),
    "the referrer": lambda s: _combined_line(referer=f"https://example.com/{s}"),
    "the user agent": lambda s: _combined_line(agent=f"Acme {s}"),
    "the user agent, escaped": lambda s: _combined_line(agent=escaped_bytes(s)),
    "the id": lambda s: _combined_line(integration_id=s),
    "the host": lambda s: _combined_line(host=s.replace(" ", "_")),
    "a field too many": lambda s: _combined_line() + f' "{s}"',
}


def _csv_line(**values: str) -> str:
    base = {"timestamp": "2026-10-01T10:00:00Z", "method": "GET", "url": f"{REST}metainfo", "integration_id": ""}
    base |= {"status": "200", "user_agent": "", "request_id": "", "referer": ""} | values
    return ",".join('"' + value.replace('"', '""') + '"' for value in base.values())


CSV_PLACES: dict[str, Callable[[str], str]] = {
    "the URL": lambda s: _csv_line(url=f"{REST}connectors/{s}?filtervalues={s}"),
    "the id": lambda s: _csv_line(integration_id=s),
    "the user agent": lambda s: _csv_line(user_agent=f"Acme {s}"),
    "the request id": lambda s: _csv_line(request_id=s),
    "an unknown column": lambda s: _csv_line(referer=s),
    "a value too many": lambda s: _csv_line() + f",{s}",
    "an open quote": lambda s: _csv_line() + f'x"{s}',
}

HEADERS = {
    "json": "",
    "w3c": f"#Fields: {_W3C} sc-status\n",
    "combined": "",
    "csv": "timestamp,method,url,integration_id,status,user_agent,request_id,referer\n",
}
PLACES = {"json": JSON_PLACES, "w3c": W3C_PLACES, "combined": COMBINED_PLACES, "csv": CSV_PLACES}


PEOPLE: dict[str, list[str]] = {
    "one name": ["jan", "may", "mark", "nan", "null", "infinity", "person", "sales", "Employees", "oct", "xqzkw"],
    "two names": ["jan jansen", "may april", "nan null", "Person Sales", "xqzkw wkzqx"],
    "a name in a domain": ["AFAS\\jan", "AFAS\\may", "KANTOOR\\xqzkw", "may\\nan"],
    "IPv4": ["203.0.113.9", "10.0.0.1", "255.255.255.255", "1.2.3.4"],
    "IPv4 and a port": ["203.0.113.9:443", "10.0.0.1:443"],
    "IPv4 in a list": ["203.0.113.9, 10.0.0.1", "10.1.2.3, 192.0.2.77"],
    "IPv6": ["2001:db8::9", "2001:abc::1"],
    "IPv6 of a link": ["fe80:abc::1", "fd00:1::7"],
    "IPv6, whole": ["2001:db8:0:0:0:0:0:9", "2001:0db8:0000:0000:0000:0000:0000:0009"],
    "IPv6 of this machine": ["::1", "::2", "::ffff:203.0.113.9", "::ffff:10.0.0.1"],
    "IPv6 and a port": ["[2001:db8::9]:443", "[2001:abc::1]:443"],
    "a citizen service number, points": ["123.456.782", "111.222.333"],
    "a citizen service number, other points": ["1234.56.782", "1112.22.333"],
    "a citizen service number, hyphens": ["1234-56-782", "1112-22-333"],
    "a citizen service number, pairs": ["12.34.56.782", "11.12.22.333"],
    "a citizen service number behind a date": ["2026-10-01123456782", "2026-10-01111222333"],
    "a citizen service number in a date": ["2026-10-0123456782", "2026-10-0111222333"],
    "a citizen service number in a day": ["01/Oct/2026:123456782", "01/Oct/2026:111222333"],
    "a citizen service number behind a time": ["09:00:00.123456782", "09:00:00.111222333"],
    "a citizen service number behind a comma": ["09:00:00,123456782", "09:00:00,111222333"],
    "a citizen service number behind HTTP": ["HTTP/123456782", "HTTP/111222333"],
    "a number behind HTTP": ["HTTP/1.12345", "HTTP/1.54321"],
}
"""Texts of one shape each, that say who calls and from where. A sample must not tell which of them it was."""

BEFORE_THE_TIME = ["jan", "17", "4711", '"kar 17"', "status", "GET", "token", "KnSubject", "u12", "203.0.113.9", "-x"]
"""Users in an access log; where they stand nothing is known by how it looks."""


def places_of_people() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Return every place of a line, in our logs and in those of products, and how the line is written with a text there.

    The second of two writings of a product's line is the text glued to the value that stands there.
    """
    for log_format, places in PLACES.items():
        for place, write in places.items():
            if not re.search("escaped|truncated|user information", place):
                yield f"{log_format}: {place}", write
    for path in sorted(PRODUCTS.glob("*.log")):
        data = [line for line in path.read_text(encoding="utf-8").split("\n") if line and not line.startswith("#")]
        if path.stem != "har" and data and len(data[0]) < 400:
            for number, (place, write) in enumerate(_places_of(data[0])):
                yield f"{path.stem}: {place}{', glued' * (number % 2)}", write


def planted(log_format: str, *, times: int = 1) -> list[Planted]:
    """Return so many lines for every place and kind; where a number is only a number, there is no number planted."""
    first = 1000 * sorted(PLACES).index(log_format)
    places = list(PLACES[log_format].items()) * times
    return [
        Planted(place, _also_escaped(canary), write(canary.text))
        for serial, (place, write) in enumerate(places, start=first)
        for canary in kinds(serial)
        if (place, canary.kind) != ("the duration", "citizen service number")
    ]


def corpus(log_format: str) -> list[Planted]:
    """Return secrets in every form that can be read, in every place of a format.

    In `make test` each in one place of JSON, by turns, and a third of them in another format; in `make faults` all in all.
    """
    places = list(PLACES[log_format].items())
    texts = list(encoded())[:: scaled(1 if log_format == "json" else 3, 1)]
    return [
        Planted(place, Canary(f"{one.secret.kind}, {one.encoding}", one.text, (one.text,)), write(one.text))
        for number, one in enumerate(texts)
        for place, write in scaled([places[number % len(places)]], places)
        if (place, one.secret.is_number) != ("the duration", True)
    ]


PRODUCTS = Path(__file__).parent / "products"


def planted_in_products() -> dict[str, tuple[str, list[Planted]]]:
    """Return for the sample log of each product its text, and its lines again with a canary in the place of each value."""
    found: dict[str, tuple[str, list[Planted]]] = {}
    serial = 10_000
    for path in sorted(PRODUCTS.glob("*.log")):
        if path.stem == "har":
            continue  # a document, of which nothing can be said line by line
        text = path.read_text(encoding="utf-8")
        data = [line for line in text.split("\n") if line and not line.startswith("#")]
        lines: list[Planted] = []
        for place, write in _places_of(data[0]) if data else ():
            serial += 1
            lines += [
                Planted(f"{path.stem}: {place}", canary, write(canary.text))
                for canary in kinds(serial)
                if canary.kind != "citizen service number" or not re.fullmatch(r"[0-9.]+(?:ms)?|.* \(a number\)", place)
            ]
        found[path.stem] = text, lines
    return found


def _places_of(line: str) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Return every value of a line, and how it is written with something else in its place, or behind it."""
    try:
        record = json.loads(line)
    except ValueError:
        for match in re.finditer(r'"[^"]*"|[^\s"\[\]]+', line):
            start, end = match.span()
            inner = line[start:end].strip('"')
            for more in ("", f"{inner}-"):
                yield inner, lambda s, start=start, end=end, more=more: _instead(line, start, end, more + s)  # type: ignore[misc]
        return
    for keys in _leaves(record):
        place = ".".join(map(str, keys)) + " (a number)" * bool(re.fullmatch("[0-9.]+", str(_at(record, keys))))
        yield place, lambda s, keys=keys: json.dumps(_with(record, keys, lambda _: s))  # type: ignore[misc]
        yield place, lambda s, keys=keys: json.dumps(_with(record, keys, lambda old: f"{old}-{s}"))  # type: ignore[misc]


def _instead(line: str, start: int, end: int, text: str) -> str:
    quote = '"' if line[start] == '"' else ""
    return line[:start] + quote + text + quote + line[end:]


def _leaves(value: Any) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        for keys in _leaves(inner):
            yield (key, *keys)
    if not isinstance(value, (dict, list)):
        yield ()


def _at(value: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        value = value[key]
    return value


def _with(value: Any, keys: tuple[str | int, ...], change: Callable[[Any], Any]) -> Any:
    if not keys:
        return change(value)
    copied: Any = dict(value) if isinstance(value, dict) else list(value)
    copied[keys[0]] = _with(value[keys[0]], keys[1:], change)
    return copied


def found_in(haystack: bytes, lines: Iterable[Planted]) -> list[tuple[str, str]]:
    """Return place and kind of every canary of which a trace stands anywhere in these bytes."""
    traces: dict[bytes, list[tuple[bytes, Planted]]] = {}
    for line in lines:
        for trace in line.canary.traces:
            text = trace.encode()
            traces.setdefault(text[:8], []).append((text, line))
    beginnings = np.sort(np.frombuffer(b"".join(traces), "<u8"))
    found = set()
    # Eight bytes at a time, because ten thousand searches would take minutes.
    for shift in range(8):
        size = (len(haystack) - shift) // 8
        if size <= 0:
            continue
        words = np.frombuffer(haystack, "<u8", count=size, offset=shift)
        places = np.flatnonzero(
            beginnings[np.minimum(np.searchsorted(beginnings, words), len(beginnings) - 1)] == words
        )
        for place in (places * 8 + shift).tolist():
            found |= {
                (line.place, line.canary.kind)
                for text, line in traces[haystack[place : place + 8]]
                if haystack.startswith(text, place)
            }
    return sorted(found)
