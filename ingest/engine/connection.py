"""A DuckDB connection that understands calls: the macros and views of the .sql files, and the catalogue as tables."""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import re
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import duckdb
from duckdb.sqltypes import VARCHAR

from ingest.catalogue.platform_host import domain_pattern, host_pattern
from ingest.catalogue.published import elements, hosts, official_connectors, soap_services
from ingest.engine.plain_text import plain_text, unescaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

_HERE = Path(__file__).parent
_SCRIPTS = (
    "detector/deciphered.sql",
    "detector/numbers.sql",
    "detector/secrets.sql",
    "detector/tells.sql",
    "redact/words.sql",
    "redact/trace_ids.sql",
    "redact/request_ids.sql",
    "redact/versions.sql",
    "redact/user_agents.sql",
    "redact/integration_ids.sql",
    "redact/pieces.sql",
    "redact/samples.sql",
    "redact/file_names.sql",
    "outcome.sql",
    "integration_id.sql",
    "request_url/urls.sql",
    "request_url/deletes.sql",
    "request_url/routes.sql",
    "request_url/names.sql",
    "request_url/bases.sql",
    "request_url/queries.sql",
    "fields/lines.sql",
    "fields/instants.sql",
    "fields/named_months.sql",
    "fields/usual_times.sql",
    "fields/unusual_instants.sql",
    "fields/durations.sql",
    "fields/sizes.sql",
    "fields/shown_times.sql",
    "fields/time_defects.sql",
    "fields/numbers.sql",
    "fields/hosts.sql",
    "fields/requests.sql",
    "fields/quotes.sql",
    "fields/authorization.sql",
    "fields/envelopes.sql",
    "fields/pairs.sql",
    "fields/headers.sql",
    "fields/header_values.sql",
    "fields/wrappings.sql",
    "fields/user_agents.sql",
)
"""Each reads what stands before it."""

_FEW = 10_000
"""Copying this many rows takes less time than planning a query."""

_FIELD_WORDS = """
    timestamp time date method verb url uri path host headers header integrationid integration id status code duration ms bytes
    request response user agent useragent body query stem cs sc s c ip port username taken version software fields level msg
    message ts authorization token referer referrer duration_ms client remote addr address size sent substatus win win32 when
    answer target protocol connector cookie
"""
"""Words that name fields. They stay readable in the sample of a rejected line where they do so."""

_PATH_WORDS = """
    profitrestservices profitservices connectors metainfo get update subjectconnector fileconnector imageconnector
    reportconnector profitversion otprequest otpvalidation oauth authorize token bi api
"""
"""The words of the platform's paths, which stay readable after a slash."""


_OTHER_WORDS = """
    http https get post put delete patch head options null true false nan infinity t z
    jan feb mar apr may jun jul aug sep oct nov dec
"""
"""The words of times, methods and URLs, and what JSON has beside texts."""


_shared: dict[int | None, duckdb.DuckDBPyConnection] = {}
_sharing = Lock()


def connect_shared(*, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A connection to the engine that all callers in this process with the same number of threads share. Close it after use.

    To load the macros takes longer than to understand thousands of lines, so it is done once. The connections of an engine share its
    tables and macros, and must not change them: their own tables have to be temporary, and rows in `*_texts` are rolled back.
    Variables, registered objects and temporary tables belong to one connection, and two connections may be used by two threads.
    Threads and memory belong to the engine, so there is one engine for each number of threads. An engine of one thread does the work
    of a connection in the calling thread, so several connections work at the same time.
    """
    with _sharing:
        engine = _shared.get(threads)
        if engine is not None:
            # An engine that ended in an error gives no more answers, so the next caller must not get it again.
            with contextlib.suppress(duckdb.Error):
                return connect_beside(engine)
            engine.close()
        engine = _shared[threads] = connect(threads=threads)
        return connect_beside(engine)


@atexit.register
def _close_shared() -> None:
    for engine in _shared.values():
        engine.close()
    _shared.clear()


def connect(*, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A new engine in memory, with as many threads as the machine has unless told. It spools and fetches nothing."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        },
    )
    if threads is not None:
        connection.execute("set threads = ?", [threads])
    _load_catalogue(connection)
    _begin_session(connection)
    connection.create_function("plain_text", plain_text, [VARCHAR], VARCHAR)
    connection.create_function("unescaped_text", unescaped, [VARCHAR], VARCHAR)
    for script in _SCRIPTS:
        connection.execute((_HERE / script).read_text(encoding="utf-8"))
    return connection


def connect_beside(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection to the same engine, for another thread: macros and tables are shared, variables are not."""
    other = connection.cursor()
    _begin_session(other)
    return other


def _begin_session(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set variable platform_host = ?", [host_pattern()])
    connection.execute("set variable platform_domain = ?", [domain_pattern()])
    connection.execute("set variable known_fields = ?", [_FIELD_WORDS.split()])
    connection.execute(
        "set variable known_paths = ?",
        [[*_PATH_WORDS.split(), *(f"{row['service'].lower()}.asmx" for row in soap_services())]],
    )
    connection.execute("set variable known_connectors = ?", [[name.lower() for name in official_connectors()]])
    connection.execute("set variable known_elements = ?", [[name.lower() for name in elements()]])
    connection.execute("set variable platform_url = ?", [_platform_url()])
    connection.execute("set variable torn_lines = []::bigint[]")
    begin_source(connection, now=dt.datetime.max.replace(tzinfo=dt.UTC, year=9000), time_zone="UTC")


def begin_source(
    connection: duckdb.DuckDBPyConnection,
    *,
    now: dt.datetime,
    time_zone: str,
    source_time_zone: str | None = None,
    host: str | None = None,
) -> None:
    """Set the facts that the lines of a source do not tell.

    These are today's date, the time zones of the lake's days and of times without an offset, and the host if none is logged.
    """
    connection.execute("set variable latest_call = ?::timestamptz + interval 2 days", [now])
    connection.execute("set variable time_zone = ?", [time_zone])
    connection.execute("set variable source_time_zone = ?", [source_time_zone])
    connection.execute("set variable default_host = ?", [host])
    # 4321.rest... stands in 7654321.rest..., too, and is another customer's.
    whole = None if host is None else rf"(?i)(?:^|[^a-z0-9.-]){re.escape(host)}[.]?(?:[^a-z0-9.-]|$)"
    connection.execute("set variable named_host = ?", [whole])


def answer(connection: duckdb.DuckDBPyConnection, query: str, *, most: int) -> pa.Table:
    """The rows of a query that reads no more than `most` of them, in its order.

    The engine plans a relation once to know its columns, and again to run it. For few lines, planning takes longer than running. A table is
    planned once, but its rows are copied once more, which costs more if there are many.
    """
    if most > _FEW:
        return connection.sql(query).to_arrow_table()
    connection.execute(f"create or replace temp table answer as {query}")
    try:
        return connection.table("answer").to_arrow_table()
    finally:
        connection.execute("drop table answer")


def sound_text(text: str | None) -> str | None:
    """The text with U+FFFD for each lone surrogate, which Python allows in a text and UTF-8 does not."""
    return None if text is None else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _platform_url() -> str:
    """The pattern of a URL without its scheme: a host of the platform and a path."""
    suffixes = "|".join(re.escape(host["suffix"]) for host in hosts())
    return rf"(?is)(?://)?[^/@\s]+\.(?:{suffixes})\.?(?::[0-9]*)?/.*"


def sample_words() -> list[str]:
    """The words that may stand in the sample of a rejected line, in lower case, digits and underscores apart."""
    suffixes = (host["suffix"] for host in hosts())
    texts = (
        _FIELD_WORDS,
        _PATH_WORDS,
        _OTHER_WORDS,
        *(f"{row['service'].lower()}.asmx" for row in soap_services()),
        *official_connectors(),
        *suffixes,
    )
    return sorted({word.lower() for text in texts for word in re.findall("[A-Za-z]+", text)})


def _load_catalogue(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table official_connectors (connector varchar, lower_connector varchar)")
    _insert(connection, "official_connectors", [(name, name.lower()) for name in official_connectors()])
    connection.execute(
        "create table host_patterns (suffix varchar, product varchar, protocol varchar, environment varchar)"
    )
    _insert(
        connection,
        "host_patterns",
        [(host["suffix"], host["product"], host.get("protocol"), host["environment"]) for host in hosts()],
    )
    connection.execute("create table soap_services (service varchar, lower_service varchar, operation varchar)")
    _insert(
        connection,
        "soap_services",
        [(row["service"], f"{row['service'].lower()}.asmx", row["operation"]) for row in soap_services()],
    )
    for words in ("known_fields", "known_paths", "known_connectors", "known_elements"):
        connection.execute(f"create macro {words}() as getvariable('{words}')")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[str | None, ...]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(f"insert into {table} select {', '.join(['unnest(?)'] * len(columns))}", columns)
