"""A time is the same instant in every notation and format. A time that is not read has a reason, which never says that it does not exist."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
import re
import zoneinfo
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from ingest import ReadOptions, inspect
from tests.ingest import lakes
from tests.ingest.formats.test_formats_agree import FEW
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ingest import Inspection

URL = "https://4321.rest.afas.online/ProfitRestServices/metainfo"
AMSTERDAM = zoneinfo.ZoneInfo("Europe/Amsterdam")
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def _offset(at: dt.datetime) -> str:
    return f"{at:%z}"


def _month(at: dt.datetime) -> str:
    return MONTHS[at.month - 1][:3]


def _weekday(at: dt.datetime) -> str:
    return DAYS[at.weekday()][:3]


def _hour_24(at: dt.datetime) -> str:
    """The time, where it is a midnight by the end of the day before."""
    if (at.hour, at.minute, at.second) != (0, 0, 0):
        return f"{at:%Y-%m-%dT%H:%M:%S}{_offset(at)}"
    return f"{at - dt.timedelta(days=1):%Y-%m-%d}T24:00:00{_offset(at)}"


_WITH_OFFSET: dict[str, Callable[[dt.datetime], str]] = {
    "RFC 5322": lambda at: f"{_weekday(at)}, {at.day} {_month(at)} {at:%Y %H:%M:%S} {_offset(at)}",
    "without a weekday": lambda at: f"{at:%d} {_month(at)} {at:%Y %H:%M:%S} {_offset(at)}",
    "whole names": lambda at: f"{DAYS[at.weekday()]}, {at:%d} {MONTHS[at.month - 1]} {at:%Y %H:%M:%S} {_offset(at)}",
    "date(1)": lambda at: f"{_weekday(at)} {_month(at)} {at.day:2} {at:%H:%M:%S} {_offset(at)} {at:%Y}",
    "JavaScript": lambda at: f"{_weekday(at)} {_month(at)} {at:%d %Y %H:%M:%S} GMT{_offset(at)} (Some Standard Time)",
    "compact": lambda at: f"{at:%Y%m%dT%H%M%S}{_offset(at)}",
    "compact, with a fraction": lambda at: f"{at:%Y%m%dT%H%M%S}.000000{_offset(at)}",
    "compact day": lambda at: f"{at:%Y%m%d %H:%M:%S}{_offset(at)}",
    "fourteen digits and an offset": lambda at: f"{at:%Y%m%d%H%M%S}{_offset(at)}",
    "an offset and a zone": lambda at: f"{at:%Y-%m-%dT%H:%M:%S}{_offset(at)} Europe/Amsterdam",
    "24:00": _hour_24,
    ".NET": lambda at: f"/Date({int(at.timestamp())}000{_offset(at)})/",
}
_OF_UTC: dict[str, Callable[[dt.datetime], str]] = {
    "RFC 1123": lambda at: f"{_weekday(at)}, {at:%d} {_month(at)} {at:%Y %H:%M:%S} GMT",
    "asctime with its zone": lambda at: f"{_weekday(at)} {_month(at)} {at.day:2} {at:%H:%M:%S} UTC {at:%Y}",
    "compact, Z": lambda at: f"{at:%Y%m%dT%H%M%SZ}",
    "LDAP": lambda at: f"{at:%Y%m%d%H%M%SZ}",
    "24:00, Z": lambda at: _hour_24(at).replace("+0000", "Z"),
}
_LOCAL: dict[str, Callable[[dt.datetime], str]] = {
    "asctime": lambda at: f"{_weekday(at)} {_month(at)} {at.day:2} {at:%H:%M:%S} {at:%Y}",
    "compact without offset": lambda at: f"{at:%Y%m%dT%H%M%S}",
    "Oracle": lambda at: f"{at:%d}-{_month(at).upper()}-{at:%Y %H:%M:%S}",
    "Kibana": lambda at: f"{_month(at)} {at.day}, {at:%Y} @ {at:%H:%M:%S}.000",
    "an access log's without offset": lambda at: f"{at:%d}/{_month(at)}/{at:%Y:%H:%M:%S}",
    "24:00 without offset": lambda at: _hour_24(at)[:19],
}
_IN_A_ZONE: dict[str, Callable[[dt.datetime], str]] = {
    "a zone behind": lambda at: f"{at:%Y-%m-%d %H:%M:%S} Europe/Amsterdam",
    "a zone in brackets": lambda at: f"{at:%Y-%m-%dT%H:%M:%S}[Europe/Amsterdam]",
}


def _json(times: Sequence[str]) -> bytes:
    call = {"method": "GET", "url": URL, "integration_id": "4321_1", "status": 200}
    return "".join(json.dumps({"timestamp": time, **call}) + "\n" for time in times).encode()


def _nginx(times: Sequence[str]) -> bytes:
    call = {"request_method": "GET", "host": "4321.rest.afas.online", "request_uri": "/ProfitRestServices/metainfo"}
    return "".join(json.dumps({"datetime": time, **call, "status": "200"}) + "\n" for time in times).encode()


def _csv(times: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=",")
    writer.writerow(["timestamp", "method", "url", "integration_id", "status"])
    writer.writerows([time, "GET", URL, "4321_1", "200"] for time in times)
    return text.getvalue().encode()


def _w3c(times: Sequence[str]) -> bytes:
    rest = "GET /ProfitRestServices/metainfo 4321.rest.afas.online 200 4321_1"
    head = "#Fields: timestamp cs-method cs-uri-stem cs-host sc-status cs(IntegrationId)\n"
    return (head + "".join(f'"{time}" {rest}\n' for time in times)).encode()


def _parquet(times: Sequence[str]) -> bytes:
    columns: dict[str, Sequence[object]] = {"timestamp": times, "method": ["GET"] * len(times)}
    columns |= {"url": [URL] * len(times), "integration_id": ["4321_1"] * len(times), "status": [200] * len(times)}
    sink = io.BytesIO()
    write_table(pa.table(columns), sink)
    return sink.getvalue()


FORMATS = {"json": _json, "nginx": _nginx, "csv": _csv, "w3c": _w3c, "parquet": _parquet}


def _looked_at(folder: Path, content: bytes, **options: Any) -> Inspection:
    path = folder / "calls.log"
    path.write_bytes(content)
    return inspect(str(path), ReadOptions(final=True, **options), limit=None, now=NOW)


def _instants(found: Inspection) -> list[dt.datetime]:
    assert [(reject.reason, reject.detail) for reject in found.rejects] == []
    return [call.called_at for call in sorted(found.calls, key=lambda call: call.line_number)]


_SECONDS = st.integers(int(dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()), int(NOW.timestamp()))
_ANY = st.one_of(_SECONDS, _SECONDS.map(lambda second: second // 86400 * 86400)).map(
    lambda second: dt.datetime.fromtimestamp(second, dt.UTC)
)


ONCE = settings(FEW, max_examples=1)
"""An example is a list of times, which cost little more than one."""


@pytest.mark.parametrize("written", FORMATS.values(), ids=FORMATS.keys())
@ONCE
@given(instants=st.lists(_ANY, min_size=10, max_size=10), minutes=st.sampled_from([60, 120, 330, -480]))
def test_a_time_is_the_same_instant_however_it_is_written(
    tmp_path_factory: pytest.TempPathFactory,
    written: Callable[[Sequence[str]], bytes],
    instants: list[dt.datetime],
    minutes: int,
) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    times = [(at, form(at.astimezone(zone))) for at in instants for form in _WITH_OFFSET.values()]
    times += [(at, form(at)) for at in instants for form in _OF_UTC.values()]
    found = _looked_at(tmp_path_factory.mktemp("times"), written([time for _, time in times]))
    assert _instants(found) == [at for at, _ in times]


def _changes(zone: str) -> list[dt.datetime]:
    """A time that the clocks of a zone show twice, or leave out, of each change in two years."""
    there = zoneinfo.ZoneInfo(zone)
    start, half = dt.datetime(2024, 10, 1, tzinfo=dt.UTC), dt.timedelta(minutes=30)
    instants = [start + number * half for number in range(2 * 365 * 48)]
    offsets = [at.astimezone(there).utcoffset() or dt.timedelta() for at in instants]
    found = []
    for at, (before, after) in zip(instants[1:], itertools.pairwise(offsets), strict=True):
        if before != after:
            inside = at.replace(tzinfo=None) + (before + after) / 2
            found.append(inside.replace(microsecond=0, tzinfo=there))
    return found


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe"])
def test_a_time_that_a_clock_shows_twice_is_the_later_one_and_one_that_it_leaves_out_as_if_it_had_not_been_set(
    tmp_path: Path, zone: str
) -> None:
    local = _changes(zone)
    # In a gap, too, that is the later one: the offset from before the change is the smaller one.
    later = [max(at.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1)) for at in local]
    skipped = [
        at.astimezone(dt.UTC).astimezone(at.tzinfo).replace(tzinfo=None) != at.replace(tzinfo=None) for at in local
    ]
    assert sorted(skipped) == [False] * 2 + [True] * 2
    bare = [f"{at:%Y-%m-%d %H:%M:%S}" for at in local]
    written = [*bare, *(f"{at:%d/}{_month(at)}{at:/%Y:%H:%M:%S}" for at in local)]
    for form in (_json, _csv, _w3c):
        assert _instants(_looked_at(tmp_path, form(written), time_zone=zone)) == later * 2
    assert _instants(_looked_at(tmp_path, _json([f"{time} {zone}" for time in bare]))) == later
    dialect = tmp_path / "own.toml"
    dialect.write_text(
        'name = "own"\nlike = "koppelzicht"\n[fields]\ntimestamp = { field = "timestamp", format = "%d-%m-%Y %H:%M:%S" }\n'
    )
    others = [f"{at:%d-%m-%Y %H:%M:%S}" for at in local]
    assert _instants(_looked_at(tmp_path, _json(others), time_zone=zone, dialect=dialect)) == later
    layout = ReadOptions(layout='%{%Y-%m-%d %H:%M:%S}t "%r" %>s', host="4321.rest.afas.online", time_zone=zone)
    path = tmp_path / "access.log"
    path.write_text("".join(f'{time} "GET /ProfitRestServices/metainfo HTTP/1.1" 200\n' for time in bare))
    assert _instants(inspect(str(path), layout, limit=None, now=NOW)) == later


@ONCE
@given(instants=st.lists(_ANY, min_size=10, max_size=10))
def test_a_time_on_a_clock_is_read_in_the_zone_that_is_said_or_named(
    tmp_path_factory: pytest.TempPathFactory, instants: list[dt.datetime]
) -> None:
    # In the hour that the clock shows twice, the later instant is meant.
    twice = dt.datetime(2025, 10, 26, 2, 30, tzinfo=AMSTERDAM)
    local = [at.astimezone(AMSTERDAM) for at in (*instants, twice)]
    later = [max(at.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1)) for at in local]
    folder = tmp_path_factory.mktemp("times")
    named = [form(at) for form in _IN_A_ZONE.values() for at in local]
    assert _instants(_looked_at(folder, _json(named))) == later * len(_IN_A_ZONE)
    bare = [form(at) for form in _LOCAL.values() for at in local]
    assert _instants(_looked_at(folder, _csv(bare), time_zone="Europe/Amsterdam")) == later * len(_LOCAL)
    details = {reject.detail for reject in _looked_at(folder, _json(bare)).rejects}
    assert details == {"a time without offset: --time-zone says which zone is meant"}


def test_the_end_of_a_day_is_the_next_midnight_where_date_and_time_stand_apart(tmp_path: Path) -> None:
    lines = (
        "#Fields: date time cs-method cs-uri-stem cs-host sc-status\n"
        "2026-10-01 24:00:00 GET /ProfitRestServices/metainfo 4321.rest.afas.online 200\n"
        "#Date: 2026-10-01\n"
        "#Fields: time cs-method cs-uri-stem cs-host sc-status\n"
        "23:59:59 GET /ProfitRestServices/metainfo 4321.rest.afas.online 200\n"
        "24:00:00 GET /ProfitRestServices/metainfo 4321.rest.afas.online 200\n"
        "00:00:01 GET /ProfitRestServices/metainfo 4321.rest.afas.online 200\n"
    )
    found = _instants(_looked_at(tmp_path, lines.encode()))
    assert [f"{at:%d %H:%M:%S}" for at in found] == ["02 00:00:00", "01 23:59:59", "02 00:00:00", "02 00:00:01"]


_THERE_IS_NONE = {
    "Mon, 30 Feb 2026 07:00:00 GMT": "there is no day 2026-02-30",
    "Thu, 01 Oct 2026 25:00:00 GMT": "there is no time of day 25:00:00",
    "20260231T070000Z": "there is no day 2026-02-31",
    "20261001T076100Z": "there is no time of day 07:61:00",
    "2026-10-01T24:00:01Z": "there is no time of day 24:00:01",
    "2026-02-30 07:00:00 Europe/Amsterdam": "there is no day 2026-02-30",
    "Fri, 01 Oct 2026 07:00:00 GMT": "2026-10-01 is no Fri",
}
_NOT_READ = {
    "Thursday, 01-Oct-26 07:00:00 GMT": "a time in a form that is not read",
    "do, 01 okt 2026 07:00:00": "a time in a form that is not read",
    "2026-W40-4T07:00:00Z": "a time in a form that is not read",
    "2026-10-01 07:00:00 AM": "a time of twelve hours is not read",
    "2026-10-01 09:00:00 CEST": "the letters behind the time name no single zone",
    "Thu Oct 01 09:00:00 CEST 2026": "the letters behind the time name no single zone",
    "2026-10-01 07:00:00 Europe/Wonderland": "no zone has the name that stands behind the time",
    "1.10.26 07:00": "1.10.26 07:00 does not say which is the day and which the month",
    "46296,2916": "if it is days as a spreadsheet counts them, that is 2026-10-01",
    "46296.2916": "if it is days as a spreadsheet counts them, that is 2026-10-01",
    "20261001": "if it is a day written in eight digits, it lacks its time of day",
    "20261001070000": "if it is 2026-10-01 07:00:00 written in fourteen digits, the format %Y%m%d%H%M%S of a dialect says so",
}


@pytest.mark.parametrize("written", FORMATS.values(), ids=FORMATS.keys())
def test_what_is_not_read_says_why(tmp_path: Path, written: Callable[[Sequence[str]], bytes]) -> None:
    reasons = {**_THERE_IS_NONE, **_NOT_READ}
    found = _looked_at(tmp_path, written([*reasons, "2026-10-01T07:00:00Z"]))
    assert [call.line_number - found.calls[0].line_number for call in found.calls] == [0]
    details = [reject.detail or "" for reject in found.rejects]
    for time, detail in zip(reasons, details, strict=True):
        assert reasons[time] in detail, (time, detail)


@ONCE
@given(
    instants=st.lists(_ANY, min_size=12, max_size=12),
    sign=st.sampled_from(["-", "/", "."]),
    clock=st.sampled_from(["%-H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M:%S %p", "%H:%M:%S%z"]),
    year=st.sampled_from(["%Y", "%y"]),
)
def test_a_day_and_a_month_are_not_guessed_and_the_format_that_is_said_reads_them(
    tmp_path_factory: pytest.TempPathFactory, instants: list[dt.datetime], sign: str, clock: str, year: str
) -> None:
    folder = tmp_path_factory.mktemp("times")
    dialect = folder / "own.toml"
    for order in (("%-d", "%-m"), ("%d", "%m"), ("%m", "%d")):
        form = f"{order[0]}{sign}{order[1]}{sign}{year} {clock}"
        times = [at.strftime(form) for at in instants]
        found = _looked_at(folder, _json([*times, "2026-10-01T07:00:00Z"]), time_zone="UTC")
        assert len(found.calls) == 1
        details = [reject.detail or "" for reject in found.rejects]
        wanted = form.replace("%-", "%")
        for at, detail in zip(instants, details, strict=True):
            formats = re.findall(r"%.*?(?= or | of a dialect|$)", detail)
            assert wanted in formats, detail
            assert len(formats) == (1 if at.day > 12 else 2), detail
        dialect.write_text(
            'name = "own"\nlike = "koppelzicht"\n'
            f'[fields]\ntimestamp = {{ field = "timestamp", format = "{wanted}" }}\n'
        )
        read = _instants(_looked_at(folder, _json(times), time_zone="UTC", dialect=dialect))
        whole = "%S" in clock
        assert read == [at if whole else at.replace(second=0) for at in instants]


def test_two_numbers_of_which_neither_is_a_month_are_said_to_be_none(tmp_path: Path) -> None:
    found = _looked_at(tmp_path, _json(["13-13-2026 9:00", "13/10/2026 jan@example.nl", "2026-10-01T07:00:00Z"]))
    none, other = [reject.detail or "" for reject in found.rejects]
    assert none == "13-13-2026 9:00 names no month"
    assert "%d.%m.%Y %H:%M:%S" in other
    assert "example" not in other


def test_what_is_said_of_a_time_may_be_stored(tmp_path: Path) -> None:
    path = tmp_path / "calls.json"
    path.write_bytes(_json(["2026-10-01T07:00:00Z", *_THERE_IS_NONE, *_NOT_READ, "soon", "12345678901234567890", "-"]))
    report = lakes.load(tmp_path / "lake", path)
    assert report.sources[0].rejects == len(_THERE_IS_NONE) + len(_NOT_READ) + 3
    assert lakes.broken(tmp_path / "lake") == {}


_CHARACTERS = st.text("0123456789-:/.,TZ +WPMamtOc[]()", max_size=30)


@ONCE
@given(st.lists(_CHARACTERS | st.sampled_from(sorted(_NOT_READ)), min_size=150))
def test_only_a_day_or_a_time_of_day_that_is_none_is_said_not_to_exist(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("times")
    found = _looked_at(folder, _json(["2026-10-01T07:00:00Z", *texts]))
    for reject in found.rejects:
        said = re.search(r"there is no (?:day|time of day) ([0-9:-]+)", reject.detail or "")
        assert "instant" not in (reject.detail or "")
        assert said is None or not _exists(said[1]), reject.detail


def _exists(day_or_clock: str) -> bool:
    try:
        read = dt.date if "-" in day_or_clock else dt.time
        read.fromisoformat(day_or_clock)
    except ValueError:
        return False
    return True
