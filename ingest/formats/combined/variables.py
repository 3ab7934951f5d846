"""The variables of nginx and the directives of Apache, and what a value of each looks like."""

from __future__ import annotations

import re

_NGINX = {
    "host": "host",
    "http_host": "host",
    "ssl_server_name": "host",
    "server_name": "host",
    "proxy_host": "host",
    "time_local": "time_local",
    "time_iso8601": "time_iso",
    "msec": "time_seconds",
    "request": "request",
    "request_method": "method",
    "request_uri": "target",
    "uri": "path",
    "document_uri": "path",
    "args": "query",
    "query_string": "query",
    "status": "status",
    "body_bytes_sent": "response_bytes",
    "bytes_sent": "response_bytes",
    "request_length": "request_bytes",
    "content_length": "request_bytes",
    "http_content_length": "request_bytes",
    "duration_ms": "milliseconds",
    "request_time": "seconds",
    "upstream_response_time": "upstream_seconds",
    "http_user_agent": "user_agent",
    "http_integrationid": "integration_id",
    "http_authorization": "authorization",
    "http_accept_version": "api_version",
    "http_x_request_id": "request_id",
    "request_id": "request_id",
    "req_id": "request_id",
    "sent_http_x_trace_identifier": "request_id",
    "upstream_http_x_trace_identifier": "request_id",
    "request_body": "body",
}
"""The value of a call that a variable holds. Where a layout has several for one value, the first one here counts. nginx has no
`duration_ms`; it is ours."""

_APACHE = {
    "%{host}i": "host",
    "%V": "host",
    "%v": "host",
    "%t": "time_local",
    "%{sec}t": "time_seconds",
    "%{msec}t": "time_seconds",
    "%{usec}t": "time_seconds",
    "%r": "request",
    "%m": "method",
    "%U": "path",
    "%q": "query_marked",
    "%{query_string}e": "query",
    "%s": "status",
    "%b": "response_bytes",
    "%B": "response_bytes",
    "%O": "response_bytes",
    "%I": "request_bytes",
    "%{content-length}i": "request_bytes",
    "%{us}T": "microseconds",
    "%D": "microseconds",
    "%{ms}T": "milliseconds",
    "%{s}T": "seconds",
    "%T": "seconds",
    "%{user-agent}i": "user_agent",
    "%{integrationid}i": "integration_id",
    "%{authorization}i": "authorization",
    "%{accept-version}i": "api_version",
    "%{x-request-id}i": "request_id",
    "%L": "request_id",
    "%{unique_id}e": "request_id",
    "%{x-trace-identifier}o": "request_id",
}
MEANINGS = _NGINX | _APACHE
ORDER = {name: place for place, name in enumerate(MEANINGS)}
ID_VARIABLE = re.compile(r"([^%{}]+)|%\{([^{}]+)\}(?:i|e|n|\^ti)")
"""What may be the header by another name: a variable of the configuration, an environment variable, a note, a trailer."""

QUOTED = {"default": r'(?:[^"\\]|\\.)*', "json": r'(?:[^"\\]|\\.)*', "none": '[^"]*'}
CLOSING = {"[": "]", "(": ")", "<": ">", "{": "}", "'": "'"}
DELIMITERS = "\t|;,"
"""What may stand between values that hold blanks."""

# nginx writes nothing for an empty variable that stands alone.
BARE = r'[^\s"]*'
HOST = r'[^\s"/?]*'
LIST = r'(?:[^\s",]*(?:, ?| : ))*[^\s",]*'
LISTS = re.compile(r"upstream_\w+|(?:http|proxy_add)_x_forwarded_for|%\{x-forwarded-for\}i|field_[0-9]+")
"""Variables with one value for each server or proxy on the way (0.087, 0.090 : 0.001), and fields whose meaning nobody knows."""

OWN_PATTERNS = {
    "request": r'(?:[^\s"]+ [^\s"]* HTTP/[0-9.]+|-)',
    "time_local": r'(?:[^\s"]+ [+-][0-9]{4}|-)',
    "path": r'[^\s"?]*',
    "query_marked": r'(?:\?[^\s"]*)?',
    "is_args": r"\??",
    "scheme": "[A-Za-z-]*",
    "server_port": "(?:[0-9]*|-)",
    "remote_port": "(?:[0-9]*|-)",
    "%p": "(?:[0-9]*|-)",
    "%u": r'(?:""|[^\s"]*)',
    "remote_user": r'(?:""|[^\s"]*)',
}
"""Values that show themselves where they end, by their name or by what they say."""

NAME_BEFORE_TIME = r'"(?:[^"\\]|\\.)*"|(?:[^\s"\[-]|-[^\s"\[])[^"\[\r\n]*[^\s"\[]'
"""The user's name, which stands right before the time in its brackets, may also look like this. No server escapes the blanks in it,
and the brackets behind it show where it ends. After a lone hyphen the text would be another value, of a line with one value
more."""

TIME_PARTS = {
    "Y": ("([0-9]{4})", "year"),
    "m": ("([0-9]{2})", "month"),
    "b": ("([A-Z][a-z]{2})", "month_name"),
    "h": ("([A-Z][a-z]{2})", "month_name"),
    "d": ("([0-9]{2})", "day"),
    "e": ("([ 0-9][0-9])", "day"),
    "H": ("([0-9]{2})", "hour"),
    "-m": ("([0-9]{1,2})", "month"),
    "-d": ("([0-9]{1,2})", "day"),
    "-H": ("([0-9]{1,2})", "hour"),
    "M": ("([0-9]{2})", "minute"),
    "S": ("([0-9]{2})", "second"),
    "z": ("([+-][0-9]{4})", "offset"),
    "s": ("([0-9]+)", "time_seconds"),
    "a": ("[A-Za-z]+", None),
    "A": ("[A-Za-z]+", None),
    "B": ("[A-Za-z]+", None),
    "j": ("[0-9]+", None),
    "Z": ("[A-Za-z0-9+-]*", None),
    "n": ("\\s", None),
    "t": ("\t", None),
    "%": ("%", None),
}
TIME_SHORTHANDS = {"T": "%H:%M:%S", "F": "%Y-%m-%d", "R": "%H:%M"}
TIME_FRACTIONS = {"msec_frac": "([0-9]{3})", "usec_frac": "([0-9]{6})"}
TIME_COUNTS = ("sec", "msec", "usec")
