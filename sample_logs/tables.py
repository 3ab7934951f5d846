"""The made-up world as tables, for the SQL that makes calls of them: who calls whom, in which hour, and what happens."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from sample_logs.model import (
    FIRST_DAY,
    LAST_DAY,
    MODEL,
    SLOTS,
    ZONE,
    Client,
    Environment,
    Use,
    clients,
    draw,
    read,
    stream_of,
    uses,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST_SUFFIX: dict[Environment, str] = {"production": "", "test": "test", "accept": "accept", "training": "cursus"}
_SHARE: dict[Environment, int] = {"production": 100, "test": 16, "accept": 30, "training": 16}
_OWN_SHARE = 16
_ROOTS = {
    "rest": {"documented": "ProfitRestServices", "lower": "profitrestservices", "mixed": "Profitrestservices"},
    "soap": {"documented": "ProfitServices", "lower": "profitservices", "mixed": "Profitservices"},
}
_HEADER_NAME = {"documented": "IntegrationId", "lower": "integrationid", "mixed": "INTEGRATIONID"}


def tables() -> dict[str, list[dict[str, Any]]]:
    """The rows from which SQL makes calls, by the name of the table."""
    return {
        "hours": list(_hours()),
        "rates": list(_rates()),
        "links": [_link(number, use) for number, use in enumerate(uses())],
        "turns": list(_turns()),
        "actions": list(_actions()),
    }


def _link(number: int, use: Use) -> dict[str, Any]:
    client = use.client
    size = 60 + draw("size", use.customer) % 90 + (400 if draw("size", use.customer) % 23 == 0 else 0)
    share = _OWN_SHARE if use.rank < 0 else _SHARE[use.environment]
    identity = _identity(client)
    return {
        "link": number,
        "client": client.name,
        "stream": stream_of(use),
        "rhythm": client.rhythm,
        "weight": client.busyness * size * share,
        "within_ms": read("rhythms.toml")[client.rhythm]["within_seconds"] * 1000,
        "since": dt.datetime.combine(use.since, dt.time()),
        "until": dt.datetime.combine(use.until, dt.time()),
        "host": _host(use),
        "segment": f"/{use.customer.partition('/')[2]}/" if client.product == "sb" else "",
        "errors": client.errors,
        "address": _address(client, use.customer),
        "agent": client.agent,
        "agent_json": json.dumps(client.agent),
        "agent_w3c": client.agent.replace(" ", "+"),
        "agent_csv": '"' + client.agent.replace('"', '""') + '"',
        "headers_json": _headers(client),
        "id_w3c": identity.replace(", ", ",").replace(" ", "+") or "-",
        "id_combined": "".join(c if c.isascii() else "".join(f"\\x{b:02X}" for b in c.encode()) for c in identity)
        or "-",
        "id_csv": f'"{identity}"' if "," in identity else identity,
    }


def _identity(client: Client) -> str:
    """Return the IntegrationId as a server logs it: a header that is sent twice is one text with a comma."""
    return ", ".join(client.sends) if isinstance(client.sends, list) else client.sends or ""


def _headers(client: Client) -> str:
    """Return the first members of the JSON object of headers."""
    headers: dict[str, object] = {}
    if client.sends is not None:
        headers[_HEADER_NAME[client.paths]] = client.sends
    if client.authorization not in (None, "body"):
        headers["Authorization"] = read("texts.toml")["tokens"][client.authorization]
    if client.api_version is not None:
        headers["Accept-Version"] = client.api_version
    headers["Accept"] = "*/*"
    return json.dumps(headers, ensure_ascii=False, separators=(",", ":"))[1:-1]


def _host(use: Use) -> str:
    """Return the host as sent; `{protocol}` is filled in per call."""
    if use.client.product == "sb":
        return f"{use.customer.partition('/')[0]}.afasfocus.nl"
    host = f"{use.customer}.{{protocol}}{_HOST_SUFFIX[use.environment]}.afas.online"
    match use.client.host:
        case "plain":
            return host
        case "upper":
            return host.replace("afas.online", "AFAS.Online")
        case "port":
            return f"{host}:443"
        case "dot":
            return f"{host}."
        case "old":
            return f"{use.customer}.afasonlineconnector.nl" if use.environment == "production" else host


def _address(client: Client, customer: str) -> str:
    """Return an address of the ranges that are reserved for documentation."""
    number = draw("address", client.name, customer if client.sends is None else "")
    if number % 7 == 0:
        return f"2001:db8:{number % 9973:x}::{number % 251:x}"
    return f"{('192.0.2', '198.51.100', '203.0.113')[number % 3]}.{1 + number % 250}"


def _hours() -> Iterator[dict[str, Any]]:
    """Every hour of the three months, in order; local days begin and end them."""
    midnight = dt.time(tzinfo=ZONE)
    at = dt.datetime.combine(FIRST_DAY, midnight).astimezone(dt.UTC)
    end = dt.datetime.combine(LAST_DAY + dt.timedelta(days=1), midnight).astimezone(dt.UTC)
    while at < end:
        local = at.astimezone(ZONE)
        offset = local.strftime("%z")
        yield {
            "hour": int(at.timestamp()) // 3600,
            "local_start": local.replace(tzinfo=None),
            "offset_ms": (int(offset[1:3]) * 60 + int(offset[3:])) * 60000,
            "offset": offset,
            "yesterday": (local.date() - dt.timedelta(days=1)).isoformat(),
        }
        at += dt.timedelta(hours=1)


def _rates() -> Iterator[dict[str, Any]]:
    for hour in _hours():
        local: dt.datetime = hour["local_start"]
        kind = {5: "saturday", 6: "sunday"}.get(local.weekday(), "working_day")
        holiday = 80 if local.month == 8 else 100
        for name, rhythm in read("rhythms.toml").items():
            percent = rhythm.get("days_of_month", {}).get(str(local.day), rhythm["days_of_week"][local.weekday()])
            weather = 90 + draw("weather", name, local.date()) % 21
            rate = rhythm[kind][local.hour] * percent * holiday * weather // 10000
            if rate:
                yield {"hour": hour["hour"], "rhythm": name, "rate": rate}


def _turns() -> Iterator[dict[str, Any]]:
    """What the stories do, per link that they concern."""
    for story in read("stories.toml")["story"]:
        for number, use in enumerate(uses()):
            concerned = (
                story.get("client", use.client.name) == use.client.name
                and story.get("environment", use.environment) == use.environment
                and story.get("stream", stream_of(use)) == stream_of(use)
                and story.get("customer_rank", use.rank) == use.rank
            )
            if concerned:
                yield {
                    "link": number,
                    "turn_since": story["since"],
                    "turn_until": story["until"],
                    "volume": story.get("volume", 100),
                    "turn_status": story.get("status", 0),
                    "turn_of_10k": story.get("of_10k", 0),
                    "turn_kinds": ",".join(story.get("kinds", [])),
                }


def _actions() -> Iterator[dict[str, Any]]:
    """What each client does, and in how many of the slots of its repertoire."""
    with (MODEL / "actions.csv").open(encoding="utf-8", newline="") as file:
        actions = list(csv.DictReader(file))
    for client in clients():
        slot = 0
        for action in actions:
            if action["repertoire"] == client.repertoire:
                row = _action(client, action)
                yield row | {"first_slot": slot, "share": int(action["share"])}
                slot += int(action["share"])
        if slot != SLOTS:
            raise ValueError(f"actions.csv: the shares of {client.repertoire!r} add up to {slot}, expected {SLOTS}")


def _action(client: Client, action: dict[str, str]) -> dict[str, Any]:
    kind = read("kinds.toml")[action["kind"]]
    path, _, query = action["path"].replace("{prefix}", client.prefix).partition("?")
    if client.product == "profit":
        path = f"/{_ROOTS[kind['protocol']][client.paths]}/{path}"
    body = _body(client, action)
    speed = 50 + draw("speed", path) % 130
    content_type = "text/xml; charset=utf-8" if kind["protocol"] == "soap" else "application/json"
    return {
        "client": client.name,
        "kind": action["kind"],
        "protocol": kind["protocol"],
        "method": action["method"],
        "path": path,
        "query": query or _query(action["query"]),
        "content_type_json": f',"Content-Type":"{content_type}"' if action["method"] in ("POST", "PUT") else "",
        "body_json": f',"body":{json.dumps(body)}' if body else "",
        "ok_status": kind["ok_status"],
        "errors_in_10k": kind["errors_in_10k"],
        "error_statuses": kind["error_statuses"],
        "request_from": kind["request_bytes"][0],
        "request_range": kind["request_bytes"][1] - kind["request_bytes"][0] + 1,
        "durations": [1 + milliseconds * speed // 100 for milliseconds in kind["duration_ms"]],
        "sizes": kind["response_bytes"],
    }


def _query(name: str) -> str:
    texts = read("texts.toml")["queries"]
    query: str = texts.get(name, "")
    if name == "too_long":
        value: str = texts["too_long_value"]
        query += value * (1 + 2049 // len(value))
    return query


def _body(client: Client, action: dict[str, str]) -> str:
    """Return the SOAP envelope of this action, empty where there is none."""
    if not action["body"]:
        return ""
    texts = read("texts.toml")["envelopes"]
    template = "update" if action["body"] in ("insert", "update", "delete") else action["body"]
    header = texts["header_with_id"].replace("{id}", client.envelope_id) if client.envelope_id else ""
    filled = {
        "header": header,
        "token": texts["token"] if client.authorization == "body" else "",
        "connector": action["connector"].replace("{prefix}", client.prefix),
        "action": action["body"],
    }
    body: str = texts["start"] + texts[template] + texts["end"]
    for name, value in filled.items():
        body = body.replace(f"{{{name}}}", value)
    return body
