"""The common shapes of access logs, recognised by their lines if no layout is given.

192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /... HTTP/1.1" 200 512                               common
192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /... HTTP/1.1" 200 512 "-" "Acme/1.0"                combined
1234.rest.afas.online:443 192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /... HTTP/1.1" 200 512     with the virtual host
192.0.2.7 1234.rest.afas.online - [21/Oct/2026:13:55:36 +0200] "GET /... HTTP/1.1" 200 512           in another place

Each of them may have more fields before the time, before the request and at its end, quoted or not. Their meaning is not known,
with two exceptions: a quoted field at the end that holds only ids is taken for the IntegrationId, and a field anywhere that holds
hosts of the platform for the host.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.catalogue.platform_host import places_of_hosts
from ingest.errors import AmbiguousHostError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


DEFAULT_LAYOUT = (
    '$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
    ' "$http_referer" "$http_user_agent" "$http_integrationid" $request_time'
)
"""The layout of a log that fits it, unless another one is given."""

ENVOY_LAYOUT = (
    '[$time_iso8601] "$request" $status $response_flags $request_length $body_bytes_sent $duration_ms $upstream_service_time'
    ' "$http_x_forwarded_for" "$http_user_agent" "$http_x_request_id" "$http_host" "$upstream_host"'
)
"""What Envoy writes where its configuration says nothing, in our names."""

IIS_LAYOUT = "%h, %u, %{%-m/%-d/%Y, %-H:%M:%S}t, %{service}n, %{server}n, %A, %{ms}T, %I, %O, %>s, %{win32}n, %m, %U, %{QUERY_STRING}e,"
"""What IIS writes in its own format (Microsoft IIS log file): local times, no host, and no header."""

_COMMON = '$remote_addr $remote_logname $remote_user [$time_local] "$request" $status $body_bytes_sent'
_COMBINED = f'{_COMMON} "$http_referer" "$http_user_agent"'
_VHOST = "$host:$server_port "

NAMED_LAYOUTS = {
    "common": _COMMON,
    "combined": _COMBINED,
    "vhost_common": _VHOST + _COMMON,
    "vhost_combined": _VHOST + _COMBINED,
    "iis": IIS_LAYOUT,
}
"""The layouts that have a name: those that Apache and nginx know by it, and the one of IIS."""

# Atomic, so that no line takes long: a list ends where it ends, whatever follows.
LIST = r'(?>(?:[^\s",]*(?:, ?| : ))*[^\s",]+)'
QUOTED = r'"(?:[^"\\]|\\.)*"'
_VALUE = rf'(?>{QUOTED}|[^\s"\[][^\s"]*)'
_LINE = re.compile(
    rf"(?P<before>(?:{_VALUE} ){{1,12}})"
    rf"\[(?:(?P<iso>[0-9]{{4}}-[^\]\s]*)|[0-9]{{2}}/[A-Za-z]{{3}}/[0-9]{{4}}:[^\]]*)\](?P<between>(?: {_VALUE}){{0,6}}?)"
    rf" {QUOTED} (?:[0-9]{{3}}|-) (?:[0-9]+|-)"
    rf"(?P<more>(?: (?:{QUOTED}|{LIST}))*)\s*",
    re.ASCII,
)
_VALUES = re.compile(_VALUE, re.ASCII)
_LONG_NAME = re.compile(r'(?<![^\s"])((?:[^\s"]++ ){1,2}- )([^\s".:/\[-]+(?: +[^\s".:/\[-]+)+|"[^"]*") \[')
"""A name with blanks, which no server escapes, behind the hyphen that every log has there. It is looked for at the beginning of
values only: from each character of a long one to its end is the square of its length."""

_MORE = re.compile(rf" ({QUOTED}|{LIST})", re.ASCII)
_ID = re.compile(r'"[1-9][0-9]{3,6}_[1-9][0-9]{0,8}"', re.ASCII)
_CLIENT = ("remote_addr", "remote_logname", "remote_user")
_SECONDS = re.compile(r"[0-9]+\.[0-9]{3}", re.ASCII)
"""How nginx writes how long a nothing else says how long the call took."""
_NOTHING = ('"-"', '""')

_WRITTEN_BEHIND: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("$request_length", "[0-9]+"),
        ("$request_time", r"[0-9]+\.[0-9]{3}"),
        ("[$proxy_upstream_name]", r"\[[^\]]*\]"),
        ("[$proxy_alternative_upstream_name]", r"\[[^\]]*\]"),
        ("$upstream_addr", "[^ ,]+(?:(?:, | : )[^ ,]+)*"),
        ("$upstream_response_length", "[0-9-]+(?:(?:, | : )[0-9-]+)*"),
        ("$upstream_response_time", "[0-9.-]+(?:(?:, | : )[0-9.-]+)*"),
        ("$upstream_status", "[0-9-]+(?:(?:, | : )[0-9-]+)*"),
        ("$req_id", "[0-9a-f]{32}"),
    ),
    (
        ("$request_count", "[0-9]+"),
        ('"$router"', '"[^"]*"'),
        ('"$server_url"', '"(?:-|[a-z][a-z0-9]*://[^"]*)"'),
        ("$duration_ms", "[0-9]+ms"),
    ),
)
"""The fields of ingress-nginx and of Traefik after the user agent. Each value is recognisable, so if all of them fit, the log is theirs."""


@dataclass(frozen=True)
class _Shape:
    """What lines have in common: which of the known fields, and which of the others are quoted."""

    before: tuple[bool, ...]
    between: tuple[bool, ...]
    more: tuple[bool, ...]
    has_iso_time: bool


def layout_of(lines: Sequence[str]) -> str | None:
    """The layout that most of these lines have, as --layout takes it. None if they are no access log.

    AmbiguousHostError if several fields hold different hosts of the platform.

    >>> layout_of(['192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET / HTTP/1.1" 200 512'])
    '$remote_addr $remote_logname $remote_user [$time_local] "$request" $status $body_bytes_sent'
    >>> layout_of(['192.0.2.7 1234.rest.afas.online - [21/Oct/2026:13:55:36 +0200] "GET / HTTP/1.1" 200 512'])
    '$remote_addr $host $remote_user [$time_local] "$request" $status $body_bytes_sent'
    """
    found = [(_shape(match), _values(match)) for line in lines if (match := _match(line))]
    if not found:
        return None
    [(shape, _)] = Counter(shape for shape, _ in found).most_common(1)
    rows = [values for its_shape, values in found if its_shape == shape]
    before, between, more = _names(shape, rows)
    time = "[$time_iso8601]" if shape.has_iso_time else "[$time_local]"
    return " ".join([*before, time, *between, '"$request" $status $body_bytes_sent', *more])


def has_host_elsewhere(lines: Sequence[str]) -> bool:
    """Whether these lines hold hosts of the platform, but not in the field in front."""
    rows = [_values(match) for line in lines if (match := _match(line))]
    places = {place for row in rows for place in row}
    return bool(places) and 0 not in (found := places_of_hosts(rows, sorted(places))) and bool(found)


def _match(line: str) -> re.Match[str] | None:
    """The line as one of an access log, who called as one value whatever the name is."""
    return _LINE.fullmatch(_LONG_NAME.sub(lambda found: f"{found[1]}name [", line, count=1))


def _shape(match: re.Match[str]) -> _Shape:
    before, between, more = _texts(match)
    # An empty user is written as "" between bare ones.
    in_front = [tuple(text.startswith('"') and text != '""' for text in texts) for texts in (before, between)]
    behind = tuple(text.startswith('"') for text in more)
    return _Shape(in_front[0], in_front[1], behind, has_iso_time=match["iso"] is not None)


def _texts(match: re.Match[str]) -> tuple[list[str], list[str], list[str]]:
    """The fields before the time, before the request and at the end."""
    return _VALUES.findall(match["before"]), _VALUES.findall(match["between"]), _MORE.findall(match["more"])


def _values(match: re.Match[str]) -> dict[int, str]:
    return dict(enumerate(text for texts in _texts(match) for text in texts))


def _names(shape: _Shape, rows: Sequence[Mapping[int, str]]) -> tuple[list[str], list[str], list[str]]:
    """The layout's names for the fields before the time, before the request and at the end."""
    quoted = [*shape.before, *shape.between, *shape.more]
    in_front = len(shape.before) + len(shape.between)
    hosts = places_of_hosts(rows, range(len(quoted)))
    if len(hosts) > 1:
        raise AmbiguousHostError([f"field {place + 1}" for place in hosts])
    behind = [place for place in range(in_front, len(quoted)) if quoted[place] and place not in hosts]
    agent = [in_front, in_front + 1]
    ids = _place_of_ids(rows, [place for place in behind if place not in agent])
    ids = ids if ids is not None else _place_of_ids(rows, [place for place in behind if place in agent])
    has_agent = shape.more[:2] == (True, True) and not {*hosts, ids} & {*agent}
    others = [place for place, _ in enumerate(shape.before) if place not in hosts]
    names = dict(zip(others, _names_in_front(rows, others, has_host=bool(hosts)), strict=True))
    names |= {len(shape.before) + number: f"middle_{number + 1}" for number, _ in enumerate(shape.between)}
    first = in_front + (2 if has_agent else 0)
    names |= {first + number: f"field_{number + 1}" for number in range(len(quoted) - first)}
    if has_agent:
        names |= zip(agent, ("http_referer", "http_user_agent"), strict=True)
    names |= dict.fromkeys(hosts, "host")
    if ids is not None:
        names[ids] = "http_integrationid"
        if has_agent and ids == len(quoted) - 2 and not quoted[ids + 1]:
            names[ids + 1] = _name_of_durations([row[ids + 1] for row in rows]) or names[ids + 1]
    texts = [f'"${names[place]}"' if is_quoted else f"${names[place]}" for place, is_quoted in enumerate(quoted)]
    if has_agent:
        texts[first:] = _of_product(rows, first, texts[first:])
    if names[0] == "host" and all(re.search(":[0-9]+$", row[0]) for row in rows):
        texts[0] = "$host:$server_port"
    return texts[: len(shape.before)], texts[len(shape.before) : in_front], texts[in_front:]


def _of_product(rows: Sequence[Mapping[int, str]], first: int, texts: list[str]) -> list[str]:
    """The names of the fields after the user agent, from this place on, if a known product wrote them."""
    for written in _WRITTEN_BEHIND:
        patterns = [re.compile(pattern, re.ASCII) for _, pattern in written]
        if len(texts) >= len(written) and all(
            pattern.fullmatch(row[first + place]) for row in rows for place, pattern in enumerate(patterns)
        ):
            return [*(name for name, _ in written), *texts[len(written) :]]
    return texts


def has_durations_of_unknown_unit(lines: Sequence[str]) -> bool:
    """Whether the last field of these lines, where the default layout has seconds, holds whole numbers and nothing else.

    nginx writes 0.087. 87 may be milliseconds, and 87500 microseconds of Apache's %D.
    """
    return _name_of_durations([line.rpartition(" ")[2] for line in lines]) == "duration"


def _name_of_durations(texts: Sequence[str]) -> str | None:
    """`request_time` for seconds as nginx writes them, `duration` if the unit is not known, and None for other values."""
    if all(map(_SECONDS.fullmatch, texts)):
        return "request_time"
    numbers = [text for text in texts if text != "-"]
    return "duration" if any(map(int, filter(str.isdecimal, numbers))) and all(map(str.isdecimal, numbers)) else None


def _names_in_front(rows: Sequence[Mapping[int, str]], places: Sequence[int], *, has_host: bool) -> list[str]:
    """The names of the fields before the time, as they are where the log is one of the common ones."""
    if len(places) == len(_CLIENT):
        return list(_CLIENT)
    if has_host and len(places) == len(_CLIENT) - 1:
        return ["remote_addr", "remote_user"]
    if len(places) == len(_CLIENT) + 1:
        return ["server" if has_host else "host", *_CLIENT]
    # An empty user is written as two quotes.
    return ["remote_user" if any(row[place] == '""' for row in rows) else f"front_{place + 1}" for place in places]


def _place_of_ids(rows: Sequence[Mapping[int, str]], places: Sequence[int]) -> int | None:
    """The place that holds the id: most lines have something like one there, and no other place ever does."""
    with_ids = [place for place in places if any(_ID.fullmatch(row[place]) for row in rows)]
    if len(with_ids) != 1:
        return None
    [place] = with_ids
    said = [row[place] for row in rows if row[place] not in _NOTHING]
    return place if 2 * sum(_ID.fullmatch(text) is not None for text in said) > len(said) else None
