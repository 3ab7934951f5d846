"""An nginx `log_format` or an Apache `LogFormat`, compiled to a pattern with one group per value that matters.

    $host $remote_addr - $remote_user [$time_local] "$request" $status ...      nginx
    %v %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"                   Apache

The grammar is strict: a value ends where the text after it begins, and inside quotes only an escaped quote may stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.errors import SourceError

_QUOTED = r'(?:[^"\\]|\\.)*'
_BRACKETED = r"[^\]]*"
# nginx writes nothing for an empty variable that stands alone.
_BARE = r'[^\s"]*'

TIMES = ("time_local", "time_iso", "time_seconds")
"""The values that say when; a layout has one of them."""

_NGINX = {
    "host": "host",
    "http_host": "host",
    "server_name": "host",
    "time_local": "time_local",
    "time_iso8601": "time_iso",
    "msec": "time_seconds",
    "request": "request",
    "request_method": "method",
    "request_uri": "target",
    "uri": "path",
    "args": "query",
    "query_string": "query",
    "status": "status",
    "body_bytes_sent": "response_bytes",
    "bytes_sent": "response_bytes",
    "request_length": "request_bytes",
    "request_time": "seconds",
    "http_user_agent": "user_agent",
    "http_integrationid": "integration_id",
    "http_authorization": "authorization",
    "http_accept_version": "api_version",
    "http_x_request_id": "request_id",
    "request_id": "request_id",
}
_APACHE = {
    "%v": "host",
    "%V": "host",
    "%t": "time_local",
    "%r": "request",
    "%m": "method",
    "%U": "path",
    "%q": "query_marked",
    "%s": "status",
    "%b": "response_bytes",
    "%B": "response_bytes",
    "%O": "response_bytes",
    "%I": "request_bytes",
    "%D": "microseconds",
    "%T": "seconds",
    "%{ms}T": "milliseconds",
    "%{us}T": "microseconds",
    "%{s}T": "seconds",
    "%{host}i": "host",
    "%{user-agent}i": "user_agent",
    "%{integrationid}i": "integration_id",
    "%{authorization}i": "authorization",
    "%{accept-version}i": "api_version",
    "%{x-request-id}i": "request_id",
    "%L": "request_id",
    "%{unique_id}e": "request_id",
}
_TOKEN = re.compile(r"\$\{(?P<braced>\w+)\}|\$(?P<nginx>\w+)|%(?:[<>]|[!,0-9]+)*(?P<apache>(?:\{[^}]*\})?[A-Za-z]|%)")


@dataclass(frozen=True)
class Part:
    """What stands between two quotation marks of a layout: the pattern of its text and the names of its groups."""

    pattern: str
    groups: tuple[str, ...]
    is_value: bool = False
    """Whether it is one value between its quotation marks, whatever it holds."""


@dataclass(frozen=True)
class Layout:
    """A compiled layout: its parts in order, every second one quoted, and the names of all groups."""

    text: str
    parts: tuple[Part, ...]

    @property
    def pattern(self) -> str:
        """The pattern of a whole line (RE2)."""
        return '"'.join(part.pattern for part in self.parts)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the pattern's groups."""
        return tuple(group for part in self.parts for group in part.groups)

    @property
    def splits_by_quotes(self) -> bool:
        """Whether a line without escapes can be cut at its quotation marks: each quoted part is one value."""
        return len(self.parts) % 2 == 1 and all(part.is_value for part in self.parts[1::2])


def compile_layout(text: str) -> Layout:
    """The layout of a log line. SourceError says which part of it is missing or not understood."""
    text = _unwrapped(text)
    seen: set[str] = set()
    parts = []
    for number, part in enumerate(text.split('"')):
        parts.append(_compile_part(part, seen, is_quoted=number % 2 == 1))
        seen |= set(parts[-1].groups)
    missing = _missing(seen)
    if missing:
        raise SourceError(f"layout {text!r}: names no {missing}; without it there is no call")
    return Layout(text, tuple(parts))


def _compile_part(text: str, seen: set[str], *, is_quoted: bool) -> Part:
    """A part of a layout. A value that an earlier part has given already is matched and left."""
    pattern = ""
    groups: list[str] = []
    end = 0
    whole = _TOKEN.fullmatch(text)
    for token in _TOKEN.finditer(text):
        pattern += re.escape(text[end : token.start()])
        end = token.end()
        if token["apache"] == "%":
            pattern += "%"
            continue
        is_bracketed = text[: token.start()].endswith("[") and text[end:].startswith("]")
        value = _QUOTED if is_quoted and whole else _BRACKETED if is_bracketed else _BARE
        name = _meaning(token)
        if name == "time_local" and token["apache"] is not None:
            pattern += r"\[([^\]]*)\]"  # Apache's %t brings its own brackets
        elif name is None or name in seen or name in groups:
            pattern += f"(?:{value})"
            continue
        else:
            pattern += f"({value})"
        groups.append(name)
    pattern += re.escape(text[end:])
    return Part(pattern.replace(r"\ ", " "), tuple(groups), is_value=is_quoted and whole is not None)


def _unwrapped(text: str) -> str:
    """The format string itself, where the whole directive was given: `log_format main '...' '...';`."""
    text = text.strip()
    directive = re.match(r"(?is)^log_format\s+\S+\s+(?:escape=\w+\s+)?(.*?);?\s*$", text)
    if directive:
        strings = re.findall(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", directive[1])
        return "".join(single or double for single, double in strings)
    apache = re.match(r'(?is)^(?:LogFormat|CustomLog\s+\S+)\s+"((?:[^"\\]|\\.)*)"', text)
    if apache:
        text = apache[1]
    return text.replace('\\"', '"')


def _meaning(token: re.Match[str]) -> str | None:
    variable = token["braced"] or token["nginx"]
    if variable:
        return _NGINX.get(variable.lower())
    directive = token["apache"]
    if directive.startswith("{"):
        name, kind = directive[1:-2].lower(), directive[-1]
        return _APACHE.get(f"%{{{name}}}{kind}")
    return _APACHE.get(f"%{directive}")


def _missing(groups: set[str]) -> str | None:
    if not set(TIMES) & groups:
        return "time"
    if "status" not in groups:
        return "status"
    if "request" not in groups and not ("method" in groups and {"target", "path"} & groups):
        return "request line"
    return None
