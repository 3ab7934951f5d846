"""From the values of a W3C line to the fields of `raw`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.formats.raw import duration_fields, fields_as_raw, first_of, size_fields, time_fields
from ingest.formats.w3c.columns import HOSTS, LOCAL_TIMES, REQUEST_IDS, id_columns, is_servers

if TYPE_CHECKING:
    from ingest.formats.positions import ColumnPlaces


def fields_by_position(
    place: ColumnPlaces,
    *,
    product: str | None,
    has_unit: bool,
    has_day: bool,
    names_hosts: bool = True,
    host: int | None = None,
) -> str:
    """The SQL that turns rows of `split` (line_number, byte_offset, fate, detail, part) into the columns of raw.

    `product` is the product that wrote the log, if that matters. `has_unit` is false if the unit of time-taken is not known. With
    `has_day`, the table w3c_days has the day of each line. `names_hosts`: whether any line holds a host of the platform. `host` is the
    column that holds them if the host's own column does not.
    """
    # A time is put together once, and then read.
    times = [
        f"{text} as time_{number}" for number, (text, _) in enumerate(_times(place, product, has_day=has_day), start=1)
    ] or ["null as time_1"]
    called = _host(place, names_hosts=names_hosts, by_another_name=host)
    fields = _w3c_fields(place, product, has_unit=has_unit, has_day=has_day)
    if names_hosts:
        fields["other_host"] = (
            f"case when host is null then other_host_in([{', '.join(place.without_callers_words())}]) end"
        )
    days = " left join (from w3c_days where not is_said) as days using (line_number)" if has_day else ""
    return fields_as_raw(f"(select split.*, {called} as host, {', '.join(times)} from split{days})", fields)


def _named(place: ColumnPlaces, *names: str) -> list[tuple[str, str]]:
    """The SQL of the values of these columns, each with that of its name: one that we know, and no text of the log."""
    return [(_part(place, name), f"'{name}'") for name in names if name in place]


def _part(place: ColumnPlaces, *names: str) -> str:
    """The SQL of the first of these columns that has a value, which - is not."""
    return first_of([f"nullif({value}, '-')" for value in place.values(*names)])


def _host(place: ColumnPlaces, *, names_hosts: bool, by_another_name: int | None) -> str:
    """The SQL of the host; of a column by another name if it alone holds one of the platform's."""
    named = _part(place, *HOSTS)
    if not names_hosts:
        return named
    if by_another_name is not None:
        named = f"coalesce(only_platform_host([part[{by_another_name}]]), {named})"
    others = [value for name in place if is_servers(name) for value in place.all_in(name)]
    return f"coalesce({named}, only_platform_host([{', '.join(others)}]))"


SECONDS = frozenset({"cloudfront", "netscaler", "tomcat", "undertow", "weblogic"})
"""Products whose documentation says that time-taken is in seconds, as the W3C has it. In IIS it is in milliseconds, and in ASP.NET Core."""


def _times(place: ColumnPlaces, product: str | None, *, has_day: bool) -> list[tuple[str, str]]:
    """The SQL of the times that a line may have, the best one first, and what reads each."""

    def at(date: str, time: str, zone: str) -> str:
        is_there = date in place and time in place
        return f"({_part(place, date)} || 'T' || {_part(place, time)} || '{zone}')" if is_there else "null"

    zone = "" if product in LOCAL_TIMES else "Z"
    begin = f"(rtrim({_part(place, 'beginrequest-utc')}, 'Z') || 'Z')" if "beginrequest-utc" in place else "null"
    return [
        (text, reader)
        for text, reader in (
            (
                f"(strftime(days.day, '%Y-%m-%d') || 'T' || {_part(place, 'time')} || '{zone}')"
                if has_day
                else at("date", "time", zone),
                "iso_instant",
            ),
            (at("date-utc", "time-utc", "Z"), "iso_instant"),
            (begin, "iso_instant"),
            (_part(place, "timestamp(ms)", "timestamp", "x-timestamp-unix"), "written_instant"),
            (at("date-local", "time-local", ""), "iso_instant"),
        )
        if text != "null"
    ]


def _w3c_fields(place: ColumnPlaces, product: str | None, *, has_unit: bool, has_day: bool) -> dict[str, str]:
    """The SQL of the columns of raw, over rows that have the times and the host beside the values."""
    found = _times(place, product, has_day=has_day)
    times = [(f"time_{number}", reader) for number, (_, reader) in enumerate(found, start=1)]

    def header(name: str) -> str:
        return _part(place, f"cs({name})", f"cs-{name}", name)

    stem = _part(place, "cs-uri-stem", "cs-uri-path")
    query = _part(place, "cs-uri-query")
    if query != "null":
        query = f"case when starts_with({query}, '?') then substr({query}, 2) else {query} end"
    if stem == "null":
        stem = _part(place, "cs-uri")
        query = f"case when not contains({stem}, '?') then {query} end"
    unit = 1000 if product in SECONDS else 1
    durations = [
        (_part(place, name), str(factor), f"'{name}'")
        for name, factor in (("timetakenms", 1), ("time-taken-ms", 1), ("time-taken-s", 1000), ("time-taken", unit))
        if name in place and (has_unit or name != "time-taken")
    ]
    agent = header("user-agent")
    return {
        **time_fields(times),
        "method": _part(place, "cs-method"),
        "url": f"url_from_parts(host, {stem}, {query})",
        "id_text": _part(place, *id_columns(place)),
        "id_repeated": "false",
        "id_logged": "true" if id_columns(place) else "false",
        "status": _part(place, "sc-status"),
        **duration_fields(durations),
        **size_fields("request_size", _named(place, "cs-bytes")),
        **size_fields("response_size", _named(place, "sc-bytes", "bytes")),
        # CloudFront encodes the blanks that IIS writes as a plus. A product that quotes values does neither.
        "user_agent": f"decoded(decoded({agent}))"
        if product == "cloudfront"
        else f"case when contains({agent}, ' ') then {agent} else replace({agent}, '+', ' ') end",
        "authorization_header": header("authorization"),
        "headers_logged": "true" if header("authorization") != "null" else "false",
        "api_version": header("accept-version"),
        "request_id": f"rtrim({_part(place, *REQUEST_IDS)}, '=')",
    }
