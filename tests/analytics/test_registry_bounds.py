"""Lists that are small on disk and enormous when unpacked are refused in words and in little memory, before they are unpacked."""

from __future__ import annotations

import time
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from analytics.registry.bounds import MOST_BYTES
from analytics.registry.table import read_tables
from tests.analytics.workbook import write_workbook
from tests.ingest.measured import needs_measuring, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>partner</t></is></c></row>'
SHEET, SHARED = "xl/worksheets/1.xml", "xl/sharedStrings.xml"


def _sheet(rows: str) -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{HEADER}{rows}</sheetData></worksheet>'


def _workbook(path: Path, rows: str, *, more: Iterable[tuple[str, str]] = (), renamed: str | None = None) -> Path:
    """A spreadsheet whose sheet has these rows below its header, and these other parts."""
    sound = write_workbook(path.with_name(f"sound-{path.name}"), {"One": [["partner"], ["2000001"]]})
    with zipfile.ZipFile(sound) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in before.namelist():
            text = _sheet(rows) if name == SHEET else before.read(name).decode()
            if renamed:
                text = text.replace("worksheets/1.xml", f"worksheets/{renamed}")
            archive.writestr(name if not renamed or name != SHEET else f"xl/worksheets/{renamed}", text)
        for name, text in more:
            archive.writestr(name, text)
    sound.unlink()
    return path


def _cells(count: int, cell: str) -> str:
    return "".join(f'<row r="{row}">{cell.replace("ROW", str(row))}</row>' for row in range(2, count + 2))


LONG = "x" * 30_000
WORKBOOKS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "cells in opposite corners": (
        lambda path: _workbook(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "expected at most 100,000 rows, but there are 1,048,576: split the list",
    ),
    "a cell where there is none": (
        lambda path: _workbook(path, '<row r="4294967295"><c r="ZZZZ99999999"><v>1</v></c></row>'),
        "expected at most 100,000 rows, but there are 99,999,999: split the list",
    ),
    "a cell at no place": (
        lambda path: _workbook(path, '<row><c r="ZZZZZZZZ1"><v>1</v></c></row>'),
        "this spreadsheet cannot be read: it has a cell at 'ZZZZZZZZ1'",
    ),
    "a row far below that says nothing of itself": (
        lambda path: _workbook(path, '<row r="4294967290"/><row><c><v>1</v></c></row>'),
        "expected at most 100,000 rows, but there are 4,294,967,291: split the list",
    ),
    "a column far to the right": (
        lambda path: _workbook(path, _cells(300, '<c r="XFDROW"><v>1</v></c>')),
        "expected at most 1,000,000 cells, but there are 62 rows of 16,384",
    ),
    "a text that many cells share": (
        lambda path: _workbook(
            path, _cells(3000, '<c r="AROW" t="s"><v>0</v></c>'),
            more=[(SHARED, f'<sst xmlns="{MAIN}" count="4294967295"><si><t>{LONG}</t></si></sst>')],
        ),
        "expected at most 67,108,864 bytes of text in cells",
    ),
    "a sheet of blanks": (
        lambda path: _workbook(path, " " * (MOST_BYTES + 1)),
        "expected at most 67,108,864 bytes of unpacked parts",
    ),
    "a sheet that is called a picture": (
        lambda path: _workbook(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', renamed="1.png"),
        "expected at most 100,000 rows, but there are 1,048,576: split the list",
    ),
    "a sheet that is no XML": (
        lambda path: _workbook(path, "<row>"),
        "this spreadsheet cannot be read: it is damaged, or has a password (",
    ),
    "two parts of one name": (
        lambda path: _workbook(path, "", more=[(SHEET.upper(), _sheet(""))]),
        "this spreadsheet cannot be read: its parts are not those of a spreadsheet",
    ),
    "a thousand and more parts": (
        lambda path: _workbook(path, "", more=[(f"{number}.xml", "<x/>") for number in range(1001)]),
        "expected at most 1,000 parts of a spreadsheet",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_a_spreadsheet_that_becomes_too_much_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    make, said = WORKBOOKS[kind]
    path = make(tmp_path / "partners.xlsx")
    assert path.stat().st_size < 200_000
    tables, issues = read_tables(path)
    assert tables == []
    assert [str(issue) for issue in issues if str(issue).startswith(f"{path}: ") and said in str(issue)], issues


def test_cells_that_only_have_a_colour_are_none(tmp_path: Path) -> None:
    path = _workbook(
        tmp_path / "partners.xlsx",
        '<row r="2"><c r="A2"><v>2000001</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>',
    )
    [table], issues = read_tables(path)
    assert issues == []
    assert table.keys == ((2, "2000001"),)


@needs_measuring
def test_a_spreadsheet_that_becomes_too_much_costs_little(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "partners.xlsx", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    done = run("registry", "load", "--lake", tmp_path / "lake", path)
    assert done.code == 1
    assert "at most 100,000 rows" in done.err
    assert "backtrace" not in done.err
    assert done.peak_mb < 512


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"partner": pa.repeat("2000001", 100_001)}, "expected at most 100,000 rows, but there are 100,001"),
        (
            {
                "partner": pa.repeat("2000001", 2000),
                "name": pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), 2000), ["x" * 100_000]),
            },
            "expected at most 67,108,864 bytes of rows",
        ),
    ],
)
def test_parquet_that_becomes_too_much_is_refused_in_words(
    tmp_path: Path, columns: dict[str, pa.Array], said: str
) -> None:
    path = tmp_path / "partners.parquet"
    write_table(pa.table(columns), path, compression="zstd")
    tables, [issue] = read_tables(path)
    assert tables == []
    assert said in str(issue)


def test_csv_that_is_too_much_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("partner\n" + "2000001\n" * 100_001)
    assert any("expected at most 100,000 rows, but there are 100,001" in str(issue) for issue in read_tables(path)[1])
    path.write_text("partner," * 1_000_000 + "\n")
    [issue] = read_tables(path)[1]
    assert "expected at most 1,000,000 cells, but there are 1 rows of 1,000,001" in str(issue)
    with path.open("wb") as file:
        file.truncate(1 << 34)
    [issue] = read_tables(path)[1]
    assert "expected at most 67,108,864 bytes of a file" in str(issue)


def test_a_long_address_takes_no_time(tmp_path: Path) -> None:
    path = tmp_path / "partners.csv"
    path.write_text("partner,email\n" + "".join(f"{2000001 + row},a@{'.' * 130_000} \n" for row in range(5)))
    began = time.process_time()
    _, issues = read_tables(path)
    assert [issue.expected for issue in issues] == ["at most 254 characters"] * 5
    assert time.process_time() - began < 30  # minutes, where the pattern is asked first
