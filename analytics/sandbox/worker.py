"""The process in which a user's SQL runs. sandbox.py starts one for each query, and stops it.

Three walls stand around the query. Each holds by itself, so that a mistake in one of them harms nobody.

1. The engine (`LOCKS`). DuckDB has no file system and no extensions, and its configuration is locked. Without this wall a query
   could read any file that the user of this process can read, or write one. Read-only mode is no such wall: it still reads files.
2. The rows (`DatasetReader`). The engine gets the lake as Arrow data sets that are narrowed to the viewer before it sees
   them. Without this wall, a query that finds a way around our views (a system table, a statistic, a plan) would find the
   rows of other partners there.
3. The operating system (`_bound_by_the_operating_system`, `_alarm`). The process can write no file, and gets no more memory and
   time than the limits allow. DuckDB has limits of its own and explains them better, but some functions pass them: a single
   function can build a huge value, or run for hours between two checks.

All three stand before the engine reads the query for the first time.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import pickle
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyarrow.parquet import ParquetFile

from analytics.errors import AnalyticsError, SqlError, SqlLimitError
from analytics.sandbox.exact import carried, restored
from analytics.sandbox.sandbox import TOO_LATE, SqlLimits
from analytics.warehouse.narrow import Expressions
from analytics.warehouse.warehouse import Warehouse
from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.errors import IngestError
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analytics.registry import RegistryFiles
    from analytics.scope import Scope
    from analytics.warehouse.reader import Keep
    from ingest.lake.data_file import DataFile
    from ingest.lake.snapshot import Snapshot
    from ingest.lake.sums.kinds import Kind

ARROW = Expressions(column=pc.field, constant=pc.scalar, lower=pc.utf8_lower)

LOCKS = (
    "set python_enable_replacements = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set enable_external_access = false",
    "set disabled_filesystems = 'LocalFileSystem'",
    "set lock_configuration = true",
)
"""Each in a statement of its own, and in this order: the last one locks the others.

Replacements come first. With them, a query can name a variable of this process as a table. Extensions are next, because one that
is loaded by itself could bring a file system along. `enable_external_access` refuses the functions that open files, and
`disabled_filesystems` takes away the file system that they would use, so that a function which the first one forgets fails too.
"""

_GRACE_SECONDS = 2
"""Seconds between DuckDB's own time limit, which explains itself, and the alarm, which just ends the process."""

_NO_MEMORY, _NO_TIME = "Out of Memory Error", "INTERRUPT Error"
"""The beginning of the text of an error that lost its type on its way through Arrow."""

_UNREADABLE = "reading the Arrow source failed"
"""The engine's text for an error in the data sets that it reads."""

_MOST_SAID = 8_000
"""Characters of an error message: a query can raise a text of any length."""
_BATCH_ROWS = 10_000
_PART_BYTES = 4 * 1024**2
_WORD = 8


class DatasetReader:
    """Rows as Arrow data sets, narrowed before DuckDB gets them. DuckDB needs no file system to read them."""

    def calls(
        self, connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile], keep: Keep
    ) -> duckdb.DuckDBPyRelation:
        """The calls of these files that `keep` allows."""
        return _relation(connection, [file.path for file in files], arrow_schema(CALL_COLUMNS), keep(ARROW))

    def rejects(self, connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> duckdb.DuckDBPyRelation:
        """The rejects of these files."""
        return _relation(connection, files, arrow_schema(REJECT_COLUMNS), None)

    def sums(
        self, connection: duckdb.DuckDBPyConnection, files: Sequence[Path], kind: Kind, keep: Keep
    ) -> duckdb.DuckDBPyRelation:
        """The sums in these files that `keep` allows."""
        return _relation(connection, files, arrow_schema(kind.columns), keep(ARROW))


def main() -> None:
    """Read the job, run the query, answer, and exit at once: nothing here needs an orderly end."""
    answer_to = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not write into the answer
    job = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    threading.Thread(target=_end_with_the_other_side, daemon=True).start()
    limits = SqlLimits(**job["limits"])
    try:
        with contextlib.suppress(BrokenPipeError):  # the other side has gone and does not want the rest
            _answer(answer_to, job, limits)
            answer_to.flush()
    except BaseException:  # noqa: BLE001 - the waiting thread prevents an orderly end
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _end_with_the_other_side() -> None:
    """Wait until the other process closes its end of the pipe, then exit. If that process is killed, the kernel closes it."""
    sys.stdin.buffer.read()
    os._exit(1)


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Stop this process if the block takes longer, whatever it is doing at that moment.

    DuckDB checks its own limit only between two pieces of work, and a single function can be one very long piece.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)  # the kernel stops the process: no thread of it has to get a turn
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return
    timer = threading.Timer(seconds, os._exit, [max(TOO_LATE)])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _answer(answer_to: BinaryIO, job: Mapping[str, Any], limits: SqlLimits) -> None:
    try:
        rows = _run(job, limits)
    except SqlLimitError as error:
        _say(answer_to, "limit", str(error))
    except (AnalyticsError, IngestError) as error:
        _say(answer_to, "refused", _in_short(str(error)))
    else:
        _say(answer_to, "rows", "", rows=rows.num_rows)
        with pa.ipc.new_stream(answer_to, rows.schema) as stream:
            for batch in rows.to_batches():
                for part in _in_parts(batch):
                    stream.write_batch(part)


def locked(
    snapshot: Snapshot,
    registry: RegistryFiles,
    viewer: Scope | None,
    limits: SqlLimits,
    more: Mapping[str, pa.Table] | None = None,
) -> Warehouse:
    """A warehouse whose connection can be given to a stranger: everything is bound, and nothing can be set any more.

    `more`: rows that the viewer may see, by the name that they get among the metrics.
    """
    warehouse = Warehouse(snapshot, registry, viewer=viewer, reader=DatasetReader())
    warehouse.bind_sums()
    warehouse.bind_metrics()
    connection = warehouse.connection
    for name, rows in (more or {}).items():
        connection.from_arrow(rows).create(f"metrics.{name}")
    if warehouse.viewer.narrows:
        # This optimizer turns the keys that a join finds in one table into a filter of the other. `explain analyze` shows
        # such a filter, and with it the names of logs that the viewer must not learn.
        connection.execute("set disabled_optimizers = 'join_filter_pushdown'")
    connection.execute("set temp_directory = ''")
    connection.execute("set memory_limit = ?", [f"{limits.memory_bytes} bytes"])
    connection.execute("set max_execution_time = ?", [int(limits.seconds * 1000)])
    for lock in LOCKS:
        connection.execute(lock)
    return warehouse


def _run(job: Mapping[str, Any], limits: SqlLimits) -> pa.Table:
    with _in_words(limits):
        warehouse = locked(job["snapshot"], job["registry"], job["viewer"], limits, job["more"])
    _bound_by_the_operating_system(limits)
    with _alarm(limits.seconds + _GRACE_SECONDS):
        return rows_of(warehouse, job["query"], limits)


def rows_of(warehouse: Warehouse, query: str, limits: SqlLimits) -> pa.Table:
    """The rows of a query. SqlError says what is wrong with it, SqlLimitError which limit it exceeds.

    AnalyticsError names a file of the lake that cannot be read, and says what to do.
    """
    with _in_words(limits):
        try:
            return _rows(warehouse.connection, query, limits)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if _is_of_a_file(error) and (damaged := warehouse.damage()):
                raise AnalyticsError(damaged) from error
            raise


@contextlib.contextmanager
def _in_words(limits: SqlLimits) -> Iterator[None]:
    """Turn each error of an engine into SqlError (the query is wrong) or SqlLimitError (it takes too much)."""
    try:
        yield
    except (MemoryError, duckdb.OutOfMemoryException, pa.ArrowMemoryError) as error:
        raise _too_large(limits) from error
    except duckdb.InterruptException as error:
        raise _too_late(limits) from error
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        text = str(error)
        if text.startswith(_NO_MEMORY):
            raise _too_large(limits) from error
        raise (_too_late(limits) if text.startswith(_NO_TIME) else SqlError(text)) from error


def _is_of_a_file(error: Exception) -> bool:
    """Whether the cause may be an unreadable file. To check every file after each mistake in a query would take too long."""
    return isinstance(error, (OSError, pa.ArrowException)) or _UNREADABLE in str(error)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, limits: SqlLimits) -> pa.Table:
    try:
        relation = connection.sql(query)
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        raise SqlError(_with_its_place(connection, query, error)) from error
    if relation is None:
        # There is no result at all, not even a column, and no reader accepts a Parquet file without columns.
        raise SqlError("the query holds no statement; expected one, such as: select count(*) from calls")
    return _found(relation, limits)


def _found(relation: duckdb.DuckDBPyRelation, limits: SqlLimits) -> pa.Table:
    reader = carried(relation).to_arrow_reader(_BATCH_ROWS)
    names = sum(len(name.encode()) for name in relation.columns)
    batches, rows, size = [], 0, 0
    for batch in reader:
        rows, size = rows + batch.num_rows, size + _weight(batch) + batch.num_rows * names
        if rows > limits.rows:
            raise _too_much(f"its result has more than {limits.rows:,} rows; add a limit, or count instead")
        if size > limits.result_bytes:
            raise _too_much(
                f"its result is larger than {limits.result_bytes / 1024**2:g} MB; select fewer rows or columns"
            )
        batches.append(batch)
    table = restored(pa.Table.from_batches(batches, schema=reader.schema), relation.columns, relation.types)
    heaviest = max((_weight(part) for batch in table.to_batches() for part in _in_parts(batch)), default=0)
    if heaviest > limits.row_bytes:
        raise _too_much(
            f"a row of its result is larger than {limits.row_bytes / 1024**2:g} MB; select less in each row"
        )
    return table


def _in_parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in pieces of a few megabytes; a single row may be heavier."""
    if batch.num_rows <= 1 or _weight(batch) <= _PART_BYTES:
        yield batch
        return
    half = batch.num_rows // 2
    yield from _in_parts(batch.slice(0, half))
    yield from _in_parts(batch.slice(half))


def _weight(batch: pa.RecordBatch) -> int:
    """The bytes that these rows take, plus a word for each value: a long list of nulls has hardly a byte, but has a length."""
    return int(batch.nbytes) + _WORD * sum(_values(column) for column in batch.columns)


def _values(array: pa.Array) -> int:
    match array:
        case pa.StructArray() | pa.UnionArray():
            return len(array) + sum(_values(array.field(place)) for place in range(array.type.num_fields))
        case pa.MapArray():  # keys and items are those of the whole array, and this array may be a slice of it
            first, last = (array.offsets[place].as_py() for place in (0, -1))
            return len(array) + sum(_values(part.slice(first, last - first)) for part in (array.keys, array.items))
        case pa.ListArray() | pa.LargeListArray() | pa.FixedSizeListArray():
            return len(array) + _values(array.flatten())
        case _:
            return len(array)


def _with_its_place(connection: duckdb.DuckDBPyConnection, query: str, error: duckdb.Error) -> str:
    """The error with its place in the query. Only `execute` reports the place."""
    try:
        connection.execute(query)
    except duckdb.Error as placed:
        return str(placed)
    return str(error)


def _bound_by_the_operating_system(limits: SqlLimits) -> None:
    """Limit memory (beyond what is taken already) and processor time, and forbid to write files.

    These limits count for whatever runs in this process, also for a function of DuckDB that does not check its own. Processor
    time is generous, because the clock decides (`_alarm`); it ends a process whose alarm never fires. No core is dumped: it would
    write the rows to a disk.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    taken = Path("/proc/self/statm")
    if taken.exists():
        pages = int(taken.read_text(encoding="ascii").split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + limits.memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    seconds = int((limits.seconds + 10) * (os.cpu_count() or 1))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _relation(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], schema: pa.Schema, kept: ds.Expression | None
) -> duckdb.DuckDBPyRelation:
    """The rows of these files for which `kept` holds.

    Another engine that rewrote a file (Delta's own delete, Spark) may have given it other Arrow types. Arrow cannot compare those
    with ours when DuckDB pushes a filter into the data set. Such files are read with their own types, and DuckDB filters. If rows
    have to be hidden from the viewer, DuckDB must not see them at all, so it gets a table of the others.
    """
    dataset = _dataset(files, schema)
    fragments = zip(files, dataset.get_fragments(), strict=True)
    foreign = {file for file, fragment in fragments if _has_views(fragment.physical_schema)}
    if not foreign:
        return connection.from_arrow(dataset if kept is None else dataset.filter(kept))
    own = [file for file in files if file not in foreign]
    relations = [_relation(connection, own, schema, kept)] if own else []
    if kept is None:
        found = ds.dataset([str(file) for file in foreign], format="parquet")
        relations.append(connection.from_arrow(found).project(*schema.names))
    else:
        tables = [schema.empty_table()]
        for path in foreign:
            with ParquetFile(path) as parquet:
                batches = parquet.iter_batches(columns=schema.names)
                tables += [pa.Table.from_batches([batch]).cast(schema).filter(kept) for batch in batches]
        relations.append(connection.from_arrow(pa.concat_tables(tables)))
    return functools.reduce(duckdb.DuckDBPyRelation.union, relations)


def _has_views(schema: pa.Schema) -> bool:
    return any(pa.types.is_string_view(field.type) for field in schema)


def _dataset(files: Sequence[Path], schema: pa.Schema) -> ds.Dataset:
    return ds.dataset([str(file) for file in files], format="parquet", schema=schema)


def _too_large(limits: SqlLimits) -> SqlLimitError:
    return SqlLimitError(f"the query was stopped: it needs more than {limits.memory_bytes / 1024**3:g} GB of memory")


def _too_late(limits: SqlLimits) -> SqlLimitError:
    return SqlLimitError(f"the query was stopped: it takes longer than {limits.seconds:g} seconds")


def _too_much(what: str) -> SqlLimitError:
    return SqlLimitError(f"the query was stopped: {what}")


def _in_short(message: str) -> str:
    """The beginning of a message, and its end, which shows the place in the query."""
    if len(message) <= _MOST_SAID:
        return message
    half = _MOST_SAID // 2
    return f"{message[:half]}… ({len(message) - 2 * half:,} characters left out) …{message[-half:]}"


def _say(answer_to: BinaryIO, answer: str, message: str, *, rows: int = 0) -> None:
    answer_to.write(json.dumps({"answer": answer, "message": message, "rows": rows}).encode() + b"\n")
