"""Days and loads with more rejected lines than calls count as missing logs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from analytics.warehouse.warehouse import Warehouse
from ingest import ReadOptions, ingest, retry_rejects, unload
from ingest.lake.stream_ends import StreamEnd, declare_stream_end
from tests.analytics.given import NOW, given_lake, reject
from tests.analytics.office_logs import WEDNESDAY, Calls, Row, but, local, not_complete, office

THURSDAY = WEDNESDAY + dt.timedelta(days=1)
HOURS = [local(WEDNESDAY, hour) for hour in range(24)]


def rejected(day: dt.date, count: int, **said: Any) -> Calls:
    """This number of rejected lines, from ten to eleven in the morning of a day."""
    at = local(day, 10)
    return [reject(**{"called_at": at + dt.timedelta(seconds=number)} | said) for number in range(count)]


def asked(lake: Path) -> tuple[list[Row], set[str]]:
    """The rows of `completeness`, and the streams that are in quarantine."""
    with Warehouse.open(lake) as warehouse:
        lives = warehouse.query_file("completeness/streams_lives").rows(named=True)
        return warehouse.metric("completeness").rows(), {row["stream"] for row in lives if row["is_quarantined"]}


def _day(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row[1] in HOURS]


@pytest.mark.parametrize(("rejects", "is_missing"), [(33, True), (32, False)])
def test_a_day_with_more_rejected_lines_than_calls_is_missing(
    tmp_path: Path, rejects: int, *, is_missing: bool
) -> None:
    lake = given_lake(tmp_path / "lake", office(3, 4), rejects=rejected(WEDNESDAY, rejects))
    rows, streams = asked(lake)
    assert streams == ({"gateway"} if is_missing else set())
    # 32 calls came on that day; at ten, 33 lines more than four calls were to be read
    at_ten = local(WEDNESDAY, 10)
    assert [row[1] for row in not_complete(rows)] == (HOURS if is_missing else [])
    assert {row[4:] for row in not_complete(rows)} <= {("missing", "rejected")}
    assert [row[2:4] for row in rows if row[1] == at_ten] == [(4, 33.0 if is_missing else 4.0)]


def test_a_line_that_is_none_of_the_platforms_is_no_missing_log_and_one_with_an_id_is(tmp_path: Path) -> None:
    for whose, missing in ((None, []), ("1234567_1", HOURS)):
        rejects = rejected(WEDNESDAY, 50, reason="unknown_host", integration=whose)
        rows, _ = asked(given_lake(tmp_path / f"{whose}", office(3, 4), rejects=rejects))
        assert [row[1] for row in not_complete(rows)] == missing


def test_a_few_bad_lines_on_a_quiet_day_are_no_missing_log(tmp_path: Path) -> None:
    sunday = dt.date(2026, 9, 13)
    for count, missing in ((9, 0), (10, 24)):
        rows, _ = asked(given_lake(tmp_path / f"{count}", office(3, 4), rejects=rejected(sunday, count)))
        assert len(not_complete(rows)) == missing


def test_a_few_rejected_lines_a_day_add_up_over_the_days(tmp_path: Path) -> None:
    days = [dt.date(2026, 9, 14) + dt.timedelta(days=number) for number in (0, 1, 2, 3, 4)]
    calls = [row for row in office(3, 4) if row["day"] not in days]
    rejects = [row for day in days for row in rejected(day, 2)]
    rows, streams = asked(given_lake(tmp_path / "lake", calls, rejects=rejects))
    assert streams == {"gateway"}
    assert {row[5] for row in not_complete(rows) if row[1] in HOURS} == {"rejected"}


def test_a_stream_of_which_nothing_can_be_read_is_missing_where_its_lines_are(tmp_path: Path) -> None:
    rejects = rejected(WEDNESDAY, 40, stream="other") + rejected(THURSDAY, 40, stream="other")
    lake = given_lake(tmp_path / "lake", office(3, 4), rejects=rejects)
    rows, streams = asked(lake)
    assert streams == {"other"}
    other = [row for row in rows if row[0] == "other"]
    assert [row[1] for row in other] == HOURS + [hour + dt.timedelta(days=1) for hour in HOURS]
    assert {(row[2], row[4], row[5]) for row in other} == {(0, "missing", "rejected")}
    assert sum(row[3] or 0 for row in other) == 80.0
    # The operator's word holds here, too.
    declare_stream_end(lake, StreamEnd(stream="other", ended_on=WEDNESDAY))
    assert [row[1] for row in asked(lake)[0] if row[0] == "other"] == HOURS
    declare_stream_end(lake, StreamEnd(stream="other", ended_on=WEDNESDAY - dt.timedelta(days=1)))
    assert [row for row in asked(lake)[0] if row[0] == "other"] == []


def test_rejected_days_beyond_the_calls_of_the_lake_are_not_judged(tmp_path: Path) -> None:
    rejects = rejected(dt.date(2027, 1, 1), 40) + rejected(dt.date(2020, 1, 1), 40)
    rows, streams = asked(given_lake(tmp_path / "lake", office(3, 4), rejects=rejects))
    assert (not_complete(rows), streams) == ([], set())


def test_a_silent_day_of_which_the_lines_were_rejected_says_so(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", office(3, but(4, on=WEDNESDAY)), rejects=rejected(WEDNESDAY, 32))
    rows, _ = asked(lake)
    assert [row[1] for row in not_complete(rows)] == HOURS
    assert {row[4:] for row in not_complete(rows)} == {("missing", "rejected")}


# -- loads whose lines have no time, by way of the real loader


def _line(at: str, *, host: str = "1234567.rest.afas.online") -> str:
    url = f"https://{host}/ProfitRestServices/connectors/KnSubject"
    headers = {"IntegrationId": "7654321_1"}
    return json.dumps({"timestamp": at, "method": "GET", "url": url, "headers": headers, "status": 200}) + "\n"


def _load(lake: Path, name: str, lines: list[str], stream: str) -> Path:
    path = lake.parent / name
    path.write_text("".join(lines), encoding="utf-8")
    ingest(lake, [str(path)], ReadOptions(stream=stream), now=NOW)
    return path


def _good(days: int) -> list[str]:
    return [_line(f"2026-10-{day + 1:02}T08:{minute:02}:00Z") for day in range(days) for minute in range(10)]


def test_a_load_without_a_call_whose_times_cannot_be_read_is_missing_everywhere_until_it_can_be(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    _load(lake, "good.log", _good(20), "good")
    path = _load(lake, "bad.log", [_line(f"2026-10-05T08:{minute:02}:00") for minute in range(12)], "bad")
    rows, streams = asked(lake)
    assert streams == {"bad"}
    bad = [row for row in rows if row[0] == "bad"]
    assert (bad[0][1], bad[-1][1]) == (rows[0][1], rows[-1][1])
    assert len(bad) == 19 * 24 + 1
    assert {row[2:] for row in bad} == {(0, 0.0, "missing", "rejected")}
    retry_rejects(lake, [str(path)], ReadOptions(time_zone="UTC"), now=NOW)
    rows, streams = asked(lake)
    assert streams == set()
    assert not [row for row in rows if row[0] == "bad" and row[5] == "rejected"]


def test_a_load_with_more_lines_without_a_time_than_others_is_missing_from_its_first_call_to_its_last(
    tmp_path: Path,
) -> None:
    lake = tmp_path / "lake"
    _load(lake, "good.log", _good(20), "good")
    calls = [_line("2026-10-05T08:00:00Z"), _line("2026-10-07T09:00:00Z")]
    other = [_line("2026-10-06T08:00:00Z", host="elsewhere.example") for _ in range(8)]
    bad = [_line(f"2026-10-05T08:{minute:02}:00") for minute in range(11)]
    path = _load(lake, "bad.log", calls + other + bad, "bad")
    rows, streams = asked(lake)
    assert streams == {"bad"}
    found = [row for row in rows if row[5] == "rejected"]
    assert (found[0][1].isoformat(), found[-1][1].isoformat()) == (
        "2026-10-05T08:00:00+00:00",
        "2026-10-07T09:00:00+00:00",
    )
    assert {row[0] for row in found} == {"bad"}
    unload(lake, str(path), now=NOW)
    assert asked(lake)[1] == set()
    # With one line more that has a time, most lines can be placed.
    _load(lake, "bad.log", calls + other + bad + [_line("2026-10-06T08:00:00Z", host="elsewhere.example")], "bad")
    assert asked(lake)[1] == set()
