"""A stranger's SQL reads only the rows that it may see, changes no file, and ends."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import asdict
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from deltalake import DeltaTable

from analytics.errors import SqlError, SqlLimitError
from analytics.metrics import metric_names
from analytics.registry import registry_files
from analytics.sandbox.sandbox import SqlLimits, answer_sql, run_sql, start_worker
from analytics.sandbox.worker import locked
from analytics.scope import Scope
from ingest.errors import LakeError
from ingest.lake.lake import Lake
from ingest.lake.sums.kinds import KINDS
from tests.analytics.given import call, given_lake, reject

REFUSED = """
    select * from 'stolen.csv'
    select * from read_csv('stolen.csv')
    select * from read_text('stolen.csv')
    select * from read_blob('/etc/hostname')
    select * from read_parquet('{lake}/calls/*.parquet')
    select * from read_duckdb('other.db')
    select * from query_table('stolen.csv')
    select * from sniff_csv('stolen.csv')
    select * from parquet_metadata('{lake}/calls/*.parquet')
    select * from glob('*')
    create table t as select * from read_json('stolen.csv')
    create macro f(x) as (select max(a) from read_csv('stolen.csv'))
    copy calls to 'out.parquet'
    copy calls to 'out.csv'
    copy calls to '{lake}/lake.json' (format csv)
    copy (select 1) to '/dev/stdout'
    copy (select 1 as a) to 'out' (format csv, partition_by (a))
    create table t as select 1; copy t from 'stolen.csv'
    with m as (copy calls to 'out.csv') select * from m
    explain copy calls to 'out.csv'
    explain analyze copy calls to 'out.csv'
    prepare p as copy calls to 'out.csv'
    select * from query('copy calls to ''out.csv''')
    export database 'out'
    import database 'out'
    attach 'other.db' as other
    attach 'other.db' as other (read_only)
    attach 'dbname=x' as other (type postgres)
    install httpfs
    force install spatial from community
    load httpfs
    load 'evil.duckdb_extension'
    update extensions
    create secret s (type s3, key_id 'a', secret 'b')
    create persistent secret s (type s3, key_id 'a', secret 'b')
    set enable_external_access = true
    set disabled_filesystems = ''
    set lock_configuration = false
    reset lock_configuration
    set memory_limit = '100GB'
    set max_execution_time = 0
    set temp_directory = 'spill'
    set home_directory = '.'
    set secret_directory = '.'
    set python_enable_replacements = true
    pragma enable_profiling
    pragma profiling_output = 'profile.json'
    call enable_profiling(save_location = 'profile.json')
    call enable_logging(storage = 'file', storage_path = 'log')
    select * from a_python_variable
    select * from python_arrow_scan('a_python_variable')
    select getenv('HOME')
"""

HARMLESS = """
    create table t as select * from calls
    create temp table t as select 1
    create or replace view calls as select 1
    drop view calls
    drop schema lake cascade
    delete from lake.loads
    attach ':memory:' as other
    set variable scope = 'all'
    use metrics
    checkpoint
    vacuum
    select * from duckdb_settings()
"""


def statements(texts: str) -> list[str]:
    return [line.strip() for line in texts.strip().splitlines()]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four calls of two partners, one reject, two names. It cannot be changed, so one lake serves all tests."""
    folder = tmp_path_factory.mktemp("sandbox")
    rows = [
        call(customer="7000001"),
        call(customer="7000002"),
        call(customer="7000002", environment="test"),
        call(customer="7000003", integration_id="7654321_1", connector="Bravo_Things"),
    ]
    partners = folder / "partners.csv"
    partners.write_text("partner,name\n1234567,Alfa\n7654321,Bravo\n", encoding="utf-8")
    return given_lake(folder / "lake", rows, rejects=[reject()], registry=[partners], files=2)


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in folder.rglob("*")
    }


def connection_in(lake: Path, viewer: Scope | None = None) -> duckdb.DuckDBPyConnection:
    """The very connection that a worker gives a query to, without the process around it."""
    return locked(Lake(lake).snapshot(), registry_files(lake), viewer, SqlLimits()).connection


@pytest.mark.parametrize("statement", statements(REFUSED))
def test_what_reaches_beyond_the_session_is_refused_and_leaves_no_trace(
    statement: str, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "stolen.csv").write_text("a\n1\n", encoding="utf-8")
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    before = tree(tmp_path), tree(lake.parent)
    a_python_variable = pa.table({"a": [1]})
    connection = connection_in(lake)
    with pytest.raises(duckdb.Error):
        connection.sql(statement.format(lake=lake)).fetchall()
    assert (tree(tmp_path), tree(lake.parent)) == before
    assert a_python_variable.num_rows == 1


@pytest.mark.parametrize("statement", statements(HARMLESS))
def test_what_stays_in_the_session_changes_no_file_and_no_other_query(
    statement: str, lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = tree(tmp_path), tree(lake.parent)
    connection_in(lake).sql(statement)
    assert (tree(tmp_path), tree(lake.parent)) == before
    assert connection_in(lake).sql("select count(*) from calls").fetchall() == [(4,)]


def test_the_process_around_it_refuses_too(lake: Path, tmp_path: Path) -> None:
    before = tree(tmp_path), tree(lake.parent)
    with pytest.raises(SqlError, match="has been disabled by configuration"):
        run_sql(lake, f"copy calls to '{tmp_path / 'out.parquet'}'")
    assert (tree(tmp_path), tree(lake.parent)) == before


def test_the_query_of_the_readme_answers(lake: Path) -> None:
    rows = run_sql(
        lake,
        "select partner, count(distinct customer) as customers from calls where id_status = 'valid' group by all"
        " order by all",
    )
    assert rows.to_pylist() == [{"partner": 1234567, "customers": 2}, {"partner": 7654321, "customers": 1}]


def test_every_relation_of_the_contract_is_there(lake: Path) -> None:
    names = "calls", "rejects", "loads", "partners", "integrations", "customers"
    counts = ", ".join(f"(select count(*) from {name}) as {name}" for name in names)
    assert run_sql(lake, f"select {counts}").to_pylist() == [
        {"calls": 4, "rejects": 1, "loads": 1, "partners": 2, "integrations": 0, "customers": 0}
    ]
    assert [row["name"] for row in run_sql(lake, "show tables").to_pylist()] == sorted([*names, *KINDS])


@pytest.mark.parametrize("name", KINDS)
def test_sums_of_calls_can_be_asked(lake: Path, name: str) -> None:
    [row] = run_sql(lake, f"select count(*) as rows from {name}").to_pylist()
    assert row["rows"] <= 4
    assert (row["rows"] == 0) == (name == "error_hours"), "no call of this lake failed"


def test_every_metric_is_there_with_the_default_scope(lake: Path) -> None:
    connection = connection_in(lake)
    for name in metric_names():
        assert connection.sql(f"select count(*) from metrics.{name}").fetchall() > [(-1,)], name
    rows = run_sql(lake, "select integration, customers, calls from metrics.customers_per_integration").to_pylist()
    assert rows == [
        {"integration": "1234567_1", "customers": 2, "calls": 2},
        {"integration": "7654321_1", "customers": 1, "calls": 1},
    ]


@pytest.mark.parametrize("files", [1, 2])
def test_files_that_another_engine_has_rewritten_with_types_of_its_own_are_read(tmp_path: Path, files: int) -> None:
    rows = [
        call(customer="7000001"),
        call(customer="7000002", filter_fields=["Name"]),
        call(customer="7000003"),
        call(customer="7000004", integration_id="7654321_1"),
    ]
    lake = given_lake(tmp_path / "lake", rows, rejects=[reject(), reject(line_number=2)], files=files)
    DeltaTable((lake / "calls").as_uri()).delete("customer = '7000003'")
    DeltaTable((lake / "rejects").as_uri()).delete("line_number = 2")
    connection = connection_in(lake)
    assert connection.sql("select customer from calls where environment = 'production' order by all").fetchall() == [
        ("7000001",), ("7000002",), ("7000004",),
    ]  # fmt: skip
    assert connection.sql("select line_number from rejects where reason = 'bad_url'").fetchall() == [(1,)]
    assert connection.sql("select calls, customers from metrics.calls_per_day").fetchall() == [(3, 3)]
    theirs = connection_in(lake, Scope(partner=1234567, environment="production"))
    assert theirs.sql("select customer from calls where connector = 'KnSubject' order by all").fetchall() == [
        ("7000001",), ("7000002",),
    ]  # fmt: skip
    found = run_sql(lake, "select customer, filter_fields from calls where customer in ('7000002', '7000003')")
    assert found.to_pylist() == [{"customer": "7000002", "filter_fields": ["Name"]}]


def test_an_empty_lake_has_every_relation_too(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake")
    connection = connection_in(lake)
    for name in ("calls", "rejects", "loads", "partners", "integrations", "customers", *metric_names()):
        where = f"metrics.{name}" if name in metric_names() else name
        assert connection.sql(f"select count(*) from {where}").fetchall() == [(0,)], name
    assert run_sql(lake, "select partner from calls").schema.names == ["partner"]


def test_a_partner_finds_nothing_of_another_in_anything_it_can_name(lake: Path) -> None:
    connection = connection_in(lake, Scope(partner=1234567, environment="all"))
    relations = connection.sql("select schema_name, view_name from duckdb_views() where not internal").fetchall()
    relations += connection.sql("select schema_name, table_name from duckdb_tables()").fetchall()
    assert {("lake", "sent"), ("main", "calls"), ("metrics", "calls"), ("metrics", "customer_links")} <= {*relations}
    for schema, name in relations:
        text = repr(connection.sql(f"select * from {schema}.{name}").to_arrow_table().to_pylist())
        assert not [strange for strange in ("7654321", "7000003", "Bravo", "hello world") if strange in text], name
    for name in ("duckdb_views()", "duckdb_columns()", "duckdb_settings()", "duckdb_variables()"):
        assert "7654321" not in repr(connection.sql(f"from {name}").fetchall())


@pytest.mark.parametrize(
    "condition", ["partner <> 1234567", "partner = 7654321 or true", "customer = '7000003'", "connector like 'Bravo%'"]
)
def test_no_condition_brings_another_partners_rows_back(condition: str, lake: Path) -> None:
    viewer = Scope(partner=1234567, environment="all")
    rows = run_sql(lake, f"select distinct partner from lake.sent where {condition}", viewer=viewer).to_pylist()
    assert [row for row in rows if row["partner"] != 1234567] == []


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("select count(*) from range(1000000) a, range(1000000) b where a.range % 7 <> b.range % 5", "1 seconds"),
        ("with recursive r as (select 1 x union all select x + 1 from r) select max(x) from r", "1 seconds"),
        ("select length(repeat('x', 3000000000))", "more than 0.5 GB of memory"),
        ("select list(range) from range(1000000000)", "(more than 0.5 GB of memory|1 seconds)"),
        ("select * from range(1001)", "more than 1,000 rows"),
        ("select repeat('x', 200000) from range(900)", "larger than 100 MB"),
    ],
)
def test_a_query_that_takes_too_much_is_stopped(query: str, complaint: str, lake: Path) -> None:
    limits = SqlLimits(seconds=1, memory_bytes=512 * 1024**2, rows=1000, result_bytes=100 * 1024**2)
    with pytest.raises(SqlLimitError, match=f"the query was stopped: .*{complaint}"):
        run_sql(lake, query, limits=limits)


@pytest.mark.parametrize(
    ("query", "explanation"),
    [
        ("select\n  custmer\nfrom calls", r'"custmer" not found(.|\n)*LINE 2: ( *)custmer'),
        ("select * from cals", r"cals does not exist(.|\n)*LINE 1: "),
        ("selct 1", r"LINE 1: selct 1"),
    ],
)
def test_a_mistake_is_answered_with_what_is_wrong_and_where(query: str, explanation: str, lake: Path) -> None:
    with pytest.raises(SqlError, match=explanation) as caught:
        run_sql(lake, query)
    assert not isinstance(caught.value, SqlLimitError)


@pytest.mark.parametrize("query", ["", "-- nothing", ";", "/* nothing */ ; ;"])
def test_a_query_without_a_statement_is_told_so(query: str, lake: Path) -> None:
    with pytest.raises(SqlError, match="the query holds no statement"):
        run_sql(lake, query)


def test_without_a_lake_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="there is no lake here"):
        run_sql(tmp_path, "select 1")


def test_a_module_in_the_current_folder_is_not_picked_up(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "duckdb.py").write_text("raise SystemExit('picked up')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run_sql(lake, "select 1 as one").to_pylist() == [{"one": 1}]


# --- what is printed, and a worker that does not end by itself


def test_rows_come_in_batches_of_some_megabytes_however_long_their_texts_are(lake: Path) -> None:
    with answer_sql(lake, "select range as place, repeat('x', 300000) as text from range(100)") as answer:
        assert answer.rows == 100
        sizes, places = [], []
        for batch in answer.batches:
            sizes.append(batch.nbytes)
            places += batch["place"].to_pylist()
    assert places == list(range(100))
    assert max(sizes) < 5 * 1024**2


def test_an_enumeration_of_one_long_text_is_as_large_as_it_prints(lake: Path) -> None:
    limits = SqlLimits(result_bytes=50 * 1024**2)
    with pytest.raises(SqlLimitError, match=r"(larger than 50 MB|more memory)"):
        run_sql(
            lake,
            "select x::enum('" + "x" * 100_000 + "') from (select repeat('x', 100000) as x from range(1000))",
            limits=limits,
        )


@pytest.mark.parametrize(
    "query",
    [
        "select list_resize([null], 20000000)",
        "select list_resize([true], 20000000)",
        "select repeat('x', 20000000)",
        "select array_agg({'a': null}) from range(2500000)",
        "select map_from_entries(list((range, null))) from range(1500000)",
        "select [list(null)] from range(2500000)",
    ],
)
def test_a_row_that_would_be_large_in_the_process_that_prints_it_is_refused(query: str, lake: Path) -> None:
    with pytest.raises(SqlLimitError, match="a row of its result is larger than 16 MB"):
        run_sql(lake, query, limits=SqlLimits(row_bytes=16 * 1024**2))


def test_many_columns_count_with_their_names_which_json_says_in_each_row(lake: Path) -> None:
    columns = ", ".join(f"null as {'n' * 60}{number}" for number in range(500))
    with pytest.raises(SqlLimitError, match="larger than 10 MB"):
        run_sql(lake, f"select {columns} from range(1000)", limits=SqlLimits(result_bytes=10 * 1024**2))


def test_a_function_that_never_looks_at_the_clock_is_stopped_by_an_alarm(lake: Path) -> None:
    with pytest.raises(SqlLimitError, match="takes longer than 1 seconds"):
        run_sql(lake, "select sleep_ms(600000)", limits=SqlLimits(seconds=1))


def test_a_worker_ends_when_nobody_is_there_any_more_who_asked(lake: Path) -> None:
    """The kernel closes everything that a killed process held open, its end of the worker's standard input too."""
    job = {
        "snapshot": Lake(lake).snapshot(),
        "registry": registry_files(lake),
        "viewer": None,
        "query": "select sleep_ms(600000)",
        "limits": asdict(SqlLimits(seconds=600)),
    }
    with start_worker() as worker:
        assert worker.stdin is not None
        pickle.dump(job, worker.stdin)
        worker.stdin.close()
        assert worker.wait(timeout=60) == 1


def test_an_answer_that_nobody_reads_to_its_end_leaves_no_process(lake: Path) -> None:
    with answer_sql(lake, "select repeat('x', 1000) from range(100000)") as answer:
        assert next(answer.batches).num_rows > 0
    assert answer.rows == 100_000
