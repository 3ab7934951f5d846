"""Tables that are read with a user's own dialect."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ingest import SourceError
from tests.ingest import lakes
from tests.ingest.formats.dialects import HOST, TARGET, dialect_file, found_in
from tests.ingest.lakes import written

if TYPE_CHECKING:
    from pathlib import Path


# -- a table by itself

TABLE = """
name = "table"
format = "csv"
delimiter = "|"
quote = "'"

[fields]
timestamp = "When"
method = "Verb"
url = "Address"
status = "Answer code"
user_agent = "Agent"
"""


def test_a_table_with_names_delimiter_and_quote_of_its_own_is_read(tmp_path: Path) -> None:
    log = written(
        tmp_path / "log",
        "when|verb|address|answer code|agent",
        f"2026-10-01T07:00:01Z|GET|https://{HOST}{TARGET}|200|'Acme|''x'''",
        "when|verb|address|answer code|agent",
        f"2026-10-01T07:00:02Z|GET|https://{HOST}{TARGET}|200|'Acme",
        f"2026-10-01T07:00:03Z|GET|https://{HOST}{TARGET}|404|",
    )
    one, two, three = found_in(log, dialect=dialect_file(tmp_path, TABLE))
    assert (one["user_agent"], two, three["status"]) == ("Acme|'x'", {"reason": "not_a_record"}, 404)


@pytest.mark.parametrize("delimiter", ["\t", " ", "^", "]", "\\", ".", "§"])
def test_a_delimiter_is_any_character(tmp_path: Path, delimiter: str) -> None:
    text = TABLE.replace('"|"', json.dumps(delimiter, ensure_ascii=False)).replace("https://", "")
    values = ["2026-10-01T07:00:01Z", "GET", "https://4321:1", "200", f"'a{delimiter}''b'"]
    header = delimiter.join(["when", "verb", "address", "status", "agent"])
    log = written(tmp_path / "log", header, delimiter.join(values))
    [call] = found_in(log, dialect=dialect_file(tmp_path, text.replace('"Answer code"', '"status"')))
    assert call == {"reason": "unknown_host"}
    values[2] = f"https://{HOST}{TARGET}"
    if delimiter != ".":
        [call] = found_in(written(log, header, delimiter.join(values)), dialect=tmp_path / "acme.toml")
        assert call["user_agent"] == f"a{delimiter}'b"


def test_a_table_without_a_header_is_read_by_position(tmp_path: Path) -> None:
    columns = 'columns = ["Answer code", "When", "Verb", "Address"]\n\n[fields]'
    rows = [f"200|2026-10-01T07:00:01Z|GET|https://{HOST}{TARGET}", f"404|1790838002|GET|https://{HOST}{TARGET}", "x|y"]
    log = written(tmp_path / "log", *rows)
    fates = found_in(log, dialect=dialect_file(tmp_path, TABLE.replace("[fields]", columns)))
    assert [fate.get("status", fate.get("reason")) for fate in fates] == [200, 404, "not_a_record"]


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    log = written(tmp_path / "log", "when|verb|adress|answer code", "2026-10-01T07:00:01Z|GET|x|200")
    with pytest.raises(
        SourceError, match=r"no line has Address, needed for url; near: adress; found when, verb, adress"
    ):
        found_in(log, dialect=dialect_file(tmp_path, TABLE))


# -- tables in a lake


def test_a_table_that_grows_is_read_on_without_the_file_of_its_dialect(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, TABLE)
    header, row = "when|verb|address|answer code", f"2026-10-01T07:00:0%s|GET|https://{HOST}{TARGET}|200"
    log = written(tmp_path / "log", header, row % "1Z")
    lake = tmp_path / "lake"
    assert lakes.fate(lakes.load_one(lake, log, dialect=dialect)) == ("loaded", 1, 0, 1, 0)
    dialect.unlink()
    written(log, header, row % "1Z", row % "2Z")
    assert lakes.fate(lakes.load_one(lake, log)) == ("loaded", 1, 0, 0, 0)


def test_two_tables_with_the_same_header_of_their_own_are_two_sources(tmp_path: Path) -> None:
    dialect = dialect_file(tmp_path, TABLE)
    header, row = "when|verb|address|answer code", f"2026-10-01T07:00:0%s|GET|https://{HOST}{TARGET}|200"
    one = written(tmp_path / "one.log", header, row % "1Z")
    two = written(tmp_path / "two.log", header, row % "2Z")
    report = lakes.load(tmp_path / "lake", one, two, dialect=dialect)
    assert [source.status for source in report.sources] == ["loaded", "loaded"]
