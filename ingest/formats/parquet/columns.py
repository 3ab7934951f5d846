"""Which columns of a Parquet file are read, and which of them holds the host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.catalogue.platform_host import places_of_hosts
from ingest.errors import AmbiguousHostError, SourceError, UnknownFormatError
from ingest.formats.id_name import is_id_name
from ingest.formats.parquet.batches import batches_of, types_of
from ingest.formats.parquet.values import is_text, sound_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyarrow.parquet import ParquetFile

    from ingest.read.reader import Reader


_NEEDED = {"timestamp", "method", "url", "status"}
COLUMNS = {
    *_NEEDED,
    "integration_id",
    "headers",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "request_id",
    "body",
}
"""The columns of a Parquet file that are read, in any case: the names of our JSON dialect."""

HOST = "called_host"
"""A row's key for the host, where its URL is a path and another column holds the hosts of the platform."""

_ROWS_TO_DETECT = 1000


def read_columns(name: str, parquet: ParquetFile) -> dict[str, str]:
    """The columns that say something about a call, and what our dialect calls them. UnknownFormatError without calls."""
    columns = [column for column in parquet.schema_arrow.names if column.lower() in COLUMNS or is_id_name(column)]
    found = {column: column.lower() if column.lower() in COLUMNS else column for column in columns}
    missing = sorted(_NEEDED - set(found.values()))
    if missing:
        raise UnknownFormatError(
            f"{name}: unknown_format: the Parquet file has no table of calls: it lacks the columns {', '.join(missing)};"
            f" expected at least {', '.join(sorted(_NEEDED))}"
        )
    if len(set(found.values())) < len(columns):
        read = [column.lower() if column.lower() in COLUMNS else column for column in columns]
        twice = sorted({column for column in read if read.count(column) > 1})
        raise UnknownFormatError(
            f"{name}: unknown_format: the Parquet file has the column {', '.join(twice)} more than once, in upper or lower case"
        )
    return found


def with_host(reader: Reader, parquet: ParquetFile, names: Mapping[str, str]) -> dict[str, str]:
    """The columns to be read, with all others that may say the host where a URL is a path. AmbiguousHostError where several do.

    The one that holds hosts of the platform in most rows is the host. The others are in the line as in JSON, so that no row
    that names a host in one of them is counted for another.
    """
    url = next(column for column, name in names.items() if name == "url")
    if not any(pc.any(_are_paths(batch.column(url))).as_py() for batch in _of(reader, parquet, [url])):
        return dict(names)
    others = [field.name for field in parquet.schema_arrow if field.name not in names and may_say_host(field)]
    for batch in _of(reader, parquet, [url, *others]):
        rows = batch.filter(_are_paths(batch.column(url))).slice(0, _ROWS_TO_DETECT)
        if len(rows):
            break
    texts = {column: sound_texts(rows.column(column)) for column in others if is_text(rows.schema.field(column).type)}
    said = {column: pc.fill_null(array, "").to_pylist() for column, array in texts.items()}
    found = places_of_hosts(
        [{column: values[row] for column, values in said.items()} for row in range(len(rows))], said
    )
    if len(found) > 1:
        error = AmbiguousHostError(found)
        raise SourceError(f"{reader.name}: {error}; leave the others out of the Parquet file")
    return {**names, **{column: HOST if column in found else column for column in others}}


def may_say_host(field: pa.Field) -> bool:
    """Whether a column holds texts, or anything with texts in it."""
    return not pa.types.is_primitive(field.type) and not pa.types.is_boolean(field.type)


def _of(reader: Reader, parquet: ParquetFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    return batches_of(reader, parquet, types_of(reader, parquet, columns))


def _are_paths(urls: pa.Array) -> pa.Array:
    """Which of these are paths, without a host."""
    if not is_text(urls.type):
        return pa.array(np.zeros(len(urls), np.bool_))
    return pc.fill_null(pc.starts_with(sound_texts(urls), "/"), pa.scalar(value=False))
