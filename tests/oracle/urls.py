"""What a request URL says, read a second time.

Where the contract is silent, the oracle decides:

- U1. A method is 3 to 20 ASCII letters in any case. Connectors are get, insert, update or delete by method, and `other` for
  any other method, with the connector still named. All other paths are what they are whatever the method.
- U2. Scheme `http` or `https` in any case. A URL that begins with `/` has no host: `no_customer` unless a host is given
  from outside. Everything else is `bad_url`, `https:///path` included. A
  URL may lack its scheme, or begin with `//`, where it begins with a host of the families below and has a path.
- U3. User information, port and one trailing dot are dropped, the host is lower-cased. A host of a known family whose label
  is not a number of 4 to 7 digits without a leading zero (`www.rest.afas.online`, `rest.afas.online`, `afasfocus.nl`) is
  `no_customer`; everything else is `unknown_host`: IPv6, and what stands after `:` and is no number. `soapcursus` is training. On the old host
  (`afasonlineconnector.nl`, production) `/profitservices` is SOAP and everything else REST.
- U4. The path is split at `/`, empty segments are skipped, then each segment is percent-decoded once (UTF-8, wrong bytes
  replaced, a wrong escape stays as it is, `+` stays `+`). `..` is a segment like any other. `ProfitRestServices` and
  `ProfitServices` are dropped from the endpoint wherever the case.
- U5. Fixed words of the path have the documentation's spelling in `endpoint` (`connectors/`, `metainfo/get/`,
  `SubjectConnector`, `AppConnectorGet.asmx`), official connectors theirs. A segment that must be a name and is not (see
  privacy) is `REDACTED`, in `connector` and in `endpoint`.
- U6. `connectors/{X}` keeps X; POST and PUT keep one sub-object; all further segments are dropped. Without X it is
  an unknown path.
- U7. A delete path is triples of element, keys, values. The values are dropped, a `@` is written before each key (it is
  optional, so both spellings are one endpoint). Keys without a value after them are `@REDACTED` unless they have their `@`:
  they may be a value whose key was forgotten.
- U8. `metainfo/get/{X}` and `metainfo/update/{X}` have X as connector, everything else below `metainfo` has none. A BI model
  is no connector, but stands in the endpoint, as does `v2`. Attachment and report ids are dropped.
- U9. An unknown path, one without `ProfitRestServices` (REST) or `ProfitServices` (SOAP) included, is `other`, and so is its
  endpoint.
- U10. SOAP: the endpoint is the `.asmx` name; a GET whose query begins with `wsdl` or `singlewsdl` is metainfo, any other
  method but POST is `other`. Services are listed by name, everything else is `other`.
- U11. SB: GET get, POST insert, PUT update, DELETE delete, else `other`; the endpoint keeps the one segment after `api/`.
  `app` and `authentication` are auth with that word as endpoint. No first segment, or `api`, `app`, `authentication` as
  first segment, is `no_customer`. A first segment that is not of `[a-z0-9_-]` or is suspect is `REDACTED` inside
  `customer`. The sub-domain is one label of `[a-z0-9-]`, else `no_customer`.
- U12. The query is what stands between `?` and `#`. Names in any case, the first of a name counts, values are decoded once
  (`+` is a space). `skip`, `take`: whole numbers of at most 18 digits, else null; read on any URL. `ordered`: every operation
  get, SB and SOAP included (false without the parameter).
- U13. Filter fields: `filterfieldids` split at `,` and `;`, then the `@FieldId`s of `filterjson` in its order; kept in order
  with repeats; what is not a field name (a letter or underscore, then letters, digits, `_`, at most 64) is left out. Any URL.
- U14. `query_length` counts characters as sent: `?` alone is 1, the fragment does not count.
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
    query_length: int = 0


@dataclass(frozen=True)
class BadUrl:
    """Why a line with such a method or URL is rejected."""

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
    """Return the spelling under which a connector is kept."""
    return official_names().get(text.lower()) or name_or_redacted(text)


@functools.lru_cache(maxsize=100_000)
def read_url(method: str | None, url: str | None, host: str | None = None) -> ReadUrl | BadUrl:
    """Read one request; `host` is used where the URL has none."""
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
    is_label = re.fullmatch(r"[a-z0-9-]+", matched[1] or "") is not None
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
