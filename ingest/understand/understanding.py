"""Blocks of lines in, calls and rejects out: what `ingest` stores and `inspect` shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import arrow_schema, encoded_schema
from ingest.call import CALL_COLUMNS
from ingest.engine.connection import answer, begin_source, connect_beside, connect_shared
from ingest.engine.places import place_by
from ingest.formats.wrapped import wrapping_of
from ingest.read.blocks import MAX_LINE_BYTES
from ingest.read.lines import lines_of
from ingest.reject import REJECT_COLUMNS
from ingest.understand.second_look import DOUBTFUL, look_again
from ingest.understand.torn import may_go_on
from ingest.understand.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import duckdb

    from ingest.call import Column
    from ingest.formats import LogFormat
    from ingest.read.blocks import Block

_HERE = Path(__file__).parent
_ENVELOPES, _UNDERSTOOD, _TIME_DEFECTS, _WRAPPED, _REJECTS, _OTHER_HOST, _DAMAGED = (
    (_HERE / name).read_text(encoding="utf-8")
    for name in (
        "envelopes.sql",
        "understood.sql",
        "time_defects.sql",
        "wrapped_otherwise.sql",
        "rejects.sql",
        "other_host.sql",
        "damaged.sql",
    )
)
_DAMAGES = pa.array(["not_a_record", "too_deep", "duplicate_key", "line_too_long"])
"""Why a format makes no fields of a line, though it may be a call."""
_NO_ENVELOPES = pa.table(
    {
        "line_number": pa.array([], pa.int64()),
        **{name: pa.array([], pa.string()) for name in ("soap_connector", "update_operation", "body_integration_id")},
        "has_token": pa.array([], pa.bool_()),
    }
)
_NO_TIME_DEFECTS = pa.table({"line_number": pa.array([], pa.int64()), "defect": pa.array([], pa.string())})
_NO_WRAPPED = pa.table({"line_number": pa.array([], pa.int64()), "said": pa.array([], pa.string())})
_LOOKS_WRAPPED = r'^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[^ ]+ std|(?:<[0-9]+>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} |[A-Za-z0-9_.-]+ +[|] |\{.*"stream")'
"""What a line that something else is around may look like: few do, and to plan the question takes longer than to answer it."""
_SAYS_HOST = {
    "json": "--dialect says which one is",
    "csv": "--dialect says which one is",
    "combined": "--layout says which one is",
    "w3c": "#Fields has to call it cs-host",
    "parquet": "the column url has to hold it",
    "har": "the URL has to hold it",
}
"""By the format of a log, what says which of its fields is the host."""

_FEW = 500
_NO_CALLS = {"called_at_count": 0, "called_at_min": None, "called_at_max": None, "id_sum": 0, "not_logged_sum": 0}


@dataclass(frozen=True)
class Unread:
    """Values in one column of a source that are there and cannot be read, so that their calls have none."""

    what: str
    """Of the columns of a call the one that lacks them; or that they were read, and may mean something else."""
    name: str
    """What the log calls it."""
    values: int
    example: str
    """The first of them, redacted."""


@dataclass(frozen=True)
class Counts:
    """What became of some lines: lines = calls + rejects + ignored."""

    lines: int = 0
    calls: int = 0
    rejects: int = 0
    ignored: int = 0
    first_call: dt.datetime | None = None
    last_call: dt.datetime | None = None
    calls_with_id: int = 0
    """Calls with an IntegrationId, be it malformed."""
    calls_not_logged: int = 0
    """Calls of which the log could not have held it."""
    unread: tuple[Unread, ...] = ()
    """Values of these calls that are there and cannot be read."""

    def __add__(self, other: Counts) -> Counts:
        first = [call for call in (self.first_call, other.first_call) if call is not None]
        last = [call for call in (self.last_call, other.last_call) if call is not None]
        return Counts(
            self.lines + other.lines,
            self.calls + other.calls,
            self.rejects + other.rejects,
            self.ignored + other.ignored,
            min(first, default=None),
            max(last, default=None),
            self.calls_with_id + other.calls_with_id,
            self.calls_not_logged + other.calls_not_logged,
            _added(self.unread, other.unread),
        )


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A block of a source, with what the block does not say itself."""

    block: Block
    first_line: int
    context: Mapping[str, Any]
    """What the source said before: a header, the directives in force."""
    load_id: str
    source: str
    stream: str


@dataclass(frozen=True)
class Fields:
    """The fields of the lines of some stretches, as they stand in the log: half of the way to calls."""

    places: _Places
    lines: pa.Table
    raw: pa.Table
    contexts: Sequence[Mapping[str, Any]]
    """For each stretch, what has to be known to read on behind it."""
    unread: pa.Table | None = None
    """Values that are there and cannot be read; None where there are none."""
    log_format: str = "json"
    """The name of the format that they were read by."""
    wrapping: tuple[tuple[str, ...], str | None] = ((), None)
    """What was taken away from around them, and the pattern of a line inside; None where there is no inside."""

    @property
    def line_counts(self) -> list[int]:
        """How many lines each stretch has."""
        return self.places.line_counts


class Understanding:
    """The engine, with the calls and rejects it has understood and nobody has taken yet.

    Its two steps, `read_fields` and `understand`, may be taken at the same time by two threads, for different stretches:
    with `in_step` the engine leaves one of its threads to the second of them.
    """

    def __init__(self, *, in_step: bool = False) -> None:
        self._connection: duckdb.DuckDBPyConnection = connect_shared(spare=1 if in_step else 0)
        # What a block's steps have used the next ones will: given back after each, it would be asked for again at once.
        for setting in ("allocator_flush_threshold", "allocator_bulk_deallocation_flush_threshold"):
            self._connection.execute(f"set {setting} = '8GB'")
        self._fields_connection = connect_beside(self._connection)
        self._connection.execute("set variable max_line_bytes = ?", [f"{MAX_LINE_BYTES:,}"])
        self._vocabulary = Vocabulary.of_process(self._connection)
        self._names_host = False
        self._calls: list[pa.Table] = []
        self._rejects: list[pa.Table] = []

    def close(self) -> None:
        """Let go of the engine and its memory."""
        self._vocabulary.leave()
        self._fields_connection.close()
        self._connection.close()

    def begin(
        self, *, now: dt.datetime, time_zone: str, source_time_zone: str | None = None, host: str | None = None
    ) -> None:
        """What the lines of a source do not say themselves; see `begin_source`."""
        self._names_host = host is not None
        for connection in (self._fields_connection, self._connection):
            begin_source(connection, now=now, time_zone=time_zone, source_time_zone=source_time_zone, host=host)

    def read(
        self, stretches: Sequence[Stretch], log_format: LogFormat
    ) -> tuple[list[Counts], Sequence[Mapping[str, Any]]]:
        """Add the calls and rejects of these stretches.

        Returns for each of them what became of its lines, and the context for those that follow.
        """
        fields = self.read_fields(stretches, log_format)
        return self.understand(fields), fields.contexts

    def read_fields(self, stretches: Sequence[Stretch], log_format: LogFormat) -> Fields:
        """The fields of the lines of these stretches.

        One stretch or many cost nearly the same, because planning the engine's work takes as long as thousands of lines.
        """
        connection = self._fields_connection
        tables = [lines_of(stretch.block) for stretch in stretches]
        places = _Places(stretches, [len(table) for table in tables])
        lines = _numbered(pa.concat_tables(tables))
        starts, before = places.starts.tolist(), [one.context for one in stretches]
        begins = list(zip(starts, before, strict=True))
        raw, contexts = self._read_raw(lines, log_format, begins)
        looked = look_again(
            connection,
            raw,
            starts=starts,
            before=before,
            contexts=contexts,
        )
        return Fields(
            places, lines, looked.raw, looked.contexts, looked.unread, log_format.name, wrapping_of(log_format)
        )

    def _read_raw(
        self, lines: pa.Table, log_format: LogFormat, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """What the format makes of these lines, with the host that stands elsewhere in a line."""
        connection = self._fields_connection
        connection.register("lines", lines)
        raw, contexts = log_format.read(connection, lines, begins)
        if self._names_host:
            connection.execute("set variable says_host = ?", [_SAYS_HOST[log_format.name]])
            raw = _without_other_hosts(connection, lines, raw)
        raw = _with_damaged(connection, raw)
        connection.unregister("lines")
        return raw, contexts

    def understand(self, fields: Fields) -> list[Counts]:
        """Add the calls and rejects of these lines; what became of the lines of each stretch."""
        connection, places, raw = self._connection, fields.places, fields.raw
        connection.execute("set variable torn_lines = ?::bigint[]", [_torn(fields)])
        connection.register("raw", self._vocabulary.encode(raw))
        if raw["body"].null_count < len(raw):
            connection.register("envelopes", answer(connection, _ENVELOPES, most=len(raw)))
        else:
            connection.register("envelopes", _NO_ENVELOPES)
        understood = _in_order(answer(connection, _UNDERSTOOD, most=len(raw)))
        fate = understood["fate"]
        accepted = understood if fate.null_count == len(fate) else _without_fate(understood)
        accepted = self._vocabulary.complete(accepted, [column.name for column in CALL_COLUMNS])
        calls = places.completed(accepted, CALL_COLUMNS)
        rejects: list[pa.Table] = []
        if len(accepted) < len(raw):
            rejected = self._rejected(fields, understood)
            rejects.append(places.completed(rejected, REJECT_COLUMNS))
        else:
            rejected = understood.slice(0, 0)
        for name in ("envelopes", "raw"):
            connection.unregister(name)
        counts = places.counts(accepted, rejected, raw, understood.filter(pc.equal(fate, "ignored")))
        if fields.unread is not None:
            unread = places.unread(accepted, fields.unread, self._shown)
            counts = [replace(one, unread=values) for one, values in zip(counts, unread, strict=True)]
        # Last, because what has failed is understood once more, without the others: nothing of it may have been kept.
        self._calls.append(calls)
        self._rejects += rejects
        return counts

    def _rejected(self, fields: Fields, understood: pa.Table) -> pa.Table:
        """The rejected lines, with what is wrong with them."""
        connection = self._connection
        connection.register("lines", fields.lines)
        connection.register("understood", understood)
        connection.execute("set variable says_host = ?", [_SAYS_HOST[fields.log_format]])
        has_bad_times = pc.any(pc.equal(understood["fate"], "bad_time")).as_py()
        connection.register(
            "time_defects",
            answer(connection, _TIME_DEFECTS, most=len(understood)) if has_bad_times else _NO_TIME_DEFECTS,
        )
        wrappings, inside = fields.wrapping
        connection.execute("set variable wrappings = ?::varchar[]", [list(wrappings)])
        connection.execute("set variable inside = ?::varchar", [inside])
        looks_wrapped = inside is not None and _looks_wrapped(fields.lines, understood)
        connection.register(
            "wrapped_lines", answer(connection, _WRAPPED, most=len(understood)) if looks_wrapped else _NO_WRAPPED
        )
        rejected = _in_order(answer(connection, _REJECTS, most=len(understood)))
        for name in ("wrapped_lines", "time_defects", "understood", "lines"):
            connection.unregister(name)
        return rejected

    def _shown(self, text: str) -> str:
        """A value as it may be shown."""
        [[shown]] = self._connection.execute("select shown_value(?)", [text]).fetchall()
        return str(shown)

    def calls(self) -> pa.Table:
        """The calls that nobody has taken yet, in the order in which they were read."""
        return pa.concat_tables(self._calls or [arrow_schema(CALL_COLUMNS).empty_table()])

    def rejects(self) -> pa.Table:
        """The rejected lines that nobody has taken yet."""
        return pa.concat_tables(self._rejects or [arrow_schema(REJECT_COLUMNS).empty_table()])

    @property
    def waiting(self) -> int:
        """How many calls and rejects nobody has taken yet."""
        return sum(len(table) for table in (*self._calls, *self._rejects))

    def forget(self) -> None:
        """The calls and rejects are taken, or not wanted."""
        self._calls, self._rejects = [], []

    def sample(self, line: str) -> str:
        """The redacted beginning of a line, as the quarantine keeps it."""
        [[sample]] = self._fields_connection.execute("select redacted_sample(?)", [line]).fetchall()
        return str(sample)

    def names(self, names: Sequence[str]) -> list[str]:
        """These names of fields, redacted where they look like anything else."""
        redacted = "select list_transform(?::varchar[], lambda name: redacted_key(name))"
        [[found]] = self._fields_connection.execute(redacted, [list(names)]).fetchall()
        return [str(name) for name in found]

    def place(self, name: str, *, next_ones: Iterable[str] = ()) -> str:
        """The name of a file or a stream as it is stored; `next_ones` are those that will be asked for next."""
        return place_by(self._fields_connection, name, next_ones=next_ones)

    def columns(self, names: Sequence[str]) -> list[str]:
        """The same of names that people give to columns."""
        shown = "select list_transform(?::varchar[], lambda name: shown_column(name))"
        [[found]] = self._fields_connection.execute(shown, [list(names)]).fetchall()
        return [str(name) for name in found]


class _Places:
    """Which lines are whose, where the lines of several stretches were read together and numbered through."""

    def __init__(self, stretches: Sequence[Stretch], lines: Sequence[int]) -> None:
        self._stretches = stretches
        self._lines = np.array(lines, dtype=np.int64)
        self.starts = np.cumsum(self._lines) - self._lines + 1
        """The number of the first line of each stretch among all of them."""
        self.torn_lines = [
            int(start) for start, stretch in zip(self.starts, stretches, strict=True) if stretch.block.kind == "torn"
        ]
        self.line_counts = list(lines)
        self._first_lines = np.array([stretch.first_line for stretch in stretches], dtype=np.int64)

    def completed(self, rows: pa.Table, columns: Sequence[Column]) -> pa.Table:
        """These columns of the rows, with the lake's types; load, source, stream and line number of each row's stretch.

        Texts may be encoded by a dictionary.
        """
        whose = self._whose(rows)
        given = {
            name: pa.DictionaryArray.from_arrays(whose.astype(np.int32), pa.array(values, pa.string()))
            for name in ("load_id", "source", "stream")
            if (values := [getattr(stretch, name) for stretch in self._stretches])
        }
        given["line_number"] = pa.array(rows["line_number"].to_numpy() + (self._first_lines - self.starts)[whose])
        names = [column.name for column in columns]
        table = pa.table([given[name] if name in given else rows[name] for name in names], names=names)
        return table.cast(encoded_schema(columns, table.schema))

    def counts(self, accepted: pa.Table, rejected: pa.Table, raw: pa.Table, ignored: pa.Table) -> list[Counts]:
        """What became of the lines of each stretch. Ignored are lines of which a format makes no row, and these of its rows.

        Calls, rejects and ignored lines are counted each by itself: so whoever adds them up finds a line that was lost.
        """
        rows, rejects, ignored_rows = (
            np.bincount(self._whose(one), minlength=len(self._stretches)) for one in (raw, rejected, ignored)
        )
        statuses = accepted["id_status"].cast(pa.string())
        spans = (
            pa.table(
                {
                    "whose": pa.array(self._whose(accepted)),
                    "called_at": accepted["called_at"],
                    "id": pc.is_in(statuses, pa.array(["valid", "malformed"])),
                    "not_logged": pc.equal(statuses, "not_logged"),
                }
            )
            .group_by("whose")
            .aggregate(
                [
                    ("called_at", "count"),
                    ("called_at", "min"),
                    ("called_at", "max"),
                    ("id", "sum"),
                    ("not_logged", "sum"),
                ]
            )
            .to_pylist()
        )
        calls = {span["whose"]: span for span in spans}
        counts = []
        fates = zip(self._lines.tolist(), rejects.tolist(), (self._lines - rows + ignored_rows).tolist(), strict=True)
        for number, (lines, rejected_lines, ignored_lines) in enumerate(fates):
            span = calls.get(number, _NO_CALLS)
            counts.append(
                Counts(
                    lines,
                    span["called_at_count"],
                    rejected_lines,
                    ignored_lines,
                    span["called_at_min"],
                    span["called_at_max"],
                    span["id_sum"],
                    span["not_logged_sum"],
                )
            )
        return counts

    def unread(self, accepted: pa.Table, unread: pa.Table, shown: Callable[[str], str]) -> list[tuple[Unread, ...]]:
        """Which values of the calls of each stretch are not read; a line that is rejected keeps them all in quarantine."""
        is_call = pc.is_in(unread["line_number"], accepted["line_number"].combine_chunks())
        values = unread.filter(pc.or_(is_call, pc.equal(unread["what"], DOUBTFUL)))
        values = values.append_column("whose", pa.array(self._whose(values)))
        groups = values.group_by(["whose", "what", "name"], use_threads=False).aggregate(
            [("values", "sum"), ("text", "first")]
        )
        found: list[tuple[Unread, ...]] = [() for _ in self._stretches]
        for group in groups.to_pylist():
            one = Unread(group["what"], group["name"], group["values_sum"], shown(group["text_first"]))
            found[group["whose"]] += (one,)
        return found

    def _whose(self, rows: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The number of the stretch that each row is from."""
        whose: np.ndarray[Any, np.dtype[np.int64]] = np.searchsorted(
            self.starts, rows["line_number"].to_numpy(), side="right"
        )
        return whose - 1


def _looks_wrapped(lines: pa.Table, understood: pa.Table) -> bool:
    """Whether something else may be around one of the lines that are no calls."""
    numbers = understood["line_number"].filter(pc.is_valid(understood["fate"]))
    rejected = lines["line"].filter(pc.is_in(lines["line_number"], numbers.combine_chunks()))
    return bool(pc.any(pc.match_substring_regex(rejected, _LOOKS_WRAPPED)).as_py())


def _torn(fields: Fields) -> list[int]:
    """The numbers of last lines without an end that are no record and may go on."""
    if not fields.places.torn_lines:
        return []
    numbers = pa.array(fields.places.torn_lines, pa.int64())
    refused = pc.and_(pc.is_in(fields.raw["line_number"], numbers), pc.equal(fields.raw["fate"], "not_a_record"))
    details = {
        row["line_number"]: row["detail"]
        for row in fields.raw.filter(refused).select(["line_number", "detail"]).to_pylist()
    }
    lines = fields.lines.filter(pc.is_in(fields.lines["line_number"], pa.array(details, pa.int64())))
    return [
        row["line_number"]
        for row in lines.select(["line_number", "line"]).to_pylist()
        if may_go_on(row["line"], fields.log_format, details[row["line_number"]])
    ]


def _added(one: tuple[Unread, ...], other: tuple[Unread, ...]) -> tuple[Unread, ...]:
    """The values of both, one entry for each column, in the order in which they come first."""
    added = {(unread.what, unread.name): unread for unread in one}
    for unread in other:
        key = unread.what, unread.name
        added[key] = replace(added[key], values=added[key].values + unread.values) if key in added else unread
    return tuple(added.values())


def _without_other_hosts(connection: duckdb.DuckDBPyConnection, lines: pa.Table, raw: pa.Table) -> pa.Table:
    """The fields, where the operator has named a host: lines that name another one are rejected."""
    connection.register("lines", lines)
    named = "select count(*) from lines where regexp_matches(line, getvariable('platform_domain'))"
    [[number]] = connection.execute(named).fetchall()
    if not number:
        return raw
    connection.register("raw", raw)
    checked = connection.sql(_OTHER_HOST).to_arrow_table()
    connection.unregister("raw")
    return checked


def _with_damaged(connection: duckdb.DuckDBPyConnection, raw: pa.Table) -> pa.Table:
    """The fields, with what damaged lines say all the same; the connection has the `lines`."""
    is_damaged = pc.is_in(raw["fate"], _DAMAGES).combine_chunks()
    if not is_damaged.true_count:
        return raw
    connection.register("raw", raw.filter(is_damaged).select(["line_number", "id_text", "called_at"]))
    told = answer(connection, _DAMAGED, most=len(raw))
    connection.unregister("raw")
    for name in told.column_names:
        place = raw.schema.get_field_index(name)
        values = raw[name].combine_chunks()
        patched = pc.replace_with_mask(values, is_damaged, told[name].combine_chunks().cast(values.type))
        raw = raw.set_column(place, raw.schema.field(place), patched)
    return raw


def _numbered(lines: pa.Table) -> pa.Table:
    """The lines with their line_number, from 1."""
    table = lines.add_column(0, "line_number", pa.array(np.arange(1, len(lines) + 1, dtype=np.int64)))
    # DuckDB reads as many batches at a time as it has threads.
    return pa.Table.from_batches(table.to_batches(max_chunksize=8192))


def _in_order(rows: pa.Table) -> pa.Table:
    """The rows by line number.

    They nearly always are, and to sort them in the engine costs more than to look. But of a join the engine may read the other
    side first, where the answers that are known are more than the lines.
    """
    numbers = rows["line_number"].to_numpy()
    return rows if (numbers[1:] > numbers[:-1]).all() else rows.take(pa.array(np.argsort(numbers, kind="stable")))


def _without_fate(understood: pa.Table) -> pa.Table:
    """The rows that are calls. Between a few lines that are none, slices cost less than a filter that copies."""
    fate = understood["fate"]
    if len(fate) - fate.null_count > _FEW:
        return understood.filter(pc.is_null(fate))
    ends = [*pc.indices_nonzero(pc.is_valid(fate)).to_pylist(), len(fate)]
    starts = [0, *(end + 1 for end in ends)]
    return pa.concat_tables([understood.slice(start, end - start) for start, end in zip(starts, ends, strict=False)])
