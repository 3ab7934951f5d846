"""The values that repeat from call to call: ids, URLs, query strings, user agents. Each is understood once.

rows of a block                      distinct values            what they say
method  base               code      code  method  base         code  customer  connector  ...
GET     https://1234.r...  0         0     GET     https://...  0     1234      Profit_A   ...
PUT     https://4321.r...  1         1     PUT     https://...  1     4321      KnSubject  ...
GET     https://1234.r...  0
"""
# A value may be understood once for all of its lines because its meaning depends on nothing but the value: not on the line, the
# source, the clock or the options. What does depend on those (the time zone, the latest possible call, whether a call is the
# partner's own) is asked line by line in understood.sql and never here. That is what makes it right to carry answers from block to
# block, and from one load of a process to the next. Redaction is part of the answer, so no text of the log is remembered beside it
# longer than `most` and `most_bytes` allow, and nothing of it is written.

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.engine.connection import answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


@dataclass(frozen=True)
class _Question:
    """The values by which a view of the .sql files is asked."""

    texts: str
    """The table that the view reads."""
    columns: tuple[str, ...]
    """Those of `raw` that it is filled from."""
    filling: str
    """How, in SQL; what is left out has no answer."""
    needed: tuple[str, ...] = ()
    """The columns that have to be there: where one is null the value is left out."""

    @property
    def schema(self) -> pa.Schema:
        """The types of the columns."""
        return pa.schema([(name, pa.bool_() if name in _FLAGS else pa.string()) for name in self.columns])


_FLAGS = frozenset({"id_repeated", "id_logged"})
_QUESTIONS = {
    "integration_ids": _Question(
        "integration_id_texts",
        ("id_text", "id_repeated", "id_logged"),
        "select code, id_text, coalesce(id_repeated, false), coalesce(id_logged, false) from new_values",
    ),
    "request_bases": _Question(
        "request_base_texts",
        ("method", "base"),
        "select code, upper(method), base from new_values where method is not null and base is not null",
        ("method", "base"),
    ),
    "request_queries": _Question(
        "request_query_texts", ("query",), "select code, query from new_values where query is not null", ("query",)
    ),
    "user_agents": _Question(
        "user_agent_texts",
        ("user_agent",),
        "select code, user_agent from new_values where user_agent is not null",
        ("user_agent",),
    ),
}
"""By the view that understands them."""


_schemas: dict[str, pa.Schema] = {}
"""The columns of each view's answers, from the first time on that it is asked in this process."""


@dataclass(frozen=True)
class _Known:
    """Distinct values and what a view says of them, in the same order: by code. Those of the last block come first."""

    values: pa.Table | None
    """None where they are too long to be remembered."""
    answers: pa.Table


_last_known: deque[dict[str, _Known]] = deque(maxlen=1)
"""What the last vocabulary of this process knew, by view. Only one vocabulary can take it."""


class Vocabulary:
    """The meanings of the distinct values of the blocks so far.

    At most `most` of the values that the last block did not have are remembered. If a block's values have more than `most_bytes`, they
    are understood in parts of that size and not remembered. So memory does not grow with the input, however long its values are.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, *, most: int = 10_000, most_bytes: int = 16 << 20
    ) -> None:
        self._connection = connection
        self._most = most
        self._most_bytes = most_bytes
        self._known: dict[str, _Known] = {}

    @classmethod
    def of_process(cls, connection: duckdb.DuckDBPyConnection) -> Vocabulary:
        """One that knows what the last one of this process knew: what a value says depends on nothing but the value."""
        vocabulary = cls(connection)
        with contextlib.suppress(IndexError):
            vocabulary._known = _last_known.pop()
        return vocabulary

    def leave(self) -> None:
        """Leave the known values to the next vocabulary of this process."""
        _last_known.append(self._known)
        self._known = {}

    def encode(self, raw: pa.Table) -> pa.Table:
        """The rows of `raw` with the code of their values for each view, as `<view>_code`.

        The connection has the answers, by code, as `known_<view>`.
        """
        for view, question in _QUESTIONS.items():
            # A column that no line has may come without a type.
            values = raw.select(question.columns).cast(question.schema)
            codes, distinct = _distinct(values)
            self._known[view] = known = self._knowing(view, question, distinct)
            self._connection.register(f"known_{view}", known.answers)
            raw = raw.append_column(f"{view}_code", codes)
        return raw

    def complete(self, rows: pa.Table, names: Sequence[str]) -> pa.Table:
        """Encoded rows with those of these columns that they lack. Texts are encoded by a dictionary: none is copied."""
        for view, known in self._known.items():
            codes = rows[f"{view}_code"].combine_chunks()
            for name in known.answers.column_names:
                if name in names and name not in rows.column_names:
                    rows = rows.append_column(name, _taken(known.answers[name].combine_chunks(), codes))
        return rows

    def _knowing(self, view: str, question: _Question, values: pa.Table) -> _Known:
        """The known values after these distinct values of a block are understood. Those come first, in their order."""
        known = self._known.pop(view, None)
        if values.nbytes > self._most_bytes:
            pieces = _pieces(values, self._most_bytes)
            answers = pa.concat_tables([self._understood(view, question, piece) for piece in pieces])
            return _Known(None, _numbered(answers.combine_chunks()))
        if known is None or known.values is None:
            return _Known(values, self._understood(view, question, values))
        # The known ones are distinct and come first, so whatever has one of their numbers is one of them.
        numbers, _ = _distinct(pa.concat_tables([known.values, values]))
        places = numbers.slice(len(known.values)).to_numpy().copy()
        is_new = places >= len(known.values)
        is_left = np.ones(len(known.values), dtype=np.bool_)
        is_left[places[~is_new]] = False
        if np.count_nonzero(is_left) > self._most or known.values.nbytes > self._most_bytes:
            is_left[:] = False
        answers = known.answers
        if is_new.any():
            places[is_new] = len(answers) + np.arange(np.count_nonzero(is_new))
            answers = pa.concat_tables([answers, self._understood(view, question, values.filter(pa.array(is_new)))])
        kept = pa.concat_tables([values, known.values.filter(pa.array(is_left))])
        answers = answers.take(pa.array(np.concatenate((places, np.flatnonzero(is_left)))))
        return _Known(kept, _numbered(answers.combine_chunks()))

    def _understood(self, view: str, question: _Question, values: pa.Table) -> pa.Table:
        """The view's answer for each of these values; nulls where it need not be asked."""
        schema = _schemas.get(view)
        if schema is not None and any(values[name].null_count == len(values) for name in question.needed):
            # All are left out. Planning the view takes longer than anything else that is done for a few lines.
            return _numbered(pa.table([pa.nulls(len(values), field.type) for field in schema], schema))
        connection = self._connection
        connection.register("new_values", _numbered(values))
        # Rolled back, because long texts that a table had stay in memory when it is emptied.
        connection.begin()
        try:
            connection.execute(f"insert into {question.texts} {question.filling}")
            answers = answer(
                connection,
                f"select code, answers.* exclude (code) from new_values left join {view} as answers using (code) order by code",  # noqa: S608 - a name of ours
                most=len(values),
            )
            _schemas[view] = answers.schema
            return answers
        finally:
            connection.rollback()
            connection.unregister("new_values")


def _numbered(rows: pa.Table) -> pa.Table:
    """The rows with their `code`, from 0."""
    code = pa.array(np.arange(len(rows), dtype=np.int32))
    if "code" in rows.column_names:
        return rows.set_column(rows.column_names.index("code"), "code", code)
    return rows.append_column("code", code)


def _pieces(values: pa.Table, most_bytes: int) -> list[pa.Table]:
    """The values in pieces of about this many bytes: the engine takes many times as much while it looks at them."""
    lengths = sum(
        pc.fill_null(pc.binary_length(column), 0).to_numpy().astype(np.int64)
        for column in values.columns
        if pa.types.is_string(column.type)
    )
    _, starts = np.unique(np.cumsum(lengths) // most_bytes, return_index=True)
    return [
        values.slice(start, end - start)
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(values)], strict=True)
    ]


def _distinct(rows: pa.Table) -> tuple[pa.Array, pa.Table]:
    """For each row the number of its values among the distinct ones, and these, in the order in which they come first."""
    encoded = [pc.dictionary_encode(column.combine_chunks(), null_encoding="encode") for column in rows.columns]
    if len(encoded) == 1:
        return encoded[0].indices, pa.table([encoded[0].dictionary], names=rows.column_names)
    combined = np.zeros(len(rows), dtype=np.int64)
    for column in encoded:
        combined = combined * len(column.dictionary) + column.indices.to_numpy()
    together = pa.array(combined).dictionary_encode()
    numbers = together.dictionary.to_numpy()
    values = []
    for column in reversed(encoded):
        numbers, places = np.divmod(numbers, max(len(column.dictionary), 1))
        values.append(column.dictionary.take(pa.array(places)))
    return together.indices, pa.table(values[::-1], names=rows.column_names)


def _taken(answers: pa.Array, codes: pa.Array) -> pa.Array:
    """The answers with these codes."""
    if not pa.types.is_string(answers.type):
        return answers.take(codes)
    encoded = answers.dictionary_encode()  # several values may have one answer
    places = encoded.indices.take(codes)
    used = pc.unique(places).drop_null()
    new_places = np.zeros(len(encoded.dictionary), dtype=np.int32)
    new_places[used.to_numpy()] = np.arange(len(used), dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(new_places).take(places), encoded.dictionary.take(used))
