"""W3C logs whose lines tell the time only: their day stands in #Date, or follows from the line before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import ReadOptions, ingest
from tests.ingest import worked
from tests.ingest.formats.tables import ANY, inspected, table
from tests.ingest.lakes import calls
from tests.oracle.oracle import Context, Ignored, Reject, read_file

if TYPE_CHECKING:
    from pathlib import Path


FIELDS = "#Fields: time cs-method cs-uri-stem cs-host sc-status"
START = dt.datetime(2026, 10, 1, 7, tzinfo=dt.UTC)


def _dated(at: dt.datetime) -> str:
    return f"{at:%H:%M:%S} GET /ProfitRestServices/metainfo 4321.rest.afas.online 200"


@st.composite
def dated_logs(draw: st.DrawFn) -> tuple[bytes, list[dt.datetime]]:
    """A log without dates, and when its calls were made."""
    at = START
    lines, times = [f"#Date: {at:%Y-%m-%d %H:%M:%S}", FIELDS], []
    for _ in range(draw(st.integers(2, 8))):
        step = draw(st.sampled_from([0, 1, 30, 3600, 40_000, 70_000, 79_000]))
        at += dt.timedelta(seconds=step)
        match draw(st.integers(0, 5)):
            case 0:
                lines += [f"#Date: {at:%Y-%m-%d %H:%M:%S}"]
            case 1:
                lines += ["#Software: x", f"#Date: {at:%Y-%m-%d %H:%M:%S}", FIELDS]
            case 2:
                lines += ["not a record at all, with 25:00:00 in it"]
        lines += [_dated(at)]
        times += [at]
        # Calls that ended late, each up to an hour before the line above it, over midnight too.
        for back in draw(st.lists(st.sampled_from([1, 2, 11, 600, 1800, 3600]), max_size=2)):
            late = times[-1] - dt.timedelta(seconds=min(back, 3600 - (at - times[-1]).seconds))
            lines += [_dated(late)]
            times += [late]
    return table(*lines), times


def test_the_day_of_a_line_is_said_by_date_and_a_time_before_the_last_one_is_the_next_day(tmp_path: Path) -> None:
    log = table(
        "#Date: 2026-10-01 07:00:00",
        FIELDS,
        *(_dated(START.replace(hour=hour)) for hour in (7, 23, 0, 22, 20)),
        "#Date: 2026-10-08 00:00:03",
        FIELDS,
        _dated(START.replace(hour=3)),
    )
    days = [f"{call.called_at:%d %H}" for call in inspected(tmp_path, log).calls]
    assert days == ["01 07", "01 23", "02 00", "02 22", "03 20", "08 03"]


@pytest.mark.parametrize(
    ("said", "clocks", "expected"),
    [
        ("23:59:00", "23:59:59 00:00:01 23:59:59 00:00:02", "1 2 1 2"),
        ("00:00:01", "23:59:59 00:00:02", "30 1"),
        ("09:00:00", "08:30:00 08:30:01", "1 1"),
        ("09:00:00", "08:00:00", "1"),
        ("09:00:00", "07:59:59", "2"),
        ("09:00:00", "22:00:00 09:00:00 22:00:00", "1 2 2"),
        ("00:30:00", "23:29:59", "1"),
        ("00:30:00", "23:30:00 00:30:00", "30 1"),
        ("00:30:00", "23:59:59.75 00:00:00.25 23:59:59.5 00:00:00", "30 1 30 1"),
        ("09:00:00", "07:59:59.999999 06:59:59.999999 05:59:59.999998", "2 2 3"),
        # Midnight sharp stands for a day without a time: the first call says where it goes on from.
        ("00:00:00", "23:30:00 00:10:00", "1 2"),
        ("", "23:30:00 23:00:00 00:10:00", "1 1 2"),
    ],
)
def test_a_late_line_of_up_to_an_hour_adds_no_day_over_midnight_neither(
    tmp_path: Path, said: str, clocks: str, expected: str
) -> None:
    log = table(
        f"#Date: 2026-10-01 {said}",
        FIELDS,
        *(f"{clock} GET /ProfitRestServices/metainfo 4321.rest.afas.online 200" for clock in clocks.split()),
    )
    assert [str(call.called_at.day) for call in inspected(tmp_path, log).calls] == expected.split()
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    fates = [one for one in read_file("w3c", log, context) if not isinstance(one, (Ignored, Reject))]
    assert [f"{one['called_at']:%-d}" for one in fates] == expected.split()


@ANY
@given(clocks=st.lists(st.times().map(lambda at: at.replace(microsecond=0)), min_size=1, max_size=20))
def test_a_line_is_of_the_day_a_loop_says_whatever_the_times(
    tmp_path_factory: pytest.TempPathFactory, clocks: list[dt.time]
) -> None:
    at, expected = START, []
    for clock in clocks:
        # The first time of that clock from an hour before the line above on.
        earliest = at - dt.timedelta(hours=1)
        at = dt.datetime.combine(earliest.date(), clock, dt.UTC)
        at += dt.timedelta(days=1 if at < earliest else 0)
        expected += [at]
    log = table(f"#Date: {START:%Y-%m-%d %H:%M:%S}", FIELDS, *map(_dated, expected))
    found = inspected(tmp_path_factory.mktemp("clocks"), log)
    assert [call.called_at for call in found.calls] == expected


def test_a_log_without_any_date_is_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "w3c.log"
    path.write_bytes(table(FIELDS, _dated(START)))
    report = ingest(tmp_path / "lake", [str(path)], ReadOptions(), now=worked.NOW)
    assert [source.rejects for source in report.sources] == [1]
    assert any("#Fields names no date and no #Date gives one" in warning for warning in report.warnings)


@ANY
@given(log=dated_logs(), data=st.data())
def test_days_are_carried_over_wherever_a_log_is_cut(
    tmp_path_factory: pytest.TempPathFactory, log: tuple[bytes, list[dt.datetime]], data: st.DataObject
) -> None:
    content, times = log
    folder = tmp_path_factory.mktemp("dated")
    path = folder / "w3c.log"
    cuts = sorted(data.draw(st.lists(st.integers(1, len(content)), max_size=3)))
    for cut in [*cuts, len(content)]:
        path.write_bytes(content[:cut])
        ingest(folder / "lake", [str(path)], ReadOptions(log_format="w3c"), now=worked.NOW)
    found = sorted(calls(folder / "lake"), key=lambda call: int(call["line_number"]))
    assert [call["called_at"] for call in found] == times
    context = Context(now=worked.NOW, lake_time_zone=worked.LAKE_TIME_ZONE)
    fates = [one for one in read_file("w3c", content, context) if not isinstance(one, (Ignored, Reject))]
    assert [one["called_at"] for one in fates] == times
