"""The registry: what a file may say, what a load does, and what readers see meanwhile."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.errors import AnalyticsError
from analytics.registry import (
    RegistryError,
    RegistryFiles,
    arrow_schema,
    empty_relation,
    load_registry,
    registry_files,
)
from analytics.registry.rows import CUSTOMER, INTEGRATION_ID
from command_line.printing.for_programs import rows_as_csv
from command_line.printing.rows import Rows
from tests.analytics.given import given_lake
from tests.analytics.workbook import write_workbook
from tests.ingest.single_values import parse_integration_ids, parse_request_urls

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
NAMES = st.text(
    st.one_of(
        st.sampled_from([*"='+-@, ;\"", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"]),
        st.characters(exclude_categories=["Cc", "Cs"]),
    ),
    min_size=1,
    max_size=8,
).filter(lambda name: name == name.strip())


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def rows(path: Path | None) -> list[dict[str, object]]:
    assert path is not None
    found: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return found


def problems(lake: Path, *files: Path) -> list[tuple[int | None, str | None, str | None, str]]:
    with pytest.raises(RegistryError) as caught:
        load_registry(lake, files, now=NOW)
    return [(issue.line, issue.column, issue.value, issue.expected) for issue in caught.value.issues]


class TestReading:
    def test_the_header_tells_what_a_file_holds(self, tmp_path: Path) -> None:
        partners = written(
            tmp_path / "a.csv",
            "partner,name,contact,email,phone\n1234,Acme,A. Smith,a.smith@acme.example,+31 20 1234567\n",
        )
        integrations = written(
            tmp_path / "b.csv",
            "integration,partner,project,name,replaces,certified_since,certified_until,listed\n"
            "1234_5678,1234,5678,Acme HR,1234_11,2026-01-01,2026-07-01,yes\n",
        )
        customers = written(tmp_path / "c.csv", "customer,name,branch\n1000001,School One,Education\nbeers/enyoi,,\n")

        report = load_registry(tmp_path / "lake", [customers, integrations, partners], now=NOW)

        assert report.model_dump() == {
            "valid_from": dt.date(2026, 11, 2),
            "partners": 1,
            "integrations": 1,
            "customers": 2,
            "replaced": ("partners", "integrations", "customers"),
        }
        files = registry_files(tmp_path / "lake")
        assert rows(files.partners) == [
            {
                "partner": 1234,
                "name": "Acme",
                "contact": "A. Smith",
                "email": "a.smith@acme.example",
                "phone": "+31 20 1234567",
            }
        ]
        assert rows(files.integrations) == [
            {
                "integration": "1234_5678",
                "partner": 1234,
                "project": 5678,
                "name": "Acme HR",
                "replaces": "1234_11",
                "certified_since": dt.date(2026, 1, 1),
                "certified_until": dt.date(2026, 7, 1),
                "listed": True,
            }
        ]
        assert rows(files.customers) == [
            {"customer": "1000001", "name": "School One", "branch": "Education"},
            {"customer": "beers/enyoi", "name": None, "branch": None},
        ]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    @pytest.mark.parametrize("line_end", ["\n", "\r\n"])
    def test_delimiter_line_end_and_byte_order_mark_do_not_matter(
        self, tmp_path: Path, delimiter: str, line_end: str
    ) -> None:
        lines = [["Partner", " NAME "], ["1234", '"Zoë\'s, ""Bits""; & Co"'], ["", ""], ["2345", "Bee"], []]
        text = line_end.join(delimiter.join(cells) for cells in lines)

        load_registry(tmp_path / "lake", [written(tmp_path / "p.csv", text, "utf-8-sig")], now=NOW)

        table = pq.read_table(str(registry_files(tmp_path / "lake").partners))
        assert table.select(["partner", "name"]).to_pylist() == [
            {"partner": 1234, "name": 'Zoë\'s, "Bits"; & Co'},
            {"partner": 2345, "name": "Bee"},
        ]

    def test_one_column_is_enough(self, tmp_path: Path) -> None:
        load_registry(tmp_path / "lake", [written(tmp_path / "i.csv", "integration\n1234_5678\n")], now=NOW)

        assert rows(registry_files(tmp_path / "lake").integrations) == [
            {
                "integration": "1234_5678",
                "partner": 1234,
                "project": 5678,
                "name": None,
                "replaces": None,
                "certified_since": None,
                "certified_until": None,
                "listed": None,
            }
        ]

    def test_two_files_of_one_relation_are_one(self, tmp_path: Path) -> None:
        south = written(tmp_path / "south.csv", "partner\n1234\n")
        north = written(tmp_path / "north.csv", "partner;name\n2345;Bee\n")
        assert load_registry(tmp_path / "lake", [south, north], now=NOW).partners == 2

    def test_an_unknown_partner_and_an_unregistered_old_id_are_fine(self, tmp_path: Path) -> None:
        file = written(tmp_path / "i.csv", "integration,replaces\n1234_5678,2345_1\n2345_9,1234_5678\n")
        assert load_registry(tmp_path / "lake", [file], now=NOW).integrations == 2

    def test_a_spreadsheet_may_have_a_sheet_for_each_relation(self, tmp_path: Path) -> None:
        """Numbers, dates and booleans are cells of their own kind; empty sheets, rows and columns say nothing."""
        book = write_workbook(
            tmp_path / "registry.xlsx",
            {
                "Partners": [[], ["Partner", "Name", "Phone"], [1234, "Acme", None], [], ["2345", "=Bee", 7]],
                "Integrations": [
                    ["integration", "project", "certified_since", "certified_until", "listed"],
                    ["1234_5678", 5678, dt.date(2026, 1, 2), "2026-07-01", True],
                ],
                "Notes": [],
            },
        )

        report = load_registry(tmp_path / "lake", [book], now=NOW)

        assert (report.partners, report.integrations, report.customers) == (2, 1, 0)
        files = registry_files(tmp_path / "lake")
        assert [(row["partner"], row["name"], row["phone"]) for row in rows(files.partners)] == [
            (1234, "Acme", None),
            (2345, "=Bee", "7"),
        ]
        (integration,) = rows(files.integrations)
        assert integration["certified_since"] == dt.date(2026, 1, 2)
        assert integration["certified_until"] == dt.date(2026, 7, 1)
        assert (integration["partner"], integration["project"], integration["listed"]) == (1234, 5678, True)

    def test_a_parquet_file_has_types_of_its_own(self, tmp_path: Path) -> None:
        table = pa.table(
            {
                "Integration": ["1234_5678", "2345_6"],
                "project": pa.array([5678.0, None], pa.float64()),  # what a data frame makes of numbers with a gap
                "certified_since": pa.array([dt.date(2026, 1, 2), None], pa.date32()),
                "certified_until": pa.array([dt.datetime(2026, 7, 1), None], pa.timestamp("ns")),  # noqa: DTZ001 - no zone
                "listed": [True, None],
            }
        )
        pq.write_table(table, tmp_path / "i.parquet")

        load_registry(tmp_path / "lake", [tmp_path / "i.parquet"], now=NOW)

        first, second = rows(registry_files(tmp_path / "lake").integrations)
        assert (first["partner"], first["project"], first["listed"]) == (1234, 5678, True)
        assert (first["certified_since"], first["certified_until"]) == (dt.date(2026, 1, 2), dt.date(2026, 7, 1))
        assert (second["integration"], second["project"], second["listed"]) == ("2345_6", 6, None)

    def test_what_we_wrote_as_csv_is_read_as_it_was(self, tmp_path: Path) -> None:
        """Text that a spreadsheet would take for a formula has an apostrophe in front in our CSV."""
        file = written(tmp_path / "p.csv", "partner,name,phone\n1234,'=Acme,'+31 20 1234567\n2345,'s Gravel,\n")
        load_registry(tmp_path / "lake", [file], now=NOW)
        assert [(row["name"], row["phone"]) for row in rows(registry_files(tmp_path / "lake").partners)] == [
            ("=Acme", "+31 20 1234567"),
            ("'s Gravel", None),
        ]

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(NAMES, min_size=30, max_size=30))
    def test_a_name_is_the_same_after_any_number_of_round_trips(
        self, tmp_path_factory: pytest.TempPathFactory, names: list[str]
    ) -> None:
        folder = tmp_path_factory.mktemp("trips")
        pq.write_table(pa.table({"partner": range(1000, 1000 + len(names)), "name": names}), folder / "first.parquet")
        load_registry(folder / "lake", [folder / "first.parquet"], now=NOW)
        for trip in ("second.csv", "third.csv"):
            table = pq.read_table(registry_files(folder / "lake").partners)
            assert table["name"].to_pylist() == names
            text = rows_as_csv(Rows.from_arrow(table.select(["partner", "name"])))
            load_registry(folder / "lake", [written(folder / trip, text)], now=NOW)
        assert (folder / "second.csv").read_bytes() == (folder / "third.csv").read_bytes()


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
            f"  {single}, row 6, customer: got '2000002', expected every customer once, it stands in {single}, row 2",
            f"  {nothing}: expected a sheet with rows, every one of this spreadsheet is empty",
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
            "the registry was not changed, 5 problems to solve first:\n"
            f"  {partners}, line 2, partner: got '12a', "
            "expected a partner's subscription number: 4 to 7 digits, no leading zero\n"
            f"  {partners}, line 2, email: got 'nope', expected an e-mail address\n"
            f"  {partners}, line 4, partner: got '1234', expected every partner once, it stands in {partners}, line 3\n"
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
                "a day after certified_since, 2026-02-01: the first day it is not certified any more",
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
        circle = "an id that does not come back to this one"
        assert problems(tmp_path / "lake", file) == [
            (2, "replaces", "1234_1", f"{circle} (1234_1 replaces 1234_1)"),
            (3, "replaces", "1234_3", f"{circle} (1234_2 replaces 1234_3 replaces 1234_2)"),
            (4, "replaces", "1234_2", f"{circle} (1234_3 replaces 1234_2 replaces 1234_3)"),
            (5, "replaces", "1234_2", "every old id replaced once, it is replaced by 1234_3"),
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
            (1, "name", None, "every column once"),
            (1, None, "timestamp | url", choices),
            (1, None, "", choices),
        ]

    def test_a_row_of_another_width_is_refused(self, tmp_path: Path) -> None:
        file = written(tmp_path / "c.csv", "customer,name\n1234567\n1234568,a,b\n")
        assert problems(tmp_path / "lake", file) == [
            (2, None, "1234567", "2 values as in the header, there are 1"),
            (3, None, "1234568 | a | b", "2 values as in the header, there are 3"),
        ]

    def test_a_quote_that_is_not_closed_is_named_where_it_opens(self, tmp_path: Path) -> None:
        file = written(tmp_path / "c.csv", 'customer,name\n1234567,ok\n1234568,"open\n1234569,swallowed\n')
        assert problems(tmp_path / "lake", file) == [
            (3, None, None, "quotes that are closed and doubled inside (unexpected end of data)"),
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
            (2, None, None, "UTF-8, byte eb is not: save it as 'CSV UTF-8'"),
            (None, None, None, f"{known}, this spreadsheet cannot be read"),
            (None, None, None, f"{known}, this Parquet file cannot be read"),
            (
                None,
                None,
                None,
                f"{known}, this is an old spreadsheet, or one with a password: save it as XLSX without one",
            ),
            (None, None, None, "a CSV, XLSX or Parquet file, there is none of this name"),
            (None, None, None, "a CSV, XLSX or Parquet file, this is no regular file"),
        ]

    def test_a_message_shows_no_control_characters_and_no_endless_value(self, tmp_path: Path) -> None:
        file = written(tmp_path / "p.csv", f"partner\n\x1b[31m{'9' * 100}\n")
        with pytest.raises(RegistryError) as caught:
            load_registry(tmp_path / "lake", [file], now=NOW)
        assert f"got '\\x1b[31m{'9' * 75}…', expected" in str(caught.value)

    def test_no_file_at_all_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(RegistryError, match="expected at least one file of partners, integrations or customers"):
            load_registry(tmp_path / "lake", [], now=NOW)


def test_ids_and_customers_are_those_that_ingest_understands() -> None:
    texts = [
        "1234_1",
        "1234567_999999999",
        "12345678_1",
        "1234_1234567890",
        "123_1",
        "0123_1",
        "1234_01",
        "1234-1",
        "1_1_1",
    ]
    understood = [id_read.status == "valid" for id_read in parse_integration_ids(texts)]
    assert [INTEGRATION_ID.fullmatch(text) is not None for text in texts] == understood
    urls = [
        "https://beers.afasfocus.nl/enyoi/api/x",
        "https://b-1.afasfocus.nl/en_y-oi/api/x",
        "https://1234.rest.afas.online/",
    ]
    customers = [request.customer for request in parse_request_urls([("GET", url) for url in urls])]
    assert customers == ["beers/enyoi", "b-1/en_y-oi", "1234"]
    assert all(CUSTOMER.fullmatch(customer or "") for customer in customers)


class TestLoading:
    def test_one_relation_is_replaced_and_the_others_are_kept(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        partners = written(tmp_path / "p.csv", "partner,name\n1234,Acme\n2345,Bee\n")
        load_registry(lake, [partners, written(tmp_path / "c.csv", "customer\n1000001\n")], now=NOW)

        report = load_registry(lake, [written(partners, "partner,name\n3456,Cee\n")], now=NOW)

        assert (report.partners, report.customers, report.replaced) == (1, 1, ("partners",))
        files = registry_files(lake)
        assert [row["name"] for row in rows(files.partners)] == ["Cee"]
        assert [row["customer"] for row in rows(files.customers)] == ["1000001"]
        assert files.integrations is None

    def test_a_refused_load_changes_nothing(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        good = written(tmp_path / "p.csv", "partner\n1234\n")
        load_registry(lake, [good], now=NOW)
        before = registry_files(lake)

        with pytest.raises(RegistryError):
            load_registry(
                lake, [written(good, "partner\n2345\n"), written(tmp_path / "c.csv", "customer\nx\n")], now=NOW
            )

        assert registry_files(lake) == before
        assert [row["partner"] for row in rows(before.partners)] == [1234]

    def test_a_reader_keeps_the_version_it_has(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        file = written(tmp_path / "p.csv", "partner\n1234\n")
        load_registry(lake, [file], now=NOW)
        old = registry_files(lake)
        load_registry(lake, [written(file, "partner\n2345\n")], now=NOW)
        assert [row["partner"] for row in rows(old.partners)] == [1234]

    def test_the_same_again_adds_no_version(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        file = written(tmp_path / "p.csv", "partner\n1234\n")
        load_registry(lake, [file], now=NOW)
        before = registry_files(lake)
        assert load_registry(lake, [file], now=NOW + dt.timedelta(days=1)).partners == 1
        assert registry_files(lake) == before

    def test_a_header_alone_empties_a_relation(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        file = written(tmp_path / "p.csv", "partner\n1234\n")
        load_registry(lake, [file], now=NOW)
        assert load_registry(lake, [written(file, "partner\n")], now=NOW).partners == 0
        assert rows(registry_files(lake).partners) == []

    def test_a_lake_without_a_registry_has_typed_empty_relations(self, tmp_path: Path) -> None:
        assert registry_files(tmp_path / "nowhere") == RegistryFiles(None, None, None)
        assert empty_relation("customers").schema == pa.schema(
            [pa.field("customer", pa.string(), nullable=False), ("name", pa.string()), ("branch", pa.string())]
        )
        assert {name: str(kind) for name, kind in zip(*_names_and_types("integrations"), strict=True)} == {
            "integration": "string",
            "partner": "int32",
            "project": "int32",
            "name": "string",
            "replaces": "string",
            "certified_since": "date32[day]",
            "certified_until": "date32[day]",
            "listed": "bool",
        }

    def test_what_a_dead_loader_left_is_not_read(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        written(lake / "registry" / "staged-0123" / "partners.parquet", "half a file")
        assert registry_files(lake) == RegistryFiles()
        load_registry(lake, [written(tmp_path / "c.csv", "customer\n1000001\n")], now=NOW)
        assert registry_files(lake).partners is None

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        written(tmp_path / "lake" / "registry", "a file where the folder should be")
        with pytest.raises(AnalyticsError, match="registry: the registry cannot be written"):
            load_registry(tmp_path / "lake", [written(tmp_path / "p.csv", "partner\n1234\n")], now=NOW)


class TestAdding:
    def test_rows_with_another_key_stay(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        partners = written(tmp_path / "p.csv", "partner,name,contact\n1234,Acme,A. Smith\n2345,Bee,\n")
        load_registry(lake, [partners], now=NOW)
        more = written(tmp_path / "more.csv", "partner,name\n3456,Cee\n1234,Acme Two\n")

        report = load_registry(lake, [more], now=NOW, adds=True)

        assert (report.partners, report.replaced) == (3, ("partners",))
        assert [(row["partner"], row["name"], row["contact"]) for row in rows(registry_files(lake).partners)] == [
            (2345, "Bee", None),
            (3456, "Cee", None),
            (1234, "Acme Two", None),
        ]
        load_registry(lake, [more], now=NOW, adds=True)
        assert len(registry_files(lake).versions) == 2  # it said nothing new

    def test_new_rows_have_to_go_with_those_that_stay(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        file = written(tmp_path / "i.csv", "integration,replaces\n1234_2,1234_1\n")
        load_registry(lake, [file], now=NOW)
        more = written(tmp_path / "more.csv", "integration,replaces\n1234_3,1234_1\n1234_1,1234_2\n")
        with pytest.raises(RegistryError) as caught:
            load_registry(lake, [more], now=NOW, adds=True)
        assert [(issue.file, issue.line, issue.expected) for issue in caught.value.issues] == [
            ("the registry", 1, "an id that does not come back to this one (1234_2 replaces 1234_1 replaces 1234_2)"),
            (str(more), 2, "every old id replaced once, it is replaced by 1234_2"),
            (str(more), 3, "an id that does not come back to this one (1234_1 replaces 1234_2 replaces 1234_1)"),
        ]
        assert len(registry_files(lake).versions) == 1


class TestDays:
    """Versions hold from a day on; each test says which names a day has."""

    def names(self, lake: Path, day: str) -> list[object]:
        return [row["name"] for row in rows(registry_files(lake).on(dt.date.fromisoformat(day)).partners)]

    def load(self, lake: Path, name: str, as_of: str | None) -> None:
        file = written(lake.parent / "p.csv", f"partner,name\n1234,{name}\n")
        load_registry(lake, [file], now=NOW, as_of=None if as_of is None else dt.date.fromisoformat(as_of))

    def test_a_version_holds_until_the_next_one_and_the_first_before_it_too(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Today", None)
        self.load(lake, "March", "2026-03-01")
        self.load(lake, "June", "2026-06-01")
        held = {day: self.names(lake, day) for day in ("2026-01-01", "2026-05-31", "2026-06-01", "2026-11-01")}
        assert held == {
            "2026-01-01": ["March"],
            "2026-05-31": ["March"],
            "2026-06-01": ["June"],
            "2026-11-01": ["June"],
        }
        assert self.names(lake, "2026-11-02") == ["Today"]
        assert [row["name"] for row in rows(registry_files(lake).partners)] == ["Today"]

    def test_of_two_loads_for_one_day_the_later_one_counts(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Acmee", "2026-03-01")
        self.load(lake, "Acme", "2026-03-01")
        assert self.names(lake, "2026-03-01") == self.names(lake, "2026-01-01") == ["Acme"]

    def test_relations_have_days_of_their_own(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Acme", "2026-06-01")
        customers = written(tmp_path / "c.csv", "customer,name\n1000001,School\n")
        load_registry(lake, [customers], now=NOW, as_of=dt.date(2026, 3, 1))
        files = registry_files(lake).on(dt.date(2026, 4, 1))
        assert [row["name"] for row in rows(files.customers)] == ["School"]
        assert [row["name"] for row in rows(files.partners)] == ["Acme"]

    def test_a_day_that_has_not_come_is_refused(self, tmp_path: Path) -> None:
        file = written(tmp_path / "p.csv", "partner\n1234\n")
        with pytest.raises(
            RegistryError, match=r"got '2026-11-03', expected a day that has come, 2026-11-02 or before"
        ):
            load_registry(tmp_path / "lake", [file], now=NOW, as_of=dt.date(2026, 11, 3))

    def test_a_day_begins_where_the_lake_is(self, tmp_path: Path) -> None:
        lake = given_lake(tmp_path / "lake")
        file = written(tmp_path / "p.csv", "partner\n1234\n")
        late = dt.datetime(2026, 11, 2, 23, 30, tzinfo=dt.UTC)
        assert load_registry(lake, [file], now=late).valid_from == dt.date(2026, 11, 3)

    def test_a_version_from_before_there_were_days_holds_since_it_was_loaded(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Acme", None)
        about = lake / "registry" / "000001" / "version.json"
        about.write_text(
            '{"loaded_at": "2026-05-01T10:00:00+00:00", "files": {"partners": ["p.csv"]}}', encoding="utf-8"
        )
        assert [version.valid_from for version in registry_files(lake).versions] == [dt.date(2026, 5, 1)]

    def test_a_damaged_version_is_named(self, tmp_path: Path) -> None:
        lake = tmp_path / "lake"
        self.load(lake, "Acme", None)
        (lake / "registry" / "000001" / "version.json").write_text("[]", encoding="utf-8")
        with pytest.raises(AnalyticsError, match="000001: this version of the registry is damaged"):
            registry_files(lake)


def _names_and_types(relation: str) -> tuple[list[str], list[pa.DataType]]:
    assert relation == "integrations"
    schema = arrow_schema("integrations")
    return schema.names, schema.types


def load_many(lake: Path, files: list[Path]) -> None:
    for file in files:
        load_registry(lake, [file], now=NOW)


def test_loaders_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    plans = [
        [written(tmp_path / f"p{n}.csv", f"partner\n{n}\n") for n in range(1000, 1010)],
        [written(tmp_path / f"i{n}.csv", f"integration\n{n}_1\n") for n in range(1000, 1010)],
        [written(tmp_path / f"c{n}.csv", f"customer\n{n}\n") for n in range(1000, 1010)],
    ]
    context = multiprocessing.get_context("spawn")
    loaders = [context.Process(target=load_many, args=(lake, plan)) for plan in plans]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join()

    files = registry_files(lake)
    assert [loader.exitcode for loader in loaders] == [0, 0, 0]
    assert [row["partner"] for row in rows(files.partners)] == [1009]
    assert [row["integration"] for row in rows(files.integrations)] == ["1009_1"]
    assert [row["customer"] for row in rows(files.customers)] == ["1009"]
    assert [path for path in (lake / "registry").iterdir() if path.name.startswith("staged-")] == []


LOADS_FOR_EVER = """
import datetime as dt, itertools, pathlib, sys
from analytics.registry import load_registry
lake, *files = map(pathlib.Path, sys.argv[1:])
for turn in itertools.cycle([files[:2], files[2:]]):
    load_registry(lake, turn, now=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
    print("loaded", flush=True)
"""


def test_a_reader_and_a_kill_see_a_whole_version(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    files = [
        written(tmp_path / f"{relation}{n}.csv", f"{relation}\n{n}\n")
        for n in (1111, 2222)
        for relation in ("partner", "customer")
    ]

    def version() -> tuple[object, object]:
        now = registry_files(lake)
        return rows(now.partners)[0]["partner"], rows(now.customers)[0]["customer"]

    for _ in range(3):
        loader = subprocess.Popen(
            [sys.executable, "-c", LOADS_FOR_EVER, str(lake), *map(str, files)], stdout=subprocess.PIPE, text=True
        )
        assert loader.stdout is not None
        assert loader.stdout.readline() == "loaded\n"
        seen = {version() for _ in range(20)}
        loader.kill()
        loader.communicate()
        assert seen | {version()} <= {(1111, "1111"), (2222, "2222")}
