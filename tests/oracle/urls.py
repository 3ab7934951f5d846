"""What a request URL says, read a second time.

Where the contract is silent, the oracle decides:

U1. Methods.
    - A method is 3 to 20 ASCII letters in any case.
    - On a path of connectors, the method makes the operation: get, insert, update or delete. Any other method is `other`,
      and the connector is still named.
    - On every other REST path of Profit, the method changes nothing.

U2. The form of a URL.
    - The scheme is `http` or `https`, in any case.
    - A URL that begins with `/` has no host. It is `no_customer`, unless a host is given from outside.
    - A URL may lack its scheme, or begin with `//`, if a host of a known family and a path follow. If a host is given from
      outside, a URL that begins with `//` is a path instead.
    - Every other URL is `bad_url`, `https:///path` included.

U3. Hosts.
    - User information, the port and one trailing dot are dropped. The host is lower-cased.
    - If a host of a known Profit family does not begin with a number of 4 to 7 digits without a leading zero
      (`www.rest.afas.online`, `rest.afas.online`), the URL is `no_customer`.
    - Every host outside the known families is `unknown_host`, and so is IPv6, or a host with anything but digits after `:`.
    - `soapcursus` is training.
    - On the old host (`afasonlineconnector.nl`, production), `/profitservices` is SOAP, and every other path is REST.

U4. Paths.
    - The path is split at `/`, and empty segments are skipped. Then each segment is percent-decoded once (UTF-8): wrong bytes
      are replaced, a wrong escape stays as it is, and `+` stays `+`.
    - `..` is a segment like any other.
    - `ProfitRestServices` and `ProfitServices`, in any case, are left out of the endpoint.

U5. Spelling.
    - In `endpoint`, the fixed words of a path have the documentation's spelling (`connectors/`, `metainfo/get/`,
      `SubjectConnector`, `AppConnectorGet.asmx`).
    - Official connectors have their official spelling.
    - A segment that has to be a name and is not one (P4) is `redacted`, in `connector` and in `endpoint`.

U6. `connectors/{X}`.
    - X is kept. After POST and PUT, one sub-object is kept. All other segments are dropped.
    - Without X, it is an unknown path.

U7. Delete paths.
    - A delete path consists of triples: element, keys, values.
    - An element is kept if it is an official connector or one of its elements, or is called like a custom one (`KnS01`,
      `KnCustomK01`). Otherwise it is `redacted`.
    - `@` is written before each key. It is optional in the URL, so that both spellings are one endpoint.
    - Keys without values after them are `@redacted`, unless they begin with `@`: somebody may have forgotten the key, and
      written the value alone.
    - Values are dropped.

U8. Other REST paths.
    - In `metainfo/get/{X}` and `metainfo/update/{X}`, X is the connector. Every other path below `metainfo` has none, those without
      X included.
    - A BI model is no connector. The endpoint keeps it, and `v2` after it.
    - The ids of attachments and reports are dropped.

U9. Unknown paths.
    - An unknown path is `other`, and so is its endpoint. A path without `ProfitRestServices` (REST) or `ProfitServices`
      (SOAP) is unknown.

U10. SOAP.
    - The endpoint is the name that ends in `.asmx`.
    - A GET whose query begins with `wsdl` or `singlewsdl` is metainfo. Any other call that is not a POST is `other`.
    - A POST has the operation of its service, by name. Unknown services are `other`.

U11. SB.
    - Below `api/`, GET is get, POST insert, PUT update, DELETE delete, and any other method is `other`. The one segment after
      `api/` is the connector, and the endpoint keeps it.
    - `app` and `authentication` are auth, with that word as the endpoint.
    - If there is no first segment, or it is `api`, `app` or `authentication`, the URL is `no_customer`.
    - If the sub-domain is not one label of a host name (`afasfocus.nl`), the URL is `no_customer`: 1 to 63 of `[a-z0-9-]`, no hyphen
      at either end. A name that nobody can register has no customer.
    - If the first segment or the sub-domain is no name of up to 64 characters of `[a-z0-9_-]` (P4, but it needs no letter),
      it is `redacted` inside `customer`.

U12. The query.
    - The query is the text between `?` and `#`.
    - Names count in any case. If a name stands twice, its first value counts. Values are decoded once (`+` is a space).
    - `skip` and `take` are whole numbers of at most 18 digits, on any URL. Everything else is null.
    - `ordered` is true or false (without the parameter) for every operation get, SB and SOAP included. For other
      operations it is null.

U13. Filter fields, on any URL.
    - They are the parts of `filterfieldids`, split at `,` and `;`, and after them the `@FieldId`s of `filterjson`. They are kept
      in their order, with repeats.
    - Names of fields are a letter or underscore, then letters, digits and `_`, at most 64 characters. All others, and those
      that are no names (P4), are left out.

U14. Operator types, on any URL.
    - They are the parts of `operatortypes`, split at `,` and `;`, and after them the `@OperatorType`s of `filterjson`, with or
      without quotes around them. They are kept in their order, with repeats.
    - One is a number from 1 to 99 without leading zeros; blanks around it do not count. All others are left out.

U15. `query_length`.
    - It counts characters as sent. `?` alone is 1. The fragment does not count.
"""

from __future__ import annotations

import csv
import functools
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, unquote_plus

from tests.oracle.privacy import REDACTED, is_name, is_word, name_or_redacted

CATALOGUE = Path(__file__).parents[2] / "ingest" / "catalogue" / "connectors.csv"

_URL = re.compile(r"(?:https?://([^/?#]*))?([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_WITHOUT_SCHEME = re.compile(
    r"(?://)?([^/@?#\s]+\.(?:(?:rest|soap)(?:test|accept|cursus)?\.afas\.online|afasonlineconnector\.nl|afasfocus\.nl)\.?(?::[0-9]*)?/.*)",
    re.IGNORECASE | re.DOTALL,
)
_ENVIRONMENTS = {"": "production", "test": "test", "accept": "accept", "cursus": "training"}
_PROFIT_HOST = re.compile(r"(?:([^.]*)\.)?(rest|soap)(|test|accept|cursus)\.afas\.online")
_OLD_HOST = re.compile(r"(?:([^.]*)\.)?afasonlineconnector\.nl")
_SB_HOST = re.compile(r"(?:([^.]*)\.)?afasfocus\.nl")
_CUSTOMER = re.compile(r"[1-9][0-9]{3,6}")
_FIELD_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_REST_WORDS = {
    word.lower(): (word, operation)
    for word, operation in {
        "SubjectConnector": "attachment",
        "FileConnector": "attachment",
        "ImageConnector": "attachment",
        "ReportConnector": "report",
        "ProfitVersion": "version",
        "OtpRequest": "auth",
        "OtpValidation": "auth",
    }.items()
}
_SOAP_SERVICES = {
    "appconnectorget": ("AppConnectorGet", "get"),
    "appconnectorupdate": ("AppConnectorUpdate", "write"),
    "appconnectorreport": ("AppConnectorReport", "report"),
    "appconnectorsubject": ("AppConnectorSubject", "attachment"),
    "appconnectordata": ("AppConnectorData", "metainfo"),
    "tokenconnector": ("TokenConnector", "auth"),
    "appconnectorversioninfo": ("AppConnectorVersionInfo", "version"),
}


@dataclass(frozen=True)
class ReadUrl:
    """The contract's columns that come from method and URL."""

    method: str
    product: str
    protocol: str
    environment: str
    customer: str
    operation: str = "other"
    connector: str | None = None
    endpoint: str = "other"
    skip: int | None = None
    take: int | None = None
    ordered: bool | None = None
    filter_fields: list[str] = field(default_factory=list)
    operator_types: list[int] = field(default_factory=list)
    query_length: int = 0


@dataclass(frozen=True)
class BadUrl:
    """The reason to reject a line with this method or URL."""

    reason: str


@functools.cache
def official_names() -> dict[str, str]:
    """Return the official connectors, by their name in lower case."""
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        return {row["connector"].lower(): row["connector"] for row in csv.DictReader(file)}


@functools.cache
def _elements() -> list[str]:
    return CATALOGUE.with_name("elements.csv").read_text(encoding="utf-8").split()[1:]


def connector_name(text: str) -> str:
    """Return the spelling in which a connector is kept."""
    return official_names().get(text.lower()) or name_or_redacted(text)


@functools.lru_cache(maxsize=100_000)
def read_url(method: str | None, url: str | None, host: str | None = None) -> ReadUrl | BadUrl:
    """Read one request. `host` counts if the URL has none."""
    if not re.fullmatch(r"[A-Za-z]{3,20}", method or ""):
        return BadUrl("bad_method")
    bare = _WITHOUT_SCHEME.fullmatch(url or "")
    if bare is not None and not (host and (url or "").startswith("/")):
        url = f"https://{bare[1]}"
    parts = _URL.fullmatch(url or "")
    if parts is None:
        return BadUrl("bad_url")
    authority, path, query = parts[1], parts[2], parts[3] or ""
    if authority == "" or (authority is None and not path.startswith("/")):
        return BadUrl("bad_url")
    if not (authority or host):
        return BadUrl("no_customer")
    segments = [unquote(segment, errors="replace") for segment in path.split("/") if segment]
    return _in_environment((method or "").upper(), _host(authority or host or ""), segments, query)


def _host(authority: str) -> str:
    host = re.sub(r":[0-9]*$", "", authority.rpartition("@")[2])
    return host.lower().removesuffix(".")


def _in_environment(method: str, host: str, segments: list[str], query: str) -> ReadUrl | BadUrl:
    parameters = _parameters(query)
    known = _profit(method, host, segments, parameters) or _sb(method, host, segments) or BadUrl("unknown_host")
    if isinstance(known, BadUrl):
        return known
    return replace(
        known,
        skip=_whole_number(parameters.get("skip")),
        take=_whole_number(parameters.get("take")),
        ordered="orderbyfieldids" in parameters if known.operation == "get" else None,
        filter_fields=_filter_fields(parameters),
        operator_types=_operator_types(parameters),
        query_length=len(query),
    )


def _profit(method: str, host: str, segments: list[str], parameters: dict[str, str]) -> ReadUrl | BadUrl | None:
    new, old = _PROFIT_HOST.fullmatch(host), _OLD_HOST.fullmatch(host)
    matched = new or old
    if matched is None:
        return None
    customer = matched[1] or ""
    if not _CUSTOMER.fullmatch(customer):
        return BadUrl("no_customer")
    first = segments[0].lower() if segments else ""
    protocol = new[2] if new else ("soap" if first == "profitservices" else "rest")
    environment = _ENVIRONMENTS[new[3]] if new else "production"
    empty = ReadUrl(method, "profit", protocol, environment, customer)
    if first != {"rest": "profitrestservices", "soap": "profitservices"}[protocol]:
        return empty
    return _soap(empty, segments[1:], parameters) if protocol == "soap" else _rest(empty, segments[1:])


def _rest(call: ReadUrl, segments: list[str]) -> ReadUrl:
    match [segment.lower() for segment in segments]:
        case ["connectors", _, *_]:
            call = _connectors(call, segments[1:])
        case ["metainfo", ("get" | "update") as kind, _, *_]:
            name = connector_name(segments[2])
            call = replace(call, operation="metainfo", connector=name, endpoint=f"metainfo/{kind}/{name}")
        case ["metainfo", *rest]:
            endpoint = f"metainfo/{rest[0]}" if rest[:1] in (["get"], ["update"]) else "metainfo"
            call = replace(call, operation="metainfo", endpoint=endpoint)
        case ["oauth", ("authorize" | "token") as kind, *_]:
            call = replace(call, operation="auth", endpoint=f"oauth/{kind}")
        case ["bi", _, *rest]:
            endpoint = f"bi/{name_or_redacted(segments[1])}" + "/v2" * (rest[:1] == ["v2"])
            call = replace(call, operation="bi", endpoint=endpoint)
        case [word, *_] if word in _REST_WORDS:
            endpoint, operation = _REST_WORDS[word]
            call = replace(call, operation=operation, endpoint=endpoint)
    return call


def _connectors(call: ReadUrl, segments: list[str]) -> ReadUrl:
    operations = {"GET": "get", "POST": "insert", "PUT": "update", "DELETE": "delete"}
    name = connector_name(segments[0])
    template = ["connectors", name]
    if call.method == "DELETE":
        template += _delete_template(segments[1:])
    elif call.method in ("POST", "PUT") and len(segments) > 1:
        template.append(name_or_redacted(segments[1]))
    operation = operations.get(call.method, "other")
    return replace(call, operation=operation, connector=name, endpoint="/".join(template))


def _delete_template(segments: list[str]) -> list[str]:
    template = []
    for start in range(0, len(segments), 3):
        element, *others = segments[start : start + 3]
        template.append(element if _is_element(element) else REDACTED)
        if others:
            are_keys = len(others) == 2 or others[0].startswith("@")
            keys = [key.removeprefix("@") if are_keys else REDACTED for key in others[0].split(",")]
            template.append(",".join(f"@{name_or_redacted(key)}" for key in keys))
    return template


def _is_element(text: str) -> bool:
    known = {name.lower() for name in (*official_names().values(), *_elements())}
    return text.lower() in known or re.fullmatch(r"kns\d\d|kncustomk\d\d", text, re.IGNORECASE | re.ASCII) is not None


def _soap(call: ReadUrl, segments: list[str], parameters: dict[str, str]) -> ReadUrl:
    stem, _, suffix = segments[0].rpartition(".") if segments else ("", "", "")
    if suffix.lower() != "asmx":
        return call
    name, operation = _SOAP_SERVICES.get(stem.lower(), (name_or_redacted(stem), "other"))
    if call.method == "GET" and next(iter(parameters)) in ("wsdl", "singlewsdl"):
        operation = "metainfo"
    elif call.method != "POST":
        operation = "other"
    return replace(call, operation=operation, endpoint=f"{name}.asmx")


def _sb(method: str, host: str, segments: list[str]) -> ReadUrl | BadUrl | None:
    matched = _SB_HOST.fullmatch(host)
    if matched is None:
        return None
    lower = [segment.lower() for segment in segments]
    is_label = re.fullmatch(r"(?!-)[a-z0-9-]{1,63}(?<!-)", matched[1] or "") is not None
    if not is_label or not lower or lower[0] in ("api", "app", "authentication"):
        return BadUrl("no_customer")
    call = ReadUrl(method, "sb", "rest", "production", f"{_label(matched[1])}/{_label(lower[0])}")
    match lower[1:]:
        case ["api", _, *_]:
            operations = {"GET": "get", "POST": "insert", "PUT": "update", "DELETE": "delete"}
            name = connector_name(segments[2])
            call = replace(call, operation=operations.get(method, "other"), connector=name, endpoint=f"api/{name}")
        case ["app" | "authentication" as word, *_]:
            call = replace(call, operation="auth", endpoint=word)
    return call


def _label(text: str) -> str:
    return text if re.fullmatch(r"[a-z0-9_-]{1,64}", text) and is_word(text) else REDACTED


def _is_field_name(text: str) -> bool:
    return _FIELD_NAME.fullmatch(text) is not None and is_name(text)


def _parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for pair in query.removeprefix("?").split("&"):
        name, _, value = pair.partition("=")
        parameters.setdefault(unquote_plus(name, errors="replace").lower(), unquote_plus(value, errors="replace"))
    return parameters


def _whole_number(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _filter_fields(parameters: dict[str, str]) -> list[str]:
    names = re.split(r"[,;]", parameters.get("filterfieldids", ""))
    names += re.findall(r'"@FieldId"\s*:\s*"([^"]*)"', parameters.get("filterjson", ""), re.IGNORECASE)
    return [name for name in names if _is_field_name(name)]


def _operator_types(parameters: dict[str, str]) -> list[int]:
    texts = [text.strip(" ") for text in re.split(r"[,;]", parameters.get("operatortypes", ""))]
    texts += re.findall(
        r'"@OperatorType"\s*:\s*"?\s*([0-9]+)\s*[",}]', parameters.get("filterjson", ""), re.IGNORECASE | re.ASCII
    )
    return [int(text) for text in texts if re.fullmatch(r"[1-9][0-9]?", text, re.ASCII)]
