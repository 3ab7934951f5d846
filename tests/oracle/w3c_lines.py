"""Lines of W3C logs, and the day of lines without a date. `lines.py` has the rules."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from tests.oracle.calls import Logged, Reject
from tests.oracle.headers import NOT_A_RECORD, Header, by_name


class Days:
    """The day and the time of day of the last line of a w3c log."""

    def __init__(self) -> None:
        self._day: dt.date | None = None
        self._clock: dt.time | None = None

    def seen(self, line: str, header: Header | None) -> Header | None:
        """Take a line in, and return the header with its day."""
        if said := re.match(r"(?i)#date:\s*(\d{4}-\d\d-\d\d)(?:[\sT]+(\d\d:\d\d:\d\d))?", line):
            self._day = dt.date.fromisoformat(said[1])
            self._clock = dt.time.fromisoformat(said[2]) if said[2] and said[2] != "00:00:00" else None
        if header is None or "date" in header.names or "time" not in header.names or line.startswith("#"):
            return header
        values = _w3c_values(line)
        if len(values) == len(header.names) and self._day is not None:
            clock = dt.time.fromisoformat(values[header.names.index("time")])
            if self._clock is not None:
                # The day before, the same day or the next one: the first on which this time is at most an hour before the last one.
                back = _since_midnight(self._clock) - _since_midnight(clock)
                steps = (days for days in (-1, 0, 1) if back - dt.timedelta(days=days) <= dt.timedelta(hours=1))
                self._day += dt.timedelta(days=next(steps))
            self._clock = clock
        return replace(header, day=self._day)


def _since_midnight(clock: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)


# w3c: 2026-10-01 07:00:00 GET /ProfitRestServices/connectors/KnSubject take=10 12345.rest.afas.online Acme/1.0 12345_678900 200 87


_W3C_VALUE = re.compile(r'(?:"((?:[^"]|"")*)"|([^ \t]+)|^)(?:[ \t]+|\Z)')


def read_w3c(line: str, header: Header | None) -> Logged | Reject:
    if header is None:
        return Reject("no_fields_directive")
    values = _w3c_values(line)
    if len(values) != len(header.names):
        return NOT_A_RECORD
    found = by_name(header, values, "-")
    if found is None:
        return Reject("duplicate_key")
    if header.day is not None:
        found["date"] = header.day.isoformat()
    host = found.get("cs-host") or found.get("cs(host)")
    query = found.get("cs-uri-query", "")
    path = found.get("cs-uri-stem", "") + ("" if query.startswith("?") or not query else "?") + query
    user_agent = found.get("cs(user-agent)")
    return Logged(
        timestamp=f"{found.get('date')}T{found.get('time')}Z",
        method=found.get("cs-method"),
        url=f"https://{host}{path}" if host and path.startswith("/") else path,
        ids=[found["cs(integrationid)"]] if "cs(integrationid)" in found else [],
        id_is_logged="cs(integrationid)" in header.names,
        status=found.get("sc-status"),
        duration=found.get("time-taken"),
        request_bytes=found.get("cs-bytes"),
        response_bytes=found.get("sc-bytes"),
        user_agent=user_agent.replace("+", " ") if user_agent and " " not in user_agent else user_agent,
        request_id=found.get("cs(x-request-id)"),
        api_version=found.get("cs(accept-version)"),
        authorization=found.get("cs(authorization)"),
        authorization_is_logged="cs(authorization)" in header.names,
    )


def _w3c_values(line: str) -> list[str]:
    return [quoted.replace('""', '"') or plain for quoted, plain in re.findall(_W3C_VALUE, line.rstrip(" \t"))]
