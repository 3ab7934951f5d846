"""The fields of a log that are not read, in any format, and the fields of a call that they could be.

The name of such a field is a text of the log. It is shown if it looks like the name of a field, and it is not stored.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ingest.formats.id_name import is_id_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import duckdb

UNREAD = "unread"
"""In the context of a source as long as it is read: the names of its fields that nobody reads, each with the field of a call that it
could be, or with an empty text. It is no part of what the ledger keeps."""

OTHERS = "others"
"""In the context of a Parquet file: its columns that are not those of our dialect, and whether the rows may hold them nevertheless."""

MOST_KEPT = 1000
"""The most names of a source that are remembered."""

_DURATIONS = (
    "duration elapsed elapsedtime latency took timetaken responsetime requesttime processingtime servertime totaltime runtime"
    " requestduration responseduration executiontime"
)
_SPELLINGS = {
    "request_bytes": "requestbytes bytesin inbytes bytesreceived receivedbytes bytesread csbytes requestsize requestlength reqbytes"
    " reqsize requestbodysize requestcontentlength",
    "response_bytes": "responsebytes bytesout outbytes bytessent sentbytes bodybytessent byteswritten scbytes responsesize"
    " responselength respbytes respsize responsebodysize responsecontentlength size bytes",
    "user_agent": "useragent agent ua httpuseragent csuseragent requestuseragent",
    "request_id": "requestid reqid traceid correlationid xrequestid httpxrequestid xcorrelationid",
    "integration_id": "integration",
    "api_version": "apiversion acceptversion httpacceptversion",
    "authorization": "authorization httpauthorization csauthorization",
    "body": "body requestbody",
    "headers": "headers requestheaders",
    "timestamp": "timestamp time datetime date when ts t calledat starttime starttimestamp startedat timegenerated utc",
    "method": "method verb httpmethod requestmethod csmethod httpverb",
    "status": "status statuscode httpstatus responsestatus responsecode httpstatuscode scstatus code",
    "url": "url fullurl requesturl absoluteurl href address",
    "path": "path uri uripath httpuri requestpath requesturi csuristem endpoint resource",
    "query": "query querystring args urlquery csuriquery",
    "host": "host vhost virtualhost server servername domain site authority httphost requesthost originalhost hostname domainname xforwardedhost cshost",
}
"""How people spell the fields of a call, in small letters and without signs."""

_UNITS = {
    "milliseconds": "ms",
    "millis": "ms",
    "msec": "ms",
    "ms": "ms",
    "microseconds": "us",
    "micros": "us",
    "us": "us",
    "nanoseconds": "ns",
    "nanos": "ns",
    "ns": "ns",
    "seconds": "s",
    "secs": "s",
    "sec": "s",
    "s": "s",
}

_PRIVATE = re.compile(
    "(?:http|request|req|headers?|cs|x|proxyadd)*"
    "(?:(?:remote|binaryremote|client|trueclient|clientsocket|caller|peer|networkpeer|networklocal|source|src|destination|dest|local|socket|service"
    "|real|cfconnecting|downstreamremote|downstreamlocal|downstreamdirectremote|upstream|upstreamlocal|origin|c|s)"
    "(?:ip|addr|address|ipaddr|ipaddress)|(?:remote|client|upstream)host|serverip|serveripaddress|ip|ipaddr|ipaddress|client|forwarded|forwardedfor|forwardfor|xff"
    "|(?:remote|client|auth|authenticated|end|login)?(?:user|username|userid|logname|principal|login|email|mail|upn))"
)
_NAMES_IN_APACHE = frozenset({"%h", "%{c}h", "%a", "%{c}a", "%A", "%u", "%l"})
_MENTIONED = re.compile("referr?er|cookie")
"""Spellings of private fields, which are never read, in small letters and without signs."""

OPTIONAL = (
    "duration",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "request_id",
    "integration_id",
    "api_version",
    "authorization",
    "body",
    "headers",
)
"""The fields of a call without which it is one."""


def could_be(name: str) -> tuple[str, str]:
    """The field of a call that a field of this name could be, and its unit if it is a duration whose name has one. Otherwise empty texts.

    >>> could_be("Duration (ms)"), could_be("latency"), could_be("bytes_in"), could_be("level")
    (('duration', 'ms'), ('duration', ''), ('request_bytes', ''), ('', ''))
    """
    if is_id_name(name):
        return "integration_id", ""
    plain = re.sub("[^a-z0-9]", "", name.lower().replace("µ", "u"))
    # A CDN puts client or edge before the names of what it saw and answered itself.
    plain = re.sub("^(?:client|edge)(?=request|response|start)", "", plain)
    if (found := _fields().get(plain)) is not None:
        return found, ""
    for ending, unit in _UNITS.items():
        if plain.endswith(ending) and _fields().get(plain.removesuffix(ending)) == "duration":
            return "duration", unit
    return "", ""


def is_private(name: str) -> bool:
    """Whether a field of this name holds an address, a user, a referrer or cookies: those are never read, on purpose.

    >>> [is_private(name) for name in ("$remote_addr", "c-ip", "request.remote_ip", "user.name", "cs(Referer)", "%h", "level")]
    [True, True, True, True, True, True, False]
    """
    if name in _NAMES_IN_APACHE:
        return True
    name = re.sub(r"^%\{([^}]*)\}.$", r"\1", name)
    parts = [re.sub("[^a-z0-9]", "", part) for part in name.lower().split(".")]
    ends = ("".join(parts[-number:]) for number in (1, 2, len(parts)))
    is_one = any(_PRIVATE.fullmatch(end) is not None and end not in _fields() for end in ends)
    return is_one or _MENTIONED.search("".join(parts)) is not None


def could_say_it(names: Iterable[str], fields: Collection[str]) -> list[tuple[str, str]]:
    """The names that could be one of these fields, each with its field. Of several names for one field, the first.

    >>> could_say_it(["when", "uri", "vhost", "note"], ["timestamp", "path", "host"])
    [('when', 'timestamp'), ('uri', 'path'), ('vhost', 'host')]
    """
    names = list(names)
    found: dict[str, str] = {}
    # Of an object in which the fields are, the name says less than theirs.
    for said in (names, [name.rpartition(".")[2] for name in names]):
        for name, part in zip(names, said, strict=True):
            field, _ = could_be(part)
            if field in fields and field not in found:
                found[field] = name
    return [(name, field) for field, name in found.items()]


def unread_fields(
    names: Iterable[str], said: Collection[str], like: Mapping[str, str] | None = None
) -> tuple[tuple[str, str], ...]:
    """These names, each with the field of a call that it could be, unless another name already is that field (`said`). Otherwise an empty text.

    Private fields are left out, because they are never read. `like` has the fields that some names resemble for another reason.
    """
    found = {}
    for name in names:
        if is_private(name):
            continue
        field, unit = could_be(name)
        field = field or (like or {}).get(name, "")
        is_wanted = field in OPTIONAL and field not in said
        found[name] = (f'{field}, unit = "{unit}"' if unit else field) if is_wanted else ""
        if len(found) >= MOST_KEPT:
            break
    return tuple(found.items())


def with_unread(
    connection: duckdb.DuckDBPyConnection,
    context: Mapping[str, Any],
    unread: Iterable[tuple[str, str]],
    *,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The context with these fields beside those that it has, or that the one `before` had."""
    known = dict((context if before is None else before).get(UNREAD, ()))
    found = dict(unread)
    if found and len(known) < MOST_KEPT:
        query = "select list_transform($1::varchar[], lambda name: shown_column(name))"
        [[shown]] = connection.execute(query, [list(found)]).fetchall()
        for name, field in zip(shown, found.values(), strict=True):
            known.setdefault(name, field)
    return {**context, UNREAD: list(known.items())[:MOST_KEPT]} if known else dict(context)


def kept(context: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a context that the ledger keeps."""
    return {name: value for name, value in context.items() if name not in {UNREAD, OTHERS}}


@cache
def _fields() -> Mapping[str, str]:
    spellings = {"duration": _DURATIONS, **_SPELLINGS}
    return {plain: field for field, names in spellings.items() for plain in names.split()}
