r"""User names with blanks in the lines of a W3C log, which nobody quotes or escapes.

#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status
2026-10-01 07:00:00 10.0.0.1 GET /ProfitRestServices/metainfo - 443 jan de boer 192.0.2.7 Acme/1.0 200

Such a line has more values than fields. The user name takes the surplus, but only if that is certain. Every other field that may hold
blanks has to be separated from the name by a field whose values are recognisable (a port, an address, a number), and all values of
recognisable fields have to be in their places. Otherwise the surplus could belong to the user agent, and the values between the two
would be read as other fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


_USER_NAME = "cs-username"
_ADDRESS = "[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]*"
_SHOWN_BY = {
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "time": "[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?",
    "s-ip": _ADDRESS,
    "c-ip": _ADDRESS,
    "s-port": "[0-9]{1,5}",
    "c-port": "[0-9]{1,5}",
    "cs-method": "[A-Z]{3,16}",
    "cs-version": "HTTP/[0-9.]+",
    "sc-status": "[1-5][0-9]{2}",
    **dict.fromkeys(("sc-substatus", "sc-win32-status", "sc-bytes", "cs-bytes"), "[0-9]+"),
    "time-taken": "[0-9]+(?:[.][0-9]+)?",
}
"""Fields whose values show what they are, and the pattern of each."""

_WITHOUT_BLANKS = frozenset(
    {"cs-uri-stem", "cs-uri-query", "cs-uri", "cs-host", "cs(host)", "s-sitename", "s-computername"}
)

NAMES_OF_W3C = frozenset({_USER_NAME, *_SHOWN_BY, *_WITHOUT_BLANKS})
"""Names that are no secret, because everybody calls these fields so."""


def with_user_name(fields: Sequence[str]) -> str:
    """The SQL of the values of a line (`part`, of `text`) in which the user name is one.

    >>> with_user_name(["date", "cs-username", "cs(referer)"])
    'part'
    """
    if fields.count(_USER_NAME) != 1:
        return "part"
    place = fields.index(_USER_NAME)
    shown = [number for number, name in enumerate(fields) if name in _SHOWN_BY]
    others = [number for number, name in enumerate(fields) if name not in NAMES_OF_W3C]
    if not all(any(min(place, other) < one < max(place, other) for one in shown) for other in others):
        return "part"
    more = f"(len(part) - {len(fields)})"
    fits = "".join(
        f" and regexp_full_match(part[{number + 1}{'' if number < place else f' + {more}'}], '{_SHOWN_BY[fields[number]]}')"
        for number in shown
    )
    name = f"array_to_string(part[{place + 1}:{place + 1} + {more}], ' ')"
    return (
        f"case when fate is null and len(part) > {len(fields)} and not contains(text, e'\\t'){fits}"
        f" then list_concat(part[1:{place}], [{name}], part[{place + 2} + {more}:]) else part end"
    )
