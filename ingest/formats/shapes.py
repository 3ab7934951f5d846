"""The common shapes of access logs, recognised by their lines where nobody says which layout they have.

192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /... HTTP/1.1" 200 512                               common
192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /... HTTP/1.1" 200 512 "-" "Acme/1.0"                combined
1234.rest.afas.online:443 192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET /... HTTP/1.1" 200 512     with the virtual host

Each of them may have more fields at its end, quoted or not. Nobody knows what these say, but a quoted one that holds ids and
nothing else is taken for the IntegrationId.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_LAYOUT = (
    '$host $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'
    ' "$http_referer" "$http_user_agent" "$http_integrationid" $request_time'
)
"""What is assumed where a log fits it."""

ENVOY_LAYOUT = (
    '[$time_iso8601] "$request" $status $response_flags $request_length $body_bytes_sent $duration_ms $upstream_service_time'
    ' "$http_x_forwarded_for" "$http_user_agent" "$http_x_request_id" "$http_host" "$upstream_host"'
)
"""What Envoy writes where its configuration says nothing, in our names."""

_COMMON = '$remote_addr $remote_logname $remote_user [$time_local] "$request" $status $body_bytes_sent'
_COMBINED = f'{_COMMON} "$http_referer" "$http_user_agent"'
_VHOST = "$host:$server_port "

NAMED_LAYOUTS = {
    "common": _COMMON,
    "combined": _COMBINED,
    "vhost_common": _VHOST + _COMMON,
    "vhost_combined": _VHOST + _COMBINED,
}
"""The layouts that Apache and nginx know by name."""

# Atomic, so that no line takes long: a list ends where it ends, whatever follows.
_LIST = r'(?>(?:[^\s",]*(?:, ?| : ))*[^\s",]+)'
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_LINE = re.compile(
    rf'(?P<host>[^\s"]+ )?(?P<client>[^\s"]+) [^\s"]+ (?:""|[^\s"]+)'
    rf" \[(?:(?P<iso>[0-9]{{4}}-[^\]\s]*)|[0-9]{{2}}/[A-Za-z]{{3}}/[0-9]{{4}}:[^\]]*)\] {_QUOTED} (?:[0-9]{{3}}|-) (?:[0-9]+|-)"
    rf"(?P<agent> {_QUOTED} {_QUOTED})?(?P<more>(?: (?:{_QUOTED}|{_LIST}))*)\s*",
    re.ASCII,
)
_MORE = re.compile(rf" ({_QUOTED}|{_LIST})", re.ASCII)
_ID = re.compile(r'"[1-9][0-9]{3,6}_[1-9][0-9]{0,8}"', re.ASCII)
_NOTHING = ('"-"', '""')


@dataclass(frozen=True)
class _Shape:
    """What lines have in common: which of the known fields, and which of the others are quoted."""

    has_host: bool
    has_port: bool
    has_iso_time: bool
    has_agent: bool
    is_quoted: tuple[bool, ...]


def layout_of(lines: Sequence[str]) -> str | None:
    """The layout that most of these lines have, as --layout takes it; None where they are no access log.

    >>> layout_of(['192.0.2.7 - - [21/Oct/2026:13:55:36 +0200] "GET / HTTP/1.1" 200 512'])
    '$remote_addr $remote_logname $remote_user [$time_local] "$request" $status $body_bytes_sent'
    """
    found = [(_shape(match), _MORE.findall(match["more"])) for line in lines if (match := _LINE.fullmatch(line))]
    if not found:
        return None
    [(shape, _)] = Counter(shape for shape, _ in found).most_common(1)
    others = [other for its_shape, other in found if its_shape == shape]
    known = _COMBINED if shape.has_agent else _COMMON
    if shape.has_iso_time:
        known = known.replace("$time_local", "$time_iso8601")
    host = "" if not shape.has_host else _VHOST if shape.has_port else "$host "
    return host + known + "".join(f" {name}" for name in _names(shape, others))


def _shape(match: re.Match[str]) -> _Shape:
    host = match["host"] or ""
    is_quoted = tuple(text.startswith('"') for text in _MORE.findall(match["more"]))
    has_port = re.search(r":[0-9]+ $", host) is not None
    return _Shape(bool(host), has_port, match["iso"] is not None, match["agent"] is not None, is_quoted)


def _names(shape: _Shape, rows: Sequence[Sequence[str]]) -> list[str]:
    """What the fields at the end are called. One of them is the id if on most lines it looks like one and no other ever does."""
    columns = list(zip(*rows, strict=True))
    with_ids = [number for number, column in enumerate(columns) if any(_ID.fullmatch(text) for text in column)]
    names = [f'"$field_{n}"' if quoted else f"$field_{n}" for n, quoted in enumerate(shape.is_quoted, start=1)]
    if len(with_ids) == 1:
        said = [text for text in columns[with_ids[0]] if text not in _NOTHING]
        if 2 * sum(_ID.fullmatch(text) is not None for text in said) > len(said):
            names[with_ids[0]] = '"$http_integrationid"'
    return names
