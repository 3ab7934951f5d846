"""Every place of a line that may hold a text of the caller's choice, and how the line is written with it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


HOST = "12345.rest.afas.online"
REST = f"https://{HOST}/ProfitRestServices/"


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


def places_of(line: str) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Return every value of a line, with the lines in which another text replaces or follows it."""
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
