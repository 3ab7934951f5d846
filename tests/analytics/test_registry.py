"""The registry: the contents of its files, the effect of a load, and the view of readers during a load."""

from __future__ import annotations

import datetime as dt
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
from tests.analytics.workbook import write_workbook
from tests.analytics.written_registry import NOW, rows, written
from tests.ingest.engine.single_values import parse_integration_ids, parse_request_urls

if TYPE_CHECKING:
    from pathlib import Path
NAMES = st.text(
    st.one_of(
        st.sampled_from([*"='+-@, ;\"", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"]),
        st.characters(exclude_categories=["Cc", "Cs"]),
    ),
    min_size=1,
    max_size=8,
).filter(lambda name: name == name.strip())


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


def _names_and_types(relation: str) -> tuple[list[str], list[pa.DataType]]:
    assert relation == "integrations"
    schema = arrow_schema("integrations")
    return schema.names, schema.types
