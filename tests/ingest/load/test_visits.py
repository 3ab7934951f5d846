"""Visits of an app's onboarding page: read from any access log, each line with one fate, and nothing kept but customers and times."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ingest import ReadOptions, SourceError, Visits, read_visits

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CAME = dt.datetime(2026, 10, 5, 6, 20, tzinfo=dt.UTC)


def line(target: str, time: str = "05/Oct/2026:08:20:00 +0200") -> str:
    return f'203.0.113.7 - jan@voorbeeld.example [{time}] "GET {target} HTTP/1.1" 200 512 "-" "Mozilla/5.0"'


def read(folder: Path, *lines: str) -> Visits:
    path = folder / "access.log"
    path.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return read_visits(str(path), ReadOptions(), now=NOW)


def test_every_line_of_an_access_log_has_one_fate(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        line("/start?afasBaseUrl=https://beers.afasfocus.nl/enyoi"),
        line("/start?afasBaseUrl=https%3A%2F%2Fduvel.afasfocus.nl%2FTripel&x=1", "06/Oct/2026:08:20:00 +0200"),
        line("/start?afasBaseUrl=https://12345.rest.afas.online/ProfitRestServices"),
        line("/start?afasBaseUrl="),
        line("/style.css"),
        line("/help?about=afasBaseUrl"),
        "",
        "hello world",
    )
    counts = (found.lines, len(found.seen), found.elsewhere, found.others, found.ignored, found.unread)
    assert counts == (8, 2, 3, 1, 1, 1)
    assert found.seen.to_pylist() == [
        {"customer": "beers/enyoi", "called_at": CAME},
        {"customer": "duvel/tripel", "called_at": CAME + dt.timedelta(days=1)},
    ]


@pytest.mark.parametrize(
    "target",
    [
        "/?afasBaseUrl=https://beers.afasfocus.nl/enyoi",
        "/?a=b&AFASBASEURL=https%3a%2f%2fBeers.afasfocus.nl%2fenyoi%2f",
        "/Appcenter/AFASSB/?afasBaseUrl=https%253A%252F%252Fbeers.afasfocus.nl%252Fenyoi",
        "/?mail=jan@voorbeeld.example&afasBaseUrl=beers.afasfocus.nl/enyoi",
    ],
)
def test_the_environment_is_found_encoded_or_not(tmp_path: Path, target: str) -> None:
    assert read(tmp_path, line(target)).seen.to_pylist() == [{"customer": "beers/enyoi", "called_at": CAME}]


@pytest.mark.parametrize(
    "text",
    [
        '{"timestamp":"2026-10-05T06:20:00Z","method":"GET","url":"https://app.example.nl/?afasBaseUrl=https://beers.afasfocus.nl/enyoi","status":200}\n',
        (
            "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status\n"
            "2026-10-05 06:20:00 GET /start afasBaseUrl=https%3A%2F%2Fbeers.afasfocus.nl%2Fenyoi 203.0.113.7 200\n"
        ),
    ],
    ids=["json", "w3c"],
)
def test_other_formats_are_read_as_well(tmp_path: Path, text: str) -> None:
    path = tmp_path / "visits.log"
    path.write_text(text, encoding="utf-8")
    assert read_visits(str(path), ReadOptions(), now=NOW).seen.to_pylist() == [
        {"customer": "beers/enyoi", "called_at": CAME}
    ]


def test_what_looks_personal_in_an_environment_is_redacted(tmp_path: Path) -> None:
    found = read(tmp_path, line("/?afasBaseUrl=https://beers.afasfocus.nl/jan@voorbeeld.example"))
    assert found.seen["customer"].to_pylist() == ["beers/redacted"]


def test_an_empty_log_has_no_visits(tmp_path: Path) -> None:
    assert read(tmp_path).lines == 0


def test_a_log_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no format claims its first line"):
        read(tmp_path, "hello world")
