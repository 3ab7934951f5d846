"""The registry refuses wrong files, and names each problem with its file and line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.registry import (
    RegistryError,
    load_registry,
)
from tests.analytics.workbook import write_workbook
from tests.analytics.written_registry import NOW, written

if TYPE_CHECKING:
    from pathlib import Path


def problems(lake: Path, *files: Path) -> list[tuple[int | None, str | None, str | None, str]]:
    with pytest.raises(RegistryError) as caught:
        load_registry(lake, files, now=NOW)
    return [(issue.line, issue.column, issue.value, issue.expected) for issue in caught.value.issues]


class TestRefusals:
    def test_a_cell_of_a_sheet_or_parquet_file_is_named_by_its_row(self, tmp_path: Path) -> None:
        bad = [["customer"], ["1000001"], [], ["12"]]
        book = write_workbook(tmp_path / "b.xlsx", {"One": bad, "Two": [["fax"], ["1"]]})
        single = write_workbook(
            tmp_path / "s.xlsx", {"One": [["customer"], ["2000002"], [], ["13"], [], ["2000002"]], "Two": []}
        )
        nothing = write_workbook(tmp_path / "n.xlsx", {"One": [], "Two": [[], []]})
        pq.write_table(pa.table({"partner": [1234, 12]}), tmp_path / "p.parquet")

        with pytest.raises(RegistryError) as caught:
            load_registry(tmp_path / "lake", [book, single, nothing, tmp_path / "p.parquet"], now=NOW)

        customer = (
            "expected a customer: a subscription number of 4 to 7 digits without leading zero, "
            "or sub-domain/segment in lower case"
        )
        assert str(caught.value).splitlines()[1:] == [
            (
                f"  {book}, sheet Two, row 1: got 'fax', expected a header with columns of partners: partner, name, contact, "
                "email, phone; integrations: integration, partner, project, name, replaces, certified_since, certified_until, "
                "listed; customers: customer, name, branch"
            ),
            f"  {book}, sheet One, row 4, customer: got '12', {customer}",
            f"  {single}, row 4, customer: got '13', {customer}",
            f"  {single}, row 6, customer: got '2000002', expected each customer only once; {single}, row 2 has it too",
            f"  {nothing}: expected a sheet with rows, but every sheet is empty",
            (
                f"  {tmp_path / 'p.parquet'}, row 2, partner: got '12', expected a partner's subscription number: "
                "4 to 7 digits, no leading zero"
            ),
        ]

    def test_every_bad_row_of_every_file_is_named_at_once(self, tmp_path: Path) -> None:
        partners = written(tmp_path / "p.csv", "partner,email\n12a,nope\n1234,\n1234,\n")
        customers = written(tmp_path / "c.csv", "customer\nBeers/Enyoi\n\n123\n")

        with pytest.raises(RegistryError) as caught:
            load_registry(tmp_path / "lake", [partners, customers], now=NOW)

        assert str(caught.value) == (
            "the registry was not changed; 5 problems to solve first:\n"
            f"  {partners}, line 2, partner: got '12a', "
            "expected a partner's subscription number: 4 to 7 digits, no leading zero\n"
            f"  {partners}, line 2, email: got 'nope', expected an e-mail address\n"
            f"  {partners}, line 4, partner: got '1234', expected each partner only once; {partners}, line 3 has it too\n"
            f"  {customers}, line 2, customer: got 'Beers/Enyoi', expected a customer: a subscription number of "
            "4 to 7 digits without leading zero, or sub-domain/segment in lower case\n"
            f"  {customers}, line 4, customer: got '123', expected a customer: a subscription number of "
            "4 to 7 digits without leading zero, or sub-domain/segment in lower case"
        )

    @pytest.mark.parametrize(
        ("cell", "column", "value", "expected"),
        [
            ("0123_4,,,,,,", "integration", "0123_4", "an IntegrationId like 12345_678900"),
            ("1234-5,,,,,,", "integration", "1234-5", "an IntegrationId like 12345_678900"),
            (",,,Acme,,,", "integration", "", "a value"),
            ("1234_5,2345,,,,,", "partner", "2345", "the partner of 1234_5, or an empty cell"),
            ("1234_5,,6,,,,", "project", "6", "the project of 1234_5, or an empty cell"),
            ("1234_5,,,,1234_,,", "replaces", "1234_", "the old IntegrationId, like 12345_678900"),
            ("1234_5,,,,,20260101,", "certified_since", "20260101", "a date like 2026-03-29"),
            ("1234_5,,,,,2026-02-30,", "certified_since", "2026-02-30", "a date that exists, like 2026-03-29"),
            (
                "1234_5,,,,,2026-02-01,2026-02-01",
                "certified_until",
                "2026-02-01",
                "a day after certified_since, 2026-02-01: the first day on which it is no longer certified",
            ),
            ('1234_5,,,"a\nb",,,', "name", "a\nb", "one line of text without control characters"),
            (f"1234_5,,,{'x' * 201},,,", "name", "x" * 201, "at most 200 characters"),
        ],
    )
    def test_a_bad_cell_is_named_with_what_was_expected(
        self, tmp_path: Path, cell: str, column: str, value: str, expected: str
    ) -> None:
        header = "integration,partner,project,name,replaces,certified_since,certified_until\n"
        file = written(tmp_path / "i.csv", f"{header}{cell}\n")
        assert problems(tmp_path / "lake", file) == [(2, column, value, expected)]

    @pytest.mark.parametrize("listed", ["maybe", "2", "y"])
    def test_listed_is_yes_or_no(self, tmp_path: Path, listed: str) -> None:
        file = written(tmp_path / "i.csv", f"integration,listed\n1234_5,{listed}\n")
        assert problems(tmp_path / "lake", file) == [
            (2, "listed", listed, "yes or no (or true, false, ja, nee, 1, 0)"),
        ]

    def test_an_id_replaces_no_circle_and_is_replaced_once(self, tmp_path: Path) -> None:
        file = written(
            tmp_path / "i.csv",
            "integration,replaces\n"
            "1234_1,1234_1\n"  # itself
            "1234_2,1234_3\n"  # a circle of two
            "1234_3,1234_2\n"
            "1234_4,1234_2\n"  # 1234_2 is replaced by 1234_3 already
            "1234_5,1234_9\n",
        )
        circle = "an id that does not lead back to this one"
        assert problems(tmp_path / "lake", file) == [
            (2, "replaces", "1234_1", f"{circle} (1234_1 replaces 1234_1)"),
            (3, "replaces", "1234_3", f"{circle} (1234_2 replaces 1234_3 replaces 1234_2)"),
            (4, "replaces", "1234_2", f"{circle} (1234_3 replaces 1234_2 replaces 1234_3)"),
            (5, "replaces", "1234_2", "each old id to be replaced only once; 1234_3 replaces it too"),
        ]

    def test_a_header_of_something_else_is_refused(self, tmp_path: Path) -> None:
        unknown = written(tmp_path / "unknown.csv", "partner,name,fax,name\n1234,Acme,1,2\n")
        other = written(tmp_path / "other.csv", "timestamp,url\n")
        empty = written(tmp_path / "empty.csv", "")
        choices = (
            "a header with columns of partners: partner, name, contact, email, phone; "
            "integrations: integration, partner, project, name, replaces, certified_since, certified_until, listed; "
            "customers: customer, name, branch"
        )
        assert problems(tmp_path / "lake", unknown, other, empty) == [
            (1, "fax", None, "columns of partners: partner, name, contact, email, phone"),
            (1, "name", None, "each column only once"),
            (1, None, "timestamp | url", choices),
            (1, None, "", choices),
        ]

    def test_a_row_of_another_width_is_refused(self, tmp_path: Path) -> None:
        file = written(tmp_path / "c.csv", "customer,name\n1234567\n1234568,a,b\n")
        assert problems(tmp_path / "lake", file) == [
            (2, None, "1234567", "2 values, as in the header, but there are 1"),
            (3, None, "1234568 | a | b", "2 values, as in the header, but there are 3"),
        ]

    def test_a_quote_that_is_not_closed_is_named_where_it_opens(self, tmp_path: Path) -> None:
        file = written(tmp_path / "c.csv", 'customer,name\n1234567,ok\n1234568,"open\n1234569,swallowed\n')
        assert problems(tmp_path / "lake", file) == [
            (3, None, None, "closed quotes, and doubled quotes inside them (unexpected end of data)"),
        ]

    def test_a_file_that_is_no_csv_is_refused_by_name(self, tmp_path: Path) -> None:
        western = written(tmp_path / "western.csv", "partner,name\n1234,Zoë\n", "latin-1")
        sheet = written(tmp_path / "sheet.csv", "PK\x03\x04...")
        parquet = written(tmp_path / "half.parquet", "PAR1")
        old = tmp_path / "old.xls"
        old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        known = "CSV, XLSX or Parquet"
        found = problems(tmp_path / "lake", western, sheet, parquet, old, tmp_path / "none.csv", tmp_path)
        assert [(*issue[:3], re.sub("(?<=cannot be read): .+", "", issue[3])) for issue in found] == [
            (2, None, None, "UTF-8, but byte eb is not: save the file as 'CSV UTF-8'"),
            (None, None, None, f"{known}, but this spreadsheet cannot be read"),
            (None, None, None, f"{known}, but this Parquet file cannot be read"),
            (
                None,
                None,
                None,
                f"{known}, but this is an old spreadsheet, or has a password: save it as XLSX without a password",
            ),
            (None, None, None, "a CSV, XLSX or Parquet file, but this file does not exist"),
            (None, None, None, "a CSV, XLSX or Parquet file, but this is not a regular file"),
        ]

    def test_a_message_shows_no_control_characters_and_no_endless_value(self, tmp_path: Path) -> None:
        file = written(tmp_path / "p.csv", f"partner\n\x1b[31m{'9' * 100}\n")
        with pytest.raises(RegistryError) as caught:
            load_registry(tmp_path / "lake", [file], now=NOW)
        assert f"got '\\x1b[31m{'9' * 75}…', expected" in str(caught.value)

    def test_no_file_at_all_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(RegistryError, match="expected at least one file of partners, integrations or customers"):
            load_registry(tmp_path / "lake", [], now=NOW)
